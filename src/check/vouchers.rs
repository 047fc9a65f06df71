//! Vouchers.

use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::times;
use crate::calendar::Date;
use crate::diagnostics::Span;
use crate::program::{Voucher, VoucherEnd};
use crate::syntax::ast::{self, Amount, Grants, Valid, VoucherBlock, VoucherLine};

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

    fn voucher(&mut self, block: &VoucherBlock, head: Span) -> Option<Voucher> {
        let mut grants = Once::new("grants");
        let mut worth: Once<&Amount> = Once::new("worth");
        let mut ends: Once<Option<Ends>> = Once::new("valid");
        for line in &block.lines {
            let span = line.span;
            match &line.kind {
                VoucherLine::Grants(written) => {
                    let text = self.grants(written);
                    grants.set(text, span, &mut self.report);
                }
                VoucherLine::Worth(amount) => worth.set(amount, span, &mut self.report),
                VoucherLine::Valid(valid) => {
                    let found = self.voucher_valid(valid, span);
                    ends.set(found, span, &mut self.report);
                }
                VoucherLine::Usable { from, to } => {
                    let first = times::date(*from, &mut self.report);
                    let last = times::date(*to, &mut self.report);
                    let found = first.zip(last).map(|(first, last)| (VoucherEnd::On(last), Some(first)));
                    ends.set(found, span, &mut self.report);
                }
                VoucherLine::ForItems(_) => self.not_judged("for items", span),
                VoucherLine::When(_) => self.not_judged("when", span),
                VoucherLine::Cap(_) => self.not_judged("cap", span),
            }
        }
        if grants.get().is_none() {
            self.report.missing(
                head,
                "it is not said what the voucher grants",
                "add a line, for example `grants 10 EUR off` or `grants \"A free drink\"`",
            );
        }
        let worth = match worth.value() {
            None => Some(None),
            Some(amount) => money::above_zero(amount, self.settings(), &mut self.report).map(Some),
        };
        let (end, usable_from) = match ends.value() {
            None => (VoucherEnd::Never, None),
            Some(found) => found?,
        };
        Some(Voucher {
            name: block.name.text.as_str().into(),
            grants: grants.value()??.into(),
            worth: worth?,
            end,
            usable_from,
        })
    }

    /// L007: terms of use.
    fn not_judged(&mut self, line: &str, span: Span) {
        self.report.later(
            span,
            format!("this version issues and counts vouchers; `{line}` is judged when vouchers can be used"),
            "remove the line, and let the shop check it when the voucher is presented",
        );
    }

    /// What it grants, as text, or nothing after a finding.
    fn grants(&mut self, grants: &Grants) -> Option<String> {
        Some(match grants {
            Grants::Text(text) => text.text.clone(),
            Grants::AmountOff(amount) => {
                money::above_zero(amount, self.settings(), &mut self.report)?;
                format!("{} {} off", amount.number.value, amount.unit.text)
            }
            Grants::PercentOff(percent, most) => {
                let value = numbers::micro(percent.value, percent.span, &mut self.report)?;
                if !(1..=100_000_000).contains(&value) {
                    let help = "write a percentage above 0% and up to 100%";
                    self.report.outside(percent.span, "nothing can be taken off like this", help);
                    return None;
                }
                match most {
                    None => format!("{}% off", percent.value),
                    Some(most) => {
                        money::above_zero(most, self.settings(), &mut self.report)?;
                        format!("{}% off up to {} {}", percent.value, most.number.value, most.unit.text)
                    }
                }
            }
            Grants::ItemsFree(number) => {
                let what = ("a number of free items", number.span);
                let count = numbers::whole(number.value, (1, 1_000_000), what, &mut self.report)?;
                format!("{count} {} free", if count == 1 { "item" } else { "items" })
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
