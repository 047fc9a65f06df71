//! The fingerprint of a program: 128 bits over its meaning.
//!
//! The tables are written out in the order of their ids, with every name that a symbol stands for, and the bytes go
//! through FNV-1a with 128 bits. Ids follow names, so the order of blocks and files has no influence; texts that only
//! explanations need are left out, so neither have comments, descriptions and layout. It is no protection against
//! somebody who looks for a second program with the same fingerprint.

use crate::program::{Counts, Program};
use std::fmt::{self, Debug, Write};

/// The offset basis of FNV-1a with 128 bits.
const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
/// The prime of FNV-1a with 128 bits.
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a over everything that is written to it.
struct Fnv(u128);

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        Ok(())
    }
}

/// The fingerprint of a program whose own field is not set yet.
pub(super) fn fingerprint(program: &Program) -> u128 {
    let mut hash = Fnv(BASIS);
    // writing into a hash cannot fail
    let _ = dump(program, &mut hash);
    hash.0
}

/// What tells a program apart that is the same but for names of other versions.
pub(super) fn identity(program: &Program, names: &str) -> u128 {
    let mut hash = Fnv(BASIS);
    let _ = write!(hash, "{:032x}\n{names}", program.fingerprint);
    hash.0
}

fn dump(p: &Program, out: &mut Fnv) -> fmt::Result {
    let head = (&p.name, p.version, p.effective_from, &p.currency, p.currency_digits, p.zone.name());
    section(out, "program", &head)?;
    let clock = (p.week_starts, p.day_starts, p.membership_day, p.late, p.before_joining);
    section(out, "clock", &clock)?;
    if !p.own_days.is_empty() {
        section(out, "days", &p.own_days)?;
    }
    section(out, "prices", &(p.prices_with_tax, p.spend_with_tax, p.spend_after_redemptions))?;
    let symbols = (0..p.symbols.len() as u32).map(|id| p.symbols.text(crate::program::Symbol(id)));
    for name in symbols {
        section(out, "symbol", &name)?;
    }
    section(out, "vocabulary", &(&p.categories, &p.channels, &p.stores, &p.payments))?;
    section(out, "attributes", &(&p.member_attributes, &p.item_attributes, &p.events))?;
    members(p, out)?;
    section(out, "units", &p.units)?;
    for voucher in &p.vouchers {
        let granting = (&voucher.name, &voucher.grants, voucher.grant, voucher.worth);
        let using = (&voucher.items, &voucher.when, &voucher.caps);
        section(out, "voucher", &(granting, using, voucher.activate, voucher.end, voucher.usable_from))?;
    }
    section(out, "choices", &p.choices)?;
    for rule in &p.rules {
        let matching = (&rule.name, rule.kind, rule.valid, rule.on, &rule.items, &rule.when);
        let giving = (&rule.effect, rule.at_least, &rule.replaces, rule.combine);
        let booking = (&rule.caps, &rule.spend_caps, rule.piece_cap, rule.round);
        let lots = (rule.activate, &rule.expire, &rule.hold);
        section(out, "rule", &(matching, giving, booking, lots))?;
    }
    caps(p, out)?;
    cards(p, out)?;
    games(p, out)?;
    section(out, "tiers", &p.tiers)?;
    section(out, "referrals", &p.referrals)?;
    for convert in &p.converts {
        let what = (convert.unit, convert.amount, convert.into, convert.from, convert.every);
        section(out, "convert", &(what, &convert.name))?;
    }
    for reward in &p.rewards {
        let price = (&reward.name, reward.unit, reward.price, reward.valid);
        let terms = (&reward.items, &reward.when, &reward.caps);
        section(out, "reward", &(price, terms, &reward.grants, reward.gives, reward.worth))?;
    }
    for redeem in &p.redeems {
        let rate = (redeem.unit, redeem.amount, redeem.value);
        let limits = (redeem.at_least, redeem.step, redeem.at_most, redeem.share, redeem.whole_only);
        section(out, "redeem", &(rate, limits, &redeem.items, &redeem.when))?;
        if let Some(to) = &redeem.to {
            section(out, "to", to)?;
        }
    }
    payers(p, out)?;
    section(out, "returns", &p.returns)?;
    section(out, "terms", &(&p.dates, &p.activities))?;
    section(out, "meters", &p.meters)?;
    section(out, "filters", &p.filters)
}

fn cards(p: &Program, out: &mut Fnv) -> fmt::Result {
    for card in &p.cards {
        let matching = (&card.name, card.on, card.valid, &card.items, &card.when);
        let filling = (card.stamps, card.per, card.goal, card.head_start, card.head_start_on_every);
        section(out, "card", &(matching, filling, &card.caps, card.carry_over, &card.expire, card.reward))?;
        if card.average || card.most_rewards.is_some() {
            section(out, "rewards", &(card.average, card.most_rewards))?;
        }
    }
    Ok(())
}

/// Partners, and budgets that all members share.
fn coalition(p: &Program, out: &mut Fnv) -> fmt::Result {
    if !p.partners.is_empty() {
        section(out, "partners", &(&p.partners, &p.price_lists))?;
    }
    for budget in &p.budgets {
        section(out, "budget", budget)?;
    }
    for rule in p.rules.iter().filter(|rule| !rule.budgets.is_empty()) {
        section(out, "claims", &(&rule.name, rule.budgets.first().copied()))?;
        if let Some(more) = rule.budgets.get(1..).filter(|more| !more.is_empty()) {
            section(out, "and claims", &more)?;
        }
    }
    for donation in p.donations.iter().filter(|donation| !donation.budgets.is_empty()) {
        section(out, "gifts claim", &(&donation.name, &donation.budgets))?;
    }
    if !p.referral_budgets.is_empty() {
        section(out, "pay-outs claim", &p.referral_budgets)?;
    }
    Ok(())
}

/// What only some programs say of members and of the days of events, and caps with a counter for each value.
fn members(p: &Program, out: &mut Fnv) -> fmt::Result {
    if !p.judged.is_empty() {
        section(out, "judged", &p.judged)?;
    }
    if let Some(kind) = p.join_by {
        section(out, "join by", &kind)?;
    }
    if !p.change_limits.is_empty() {
        section(out, "changes", &p.change_limits)?;
    }
    if !p.backdated.is_empty() {
        section(out, "backdated", &p.backdated)?;
    }
    for cap in &p.caps {
        if let Some(each) = cap.each {
            section(out, "each", &(cap.meter, p.each.get(usize::from(each.0))))?;
        }
    }
    Ok(())
}

/// What is paid to charities and at the end of periods.
fn payers(p: &Program, out: &mut Fnv) -> fmt::Result {
    coalition(p, out)?;
    for charity in &p.charities {
        section(out, "charity", charity)?;
    }
    for donation in &p.donations {
        let matching = (&donation.name, donation.on, donation.valid, &donation.items, &donation.when);
        let giving = (&donation.gift, donation.pays, &donation.to, &donation.caps);
        section(out, "donation", &(matching, giving))?;
    }
    if !p.parameters.is_empty() {
        section(out, "parameters", &p.parameters)?;
    }
    rebates(p, out)
}

/// What only some programs have: games and moments.
fn games(p: &Program, out: &mut Fnv) -> fmt::Result {
    for challenge in &p.challenges {
        section(out, "challenge", challenge)?;
    }
    for streak in &p.streaks {
        let winning = (&streak.name, streak.on, streak.valid, &streak.when, streak.per, streak.needs);
        let run = (&streak.gifts, streak.forgive, streak.restart, streak.meter);
        section(out, "streak", &(winning, run))?;
        if streak.counts != Counts::Events(streak.on) {
            section(out, "streak counts", &streak.counts)?;
        }
        if !streak.caps.is_empty() {
            section(out, "streak caps", &streak.caps)?;
        }
    }
    for draw in &p.draws {
        section(out, "draw", draw)?;
    }
    if !p.moments.is_empty() {
        section(out, "moments", &p.moments)?;
    }
    if !p.plans.is_empty() {
        section(out, "plans", &p.plans)?;
    }
    if !p.milestones.is_empty() {
        section(out, "milestones", &p.milestones)?;
    }
    Ok(())
}

/// Rebates and awards.
fn rebates(p: &Program, out: &mut Fnv) -> fmt::Result {
    for rebate in &p.rebates {
        let counting = (&rebate.name, rebate.valid, &rebate.items, &rebate.when, rebate.span);
        section(out, "rebate", &(counting, &rebate.terms, rebate.kind, &rebate.counts))?;
    }
    Ok(())
}

/// One part of the dump: its name, its value, and an end that no text contains.
fn section(out: &mut Fnv, name: &str, value: &impl Debug) -> fmt::Result {
    write!(out, "{name}={value:?}\u{0}")
}

fn caps(p: &Program, out: &mut Fnv) -> fmt::Result {
    for cap in &p.caps {
        section(out, "cap", &(&cap.name, cap.shared, cap.limit, cap.window, cap.meter, &cap.rules))?;
        if cap.per_account {
            section(out, "cap per account", &cap.name)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn is_fnv_1a() {
        // published values of FNV-1a with 128 bits for the empty text and for "a"
        let mut hash = Fnv(BASIS);
        assert_eq!(format!("{:032x}", hash.0), "6c62272e07bb014262b821756295c58d");
        hash.write_str("a").unwrap();
        assert_eq!(format!("{:032x}", hash.0), "d228cb696f1a8caf78912b704e4a8964");
    }
}
