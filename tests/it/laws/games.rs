//! The generated blocks that stand beside the rules: tiers, cards, referrals, returns.

use super::draw::{Draw, Genes};
use super::rules::{Stock, Unit};

/// `tiers Status { … }`
pub(super) fn tiers(stock: &Stock, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let window = draw.one(&["calendar year", "month", "quarter", "lifetime", "membership year", "Saison"]);
    let stars = stock.gives_freely("stars");
    let (count, low, high) = match (draw.below(5), stars) {
        (0, _) => ("spend", "10 EUR spend", "50 EUR spend"),
        (1, _) => ("purchases", "2 purchases", "4 purchases"),
        (2, true) => ("stars", "3 stars", "10 stars"),
        (3, true) => ("stars, spend", "3 stars or 20 EUR spend", "10 stars and 60 EUR spend"),
        (4, _) => ("spend on (category is not Tabak)", "5 EUR spend", "30 EUR spend"),
        _ => ("spend, purchases", "10 EUR spend and 2 purchases", "100 EUR spend or 5 purchases"),
    };
    let keep = draw.one(&[
        "",
        "  keep until end of next month\n",
        "  keep until end of month plus 10 days\n",
        "  keep for 1 month\n",
        "  keep for 2 months at month end\n",
        "  keep until end of next quarter plus 1 month at month end\n",
        "  keep forever\n",
    ]);
    let drop = draw.one(&["", "  then drop one level\n", "  then drop to earned tier\n"]);
    let gift = |draw: &mut Draw<'_>| {
        let unit = stock.unit(draw);
        match draw.below(5) {
            0 => String::new(),
            4 => {
                let [(one, unit), (two, _)] = gift_offers(stock);
                format!(
                    "    on entry give choice of [{one} {unit}, {two} {unit}] within 20 days otherwise give 1 {unit}\n"
                )
            }
            1 if stock.voucher => "    on entry give 1 Gutschein\n".to_owned(),
            // what the block counts must not feed it
            _ if unit.name == "stars" => String::new(),
            _ => format!("    on entry give {} {}\n", unit.amount(draw), unit.name),
        }
    };
    let (one, two) = (gift(draw), gift(draw));
    let (lower, higher, plans) = match draw.below(3) {
        0 => (String::new(), String::new(), String::new()),
        plans => paid(draw, plans),
    };
    format!(
        "{plans}tiers Status {{\n  count {count} in {window}\n  upgrade at once\n{keep}{drop}  tier Basic\n  \
         tier Silver {{\n    reach {low}\n{lower}{one}  }}\n  tier Gold {{\n    reach {high}\n{higher}{two}  }}\n}}"
    )
}

/// What pays the lower and the higher level, and the plans.
fn paid(draw: &mut Draw<'_>, plans: usize) -> (String, String, String) {
    let plan = |draw: &mut Draw<'_>, name: &str| {
        let per = draw.one(&[
            "month",
            "quarter",
            "membership year",
            "week",
            "Saison",
            "1 month",
            "20 days",
            "3 months",
        ]);
        let renews = draw.one(&["  renews by itself\n", "", "  renews on request\n"]);
        let trial = draw.one(&["", "  trial 10 days\n", "  trial 1 month\n"]);
        format!("plan {name} {{\n  fee 9.90 EUR per {per}\n{renews}{trial}}}\n\n")
    };
    let half = plan(draw, "Halb");
    if plans == 1 {
        return ("    paid by plan Halb\n".to_owned(), String::new(), half);
    }
    let full = plan(draw, "Voll");
    ("    paid by plan Halb\n".to_owned(), "    paid by plan Voll\n".to_owned(), half + &full)
}

/// What may be chosen where an entry gift is a choice.
pub(super) fn gift_offers(stock: &Stock) -> [(String, String); 2] {
    // the first unit can be spent, so no tiers count it
    let unit = stock.units[0].name.to_owned();
    [("3".to_owned(), unit.clone()), ("7".to_owned(), unit)]
}

/// `bonus Wahl { … }`, and what it offers.
pub(super) fn choice(stock: &mut Stock, genes: &Genes) -> (String, Vec<(String, String)>) {
    let draw = &mut Draw::new(genes);
    stock.names.push("Wahl".to_owned());
    let mut offers: Vec<(String, String)> = Vec::new();
    for _ in 0..3 {
        let unit = stock.unit(draw);
        let offer = match draw.below(4) {
            0 if stock.voucher => (draw.one(&["1", "2"]).to_owned(), "Gutschein".to_owned()),
            _ => (unit.amount(draw).to_owned(), unit.name.to_owned()),
        };
        if !offers.contains(&offer) {
            offers.push(offer);
        }
    }
    if offers.len() < 2 {
        offers.push(("1000".to_owned(), stock.units[0].name.to_owned()));
    }
    let picks = if offers.len() == 3 { draw.one(&["", "2 from "]) } else { "" };
    let list: Vec<String> = offers.iter().map(|(amount, unit)| format!("{amount} {unit}")).collect();
    let list = list.join(", ");
    let within = draw.one(&["1 month", "10 days", "1 day", "3 months"]);
    let otherwise = draw.maybe(50, |draw| {
        let (amount, unit) = &offers[draw.below(offers.len())];
        format!(" otherwise give {amount} {unit}")
    });
    let on = draw.one(&["purchase", "purchase", "stay", "joining"]);
    let cap = draw.one(&["", "  cap 2 times per month\n"]);
    let cap = if on == "joining" { "" } else { cap };
    let text = format!(
        "bonus Wahl {{\n  on {on}\n  give choice of {picks}[{list}] within {within}{otherwise}\n  combine add\n{cap}}}"
    );
    (text, offers)
}

/// `card Karte { … }`
pub(super) fn card(stock: &Stock, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let items =
        draw.one(&["", "  for items where category is not Tabak\n", "  for items where category is Wein\n"]);
    let when = draw.one(&["", "", "  when channel is not Web\n"]);
    let stamp = draw.one(&["1 per item", "1", "1 per full 5 EUR", "2", "1 per started 7 EUR", "2 per 3 EUR"]);
    let goal = draw.one(&["5", "3", "10"]);
    let start = draw.one(&["", "  start with 1 stamp\n", "  start with 2 stamps on every card\n"]);
    let cap = draw.one(&[
        "",
        "  cap 3 stamps per day\n",
        "  cap 7 stamps per month\n",
        "  cap 9 stamps per Saison\n",
        "  cap 2 stamps per purchase\n",
    ]);
    let carry = draw.one(&["", "  carry over\n", "  no carry over\n"]);
    let expire = draw.one(&[
        "",
        "  expire 1 month after first stamp\n",
        "  expire 20 days after first stamp at month end\n",
        "  expire after 20 days without purchase\n",
    ]);
    let reward = gift(stock, draw);
    format!(
        "card Karte {{\n  on purchase\n{items}{when}  stamp {stamp}\n  goal {goal} stamps\n{start}{cap}{carry}{expire}  reward {reward}\n}}"
    )
}

/// `referral Freunde { … }`
pub(super) fn referral(stock: &Stock, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let (times, least) = match draw.below(6) {
        0 => ("2 ", ""),
        1 => ("3 ", ""),
        _ => ("", draw.one(&["", " of at least 5 EUR", " of at least 50 EUR"])),
    };
    let named = draw.one(&["", "  friend may be named until first purchase\n"]);
    let asks = draw.one(&[
        "",
        "",
        "  when friend spend so far is at least 20 EUR\n",
        "  when referrer time since joining is at least 20 days\n",
    ]);
    let within = draw.one(&["", " within 30 days of joining", " within 3 months of joining"]);
    let wait = draw.one(&["", "  wait 3 days\n", "  wait 14 days\n", "  wait 1 month\n"]);
    let joining = draw.maybe(40, |draw| format!("  on joining give {} to friend\n", gift(stock, draw)));
    let asked = draw.maybe(20, |draw| format!("  on joining give {} to referrer\n", gift(stock, draw)));
    let friend = draw.maybe(50, |draw| format!("  on qualifying give {} to friend\n", gift(stock, draw)));
    let referrer = match draw.below(4) {
        0 => format!("  on qualifying give 3% of spend as {} to referrer\n", stock.units[0].name),
        _ => format!("  on qualifying give {} to referrer\n", gift(stock, draw)),
    };
    let cap = draw.one(&[
        "",
        "  cap referrer 1 time per month\n",
        "  cap 2 times per calendar year\n",
        "  cap friend 1 time per lifetime\n",
    ]);
    // a side that gets nothing has no cap
    let cap = if friend.is_empty() && joining.is_empty() && cap.contains("friend") { "" } else { cap };
    let same = draw.one(&["", "  not within same household\n"]);
    format!(
        "referral Freunde {{\n  friend qualifies with {times}purchase{least}{within}\n{named}{asks}{wait}{joining}{asked}{referrer}{friend}{cap}{same}}}"
    )
}

fn gift(stock: &Stock, draw: &mut Draw<'_>) -> String {
    let spendable: Vec<&Unit> = stock.units.iter().filter(|unit| unit.spendable).collect();
    let unit = spendable[draw.below(spendable.len())];
    if stock.voucher && draw.often(40) {
        return "1 Gutschein".to_owned();
    }
    format!("{} {}", unit.amount(draw), unit.name)
}

/// The `returns` block: its text, whether anything is taken back, whether the balance may go negative.
pub(super) fn returns(genes: &Genes) -> (String, bool, bool) {
    let draw = &mut Draw::new(genes);
    let take = draw.one(&[
        "",
        "  take back earned in proportion\n",
        "  take back earned as if never bought\n",
        "  take back earned as if never bought\n",
        "  take back earned in full\n",
        "  take back nothing\n",
    ]);
    let balance = draw.one(&["", "  balance may go negative\n", "  balance stays at zero\n"]);
    let within = draw.one(&["", "", "  accept within 30 days\n"]);
    let unmatched = draw.one(&[
        "",
        "  unmatched lines are refused\n",
        "  unmatched lines are skipped\n",
        "  unmatched lines take back today's rate\n",
        "  unmatched lines take back today's rate\n",
    ]);
    let lines = format!("{take}{balance}{within}{unmatched}");
    (format!("returns {{\n{lines}}}"), !take.contains("nothing"), !balance.contains("zero"))
}

/// How points are spent, and a reward.
pub(super) fn spending(stock: &Stock, genes: &Genes) -> (Vec<String>, i64) {
    let mut draw = Draw::new(genes);
    let price = draw.one(&["3", "10", "1"]);
    let rate = draw.one(&["10 points for 1 EUR", "1 point for 0.03 EUR", "7 points for 0.50 EUR"]);
    let rate = rate.replace("1 point ", "1 points ");
    let mut lines = format!("  {rate}\n");
    lines += draw.one(&["", "", "  at least 2 points\n"]);
    lines += draw.one(&["", "", "  in steps of 2 points\n"]);
    lines += draw.one(&[
        "",
        "  at most 50% of basket\n",
        "  at most 40 points\n",
        "  only for the whole basket\n",
    ]);
    lines += draw.one(&["", "", "  for items where category is not Tabak\n"]);
    let gives = match (stock.voucher, stock.units.get(1).filter(|unit| unit.spendable)) {
        (true, _) => "  give 1 Gutschein\n".to_owned(),
        (_, Some(unit)) => format!("  give 2 {}\n", unit.name),
        _ => "  grants 1 item free\n".to_owned(),
    };
    let cap = draw.one(&["", "  cap 2 times per month\n"]);
    let mut blocks = vec![
        format!("redeem points {{\n{lines}}}"),
        format!("reward Tasche costs {price} points {{\n{gives}{cap}}}"),
    ];
    let when = draw.one(&["", "", "at once", "every month", "every 2 months from 02-01 from 30 points on"]);
    if stock.voucher && !when.is_empty() {
        blocks.push(format!("convert 20 points into 2 Gutschein {when}"));
    }
    (blocks, price.parse().expect("a number"))
}

/// `charities`, a donation unit, and two `donate`: one that gives at once, and one that is settled by the clock. The level
/// of a member may name the charity.
pub(super) fn giving(genes: &Genes) -> Vec<String> {
    let draw = &mut Draw::new(genes);
    let round = draw.one(&["down", "up", "half up", "half down", "half even"]);
    let unit = format!("unit gaben is donation in EUR {{\n  round {round} in total\n}}");
    let mut blocks = vec!["charities [x, y]".to_owned(), unit];
    for name in ["Gabe", "Anteil"] {
        let gift = draw.one(&[
            "round basket up to next 1 EUR",
            "round basket up to next 2.50 EUR\n  whole amounts give 0.30 EUR",
            "round basket up to next 1 EUR\n  multiply by 3\n  add 0.50 EUR",
            "give 1% of spend as gaben",
            "give 33.333333% of spend as gaben",
            "give 0.07 gaben",
            "give 0.05 gaben per item",
            "give 0.3 gaben per full 3 EUR",
            "give 0.01 gaben per started 7 EUR",
            "give 0.07 gaben per 3 EUR",
            "give 3.7% of spend paid with Prepaid as gaben",
            "give gaben by category [Wein: 7%, Tabak: 1.3%] of spend",
            "give gaben by channel [Web: 0.1, Markt: 0.25] per full 2 EUR",
            "give gaben by spend bands [from 2 EUR: 0.5, from 20 EUR: 0.75]",
        ]);
        let items = match draw.one(&["", "  for items where category is not Tabak\n"]) {
            _ if gift.starts_with("round") => "",
            items => items,
        };
        let on = draw.one(&["purchase", "purchase", "stay"]);
        let when = draw.one(&["", "", "  when channel is not Web\n", "  when level is x\n"]);
        let cap = draw.one(&[
            "",
            "",
            "  cap 2 times per month\n",
            "  cap 0.40 EUR per week\n",
            "  cap 1 gaben per stay\n",
        ]);
        let cap = if cap.contains("stay") && on != "stay" { "" } else { cap };
        let pays = draw.one(&["month", "week", "quarter", "membership year", "day"]);
        let pays = if name == "Gabe" { String::new() } else { format!("  pay every {pays}\n") };
        let to = draw.one(&["x", "matching level", "y"]);
        blocks.push(format!(
            "donate {name} {{\n  on {on}\n{items}{when}  {gift}\n{cap}{pays}  to charity {to}\n}}"
        ));
    }
    blocks
}

/// A `rebate` and an `award`.
pub(super) fn rebates(stock: &Stock, genes: &Genes) -> Vec<String> {
    let draw = &mut Draw::new(genes);
    let unit = stock.unit(draw);
    let period = draw.one(&["month", "week", "quarter", "membership year", "day", "Saison"]);
    let items = draw.one(&["", "  for items where category is not Tabak\n"]);
    let when = draw.one(&["", "", "  when channel is not Web\n"]);
    let stages = match draw.below(3) {
        0 => "  stages are incremental\n  stage from 0 EUR: 1%\n  stage from 10 EUR: 7.5%\n".to_owned(),
        1 => "  stages are retroactive\n  stage from 5 EUR: 2%\n  stage from 20 EUR: 11%\n".to_owned(),
        _ => format!("  stages are retroactive\n  stage from 3.50 EUR: 2 {}\n", unit.name),
    };
    let after = draw.one(&["1 day", "10 days", "1 month"]);
    let rebate = format!(
        "rebate Bonus {{\n{items}{when}  period {period}\n{stages}  pay {} {after} after period end\n}}",
        unit.name
    );
    let when = draw.one(&["", "", "  when level is x\n", "  when purchases in this month is at least 2\n"]);
    let name = unit.name;
    let give = match draw.below(8) {
        4 => format!("2 {name} per full 3 EUR"),
        5 => format!("1 {name} per started 8 EUR of spend paid with Prepaid"),
        6 => format!("5% of spend paid with Prepaid as {name}"),
        7 => format!("choice of [1 {name}, 3 {name}] within 20 days otherwise give 1 {name}"),
        0 => format!("5% of spend as {name}"),
        1 => format!("5% of spend on the category with most spend as {name}"),
        2 => format!("3 {name}"),
        _ => format!("{name} by spend bands [from 1 EUR: 1, from 15 EUR: 4]"),
    };
    let every = draw.one(&["month", "week", "day", "quarter"]);
    vec![rebate, format!("award Rest {{\n{when}  every {every} give {give}\n}}")]
}
