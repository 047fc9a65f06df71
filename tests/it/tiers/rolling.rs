//! `rolling D`: what was counted in the time up to a day.

use super::{buys, clock, holds, returns, tier};

const CLUB: &str = "count spend in rolling 12 months\nkeep for 12 months\ntier Basic\n\
    tier Silver {\n  reach 100 EUR spend\n  on entry give 10 points\n}\ntier Gold { reach 400 EUR spend }";

#[test]
fn the_time_begins_behind_the_same_day_a_year_before() {
    // 2 March 2027 still sees 3 March 2026, and 3 March 2027 does not
    let lines = [
        buys("A", "2026-03-03 10:00", 60),
        buys("B", "2027-03-02 10:00", 40),
        tier("Silver until 2028-03-02"),
    ];
    holds(CLUB, &lines.concat());
    let lines = [buys("A", "2026-03-03 10:00", 60), buys("B", "2027-03-03 10:00", 40), tier("Basic")];
    holds(CLUB, &lines.concat());
}

#[test]
fn the_term_ends_with_what_the_year_up_to_its_end_holds() {
    let silver = [buys("A", "2026-03-03 10:00", 100), tier("Silver until 2027-03-03")].concat();
    let end = clock("2027-03-04 00:00");
    holds(CLUB, &[silver.clone(), buys("B", "2026-12-01 10:00", 99), end.clone(), tier("Basic")].concat());
    let lines = [silver, buys("B", "2026-12-01 10:00", 100), end, tier("Silver until 2028-03-03")];
    holds(CLUB, &[lines.concat(), "expect Ann has 10 points\n".into()].concat());
}

#[test]
fn only_an_event_before_which_it_was_less_renews() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        // 110 in the year up to that day, and 100 before
        buys("B", "2027-03-02 10:00", 10),
        tier("Silver until 2027-03-03"),
        // 10 and 90: A is gone
        buys("C", "2027-03-03 10:00", 90),
        tier("Silver until 2028-03-03"),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_came_back_ends_it_unless_it_was_reached_later_all_the_same() {
    let lines = [
        buys("A", "2026-03-03 10:00", 100),
        buys("B", "2026-04-03 10:00", 50),
        // 70, and 120 with B
        returns("R", "A", "2026-04-04 10:00", 30),
        tier("Silver until 2027-03-03"),
        returns("S", "A", "2026-04-05 10:00", 21),
        tier("Basic"),
        "expect Ann has 0 points\n".into(),
    ];
    holds(CLUB, &lines.concat());
}

#[test]
fn what_comes_late_may_reach_it_on_a_later_day() {
    // 60 on 3 March, 10 on 1 April, 30 on 5 May
    let lines = [
        buys("A", "2026-03-03 10:00", 60),
        buys("B", "2026-05-05 10:00", 30),
        buys("L", "2026-04-01 10:00", 10),
        tier("Silver until 2027-05-05"),
    ];
    holds(CLUB, &lines.concat());
}
