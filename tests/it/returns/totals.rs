//! Purchases of which only the sum is known, returns that name no purchase, and balances that run out.

use super::{ann, holds};

const FULL_ONES: &str = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}";

#[test]
fn a_part_of_a_total_comes_back() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 5.50 EUR }\n\
         expect Ann loses 5 points\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect Ann loses 15 points\n\
         expect Ann has 0 points";
    holds("take back earned in proportion", FULL_ONES, &ann(steps));
}

#[test]
fn more_than_was_paid_counts_up_to_what_is_left() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 50 EUR }\n\
         expect Ann loses 20 points\n\
         when 2026-03-05 10:00 return \"R-2\" of \"K-1\" by Ann { all items }\n\
         expect refused \"nothing is left\"";
    holds("take back earned in proportion", FULL_ONES, &ann(steps));
}

#[test]
fn a_total_of_a_purchase_with_lines_is_refused() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Pears 1 x 20 EUR }\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { total 5 EUR }\n\
         expect refused \"the purchase has lines; say which of them come back\"\n\
         expect Ann has 20 points";
    holds("take back earned in proportion", FULL_ONES, &ann(steps));
}

#[test]
fn a_return_of_everything_has_to_say_of_what() {
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 20 EUR }\n\
         when 2026-03-04 10:00 return \"R-1\" by Ann { all items }\n\
         expect refused \"say which purchase comes back\"\n\
         when 2026-03-04 10:00 return \"R-2\" of \"K-9\" by Ann { all items }\n\
         expect refused \"`K-9` is not known\"\n\
         expect Ann has 20 points";
    holds("take back earned in proportion", FULL_ONES, &ann(steps));
}

#[test]
fn the_purchase_of_another_member_is_not_known() {
    let test = "test \"the test\" {\n  given member Ann { joined 2026-01-05 }\n  given member Bo { joined 2026-01-05 }\n\
         when 2026-03-03 10:00 purchase \"K-1\" by Bo { item Pears 1 x 20 EUR }\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Pears 1 }\n\
         expect refused \"no purchase is known for `Pears`\"\n\
         expect Bo has 20 points\n}";
    holds("take back earned in proportion", FULL_ONES, test);
}

/// Lines of no purchase have taken what the purchase gave, so its own return finds less than it gave.
#[test]
fn a_balance_stays_at_zero_or_becomes_a_debt_that_is_paid_off_first() {
    let steps = |then: &str| {
        ann(&format!(
            "when 2026-03-03 10:00 return \"R-1\" of \"K-0\" by Ann {{ item Pears 1 x 12 EUR }}\n\
             expect Ann has 0 points\n\
             when 2026-03-04 10:00 purchase \"K-1\" by Ann {{ total 20 EUR }}\n\
             expect Ann earns 20 points\n{then}"
        ))
    };
    holds(
        "balance may go negative\nunmatched lines take back today's rate",
        FULL_ONES,
        &steps("expect Ann has 8 points"),
    );
    holds(
        "balance stays at zero\nunmatched lines take back today's rate",
        FULL_ONES,
        &steps("expect Ann has 20 points"),
    );
}
