//! What a new version takes away of games, and how often members may change what is known of them.

use super::versions::Pair;
use super::{tree::Tree, windows};
use crate::calendar::Period;
use crate::diagnostics::{Diagnostic, Span};
use crate::program::ChangeLimit;

impl Pair<'_, '_, '_> {
    /// Y001: cards, challenges, streaks, draws, milestones and parameters that are gone.
    pub(super) fn games_gone(&self) -> Vec<Diagnostic> {
        let (old, new, tree) = (self.old, self.new, self.before);
        let mut found = Vec::new();
        let mut gone = |what: &str, name: &str, place: Option<Span>, help: &str| {
            let message = format!("the {what} `{name}` is gone with version {}", new.version);
            found.push(self.warn(self.program(), message, place, "it was here", help));
        };
        for card in old.cards.iter().filter(|card| new.cards.iter().all(|it| it.name != card.name)) {
            let help = "stamps that members have on it rest until they expire, and fill no card";
            gone("card", &card.name, tree.card(&card.name).map(|it| it.head), help);
        }
        for challenge in old.challenges.iter().filter(|it| new.challenge_named(&it.name).is_err()) {
            let help = "rounds that are open are never finished; what was given stays";
            gone("challenge", &challenge.name, tree.challenge(&challenge.name).map(|it| it.head), help);
        }
        for streak in old.streaks.iter().filter(|it| new.streak_named(&it.name).is_err()) {
            let help = "runs of members win nothing more; what was given stays";
            gone("streak", &streak.name, tree.streak(&streak.name).map(|it| it.head), help);
        }
        for draw in old.draws.iter().filter(|it| new.draw_named(&it.name).is_err()) {
            let help = "nobody is told any more how many tickets take part; tickets stay with their members";
            gone("draw", &draw.name, tree.draw(&draw.name).map(|it| it.head), help);
        }
        for block in old.milestones.iter().filter(|it| new.milestones_named(&it.name).is_err()) {
            let help = "marks that members have not passed give nothing any more; what was given stays";
            gone("milestones block", &block.name, tree.milestones(&block.name).map(|it| it.head), help);
        }
        for parameter in old.parameters.iter().filter(|it| !new.parameters.contains(it)) {
            let help = "it is still announced for periods that wait for it, and for nothing else";
            gone("parameter", parameter, tree.parameter(parameter).map(|it| it.head), help);
        }
        found
    }

    /// Y001: attributes that members may change less often than before.
    pub(super) fn stricter(&self) -> Vec<Diagnostic> {
        let (old, new) = (self.old, self.new);
        let mut found = Vec::new();
        for limit in &new.change_limits {
            let Some(attribute) = new.member_attributes.get(usize::from(limit.place)) else { continue };
            let place = old.member_attributes.iter().position(|known| known.name == attribute.name);
            let Some(place) = place else { continue };
            let known = old.change_limits.iter().find(|known| usize::from(known.place) == place);
            if known.is_some_and(|known| !is_stricter(known, limit)) {
                continue;
            }
            let written = |tree: &Tree<'_>| {
                let field = tree.field(&attribute.name)?;
                Some(field.may_change.as_ref().map_or(field.name.span, |limit| limit.span))
            };
            let Some(span) = written(self.after) else { continue };
            let message = format!("`{}` may change less often than before", attribute.name);
            let help = "say it to your members if it is meant";
            found.push(self.warn(span, message, written(self.before), "before", help));
        }
        found
    }
}

/// Whether a limit certainly leaves less. Of what cannot be compared nothing is said.
fn is_stricter(old: &ChangeLimit, new: &ChangeLimit) -> bool {
    if old.per == new.per {
        return new.times < old.times;
    }
    let is_longer = match (windows::lengths(old.per), windows::lengths(new.per)) {
        (Some((_, old)), Some((new, _))) => new > old,
        (_, None) => new.per == Period::Lifetime,
        (None, Some(_)) => false,
    };
    is_longer && new.times <= old.times
}
