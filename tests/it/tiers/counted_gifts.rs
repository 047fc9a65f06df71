//! Entry gifts in units that are only counted: tickets, and status units of other levels.

use super::{buys, program, returns};
use crate::rule_files::passes;

const LEVELS: &str = "  count spend in calendar year\n  tier Low\n  tier High {\n    reach 100 EUR spend\n    \
    on entry give 5 lots\n    on entry give 2 stars\n  }";

fn holds(lines: &str) {
    let units = "unit lots is tickets {\n  singular lot\n}\n\nunit stars is status {\n  singular star\n}\n\n\
        earn Star {\n  on purchase\n  give 1 star\n}\n\n\
        draw Summer {\n  draws from lots\n  valid from 2026-01-01 to 2026-12-31\n  held on 2027-01-10\n  \
        free entry on purchase give 1 lot\n}\n";
    let test = format!("test \"the test\" {{\n  given member Ann {{ joined 2026-01-05 }}\n{lines}\n}}\n");
    passes(&format!("{}\n{units}\n{test}", program(LEVELS)));
}

/// Six lots: one of the entry and five of the level, which go with it; so do two of the three stars.
#[test]
fn they_are_taken_back_with_their_level() {
    holds(&format!(
        "{}expect Ann has 6 lots\nexpect Ann has 3 stars\n{}expect Ann has 0 lots\nexpect Ann has 0 stars\n",
        buys("K-1", "2026-03-03 10:00", 120),
        returns("R-1", "K-1", "2026-03-04 10:00", 120)
    ));
}

/// What keeps the level keeps its gifts: 120 + 40 - 60 is 100.
#[test]
fn they_stay_with_their_level() {
    holds(&format!(
        "{}{}{}expect Ann has 7 lots\nexpect Ann tier is High\n{}expect Ann tier is Low\nexpect Ann has 2 lots\n",
        buys("K-1", "2026-03-03 10:00", 120),
        buys("K-2", "2026-03-03 12:00", 40),
        returns("R-1", "K-1", "2026-03-04 10:00", 60),
        returns("R-2", "K-2", "2026-03-05 10:00", 1),
    ));
}

/// A level that is reached again gives again what was taken: 1 + 5 - 6 + 1 + 5.
#[test]
fn they_come_again_with_the_level() {
    holds(&format!(
        "{}{}{}expect Ann has 6 lots\nexpect Ann has 3 stars\n",
        buys("K-1", "2026-03-03 10:00", 120),
        returns("R-1", "K-1", "2026-03-04 10:00", 120),
        buys("K-2", "2026-03-05 10:00", 100),
    ));
}
