//! Dates that do not fit: dated lists, points that are gone before they can be used, times over midnight.

use super::tree::Tree;
use crate::calendar::{Anchors, Date};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Activate, Expire, ExpireFrom, Program, UnitKind, Voucher, VoucherEnd};
use crate::syntax::ast::{
    self, CardLine, ChallengeLine, Cond, DatedNames, Line, ListContent, Op, RuleLine, StreakLine, Subject,
    TaskItems, UnitLine, Value, VoucherBlock, VoucherLine,
};

/// Days of earning that are tried: one full turn of leap years.
const DAYS_TRIED: u32 = 4 * 366;

/// Findings about dates.
pub(super) fn dates(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for list in &tree.lists {
        if let ListContent::Dated(ranges) = &list.content {
            found.extend(ranges_of_list(ranges));
        }
    }
    found.extend(units(program, tree));
    found.extend(rules(program, tree));
    found.extend(vouchers(program, tree));
    found.extend(midnights(tree));
    found
}

/// D503: ranges that overlap, and gaps between them.
fn ranges_of_list(ranges: &[Line<DatedNames>]) -> Vec<Diagnostic> {
    let mut sorted: Vec<&DatedNames> = ranges.iter().map(|line| &line.kind).collect();
    sorted.sort_by_key(|range| (range.from.date, range.from.span));
    let mut found = Vec::new();
    let mut widest: Option<&DatedNames> = None;
    for range in sorted {
        let Some(before) = widest else {
            widest = Some(range);
            continue;
        };
        let end = before.to.map(|to| to.date);
        let follows = end.and_then(|end| end.succ_opt());
        if end.is_none_or(|end| range.from.date <= end) {
            found.push(overlap(before, range));
        } else if follows.is_some_and(|follows| range.from.date > follows) {
            found.extend(gap(before, range));
        }
        if end.is_some_and(|end| range.to.is_none_or(|to| to.date > end)) {
            widest = Some(range);
        }
    }
    found
}

fn overlap(before: &DatedNames, range: &DatedNames) -> Diagnostic {
    let finding = Diagnostic::new(Code::D503, range.from.span, "two entries of the list overlap");
    match before.to {
        Some(to) => {
            let finding = finding
                .label(if to.date == range.from.date {
                    "this one starts on the same day".to_owned()
                } else {
                    "this one starts before that".to_owned()
                })
                .other(to.span, format!("this one lasts until {}, that day included", to.date));
            match (to.date.succ_opt(), range.to) {
                // moving the start must leave something of the range
                (Some(next), end) if end.is_none_or(|end| end.date >= next) => {
                    finding.help(format!("start on {next}")).fix(next.to_string())
                }
                _ => finding.help("put the names into one entry, or change the dates"),
            }
        }
        None => finding
            .label("this one starts while the other still lasts")
            .other(before.from.span, "this one has no end")
            .help("give the other one an end: `to …`"),
    }
}

fn gap(before: &DatedNames, range: &DatedNames) -> Option<Diagnostic> {
    let to = before.to?;
    let (first, last) = (to.date.succ_opt()?, range.from.date.pred_opt()?);
    let days = if first == last { format!("on {first}") } else { format!("from {first} to {last}") };
    Some(
        Diagnostic::new(Code::D503, range.from.span, "there is a gap between two entries of the list")
            .as_warning()
            .label("this one starts later")
            .other(to.span, "this one ends here")
            .note(format!("effect: {days} nothing is in the list"))
            .help("if that is not meant, change one of the dates"),
    )
}

/// When what is earned on a day can be used first, and when last. What is not known before is as early as it can be.
fn term(activate: Activate, expire: &[Expire], day: Date, anchors: &Anchors) -> (Date, Option<Date>) {
    let start = match activate {
        Activate::AtOnce | Activate::On(_) | Activate::OnEvent(_) => day,
        Activate::After(duration) => duration.add_to_date(day).unwrap_or(day),
        Activate::AtEndOf(period) => period.last_day(day, anchors).plus_days(1),
    };
    let ends = expire.iter().filter_map(|expire| match *expire {
        Expire::Never => None,
        Expire::Without(duration, _) => duration.add_to_date(day),
        Expire::After(duration, from, tail) => {
            let from = if from == ExpireFrom::Activation { start } else { day };
            let last = duration.add_to_date(from)?;
            Some(tail.map_or(last, |tail| tail.apply(last, anchors)))
        }
        Expire::AtEndOf(period, plus) => {
            let end = period.last_day(day, anchors);
            let Some((duration, tail)) = plus else { return Some(end) };
            let last = duration.add_to_date(end)?;
            Some(tail.map_or(last, |tail| tail.apply(last, anchors)))
        }
        Expire::AtNext(month, of_month) => {
            crate::calendar::MonthDay::new(month, of_month).map(|next| next.on_or_after(day))
        }
    });
    (start, ends.min())
}

/// How often what is earned is gone before it can be used.
enum Gone {
    Never,
    /// If it is earned on this day, for example.
    Sometimes(Date, Date, Date),
    Always,
    /// If no activity comes in between.
    Idle,
    /// They wait for an event, and have an end only after it.
    NoEnd,
}

fn gone(program: &Program, activate: Activate, expire: &[Expire]) -> Gone {
    if matches!(activate, Activate::OnEvent(_)) {
        // until the event comes nothing counts from it, so the points need an end of their own
        let only = |line: &Expire| matches!(line, Expire::After(_, ExpireFrom::Activation, _));
        return if !expire.is_empty() && expire.iter().all(only) { Gone::NoEnd } else { Gone::Never };
    }
    let idle = |line: &Expire| matches!(line, Expire::Without(..));
    let fixed: Vec<Expire> = expire.iter().copied().filter(|line| !idle(line)).collect();
    match gone_by(program, activate, &fixed) {
        Gone::Never if fixed.len() < expire.len() => match gone_by(program, activate, expire) {
            Gone::Never => Gone::Never,
            _ => Gone::Idle,
        },
        found => found,
    }
}

/// How often what is earned is gone by these lines before it can be used.
fn gone_by(program: &Program, activate: Activate, expire: &[Expire]) -> Gone {
    if matches!(activate, Activate::AtOnce | Activate::On(_)) || expire.is_empty() {
        return Gone::Never;
    }
    // the members who joined on the first day stand for all
    let first = program.effective_from;
    let anchors = Anchors { membership_day: program.membership_day, ..Anchors::new(first) };
    let (mut always, mut example) = (true, None);
    for day in (0..DAYS_TRIED).map(|days| first.plus_days(days)) {
        let (start, last) = term(activate, expire, day, &anchors);
        match last.filter(|last| *last < start) {
            Some(last) => example = example.or(Some((day, start, last))),
            None => always = false,
        }
        if !always && example.is_some() {
            break;
        }
    }
    match example {
        None => Gone::Never,
        Some(_) if always => Gone::Always,
        Some((day, start, last)) => Gone::Sometimes(day, start, last),
    }
}

fn gone_finding(gone: &Gone, (activate, expire): (Span, Span), expire_text: &str) -> Option<Diagnostic> {
    match gone {
        Gone::Never => None,
        Gone::NoEnd => Some(
            Diagnostic::new(Code::D505, expire, "points that wait for an event have no end before it")
                .label("counts only from then on")
                .other(activate, "usable with this event, which may never come")
                .help(
                    "add an end that counts from the purchase, for example `expire 36 months after earning`",
                ),
        ),
        Gone::Idle => Some(
            Diagnostic::new(Code::D505, expire, "these points are gone before they can be used")
                .as_warning()
                .label("gone by then, if nothing happens in between")
                .other(activate, "only usable from then on")
                .help("let them expire later, or activate them earlier"),
        ),
        Gone::Always => {
            let help = match expire_text.strip_suffix(" after earning") {
                Some(length) => format!("let them expire later, or write `{length} after activation`"),
                None => "let them expire later, or activate them earlier".to_owned(),
            };
            Some(
                Diagnostic::new(Code::D505, expire, "these points are gone before they can be used")
                    .label("but gone by then")
                    .other(activate, "only usable from then on")
                    .help(help),
            )
        }
        Gone::Sometimes(day, start, last) => Some(
            Diagnostic::new(Code::D505, expire, "some of these points are gone before they can be used")
                .as_warning()
                .label("sometimes gone by then")
                .other(activate, "only usable from then on")
                .note(format!(
                    "example: what is earned on {day} can be used from {start} and is gone after {last}"
                ))
                .help("let them expire later, or activate them earlier"),
        ),
    }
}

/// D505 of units.
fn units(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for unit in program.units.iter().filter(|unit| unit.kind == UnitKind::Spendable) {
        let Some(block) = tree.unit(&unit.name) else { continue };
        let place = |wanted: fn(&UnitLine) -> bool| {
            block.node.lines.iter().find(|line| wanted(&line.kind)).map_or(block.head, |line| line.span)
        };
        let activate = place(|line| matches!(line, UnitLine::Activate(_)));
        let expire = place(|line| matches!(line, UnitLine::Expire(_)));
        let gone = gone(program, unit.activate, &unit.expire);
        found.extend(gone_finding(&gone, (activate, expire), &tree.text(expire)));
    }
    found
}

/// D505 of rules with terms of their own.
fn rules(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in &program.rules {
        let Some(unit) = rule.effect.unit().and_then(|unit| program.units.get(unit.index())) else {
            continue;
        };
        if unit.kind != UnitKind::Spendable || (rule.activate.is_none() && rule.expire.is_empty()) {
            continue;
        }
        let (Some(block), Some(of_unit)) = (tree.rule(&rule.name), tree.unit(&unit.name)) else { continue };
        let in_unit = |wanted: fn(&UnitLine) -> bool| {
            of_unit.node.lines.iter().find(|line| wanted(&line.kind)).map_or(of_unit.head, |line| line.span)
        };
        let in_rule = |wanted: fn(&RuleLine) -> bool| block.lines(wanted).next().map(|line| line.span);
        let activate = in_rule(|line| matches!(line, RuleLine::Activate(_)))
            .unwrap_or_else(|| in_unit(|line| matches!(line, UnitLine::Activate(_))));
        let expire = in_rule(|line| matches!(line, RuleLine::Expire(_)))
            .unwrap_or_else(|| in_unit(|line| matches!(line, UnitLine::Expire(_))));
        let terms = if rule.expire.is_empty() { &unit.expire } else { &rule.expire };
        let gone = gone(program, rule.activate.unwrap_or(unit.activate), terms);
        found.extend(gone_finding(&gone, (activate, expire), &tree.text(expire)));
    }
    found
}

/// D505 of vouchers: `usable from … to …` the wrong way round, or over before it is usable.
fn vouchers(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for voucher in tree.vouchers() {
        let known = program.vouchers.iter().find(|known| *known.name == *voucher.name.text);
        found.extend(known.and_then(|known| waits_too_long(program, known, voucher)));
        for line in &voucher.lines {
            let VoucherLine::Usable { from, to } = &line.kind else { continue };
            if to.date < from.date {
                found.push(
                    Diagnostic::new(Code::D505, to.span, "this voucher is gone before it can be used")
                        .label("but only until then")
                        .other(from.span, "usable from this day")
                        .help("swap the two dates, or extend the last one"),
                );
            }
        }
    }
    found
}

/// A voucher that waits until its last day has passed, whenever it is given.
fn waits_too_long(program: &Program, known: &Voucher, written: &VoucherBlock) -> Option<Diagnostic> {
    let place = |wanted: fn(&VoucherLine) -> bool| {
        written.lines.iter().find(|line| wanted(&line.kind)).map(|line| line.span)
    };
    let activate = place(|line| matches!(line, VoucherLine::Activate(_)))?;
    let valid = place(|line| matches!(line, VoucherLine::Valid(_) | VoucherLine::Usable { .. }))?;
    let first = program.effective_from;
    let anchors = Anchors { membership_day: program.membership_day, ..Anchors::new(first) };
    let gone = |day: Date| {
        let start = term(known.activate, &[], day, &anchors).0.max(known.usable_from.unwrap_or(day));
        let last = match known.end {
            VoucherEnd::Never => None,
            VoucherEnd::For(duration, tail) => {
                let last = duration.add_to_date(day);
                last.map(|last| tail.map_or(last, |tail| tail.apply(last, &anchors)))
            }
            VoucherEnd::EndOf(period, false) => Some(period.last_day(day, &anchors)),
            VoucherEnd::EndOf(period, true) => {
                period.next_start(day, &anchors).map(|start| period.last_day(start, &anchors))
            }
            VoucherEnd::On(date) => Some(date),
        };
        last.is_some_and(|last| last < start)
    };
    if !(0..DAYS_TRIED).all(|days| gone(first.plus_days(days))) {
        return None;
    }
    Some(
        Diagnostic::new(Code::D505, valid, "this voucher is gone before it can be used")
            .label("but gone by then")
            .other(activate, "only usable from then on")
            .help("let it last longer, or activate it earlier"),
    )
}

/// D506: `time is between 22:00 and 06:00`.
fn midnights(tree: &Tree<'_>) -> Vec<Diagnostic> {
    let of_rules = tree.rules().flat_map(|rule| &rule.lines).filter_map(|line| match &line.kind {
        RuleLine::When(cond) | RuleLine::ForItems(cond) => Some(cond),
        _ => None,
    });
    let of_cards = tree.cards().flat_map(|card| &card.lines).filter_map(|line| match &line.kind {
        CardLine::When(cond) | CardLine::ForItems(cond) => Some(cond),
        _ => None,
    });
    let of_vouchers =
        tree.vouchers().flat_map(|voucher| &voucher.lines).filter_map(|line| match &line.kind {
            VoucherLine::When(cond) | VoucherLine::ForItems(cond) => Some(cond),
            _ => None,
        });
    let of_challenges = tree.challenges().flat_map(|challenge| &challenge.lines);
    let of_challenges = of_challenges.filter_map(|line| match &line.kind {
        ChallengeLine::When(cond) => Some(cond),
        ChallengeLine::Task(task) => match task.of.as_ref()? {
            TaskItems::When(cond) | TaskItems::ForItems(cond) => Some(cond),
        },
        _ => None,
    });
    let of_streaks = tree.streaks().flat_map(|streak| &streak.lines).filter_map(|line| match &line.kind {
        StreakLine::When(cond) => Some(cond),
        _ => None,
    });
    let mut found = Vec::new();
    for cond in of_rules.chain(of_cards).chain(of_vouchers).chain(of_challenges).chain(of_streaks) {
        look_for_midnight(cond, &mut found);
    }
    found
}

fn look_for_midnight(cond: &Cond, found: &mut Vec<Diagnostic>) {
    match cond {
        Cond::And(parts, _) | Cond::Or(parts, _) => {
            for part in parts {
                look_for_midnight(part, found);
            }
        }
        Cond::Not(inner, _) => look_for_midnight(inner, found),
        Cond::Fact(ast::Fact::AnyItem(inner), _) => look_for_midnight(inner, found),
        Cond::Fact(..) => {}
        Cond::Compare { subject, op, span } => {
            if let Subject::SpendOn(inner, ..) | Subject::QuantityOn(inner, ..) = subject {
                look_for_midnight(inner, found);
            }
            if let Op::Between(Value::Time(from), Value::Time(to)) = op
                && from.minute >= to.minute
                // midnight as the end is the end of the day
                && to.minute != 0
            {
                found.push(midnight(*span, from.minute, to.minute));
            }
        }
    }
}

fn midnight(span: Span, from: u16, to: u16) -> Diagnostic {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    if from == to {
        return Diagnostic::new(Code::D506, span, "this time range begins and ends at the same time")
            .label("holds at any time of the day")
            .help("remove it, or change one of the times");
    }
    Diagnostic::new(Code::D506, span, "this time range crosses midnight")
        .label("begins on one day and ends on the next")
        .note(format!(
            "effect: it holds from 00:00 to {} and again from {} to 24:00 of the same date, so a weekday or a date beside it means the date of each half",
            clock(to),
            clock(from)
        ))
        .help("if a whole night is meant, ask for both days")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Duration, DurationUnit, Period};
    use pretty_assertions::assert_eq;

    fn day(text: &str) -> Date {
        Date::from_naive(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn first_and_last_usable_day() {
        let anchors = Anchors::new(day("2026-01-01"));
        let after = |count, unit, from| Expire::After(Duration::new(count, unit), from, None);
        let activate = Activate::After(Duration::new(60, DurationUnit::Day));
        let month = after(1, DurationUnit::Month, ExpireFrom::Earning);
        // 60 days after 1 January are 2 March; a month after it is 1 February
        let (start, last) = term(activate, &[month], day("2026-01-01"), &anchors);
        assert_eq!((start, last), (day("2026-03-02"), Some(day("2026-02-01"))));
        let later = after(1, DurationUnit::Month, ExpireFrom::Activation);
        let (_, last) = term(activate, &[later, Expire::Never], day("2026-01-01"), &anchors);
        assert_eq!(last, Some(day("2026-04-02")));
        let year = Expire::AtEndOf(Period::CalendarYear, None);
        let (_, last) = term(activate, &[year, later], day("2026-12-31"), &anchors);
        assert_eq!(last, Some(day("2026-12-31")));
    }
}
