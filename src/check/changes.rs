//! How often members may change their attributes.

use super::attributes::Schema;
use super::facts::Facts;
use super::lowering::Lowering;
use super::numbers;
use super::report::Report;
use crate::calendar::Period;
use crate::program::{ChangeLimit, Measure};
use crate::syntax::ast::MayChange;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The limits, by place of the attribute.
    pub(super) fn change_limits(&mut self) -> Box<[ChangeLimit]> {
        let facts: &'f Facts<'a> = self.facts;
        for schema in std::iter::once(&facts.item).chain(&facts.events) {
            only_members_change(schema, &mut self.report);
        }
        let limits = facts.member.iter().filter_map(|attribute| {
            let limit = attribute.field.may_change.as_ref()?;
            self.change_limit(&attribute.name.text, attribute.place, limit)
        });
        limits.collect()
    }

    fn change_limit(&mut self, name: &str, place: u16, limit: &MayChange) -> Option<ChangeLimit> {
        let what = ("how often an attribute may change", limit.times.span);
        let times = numbers::whole(limit.times.value, (0, 1_000_000_000), what, &mut self.report)?;
        if times == 0 {
            let help = "write at least 1, or leave `may change` out";
            self.report.zero(limit.times.span, "this could never be changed", help);
            return None;
        }
        let per = self.period(&limit.per)?;
        if per == Period::Campaign {
            let message = "an attribute belongs to no campaign";
            let help = "write another period, for example `may change 1 time per month`";
            self.report.misplaced(limit.per.span, message, help);
            return None;
        }
        let meter = self.counters.window(&format!("changes of {name:?}"), Measure::Game, per, 1);
        Some(ChangeLimit { place, times, per, meter })
    }
}

/// What an item or an event carries is what it is.
fn only_members_change(schema: &Schema<'_>, report: &mut Report) {
    for attribute in schema.iter() {
        if let Some(limit) = &attribute.field.may_change {
            let message = "only what is known of a member can change";
            let help = "remove `may change …`, or declare the attribute in `member { … }`";
            report.misplaced(limit.span, message, help);
        }
    }
}
