//! Dates that a booking gets: first usable day, last day, counter slots.

use crate::calendar::{Anchors, Date, Duration, Instant, LocalTime, Period, Tail};
use crate::program::{Activate, Expire, ExpireFrom, Keep, Slots, Validity, VoucherEnd};

/// The first usable day of what is earned on a day; `None` while it waits for an event. `on` is the day that the event
/// brings for `activate on`: before it has come the event's own day counts, and without one too.
pub(crate) fn start_day(activate: Activate, day: Date, on: Option<Date>, anchors: &Anchors) -> Option<Date> {
    match activate {
        Activate::AtOnce => Some(day),
        Activate::After(duration) => Some(duration.add_to_date(day).unwrap_or(day)),
        Activate::AtEndOf(period) => Some(period.last_day(day, anchors).plus_days(1)),
        Activate::On(_) => Some(on.map_or(day, |on| on.max(day))),
        Activate::OnEvent(_) => None,
    }
}

/// The last usable day by lines that nothing can move: the earliest of them, `None` without an end. Lines that count from
/// a first usable day count nothing while it is not known.
pub(crate) fn last_day(
    expire: &[Expire],
    earned: Date,
    start: Option<Date>,
    first_stamp: Date,
    anchors: &Anchors,
) -> Option<Date> {
    if let [] | [Expire::Never] = expire {
        return None;
    }
    let days = expire.iter().filter_map(|expire| match *expire {
        Expire::Never | Expire::Without(..) => None,
        Expire::After(duration, from, tail) => {
            let from = match from {
                ExpireFrom::Earning => earned,
                ExpireFrom::Activation => start?,
                ExpireFrom::FirstStamp => first_stamp,
            };
            Some(after(duration, tail, from, anchors))
        }
        Expire::AtEndOf(period, plus) => {
            let end = period.last_day(earned, anchors);
            let Some((duration, tail)) = plus else { return Some(end) };
            Some(after(duration, tail, end, anchors))
        }
        Expire::AtNext(month, day) => {
            crate::calendar::MonthDay::new(month, day).map(|next| next.on_or_after(earned))
        }
    });
    // a day at the end of the calendar is no end
    days.filter(|day| *day < Date::MAX).min()
}

/// The day that lies D after another, moved by a tail.
pub(crate) fn after(duration: Duration, tail: Option<Tail>, from: Date, anchors: &Anchors) -> Date {
    let last = duration.add_to_date(from).unwrap_or(Date::MAX);
    tail.map_or(last, |tail| tail.apply(last, anchors))
}

/// The last day of a voucher that is given on a day.
pub(crate) fn voucher_end(end: VoucherEnd, day: Date, anchors: &Anchors) -> Option<Date> {
    match end {
        VoucherEnd::Never => None,
        VoucherEnd::For(duration, tail) => {
            let last = duration.add_to_date(day)?;
            Some(tail.map_or(last, |tail| tail.apply(last, anchors)))
        }
        VoucherEnd::EndOf(period, next) => Some(end_of(period, next, day, anchors)),
        VoucherEnd::On(date) => Some(date),
    }
}

/// The last day of the running or the next period.
pub(crate) fn end_of(period: Period, next: bool, day: Date, anchors: &Anchors) -> Date {
    if !next {
        return period.last_day(day, anchors);
    }
    period.next_start(day, anchors).map_or(Date::MAX, |start| period.last_day(start, anchors))
}

/// The term of a level that is reached on a day: its last day, and that without the tail.
pub(crate) fn term(keep: Keep, day: Date, anchors: &Anchors) -> (Option<Date>, Option<Date>) {
    match keep {
        Keep::Forever => (None, None),
        Keep::UntilEndOf { period, next, plus } => {
            let base = end_of(period, next, day, anchors);
            (Some(with_tail(base, plus, anchors)), Some(base))
        }
        Keep::For(duration, tail) => {
            let base = duration.add_to_date(day).unwrap_or(Date::MAX);
            (Some(tail.map_or(base, |tail| tail.apply(base, anchors))), Some(base))
        }
    }
}

/// The term that follows one whose base ended on a day: one period or duration longer, its tail added again.
pub(crate) fn next_term(keep: Keep, base: Date, anchors: &Anchors) -> (Option<Date>, Option<Date>) {
    match keep {
        Keep::Forever => (None, None),
        Keep::UntilEndOf { period, plus, .. } => {
            let base = period.last_day(base.plus_days(1), anchors);
            (Some(with_tail(base, plus, anchors)), Some(base))
        }
        Keep::For(duration, tail) => {
            let base = duration.add_to_date(base).unwrap_or(Date::MAX);
            (Some(tail.map_or(base, |tail| tail.apply(base, anchors))), Some(base))
        }
    }
}

fn with_tail(base: Date, plus: Option<(Duration, Option<Tail>)>, anchors: &Anchors) -> Date {
    let Some((duration, tail)) = plus else { return base };
    let last = duration.add_to_date(base).unwrap_or(Date::MAX);
    tail.map_or(last, |tail| tail.apply(last, anchors))
}

/// The slot in which something on a day is counted.
pub(crate) fn slot(slots: Slots, day: Date, at: Instant, anchors: &Anchors) -> i64 {
    match slots {
        Slots::Ever | Slots::Period(Period::Campaign | Period::Lifetime) => 0,
        Slots::Period(period) => i64::from(period.start_of(day, anchors).days()),
        Slots::Within(one, other) => {
            i64::from(one.start_of(day, anchors).max(other.start_of(day, anchors)).days())
        }
        Slots::Day => i64::from(day.days()),
        Slots::Minute => super::judge::minute_slot(at),
        // which one it is the account knows
        Slots::Since(_) | Slots::Each(_) | Slots::EachFirst => 0,
    }
}

/// Whether a validity holds on a local day, or at a moment of the wall clock.
pub(crate) fn is_valid(valid: Validity, day: Date, clock: LocalTime) -> bool {
    match valid {
        Validity::Always => true,
        Validity::Days(from, to) => from <= day && day <= to,
        Validity::Minutes { from, to } => {
            let now = (clock.date, clock.minute);
            from <= now && now < to
        }
        Validity::EveryYear(from, to) => {
            let (_, month, of_month) = day.ymd();
            let today = u16::from(month) * 100 + u16::from(of_month);
            if from <= to { (from..=to).contains(&today) } else { today >= from || today <= to }
        }
    }
}
