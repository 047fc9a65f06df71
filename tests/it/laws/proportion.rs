//! Laws of proportion: more of the same gives more of the same.
//!
//! A program is *linear* if what it gives is a constant share of what is bought: rates per amount, percentages, pieces,
//! multipliers; no steps, thresholds, caps or levels in it. A program is *rising* if everything it asks is whether
//! there is enough: thresholds, steps, bands that rise, caps, levels, cards and marks.

use super::cases_per_law;
use super::draw::{Draw, Genes, rows};
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;

const HEAD: &str = "edition 2026\n\nprogram Laws {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
    time zone \"Europe/Berlin\"\n}\n\ncategories [Obst, Wein]\n\n";

/// A basket: cents and category of each line.
type Basket = Vec<(i64, bool)>;

fn baskets() -> impl Strategy<Value = Basket> {
    proptest::collection::vec((1_i64..20_000, any::<bool>()), 1..5)
}

/// How points are rounded, and how many decimals they have.
#[derive(Debug, Clone, Copy)]
struct Rounding {
    decimals: u32,
    mode: &'static str,
}

fn roundings() -> impl Strategy<Value = Rounding> {
    let modes = prop_oneof![Just("down"), Just("up"), Just("half up"), Just("half down"), Just("half even")];
    (0_u32..4, modes).prop_map(|(decimals, mode)| Rounding { decimals, mode })
}

impl Rounding {
    fn unit(self) -> String {
        let decimals =
            if self.decimals == 0 { String::new() } else { format!("  decimals {}\n", self.decimals) };
        format!("unit points is spendable {{\n{decimals}  round {} in total\n  expire never\n}}\n", self.mode)
    }

    /// By how many steps one rounding may be beside the true amount: above and below, in halves.
    fn halves(self) -> (i64, i64) {
        match self.mode {
            "down" => (0, 2),
            "up" => (2, 0),
            _ => (1, 1),
        }
    }
}

fn program(text: &str) -> Program {
    match compile(&Sources::single("laws.loyalty", text.to_owned()), &Limits::default()) {
        Ok(compiled) => compiled.program,
        Err(findings) => panic!("{}\n{text}", super::errors_of(&findings)),
    }
}

/// Base rates of constant shares, and multipliers of them.
fn linear(rounding: Rounding, earns: &[Genes], bonuses: &[Genes]) -> String {
    let mut text = format!("{HEAD}{}", rounding.unit());
    for (place, genes) in earns.iter().enumerate() {
        let mut draw = Draw::new(genes);
        let rate = draw.one(&[
            "1 points per 1 EUR",
            "3 points per 7 EUR",
            "2.5% of spend as points",
            "0.3 points per 0.10 EUR",
            "100% of spend as points",
        ]);
        // two base rates get on with each other if no line is for both
        let items = ["  for items where category is Obst\n", "  for items where category is Wein\n"];
        let items = if earns.len() == 2 { items[place] } else { "" };
        text += &format!("\nearn E{place} {{\n  on purchase\n{items}  give {rate}\n}}\n");
    }
    for (place, genes) in bonuses.iter().enumerate() {
        let mut draw = Draw::new(genes);
        let items = draw.one(&["", "  for items where category is Wein\n"]);
        let give = draw.one(&[
            "multiply points by 2",
            "give 33.3% more points",
            "give 1 points per 3 EUR",
            "multiply points by 1.1",
        ]);
        text += &format!("\nbonus B{place} {{\n  on purchase\n{items}  {give}\n  combine add\n}}\n");
    }
    text
}

/// Everything that asks only whether there is enough. Nothing cuts single rules, so that sharing out a rounded total
/// has no meaning for the sum.
fn rising(rounding: Rounding, rules: &[Genes], more: &Genes) -> String {
    let mut text = format!("{HEAD}{}", rounding.unit());
    text += "\nunit stars is status {\n  singular star\n}\n\nvoucher Cup {\n  grants \"A cup\"\n}\n";
    let mut draw = Draw::new(more);
    text += "\nearn Base {\n  on purchase\n  give ";
    text += draw.one(&["1 points per full 2 EUR", "1 points per 1 EUR", "3 points per started 5 EUR"]);
    text += "\n}\n\nearn Stars {\n  on purchase\n  give 1 star per full 3 EUR\n}\n";
    for (place, genes) in rules.iter().enumerate() {
        let mut draw = Draw::new(genes);
        let when = draw.one(&[
            "",
            "  when basket is at least 20 EUR\n",
            "  when spend on (category is Wein) is at least 30 EUR\n",
            "  when any item (price is more than 50 EUR)\n",
        ]);
        let give = draw.one(&[
            "give 7 points",
            "give points by spend bands [from 0 EUR: 2, from 30.01 EUR: 6, from 90 EUR: 50]",
            "give 2 points per full 3 EUR",
            "multiply points by 1.5",
            "give 10% more points",
        ]);
        let flat = give.starts_with("give 7") || give.contains("bands");
        let group = if flat { "best of Flat" } else { "best of Items" };
        let combine = draw.one(&["add", group]);
        text += &format!("\nbonus B{place} {{\n  on purchase\n{when}  {give}\n  combine {combine}\n}}\n");
    }
    if draw.often(50) {
        let least = draw.one(&["10", "60", "150"]);
        text += &format!("\ncap All: {least} points per day on [Base]\n")
            .replace("[Base]", &all_rules(rules.len()));
    }
    text += "\ntiers Status {\n  count stars in calendar year\n  upgrade at once\n  tier Basic\n  tier Gold {\n    \
             reach 12 stars\n    on entry give 25 points\n  }\n}\n";
    text += "\ncard Cups {\n  on purchase\n  stamp 1 per full 10 EUR\n  goal 4 stamps\n  carry over\n  reward 9 points\n}\n";
    text += "\nmilestones Marks {\n  count spend in calendar year\n  at 80 EUR give 13 points\n  \
             every 100 EUR from 100 EUR to 500 EUR give 4 points\n}\n";
    text
}

fn all_rules(bonuses: usize) -> String {
    let names: Vec<String> = (0..bonuses).map(|place| format!("B{place}")).collect();
    format!("[Base{}{}]", if names.is_empty() { "" } else { ", " }, names.join(", "))
}

fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Books purchases one after another in the same minute, and tells the points in their smallest step.
fn points(program: &Program, rounding: Rounding, purchases: &[Basket]) -> i64 {
    let mut account = Account::open(program, "Ann");
    for (place, basket) in purchases.iter().enumerate() {
        let mut event = Event::purchase(&format!("K-{place}"), "Ann", "2026-03-05T10:00:00+01:00");
        for (cents, wine) in basket {
            let category = if *wine { "Wein" } else { "Obst" };
            event = event.item(Item::new("Ware", "1", &money(*cents)).category(category));
        }
        let event = event.build().expect("an event");
        let outcome = Evaluator::new().evaluate(program, &account, &event).expect("it is accepted");
        account.post(program, &outcome).expect("posted");
    }
    let balance = account.balance(program, "points").expect("a unit");
    super::programs::scaled(&balance.available, rounding.decimals)
}

fn times(basket: &Basket, factor: i64) -> Basket {
    basket.iter().map(|(cents, wine)| (cents * factor, *wine)).collect()
}

/// Fractions of what caps have left are compared exactly, however long they are. Of 146 and 11 points each bonus has room
/// for 10, so the earlier name stays; and the base takes all of the room.
#[test]
fn capped_bonuses_of_a_group_are_compared_exactly() {
    let rounding = Rounding { decimals: 2, mode: "down" };
    let text = format!(
        "{HEAD}{}\nearn Base {{\n  on purchase\n  give 1 points per full 2 EUR\n}}\n\n\
         bonus B0 {{\n  on purchase\n  give 2 points per full 3 EUR\n  combine best of Items\n}}\n\n\
         bonus B1 {{\n  on purchase\n  give 10% more points\n  combine best of Items\n}}\n\n\
         cap All: 10 points per day on [Base, B0, B1]\n",
        rounding.unit()
    );
    assert_eq!(points(&program(&text), rounding, &[vec![(22_000, false)]]), 1_000);
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// L8: in a linear program k times the amounts give k times the points, but for what rounding adds or takes: once
    /// for the large purchase, k times one for the small one.
    #[test]
    fn k_times_as_much_gives_k_times_as_much(
        rounding in roundings(), earns in rows(1, 2, 2), bonuses in rows(0, 3, 4), basket in baskets(), k in 2_i64..40,
    ) {
        let program = program(&linear(rounding, &earns, &bonuses));
        let one = points(&program, rounding, std::slice::from_ref(&basket));
        let many = points(&program, rounding, &[times(&basket, k)]);
        let (above, below) = rounding.halves();
        prop_assert!(2 * many <= 2 * one * k + above + k * below, "{many} is more than {k} times {one}");
        prop_assert!(2 * many >= 2 * one * k - below - k * above, "{many} is less than {k} times {one}");
    }

    /// A table by category is one rule for each category, and what all of them give is rounded once.
    #[test]
    fn a_table_by_category_is_one_rule_for_each(
        rounding in roundings(), basket in baskets(), rates in (1_u32..100, 1_u32..100), of_spend in any::<bool>(),
    ) {
        let (fruit, wine) = rates;
        let (unit, end) = if of_spend { ("%", " of spend") } else { ("", " per 3 EUR") };
        let table = format!(
            "{HEAD}{}\nearn E {{\n  on purchase\n  give points by category [Obst: {fruit}{unit}, Wein: {wine}{unit}]{end}\n}}\n",
            rounding.unit()
        );
        let mut single = format!("{HEAD}{}", rounding.unit());
        for (category, rate) in [("Obst", fruit), ("Wein", wine)] {
            let give = if of_spend { format!("{rate}% of spend as points") } else { format!("{rate} points per 3 EUR") };
            single += &format!(
                "\nearn {category} {{\n  on purchase\n  for items where category is {category}\n  give {give}\n}}\n"
            );
        }
        let baskets = [basket];
        prop_assert_eq!(
            points(&program(&table), rounding, &baskets),
            points(&program(&single), rounding, &baskets),
            "{}", table
        );
    }

    /// L8, exactly: where the points have digits enough for every cent, nothing is rounded, and nothing is beside it.
    #[test]
    fn k_times_as_much_gives_exactly_k_times_as_much(basket in baskets(), k in 2_i64..40, mode in roundings()) {
        let rounding = Rounding { decimals: 4, ..mode };
        let text = format!(
            "{HEAD}{}\nearn E {{\n  on purchase\n  give 2.5 points per 1 EUR\n}}\n\nbonus B {{\n  on purchase\n  \
             for items where category is Wein\n  multiply points by 1.1\n  combine add\n}}\n",
            rounding.unit()
        );
        let program = program(&text);
        // 2.5 points per EUR are 250 ten-thousandths per cent; a tenth more of that is 25
        let by_hand: i64 = basket.iter().map(|(cents, wine)| cents * if *wine { 275 } else { 250 }).sum();
        prop_assert_eq!(points(&program, rounding, std::slice::from_ref(&basket)), by_hand);
        prop_assert_eq!(points(&program, rounding, &[times(&basket, k)]), k * by_hand);
    }

    /// L9: in a linear program a purchase gives what its two parts give, but for one rounding more.
    #[test]
    fn a_purchase_gives_what_its_parts_give(
        rounding in roundings(), earns in rows(1, 2, 2), bonuses in rows(0, 3, 4), one in baskets(), two in baskets(),
    ) {
        let program = program(&linear(rounding, &earns, &bonuses));
        let whole = points(&program, rounding, &[[one.clone(), two.clone()].concat()]);
        let parts = points(&program, rounding, &[one, two]);
        let (above, below) = rounding.halves();
        prop_assert!(2 * whole <= 2 * parts + above + 2 * below, "{whole} as one, {parts} in parts");
        prop_assert!(2 * whole >= 2 * parts - below - 2 * above, "{whole} as one, {parts} in parts");
    }

    /// L9 for others: where only full steps count, a purchase that is cut never gives more than the whole one, and
    /// where started steps count never less.
    #[test]
    fn cutting_loses_full_steps_and_wins_started_ones(started in any::<bool>(), one in baskets(), two in baskets()) {
        let rounding = Rounding { decimals: 0, mode: "down" };
        let step = if started { "started" } else { "full" };
        let text =
            format!("{HEAD}{}\nearn E {{\n  on purchase\n  give 1 points per {step} 7 EUR\n}}\n", rounding.unit());
        let program = program(&text);
        let cents = |basket: &Basket| basket.iter().map(|(cents, _)| cents).sum::<i64>();
        let steps = |cents: i64| if started { (cents + 699) / 700 } else { cents / 700 };
        let (first, second) = (cents(&one), cents(&two));
        let whole = points(&program, rounding, &[[one.clone(), two.clone()].concat()]);
        let parts = points(&program, rounding, &[one, two]);
        prop_assert_eq!(whole, steps(first + second));
        prop_assert_eq!(parts, steps(first) + steps(second));
        let fair = if started { parts >= whole } else { parts <= whole };
        prop_assert!(fair, "{} as one, {} in parts", whole, parts);
    }

    /// L20: in a rising program nobody gets fewer points for paying more, neither at once nor later on.
    #[test]
    fn more_spend_never_gives_fewer_points(
        rounding in roundings(), rules in rows(0, 4, 4), more in proptest::collection::vec(any::<u8>(), 4),
        baskets in proptest::collection::vec(baskets(), 1..4), which in any::<prop::sample::Index>(),
        added in 1_i64..9_000,
    ) {
        let program = program(&rising(rounding, &rules, &more));
        let plain = points(&program, rounding, &baskets);
        let mut dearer = baskets;
        let place = which.index(dearer.len());
        dearer[place][0].0 += added;
        let richer = points(&program, rounding, &dearer);
        prop_assert!(richer >= plain, "{plain} points, but {richer} for {added} cents more");
    }

    /// A dozen coupons that count full steps, each on a shelf of its own, beside a multiplier of everything: whatever
    /// the prices, the better one counts on each shelf, and the sum is exact. A line's share of a rule that counts
    /// steps is a fraction with the shelf's sum below it, and all of them meet in one basket.
    #[test]
    fn a_dozen_coupons_with_steps_are_added_exactly(
        basket in proptest::collection::vec((1_i64..9_000, 0_usize..12), 1..40),
        factor in prop_oneof![Just(2_i64), Just(5)],
    ) {
        let shelves: Vec<String> = (0..12).map(|shelf| format!("R{shelf}")).collect();
        let mut text = HEAD.replace("Obst, Wein", &shelves.join(", "));
        text += "unit points is spendable {\n  round down in total\n  expire never\n}\n\n\
                 earn Base {\n  on purchase\n  give 1 points per full 2 EUR\n}\n\n";
        text += &format!("bonus All {{\n  on purchase\n  multiply points by {factor}\n  combine best of Coupons\n}}\n");
        for shelf in &shelves {
            text += &format!(
                "\nbonus C{shelf} {{\n  on purchase\n  for items where category is {shelf}\n  \
                 give 3 points per full 2 EUR\n  combine best of Coupons\n  cap 90_000 points per month\n}}\n"
            );
        }
        let program = program(&text);
        let mut event = Event::purchase("K", "Ann", "2026-03-05T10:00:00+01:00");
        let (mut sums, mut all) = ([0_i64; 12], 0);
        for (cents, shelf) in &basket {
            event = event.item(Item::new("Ware", "1", &money(*cents)).category(&shelves[*shelf]));
            sums[*shelf] += cents;
            all += cents;
        }
        let mut account = Account::open(&program, "Ann");
        let outcome = Evaluator::new().evaluate(&program, &account, &event.build().expect("an event"));
        account.post(&program, &outcome.expect("it is accepted")).expect("posted");
        // on every line of a shelf the same of the two is larger: both are in proportion to its price
        let base = all / 200;
        let (mut by_hand, mut multiplied) = (base, 0);
        for sum in sums {
            let coupon = 3 * (sum / 200);
            if coupon * all > (factor - 1) * base * sum { by_hand += coupon } else { multiplied += sum }
        }
        by_hand += (factor - 1) * base * multiplied / all;
        prop_assert_eq!(account.balance(&program, "points").expect("a unit").available, by_hand.to_string());
    }
}
