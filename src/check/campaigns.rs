//! Campaigns: the days of a block's own `valid from … to …`, and `this campaign` in a condition.

use super::lowering::Lowering;
use super::times;
use crate::calendar::{Date, Duration, DurationUnit};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::Validity;

/// Whether a block with this `valid` line is a campaign, within which can be capped.
pub(super) fn is_campaign(line: Option<Span>, valid: Option<Validity>) -> bool {
    line.is_some() && !matches!(valid, Some(Validity::EveryYear(..)))
}

impl Lowering<'_, '_> {
    /// The first day of the campaign in which a question stands, and how many days back it is asked at most.
    pub(super) fn campaign_days(&mut self, span: Span) -> Option<(Date, u32)> {
        let help = "write `valid from … to …` in the rule, or ask a period such as `this month`";
        let Some((valid, written)) = self.campaign else {
            let message = "`this campaign` needs an `earn` or `bonus` with a line `valid`";
            self.report.misplaced(span, message, help);
            return None;
        };
        // what is wrong with the line is told where it stands
        match valid? {
            Validity::Days(first, last) if first != Date::MIN && last != Date::MAX => {
                let days = u32::try_from(last.days() - first.days()).ok()?.saturating_add(1);
                if times::above_36_months(Duration::new(days, DurationUnit::Day)) {
                    let finding = Diagnostic::new(Code::H941, span, "this looks too far back")
                        .label("each day of it would have to be remembered for every member")
                        .other(written, "the campaign")
                        .help("let the campaign last 36 months at most, or ask `so far`");
                    self.report.push(finding);
                    return None;
                }
                Some((first, days))
            }
            Validity::Minutes { .. } => {
                let message = "what is counted in a campaign needs whole days";
                self.report.misplaced(span, message, "write `valid from … to …` with two dates");
                None
            }
            Validity::Days(..) | Validity::Always | Validity::EveryYear(..) => {
                self.report.missing(span, "a campaign needs a beginning and an end", help);
                None
            }
        }
    }
}
