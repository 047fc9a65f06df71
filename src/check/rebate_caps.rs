//! Caps of rebates and awards: in the period that is paid, and over longer windows.

use super::lowering::Lowering;
use super::times;
use crate::calendar::{Anchors, Date, Period};
use crate::diagnostics::Span;
use crate::program::{AwardThing, CapLimit, CapWindow, RebateCap, RebateSpan, Validity};
use crate::syntax::ast::{self, CapPer};

/// The most that is paid for a period, and the caps of longer windows.
type PaidCaps = (Option<i64>, Box<[RebateCap]>);

/// What is paid, over what turnover, and when it is valid; each nothing if it is written wrongly.
type Paid = (Option<AwardThing>, Option<RebateSpan>, Option<Validity>);

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The caps of a rebate or award, each in another window.
    pub(super) fn paid_caps(
        &mut self,
        name: &'a str,
        lines: &[(&'a ast::Cap, Span)],
        paid: Paid,
    ) -> Option<PaidCaps> {
        let mut seen: Vec<(Period, Span)> = Vec::new();
        let (mut most, mut windows, mut good) = (None, Vec::new(), true);
        for (cap, span) in lines {
            let Some((amount, period, is_own)) = self.paid_cap(cap, *span, paid) else {
                good = false;
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == period) {
                self.report.twice("cap", *span, *first);
                good = false;
                continue;
            }
            seen.push((period, *span));
            if is_own {
                most = Some(amount);
            } else if let Some(gives) = paid.0 {
                windows.extend(self.paid_window(name, *span, (gives, amount, period)));
            }
        }
        good.then(|| (most, windows.into()))
    }

    /// What belongs to the account is counted for all of its members together.
    fn paid_window(
        &mut self,
        name: &str,
        span: Span,
        (gives, most, period): (AwardThing, i64, Period),
    ) -> Option<RebateCap> {
        let limit = CapLimit::Amount(gives, most);
        let key = format!("cap of rebate {name:?}, {}", self.limit_word(limit));
        let text = self.cap_text(span);
        let terms = (limit, CapWindow::Period(period), true);
        let id = self.add_cap((name, &key), text.clone(), terms, None, false);
        let meter = self.caps.get(id.index())?.meter?;
        // a value may be announced, and a budget answer, long after the window
        self.counters.keep_for_ever(meter);
        Some(RebateCap { text: text.into(), period, most, meter })
    }

    /// How much, in which window, and whether that is the period of the block.
    fn paid_cap(
        &mut self,
        cap: &'a ast::Cap,
        span: Span,
        (gives, over, valid): Paid,
    ) -> Option<(i64, Period, bool)> {
        self.never_each(cap, "what is paid for a period belongs to no single event")?;
        let (ast::CapLimit::Amount(amount), None) = (&cap.limit, &cap.side) else {
            let help = "write the most that is paid, for example `cap 5_000 … per calendar year`";
            self.report.misplaced(span, "only the amount of a period is capped here", help);
            return None;
        };
        let Some(CapPer::Period(period)) = &cap.per else {
            let help = "add the period of the block, for example `per calendar year`";
            self.report.missing(span, "it is not said in which time the cap counts", help);
            return None;
        };
        let found = times::period(period, &self.facts.settings, &mut self.report)?;
        let is_own = match over? {
            RebateSpan::Every(over) => over == found,
            RebateSpan::Campaign(_) => found == Period::Campaign,
            RebateSpan::Closed => false,
        };
        if !is_own {
            self.holds_periods(period.span, found, (over?, has_end(valid)))?;
        }
        self.least_paid(amount, gives?).map(|amount| (amount, found, is_own))
    }

    /// Whether every period of the block lies wholly in one of another kind.
    fn holds_periods(&mut self, span: Span, found: Period, (over, fixed): (RebateSpan, bool)) -> Option<()> {
        let (message, help) = match (over, found) {
            (_, Period::Lifetime) => return Some(()),
            (_, Period::Campaign) if fixed => return Some(()),
            (_, Period::Campaign) => {
                let help = "add a line `valid from … to …` to the block, or name another period";
                self.report.missing(span, "a campaign needs a beginning and an end", help);
                return None;
            }
            (RebateSpan::Every(Period::Own(_) | Period::MembershipYear), _) => (
                "a period that begins on a day of the member may lie in two of these",
                "cap it in the period at whose end it is paid, or `per lifetime`",
            ),
            (_, Period::Own(_) | Period::MembershipYear) => (
                "this begins on a day of the member, and periods of the block may lie in two",
                "write `per lifetime`, or a period of the calendar that holds such periods wholly",
            ),
            (RebateSpan::Every(over), found) if lies_in(over, found) => return Some(()),
            (RebateSpan::Every(over), found) if lies_in(found, over) => (
                "this is shorter than the period of the block",
                "cap it in the period at whose end it is paid, or in a longer one",
            ),
            (RebateSpan::Every(_), _) => (
                "a period of the block may lie in two of these",
                "cap it in the period at whose end it is paid, in one that holds such periods wholly, or `per lifetime`",
            ),
            (RebateSpan::Campaign(_) | RebateSpan::Closed, _) => {
                ("a campaign may lie in two of these", "write `per campaign` or `per lifetime`")
            }
        };
        self.report.misplaced(span, message, help);
        None
    }
}

/// Whether it is valid from one day to another.
fn has_end(valid: Option<Validity>) -> bool {
    match valid {
        None => true,
        Some(Validity::Days(_, last) | Validity::Minutes { to: (last, _), .. }) => last < Date::MAX,
        Some(Validity::Always | Validity::EveryYear(..)) => false,
    }
}

/// Whether every period of a kind lies wholly in one of another; of none that begins on a day of the member.
fn lies_in(one: Period, other: Period) -> bool {
    let first = Date::MIN;
    let anchors = Anchors::new(first);
    // each length of a year comes within eight years, and each length of a month with it
    let Some(last) = first.checked_add_days(8 * 366) else { return false };
    let mut start = other.start_of(first, &anchors);
    while start < last {
        if start > first && one.start_of(start, &anchors) != start {
            return false;
        }
        match other.next_start(start, &anchors) {
            Some(next) => start = next,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::lies_in;
    use crate::calendar::{Cycle, MonthDay, Period, Weekday};

    #[test]
    fn periods_that_lie_in_others() {
        let week = Period::Week { starts: Weekday::Monday };
        let cycle = |months, month, day| {
            Period::Cycle(Cycle::new(months, MonthDay::new(month, day).unwrap()).unwrap())
        };
        assert!(lies_in(Period::Month, Period::CalendarYear) && lies_in(Period::Month, Period::Quarter));
        assert!(lies_in(Period::Quarter, Period::HalfYear) && lies_in(Period::Day, week));
        assert!(!lies_in(week, Period::Month) && !lies_in(week, Period::CalendarYear));
        assert!(!lies_in(Period::CalendarYear, Period::Month));
        // years from 1 March hold months, but not the quarters from 1 January
        assert!(lies_in(Period::Month, cycle(12, 3, 1)) && !lies_in(Period::Quarter, cycle(12, 3, 1)));
        assert!(
            lies_in(cycle(1, 1, 15), cycle(12, 3, 15)) && !lies_in(cycle(1, 1, 15), Period::CalendarYear)
        );
        assert!(lies_in(cycle(3, 2, 1), cycle(6, 5, 1)) && !lies_in(cycle(3, 2, 1), cycle(4, 2, 1)));
    }
}
