//! Generated histories: what happens to one to three members over months, close to the edges of days and months.

use super::draw::{Draw, Genes, rows};
use super::programs::Rules;
use loyalty_rules::Event;
use loyalty_rules::calendar::{Date, Instant};
use loyalty_rules::event::{Item, ReturnLine};
use proptest::prelude::*;

const DAY: i64 = 86_400;
const MEMBERS: [&str; 3] = ["Ann", "Bo", "Cy"];

/// A line of a basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) quantity: String,
    pub(super) price: &'static str,
    category: &'static str,
    brand: &'static str,
    sku: &'static str,
    tag: &'static str,
    litres: &'static str,
}

/// A line of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Back {
    pub(super) name: String,
    pub(super) quantity: String,
    pub(super) line: Option<u32>,
    pub(super) price: Option<&'static str>,
    pub(super) of: Option<String>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Purchase { lines: Vec<Line>, total: Option<&'static str>, words: Vec<(&'static str, &'static str)> },
    Stay { nights: Option<i64>, room: Option<&'static str>, of: Option<String> },
    Return { of: Option<String>, lines: Vec<Back>, all: Vec<Option<String>> },
    Joining { referrer: Option<&'static str>, words: Vec<(&'static str, &'static str)> },
    Choose { amount: String, unit: String },
    Change { words: Vec<(&'static str, &'static str)> },
    Announce { value: &'static str, day: Option<Date> },
    Cancel { of: String },
    Transfer { amount: &'static str, unit: String, to: &'static str },
    Plan { joins: bool, plan: &'static str },
    Grant { tier: &'static str, time: Option<&'static str> },
}

/// One event, still to be built.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) id: String,
    pub(super) member: &'static str,
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) what: What,
}

/// A program and what happens under it.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) rules: Rules,
    pub(super) history: Vec<Happening>,
    /// For choices that a law makes.
    pub(super) spare: Genes,
}

impl std::fmt::Debug for Case {
    /// The program as text, and one line for each event.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}", self.rules)?;
        for happening in &self.history {
            writeln!(f, "{happening:?}")?;
        }
        write!(f, "spare {:?}", self.spare)
    }
}

impl std::fmt::Debug for Happening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {} ", instant(self.at), self.id, self.member)?;
        let What::Purchase { lines, total, words } = &self.what else { return write!(f, "{:?}", self.what) };
        write!(f, "buys {words:?} total {total:?}")?;
        for Line { name, quantity, price, category, brand, sku, tag, litres } in lines {
            write!(f, " | {name} {quantity} x {price} [{category},{brand},{sku},{tag},{litres}]")?;
        }
        Ok(())
    }
}

/// What a law wants of a history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) events: usize,
    pub(super) returns: bool,
    pub(super) transfers: bool,
}

/// Programs with histories of up to 25 events.
pub(super) fn cases() -> impl Strategy<Value = Case> {
    cases_with(super::programs::programs(), Wish { events: 25, returns: true, transfers: true })
}

/// Histories as wished, of given programs.
pub(super) fn cases_with(programs: impl Strategy<Value = Rules>, wish: Wish) -> impl Strategy<Value = Case> {
    (programs, rows(1, wish.events, 40), proptest::collection::vec(any::<u8>(), 32)).prop_map(
        move |(rules, genes, spare)| {
            let history = Teller::new(&rules, &spare, wish).tell(&genes);
            Case { rules, history, spare }
        },
    )
}

/// An instant by its seconds.
pub(super) fn instant(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000).expect("a time of this century")
}

impl Happening {
    /// The event for the engine.
    pub(super) fn build(&self) -> Event {
        let at = instant(self.at).to_string();
        let built = match &self.what {
            What::Purchase { lines, total, words } => {
                let mut event = Event::purchase(&self.id, self.member, &at);
                for line in lines {
                    event = event.item(line.build());
                }
                if let Some(total) = total {
                    event = event.total(total);
                }
                for (word, value) in words {
                    event = match *word {
                        "channel" => event.channel(value),
                        "store" => event.store(value),
                        "Prepaid" | "Karte" => event.payment(word, value),
                        "points" => event.redeem("points", value),
                        "points up to" => event.redeem_up_to("points", value),
                        "partner" => event.partner(value),
                        "Gutschein" => event.use_vouchers("Gutschein", 1),
                        "Tasche" => event.redeem("Tasche", value),
                        "km" => event.attribute("km", value.parse::<i64>().expect("a number")),
                        word => event.attribute(word, *value),
                    };
                }
                event.build()
            }
            What::Stay { nights, room, of } => {
                let mut event = Event::named("stay", &self.id, self.member, &at);
                if let Some(of) = of {
                    event = event.of(of);
                }
                if let Some(nights) = nights {
                    event = event.attribute("nights", *nights);
                }
                if let Some(room) = room {
                    event = event.attribute("room", *room);
                }
                event.build()
            }
            What::Return { of, lines, all } => {
                let mut event = Event::returned(&self.id, self.member, &at);
                if let Some(of) = of {
                    event = event.of(of);
                }
                for line in lines {
                    event = event.line(line.build());
                }
                for of in all {
                    event = event.all_items(of.as_deref());
                }
                event.build()
            }
            What::Joining { referrer, words } => {
                let mut event = Event::joining(&self.id, self.member, &at);
                if let Some(referrer) = referrer {
                    event = event.referred_by(referrer);
                }
                for (word, value) in words {
                    event = event.attribute(word, *value);
                }
                event.build()
            }
            What::Choose { amount, unit } => Event::choose(&self.id, self.member, &at, amount, unit).build(),
            What::Change { words } => {
                let event = Event::change(&self.id, self.member, &at);
                words.iter().fold(event, |event, (name, value)| event.attribute(name, *value)).build()
            }
            What::Announce { value, day } => {
                let event = Event::announce(&self.id, self.member, &at, "Zins", value);
                day.iter().fold(event, |event, day| event.for_day(*day)).build()
            }
            What::Cancel { of } => Event::cancel(&self.id, self.member, &at, of).build(),
            What::Plan { joins: true, plan } => Event::join_plan(&self.id, self.member, &at, plan).build(),
            What::Plan { joins: false, plan } => Event::leave_plan(&self.id, self.member, &at, plan).build(),
            What::Grant { tier, time: Some(time) } => {
                Event::grant_tier_for(&self.id, self.member, &at, tier, time).build()
            }
            What::Grant { tier, time: None } => Event::grant_tier(&self.id, self.member, &at, tier).build(),
            What::Transfer { amount, unit, to } => {
                Event::transfer(&self.id, self.member, &at, amount, unit, to).build()
            }
        };
        built.expect("generated events can be built")
    }
}

impl Line {
    fn build(&self) -> Item {
        let mut item = Item::new(self.name, &self.quantity, self.price);
        if !self.category.is_empty() {
            item = item.category(self.category);
        }
        if !self.brand.is_empty() {
            item = item.brand(self.brand);
        }
        if !self.sku.is_empty() {
            item = item.sku(self.sku);
        }
        if !self.tag.is_empty() {
            item = item.attribute("tag", self.tag);
        }
        if !self.litres.is_empty() {
            item = item.attribute("litres", self.litres);
        }
        item
    }
}

impl Back {
    fn build(&self) -> ReturnLine {
        let mut line = ReturnLine::new(&self.name, &self.quantity).category("Wein");
        if let Some(number) = self.line {
            line = line.line(number);
        }
        if let Some(price) = self.price {
            line = line.unit_price(price);
        }
        if let Some(of) = &self.of {
            line = line.of(of);
        }
        line
    }
}

/// Local midnights, and two and three o'clock, of days at which something can go wrong; and month ends.
fn edges(zone: &str, day_starts: i64) -> Vec<i64> {
    let offsets: &[i64] = match zone {
        "Europe/Berlin" => &[1, 2],
        "Africa/Cairo" => &[2, 3],
        "America/New_York" => &[-5, -4],
        "Pacific/Auckland" => &[12, 13],
        _ => &[0],
    };
    let mut days: Vec<(i32, u8, u8)> =
        (2026..=2028).flat_map(|year| (1..=12).map(move |month| (year, month, 1))).collect();
    days.extend([(2028, 2, 29), (2026, 3, 8), (2026, 3, 29), (2026, 4, 5), (2026, 4, 24), (2026, 9, 27)]);
    days.extend([
        (2026, 10, 25),
        (2026, 10, 30),
        (2026, 12, 31),
        (2027, 3, 28),
        (2026, 1, 31),
        (2027, 1, 31),
    ]);
    let mut found = Vec::new();
    for (year, month, day) in days {
        let days = i64::from(Date::from_ymd(year, month, day).expect("a day").days());
        for offset in offsets {
            for hour in [day_starts, 0, 2, 3] {
                found.push(days * DAY + (hour - offset) * 3_600);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Tells a history.
struct Teller {
    edges: Vec<i64>,
    members: usize,
    offers: Vec<(String, String)>,
    units: Vec<String>,
    now: i64,
    spends: bool,
    wish: Wish,
    /// Whether points wait for a stay.
    waits: bool,
    /// Whether a plan can be joined.
    plans: bool,
    /// Whether a value is announced.
    announces: bool,
    told: Vec<Happening>,
}

impl Teller {
    fn new(rules: &Rules, spare: &[u8], wish: Wish) -> Self {
        let mut draw = Draw::new(spare);
        let members = [1, 2, 3, 2][draw.below(4)];
        // 2026-01-05 10:00 UTC and up to two years later
        let now = 1_767_607_200 + 24 * DAY * draw.below(30) as i64;
        let waits = rules.text().contains("activate on stay");
        Self {
            edges: edges(rules.zone, rules.day_starts),
            members,
            offers: rules.offers.clone(),
            units: rules.decimals.keys().cloned().collect(),
            now,
            spends: rules.spends,
            wish,
            waits,
            plans: wish.transfers && rules.text().contains("plan Halb"),
            announces: wish.returns && rules.text().contains("parameter Zins"),
            told: Vec::new(),
        }
    }

    fn tell(mut self, genes: &[Genes]) -> Vec<Happening> {
        for (place, genes) in genes.iter().enumerate() {
            let mut draw = Draw::new(genes);
            let at = self.time(&mut draw);
            let member = MEMBERS[draw.below(self.members)];
            let id = format!("E{place}");
            let is_new = !self.told.iter().any(|known| known.member == member);
            let kind = draw.below(100);
            let what = if is_new && kind >= 30 {
                joining(&mut draw)
            } else if kind >= 68 && self.wish.returns {
                self.giving_back(&mut draw, member)
            } else if (45..59).contains(&kind) && !self.offers.is_empty() {
                let (amount, unit) = self.offers[draw.below(self.offers.len())].clone();
                What::Choose { amount, unit }
            } else if kind >= if self.waits { 45 } else { 60 } {
                self.stay(&mut draw, member)
            } else if kind == 59 {
                joining(&mut draw)
            } else {
                let mut what = purchase(&mut draw);
                if let (true, What::Purchase { words, .. }) = (self.spends, &mut what) {
                    words.extend(requests(&mut draw));
                }
                what
            };
            // now and then an id is used again for something else
            let id = match self.told.first().filter(|_| draw.often(2)) {
                Some(first) => first.id.clone(),
                None => id,
            };
            let spare = self.wish.transfers && self.members > 1 && !matches!(what, What::Stay { .. });
            let what = if spare && draw.often(15) { self.transfer(&mut draw, member) } else { what };
            let what = if self.plans && draw.often(20) { self.standing(&mut draw, member) } else { what };
            let what = match draw.below(100) {
                90.. if self.announces => announcement(&mut draw, at),
                82..90 if self.wish.returns && !is_new => What::Change { words: personal(&mut draw) },
                _ => what,
            };
            self.told.push(Happening { id, member, at, what });
        }
        self.told
    }

    fn time(&mut self, draw: &mut Draw<'_>) -> i64 {
        let steps = [3_600, 0, 1, DAY, 3 * DAY, 10 * DAY, 31 * DAY, 45 * DAY, 90 * DAY];
        let kind = draw.below(20);
        if let Some(step) = steps.get(kind) {
            self.now += step;
        } else if kind < 17 {
            let skip = draw.below(20);
            let beside = [0, -1, 1][draw.below(3)];
            let next = self.edges.iter().filter(|edge| **edge + beside >= self.now).nth(skip);
            self.now = next.map_or(self.now + DAY, |edge| edge + beside);
        } else {
            // a late event: the others go on from where they were
            let back = [3_600, DAY, 2 * DAY, 5 * DAY, 30 * DAY][draw.below(5)];
            return self.now - back;
        }
        self.now
    }

    /// Something for another member, now and then for somebody unknown or for the giver.
    fn transfer(&self, draw: &mut Draw<'_>, member: &str) -> What {
        let to = match draw.below(10) {
            9 => "Dee",
            8 => MEMBERS[draw.below(3)],
            _ => MEMBERS
                .into_iter()
                .filter(|other| *other != member)
                .nth(draw.below(self.members - 1))
                .unwrap_or("Ann"),
        };
        let amount = draw.one(&["1", "2", "5", "0.5", "20", "100"]);
        What::Transfer { amount, unit: self.units[draw.below(self.units.len())].clone(), to }
    }

    /// A plan is joined or left, a level granted, or a grant taken back.
    fn standing(&self, draw: &mut Draw<'_>, member: &str) -> What {
        let plan = draw.one(&["Halb", "Halb", "Voll"]);
        let granted = |told: &&Happening| told.member == member && matches!(told.what, What::Grant { .. });
        match draw.below(9) {
            0..=3 => What::Plan { joins: true, plan },
            4 | 5 => What::Plan { joins: false, plan },
            6 if self.told.iter().any(|told| granted(&told)) => {
                let granted: Vec<&Happening> = self.told.iter().filter(granted).collect();
                What::Cancel { of: granted[draw.below(granted.len())].id.clone() }
            }
            _ => What::Grant {
                tier: draw.one(&["Silver", "Gold", "Gold"]),
                time: [Some("5 days"), Some("1 month"), Some("40 days"), None][draw.below(4)],
            },
        }
    }

    /// A stay, mostly about one of the last purchases.
    fn stay(&self, draw: &mut Draw<'_>, member: &str) -> What {
        let nights = [Some(2), None, Some(0), Some(7), Some(60)][draw.below(5)];
        let room = [None, Some("120"), Some("0.05"), Some("333.33")][draw.below(4)];
        let bought = self.told.iter().rev();
        let mut bought =
            bought.filter(|told| told.member == member && matches!(told.what, What::Purchase { .. }));
        let of = bought.nth(draw.below(3)).filter(|_| draw.often(70)).map(|told| told.id.clone());
        What::Stay { nights, room, of }
    }

    fn giving_back(&self, draw: &mut Draw<'_>, member: &str) -> What {
        let bought: Vec<&Happening> = self
            .told
            .iter()
            .filter(|told| {
                told.member == member && matches!(told.what, What::Purchase { .. } | What::Stay { .. })
            })
            .collect();
        if bought.is_empty() || draw.often(15) {
            let back = Back {
                name: "Brot".into(),
                quantity: draw.one(&["1", "2"]).into(),
                line: None,
                price: Some(draw.one(&["3", "12.50", "50"])),
                of: None,
            };
            return What::Return { of: None, lines: vec![back], all: Vec::new() };
        }
        let last = bought[bought.len() - 1 - draw.below(bought.len())];
        let paid = bought.iter().rev().find(|told| asks_something(&told.what));
        let of = paid.copied().filter(|_| draw.often(60)).unwrap_or(last);
        if draw.often(20) {
            return What::Cancel { of: of.id.clone() };
        }
        let all = match draw.below(10) {
            0..=2 => vec![None],
            _ if matches!(of.what, What::Stay { .. }) => vec![None],
            3 => vec![None, Some(bought[draw.below(bought.len())].id.clone())],
            _ => Vec::new(),
        };
        let lines = match &of.what {
            What::Purchase { lines, .. } if all.is_empty() && !lines.is_empty() => {
                let count = 1 + draw.below(2);
                (0..count).map(|_| back_of(draw, lines)).collect()
            }
            What::Purchase { .. } if all.is_empty() => {
                vec![Back {
                    name: String::new(),
                    quantity: "1".into(),
                    line: None,
                    price: Some(draw.one(&["5", "1"])),
                    of: None,
                }]
            }
            _ => Vec::new(),
        };
        What::Return { of: Some(of.id.clone()), lines, all }
    }
}

fn back_of(draw: &mut Draw<'_>, lines: &[Line]) -> Back {
    let place = draw.below(lines.len());
    let line = &lines[place];
    let quantity = match draw.below(6) {
        0..=2 => line.quantity.clone(),
        3 => "1".to_owned(),
        4 => "0.1".to_owned(),
        // mostly more than there is
        _ => "5".to_owned(),
    };
    Back {
        name: line.name.to_owned(),
        quantity,
        line: draw.often(60).then_some(place as u32 + 1),
        price: if draw.often(25) { Some(draw.one(&[line.price, "1", "0.5"])) } else { None },
        of: None,
    }
}

fn purchase(draw: &mut Draw<'_>) -> What {
    let kind = draw.below(16);
    let words = words(draw);
    if kind == 14 {
        return What::Purchase { lines: Vec::new(), total: None, words };
    }
    if kind == 15 {
        return What::Purchase { lines: Vec::new(), total: Some(draw.one(&["10", "0.01", "123.45"])), words };
    }
    let count = 1 + draw.below(4);
    What::Purchase { lines: (0..count).map(|_| line(draw)).collect(), total: None, words }
}

/// A line of a basket.
pub(super) fn line(draw: &mut Draw<'_>) -> Line {
    Line {
        name: draw.one(&["Apfel", "Brot", "Wein", "Pfand"]),
        quantity: draw.one(&["1", "2", "1", "3", "0.4", "7", "0.333", "100", "12.5", "0"]).to_owned(),
        price: draw.one(&[
            "1", "9.99", "2.50", "10", "0.01", "12.34", "0.10", "0.00", "30.01", "-0.25", "100", "1234.56",
            "-5",
        ]),
        category: draw.one(&["", "Obst", "Wein", "Tabak", "Obst", "Wein", "Sonst"]),
        brand: draw.one(&["", "", "", "Nord"]),
        sku: draw.one(&["", "", "", "A1"]),
        tag: draw.one(&["", "", "neu", "alt"]),
        litres: draw.one(&["", "", "1", "0.75", "2.5"]),
    }
}

fn words(draw: &mut Draw<'_>) -> Vec<(&'static str, &'static str)> {
    let mut words = Vec::new();
    let mut say = |name: &'static str, value: &'static str| {
        if !value.is_empty() {
            words.push((name, value));
        }
    };
    say("channel", draw.one(&["", "", "Web", "Markt", "Post"]));
    say("store", draw.one(&["", "", "S1", "S2"]));
    say("Prepaid", draw.one(&["", "", "", "5", "0.01"]));
    say("Karte", draw.one(&["", "", "", "1"]));
    say("code", draw.one(&["", "", "", "ABC", "XYZ"]));
    say("km", draw.one(&["", "", "7", "20", "0", "3"]));
    say("gift", draw.one(&["", "", "", "4", "0.05"]));
    say("partner", draw.one(&["", "", "Haus"]));
    say("trip", draw.one(&["", "", "", "2026-06-01", "2027-03-28", "2026-02-28"]));
    words
}

/// Whether a purchase asks to be paid with something.
fn asks_something(what: &What) -> bool {
    let What::Purchase { words, .. } = what else { return false };
    words.iter().any(|(name, _)| matches!(*name, "points up to" | "points" | "Tasche" | "Gutschein"))
}

/// What a purchase asks to be paid with.
fn requests(draw: &mut Draw<'_>) -> Vec<(&'static str, &'static str)> {
    let mut words = Vec::new();
    match draw.below(8) {
        0..=4 => words.push(("points up to", draw.one(&["5", "30", "1000"]))),
        5 => words.push(("points", draw.one(&["2", "10", "1"]))),
        _ => {}
    }
    if draw.below(5) == 0 {
        words.push(("Tasche", "1"));
    }
    if draw.below(6) == 0 {
        words.push(("Gutschein", "1"));
    }
    words
}

fn joining(draw: &mut Draw<'_>) -> What {
    let referrer = [None, Some("Ann"), Some("Bo"), Some("Ann"), Some("Cy"), Some("Dee")][draw.below(6)];
    What::Joining { referrer, words: personal(draw) }
}

/// What is known of a member.
fn personal(draw: &mut Draw<'_>) -> Vec<(&'static str, &'static str)> {
    let mut words = Vec::new();
    for (name, values) in [
        ("level", ["", "x", "y", "z"]),
        ("household", ["", "", "h1", "h2"]),
        ("birthday", ["", "2000-02-29", "1990-03-01", "1980-12-31"]),
    ] {
        let value = draw.one(&values);
        if !value.is_empty() {
            words.push((name, value));
        }
    }
    words
}

/// The value of a parameter, of a period around now or of the last one.
fn announcement(draw: &mut Draw<'_>, at: i64) -> What {
    let value = draw.one(&["10", "2.5", "0", "33.333333", "101"]);
    let day = instant(at - [0, 20, 40, 100][draw.below(4)] * DAY).to_string()[..10].parse().expect("a day");
    What::Announce { value, day: draw.often(60).then_some(day) }
}
