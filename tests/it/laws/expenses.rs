//! Laws of what partners pay for vouchers.

use super::cases_per_law;
use crate::rule_files::compiled;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Program};
use proptest::prelude::*;

/// What an event charges partners in all, in millionths of a cent; nothing if it is refused.
fn charged(program: &Program, account: &mut Account, event: &Event) -> Option<i64> {
    let outcome = Evaluator::new().evaluate(program, account, event).ok()?;
    account.post(program, &outcome).expect("it fits");
    Some(outcome.charges().map(|charge| super::programs::scaled(&charge.amount.to_string(), 8)).sum())
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// Piece by piece, in whatever order, all that was charged for a voucher is credited, and never more than that.
    #[test]
    fn what_comes_back_is_credited_and_no_more(
        lines in prop::collection::vec((1..4_u32, 1..3_000_u32), 1..4),
        order in prop::collection::vec(any::<u32>(), 12),
        crate_too in any::<bool>(),
    ) {
        let program = compiled(include_str!("../partners/expenses.loyalty")).program;
        let mut account = Account::open(&program, "Ann");
        let joins = Event::joining("J-1", "Ann", "2026-07-01T10:00:00Z").build().expect("an event");
        charged(&program, &mut account, &joins);
        let mut buys = Event::purchase("P-1", "Ann", "2026-07-02T10:00:00Z").use_vouchers("Tenth", 1);
        if crate_too {
            buys = buys.use_vouchers("Crate", 1);
        }
        let mut pieces: Vec<String> = Vec::new();
        for (place, (count, cents)) in lines.iter().enumerate() {
            let name = format!("Thing {place}");
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            let item = Item::new(&name, &count.to_string(), &price);
            buys = buys.item(if place == 0 { item.category("Beer") } else { item });
            pieces.extend((0..*count).map(|_| name.clone()));
        }
        let bought = charged(&program, &mut account, &buys.build().expect("an event"));
        // a tenth of next to nothing is nothing, and a voucher is not used for that
        let Some(mut left) = bought else { return Ok(()) };
        prop_assert!(left > 0);
        let mut count = 0;
        while !pieces.is_empty() {
            let pick = order.get(count % order.len()).copied().unwrap_or(0) as usize % pieces.len();
            let piece = pieces.remove(pick);
            let back = Event::returned(&format!("R-{count}"), "Ann", "2026-07-03T10:00:00Z");
            let back = back.line(ReturnLine::new(&piece, "1").of("P-1")).build().expect("an event");
            let credit = charged(&program, &mut account, &back);
            prop_assert!(credit.is_some_and(|credit| credit <= 0), "{credit:?}");
            left += credit.unwrap_or(0);
            prop_assert!(left >= 0, "{left}");
            count += 1;
        }
        prop_assert_eq!(left, 0);
    }
}
