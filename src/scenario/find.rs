//! What the names and numbers of a test mean in the program.

use super::step::attribute_value;
use crate::amount::{Money, Scaled, format_scaled};
use crate::calendar::{Date, Instant};
use crate::evaluate::each::value_text;
use crate::ledger::{Source, Thing};
use crate::program::{
    AwardThing, CapId, CapLimit, CardId, Challenge, Counts, MilestonesId, Program, ReferralId, RuleId,
    StreakId, Task, TiersId, UnitId, VoucherId,
};
use crate::syntax::ast;
use rust_decimal::Decimal;

/// A length of time as events write it: `120 days`.
pub(super) fn length(written: &ast::Duration) -> String {
    let ending = if written.count == 1 { "" } else { "s" };
    format!("{} {}{ending}", written.count, written.unit.word())
}

/// A unit, by its name or singular form, or a voucher.
pub(super) fn thing(program: &Program, name: &ast::Name) -> Result<AwardThing, String> {
    let unit = program
        .units
        .iter()
        .position(|unit| *unit.name == *name.text || unit.singular.as_deref() == Some(&name.text));
    if let Some(place) = unit {
        return Ok(AwardThing::Unit(UnitId(place as u32)));
    }
    let voucher = program.vouchers.iter().position(|voucher| *voucher.name == *name.text);
    match voucher {
        Some(place) => Ok(AwardThing::Voucher(VoucherId(place as u32))),
        None => Err(format!("there is no unit or voucher `{}`", name.text)),
    }
}

/// `14 punkte`: what, and how much in its scale.
pub(super) fn amount(program: &Program, amount: &ast::Amount) -> Result<(AwardThing, i64), String> {
    let thing = thing(program, &amount.unit)?;
    Ok((thing, scaled(amount.number.value, decimals(program, thing))?))
}

/// A number in a scale.
pub(super) fn scaled(value: Decimal, decimals: u8) -> Result<i64, String> {
    let found = Scaled::from_decimal(value, decimals);
    found.map(Scaled::units).map_err(|error| match decimals {
        0 => format!("{value} must be a whole number of at most 1_000_000_000_000: {error}"),
        _ => format!("{value} cannot be written with {decimals} decimals: {error}"),
    })
}

/// The decimals of a unit; vouchers have none.
pub(super) fn decimals(program: &Program, thing: AwardThing) -> u8 {
    match thing {
        AwardThing::Unit(unit) => {
            program.units.get(unit.index()).map_or(0, |unit| u8::try_from(unit.decimals).unwrap_or(0))
        }
        AwardThing::Voucher(_) | AwardThing::Choice(_) => 0,
    }
}

/// The name of a unit, voucher or choice.
pub(super) fn thing_name(program: &Program, thing: AwardThing) -> &str {
    match thing {
        AwardThing::Unit(unit) => program.unit_name(unit),
        AwardThing::Voucher(voucher) => program.voucher_name(voucher),
        AwardThing::Choice(choice) => program.choice_name(choice),
    }
}

/// An amount of money in the program's currency, in micro-units.
pub(super) fn money(program: &Program, amount: &ast::Amount) -> Result<i64, String> {
    if *amount.unit.text != *program.currency {
        return Err(format!("money of this program is in {}, not in {}", program.currency, amount.unit.text));
    }
    let found = Money::try_from(amount.number.value);
    found
        .map(Money::micros)
        .map_err(|error| format!("{} is no amount of money: {error}", amount.number.value))
}

/// The books of a thing.
pub(super) const fn book_thing(thing: AwardThing) -> Thing {
    match thing {
        AwardThing::Unit(unit) => Thing::Unit(unit),
        AwardThing::Voucher(voucher) => Thing::Voucher(voucher),
        AwardThing::Choice(choice) => Thing::Choice(choice),
    }
}

/// An amount with its name, in the singular for one.
pub(super) fn amount_text(program: &Program, thing: AwardThing, amount: i64) -> String {
    let number = format_scaled(amount, decimals(program, thing));
    if let AwardThing::Choice(choice) = thing {
        return format!("a {}", program.choice_name(choice));
    }
    let name = match thing {
        AwardThing::Unit(unit) => program.units.get(unit.index()).map_or("", |unit| match &unit.singular {
            Some(singular) if number == "1" => singular,
            _ => &unit.name,
        }),
        AwardThing::Voucher(_) | AwardThing::Choice(_) => thing_name(program, thing),
    };
    format!("{number} {name}")
}

/// Who gives: a rule, card or referral, by its name.
pub(super) fn gives(program: &Program, name: &ast::Name) -> Result<impl Fn(Source) -> bool, String> {
    let text = &*name.text;
    let rule = program.rules.iter().position(|rule| *rule.name == *text).map(|at| RuleId(at as u32));
    let card = program.cards.iter().position(|card| *card.name == *text).map(|at| CardId(at as u32));
    let challenge = program.challenge_named(text).ok();
    let streak = program.streak_named(text).ok();
    let draw = program.draw_named(text).ok();
    let referral = program.referrals.iter().position(|known| *known.name == *text);
    let referral = referral.map(|at| ReferralId(at as u32));
    let (rebate, milestones) = (program.rebate_named(text).ok(), program.milestones_named(text).ok());
    let played = card.is_some() || challenge.is_some() || streak.is_some() || draw.is_some();
    if rule.is_none() && !played && referral.is_none() && rebate.is_none() && milestones.is_none() {
        return Err(format!("there is no rule `{text}`"));
    }
    Ok(move |source| match source {
        Source::Rule(id) => rule == Some(id),
        Source::Card(id) => card == Some(id),
        Source::Challenge(id) => challenge == Some(id),
        Source::Streak(id) => streak == Some(id),
        Source::Draw(id) => draw == Some(id),
        Source::Referral(id) => referral == Some(id),
        Source::Rebate(id) => rebate == Some(id),
        Source::Milestones(id) => milestones == Some(id),
        _ => false,
    })
}

/// Who gave, by name.
pub(super) fn source_name(program: &Program, source: Source) -> &str {
    match source {
        Source::Rule(id) => program.rules.get(id.index()).map_or("", |rule| &rule.name),
        Source::Card(id) => program.cards.get(id.index()).map_or("", |card| &card.name),
        Source::Referral(id) => program.referrals.get(id.index()).map_or("", |referral| &referral.name),
        Source::Challenge(id) => program.challenge_name(id),
        Source::Streak(id) => program.streak_name(id),
        Source::Draw(id) => program.draw_name(id),
        Source::Reward(id) => program.reward_name(id),
        Source::Convert(id) => program.convert_name(id),
        Source::Donation(id) => program.donation_name(id),
        Source::Rebate(id) => program.rebate_name(id),
        Source::Milestones(id) => program.milestones_name(id),
        Source::Redeem(unit) => program.unit_name(unit),
        Source::Tier(id, level) => {
            let tiers = program.tiers.get(id.index());
            tiers.and_then(|tiers| tiers.levels.get(level as usize)).map_or("", |level| &level.name)
        }
        Source::Former(_) => program.source_words(source).1,
        Source::Given => "",
    }
}

/// A level by its name and perhaps that of its block.
pub(super) fn level(
    program: &Program,
    block: Option<&ast::Name>,
    name: &ast::Name,
) -> Result<(TiersId, u32), String> {
    let mut known_block = false;
    for (place, tiers) in program.tiers.iter().enumerate() {
        if block.is_some_and(|block| *tiers.name != *block.text) {
            continue;
        }
        known_block = true;
        if let Some(level) = tiers.levels.iter().position(|level| *level.name == *name.text) {
            return Ok((TiersId(place as u32), level as u32));
        }
    }
    match block {
        Some(block) if !known_block => Err(format!("there is no tiers block `{}`", block.text)),
        _ => Err(format!("there is no tier `{}`", name.text)),
    }
}

/// A card by its name.
pub(super) fn card(program: &Program, name: &ast::Name) -> Result<CardId, String> {
    let found = program.cards.iter().position(|card| *card.name == *name.text);
    found.map(|place| CardId(place as u32)).ok_or_else(|| format!("there is no card `{}`", name.text))
}

/// A challenge by its name.
pub(super) fn challenge<'p>(program: &'p Program, name: &ast::Name) -> Result<&'p Challenge, String> {
    let id = program.challenge_named(&name.text).ok();
    let found = id.and_then(|id| program.challenges.get(id.index()));
    found.ok_or_else(|| format!("there is no challenge `{}`", name.text))
}

/// A streak by its name.
pub(super) fn streak(program: &Program, name: &ast::Name) -> Result<StreakId, String> {
    program.streak_named(&name.text).map_err(|_| format!("there is no streak `{}`", name.text))
}

/// A task by its name.
pub(super) fn task<'p>(program: &'p Program, name: &ast::Name) -> Result<&'p Task, String> {
    let mut tasks = program.challenges.iter().flat_map(|challenge| &challenge.tasks);
    let found = tasks.find(|task| *task.name == *name.text);
    found.ok_or_else(|| format!("there is no task `{}`", name.text))
}

/// Milestones by their name, and what they count.
pub(super) fn milestones(program: &Program, name: &ast::Name) -> Result<(MilestonesId, Counts), String> {
    let id = program.milestones_named(&name.text).ok();
    let found = id.and_then(|id| Some((id, program.milestones.get(id.index())?.counts.plain())));
    found.ok_or_else(|| format!("there are no milestones `{}`", name.text))
}

/// A number of what is counted in the steps of its counter.
pub(super) fn count_number(program: &Program, counts: Counts, number: Decimal) -> Result<i64, String> {
    match counts {
        Counts::Spend | Counts::Items => {
            let found = Money::try_from(number).map(Money::micros);
            found.map_err(|error| format!("{number} cannot be counted: {error}"))
        }
        Counts::Events(_) => scaled(number, 0),
        Counts::Unit(unit) => scaled(number, program.unit_decimals(unit)),
    }
}

/// The caps that a name means: a shared cap, or all own caps of a rule.
pub(super) fn caps(program: &Program, name: &ast::Name) -> Result<Vec<CapId>, String> {
    let of = |shared: bool| -> Vec<CapId> {
        let caps = program.caps.iter().enumerate();
        let hits = caps.filter(|(_, cap)| cap.shared == shared && *cap.name == *name.text);
        hits.map(|(place, _)| CapId(place as u32)).collect()
    };
    let shared = of(true);
    let found = if shared.is_empty() { of(false) } else { shared };
    if found.is_empty() {
        return Err(format!("there is no cap `{}`, and no rule of this name has one", name.text));
    }
    Ok(found)
}

/// A cap, and of one with a counter for each value the value that is meant; inside nothing where it is missing.
type Counter = (CapId, Option<Option<Box<str>>>);

/// The caps of a name that have one counter, or those that have one for each value and the value that is meant.
pub(super) fn counters(
    program: &Program,
    name: &ast::Name,
    value: Option<&ast::Value>,
) -> Result<Vec<Counter>, String> {
    let mut found = Vec::new();
    let mut stranger = None;
    for id in caps(program, name)? {
        let Some(cap) = program.caps.get(id.index()).filter(|cap| cap.each.is_some() == value.is_some())
        else {
            continue;
        };
        let Some(value) = value else {
            found.push((id, None));
            continue;
        };
        // of several caps those are meant that have such a value
        match value_text(program, cap, &attribute_value(program, value)?) {
            Ok(text) => found.push((id, Some(text))),
            Err(problem) => stranger = Some(problem),
        }
    }
    match (found.is_empty(), value) {
        (false, _) => Ok(found),
        (true, Some(_)) if stranger.is_some() => Err(stranger.unwrap_or_default()),
        (true, Some(_)) => Err(format!("`{}` has no cap with a counter for each value", name.text)),
        (true, None) => Err(format!("`{}` has a counter for each value: say `for` which", name.text)),
    }
}

/// The decimals in which the limit of a cap is written.
pub(super) fn cap_decimals(program: &Program, cap: CapId) -> u8 {
    match program.caps.get(cap.index()).map(|cap| cap.limit) {
        Some(CapLimit::Amount(thing, _)) => decimals(program, thing),
        // micro-units of money
        Some(CapLimit::Spend(_) | CapLimit::Given(_)) => 6,
        Some(CapLimit::Times(_) | CapLimit::Stamps(_)) | None => 0,
    }
}

/// A number in the scale of a cap's limit.
pub(super) fn cap_number(program: &Program, cap: CapId, value: Decimal) -> Result<i64, String> {
    match cap_decimals(program, cap) {
        6 => Money::try_from(value).map(Money::micros).map_err(|error| format!("{value}: {error}")),
        decimals => scaled(value, decimals),
    }
}

/// A number in the scale of a cap's limit as text.
pub(super) fn cap_text(program: &Program, cap: CapId, number: i64) -> String {
    match cap_decimals(program, cap) {
        6 => Money::from_micros(number).unwrap_or_default().to_string(),
        decimals => format_scaled(number, decimals),
    }
}

/// A day of the text.
pub(super) fn date(date: &ast::Date) -> Result<Date, String> {
    Date::from_naive(date.date).ok_or_else(|| format!("{} is outside 1970 to 2199", date.date))
}

/// A moment of the text; without a time it is the start of the local day.
pub(super) fn moment(program: &Program, moment: &ast::Moment) -> Result<Instant, String> {
    let day = date(&moment.date)?;
    Ok(match &moment.time {
        Some(time) => program.zone.instant_of(day, time.minute),
        None => program.zone.start_of_day(day, program.day_starts),
    })
}
