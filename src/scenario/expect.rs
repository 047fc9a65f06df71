//! Whether what a test expects is so, and what is instead.

use super::run::Runner;
use super::{budgets, find};
use crate::account::{Account, Change, Entitlement, Lot};
use crate::amount::Money;
use crate::calendar::Date;
use crate::evaluate::Outcome;
use crate::evaluate::given::{cap_left, running, running_slot};
use crate::ledger::{Book, Delta, Exact, Reason, Side, Source, Thing};
use crate::program::{AwardThing, Budget, Measure, Program, UnitId, UnitKind};
use crate::syntax::ast::{self, Amount, Expect, HasKind, Name};
use std::borrow::Cow;

/// `Err` says what is instead of what was expected.
pub(super) fn judge(runner: &Runner<'_>, expected: &Expect) -> Result<(), String> {
    match expected {
        Expect::Refused(text) => refused(runner, text.as_ref().map(|text| text.text.as_str())),
        Expect::Card(card, member, amount) => stamps(runner, card, member, amount),
        Expect::Challenge(challenge, member, at) => tasks_done(runner, challenge, member, at),
        Expect::Streak(streak, member, at) => run_length(runner, streak, member, at),
        Expect::Task(task, member, at) => task_count(runner, task, member, at),
        Expect::Milestones(name, member, at) => milestones_count(runner, name, member, at),
        Expect::CapLeft(cap, member, number, value) => {
            room(runner, (cap, value.as_ref()), member.as_ref(), number)
        }
        Expect::Charity(charity, amount) => charity_gets(runner, charity, amount),
        Expect::PartnerOwes(partner, amount) => partner_has(runner, partner, amount, Side::Owes),
        Expect::PartnerGets(partner, amount) => partner_has(runner, partner, amount, Side::Gets),
        Expect::Expire(amount, member) => expire(runner, amount, member.as_ref()),
        Expect::EarnsNothing(member) => earns_nothing(runner, member),
        Expect::Earns(member, amount, from) => earns(runner, member, amount, from.as_ref()),
        Expect::Has(member, amount, kind) => has(runner, member, amount, *kind),
        Expect::Benefit(member, benefit, until) => {
            let until = until.as_ref().map(find::date).transpose()?;
            has_benefit(runner, member, &benefit.text, until)
        }
        Expect::NoBenefit(member, benefit) => has_no_benefit(runner, member, &benefit.text),
        Expect::Loses(member, amount) => loses(runner, member, amount),
        Expect::Pays(member, amount) => pays(runner, member, amount),
        Expect::PaysFees(member, amount, plan) => pays_fees(runner, member, amount, plan),
        Expect::Owes(member, amount) => owes(runner, member, amount),
        Expect::Tier { member, of, tier, until } => level(runner, member, of.as_ref(), tier, until.as_ref()),
    }
}

fn refused(runner: &Runner<'_>, text: Option<&str>) -> Result<(), String> {
    match (&runner.refused, text) {
        (None, _) => Err("it was not refused".to_owned()),
        (Some(reason), Some(text)) if !reason.contains(text) => Err(format!("it was refused: {reason}")),
        (Some(_), _) => Ok(()),
    }
}

fn deltas<'r>(runner: &'r Runner<'_>, member: Option<&'r str>) -> impl Iterator<Item = &'r Delta> {
    let all = runner.outcomes.iter().flat_map(|outcome| {
        outcome.deltas().iter().enumerate().map(move |(place, delta)| (outcome, place, delta))
    });
    let mine = all
        .filter(move |(outcome, place, _)| member.is_none_or(|member| outcome.member_at(*place) == member));
    mine.map(|(_, _, delta)| delta)
}

/// What rules, cards, tiers and referrals gave, gross.
fn is_earned(delta: &Delta) -> bool {
    delta.from == Book::Issued && matches!(delta.reason, Reason::Earned | Reason::Repaid | Reason::Adjusted)
}

fn earns(runner: &Runner<'_>, member: &Name, amount: &Amount, from: Option<&Name>) -> Result<(), String> {
    let program = runner.program;
    known(runner, member)?;
    let (thing, wanted) = find::amount(program, amount)?;
    let gives = from.map(|name| find::gives(program, name)).transpose()?;
    let counts = |source: Source| gives.as_ref().is_none_or(|gives| gives(source));
    let books = find::book_thing(thing);
    let found: i64 = deltas(runner, Some(&member.text))
        .filter(|delta| delta.thing == books && is_earned(delta) && counts(delta.source))
        .map(|delta| delta.amount)
        .sum();
    if found == wanted {
        return Ok(());
    }
    let from = from.map_or(String::new(), |name| format!(" from {}", name.text));
    Err(format!("{} earned {}{from}", member.text, find::amount_text(program, thing, found)))
}

fn earns_nothing(runner: &Runner<'_>, member: &Name) -> Result<(), String> {
    known(runner, member)?;
    let mut totals: Vec<(AwardThing, i64)> = Vec::new();
    for delta in deltas(runner, Some(&member.text)).filter(|delta| is_earned(delta)) {
        let Some(thing) = delta.thing.award() else { continue };
        match totals.iter_mut().find(|(known, _)| *known == thing) {
            Some((_, sum)) => *sum += delta.amount,
            None => totals.push((thing, delta.amount)),
        }
    }
    if totals.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> =
        totals.iter().map(|(thing, sum)| find::amount_text(runner.program, *thing, *sum)).collect();
    Err(format!("{} earned {}", member.text, texts.join(", ")))
}

fn loses(runner: &Runner<'_>, member: &Name, amount: &Amount) -> Result<(), String> {
    known(runner, member)?;
    let (thing, wanted) = find::amount(runner.program, amount)?;
    let books = find::book_thing(thing);
    let found: i64 = deltas(runner, Some(&member.text))
        .filter(|delta| delta.thing == books && matches!(delta.to, Book::TakenBack | Book::Transferred))
        .map(|delta| delta.amount)
        .sum();
    if found == wanted {
        return Ok(());
    }
    Err(format!("{} lost {}", member.text, find::amount_text(runner.program, thing, found)))
}

/// What is left to pay with money in the last `when`.
fn pays(runner: &Runner<'_>, member: &Name, amount: &Amount) -> Result<(), String> {
    known(runner, member)?;
    let wanted = find::money(runner.program, amount)?;
    let mine = runner.outcomes.iter().filter(|outcome| outcome.member() == member.text);
    let left: Vec<i64> = mine.filter_map(|outcome| outcome.left).collect();
    match left.iter().sum::<i64>() {
        _ if left.is_empty() => Err(format!("nothing was bought by {}", member.text)),
        found if found == wanted => Ok(()),
        found => Err(format!("{} pays {}", member.text, money(runner.program, found))),
    }
}

/// The fees of a plan that fall due by the last `when`.
fn pays_fees(runner: &Runner<'_>, member: &Name, amount: &Amount, plan: &Name) -> Result<(), String> {
    known(runner, member)?;
    let program = runner.program;
    let wanted = find::money(program, amount)?;
    let id = program.plan_named(&plan.text).map_err(|error| error.to_string())?;
    let mine = runner.outcomes.iter().filter(|outcome| outcome.member() == member.text);
    let fees = mine.flat_map(|outcome| &outcome.postings.changes).filter_map(|change| match change {
        Change::Fee(fee) if fee.plan == id => Some(fee.amount),
        _ => None,
    });
    match fees.sum::<i64>() {
        found if found == wanted => Ok(()),
        found => Err(format!("{} pays {} for plan {}", member.text, money(program, found), plan.text)),
    }
}

/// What a charity gets by the last `when`, of all members.
fn charity_gets(runner: &Runner<'_>, charity: &Name, amount: &Amount) -> Result<(), String> {
    let program = runner.program;
    let wanted = find::money(program, amount)?;
    let id = program.charity_named(&charity.text).map_err(|error| error.to_string())?;
    let booked = deltas(runner, None).filter(|delta| delta.thing == Thing::Donation(id));
    let signed = |delta: &Delta| if delta.to == Book::Charity { delta.amount } else { -delta.amount };
    let found = booked.map(signed).sum::<i64>().saturating_mul(program.coin());
    if found == wanted {
        return Ok(());
    }
    Err(format!("{} gets {}", charity.text, money(program, found)))
}

/// What a partner owes or gets by the last `when`, of all members, exactly.
fn partner_has(runner: &Runner<'_>, partner: &Name, amount: &Amount, side: Side) -> Result<(), String> {
    let wanted = find::money(runner.program, amount)?;
    let wanted = Exact::of_steps(i128::from(wanted) * (Exact::ONE / 1_000_000));
    let charges = runner.outcomes.iter().flat_map(Outcome::charges);
    let mine = charges.filter(|charge| charge.partner == partner.text && charge.side == side);
    let found = mine.fold(Exact::default(), |sum, charge| sum.plus(charge.amount).unwrap_or(sum));
    if found == wanted {
        return Ok(());
    }
    Err(format!("{} {side} {found} {}", partner.text, runner.program.currency))
}

/// Money with the digits of its currency.
fn money(program: &Program, micros: i64) -> String {
    let digits = u8::try_from(program.currency_digits).unwrap_or(2);
    let money = Money::from_micros(micros).unwrap_or_default();
    format!("{} {}", money.display(digits), program.currency)
}

/// A debt.
fn owes(runner: &Runner<'_>, member: &Name, amount: &Amount) -> Result<(), String> {
    let account = known(runner, member)?;
    let (thing, wanted) = find::amount(runner.program, amount)?;
    let found = -account.totals_of(find::book_thing(thing)).balance(Book::Debt);
    if found == wanted {
        return Ok(());
    }
    Err(format!("{} owes {}", member.text, find::amount_text(runner.program, thing, found)))
}

fn expire(runner: &Runner<'_>, amount: &Amount, member: Option<&Name>) -> Result<(), String> {
    // what is shared expires for the account
    let id = member.map(|member| known(runner, member).map(Account::id)).transpose()?;
    let (thing, wanted) = find::amount(runner.program, amount)?;
    let books = find::book_thing(thing);
    let mine = runner.outcomes.iter().filter(|outcome| id.is_none_or(|id| outcome.account() == id));
    let found: i64 = mine
        .flat_map(Outcome::deltas)
        .filter(|delta| delta.thing == books && delta.to == Book::Expired)
        .map(|delta| delta.amount)
        .sum();
    if found == wanted {
        return Ok(());
    }
    Err(format!("{} expired", find::amount_text(runner.program, thing, found)))
}

/// The account of a member that the test speaks of. One who is spoken of before anything happened to them is a
/// mistake in the test.
fn known<'r>(runner: &'r Runner<'_>, member: &Name) -> Result<&'r Account, String> {
    runner.world.account(&member.text).ok_or_else(|| format!("there is no member `{}` yet", member.text))
}

/// The local day up to which the clock of an account was run.
fn today(runner: &Runner<'_>, account: &Account) -> Date {
    let program = runner.program;
    let clock = account.clock_day(program);
    clock.unwrap_or_else(|| program.zone.business_date(runner.now, program.day_starts))
}

fn has(runner: &Runner<'_>, member: &Name, amount: &Amount, kind: HasKind) -> Result<(), String> {
    let program = runner.program;
    let account = known(runner, member)?;
    let (thing, wanted) = find::amount(program, amount)?;
    let day = today(runner, account);
    let last = match kind {
        HasKind::Usable | HasKind::Pending => None,
        HasKind::Expiring(date) | HasKind::Until(date) => Some(find::date(&date)?),
    };
    let (usable, pending, lasting) = match thing {
        AwardThing::Unit(unit) => held_unit(program, account, unit, last, day),
        AwardThing::Voucher(voucher) => {
            let held = || account.vouchers.iter().filter(|held| held.voucher == voucher);
            let pending = held().filter(|held| held.start > day).count() as i64;
            let all = held().count() as i64;
            (all - pending, pending, held().filter(|held| held.last == last).count() as i64)
        }
        // a choice has no name that a test could write
        AwardThing::Choice(_) => (0, 0, 0),
    };
    let (found, what) = match (kind, last) {
        (HasKind::Usable, _) => (usable, String::new()),
        (HasKind::Pending, _) => (pending, " pending".to_owned()),
        (HasKind::Expiring(_), Some(day)) => (lasting, format!(" expiring {day}")),
        (_, day) => (lasting, day.map_or(String::new(), |day| format!(" until {day}"))),
    };
    if found == wanted {
        return Ok(());
    }
    let text = |amount| find::amount_text(program, thing, amount);
    let mut message = format!("{} has {}{what}", member.text, text(found));
    if last.is_some() {
        let other = last_days(program, account, thing, last);
        let but = if found == 0 { "but" } else { "and" };
        message.push_str(&other.map_or(String::new(), |other| format!(", {but} {other}")));
    } else if kind == HasKind::Usable && pending > 0 {
        message.push_str(&format!(", and {} pending", text(pending)));
    } else if kind == HasKind::Pending && usable > 0 {
        message.push_str(&format!(", and {} usable", text(usable)));
    }
    Err(message)
}

/// Usable, pending, and what has exactly a last day. Of a status unit what the running window holds is usable.
fn held_unit(
    program: &Program,
    account: &Account,
    unit: UnitId,
    last: Option<Date>,
    day: Date,
) -> (i64, i64, i64) {
    let totals = account.totals_of(find::book_thing(AwardThing::Unit(unit)));
    let kind = program.units.get(unit.index()).map(|unit| unit.kind);
    if kind == Some(UnitKind::Status) {
        let metrics = program.tiers.iter().flat_map(|tiers| tiers.metrics.iter());
        let mut meters = metrics.filter(|metric| {
            let meter = program.meters.get(metric.meter.index());
            meter.is_some_and(|meter| meter.measure == Measure::Unit(unit))
        });
        let usable = meters
            .next()
            .map_or(totals.balance(Book::Available), |metric| running(program, account, metric.meter, day));
        return (usable, 0, 0);
    }
    let lots = account.lots.of(unit).filter(|lot| lot.last == last);
    (totals.balance(Book::Available), totals.balance(Book::Pending), lots.map(Lot::all_left).sum())
}

/// What there is with the first last day beside the one that was expected.
fn last_days(
    program: &Program,
    account: &Account,
    thing: AwardThing,
    expected: Option<Date>,
) -> Option<String> {
    let mut days: Vec<(Option<Date>, i64)> = match thing {
        AwardThing::Unit(unit) => {
            let lots = account.lots.of(unit).filter(|lot| lot.all_left() > 0);
            lots.map(|lot| (lot.last, lot.all_left())).collect()
        }
        AwardThing::Voucher(voucher) => {
            let held = account.vouchers.iter().filter(|held| held.voucher == voucher);
            held.map(|held| (held.last, 1)).collect()
        }
        AwardThing::Choice(_) => Vec::new(),
    };
    days.retain(|(last, _)| *last != expected);
    days.sort_by_key(|(last, _)| last.unwrap_or(Date::MAX));
    let (last, _) = days.first()?;
    let amount: i64 = days.iter().filter(|(day, _)| day == last).map(|(_, amount)| amount).sum();
    let text = find::amount_text(program, thing, amount);
    Some(match last {
        Some(last) => format!("{text} until {last}"),
        None => format!("{text} without a last day"),
    })
}

fn stamps(runner: &Runner<'_>, card: &Name, member: &Name, amount: &Amount) -> Result<(), String> {
    let account = known(runner, member)?;
    let id = find::card(runner.program, card)?;
    let wanted = find::scaled(amount.number.value, 0)?;
    let found = account.cards.get(id.index()).map_or(0, |state| state.stamps);
    match found {
        _ if found == wanted => Ok(()),
        1 => Err("the card is at 1 stamp".to_owned()),
        _ => Err(format!("the card is at {found} stamps")),
    }
}

fn tasks_done(runner: &Runner<'_>, challenge: &Name, member: &Name, at: &ast::Number) -> Result<(), String> {
    let account = known(runner, member)?;
    let rules = find::challenge(runner.program, challenge)?;
    let wanted = find::scaled(at.value, 0)?;
    let slot = running_slot(runner.program, account, rules.rounds, today(runner, account));
    let (found, _) = account.challenge_at(rules, slot);
    match found {
        _ if i64::try_from(found) == Ok(wanted) => Ok(()),
        1 => Err("1 task is complete".to_owned()),
        _ => Err(format!("{found} tasks are complete")),
    }
}

fn run_length(runner: &Runner<'_>, streak: &Name, member: &Name, at: &ast::Number) -> Result<(), String> {
    let account = known(runner, member)?;
    let id = find::streak(runner.program, streak)?;
    let wanted = find::scaled(at.value, 0)?;
    let rules = runner.program.streaks.get(id.index());
    let found = rules.map_or(0, |rules| account.run_length(rules, id.index()));
    if i64::from(found) == wanted { Ok(()) } else { Err(format!("the run is {found} long")) }
}

fn task_count(runner: &Runner<'_>, task: &Name, member: &Name, at: &ast::Number) -> Result<(), String> {
    let account = known(runner, member)?;
    let rules = find::task(runner.program, task)?;
    let wanted = find::count_number(runner.program, rules.counts, at.value)?;
    let found = running(runner.program, account, rules.meter, today(runner, account));
    if found == wanted {
        return Ok(());
    }
    Err(format!("the task is at {}", rules.written(runner.program, found)))
}

fn milestones_count(runner: &Runner<'_>, name: &Name, member: &Name, at: &ast::Number) -> Result<(), String> {
    let account = known(runner, member)?;
    let (id, counts) = find::milestones(runner.program, name)?;
    let wanted = find::count_number(runner.program, counts, at.value)?;
    let meter = runner.program.milestones.get(id.index()).map(|block| block.meter);
    let today = today(runner, account);
    let found = meter.map_or(0, |meter| running(runner.program, account, meter, today));
    if found == wanted {
        return Ok(());
    }
    Err(format!("the milestones are at {}", counts.written(runner.program, found)))
}

fn room(
    runner: &Runner<'_>,
    (name, value): (&Name, Option<&ast::Value>),
    member: Option<&Name>,
    number: &ast::Number,
) -> Result<(), String> {
    let program = runner.program;
    let found: Vec<&Budget> = program.budgets_named(&name.text).collect();
    if member.is_none() && value.is_none() && !found.is_empty() {
        return budgets::expect_left(runner, &found, number);
    }
    let account = match (member, &runner.actor) {
        (Some(member), _) => known(runner, member)?,
        (None, Some(actor)) => runner.world.account(actor).ok_or("say of which member")?,
        (None, None) => {
            let mut all = runner.world.accounts();
            match (all.next(), all.next()) {
                (Some(only), None) => only,
                _ => return Err("say of which member".to_owned()),
            }
        }
    };
    let day = today(runner, account);
    let mut account = Cow::Borrowed(account);
    let name_of = member.map(|member| &*member.text).or(runner.actor.as_deref());
    if let Some(who) = name_of.and_then(|member| account.person(member)).map(|who| who.place)
        && who > 0
    {
        account.to_mut().turn_to(who);
    }
    // of several own caps of a rule the one counts that leaves least
    let mut least: Option<(i64, String)> = None;
    for (cap, value) in find::counters(program, name, value)? {
        let value = value.flatten();
        let Some(left) = cap_left(program, &account, (cap, value.as_deref()), day) else { continue };
        let wanted = find::cap_number(program, cap, number.value)?;
        if least.as_ref().is_none_or(|(over, _)| left - wanted < *over) {
            least = Some((left - wanted, find::cap_text(program, cap, left)));
        }
    }
    match least {
        Some((0, _)) => Ok(()),
        Some((_, left)) => Err(format!("{left} is left")),
        None => Err("nothing is known of this cap".to_owned()),
    }
}

fn level(
    runner: &Runner<'_>,
    member: &Name,
    of: Option<&Name>,
    tier: &Name,
    until: Option<&ast::Date>,
) -> Result<(), String> {
    let program = runner.program;
    let account = known(runner, member)?;
    let (tiers, wanted) = find::level(program, of, tier)?;
    let (held, last) = account.held_with(program, tiers);
    let until = until.map(find::date).transpose()?;
    if held == wanted && until.is_none_or(|until| last == Some(until)) {
        return Ok(());
    }
    let level = program.tiers.get(tiers.index()).and_then(|tiers| tiers.levels.get(held as usize));
    let name = level.map_or("", |level| &level.name);
    Err(match last {
        Some(last) => format!("{} is {name} until {last}", member.text),
        None => format!("{} is {name}", member.text),
    })
}

/// What is known of a benefit now, by each tiers block that brings it.
fn entitlements(runner: &Runner<'_>, member: &Name, benefit: &str) -> Result<Vec<Entitlement>, String> {
    let program = runner.program;
    let account = known(runner, member)?;
    let day = today(runner, account);
    let blocks = program.tiers.iter();
    Ok(blocks.filter_map(|tiers| account.benefit(program, &tiers.name, benefit, day).ok()).collect())
}

fn has_benefit(runner: &Runner<'_>, member: &Name, benefit: &str, until: Option<Date>) -> Result<(), String> {
    let all = entitlements(runner, member, benefit)?;
    let allowed: Vec<&Entitlement> = all.iter().filter(|it| it.allowed).collect();
    if allowed.iter().any(|it| until.is_none_or(|until| it.until == Some(until))) {
        return Ok(());
    }
    Err(match (allowed.first(), all.first()) {
        (Some(has), _) => by(member, has),
        (None, Some(not)) => format!("{} is {}; {} brings it", member.text, not.level, not.from_level),
        (None, None) => "no tier brings it".to_owned(),
    })
}

fn has_no_benefit(runner: &Runner<'_>, member: &Name, benefit: &str) -> Result<(), String> {
    let all = entitlements(runner, member, benefit)?;
    all.iter().find(|it| it.allowed).map_or(Ok(()), |has| Err(by(member, has)))
}

fn by(member: &Name, has: &Entitlement) -> String {
    match has.until {
        Some(last) => format!("{} has it by {} until {last}", member.text, has.level),
        None => format!("{} has it by {}", member.text, has.level),
    }
}
