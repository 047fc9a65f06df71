//! L5 where it is hard: returns over several purchases that were paid with points, under programs in which a level, a
//! gift, a last day, a cap or a debt hangs on what comes back.

use super::cases_per_law;
use super::draw::{Draw, Genes, rows, shuffle};
use super::histories::instant;
use super::returns::traces;
use super::world::World;
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Compiled, Event, Limits, Sources, compile};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

const DAY: i64 = 86_400;
/// 2026-02-02 10:00 UTC.
const START: i64 = 1_770_026_400;

proptest! {
    #![proptest_config(cases_per_law())]

    /// L5: whatever comes back of whatever purchases, in any number of returns and in any order, the account ends as after
    /// one return of the same things.
    #[test]
    fn returns_of_several_purchases_end_where_one_return_ends(case in cases()) {
        let text = case.text();
        let compiled = compile(&Sources::single("splits.loyalty", text.as_str()), &Limits::default());
        // what a program gives may be worth more than what it asks for
        let Ok(Compiled { program, .. }) = compiled else { return Ok(()) };
        let mut before = World::new(&program);
        let mut bought = Vec::new();
        for happening in &case.told {
            let told = before.deliver(&happening.build());
            let applied = told.first().is_some_and(|delivery| delivery.result.is_ok());
            match &happening.what {
                What::Buys { lines, .. } if applied => bought.push((happening.id.clone(), lines.clone())),
                What::Returns { of, line } if applied => {
                    let known = bought.iter_mut().find(|(id, _)| id == of);
                    if let Some((_, lines)) = known {
                        lines[line - 1].pieces -= 1;
                    }
                }
                _ => {}
            }
        }
        let mut pieces = case.pieces(&bought);
        if pieces.is_empty() {
            return Ok(());
        }
        let now = case.now();
        // windows that nobody asks any more are forgotten with the first event of a day
        before.deliver(&Happening { id: "mark".into(), at: now - 1, what: What::Nothing }.build());
        let ends = |steps: &[&[Piece]]| {
            let mut world = World { accounts: before.accounts.clone(), ..World::new(&program) };
            for (place, pieces) in steps.iter().enumerate() {
                let told = world.deliver(&returned(&format!("R{place}"), now + place as i64, pieces));
                assert!(told[0].result.is_ok(), "{:?}", told[0].result);
            }
            traces(&program, &world.accounts["Ann"], |_| true)
        };
        let whole: BTreeMap<String, String> = ends(&[&pieces]);
        shuffle(&mut pieces, &case.spare[8..]);
        let mut draw = Draw::new(&case.spare[40..]);
        let mut steps: Vec<&[Piece]> = Vec::new();
        let mut rest = &pieces[..];
        while !rest.is_empty() {
            let (step, later) = rest.split_at(1 + draw.below(rest.len().min(3)));
            steps.push(step);
            rest = later;
        }
        prop_assert_eq!(&whole, &ends(&steps), "in steps {:?}", steps);
    }
}

#[test]
fn these_programs_mostly_compile() {
    let mut runner = TestRunner::deterministic();
    let texts = (0..300).map(|_| cases().new_tree(&mut runner).expect("a case").current().text());
    let good = texts.filter(|text| {
        compile(&Sources::single("splits.loyalty", text.as_str()), &Limits::default()).is_ok()
    });
    assert!(good.count() >= 240);
}

/// A piece that comes back: of which purchase, which line, counted from 1, and its name.
type Piece = (String, usize, &'static str);

fn returned(id: &str, at: i64, pieces: &[Piece]) -> Event {
    let mut event = Event::returned(id, "Ann", &instant(at).to_string());
    for (of, line, name) in pieces {
        event = event.line(ReturnLine::new(name, "1").line(*line as u32).of(of));
    }
    event.build().expect("an event")
}

#[derive(Clone)]
struct Case {
    program: Genes,
    told: Vec<Happening>,
    spare: Genes,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text())?;
        for Happening { id, at, what } in &self.told {
            writeln!(f, "{} {id} {what:?}", instant(*at))?;
        }
        write!(f, "spare {:?}", self.spare)
    }
}

#[derive(Debug, Clone)]
struct Line {
    name: &'static str,
    pieces: i64,
    price: &'static str,
}

#[derive(Debug, Clone)]
enum What {
    Buys {
        lines: Vec<Line>,
        words: Vec<(&'static str, &'static str)>,
    },
    Redeems(&'static str),
    /// One piece of a line.
    Returns {
        of: String,
        line: usize,
    },
    Nothing,
}

#[derive(Debug, Clone)]
struct Happening {
    id: String,
    at: i64,
    what: What,
}

fn cases() -> impl Strategy<Value = Case> {
    (proptest::collection::vec(any::<u8>(), 24), rows(1, 8, 14), proptest::collection::vec(any::<u8>(), 64))
        .prop_map(|(program, genes, spare)| {
            let told = tell(&genes);
            Case { program, told, spare }
        })
}

fn tell(genes: &[Genes]) -> Vec<Happening> {
    let mut told: Vec<Happening> = Vec::new();
    let mut now = START;
    for (place, genes) in genes.iter().enumerate() {
        let mut draw = Draw::new(genes);
        now += DAY * [0, 1, 4, 12, 31][draw.below(5)] + 60;
        let what = match draw.below(12) {
            7..=9 => What::Redeems(draw.one(&["10", "30", "65", "5", "20"])),
            10 => What::Nothing,
            11 => back_of(&mut draw, &told),
            _ => buys(&mut draw),
        };
        told.push(Happening { id: format!("E{place}"), at: now, what });
    }
    told
}

fn back_of(draw: &mut Draw<'_>, told: &[Happening]) -> What {
    let bought: Vec<(&str, usize)> = told
        .iter()
        .filter_map(|known| match &known.what {
            What::Buys { lines, .. } => Some((known.id.as_str(), lines.len())),
            _ => None,
        })
        .collect();
    if bought.is_empty() {
        return What::Nothing;
    }
    let (of, lines) = bought[draw.below(bought.len())];
    What::Returns { of: of.to_owned(), line: 1 + draw.below(lines) }
}

fn buys(draw: &mut Draw<'_>) -> What {
    let count = 1 + draw.below(2);
    let lines = (0..count).map(|_| Line {
        name: draw.one(&["Loaf", "Wine", "Cigar"]),
        pieces: [1, 2, 3][draw.below(3)],
        price: draw.one(&["20", "40", "9", "30", "75", "1.50"]),
    });
    let lines = lines.collect();
    let mut words = Vec::new();
    match draw.below(5) {
        1 | 2 => words.push(("points", draw.one(&["10", "20", "4"]))),
        3 => words.push(("points up to", draw.one(&["30", "100", "7"]))),
        _ => {}
    }
    if draw.often(25) {
        words.push(("Coffee", "1"));
    }
    What::Buys { lines, words }
}

impl Happening {
    fn build(&self) -> Event {
        let at = instant(self.at).to_string();
        let built = match &self.what {
            What::Buys { lines, words } => {
                let mut event = Event::purchase(&self.id, "Ann", &at);
                for Line { name, pieces, price } in lines {
                    let category = match *name {
                        "Loaf" => "Bread",
                        "Wine" => "Wine",
                        _ => "Tobacco",
                    };
                    event = event.item(Item::new(name, &pieces.to_string(), price).category(category));
                }
                for (word, value) in words {
                    event = match *word {
                        "points" => event.redeem("points", value),
                        "Coffee" => event.use_vouchers("Coffee", 1),
                        _ => event.redeem_up_to("points", value),
                    };
                }
                event.build()
            }
            What::Redeems(amount) => {
                Event::redemption(&self.id, "Ann", &at).redeem_up_to("points", amount).build()
            }
            What::Returns { of, line } => {
                let line = ReturnLine::new("", "1").line(*line as u32);
                Event::returned(&self.id, "Ann", &at).of(of).line(line).build()
            }
            What::Nothing => Event::change(&self.id, "Ann", &at).build(),
        };
        built.expect("an event")
    }
}

impl Case {
    /// When the first of the returns comes.
    fn now(&self) -> i64 {
        let last = self.told.last().map_or(START, |last| last.at);
        last + DAY * [0, 0, 3, 9, 40][Draw::new(&self.spare).below(5)] + 60
    }

    /// What comes back.
    fn pieces(&self, bought: &[(String, Vec<Line>)]) -> Vec<Piece> {
        let mut draw = Draw::new(&self.spare[1..8]);
        let least = [0, 40, 70][draw.below(3)];
        let mut pieces = Vec::new();
        for (place, (id, lines)) in bought.iter().enumerate() {
            for (line, bought) in lines.iter().enumerate() {
                for piece in 0..bought.pieces {
                    // a byte of its own for each piece, so that leaving out an event shrinks well
                    let byte = self.spare[(place * 7 + line * 3 + piece as usize) % self.spare.len()];
                    if usize::from(byte) * 100 / 256 >= least {
                        pieces.push((id.clone(), line + 1, bought.name));
                    }
                }
            }
        }
        pieces
    }

    fn text(&self) -> String {
        let draw = &mut Draw::new(&self.program);
        let terms = draw.one(&[
            "  expire never",
            "  expire 2 months after earning",
            "  expire at end of month plus 1 month",
            "  expire after 40 days without purchase",
            "  expire never\n  spend oldest first",
            "  activate after 3 days\n  expire 1 month after activation",
        ]);
        let take = draw.one(&[
            "  take back earned in proportion\n",
            "",
            "  take back earned as if never bought\n",
            "  take back earned in full\n",
            "  take back nothing\n",
        ]);
        let balance = draw.one(&["  balance may go negative\n", "", "  balance stays at zero\n"]);
        let least =
            draw.maybe(15, |_| "  give back redeemed to original lots with at least 30 days\n".to_owned());
        let items = draw.one(&["", "  for items where category is not Tobacco\n"]);
        let cap = draw.one(&["", "", "  cap 1 time per lifetime\n", "  cap 50 points per month\n"]);
        let rate = match cap.contains("1 time") {
            true => draw.one(&["2 points for 1 EUR", "1 points for 1 EUR"]),
            false => draw.one(&["2 points for 1 EUR", "5 points for 1 EUR"]),
        };
        let only = draw.one(&["", "", "  for items where category is Tobacco\n"]);
        let short = draw.maybe(60, |draw| {
            let end = draw.one(&["10 days after earning", "1 month after earning"]);
            format!(
                "bonus Short {{\n  on purchase\n  for items where category is Wine\n  give 20 points\n  combine add\n  expire {end}\n}}\n\n"
            )
        });
        let large = draw.maybe(30, |draw| {
            // what is booked again past its last day may be lost or not, as its lot was emptied before or not
            let ends = !terms.contains("expire never") || !short.is_empty();
            let words = match take.contains("as if") && ends {
                true => "at least 50 EUR",
                false => draw.one(&["at least 50 EUR", "at most 30 EUR"]),
            };
            format!(
                "bonus Basket {{\n  on purchase\n  when basket is {words}\n  give 15 points\n  combine add\n}}\n\n"
            )
        });
        let coffee = draw.maybe(25, |draw| {
            let when = draw.one(&["", "  when basket is at least 40 EUR\n"]);
            format!("bonus Treat {{\n  on purchase\n{when}  give 1 Coffee\n  combine add\n}}\n\n")
        });
        let tiers = draw.maybe(60, |draw| {
            let count = draw.one(&["spend in calendar year", "spend in month", "spend in lifetime"]);
            let (low, high) = [("40", "120"), ("75", "90"), ("10", "60")][draw.below(3)];
            let gift = |draw: &mut Draw<'_>| {
                draw.one(&["", "    on entry give 8 points\n", "    on entry give 20 points\n", "    on entry give 1 Coffee\n"])
            };
            let (one, two) = (gift(draw), gift(draw));
            format!(
                "tiers Club {{\n  count {count}\n  tier Basic\n  tier Mid {{\n    reach {low} EUR spend\n{one}  }}\n  \
                 tier High {{\n    reach {high} EUR spend\n{two}  }}\n}}\n\n"
            )
        });
        format!(
            "edition 2026\n\nprogram Splits {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n}}\n\ncategories [Bread, Wine, Tobacco]\n\n\
             unit points is spendable {{\n  round down in total\n{terms}\n}}\n\n\
             voucher Coffee {{\n  grants 3 EUR off\n  valid for 2 months\n}}\n\n\
             earn Base {{\n  on purchase\n{items}  give 1 points per full 1 EUR\n{cap}}}\n\n\
             {short}{large}{coffee}redeem points {{\n  {rate}\n{only}}}\n\n{tiers}returns {{\n{take}{balance}{least}}}\n"
        )
    }
}
