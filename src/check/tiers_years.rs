//! `count years of Gold in lifetime`, `reach 10 years of Gold`.

use super::lowering::Lowering;
use super::numbers;
use super::tiers::{Counted, Metrics};
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Measure, Reach, Slots};
use crate::syntax::ast::{Name, Number};

/// Nobody is a member for longer.
const YEARS_MOST: i64 = 1_000;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// What is counted, its names for texts and for counters, and its measure.
    pub(super) fn years_metric(
        &mut self,
        name: &Name,
        span: Span,
        slots: Slots,
        block: &str,
    ) -> Option<(Counted, String, String, Measure)> {
        let Some((tiers, level)) = self.facts.levels.get(name.text.as_str()).copied() else {
            self.report.unknown("tier", &name.text, name.span, self.facts.tier_candidates(), "");
            return None;
        };
        let known = self.facts.tiers.iter().find(|known| known.id == tiers)?;
        if known.name.text == block {
            let message = format!("years of {} would count for the tiers of which it is one", name.text);
            self.report.push(
                Diagnostic::new(Code::T602, span, message)
                    .label("is a tier of this block")
                    .help("count years of a tier of another block, or something that members do"),
            );
            return None;
        }
        if level == 0 {
            let message = format!("`{}` is the lowest tier, which every member has", name.text);
            self.report.misplaced(name.span, message, "count years of a tier above it");
            return None;
        }
        if slots != Slots::Period(Period::Lifetime) {
            let help = "write `in lifetime`";
            self.report.misplaced(
                span,
                "years of a tier are counted for as long as somebody is a member",
                help,
            );
            return None;
        }
        self.all.tiers.get(&known.name.text);
        let level = u32::try_from(level).ok()?;
        let what = format!("years of {:?}", name.text);
        Some((
            Counted::Years(tiers, level),
            format!("years of {}", name.text),
            what,
            Measure::Years(tiers, level),
        ))
    }

    /// So many years of a level.
    pub(super) fn years_reach(
        &mut self,
        count: &Number,
        (name, span): (&Name, Span),
        metrics: &Metrics,
    ) -> Option<Reach> {
        let what = ("a number of years", count.span);
        let least = numbers::whole(count.value, (1, YEARS_MOST), what, &mut self.report)?;
        let level = self.facts.levels.get(name.text.as_str()).copied();
        let is_it = |counted: &Counted| match (counted, level) {
            (Counted::Years(tiers, at), Some((id, level))) => *tiers == id && i64::from(*at) == level,
            _ => false,
        };
        if let Some(place) = metrics.counted.iter().position(is_it) {
            return Some(Reach::AtLeast(place, least));
        }
        if metrics.good {
            let what = format!("years of {}", name.text);
            self.report.push(
                Diagnostic::new(Code::U201, span, format!("these tiers do not count {what}"))
                    .other(metrics.place, "this is what they count")
                    .help(format!("add {what} to the line `count`, or ask for what is counted")),
            );
        }
        None
    }
}
