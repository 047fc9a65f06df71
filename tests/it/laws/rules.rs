//! Generated `earn` and `bonus` blocks, and the caps on them.

use super::conditions;
use super::draw::{Draw, Genes};
use super::programs::{CapFact, Limit, scaled};
use std::collections::BTreeMap;

/// A unit and how many decimals it has.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) name: &'static str,
    pub(super) decimals: u32,
    pub(super) spendable: bool,
    /// What is earned is usable later than at once.
    pub(super) late: bool,
    /// What is earned waits for an event.
    pub(super) waits: bool,
    /// What is earned lasts some days only.
    pub(super) short: bool,
}

impl Unit {
    /// A number that the unit can hold.
    pub(super) fn amount(&self, draw: &mut Draw<'_>) -> &'static str {
        match self.decimals {
            0 => draw.one(&["1", "2", "10", "3", "100", "7"]),
            1 => draw.one(&["1", "2", "0.5", "10", "3.3", "100"]),
            _ => draw.one(&["1", "0.25", "2", "10", "3.33", "100"]),
        }
    }
}

/// What the rules of a program can name, and what is known of them.
pub(super) struct Stock {
    pub(super) units: Vec<Unit>,
    pub(super) tiers: bool,
    pub(super) voucher: bool,
    /// Whether a partner pays for units that can be spent.
    pub(super) partner: bool,
    pub(super) rules: Vec<RuleFact>,
    pub(super) caps: Vec<CapFact>,
    pub(super) names: Vec<String>,
}

/// What shared caps have to know of a rule.
pub(super) struct RuleFact {
    name: String,
    gives: String,
    counts_spend: bool,
    /// A base rate on something that can happen again and again.
    repeats: bool,
}

/// What is given, and what that means for the other lines.
struct Give {
    text: String,
    /// The unit or voucher.
    gives: String,
    /// One share of the event instead of shares of items.
    flat: bool,
    counts_spend: bool,
    /// In proportion to an attribute of the event.
    of_event: bool,
    unit: Option<Unit>,
}

const CATEGORIES: [&str; 3] = ["Obst", "Wein", "Tabak"];
const WINDOWS: [&str; 9] = [
    "purchase",
    "day",
    "month",
    "lifetime",
    "week",
    "quarter",
    "half-year",
    "calendar year",
    "membership year",
];

impl Stock {
    /// A name that no rule has yet.
    fn name(&mut self, draw: &mut Draw<'_>, of: &[&str]) -> String {
        let first = draw.below(of.len());
        let mut turn = (0..of.len()).map(|step| of[(first + step) % of.len()]);
        let name = turn.find(|name| !self.names.iter().any(|known| known == name));
        let name = name.expect("more names than rules").to_owned();
        self.names.push(name.clone());
        name
    }

    pub(super) fn unit(&self, draw: &mut Draw<'_>) -> Unit {
        self.units[draw.below(self.units.len())].clone()
    }

    /// All base rates. Those of one unit, event and sort get on with each other in one of three ways: as a `best of`
    /// group, by categories of their own, or because the others replace the first.
    pub(super) fn earns(&mut self, all: &[Genes]) -> Vec<String> {
        let mut started = Vec::new();
        let mut of_events: BTreeMap<(String, &str), bool> = BTreeMap::new();
        let mut sizes: BTreeMap<(String, &str, bool), usize> = BTreeMap::new();
        for genes in all {
            let mut draw = Draw::new(genes);
            let on = draw.one(&["purchase", "purchase", "purchase", "purchase", "stay", "joining"]);
            let name = self.name(&mut draw, &["Grund", "A", "Zusatz", "m", "Äpfel", "B"]);
            let way = draw.below(3);
            let give = match on {
                "purchase" => self.give(&mut draw),
                "stay" => self.give_on_stay(&mut draw),
                _ => self.give_flat(&mut draw),
            };
            let give = self.beside(&mut of_events, on, give);
            let key = (give.gives.clone(), on, give.flat);
            *sizes.entry(key.clone()).or_default() += 1;
            started.push((draw, on, name, way, give, key));
        }
        let mut first: BTreeMap<(String, &str, bool), (usize, usize, String)> = BTreeMap::new();
        let mut blocks = Vec::new();
        for (mut draw, on, name, way, give, key) in started {
            let (place, way, base) = {
                let known = first.entry(key.clone()).or_insert((0, way, name.clone()));
                known.0 += 1;
                (known.0 - 1, known.1, known.2.clone())
            };
            let mut items = if on == "purchase" { self.for_items(&mut draw) } else { String::new() };
            let mut manners = String::new();
            match (sizes[&key] > 1, way) {
                (false, _) => {}
                (true, 1) if on == "purchase" && !give.flat && !give.of_event => {
                    let category = CATEGORIES.get(place).map_or("unknown", |name| *name);
                    items = format!("  for items where category is {category}\n");
                }
                (true, 2) if on == "purchase" && !give.flat && !give.of_event => {
                    if place > 0 {
                        items = format!("  for items where category is {}\n", CATEGORIES[place - 1]);
                        manners = format!("  replaces {base}\n");
                    }
                }
                (true, _) => manners = format!("  combine best of Basis-{}-{on}-{}\n", key.0, give.flat),
            }
            let when = self.when(&mut draw, on);
            let (valid, rest) = self.rest(&mut draw, &name, on, &give, &manners);
            let text = &give.text;
            blocks.push(format!("earn {name} {{\n{valid}  on {on}\n{items}{when}  give {text}\n{rest}}}"));
            let repeats = on != "joining" && when.is_empty() && valid.is_empty();
            self.rules.push(RuleFact { name, gives: give.gives, counts_spend: give.counts_spend, repeats });
        }
        blocks
    }

    /// Of the rules that give one unit to an event as a whole, all are flat or none is: the two sorts cannot be
    /// compared in one group, and so could not stand side by side.
    fn beside<'o>(&self, known: &mut BTreeMap<(String, &'o str), bool>, on: &'o str, give: Give) -> Give {
        if !give.flat && !give.of_event {
            return give;
        }
        let flat = *known.entry((give.gives.clone(), on)).or_insert(give.flat);
        if flat == give.flat {
            return give;
        }
        let name = give.gives.clone();
        let text = match (flat, on) {
            (true, _) => format!("2 {name}"),
            (false, "stay") => format!("nights as {name}"),
            (false, _) => format!("km as {name}"),
        };
        Give { text, flat, of_event: !flat, counts_spend: false, ..give }
    }

    /// Whether a rule gives a unit again and again without any cap.
    pub(super) fn gives_freely(&self, unit: &str) -> bool {
        let free = |rule: &RuleFact| !self.caps.iter().any(|cap| cap.rules.contains(&rule.name));
        self.rules.iter().any(|rule| rule.gives == unit && rule.repeats && free(rule))
    }

    /// A bonus.
    pub(super) fn bonus(&mut self, genes: &Genes) -> String {
        let draw = &mut Draw::new(genes);
        let name = self.name(draw, &["Dienstag", "a", "Weinwoche", "Z", "Öl", "c"]);
        let on = draw.one(&["purchase", "purchase", "purchase", "stay"]);
        let give = self.extra(draw, on);
        let items = if on == "purchase" { self.for_items(draw) } else { String::new() };
        let when = self.when(draw, on);
        let sort = if give.flat { "flach" } else { "Ware" };
        let manners = match draw.below(5) {
            // what multiplies everything mixes with nothing
            _ if give.text.contains("everything") => String::new(),
            0 | 1 => "  combine add\n".to_owned(),
            4 => "  combine exclusive\n".to_owned(),
            group => format!("  combine best of {}-{sort}-{}\n", ["Beste", "Aktion"][group - 2], give.gives),
        };
        let (valid, rest) = self.rest(draw, &name, on, &give, &manners);
        let text = format!("bonus {name} {{\n{valid}  on {on}\n{items}{when}  {}\n{rest}}}", give.text);
        let fact = RuleFact { name, gives: give.gives, counts_spend: give.counts_spend, repeats: false };
        self.rules.push(fact);
        text
    }

    /// What a bonus gives, with its leading word.
    fn extra(&self, draw: &mut Draw<'_>, on: &str) -> Give {
        let unit = self.unit(draw);
        let of = unit.name;
        let factor = |text: String| Give {
            text,
            gives: of.to_owned(),
            flat: false,
            counts_spend: true,
            of_event: false,
            unit: Some(unit.clone()),
        };
        let simple = |give: Give| Give { text: format!("give {}", give.text), ..give };
        match (draw.below(10), on) {
            (0 | 1, _) => factor(format!("multiply {of} by {}", draw.one(&["2", "1.5", "3", "1.1"]))),
            (2, _) => factor(format!("give {}% more {of}", draw.one(&["50", "10", "33.3"]))),
            (8, _) => Give {
                counts_spend: false,
                of_event: true,
                ..factor(format!("multiply everything in {of} by {}", draw.one(&["2", "1.5", "1.1"])))
            },
            (3, _) if self.tiers => factor(format!("multiply {of} by tier [Silver: 1.5, Gold: 2]")),
            (4, _) if self.tiers => factor(format!("give more {of} by tier [Silver: 20%, Gold: 80%]")),
            (5 | 6, "purchase") => simple(self.give(draw)),
            (7, "purchase") if self.voucher => Give {
                text: format!("give 1 Gutschein per full {} EUR", draw.one(&["10", "50"])),
                gives: "Gutschein".to_owned(),
                flat: false,
                counts_spend: true,
                of_event: false,
                unit: None,
            },
            _ => simple(self.give_flat(draw)),
        }
    }

    fn give(&self, draw: &mut Draw<'_>) -> Give {
        let unit = self.unit(draw);
        let name = unit.name;
        let count = draw.one(&["1", "2", "3", "0.5", "10", "1.25"]);
        let money = draw.one(&["1 EUR", "2 EUR", "0.30 EUR", "7 EUR", "10 EUR"]);
        let item = |text: String, counts_spend| Give {
            text,
            gives: name.to_owned(),
            flat: false,
            counts_spend,
            of_event: false,
            unit: Some(unit.clone()),
        };
        let rows = "[Basic: 1, Silver: 2.5, Gold: 4]";
        match draw.below(19) {
            17 => item(format!("{name} by category [Obst: 1, Wein: 2.5, Tabak: 0] per {money}"), true),
            18 => item(format!("{name} by category [Obst: 3%, Wein: 0.5%, Tabak: 10%] of spend"), true),
            0 => item(format!("{count} {name} per {money}"), true),
            1 | 2 => item(format!("{count} {name} per full {money}"), true),
            3 => item(format!("{count} {name} per started {money}"), true),
            4 => item(format!("{}% of spend as {name}", draw.one(&["1", "2.5", "100", "0.1"])), true),
            5 => item(format!("{count} {name} per item"), false),
            6 if self.tiers => item(format!("{name} by tier {rows} per {money}"), true),
            7 if self.tiers => item(format!("{name} by tier [Silver: 2%, Gold: 5%] of spend"), true),
            8 => item(format!("{count} {name} per {} litres", draw.one(&["1", "2", "0.3"])), false),
            9 => item(format!("{count} {name} per full {} litres", draw.one(&["1", "2", "0.3"])), false),
            10 => item(format!("{}% of spend paid with Prepaid as {name}", draw.one(&["1", "10"])), true),
            11 => Give { of_event: true, ..item(format!("km as {name}"), false) },
            12 => Give { of_event: true, ..item(format!("{count} {name} per full 7 km"), false) },
            13 => Give { of_event: true, ..item(format!("{count} {name} per 1 EUR of gift"), false) },
            14 => {
                let (one, two) = (unit.amount(draw), unit.amount(draw));
                let start = draw.one(&["0", "5"]);
                let text = format!("{name} by spend bands [from {start} EUR: {one}, from 30.01 EUR: {two}]");
                Give { flat: true, ..item(text, true) }
            }
            _ => self.give_flat(draw),
        }
    }

    fn give_flat(&self, draw: &mut Draw<'_>) -> Give {
        let unit = self.unit(draw);
        let name = unit.name;
        let (text, unit) = match draw.below(5) {
            3 => {
                (format!("{name} by level [x: {}, y: {}]", unit.amount(draw), unit.amount(draw)), Some(unit))
            }
            4 if self.voucher => ("1 Gutschein".to_owned(), None),
            _ => (format!("{} {name}", unit.amount(draw)), Some(unit)),
        };
        let gives = unit.as_ref().map_or("Gutschein", |unit| unit.name).to_owned();
        Give { text, gives, flat: true, counts_spend: false, of_event: false, unit }
    }

    fn give_on_stay(&self, draw: &mut Draw<'_>) -> Give {
        let unit = self.unit(draw);
        let name = unit.name;
        let text = match draw.below(4) {
            0 => return self.give_flat(draw),
            1 => format!("nights as {name}"),
            2 => format!("10 {name} per 1 EUR of room"),
            _ => format!("2 {name} per started 3 nights"),
        };
        Give {
            text,
            gives: name.to_owned(),
            flat: false,
            counts_spend: false,
            of_event: true,
            unit: Some(unit),
        }
    }

    fn for_items(&self, draw: &mut Draw<'_>) -> String {
        draw.maybe(50, |draw| format!("  for items where {}\n", conditions::of_item(draw, self.tiers)))
    }

    fn when(&self, draw: &mut Draw<'_>, on: &str) -> String {
        draw.maybe(40, |draw| format!("  when {}\n", conditions::of_event(draw, on, self.tiers)))
    }

    /// The `valid` line; and all lines behind `give`.
    fn rest(
        &mut self,
        draw: &mut Draw<'_>,
        name: &str,
        on: &str,
        give: &Give,
        manners: &str,
    ) -> (&'static str, String) {
        let valid = draw.one(&[
            "",
            "",
            "",
            "  valid from 2026-02-01 to 2026-10-25\n",
            "  valid every year from 12-01 to 03-01\n",
            "  valid from 2026-03-29 02:30\n",
        ]);
        let mut lines = String::new();
        let everything = give.text.contains("everything");
        if let Some(unit) = give.unit.as_ref().filter(|_| !give.flat && !everything) {
            lines += &draw.maybe(15, |draw| format!("  at least {} {}\n", unit.amount(draw), unit.name));
        }
        lines += manners;
        let campaign = valid.contains(" to 2026");
        if draw.often(35) {
            lines += &self.cap(draw, name, on, give, campaign);
            // a second one counts something else
            if !lines.contains("per item") && !give.flat && !give.of_event && draw.often(30) {
                lines += &give.unit.as_ref().map_or_else(String::new, |unit| {
                    format!("  cap {} {} per item\n", unit.amount(draw), unit.name)
                });
            }
        }
        if let Some(unit) = &give.unit {
            lines += &draw.maybe(15, |draw| {
                let mode = draw.one(&["down", "up", "half up", "half down", "half even"]);
                format!("  round {mode} {}\n", draw.one(&["in total", "per item"]))
            });
            if unit.spendable {
                let activate = draw.maybe(if unit.short { 0 } else { 10 }, |draw| {
                    // only a purchase brings the day of a trip
                    let ways = ["at once", "after 10 days", "at end of week", "on trip"];
                    format!("  activate {}\n", draw.one(&ways[..ways.len() - usize::from(on != "purchase")]))
                });
                lines += &activate;
                let ends: &[&str] = if unit.waits {
                    &["after 30 days without purchase or earning", "at end of quarter plus 2 months"]
                } else if unit.late || !activate.is_empty() {
                    &["40 days after activation", "at end of quarter plus 2 months"]
                } else {
                    &[
                        "15 days after earning",
                        "at end of month",
                        "at next 12-31",
                        "after 20 days without stay",
                    ]
                };
                lines += &draw.maybe(10, |draw| format!("  expire {}\n", draw.one(ends)));
                if self.partner {
                    lines += draw.one(&["", "", "  funded by Haus\n", "  at partner Haus\n"]);
                }
            }
        }
        (valid, lines)
    }

    fn cap(&mut self, draw: &mut Draw<'_>, name: &str, on: &str, give: &Give, campaign: bool) -> String {
        let campaign = campaign && draw.often(40);
        let window = if campaign { "campaign" } else { WINDOWS[draw.below(WINDOWS.len())] };
        let window = if window == "purchase" { on } else { window };
        let kind = draw.below(10);
        let (text, limit) = match (&give.unit, kind) {
            (Some(unit), 7) if on == "purchase" && !matches!(window, "lifetime" | "campaign") => {
                let window = draw.one(&["", " per week", " per day"]);
                return format!("  cap {} {}{window} for each channel\n", unit.amount(draw), unit.name);
            }
            (Some(unit), 8) if !give.flat && !give.of_event => {
                return format!("  cap {} {} per item\n", unit.amount(draw), unit.name);
            }
            (_, 9) if give.counts_spend => {
                let money = draw.one(&["5", "20", "0.50", "100"]);
                return format!("  cap {money} EUR of spend per {window}\n");
            }
            (_, 5..=7) => {
                let times = draw.one(&["1", "2", "3"]);
                let word = if times == "1" { "time" } else { "times" };
                (format!("{times} {word}"), Limit::Times(scaled(times, 0)))
            }
            (Some(unit), _) => {
                let amount = unit.amount(draw);
                (format!("{amount} {}", unit.name), Limit::Amount(scaled(amount, unit.decimals)))
            }
            (None, _) => ("2 Gutschein".to_owned(), Limit::Amount(2)),
        };
        self.caps.push(CapFact { rules: vec![name.to_owned()], limit, window: window.to_owned() });
        format!("  cap {text} per {window}\n")
    }

    /// A cap on all rules that give one thing.
    pub(super) fn shared_cap(&mut self, cap: &str, genes: &Genes) -> String {
        let draw = &mut Draw::new(genes);
        let gives = self.rules[draw.below(self.rules.len())].gives.clone();
        let rules: Vec<&RuleFact> = self.rules.iter().filter(|rule| rule.gives == gives).collect();
        let window = WINDOWS[1..][draw.below(WINDOWS.len() - 1)];
        let names: Vec<String> = rules.iter().map(|rule| rule.name.clone()).collect();
        let list = names.join(", ");
        let (text, limit) = match draw.below(5) {
            4 if rules.iter().all(|rule| rule.counts_spend) => {
                return format!("cap {cap}: 15 EUR of spend per {window} on [{list}]");
            }
            3 => ("3 times".to_owned(), Limit::Times(3)),
            _ => match self.units.iter().find(|unit| unit.name == gives) {
                Some(unit) => {
                    let amount = unit.amount(draw);
                    (format!("{amount} {gives}"), Limit::Amount(scaled(amount, unit.decimals)))
                }
                None => ("3 Gutschein".to_owned(), Limit::Amount(3)),
            },
        };
        self.caps.push(CapFact { rules: names, limit, window: window.to_owned() });
        format!("cap {cap}: {text} per {window} on [{list}]")
    }
}
