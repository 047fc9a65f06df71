//! Lines that are worth less than nothing end no level, and neither does a return of what was bought afterwards.

use super::{buys, holds, returns, tier};

const CLUB: &str = "count spend in calendar year\nkeep until end of next calendar year\ntier Basic\n\
    tier Silver { reach 10 EUR spend }\ntier Gold { reach 100 EUR spend }";

/// 1 and 10 EUR are Silver; 5 EUR less leave 6.
fn silver() -> String {
    let less = "when 2026-03-04 10:00 purchase \"N\" by Ann { item Refund 1 x -5 EUR }\n";
    [
        buys("A", "2026-03-02 10:00", 1),
        buys("B", "2026-03-03 10:00", 10),
        less.into(),
        tier("Silver until 2027-12-31"),
    ]
    .concat()
}

#[test]
fn what_is_bought_and_returned_afterwards_ends_no_level() {
    let lines = [
        silver(),
        buys("C", "2026-03-05 10:00", 1),
        returns("R", "C", "2026-03-06 10:00", 1),
        tier("Silver until 2027-12-31"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_reached_the_level_still_ends_it() {
    // of 11 EUR 1 comes back: Silver would have been reached all the same; of 10 EUR no more may come back
    let lines = [
        silver(),
        returns("R", "A", "2026-03-06 10:00", 1),
        tier("Silver"),
        returns("S", "B", "2026-03-07 10:00", 1),
        tier("Basic"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn a_level_that_is_reached_twice_needs_to_be_lost_twice() {
    // 6 and 4 are 10 again; without 1 of C they are 9, but before N it was 11
    let lines = [
        silver(),
        buys("C", "2026-03-05 10:00", 4),
        returns("R", "C", "2026-03-06 10:00", 1),
        tier("Silver"),
        // 9 before N, and 7 now
        returns("S", "B", "2026-03-07 10:00", 2),
        tier("Basic"),
    ];
    holds(CLUB, &lines.concat());
    // higher than ever: 6 and 94 are Gold, which 1 EUR less does not leave
    let lines = [
        silver(),
        buys("C", "2026-03-05 10:00", 94),
        tier("Gold"),
        returns("R", "C", "2026-03-06 10:00", 1),
        tier("Silver"),
    ];
    holds(CLUB, &lines.concat());
}
