//! The lines of the `program` block.

use super::facts::Settings;
use super::numbers;
use super::report::{Once, Report};
use super::times;
use crate::calendar::{self, Weekday, Zone};
use crate::diagnostics::Similar;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{self, Block, ProgramBlock, ProgramLine};

/// The words for days of the week.
pub(super) const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Each line that may stand once.
struct Lines {
    version: Once<ast::Number>,
    effective: Once<ast::Date>,
    currency: Once<ast::Name>,
    zone: Once<ast::Text>,
    week: Once<ast::Name>,
    day: Once<ast::Time>,
    membership: Once<ast::Number>,
    late: Once<ast::Duration>,
    early: Once<ast::Duration>,
    join_by: Once<ast::Name>,
    prices: Once<bool>,
    spend: Once<(bool, bool)>,
}

/// Settings of a program; where a line is missing or wrong, a stand-in, because there is a finding then.
pub(super) fn settings(program: Option<(&ProgramBlock, &Block)>, report: &mut Report) -> Settings {
    let mut settings = Settings::stand_in();
    let Some((program, block)) = program else { return settings };
    settings.name = program.name.text.clone();
    let lines = read(program, report);
    needed(&lines, block, report);
    if let Some((version, span)) = lines.version.take() {
        let found = numbers::whole(version.value, (1, 1_000_000_000), ("a version", span), report);
        settings.version = found.and_then(|number| u32::try_from(number).ok()).unwrap_or(1);
    }
    if let Some(found) = lines.effective.value().and_then(|written| times::date(written, report)) {
        settings.effective_from = found;
    }
    if let Some(name) = lines.currency.value() {
        currency(&name, &mut settings, report);
    }
    if let Some(text) = lines.zone.value() {
        zone(&text, &mut settings, report);
    }
    if let Some(name) = lines.week.value() {
        match Weekday::from_word(&name.text) {
            Some(day) => settings.week_starts = day,
            None => report.unknown(
                "day of the week",
                &name.text,
                name.span,
                WEEKDAYS.iter().map(|d| (*d, None)),
                "",
            ),
        }
    }
    settings.day_starts = lines.day.value().map_or(0, |time| time.minute);
    settings.membership_day = lines.membership.take().and_then(|(day, span)| {
        let found =
            numbers::whole(day.value, (1, 28), ("the day on which a membership year starts", span), report)?;
        u8::try_from(found).ok()
    });
    settings.late = bounded(lines.late, report);
    settings.before_joining = bounded(lines.early, report);
    settings.join_by = lines.join_by.value();
    settings.prices_with_tax = lines.prices.value().unwrap_or(true);
    (settings.spend_with_tax, settings.after_redemptions) = lines.spend.value().unwrap_or((true, true));
    settings
}

fn read(program: &ProgramBlock, report: &mut Report) -> Lines {
    let mut lines = Lines {
        version: Once::new("version"),
        effective: Once::new("effective from"),
        currency: Once::new("currency"),
        zone: Once::new("time zone"),
        week: Once::new("week starts on"),
        day: Once::new("day starts at"),
        membership: Once::new("membership year starts on day"),
        late: Once::new("accept late events"),
        early: Once::new("accept events … before joining"),
        join_by: Once::new("members join by"),
        prices: Once::new("prices"),
        spend: Once::new("spend"),
    };
    for line in &program.lines {
        let span = line.span;
        match &line.kind {
            ProgramLine::Version(number) => lines.version.set(*number, span, report),
            ProgramLine::EffectiveFrom(date) => lines.effective.set(*date, span, report),
            ProgramLine::Currency(name) => lines.currency.set(name.clone(), span, report),
            ProgramLine::TimeZone(text) => lines.zone.set(text.clone(), span, report),
            ProgramLine::WeekStartsOn(name) => lines.week.set(name.clone(), span, report),
            ProgramLine::DayStartsAt(time) => lines.day.set(*time, span, report),
            ProgramLine::MembershipYearStartsOnDay(day) => lines.membership.set(*day, span, report),
            ProgramLine::AcceptLate(duration) => lines.late.set(*duration, span, report),
            ProgramLine::AcceptBeforeJoining(duration) => lines.early.set(*duration, span, report),
            ProgramLine::JoinBy(event) => lines.join_by.set(event.clone(), span, report),
            ProgramLine::Prices { with_tax } => {
                lines.prices.set(*with_tax, span, report);
            }
            ProgramLine::Spend { with_tax, after_redemptions } => {
                lines.spend.set((*with_tax, *after_redemptions), span, report);
            }
        }
    }
    lines
}

fn needed(lines: &Lines, block: &Block, report: &mut Report) {
    let missing = [
        (lines.version.get().is_none(), "version", "version 1"),
        (lines.effective.get().is_none(), "effective from", "effective from 2026-01-01"),
        (lines.currency.get().is_none(), "currency", "currency EUR"),
        (lines.zone.get().is_none(), "time zone", "time zone \"Europe/Berlin\""),
    ];
    for (_, line, example) in missing.into_iter().filter(|(is_missing, ..)| *is_missing) {
        report.missing(
            block.head,
            format!("the program does not say its `{line}`"),
            format!("add a line, for example `{example}`"),
        );
    }
}

fn currency(name: &ast::Name, settings: &mut Settings, report: &mut Report) {
    settings.currency.clone_from(&name.text);
    match crate::amount::minor_digits(&name.text) {
        Some(digits) => settings.currency_digits = digits,
        None => report.say(
            Code::U202,
            name.span,
            format!("there is no currency `{}`", name.text),
            "write the three capital letters of a currency, for example `EUR`",
        ),
    }
}

fn zone(text: &ast::Text, settings: &mut Settings, report: &mut Report) {
    if let Some(found) = Zone::from_name(&text.text) {
        settings.zone = Some(found);
        return;
    }
    let names: Vec<String> = Zone::names().collect();
    let finding = Diagnostic::new(Code::N101, text.span, format!("there is no time zone \"{}\"", text.text));
    report.push(match Similar::find(&text.text, names.iter().map(|name| (name.as_str(), None))) {
        Some(similar) => finding.help(format!("did you mean \"{}\"?", similar.name)),
        None => finding.help("write the name of a zone, for example \"Europe/Berlin\""),
    });
}

/// A duration of at most 36 months: what lies further back no counter remembers.
fn bounded(line: Once<ast::Duration>, report: &mut Report) -> Option<calendar::Duration> {
    let (written, span) = line.take()?;
    let found = times::days(written, report)?;
    if times::above_36_months(found) {
        report.say(
            Code::H941,
            span,
            "events that old would need unbounded memory",
            "accept events of at most 36 months",
        );
        return None;
    }
    Some(found)
}
