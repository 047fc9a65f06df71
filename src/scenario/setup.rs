//! The start of a test: joinings, then the facts that are given.

use super::run::Runner;
use super::step::attribute_value;
use super::{budgets, find};
use crate::calendar::Instant;
use crate::diagnostics::Span;
use crate::evaluate::given::{GivenFact, book_given};
use crate::evaluate::{Typed, typed};
use crate::event::{Event, Value};
use crate::program::{AwardThing, Measure, MeterId, Program};
use crate::syntax::ast::{self, Line, Name, TestLine};

/// Vouchers that may be given to one member at once.
const VOUCHERS_MOST: i64 = 10_000;

/// What is said of one member.
struct Given<'t> {
    member: &'t Name,
    span: Span,
    joined: Option<(Instant, Span)>,
    referrer: Option<&'t Name>,
    account: Option<&'t Name>,
    attributes: Vec<(&'t Name, &'t ast::Value, Span)>,
    /// What is used of budgets that all members share.
    budgets: Vec<(&'t Name, &'t ast::Number, Span)>,
    facts: Vec<GivenFact>,
}

/// Lets members join and books what is given. The clock stands at the latest joining after that.
pub(super) fn run(runner: &mut Runner<'_>, lines: &[Line<TestLine>]) {
    let mut all = Vec::new();
    for line in lines {
        if let TestLine::Given { member, facts } = &line.kind {
            all.push(read(runner, member, facts, line.span));
        }
    }
    let mut joinings: Vec<(Instant, &Given<'_>)> =
        all.iter().filter_map(|given| Some((given.joined?.0, given))).collect();
    joinings.sort_by_key(|(at, _)| *at);
    for (at, given) in &joinings {
        join(runner, given, *at);
    }
    if let Some((latest, _)) = joinings.last() {
        runner.start_clock(*latest);
    }
    let first_when = lines.iter().find_map(|line| match &line.kind {
        TestLine::When { at, .. } => find::moment(runner.program, at).ok(),
        _ => None,
    });
    let at = first_when.unwrap_or(runner.now);
    for given in &all {
        for (name, number, span) in &given.budgets {
            if let Err(error) = budgets::use_up(runner, name, number, at) {
                runner.fail(*span, format!("this cannot be given: {error}"));
            }
        }
        let mut facts = given.facts.clone();
        if given.joined.is_none() {
            facts.extend(given_attributes(runner, given));
        }
        if facts.is_empty() && given.account.is_none() {
            continue;
        }
        if let Err(error) = book(runner, given, at, &facts) {
            runner.fail(given.span, format!("this cannot be given: {error}"));
        }
    }
}

fn read<'t>(
    runner: &mut Runner<'_>,
    member: &'t Name,
    lines: &'t [Line<ast::GivenFact>],
    span: Span,
) -> Given<'t> {
    let mut given = Given {
        member,
        span,
        joined: None,
        referrer: None,
        account: None,
        attributes: Vec::new(),
        budgets: Vec::new(),
        facts: Vec::new(),
    };
    for line in lines {
        let read = match &line.kind {
            ast::GivenFact::Joined(moment) => {
                find::moment(runner.program, moment).map(|at| given.joined = Some((at, line.span)))
            }
            ast::GivenFact::ReferredBy(name) => {
                given.referrer = Some(name);
                Ok(())
            }
            ast::GivenFact::Account(id) => {
                given.account = Some(id);
                Ok(())
            }
            ast::GivenFact::Attribute(name, value) => {
                given.attributes.push((name, value, line.span));
                Ok(())
            }
            ast::GivenFact::CapUsed(name, number, None)
                if runner.program.budgets_named(&name.text).next().is_some() =>
            {
                given.budgets.push((name, number, line.span));
                // the rule may have a cap of each member too
                given.facts.extend(facts(runner.program, &line.kind).unwrap_or_default());
                Ok(())
            }
            other => facts(runner.program, other).map(|mut facts| given.facts.append(&mut facts)),
        };
        if let Err(problem) = read {
            runner.fail(line.span, problem);
        }
    }
    given
}

fn facts(program: &Program, fact: &ast::GivenFact) -> Result<Vec<GivenFact>, String> {
    let day = |date: &Option<ast::Date>| date.as_ref().map(find::date).transpose();
    Ok(match fact {
        ast::GivenFact::Tier(name, until) => {
            let (tiers, level) = find::level(program, None, name)?;
            vec![GivenFact::Tier(tiers, level, day(until)?)]
        }
        ast::GivenFact::Plan(name, since) => {
            let plan = program.plan_named(&name.text).map_err(|error| error.to_string())?;
            vec![GivenFact::Plan(plan, find::date(since)?)]
        }
        ast::GivenFact::Card(name, amount) => {
            let id = find::card(program, name)?;
            let stamps = find::scaled(amount.number.value, 0)?;
            let goal = program.cards.get(id.index()).map_or(0, |card| card.goal);
            if !(0..goal).contains(&stamps) {
                return Err(format!("an open card has at most {} stamps", goal - 1));
            }
            if stamps == 0 { Vec::new() } else { vec![GivenFact::Card(id, stamps)] }
        }
        ast::GivenFact::Streak(name, number) => {
            let length = u32::try_from(find::scaled(number.value, 0)?);
            vec![GivenFact::Streak(find::streak(program, name)?, length.unwrap_or(u32::MAX))]
        }
        ast::GivenFact::Task(name, number) => {
            let task = find::task(program, name)?;
            vec![GivenFact::Task(task.meter, find::count_number(program, task.counts, number.value)?)]
        }
        ast::GivenFact::Milestones(name, number) => {
            let (id, counts) = find::milestones(program, name)?;
            vec![GivenFact::Milestones(id, find::count_number(program, counts, number.value)?)]
        }
        ast::GivenFact::Years(name, number) => {
            let (tiers, level) = find::level(program, None, name)?;
            let years = find::scaled(number.value, 0)?;
            let meters = program.meters.iter().zip(0_u32..);
            let mut counts = meters.filter(|(meter, _)| meter.measure == Measure::Years(tiers, level));
            let meter = counts.next().map(|(_, id)| MeterId(id));
            let meter = meter.ok_or_else(|| format!("no tiers count years of {}", name.text))?;
            vec![GivenFact::Years(meter, years)]
        }
        ast::GivenFact::CapUsed(name, number, value) => {
            let mut used = Vec::new();
            for (cap, value) in find::counters(program, name, value.as_ref())? {
                let number = find::cap_number(program, cap, number.value)?;
                used.push(match value {
                    None => GivenFact::CapUsed(cap, number),
                    Some(value) => GivenFact::CapUsedFor(cap, number, value),
                });
            }
            used
        }
        ast::GivenFact::Balance(amount, last) | ast::GivenFact::Has(amount, last) => {
            let (thing, number) = find::amount(program, amount)?;
            if matches!(thing, AwardThing::Voucher(_)) && number > VOUCHERS_MOST {
                return Err(format!("at most {VOUCHERS_MOST} vouchers can be given"));
            }
            vec![GivenFact::Has(thing, number, day(last)?)]
        }
        ast::GivenFact::Spent(amount, on) => {
            vec![GivenFact::Spent(find::money(program, amount)?, find::date(on)?)]
        }
        ast::GivenFact::Purchased(times, on) => {
            vec![GivenFact::Purchased(find::scaled(times.value, 0)?, find::date(on)?)]
        }
        ast::GivenFact::Joined(_)
        | ast::GivenFact::ReferredBy(_)
        | ast::GivenFact::Account(_)
        | ast::GivenFact::Attribute(..) => Vec::new(),
    })
}

/// Books facts on the account of a member, who comes to the account that is named.
fn book(runner: &mut Runner<'_>, given: &Given<'_>, at: Instant, facts: &[GivenFact]) -> Result<(), String> {
    let program = runner.program;
    let account = runner.world.account_of(&given.member.text, given.account.map(|id| &*id.text))?;
    let booked = book_given(program, account, at, facts);
    account.turn_to(0);
    booked.map_err(|error| error.to_string())
}

/// A joining runs like the event it is; one from before the program began is a fact, and fires no rule.
fn join(runner: &mut Runner<'_>, given: &Given<'_>, at: Instant) {
    let program = runner.program;
    let span = given.joined.map_or(given.span, |(_, span)| span);
    let day = program.zone.business_date(at, program.day_starts);
    if day < program.effective_from {
        let mut facts = vec![GivenFact::Joined(at, day)];
        facts.extend(given_attributes(runner, given));
        if let Err(error) = book(runner, given, at, &facts) {
            runner.fail(span, format!("the member cannot join: {error}"));
        }
        return;
    }
    let id = format!("joining of {}", given.member.text);
    let mut event = Event::joining(&id, &given.member.text, &at.to_string());
    for (name, value, span) in &given.attributes {
        match attribute_value(program, value) {
            Ok(value) => event = event.attribute(&name.text, value),
            Err(problem) => runner.fail(*span, problem),
        }
    }
    if let Some(referrer) = given.referrer {
        event = event.referred_by(&referrer.text);
    }
    if let Some(account) = given.account {
        event = event.account(&account.text);
    }
    let delivered = event.build().map_err(|error| error.to_string()).and_then(|event| runner.deliver(event));
    if let Err(problem) = delivered {
        runner.fail(span, format!("the member cannot join: {problem}"));
    }
}

/// Attributes of a member whom no joining event brings in.
fn given_attributes(runner: &mut Runner<'_>, given: &Given<'_>) -> Vec<GivenFact> {
    let mut facts = Vec::new();
    for (name, value, span) in &given.attributes {
        match given_attribute(runner.program, name, value) {
            Ok(fact) => facts.push(fact),
            Err(problem) => runner.fail(*span, problem),
        }
    }
    facts
}

fn given_attribute(program: &Program, name: &Name, value: &ast::Value) -> Result<GivenFact, String> {
    let known = program.member_attributes.iter().position(|attribute| *attribute.name == *name.text);
    let found = known.and_then(|place| Some((place, program.member_attributes.get(place)?)));
    let Some((place, attribute)) = found else {
        return Err(format!("members have no attribute `{}`", name.text));
    };
    let value = attribute_value(program, value)?;
    match typed(program, attribute, &value) {
        Ok(Typed::Value(_)) => Ok(GivenFact::Attribute(place as u16, text_of(&value))),
        Ok(Typed::Outside(text)) => Err(format!("`{text}` is no value of `{}`", name.text)),
        Err(rejection) => Err(rejection.to_string()),
    }
}

/// A value as the text by which an account keeps it.
fn text_of(value: &Value) -> Box<str> {
    match value {
        Value::Text(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Integer(number) => number.to_string().into(),
        Value::List(names) => names.join(",").into(),
    }
}
