//! Caps of challenges and streaks that can never be reached.

use super::cap_limits::unreached;
use super::tree::Tree;
use super::windows::{self, Bound, Limit, Stretch};
use crate::diagnostics::{Diagnostic, Span};
use crate::program::{Award, Cap, CapId, CapLimit, Challenge, Program, Streak, Validity};
use crate::syntax::ast::{ChallengeLine, StreakLine};

/// A game, for the bounds of its caps.
struct Game<'p> {
    caps: &'p [CapId],
    valid: Validity,
    /// Where it is said how often it pays.
    repeats: Option<Span>,
}

/// C402 of challenges and streaks.
pub(super) fn unreached_game_caps(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for challenge in program.challenges.iter().filter(|it| !it.caps.is_empty()) {
        let lines = tree.challenge(&challenge.name).map(|block| &block.node.lines);
        let mut lines = lines.into_iter().flatten();
        let repeats = lines.find(|line| matches!(line.kind, ChallengeLine::Once(_))).map(|line| line.span);
        let game = Game { caps: &challenge.caps, valid: challenge.valid, repeats };
        found.extend(unreached_of(program, tree, &game, |limit, stretch| pays(challenge, limit, stretch)));
    }
    for streak in program.streaks.iter().filter(|it| !it.caps.is_empty()) {
        let lines = tree.streak(&streak.name).map(|block| &block.node.lines);
        let mut lines = lines.into_iter().flatten();
        let repeats = lines.find(|line| matches!(line.kind, StreakLine::Each { .. })).map(|line| line.span);
        let game = Game { caps: &streak.caps, valid: streak.valid, repeats };
        found.extend(unreached_of(program, tree, &game, |limit, stretch| runs(streak, limit, stretch)));
    }
    found
}

/// Each cap that is above what the game pays in its window, by itself or by another cap.
fn unreached_of(
    program: &Program,
    tree: &Tree<'_>,
    game: &Game<'_>,
    pays: impl Fn(CapLimit, Stretch) -> Option<i64>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let known = |id: &CapId| program.caps.get(id.index()).map(|cap| (*id, cap));
    for (id, cap) in game.caps.iter().filter_map(known) {
        let stretch = windows::stretch_in(game.valid, cap.window.into());
        let own = pays(cap.limit, stretch).map(|most| Bound { most, why: Limit::Once });
        let others = game.caps.iter().filter(|other| **other != id).filter_map(known);
        // what each member may have is no bound of what all have together
        let others = others.filter(|(_, other)| other.per_account || !cap.per_account);
        let others = others.filter(|(_, other)| is_alike(cap, other));
        let others =
            others.filter_map(|(id, other)| windows::bound_by(id, other.limit.most(), stretch, other.window));
        let bound = own.into_iter().chain(others).min_by_key(|bound| bound.most);
        let Some(bound) = bound.filter(|bound| bound.most < cap.limit.most()) else { continue };
        let Some(mut finding) = unreached(program, tree, cap, bound) else { continue };
        if let Some(span) = game.repeats.filter(|_| bound.why == Limit::Once) {
            finding = finding.other(span, "because of this");
        }
        found.push(finding);
    }
    found
}

/// Whether two caps count the same: times, or amounts of one thing.
fn is_alike(one: &Cap, other: &Cap) -> bool {
    match (one.limit, other.limit) {
        (CapLimit::Times(_), CapLimit::Times(_)) => true,
        (CapLimit::Amount(thing, _), CapLimit::Amount(of, _)) => thing == of,
        _ => false,
    }
}

/// How often a challenge pays in a stretch, or how much: once for each round that it touches.
fn pays(challenge: &Challenge, limit: CapLimit, stretch: Stretch) -> Option<i64> {
    let rounds = windows::windows_in(stretch, challenge.per)?;
    rounds.checked_mul(at_once(limit, challenge.gifts.iter())?)
}

/// The same of a streak. A run comes to a length again only after as many more periods.
fn runs(streak: &Streak, limit: CapLimit, stretch: Stretch) -> Option<i64> {
    let periods = windows::windows_in(stretch, streak.per)?;
    let mut lengths: Vec<u32> = streak.gifts.iter().map(|(after, _)| *after).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let mut most = 0_i64;
    for length in lengths {
        let gifts = streak.gifts.iter().filter(|(after, _)| *after == length).map(|(_, gift)| gift);
        let after = i64::from(length).max(1);
        let times = periods.checked_add(after - 1)? / after;
        most = most.checked_add(times.checked_mul(at_once(limit, gifts)?)?)?;
    }
    // a period pays once
    Some(if matches!(limit, CapLimit::Times(_)) { most.min(periods) } else { most })
}

/// What gifts that are given together use of a cap.
fn at_once<'p>(limit: CapLimit, mut gifts: impl Iterator<Item = &'p Award>) -> Option<i64> {
    match limit {
        CapLimit::Times(_) => Some(1),
        CapLimit::Amount(thing, _) => gifts.try_fold(0_i64, |sum, gift| {
            let amount = if gift.thing == thing { gift.amount } else { 0 };
            sum.checked_add(amount)
        }),
        CapLimit::Spend(_) | CapLimit::Stamps(_) | CapLimit::Given(_) => None,
    }
}
