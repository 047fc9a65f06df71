//! Vouchers.

use super::caps::{Capped, Read};
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::rates::FallsTo;
use super::report::Once;
use super::subjects::Scope;
use super::times;
use crate::calendar::Date;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Activate, CapId, CapLimit, CapWindow, EventKindId, Grant, Voucher, VoucherEnd};
use crate::syntax::ast::{self, Amount, Cond, Grants, Valid, VoucherBlock, VoucherLine};

/// From when and until when a voucher can be used.
type Ends = (VoucherEnd, Option<Date>);

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of vouchers, by name; nothing if one of them has an error.
    pub(super) fn vouchers(&mut self) -> Option<Vec<Voucher>> {
        let all = self.all;
        let found: Vec<Option<Voucher>> =
            all.vouchers.iter().map(|entry| self.voucher(entry.node, entry.block.head)).collect();
        found.into_iter().collect()
    }

    fn voucher(&mut self, block: &'a VoucherBlock, head: Span) -> Option<Voucher> {
        let mut grants = Once::new("grants");
        let mut worth: Once<&Amount> = Once::new("worth");
        let mut ends: Once<Option<Ends>> = Once::new("valid");
        let mut fixed: Once<Option<Ends>> = Once::new("usable from");
        let mut activate: Once<&'a ast::Activate> = Once::new("activate");
        let mut items: Once<&'a Cond> = Once::new("for items");
        let mut when: Once<&'a Cond> = Once::new("when");
        let mut caps = Vec::new();
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                VoucherLine::Grants(written) => {
                    let found = self.grants(written);
                    grants.set(found, span, &mut self.report);
                }
                VoucherLine::Worth(amount) => worth.set(amount, span, report),
                VoucherLine::Valid(valid) => {
                    let found = self.voucher_valid(valid, span);
                    ends.set(found, span, &mut self.report);
                }
                VoucherLine::Usable { from, to } => {
                    let first = times::date(*from, report);
                    let last = times::date(*to, report);
                    let found = first.zip(last).map(|(first, last)| (VoucherEnd::On(last), Some(first)));
                    fixed.set(found, span, report);
                }
                VoucherLine::Activate(written) => activate.set(written, span, report),
                VoucherLine::ForItems(cond) => items.set(cond, span, report),
                VoucherLine::When(cond) => when.set(cond, span, report),
                VoucherLine::Cap(cap) => caps.push((cap, span)),
                VoucherLine::Funded(_) => {}
            }
        }
        if grants.get().is_none() {
            self.report.missing(
                head,
                "it is not said what the voucher grants",
                "add a line, for example `grants 10 EUR off` or `grants \"A free drink\"`",
            );
        }
        let (items, _) = self.condition_line(items.value(), EventKindId::PURCHASE, Scope::Items);
        let (when, when_text) = self.condition_line(when.value(), EventKindId::PURCHASE, Scope::Event);
        let caps = self.use_caps("voucher", &block.name.text, &caps, (head, false));
        let worth = match worth.value() {
            None => Some(None),
            Some(amount) => money::above_zero(amount, self.settings(), &mut self.report).map(Some),
        };
        let (end, usable_from) = match self.either(ends, fixed) {
            None => (VoucherEnd::Never, None),
            Some(found) => found?,
        };
        let activate = self.voucher_start(activate.value());
        let (grants, grant) = grants.value()??;
        Some(Voucher {
            name: block.name.text.as_str().into(),
            grants: grants.into(),
            grant,
            items: items?,
            when: when?,
            when_text: when_text.into(),
            caps: caps?,
            activate: activate?,
            worth: worth?,
            end,
            usable_from,
        })
    }

    /// When a voucher can be used, which `valid` says or `usable from`.
    fn either(&mut self, valid: Once<Option<Ends>>, fixed: Once<Option<Ends>>) -> Option<Option<Ends>> {
        let ((valid, one), (fixed, two)) = match (valid.take(), fixed.take()) {
            (Some(valid), Some(fixed)) => (valid, fixed),
            (valid, fixed) => return valid.or(fixed).map(|(ends, _)| ends),
        };
        let message = "`valid` and `usable from` both say when the voucher can be used";
        let (first, second) = if one.start < two.start { (one, two) } else { (two, one) };
        self.report.push(
            Diagnostic::new(Code::N104, second, message).label("said once more here").other(first, "said here").help(
                "keep `valid for 60 days`, which counts from the day on which it is given, or `usable from … to …`, \
                 which is the same for all",
            ),
        );
        valid.and(fixed).map(Some)
    }

    /// When a voucher becomes usable.
    fn voucher_start(&mut self, written: Option<&'a ast::Activate>) -> Option<Activate> {
        match written {
            None => Some(Activate::AtOnce),
            Some(ast::Activate::On(name)) => {
                self.report.misplaced(
                    name.span,
                    "what a voucher waits for is a time",
                    "write `activate after 14 days`, or give the voucher with a rule on that event",
                );
                None
            }
            Some(written) => self.activate(written, None),
        }
    }

    /// Caps on how often something is used: by times, in a window or an event.
    pub(super) fn use_caps(
        &mut self,
        what: &str,
        name: &str,
        lines: &[(&'a ast::Cap, Span)],
        (head, campaign): (Span, bool),
    ) -> Option<Box<[CapId]>> {
        let capped = Capped {
            falls_to: FallsTo::Event,
            thing: None,
            on: None,
            counts_spend: false,
            pieces: false,
            several: false,
            campaign,
            gives: head,
        };
        // what the values of `for each` are is said by purchases
        let bought = Capped { on: Some(EventKindId::PURCHASE), ..capped };
        self.caps_of((what, name), lines, |this, cap, span| {
            let why = "what is used is used for the whole event, and not for each value of its items";
            let how = (why, "name something that the event carries, or leave `for each` out");
            this.each_of_event(cap, span, bought, how, |this, cap| this.use_cap(cap, span, capped))
        })
    }

    fn use_cap(&mut self, cap: &ast::Cap, span: Span, capped: Capped) -> Option<(CapLimit, CapWindow)> {
        if !matches!(cap.limit, ast::CapLimit::Times(_)) {
            let help = "write for example `cap 1 time per purchase`";
            self.report.misplaced(span, "what is used is capped by times", help);
            return None;
        }
        match self.read_cap(cap, span, &[capped])? {
            Read::Cap(limit, window) => Some((limit, window)),
            Read::Piece(_) => None,
        }
    }

    /// What it grants, as text and as such, or nothing after a finding.
    pub(super) fn grants(&mut self, grants: &Grants) -> Option<(String, Grant)> {
        Some(match grants {
            Grants::Text(text) => (text.text.clone(), Grant::Text),
            Grants::AmountOff(amount) => {
                let off = money::above_zero(amount, self.settings(), &mut self.report)?;
                (format!("{} {} off", amount.number.value, amount.unit.text), Grant::AmountOff(off))
            }
            Grants::PercentOff(percent, most) => {
                let value = numbers::micro(percent.value, percent.span, &mut self.report)?;
                if !(1..=100_000_000).contains(&value) {
                    let help = "write a percentage above 0% and up to 100%";
                    self.report.outside(percent.span, "nothing can be taken off like this", help);
                    return None;
                }
                match most {
                    None => (format!("{}% off", percent.value), Grant::PercentOff(value, None)),
                    Some(most) => {
                        let limit = money::above_zero(most, self.settings(), &mut self.report)?;
                        let text =
                            format!("{}% off up to {} {}", percent.value, most.number.value, most.unit.text);
                        (text, Grant::PercentOff(value, Some(limit)))
                    }
                }
            }
            Grants::ItemsFree(number) => {
                let what = ("a number of free items", number.span);
                let count = numbers::whole(number.value, (1, 1_000_000), what, &mut self.report)?;
                let text = format!("{count} {} free", if count == 1 { "item" } else { "items" });
                (text, Grant::ItemsFree(count))
            }
        })
    }

    fn voucher_valid(&mut self, valid: &Valid, span: Span) -> Option<Ends> {
        let settings = self.settings();
        match valid {
            Valid::For { duration, tail } => {
                let length = times::days(*duration, &mut self.report);
                let tail = times::optional_tail(tail.as_ref(), settings, &mut self.report);
                Some((VoucherEnd::For(length?, tail?), None))
            }
            Valid::UntilEndOf { next, period } => {
                let period = times::repeating(period, settings, &mut self.report)?;
                Some((VoucherEnd::EndOf(period, *next), None))
            }
            Valid::Span { from, to } if !has_time(from.as_ref()) && !has_time(to.as_ref()) => {
                let first = match from {
                    None => None,
                    Some(moment) => Some(times::date(moment.date, &mut self.report)?),
                };
                let end = match to {
                    None => VoucherEnd::Never,
                    Some(moment) => VoucherEnd::On(times::date(moment.date, &mut self.report)?),
                };
                Some((end, first))
            }
            Valid::Span { .. } | Valid::EveryYear { .. } => {
                self.report.misplaced(
                    span,
                    "a voucher ends with a day",
                    "write `valid for 60 days`, `valid until end of next month` or `usable from … to …`",
                );
                None
            }
        }
    }
}

fn has_time(moment: Option<&ast::Moment>) -> bool {
    moment.is_some_and(|moment| moment.time.is_some())
}
