//! The checks that need the whole program: rules that meet, conditions that never hold, caps, tiers, cards.
//!
//! Each check is a pure function from the compiled program and the tree to a list of findings. They are exact: what
//! cannot be decided is not reported, and what is too complex to be looked at is named.

use super::profiles::Profiles;
use super::tree::Tree;
use super::{
    Checks, backdating, budgets, cap_limits, dates, each, games, liability, never, overlap, partners,
    tiers_reach,
};
use crate::diagnostics::{Code, Diagnostic};
use crate::program::Program;

/// All findings about a program that was compiled without errors.
pub(crate) fn program_checks<'a>(program: &'a Program, tree: &Tree<'a>, checks: &Checks) -> Vec<Diagnostic> {
    let mut profiles = Profiles::new(program);
    let mut found = overlap::overlaps(program, tree, &mut profiles);
    found.extend(cap_limits::caps(program, tree, &mut profiles));
    found.extend(never::conditions(program, tree, &mut profiles.space));
    found.extend(dates::dates(program, tree));
    found.extend(tiers_reach::tiers(program, tree));
    found.extend(games::games(program, tree));
    found.extend(backdating::backdating(program, tree));
    found.extend(each::each(program, tree));
    found.extend(partners::partners(program, tree));
    found.extend(budgets::budgets(program, tree));
    found.extend(liability::liability(program, tree, &mut profiles, checks));
    if let Some(block) = tree.program.filter(|_| profiles.gave_up()) {
        found.push(
            Diagnostic::new(Code::D507, block.name.span, "there are too many rules that may meet each other")
                .label("not all pairs of rules of this program were compared")
                .help("nothing has to be done; rules that name categories, brands or articles are compared faster"),
        );
    }
    found
}
