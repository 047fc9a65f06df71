//! The lines of rules, and those that other blocks share with them.

use super::conditions::path;
use super::doc::{Doc, words};
use super::literals::{
    duration, moment, month_day, name, name_except, number, percent, period, period_except, times,
};
use super::partners::{at_partner, funded};
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{
    Activate, Base, Cap, CapLimit, CapPer, Cell, CellKey, CellValue, Choice, Combine, Cond, Duration, Expire,
    ExpireFrom, Factor, Give, On, Per, Period, Round, RoundMode, RuleLine, Side, Steps, TableOf, Tail,
    TailKind, Valid,
};

impl<'a> Statement<'a> for RuleLine {
    fn rank(&self) -> u8 {
        order::rule(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, span: Span, _indent: usize) -> Written {
        let doc = match self {
            Self::Valid(line) => valid(line).into(),
            Self::On(line) => printer.on_rule(line),
            Self::ForItems(cond) => printer.for_items(cond),
            Self::When(cond) => printer.when(cond),
            Self::Give(line) => printer.give(line, span),
            Self::Multiply(line) => {
                printer.multiply(name_except(&line.unit, &["everything"]), &line.by, span)
            }
            Self::MultiplyEverything(line) => {
                let unit = line.unit.as_ref().map(|unit| format!(" in {}", name(unit))).unwrap_or_default();
                printer.multiply(format!("everything{unit}"), &line.by, span)
            }
            Self::AtLeast(amount) => words!["at least", printer.amount(amount)],
            Self::Replaces(rule) => words!["replaces", name(rule)],
            Self::Combine(line) => combine(line).into(),
            Self::Cap(line) => words!["cap", printer.cap(line)],
            Self::Budget(line) => words!["cap", printer.cap(line), "across all members"],
            Self::Round(line) => round(line).into(),
            Self::Activate(line) => activate(line).into(),
            Self::Expire(line) => expire(line).into(),
            Self::NoExpiry(cond) => printer.no_expiry(cond),
            Self::AtPartner(partner) => at_partner(partner).into(),
            Self::Funded(by) => funded(by).into(),
        };
        Written::Doc(doc)
    }
}

/// `on purchase`
pub(super) fn on(on: &On) -> String {
    match on {
        On::Joining => "on joining".to_owned(),
        On::Event(event) => format!("on {}", name_except(event, &["joining", "birthday"])),
        On::Birthday => "on birthday".to_owned(),
        On::StartOf(start) => format!("on start of {}", period(start)),
        On::After { duration: length, event, .. } => format!("on {} after {}", duration(length), name(event)),
        On::Without { duration: length, events } => {
            let events: Vec<String> = events.iter().map(name).collect();
            format!("on {} without {}", duration(length), events.join(" or "))
        }
    }
}

impl<'a> Printer<'a> {
    /// `on 60 days after purchase of items where category is Ink`
    fn on_rule(&mut self, line: &'a On) -> Doc {
        match line {
            On::After { items: Some(cond), .. } => words![on(line), "of items where", self.cond(cond)],
            _ => on(line).into(),
        }
    }
}

/// `valid from … to …`
pub(super) fn valid(valid: &Valid) -> String {
    match valid {
        Valid::Span { from, to } => {
            let from = from.as_ref().map(|from| format!(" from {}", moment(from))).unwrap_or_default();
            let to = to.as_ref().map(|to| format!(" to {}", moment(to))).unwrap_or_default();
            format!("valid{from}{to}")
        }
        Valid::EveryYear { from, to } => {
            format!("valid every year from {} to {}", month_day(from), month_day(to))
        }
        Valid::For { duration: length, tail } => {
            format!("valid for {}{}", duration(length), self::tail(tail.as_ref()))
        }
        Valid::UntilEndOf { next, period } => format!("valid until {}", end_of(*next, period)),
    }
}

/// `end of next month`
pub(super) fn end_of(next: bool, end: &Period) -> String {
    let next = if next { "next " } else { "" };
    format!("end of {next}{}", period_except(end, &["next"]))
}

/// ` at month end`, with the blank in front, or nothing
pub(super) fn tail(tail: Option<&Tail>) -> String {
    match tail.map(|tail| &tail.kind) {
        None => String::new(),
        Some(TailKind::MonthEnd) => " at month end".to_owned(),
        Some(TailKind::EndOf(end)) => format!(" at end of {}", period(end)),
        Some(TailKind::StartOf(start)) => format!(" at start of {}", period(start)),
        Some(TailKind::Next(day)) => format!(" at next {}", month_day(day)),
    }
}

/// ` plus 2 months at month end`, with the blank in front, or nothing
pub(super) fn plus(plus: Option<&(Duration, Option<Tail>)>) -> String {
    match plus {
        Some((length, behind)) => format!(" plus {}{}", duration(length), tail(behind.as_ref())),
        None => String::new(),
    }
}

fn combine(combine: &Combine) -> String {
    match combine {
        Combine::Add => "combine add".to_owned(),
        Combine::BestOf(group) => format!("combine best of {}", name(group)),
        Combine::Exclusive => "combine exclusive".to_owned(),
    }
}

/// `round half up per item`
pub(super) fn round(round: &Round) -> String {
    let mode = match round.mode {
        RoundMode::Down => "down",
        RoundMode::Up => "up",
        RoundMode::HalfUp => "half up",
        RoundMode::HalfDown => "half down",
        RoundMode::HalfEven => "half even",
    };
    format!("round {mode} {}", if round.per_item { "per item" } else { "in total" })
}

/// `activate after 14 days`
pub(super) fn activate(activate: &Activate) -> String {
    match activate {
        Activate::AtOnce => "activate at once".to_owned(),
        Activate::After(length) => format!("activate after {}", duration(length)),
        Activate::AtEndOf(end) => format!("activate at end of {}", period(end)),
        Activate::On(moment) => format!("activate on {}", name(moment)),
    }
}

/// `expire never`
pub(super) fn expire(expire: &Expire) -> String {
    match expire {
        Expire::Never => "expire never".to_owned(),
        Expire::After { duration: length, from, tail: behind } => {
            let from = match from {
                ExpireFrom::Earning => "earning",
                ExpireFrom::Activation => "activation",
                ExpireFrom::FirstStamp => "first stamp",
            };
            format!("expire {} after {from}{}", duration(length), tail(behind.as_ref()))
        }
        Expire::AtEndOf { period: end, plus: more } => {
            format!("expire at end of {}{}", period(end), plus(more.as_ref()))
        }
        Expire::AtNext(day) => format!("expire at next {}", month_day(day)),
        Expire::Without { duration: length, events } => {
            let events: Vec<String> = events.iter().map(name).collect();
            format!("expire after {} without {}", duration(length), events.join(" or "))
        }
    }
}

/// `friend`, `referrer`
pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Friend => "friend",
        Side::Referrer => "referrer",
    }
}

/// `spend`, `spend paid with Prepaid`, `room-spend`
fn base(base: &Base) -> String {
    match base {
        Base::Spend(_) => "spend".to_owned(),
        Base::SpendPaidWith(kind) => format!("spend paid with {}", name(kind)),
        Base::Attribute(attribute) => name_except(attribute, &["spend"]),
    }
}

impl<'a> Printer<'a> {
    /// `when …`
    pub(super) fn when(&mut self, cond: &'a Cond) -> Doc {
        words!["when", self.cond(cond)]
    }

    /// `no expiry when …`
    pub(super) fn no_expiry(&mut self, cond: &'a Cond) -> Doc {
        words!["no expiry", self.when(cond)]
    }

    /// `for items where …`
    pub(super) fn for_items(&mut self, cond: &'a Cond) -> Doc {
        words!["for items where", self.cond(cond)]
    }

    /// `give …`; `span` is that of the statement
    pub(super) fn give(&mut self, give: &'a Give, span: Span) -> Doc {
        let award = match give {
            Give::Flat(amount) => self.amount(amount).into(),
            Give::Per { amount, per } => words![self.amount(amount), self.per(per)],
            Give::Share { rate, base: of, unit } => words![percent(rate), "of", base(of), "as", name(unit)],
            Give::AsUnit { attribute, unit } => words![name(attribute), "as", name(unit)],
            Give::Bands { unit, bands } => {
                let entries = bands.iter().map(|band| {
                    let text = format!("from {}: {}", self.amount(&band.from), number(&band.value));
                    (band.span, text.into())
                });
                let entries = entries.collect();
                words![name(unit), "by spend bands", self.list(entries, span)]
            }
            Give::Table { unit, key, rows, of } => {
                let table = self.table(rows, span);
                let of = match of {
                    TableOf::Flat => String::new(),
                    TableOf::Of(of) => format!("of {}", base(of)),
                    TableOf::Per(per) => self.per(per),
                };
                words![name(unit), "by", path(key), table, of]
            }
            Give::More { percent: rate, unit } => words![percent(rate), "more", name(unit)],
            Give::MoreTable { unit, key, rows } => {
                words!["more", name(unit), "by", path(key), self.table(rows, span)]
            }
            Give::Choice(choice) => self.choice(choice, span),
        };
        words!["give", award]
    }

    /// `choice of 2 from […] within 3 months otherwise give …`
    pub(super) fn choice(&mut self, choice: &'a Choice, span: Span) -> Doc {
        let picks = choice.picks.as_ref().map(|picks| format!("{} from", number(picks)));
        let entries = choice.entries.iter().map(|entry| (entry.span, self.amount(entry).into())).collect();
        let list = self.list(entries, span);
        let otherwise = choice.otherwise.as_ref();
        let otherwise = otherwise.map(|amount| format!("otherwise give {}", self.amount(amount)));
        words![
            "choice of",
            picks.unwrap_or_default(),
            list,
            "within",
            duration(&choice.within),
            otherwise.unwrap_or_default()
        ]
    }

    /// `multiply …`; `span` is that of the statement
    fn multiply(&mut self, what: String, by: &'a Factor, span: Span) -> Doc {
        match by {
            Factor::Number(factor) => words!["multiply", what, "by", number(factor)],
            Factor::Table { key, rows } => {
                words!["multiply", what, "by", path(key), self.table(rows, span)]
            }
        }
    }

    fn table(&mut self, rows: &'a [Cell], span: Span) -> Doc {
        self.list(rows.iter().map(|row| (row.span, cell(row).into())).collect(), span)
    }

    /// `per full 2 EUR of room-spend`
    pub(super) fn per(&self, per: &Per) -> String {
        match per {
            Per::Item => "per item".to_owned(),
            Per::Amount { steps, amount, of } => {
                let steps = match steps {
                    Steps::Exact => "",
                    Steps::Full => "full ",
                    Steps::Started => "started ",
                };
                let of = of.as_ref().map(|of| format!(" of {}", base(of))).unwrap_or_default();
                format!("per {steps}{}{of}", self.amount(amount))
            }
        }
    }

    /// A cap without its leading word: `3 times per month`
    pub(super) fn cap(&self, cap: &Cap) -> String {
        self.cap_except(cap, &["time", "times"])
    }

    fn cap_except(&self, cap: &Cap, words: &[&str]) -> String {
        let side = cap.side.map(|side| format!("{} ", self::side(side))).unwrap_or_default();
        let limit = match &cap.limit {
            CapLimit::Times(count) => times(count),
            CapLimit::Amount(amount) => self.amount_except(amount, words),
            CapLimit::Spend(amount) => format!("{} of spend", self.amount_except(amount, words)),
        };
        let per = match &cap.per {
            None => String::new(),
            Some(CapPer::Item) => " per item".to_owned(),
            Some(CapPer::Period(within)) => {
                format!(" per {}", period_except(within, &["item", "account", "member"]))
            }
        };
        let each = cap.each.as_ref().map(|each| format!(" for each {}", name(each))).unwrap_or_default();
        let account = match (cap.per_account, cap.per_member) {
            (true, _) => " per account",
            (false, true) => " per member",
            (false, false) => "",
        };
        format!("{side}{limit}{per}{each}{account}")
    }
}

fn cell(cell: &Cell) -> String {
    let key = match &cell.key {
        CellKey::Name(key) => name(key),
        CellKey::Number(key) => number(key),
    };
    let value = match &cell.value {
        CellValue::Number(value) => number(value),
        CellValue::Percent(value) => percent(value),
    };
    format!("{key}: {value}")
}
