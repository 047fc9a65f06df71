//! The generated blocks that members play, and those that say who pays: challenges, streaks, tickets with a draw, a
//! partner, and what is announced.

use super::draw::{Draw, Genes};
use super::games::gift_offers;
use super::rules::{Stock, Unit};
use loyalty_rules::calendar::Date;
use loyalty_rules::{Account, Program};

const CHALLENGE: &str = "Aufgaben";
const STREAK: &str = "Serie";

/// A unit of tickets.
pub(super) fn tickets() -> (String, Unit) {
    let text = "unit lose is tickets {\n  singular los\n}".to_owned();
    (text, Unit { name: "lose", decimals: 0, spendable: false, late: false, waits: false, short: false })
}

/// `draw Ziehung { … }`, which also gives tickets for nothing.
pub(super) fn draw(genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let (from, to, held) = [
        ("2026-01-01", "2027-12-31", "2028-02-01"),
        ("2026-03-29", "2026-10-25", "2026-10-26"),
        ("2027-01-31", "2027-03-31", "2027-04-05"),
    ][draw.below(3)];
    let cap = draw.one(&["", "  cap 20 lose per campaign\n", "  cap 3 lose per campaign\n"]);
    let free = draw.one(&["  free entry on stay give 2 lose\n", "", "  free entry on stay give 1 los\n"]);
    format!(
        "draw Ziehung {{\n  draws from lose\n  valid from {from} to {to}\n  held on {held}\n{cap}{free}}}"
    )
}

/// What a challenge or a streak gives: an amount, vouchers, or a choice.
fn gift(stock: &Stock, draw: &mut Draw<'_>) -> String {
    match draw.below(5) {
        0 if stock.voucher => "1 Gutschein".to_owned(),
        1 => {
            let [(one, unit), (two, _)] = gift_offers(stock);
            format!("choice of [{one} {unit}, {two} {unit}] within 20 days otherwise give 2 {unit}")
        }
        _ => {
            let unit = stock.unit(draw);
            format!("{} {}", unit.amount(draw), unit.name)
        }
    }
}

/// `challenge Aufgaben { … }`
pub(super) fn challenge(stock: &Stock, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let unit = stock.units[0].name;
    let counted = format!("{unit} reaches 12");
    let tasks = [
        draw.one(&[
            "items reaches 4",
            "items reaches 2.5 for items where category is Wein",
            "items reaches 9",
        ]),
        draw.one(&["spend reaches 30 EUR", "spend reaches 9.50 EUR for items where category is not Tabak"]),
        draw.one(&[
            "purchases reaches 2",
            "purchases reaches 1 when channel is Web",
            "purchases reaches 2 for items where category is Wein",
        ]),
        draw.one(&["stay reaches 1", "stay reaches 2 when nights is at least 2", &counted]),
    ];
    let count = 1 + draw.below(3);
    let first = draw.below(tasks.len());
    let mut lines = String::new();
    for (name, place) in ["Erste", "Zweite", "Dritte"].into_iter().zip(0..count) {
        lines.push_str(&format!("  task {name}: {}\n", tasks[(first + place) % tasks.len()]));
    }
    let valid =
        draw.one(&["", "", "  valid from 2026-02-01 to 2026-12-20\n", "  valid from 2026-03-29 02:30\n"]);
    let when = draw.one(&["", "", "  when level is x\n", "  when weekday is not sunday\n"]);
    let needs =
        if draw.often(50) { "all tasks".to_owned() } else { format!("any {} tasks", 1 + draw.below(count)) };
    let once =
        draw.one(&["month", "week", "member", "calendar year", "membership year", "quarter", "Saison"]);
    let gift = gift(stock, draw);
    let cap = draw.one(&["", "", "  cap 2 times per quarter\n", "  cap 1 time per membership year\n"]);
    format!(
        "challenge {CHALLENGE} {{\n{valid}{when}{lines}  complete {needs}\n  once per {once}\n  give {gift}\n{cap}}}"
    )
}

/// `streak Serie { … }`
pub(super) fn streak(stock: &Stock, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let (period, word) =
        [("month", "month"), ("week", "week"), ("day", "day"), ("quarter", "quarter")][draw.below(4)];
    let on = draw.one(&["purchase", "purchase", "stay"]);
    let valid = draw.one(&["", "", "  valid from 2026-02-01 to 2027-03-15\n"]);
    let when = draw.one(&["", "", "  when level is x\n", "  when weekday is not sunday\n"]);
    let needs = 1 + draw.below(2);
    let first = 1 + draw.below(2);
    let second = first + 1 + draw.below(2);
    let words = |count: usize| if count == 1 { word.to_owned() } else { format!("{word}s") };
    let forgive = draw.below(second);
    let forgive =
        if forgive == 0 { String::new() } else { format!("  forgive {forgive} missed {}\n", words(forgive)) };
    let gifts = [gift(stock, draw), gift(stock, draw)];
    let restart = draw.maybe(40, |draw| {
        let length = second + draw.below(2);
        format!("  restart after {length} {}\n", words(length))
    });
    let cap = draw.one(&["", "", "  cap 1 time per month\n", "  cap 2 times per calendar year\n"]);
    format!(
        "streak {STREAK} {{\n{valid}  on {on}\n{when}  each {period} needs {needs} {on}\n{forgive}  \
         after {first} {} give {}\n  after {second} {} give {}\n{restart}{cap}}}",
        words(first),
        gifts[0],
        words(second),
        gifts[1]
    )
}

/// `partner Haus { … }`, with a price for every unit.
pub(super) fn partner(stock: &Stock, genes: &Genes) -> String {
    let draw = &mut Draw::new(genes);
    let mut lines = String::new();
    for unit in stock.units.iter().filter(|unit| unit.spendable) {
        let price = draw.one(&["0.01", "0.012345", "1"]);
        lines.push_str(&format!("  pays {price} EUR per {} earned\n", unit.name));
    }
    let settles = draw.one(&["month", "week", "quarter"]);
    format!("partner Haus {{\n{lines}  settles every {settles}\n}}")
}

/// `parameter Zins`, and the award that pays it when it is announced.
pub(super) fn announced(stock: &Stock, genes: &Genes) -> Vec<String> {
    let draw = &mut Draw::new(genes);
    let every = draw.one(&["month", "quarter", "week"]);
    let of = draw.one(&["spend", "spend on the category with most spend"]);
    let items = draw.one(&["", "  for items where category is not Tabak\n"]);
    let unit = stock.units[0].name;
    vec![
        "parameter Zins: percent".to_owned(),
        format!("award Dividende {{\n{items}  every {every} give Zins of {of} as {unit}\n}}"),
    ]
}

/// How far the challenge and the streak have come on a day: what returns do not undo.
pub(super) fn finished(program: &Program, account: &Account, day: Date) -> (bool, Option<u32>) {
    let challenge = account.challenge(program, CHALLENGE, day).is_ok_and(|round| round.finished);
    let streak = account.streak(program, STREAK, day).ok();
    (challenge, streak.map(|run| run.length))
}
