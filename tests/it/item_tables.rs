//! Tables by what differs from item to item: each item has a row of its own.

use crate::rule_files::passes;

#[test]
fn each_item_has_the_rate_of_its_own_row() {
    passes(include_str!("item_tables.loyalty"));
}
