//! An explanation as text, one line a rule, with the arithmetic.

use super::{
    Explanation, LateExplanation, RuleExplanation, budgets, giving, plans, progress, rebates, words,
};
use crate::account::{RebateStanding, RebateState};
use crate::calendar::Date;
use crate::evaluate::{Outcome, Redemption};
use crate::ledger::{Book, Delta, Reason, Thing};
use crate::program::{Basis, Effect, Factor, Program, Steps};

/// The explanation of an outcome as text: what was given and why, what was not and why not, and from when until when
/// it can be used; whether the event came late, and what of it the program does not know. Empty if the event was
/// evaluated without explaining.
#[must_use]
pub fn text(program: &Program, outcome: &Outcome) -> String {
    let Some(explanation) = outcome.explanation(program) else { return String::new() };
    let mut rows: Vec<[String; 3]> = Vec::new();
    for request in &explanation.requests {
        rows.push(request_row(program, request));
    }
    let by_member = giving::changes_the_bill(&explanation);
    let left = explanation.left_to_pay.as_ref().filter(|_| by_member || !explanation.requests.is_empty());
    let left =
        left.map(|left| [String::new(), String::new(), format!("{left} {} left to pay", program.currency)]);
    rows.extend(left.clone().filter(|_| !by_member));
    for rule in &explanation.rules {
        rows.extend(rule_rows(program, outcome, rule, &explanation.items));
    }
    rows.extend(explanation.donations.iter().map(|donation| giving::row(program, donation)));
    rows.extend(left.filter(|_| by_member));
    rows.extend(giving::taken_off(program, outcome));
    rows.extend(explanation.rebates.iter().map(|standing| rebates::row(program, standing)));
    rows.extend(explanation.fees.iter().map(plans::row));
    rows.extend(explanation.progress.iter().map(progress::row));
    rows.extend(explanation.cut_gifts.iter().map(progress::cut_row));
    for delta in outcome.deltas() {
        if let Some(row) = other_row(program, delta, &explanation) {
            rows.push(row);
        }
    }
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let (amounts, names) = (width(0), width(1));
    let mut text = explanation.late.as_ref().map_or_else(String::new, late);
    for [amount, name, why] in &rows {
        let line = format!("{}  {}  {why}", pad_left(amount, amounts), pad_right(name, names));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for note in &explanation.notes {
        let times = if note.times == 1 { String::new() } else { format!(" ({} times)", note.times) };
        text.push_str(&format!("note: {}{times}\n", note.note));
    }
    text
}

/// Two lines, because a screen is no wider.
fn late(late: &LateExplanation) -> String {
    let by = match late.days {
        0 => "on the same day".to_owned(),
        1 => "by one day".to_owned(),
        days => format!("by {days} days"),
    };
    format!(
        "late {by}: an event of {} was there before; this one is judged by its own day,\n\
         {}, and its caps and counters contain what has come since\n",
        late.newest, late.day
    )
}

fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.chars().count())))
}

fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
}

/// What a request took, and what it paid.
fn request_row(program: &Program, request: &Redemption) -> [String; 3] {
    let zero = request.amount.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if zero { "" } else { "-" };
    let amount = format!("{sign}{} {}", request.amount, request.name);
    let why = match &request.charity {
        Some(charity) => format!("gives {} {} to {charity}", request.pays, program.currency),
        None => format!("pays {} {}", request.pays, program.currency),
    };
    [amount, "requested".into(), why]
}

/// The lines of one rule: what it gave, where it lost, from when it can be used.
fn rule_rows(
    program: &Program,
    outcome: &Outcome,
    rule: &RuleExplanation,
    items: &[String],
) -> Vec<[String; 3]> {
    let nothing = format!("0 {}", rule.gives);
    if rule.verdict != "matched" && rule.verdict != "base-without-room" {
        return vec![[nothing, rule.rule.clone(), rule.because.join("; ")]];
    }
    let amount = if rule.booked == "0" { nothing.clone() } else { gift(program, rule) };
    let mut why = arithmetic(program, rule, items);
    for cap in &rule.caps {
        why.push_str(&format!("; cap {}: {} → {}", cap.limit, cap.before, cap.after));
    }
    why.push_str(&budgets::told(rule.waits.as_ref(), &rule.gives, &rule.funded_by));
    let mut rows = vec![[amount, rule.rule.clone(), why]];
    if let Some(terms) = terms(program, outcome, rule) {
        rows.push([String::new(), String::new(), terms]);
    }
    for lost in &rule.lost {
        let place = lost.item.map_or("the event".into(), |item| item_name(items, item));
        rows.push([nothing.clone(), rule.rule.clone(), format!("{place}: {} is better", lost.to)]);
    }
    rows
}

/// `+14 punkte`, `+a choice of [400 punkte, 1 Weinhilfe] within 2 months`.
fn gift(program: &Program, rule: &RuleExplanation) -> String {
    if program.choice_named(&rule.gives).is_ok() {
        return format!("+a {}", rule.gives);
    }
    format!("+{} {}", rule.booked, rule.gives)
}

/// From what to what, as the rule counts.
fn arithmetic(program: &Program, rule: &RuleExplanation, items: &[String]) -> String {
    let Some(known) = program.rules.iter().find(|known| *known.name == *rule.rule) else {
        return String::new();
    };
    let spend = format!("{} {}", rule.spend, program.currency);
    match &known.effect {
        Effect::Linear { basis: Basis::Spend | Basis::SpendPaidWith(_), steps, step, .. } => match steps {
            Steps::Exact => format!("{spend} → {}", exact(&rule.exact)),
            Steps::Full | Steps::Started => {
                let word = if *steps == Steps::Full { "full" } else { "started" };
                let step = words::micros(*step, 0);
                format!("{spend} → {} in {word} steps of {step} {}", exact(&rule.exact), program.currency)
            }
        },
        Effect::Linear { .. } => format!("{} exactly", exact(&rule.exact)),
        Effect::Multiply { factor, .. } => {
            let extras = extras(rule, items);
            match factor {
                Factor::Fixed(num, den) => {
                    format!("{extras}, at {} times the base", words::decimal(num + den, *den))
                }
                Factor::Table(_) => format!("{extras} on the base"),
            }
        }
        Effect::Everything { factor, .. } => {
            let extras = extras(rule, items);
            match factor {
                Factor::Fixed(num, den) => {
                    format!("{extras}, at {} times everything", words::decimal(num + den, *den))
                }
                Factor::Table(_) => format!("{extras} on everything"),
            }
        }
        Effect::Bands { .. } => format!("by the band of {spend}"),
        Effect::Flat(_) | Effect::FlatTable { .. } => "once".into(),
        Effect::VouchersPer { .. } => format!("for {spend}"),
    }
}

/// What a multiplier adds to which item; the sum where there are many.
fn extras(rule: &RuleExplanation, items: &[String]) -> String {
    let shares: Vec<(usize, &String)> =
        rule.shares.iter().enumerate().filter(|(_, share)| *share != "0").collect();
    if shares.len() > 4 || shares.is_empty() {
        return format!("+{} on {} items", exact(&rule.exact), shares.len());
    }
    let name =
        |place: usize| if place < items.len() { item_name(items, place + 1) } else { "the event".into() };
    if shares.iter().any(|(_, share)| exact(share).contains('/')) {
        let names: Vec<String> = shares.iter().map(|(place, _)| name(*place)).collect();
        return format!("+{} on {}", exact(&rule.exact), names.join(", "));
    }
    let texts: Vec<String> =
        shares.into_iter().map(|(place, share)| format!("{} +{}", name(place), exact(share))).collect();
    texts.join(", ")
}

/// The name of an item, counted from 1; its place if it has no name.
fn item_name(items: &[String], number: usize) -> String {
    let name = items.get(number - 1).filter(|name| !name.is_empty());
    name.map_or_else(|| format!("item {number}"), ToString::to_string)
}

/// `1995/2` reads better as 997.5.
fn exact(fraction: &str) -> String {
    let Some((num, den)) = fraction.split_once('/') else { return fraction.into() };
    match (num.parse(), den.parse()) {
        (Ok(num), Ok(den)) => words::decimal(num, den),
        _ => fraction.into(),
    }
}

fn terms(program: &Program, outcome: &Outcome, rule: &RuleExplanation) -> Option<String> {
    let delta = outcome.deltas().iter().find(|delta| {
        delta.from() == Book::Issued
            && delta.to() != Book::Debt
            && words::thing_name(program, delta.thing) == rule.gives
            && matches!(delta.source, crate::ledger::Source::Rule(id)
                if program.rules.get(id.index()).is_some_and(|known| *known.name == *rule.rule))
    })?;
    let until = |last: Option<Date>| last.map_or("without end".into(), |last| format!("until {last}"));
    match (delta.to(), delta.usable_from()) {
        (Book::Pending, Some(from)) => {
            Some(format!("pending until {from}, usable {}", until(delta.last_day())))
        }
        (_, Some(_)) if matches!(delta.thing, Thing::Choice(_)) => {
            Some(format!("to be chosen {}", until(delta.last_day())))
        }
        (Book::Pending, None) => {
            let end = delta.last_day().map(|last| format!(", but not after {last}")).unwrap_or_default();
            Some(format!("pending until its event comes{end}"))
        }
        _ if delta.last_day().is_some() => Some(format!("usable {}", until(delta.last_day()))),
        _ => None,
    }
}

/// A booking that no `earn` or `bonus` made: stamps, rewards, entry gifts, what a return took or the clock did.
fn other_row(program: &Program, delta: &Delta, explanation: &Explanation) -> Option<[String; 3]> {
    let by_rule = matches!(delta.source, crate::ledger::Source::Rule(_)) && delta.from() == Book::Issued;
    if by_rule && delta.event() == explanation.event && delta.reason() == Reason::Earned {
        return None;
    }
    // requests and donations have rows of their own; what the clock settled has none
    let donated = delta.reason() == Reason::Donated && delta.event() == explanation.event;
    // what a rebate paid stands with its turnover
    let paid = |standing: &RebateStanding| {
        standing.state == RebateState::Paid && standing.rebate == delta.source_name(program)
    };
    let rebate = matches!(delta.source, crate::ledger::Source::Rebate(_))
        && delta.reason() == Reason::Earned
        && explanation.rebates.iter().any(paid);
    if delta.reason() == Reason::Redeemed || donated || rebate {
        return None;
    }
    let sign = match (delta.from(), delta.to()) {
        (Book::Issued | Book::Transferred, _) => "+",
        (_, Book::Available | Book::Charity) => "",
        _ => "-",
    };
    let unit = words::thing_name(program, delta.thing);
    let unit = match delta.thing {
        Thing::Stamps(_) => format!("stamps of {unit}"),
        Thing::Choice(_) => format!("of the {unit}"),
        Thing::Donation(_) => format!("{} to {unit}", program.currency),
        Thing::Unit(_) | Thing::Voucher(_) => unit,
    };
    let amount = super::amount_text(program, delta.thing, delta.amount);
    Some([
        format!("{sign}{amount} {unit}"),
        delta.source_name(program),
        format!("{}: {} → {}", delta.reason().word(), delta.from().word(), delta.to().word()),
    ])
}
