//! Stamps that come back: which cards are opened again, and what those had given.

use super::{ann, holds};

const CUPS: &str =
    "card Cups {\n  on purchase\n  stamp 1 per item\n  goal 3 stamps\n  reward 10 points\n  carry over\n}";
const MODES: [&str; 3] = [
    "  take back earned in proportion",
    "  take back earned as if never bought",
    "  take back earned in full",
];

/// Two purchases of two cups each: the first card is full and one stamp is on the second.
const TWICE: &str = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Cup 2 x 5 EUR }\n\
     when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Cup 2 x 5 EUR }\n\
     expect Ann earns 10 points\n\
     expect card Cups of Ann at 1 stamp\n";

#[test]
fn a_full_card_that_gave_points_is_opened_again() {
    for mode in MODES {
        // 1 + 3 - 2
        let once = "when 2026-03-05 10:00 return \"R-1\" of \"K-2\" by Ann { all items }\n\
             expect Ann loses 10 points\n\
             expect Ann has 0 points\n\
             expect card Cups of Ann at 2 stamps\n\
             when 2026-03-06 10:00 purchase \"K-3\" by Ann { item Cup 1 x 5 EUR }\n\
             expect Ann earns 10 points\n\
             when 2026-03-07 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
             expect Ann loses 10 points\n\
             expect card Cups of Ann at 1 stamp";
        holds(mode, CUPS, &ann(&format!("{TWICE}{once}")));
    }
    let steps = "when 2026-03-05 10:00 return \"R-1\" of \"K-2\" by Ann { item Cup 1 }\n\
         expect Ann loses 0 points\n\
         expect card Cups of Ann at 0 stamps\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-2\" by Ann { item Cup 1 }\n\
         expect Ann loses 10 points\n\
         expect card Cups of Ann at 2 stamps";
    holds(MODES[0], CUPS, &ann(&format!("{TWICE}{steps}")));
    let nothing = "when 2026-03-05 10:00 return \"R-1\" of \"K-2\" by Ann { all items }\n\
         expect Ann has 10 points\n\
         expect card Cups of Ann at 1 stamp";
    holds("  take back nothing", CUPS, &ann(&format!("{TWICE}{nothing}")));
}

#[test]
fn points_of_a_full_card_that_were_spent_are_owed_or_forgiven() {
    let rules = format!("{CUPS}\n\nredeem points {{\n  1 point for 1 EUR\n}}");
    let spent = format!(
        "{TWICE}when 2026-03-05 10:00 redeem 4 points \"Q-1\" by Ann\n\
         when 2026-03-06 10:00 return \"R-1\" of \"K-2\" by Ann {{ all items }}\n"
    );
    let owes = format!("{spent}expect Ann loses 10 points\nexpect Ann owes 4 points");
    holds("  take back earned in proportion\n  balance may go negative", &rules, &ann(&owes));
    let forgiven =
        format!("{spent}expect Ann loses 6 points\nexpect Ann has 0 points\nexpect Ann owes 0 points");
    holds("  take back earned in proportion\n  balance stays at zero", &rules, &ann(&forgiven));
}

#[test]
fn points_of_a_full_card_count_for_a_level_no_more() {
    let rules = "unit stars is status {\n  singular star\n}\n\n\
         card Cups {\n  on purchase\n  stamp 1 per item\n  goal 3 stamps\n  reward 5 stars\n  carry over\n}\n\n\
         tiers Club {\n  count stars in month\n  tier Basic\n  tier Gold { reach 5 stars }\n}";
    // the card was filled in March, its first purchase is of February
    let steps = "when 2026-02-20 10:00 purchase \"K-1\" by Ann { item Cup 2 x 5 EUR }\n\
         when 2026-03-03 10:00 purchase \"K-2\" by Ann { item Cup 1 x 5 EUR }\n\
         expect Ann tier is Gold\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Cup 1 }\n\
         expect Ann loses 5 stars\n\
         expect card Cups of Ann at 2 stamps\n\
         expect Ann tier is Basic";
    holds(MODES[0], rules, &ann(steps));
}

#[test]
fn head_starts_caps_and_dropped_stamps_stay_what_they_are() {
    let every = "card Cups {\n  on purchase\n  stamp 1 per item\n  goal 4 stamps\n  \
         start with 1 stamp on every card\n  reward 10 points\n  carry over\n}";
    // 1 + 3 fill the first card; on the second are 1 + 1
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Cup 3 x 5 EUR }\n\
         expect Ann earns 10 points\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Cup 1 x 5 EUR }\n\
         expect card Cups of Ann at 2 stamps\n\
         when 2026-03-05 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 10 points\n\
         # the stamp of the second purchase and the head start of the first card
         expect card Cups of Ann at 2 stamps\n\
         when 2026-03-06 10:00 return \"R-2\" of \"K-2\" by Ann { all items }\n\
         expect card Cups of Ann at 0 stamps";
    holds(MODES[0], every, &ann(steps));
    let dropped = "card Cups {\n  on purchase\n  stamp 1 per item\n  goal 3 stamps\n  \
         cap 5 stamps per day\n  reward 10 points\n  no carry over\n}";
    // 5 of 6 count: 3 fill the card, 2 are dropped and come back first; 1 of the 3 comes back with them
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Cup 6 x 5 EUR }\n\
         expect Ann earns 10 points\n\
         expect cap Cups of Ann has 0 left\n\
         when 2026-03-03 11:00 return \"R-1\" of \"K-1\" by Ann { item Cup 3 }\n\
         expect Ann loses 0 points\n\
         expect cap Cups of Ann has 2 left\n\
         # floor(5 · 4 / 6) = 3
         when 2026-03-03 12:00 return \"R-2\" of \"K-1\" by Ann { item Cup 1 }\n\
         expect Ann loses 10 points\n\
         expect card Cups of Ann at 2 stamps\n\
         expect cap Cups of Ann has 3 left";
    holds(MODES[0], dropped, &ann(steps));
}

#[test]
fn stamps_that_ended_with_their_card_are_not_taken_from_the_next() {
    let rules = CUPS.replace("carry over", "carry over\n  expire 1 month after first stamp");
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Cup 2 x 5 EUR }\n\
         when 2026-04-10 10:00 purchase \"K-2\" by Ann { item Cup 1 x 5 EUR }\n\
         expect card Cups of Ann at 1 stamp\n\
         # half of what ended
         when 2026-04-11 10:00 return \"R-1\" of \"K-1\" by Ann { item Cup 1 }\n\
         expect card Cups of Ann at 1 stamp\n\
         # the stamps of the second purchase are there
         when 2026-04-12 10:00 return \"R-2\" of \"K-2\" by Ann { all items }\n\
         expect card Cups of Ann at 0 stamps\n\
         when 2026-04-13 10:00 purchase \"K-3\" by Ann { item Cup 2 x 5 EUR }\n\
         when 2026-04-14 10:00 return \"R-3\" of \"K-1\" by Ann { all items }\n\
         expect card Cups of Ann at 2 stamps";
    holds(MODES[0], &rules, &ann(steps));
}

/// Two full cards, of 3 and of 4 March, both of which have ended by April.
const ENDED: &str = "card Breads {\n  on purchase\n  stamp 1 per item\n  goal 4 stamps\n  reward 11 points\n  carry over\n  \
     expire 20 days after first stamp\n}";
const TWO_FULL: &str = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Bread 4 x 2 EUR }\n\
     when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Bread 4 x 2 EUR }\n\
     expect Ann has 22 points\n";

#[test]
fn a_full_card_that_has_ended_is_opened_for_all_parts_of_a_return() {
    // 8 stamps less 4: one full card is left, however the 4 come back
    let ways = [
        "when 2026-04-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n",
        "when 2026-04-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Bread 1 }\n\
         expect Ann has 11 points\n\
         # what is left on a card that is over can fill nothing
         expect card Breads of Ann at 0 stamps\n\
         when 2026-04-05 10:00 return \"R-2\" of \"K-1\" by Ann { item Bread 2 }\n\
         expect Ann loses 0 points\n\
         when 2026-05-05 10:00 return \"R-3\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 0 points\n",
        // the card that is opened again ends between the parts
        "when 2026-03-20 10:00 return \"R-1\" of \"K-1\" by Ann { item Bread 1 }\n\
         expect card Breads of Ann at 3 stamps\n\
         when 2026-04-04 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 0 points\n",
    ];
    for way in ways {
        // 4 less 1, and the rest
        let all = "when 2026-05-06 10:00 return \"R-4\" of \"K-2\" by Ann { item Bread 1 }\n\
             expect Ann loses 11 points\n\
             expect Ann has 0 points\n\
             when 2026-05-06 11:00 return \"R-5\" of \"K-2\" by Ann { all items }\n\
             expect Ann loses 0 points\n\
             expect card Breads of Ann at 0 stamps";
        holds(MODES[0], ENDED, &ann(&format!("{TWO_FULL}{way}expect Ann has 11 points\n{all}")));
    }
}

#[test]
fn parts_of_two_purchases_come_back_in_any_order() {
    // 8 less 1, less 4, less 3
    let steps = "when 2026-04-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Bread 1 }\n\
         expect Ann has 11 points\n\
         when 2026-04-04 10:00 return \"R-2\" of \"K-2\" by Ann { all items }\n\
         expect Ann has 0 points\n\
         # the new card is not touched by what is left of the old ones
         when 2026-04-04 11:00 purchase \"K-3\" by Ann { item Bread 2 x 2 EUR }\n\
         when 2026-04-04 12:00 return \"R-3\" of \"K-3\" by Ann { item Bread 1 }\n\
         expect card Breads of Ann at 1 stamp\n\
         when 2026-04-04 12:00 return \"R-4\" of \"K-3\" by Ann { all items }\n\
         expect card Breads of Ann at 0 stamps\n\
         when 2026-04-04 13:00 return \"R-5\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 0 points";
    holds(MODES[0], ENDED, &ann(&format!("{TWO_FULL}{steps}")));
}

#[test]
fn what_is_lost_with_a_later_card_counts_as_taken_first() {
    // the first card is full, two stamps are lost with the second one on 24 March; one of them would have been taken before
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Bread 4 x 2 EUR }\n\
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { item Bread 2 x 2 EUR }\n\
         when 2026-04-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Bread 2 }\n\
         # 6 - 2 fill a card
         expect Ann has 11 points\n\
         when 2026-04-04 11:00 return \"R-2\" of \"K-2\" by Ann { item Bread 1 }\n\
         expect Ann has 0 points";
    holds(MODES[0], ENDED, &ann(steps));
}

#[test]
fn a_gift_for_a_basket_that_is_worth_nothing_comes_back_with_it() {
    let rules = "earn Hello {\n  on purchase\n  give 5 points\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann {\n  item Bag 0 x 1 EUR\n  item Sample 2 x 0 EUR\n}\n\
         expect Ann earns 5 points\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 5 points";
    holds(MODES[0], rules, &ann(steps));
}

#[test]
fn what_did_not_count_ends_no_level() {
    let rules =
        "tiers Club {\n  count spend in calendar year\n  tier Basic\n  tier Gold { reach 100 EUR spend }\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 100 EUR }\n\
         # a deposit that is paid back ends no level
         when 2026-03-04 10:00 purchase \"K-2\" by Ann { total -20 EUR }\n\
         when 2026-03-05 10:00 purchase \"K-3\" by Ann { item Sample 1 x 0 EUR }\n\
         expect Ann tier is Gold\n\
         when 2026-03-06 10:00 return \"R-1\" of \"K-3\" by Ann { all items }\n\
         expect Ann tier is Gold";
    holds(MODES[0], rules, &ann(steps));
}
