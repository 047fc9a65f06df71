//! Laws of giving: charities get what they were promised, rounded once.

use super::histories::{Happening, cases};
use super::programs::scaled;
use super::world::{World, tick};
use super::{cases_per_law, compiled};
use loyalty_rules::calendar::Date;
use loyalty_rules::ledger::{Book, CharityBook, LedgerLine, LineKind};
use loyalty_rules::{Outcome, Program};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Member, rule, charity, and the day on which it is settled.
type Key = (String, String, String, Option<String>);

/// What outcomes say that charities get, in parts of 10^14, and what they book for them, in coins.
#[derive(Debug, Default)]
struct Given {
    said: BTreeMap<Key, i128>,
    booked: BTreeMap<Key, i128>,
}

impl Given {
    fn add(&mut self, program: &Program, outcome: &Outcome) {
        let member = outcome.member().to_owned();
        for it in outcome.donations(program) {
            let day = it.settled_on.map(|day| day.to_string());
            *self.said.entry((member.clone(), it.rule, it.charity, day)).or_insert(0) += exact(&it.amount);
        }
        for delta in outcome.deltas() {
            let line = program.ledger_line(&member, delta);
            if line.kind != LineKind::Donation {
                continue;
            }
            // what was a mistake goes back
            let sign = if line.to == Book::Charity { 1 } else { -1 };
            let day = line.key.starts_with('@').then(|| line.day.to_string());
            let coins = sign * i128::from(scaled(&line.amount, 2));
            *self.booked.entry((member.clone(), line.rule, line.unit, day)).or_insert(0) += coins;
        }
    }
}

/// A decimal text of at most 14 decimals in parts of 10^14.
fn exact(text: &str) -> i128 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    sign * format!("{whole}{rest:0<14}").parse::<i128>().expect("a decimal")
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// What is given at once is booked at once, to the coin; what is pledged and not returned is booked on the day that
    /// was said, rounded half up once.
    #[test]
    fn charities_get_what_was_said_rounded_once(case in cases()) {
        if !case.rules.blocks.iter().any(|block| block.starts_with("donate")) {
            return Ok(());
        }
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let mut world = World::new(program);
        let mut given = Given::default();
        for happening in &case.history {
            for told in world.deliver(&happening.build()) {
                if let Ok(outcome) = &told.result {
                    given.add(program, outcome);
                }
            }
        }
        for account in world.accounts.values_mut() {
            // every pledge is settled within two years
            let to = case.history.iter().map(|it: &Happening| it.at).max().unwrap_or(0) + 2 * 366 * 86_400;
            let to = loyalty_rules::calendar::Instant::from_micros(to * 1_000_000).expect("a moment");
            given.add(program, &tick(program, account, to));
            prop_assert!(account.donated(program).iter().all(|it| it.pledged == "0.00"), "{:?}", account.donated(program));
        }
        const COIN: i128 = 1_000_000_000_000;
        let expected = given.said.into_iter().filter_map(|(key, amount)| {
            assert!(amount >= 0, "{key:?}: {amount}");
            assert!(key.3.is_some() || amount % COIN == 0, "{key:?}: {amount}");
            let coins = (amount + COIN / 2) / COIN;
            (coins > 0).then_some((key, coins))
        });
        given.booked.retain(|_, coins| *coins != 0);
        prop_assert_eq!(expected.collect::<BTreeMap<_, _>>(), given.booked);
    }

    /// The statements of charities add up to what all accounts have booked for them, whatever the order of the lines, how
    /// often each comes and when statements are closed.
    #[test]
    fn statements_of_charities_are_the_fold_of_all_deltas(
        case in cases(),
        order in any::<u64>(),
        closings in prop::collection::vec(0..800_u32, 0..4),
    ) {
        if !case.rules.blocks.iter().any(|block| block.starts_with("donate")) {
            return Ok(());
        }
        let Some(compiled) = compiled(&case.rules) else { return Ok(()) };
        let program = &compiled.program;
        let mut world = World::new(program);
        let mut lines: Vec<LedgerLine> = Vec::new();
        for happening in &case.history {
            for told in world.deliver(&happening.build()) {
                if let Ok(outcome) = &told.result {
                    lines.extend(outcome.lines(program).filter(|line| line.kind == LineKind::Donation));
                }
            }
        }
        let mut expected: BTreeMap<String, i128> = BTreeMap::new();
        for line in &lines {
            let sign = if line.to == Book::Charity { 1 } else { -1 };
            *expected.entry(line.unit.clone()).or_insert(0) += sign * i128::from(scaled(&line.amount, 2));
        }
        // each line comes twice, in some order
        let mut all: Vec<&LedgerLine> = lines.iter().chain(&lines).collect();
        let length = all.len().max(1);
        all.rotate_left(usize::try_from(order % length as u64).unwrap_or(0));
        if order % 2 == 0 {
            all.reverse();
        }
        let first: Date = "2026-01-01".parse().expect("a day");
        let mut books: BTreeMap<String, CharityBook> = BTreeMap::new();
        for (place, line) in all.into_iter().enumerate() {
            let book = books.entry(line.unit.clone()).or_insert_with(|| CharityBook::new(&line.unit, "EUR"));
            prop_assert!(book.post(line).is_ok());
            if let Some(day) = closings.get(place) {
                book.close(first.plus_days(*day));
            }
        }
        for (charity, book) in &mut books {
            book.close(first.plus_days(4_000));
            prop_assert_eq!(book.open_days(), None);
            let told: i128 = book.statements().iter().map(|it| i128::from(scaled(&it.owed, 2))).sum();
            prop_assert_eq!(Some(&told), expected.get(charity));
        }
        prop_assert_eq!(books.len(), expected.len());
    }
}
