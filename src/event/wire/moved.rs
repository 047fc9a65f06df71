//! What a message of the kind `transferred` carries: one line for each part of a lot.

use super::plain::Plain;
use super::read::Fields;
use crate::amount::Money;
use crate::calendar::{Date, Duration};
use crate::event::moved::{Holder, Keeper, MOVED_MOST, Moved, MovedIdle, MovedTerms};
use crate::event::plan::{length, length_text};
use crate::ledger::SourceKind;
use serde::ser::{Serialize, SerializeMap, Serializer};

const SOURCES: [SourceKind; 7] = [
    SourceKind::Rule,
    SourceKind::Card,
    SourceKind::Tier,
    SourceKind::Referral,
    SourceKind::Reward,
    SourceKind::Convert,
    SourceKind::Given,
];

/// The lines of a message, as they are read.
pub(super) fn read(lines: Vec<Fields>) -> Result<Box<[Moved]>, String> {
    if lines.is_empty() || lines.len() > MOVED_MOST {
        return Err(format!("`items`: between 1 and {MOVED_MOST} arrive in one message"));
    }
    lines.into_iter().map(line).collect()
}

fn line(mut fields: Fields) -> Result<Moved, String> {
    let amount = fields.needed_micros("amount")?;
    if amount <= 0 {
        return Err(format!("{} is not above zero", fields.place("amount")));
    }
    let earned =
        date(&mut fields, "earned")?.ok_or_else(|| format!("{} is missing", fields.place("earned")))?;
    let last = date(&mut fields, "last_day")?;
    let kind = fields.needed_text("source")?;
    let kind = SOURCES.into_iter().find(|known| known.word() == &*kind);
    let kind = kind.ok_or_else(|| format!("{} is no source of a ledger line", fields.place("source")))?;
    let rule = fields.text("rule")?.unwrap_or_default();
    let level = fields.text("level")?;
    let terms = terms(&mut fields)?;
    fields.nothing_else("what arrives")?;
    Ok(Moved { amount, source: (kind, rule, level), earned, last, terms })
}

fn date(fields: &mut Fields, key: &str) -> Result<Option<Date>, String> {
    let Some(text) = fields.text(key)? else { return Ok(None) };
    text.parse().map(Some).map_err(|error| format!("{}: {error}", fields.place(key)))
}

fn terms(fields: &mut Fields) -> Result<Option<Box<MovedTerms>>, String> {
    let by_age = match fields.take("by_age") {
        Plain::Null => None,
        Plain::Bool(yes) => Some(yes),
        _ => return Err(format!("{} is `true` or `false`", fields.place("by_age"))),
    };
    let fixed = date(fields, "fixed")?;
    let held_by = match fields.text("held_by")?.as_deref() {
        None => None,
        Some("unit") => Some(Holder::Unit),
        Some("rule") => Some(Holder::Rule),
        Some(_) => return Err(format!("{} is `unit` or `rule`", fields.place("held_by"))),
    };
    let idle = match fields.take("idle") {
        Plain::Null => Vec::new(),
        Plain::List(texts) => {
            let wrong = || {
                format!(
                    "{} is a list like [\"12 months since 2026-03-03\", \"event purchase\"]",
                    fields.place("idle")
                )
            };
            idle(&texts).ok_or_else(wrong)?
        }
        _ => return Err(format!("{} is a list of texts", fields.place("idle"))),
    };
    match by_age {
        Some(by_age) => Ok(Some(Box::new(MovedTerms { fixed, idle: idle.into(), by_age, held_by }))),
        None if fixed.is_none() && held_by.is_none() && idle.is_empty() => Ok(None),
        None => Err(format!("{} is missing", fields.place("by_age"))),
    }
}

/// Each length of time and its day, followed by what keeps the lot alive.
fn idle(texts: &[Option<Box<str>>]) -> Option<Vec<MovedIdle>> {
    let mut all: Vec<(Duration, Date, Vec<Keeper>)> = Vec::new();
    for text in texts {
        let text = text.as_deref()?;
        let keeper = match text.split_once(' ') {
            None if text == "redemption" => Keeper::Redemption,
            Some(("event", name)) if !name.is_empty() => Keeper::Event(name.into()),
            Some(("earning", name)) if !name.is_empty() => Keeper::Earning(name.into()),
            _ => {
                let (length, since) = text.split_once(" since ")?;
                all.push((self::length(length)?, since.parse().ok()?, Vec::new()));
                continue;
            }
        };
        all.last_mut()?.2.push(keeper);
    }
    let idle = |(length, since, without): (Duration, Date, Vec<Keeper>)| MovedIdle {
        length,
        since,
        without: without.into(),
    };
    Some(all.into_iter().map(idle).collect())
}

/// The lines of a message, as they are written.
pub(super) struct Lines<'a>(pub(super) &'a [Moved]);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Line))
    }
}

struct Line<'a>(&'a Moved);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Moved { amount, source: (kind, rule, level), earned, last, terms } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("amount", &Money::from_micros(*amount).unwrap_or_default().to_string())?;
        map.serialize_entry("earned", &earned.to_string())?;
        if let Some(last) = last {
            map.serialize_entry("last_day", &last.to_string())?;
        }
        map.serialize_entry("source", kind.word())?;
        if !rule.is_empty() {
            map.serialize_entry("rule", &**rule)?;
        }
        if let Some(level) = level {
            map.serialize_entry("level", &**level)?;
        }
        if let Some(terms) = terms {
            map.serialize_entry("by_age", &terms.by_age)?;
            if let Some(fixed) = terms.fixed {
                map.serialize_entry("fixed", &fixed.to_string())?;
            }
            if let Some(holder) = terms.held_by {
                map.serialize_entry("held_by", holder.word())?;
            }
            if !terms.idle.is_empty() {
                map.serialize_entry("idle", &idle_texts(&terms.idle))?;
            }
        }
        map.end()
    }
}

fn idle_texts(all: &[MovedIdle]) -> Vec<String> {
    let mut texts = Vec::new();
    for idle in all {
        texts.push(format!("{} since {}", length_text(idle.length), idle.since));
        texts.extend(idle.without.iter().map(|keeper| match keeper {
            Keeper::Event(name) => format!("event {name}"),
            Keeper::Earning(name) => format!("earning {name}"),
            Keeper::Redemption => "redemption".to_owned(),
        }));
    }
    texts
}
