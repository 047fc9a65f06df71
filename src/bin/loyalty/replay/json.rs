//! The summary as one JSON object.

use super::Results;
use crate::screen::Failure;
use loyalty_rules::scenario::{Summary, UnitSummary};
use serde_json::{Map, Value, json};

/// One object and a line end. Amounts are texts, counts are numbers.
pub(crate) fn text(results: &Results) -> Result<String, Failure> {
    let text =
        serde_json::to_string_pretty(&value(results)).map_err(|error| Failure::Message(error.to_string()))?;
    Ok(format!("{text}\n"))
}

fn value(results: &Results) -> Value {
    let (counts, summary) = (&results.counts, &results.summary);
    let reasons = object(results.reasons.iter().map(|(reason, count)| (reason.clone(), json!(count))));
    let units = summary.units.iter().map(|unit| (unit.name.clone(), books(unit)));
    let tiers = summary.tiers.iter().map(|tiers| {
        let levels = tiers.levels.iter().map(|(level, members)| (level.clone(), json!(members)));
        (tiers.name.clone(), object(levels))
    });
    let cards = summary.cards.iter().map(|card| {
        let stamps = json!({
            "stamps": count(card.stamps),
            "open": count(card.open),
            "full": count(card.full),
        });
        (card.name.clone(), stamps)
    });
    let vouchers = summary.vouchers.iter().map(|voucher| {
        let books = json!({
            "issued": count(voucher.issued),
            "held": count(voucher.held),
            "used": count(voucher.used),
            "expired": count(voucher.expired),
            "cancelled": count(voucher.cancelled),
        });
        (voucher.name.clone(), books)
    });
    let charities = summary.charities.iter().map(|charity| {
        let sums = json!({
            "got": charity.got,
            "by_members": charity.by_members,
            "by_owner": charity.by_owner,
            "pledged": charity.pledged,
        });
        (charity.name.clone(), sums)
    });
    let rules = summary.rules.iter().map(
        |rule| json!({ "rule": rule.rule, "gives": rule.gives, "amount": rule.amount, "times": rule.times }),
    );
    let notes = results.notes.iter().map(|note| {
        json!({ "note": note.note, "times": note.times, "first_line": note.line, "first_event": note.event })
    });
    let mut value = json!({
        "events": {
            "in": counts.read,
            "applied": counts.applied,
            "repeated": counts.repeated,
            "refused": counts.refused,
            "reasons": reasons,
        },
        "undelivered_messages": counts.undelivered,
        "members": summary.members,
        "units": object(units),
        "tiers": object(tiers),
        "cards": object(cards),
        "vouchers": object(vouchers),
        "charities": object(charities),
        "rules": Value::Array(rules.collect()),
        "notes": Value::Array(notes.collect()),
        "digest": results.digest,
    });
    if let (false, Some(all)) = (summary.partners.is_empty(), value.as_object_mut()) {
        all.insert("partners".to_owned(), partners(summary));
    }
    value
}

/// What partners owe and get, period by period.
fn partners(summary: &Summary) -> Value {
    let statements = summary.partners.iter().map(|statement| {
        json!({
            "partner": statement.partner,
            "from": statement.starts.to_string(),
            "to": statement.closes.minus_days(1).to_string(),
            "owes": statement.owes,
            "owes_exactly": statement.owes_exactly.to_string(),
            "gets": statement.gets,
            "gets_exactly": statement.gets_exactly.to_string(),
        })
    });
    Value::Array(statements.collect())
}

fn books(unit: &UnitSummary) -> Value {
    json!({
        "issued": unit.issued,
        "pending": unit.pending,
        "available": unit.available,
        "redeemed": unit.redeemed,
        "expired": unit.expired,
        "taken_back": unit.taken_back,
        "debt": unit.debt,
        "on_the_way": unit.on_the_way,
    })
}

fn object(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(entries.collect::<Map<String, Value>>())
}

/// Whole numbers of pieces fit 64 bits unless somebody counts atoms; then they are texts.
fn count(number: i128) -> Value {
    i64::try_from(number).map_or_else(|_| json!(number.to_string()), |number| json!(number))
}
