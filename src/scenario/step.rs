//! What happens in a `when`: from the lines of a test to an event.

use super::find;
use crate::calendar::Instant;
use crate::event::{Event, EventBuilder, Item, ReturnLine, Value};
use crate::program::Program;
use crate::syntax::ast::{self, GrantSpan, ItemLine, Line, Name, Step, StepFact};

/// The member to whom a step happens; nobody for `clock`.
pub(super) const fn member(step: &Step) -> Option<&Name> {
    match step {
        Step::Clock | Step::Announce { .. } => None,
        Step::Return { by, .. }
        | Step::Event { by, .. }
        | Step::Redeem { by, .. }
        | Step::Joining { by, .. }
        | Step::Choose { by, .. }
        | Step::Adjust { by, .. }
        | Step::Change { by, .. }
        | Step::Cancel { by, .. }
        | Step::Plan { by, .. }
        | Step::Grant { to: by, .. }
        | Step::Transfer { from: by, .. }
        | Step::Link { friend: by, .. } => Some(by),
    }
}

/// What a member hears of an announcement.
pub(super) fn announced(member: &str, at: Instant, step: &Step) -> Result<Event, String> {
    let Step::Announce { parameter, value, day, id } = step else {
        return Err("nothing is announced".into());
    };
    let value = match value {
        ast::Announced::Percent(percent) => percent.value,
        ast::Announced::Amount(amount) => amount.number.value,
    };
    let at = at.to_string();
    let mut event = Event::announce(&id.text, member, &at, &parameter.text, &value.to_string());
    if let Some(day) = day {
        event = event.for_day(find::date(day)?);
    }
    event.build().map_err(|error| error.to_string())
}

/// The event of a step. `None` for `clock` and for what every account hears.
pub(super) fn event(
    program: &Program,
    at: Instant,
    step: &Step,
    facts: &[Line<StepFact>],
) -> Result<Option<Event>, String> {
    let at = at.to_string();
    let mut builder = match step {
        Step::Clock | Step::Announce { .. } => return Ok(None),
        Step::Return { id, of, by } => {
            let builder = Event::returned(&id.text, &by.text, &at);
            match of {
                Some(of) => builder.of(&of.text),
                None => builder,
            }
        }
        Step::Event { event, id, of, by } => {
            if program.event_kind(&event.text).is_none() {
                return Err(format!("there is no event `{}`", event.text));
            }
            let builder = Event::named(&event.text, &id.text, &by.text, &at);
            match of {
                Some(of) => builder.of(&of.text),
                None => builder,
            }
        }
        Step::Redeem { request: asked, id, by } => request(Event::redemption(&id.text, &by.text, &at), asked),
        Step::Joining { id, by } => Event::joining(&id.text, &by.text, &at),
        Step::Change { id, by } => Event::change(&id.text, &by.text, &at),
        Step::Plan { joins: true, plan, id, by } => Event::join_plan(&id.text, &by.text, &at, &plan.text),
        Step::Plan { joins: false, plan, id, by } => Event::leave_plan(&id.text, &by.text, &at, &plan.text),
        Step::Grant { tier, span, id, to } => match span {
            GrantSpan::Ever => Event::grant_tier(&id.text, &to.text, &at, &tier.text),
            GrantSpan::For(time) => {
                let time = find::length(time);
                Event::grant_tier_for(&id.text, &to.text, &at, &tier.text, &time)
            }
            GrantSpan::Until(last) => {
                let last = find::date(last)?.to_string();
                Event::grant_tier_until(&id.text, &to.text, &at, &tier.text, &last)
            }
        },
        Step::Cancel { id, of, by } => Event::cancel(&id.text, &by.text, &at, &of.text),
        Step::Adjust { plus, amount, id, by } => {
            let (thing, _) = find::amount(program, amount)?;
            let sign = if *plus { "" } else { "-" };
            let number = format!("{sign}{}", amount.number.value);
            let reason = facts.iter().find_map(|fact| match &fact.kind {
                StepFact::Attribute(name, value) if name.text == "reason" => Some(name_text(value)),
                _ => None,
            });
            let unit = find::thing_name(program, thing);
            Event::adjust(&id.text, &by.text, &at, &number, unit, &reason.unwrap_or_default())
        }
        Step::Transfer { amount, id, from, to } => {
            let number = amount.number.value.to_string();
            Event::transfer(&id.text, &from.text, &at, &number, &amount.unit.text, &to.text)
        }
        Step::Link { friend, referrer, id } => {
            Event::link_friend(&id.text, &friend.text, &at, &referrer.text)
        }
        Step::Choose { amount, id, by } => {
            let (thing, _) = find::amount(program, amount)?;
            let number = amount.number.value.to_string();
            Event::choose(&id.text, &by.text, &at, &number, find::thing_name(program, thing))
        }
    };
    if let Step::Adjust { .. } = step {
        return builder.build().map(Some).map_err(|error| error.to_string());
    }
    for fact in facts {
        builder = add_to(program, builder, step, &fact.kind)?;
    }
    builder.build().map(Some).map_err(|error| error.to_string())
}

/// Adds a line to a step.
fn add_to(
    program: &Program,
    builder: EventBuilder,
    step: &Step,
    fact: &StepFact,
) -> Result<EventBuilder, String> {
    match (fact, step) {
        (StepFact::Attribute(name, value), Step::Joining { .. }) if name.text == "account" => {
            Ok(builder.account(&name_text(value)))
        }
        _ => add(program, builder, fact, matches!(step, Step::Return { .. })),
    }
}

fn add(
    program: &Program,
    builder: EventBuilder,
    fact: &StepFact,
    is_return: bool,
) -> Result<EventBuilder, String> {
    Ok(match fact {
        StepFact::Item(line) if is_return => builder.line(return_line(program, line)?),
        StepFact::Item(line) => builder.item(item(program, line)?),
        StepFact::Total(amount) => builder.total(&price(program, amount)?),
        StepFact::Payment(means, amount) => builder.payment(&means.text, &price(program, amount)?),
        StepFact::Redeem(asked) => request(builder, asked),
        StepFact::Use(vouchers) => {
            let count = u32::try_from(vouchers.number.value).ok();
            builder.use_vouchers(&vouchers.unit.text, count.ok_or("vouchers are used in whole numbers")?)
        }
        StepFact::ReferredBy(member) => builder.referred_by(&member.text),
        StepFact::AllItems(of) => builder.all_items(of.as_ref().map(|of| of.text.as_str())),
        StepFact::Attribute(name, value) => match name.text.as_str() {
            "channel" => builder.channel(&name_text(value)),
            "store" => builder.store(&name_text(value)),
            "partner" => builder.partner(&name_text(value)),
            other => builder.attribute(other, attribute_value(program, value)?),
        },
    })
}

fn request(builder: EventBuilder, asked: &ast::Request) -> EventBuilder {
    let (name, amount) = (&asked.amount.unit.text, asked.amount.number.value.to_string());
    if asked.up_to { builder.redeem_up_to(name, &amount) } else { builder.redeem(name, &amount) }
}

fn item(program: &Program, line: &ItemLine) -> Result<Item, String> {
    let Some(amount) = &line.price else {
        return Err(format!("the item `{}` has no price", line.name.text));
    };
    if line.line.is_some() || line.of.is_some() {
        return Err(format!("`line` and `of` belong to returns; `{}` is bought", line.name.text));
    }
    let mut item = Item::new(&line.name.text, &quantity(line), &price(program, amount)?);
    for (name, value) in &line.attributes {
        item = match name.text.as_str() {
            "category" => item.category(&name_text(value)),
            "brand" => item.brand(&name_text(value)),
            "sku" => item.sku(&name_text(value)),
            "tax" => item.tax(&tax(program, value)?),
            other => item.attribute(other, attribute_value(program, value)?),
        };
    }
    Ok(item)
}

/// `0.52 EUR`, `19%`
fn tax(program: &Program, value: &ast::Value) -> Result<String, String> {
    match value {
        ast::Value::Amount(amount) => price(program, amount),
        ast::Value::Percent(percent) => Ok(format!("{}%", percent.value)),
        _ => Err("the tax of an item is money or a percentage".into()),
    }
}

fn return_line(program: &Program, line: &ItemLine) -> Result<ReturnLine, String> {
    let mut back = ReturnLine::new(&line.name.text, &quantity(line));
    if let Some(amount) = &line.price {
        back = back.unit_price(&price(program, amount)?);
    }
    if let Some(number) = &line.line {
        let number = u32::try_from(number.value).ok().filter(|number| *number > 0);
        back = back.line(number.ok_or("lines are counted from 1")?);
    }
    if let Some(of) = &line.of {
        back = back.of(&of.text);
    }
    for (name, value) in &line.attributes {
        back = match name.text.as_str() {
            "category" => back.category(&name_text(value)),
            "brand" => back.brand(&name_text(value)),
            "sku" => back.sku(&name_text(value)),
            "tax" => back.tax(&tax(program, value)?),
            other => return Err(format!("a return line has no attribute `{other}`")),
        };
    }
    Ok(back)
}

fn quantity(line: &ItemLine) -> String {
    line.quantity.map_or_else(|| "1".to_owned(), |number| number.value.to_string())
}

fn price(program: &Program, amount: &ast::Amount) -> Result<String, String> {
    let micros = find::money(program, amount)?;
    Ok(crate::amount::Money::from_micros(micros).unwrap_or_default().to_string())
}

/// The text of a value that is a name.
fn name_text(value: &ast::Value) -> String {
    match value {
        ast::Value::Name(name) => name.text.clone(),
        ast::Value::Number(number) => number.value.to_string(),
        ast::Value::YesNo(yes, _) => if *yes { "yes" } else { "no" }.to_owned(),
        other => match plain(other) {
            Value::Text(text) => text.into(),
            _ => String::new(),
        },
    }
}

/// The value of an attribute. Money must be the program's.
pub(super) fn attribute_value(program: &Program, value: &ast::Value) -> Result<Value, String> {
    if let ast::Value::Amount(amount) = value
        && is_currency(&amount.unit.text)
    {
        find::money(program, amount)?;
    }
    Ok(plain(value))
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn plain(value: &ast::Value) -> Value {
    let text = match value {
        ast::Value::YesNo(yes, _) => return Value::Bool(*yes),
        ast::Value::Names(names, _) => {
            return Value::List(names.iter().map(|name| name.text.as_str().into()).collect());
        }
        ast::Value::Moment(moment) => moment.date.date.to_string(),
        ast::Value::MonthDay(day) => format!("{:02}-{:02}", day.month, day.day),
        ast::Value::Time(time) => format!("{:02}:{:02}", time.minute / 60, time.minute % 60),
        ast::Value::Percent(percent) => percent.value.to_string(),
        ast::Value::Duration(duration) => duration.count.to_string(),
        ast::Value::Amount(amount) => amount.number.value.to_string(),
        ast::Value::Number(number) => number.value.to_string(),
        ast::Value::Name(name) => name.text.clone(),
    };
    Value::Text(text.into())
}
