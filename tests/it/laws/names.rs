//! Laws of what has no meaning: names, and what stands beside what happens.

use super::draw::{Draw, shuffle};
use super::histories::{Case, Happening, What, Wish, cases_with};
use super::programs::programs;
use super::world::World;
use super::{cases_per_law, compiled};
use loyalty_rules::evaluate::Rejection;
use loyalty_rules::{Compiled, EvaluateError, Event, Limits, Sources, compile};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// All names that generated programs and histories use, but for `birthday`, which has a meaning of its own.
const NAMES: [&str; 88] = [
    "points",
    "miles",
    "stars",
    "star",
    "gaben",
    "Gutschein",
    "Tasche",
    "Obst",
    "Wein",
    "Tabak",
    "Sonst",
    "Markt",
    "Web",
    "Post",
    "S1",
    "S2",
    "Prepaid",
    "Karte",
    "Auswahl",
    "Saison",
    "level",
    "x",
    "y",
    "z",
    "household",
    "h1",
    "h2",
    "tag",
    "neu",
    "alt",
    "litres",
    "code",
    "ABC",
    "XYZ",
    "km",
    "gift",
    "trip",
    "stay",
    "nights",
    "room",
    "Nord",
    "A1",
    "Apfel",
    "Brot",
    "Pfand",
    "Grund",
    "A",
    "Zusatz",
    "m",
    "Äpfel",
    "B",
    "Dienstag",
    "a",
    "Weinwoche",
    "Z",
    "Öl",
    "c",
    "Topf",
    "Deckel",
    "Status",
    "Basic",
    "Silver",
    "Gold",
    "Wahl",
    "Freunde",
    "Gabe",
    "Anteil",
    "Bonus",
    "Rest",
    "Marken",
    "Aufgaben",
    "Erste",
    "Zweite",
    "Dritte",
    "Serie",
    "lose",
    "los",
    "Ziehung",
    "Haus",
    "Zins",
    "Dividende",
    "Kerze",
    "Anfang",
    "Später",
    "Weg",
    "Ann",
    "Bo",
    "Cy",
];

/// Stands before every name after the change. The order of names decides ties, so all of them keep their places.
const BEFORE: &str = "Qq";

/// Every history is told twice.
const SHORT: Wish = Wish { events: 12, returns: true, transfers: true };

fn is_name(word: &str) -> bool {
    // groups are named after what they hold
    NAMES.contains(&word)
        || ["Basis-", "Beste-", "Aktion-", "Uhr-"].iter().any(|start| word.starts_with(start))
}

/// The text with other names.
fn renamed(text: &str) -> String {
    let mut told = String::new();
    let mut word = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_alphanumeric() || matches!(letter, '_' | '-') {
            word.push(letter);
            continue;
        }
        if is_name(&word) {
            told.push_str(BEFORE);
        }
        told.push_str(&word);
        word.clear();
        told.push(letter);
    }
    told.pop();
    // the only place where a word of the language is also one of the names
    told.replace("drop one Qqlevel", "drop one level")
}

/// The event with other names: those that are a whole text or a whole key.
fn renamed_event(event: &Event) -> Event {
    fn walk(value: Value) -> Value {
        let name = |text: String| if is_name(&text) { format!("{BEFORE}{text}") } else { text };
        match value {
            Value::String(text) => Value::String(name(text)),
            Value::Array(values) => values.into_iter().map(walk).collect(),
            Value::Object(values) => {
                values.into_iter().map(|(key, value)| (name(key), walk(value))).collect()
            }
            other => other,
        }
    }
    let value = serde_json::to_value(event).expect("an event");
    serde_json::from_value(walk(value)).expect("an event with other names")
}

/// Ledger lines and messages of a history, or why an event is refused, one text for each event. Lots are numbered as
/// they come, and postings are not, so that those of something else make no difference.
fn told(compiled: &Compiled, events: &[Event], shown: impl Fn(&str) -> bool) -> Vec<String> {
    let program = &compiled.program;
    let mut world = World::new(program);
    let mut told = Vec::new();
    let mut lots: BTreeMap<(String, &str, u32), usize> = BTreeMap::new();
    for event in events {
        let mut lines = Vec::new();
        for delivery in world.deliver(event) {
            match delivery.result {
                Ok(outcome) => {
                    for delta in outcome.deltas() {
                        let mut line = program.ledger_line(outcome.member(), delta);
                        if line.unit == "geister" {
                            continue;
                        }
                        let next = lots.len();
                        let held = (line.member.clone(), line.kind.word(), line.lot);
                        let place = *lots.entry(held).or_insert(next);
                        line.lot = u32::try_from(place).expect("few lots");
                        // what the clock books has the number of the posting in its key
                        if line.key.starts_with('@') {
                            line.key = line.key.split('#').next().expect("at least one part").to_owned();
                        }
                        lines.push(serde_json::to_string(&line).expect("a line"));
                    }
                    for message in outcome.messages() {
                        lines.push(serde_json::to_string(message).expect("a message"));
                    }
                }
                Err(EvaluateError::Rejected(Rejection { reason, .. })) => {
                    lines.push(reason.text().to_owned())
                }
                Err(fault) => panic!("{fault}"),
            }
        }
        if shown(event.id()) {
            told.push(lines.join("\n"));
        }
    }
    told
}

/// Blocks for an event that never comes, of which some are added. They name what every generated program has.
fn idle(case: &Case) -> Vec<String> {
    let all = [
        "earn Geist {\n  on regen\n  give 5 geister per full 2 EUR\n}",
        "earn \"1\" {\n  on regen\n  give 100 points\n  combine best of Regen\n}",
        "bonus zuletzt {\n  on regen\n  give 7 points\n  combine exclusive\n}",
        "bonus Kanal {\n  on purchase\n  when channel is Mond\n  give 9 geister\n  combine add\n}",
        "card Leer {\n  on regen\n  stamp 1\n  goal 3 stamps\n  reward 5 geister\n}",
        "streak Reihe {\n  on regen\n  each week needs 2 regen\n  after 2 weeks give 1 geister\n}",
        "challenge Sturm {\n  task Guss: regen reaches 2\n  complete all tasks\n  once per month\n  give 3 geister\n}",
        "milestones Pegel {\n  count regen in lifetime\n  at 2 give 4 geister\n}",
        "voucher Schirm {\n  grants \"An umbrella\"\n}",
        "bonus Schauer {\n  on regen\n  give 1 Schirm\n  combine add\n}",
        "cap Pfütze: 5 points per month on [zuletzt]",
        "tiers Wetter {\n  count purchases in lifetime\n  upgrade at once\n  keep forever\n  tier Sonne\n  \
         tier Wolke {\n    reach 900 purchases\n  }\n}",
    ];
    let mut draw = Draw::new(&case.spare);
    let mut taken: Vec<String> =
        all.iter().filter(|_| draw.often(60)).map(|block| (*block).to_owned()).collect();
    let dangling = !taken.iter().any(|block| block.starts_with("bonus zuletzt"));
    taken.retain(|block| !(dangling && block.starts_with("cap")));
    let several = case.rules.blocks.iter().any(|block| block.contains("tiers Status"));
    // conditions that say `tier` have to be told which
    taken.retain(|block| !(several && block.starts_with("tiers")));
    if taken.iter().any(|block| block.contains("Schirm {"))
        != taken.iter().any(|block| block.contains("1 Schirm"))
    {
        taken.retain(|block| !block.contains("Schirm"));
    }
    taken.push("event regen {\n  menge: integer optional\n}".to_owned());
    taken.push("unit geister is spendable {\n  round down in total\n  expire never\n}".to_owned());
    taken
}

/// The program with more blocks, more words that nobody uses, and the blocks in another order.
fn with_idle(case: &Case) -> Compiled {
    let mut rules = case.rules.clone();
    for block in &mut rules.blocks {
        if block.starts_with("categories") {
            *block = block
                .replace(
                    "Obst, Wein, Tabak]\n\nchannels [Markt",
                    "Obst, Glas, Wein, Tabak]\n\nchannels [Markt, Mond",
                )
                .replace("member {\n", "member {\n  shoe: integer optional\n")
                .replace("event purchase {\n", "event purchase {\n  wind: decimal optional\n");
        }
    }
    rules.blocks.extend(idle(case));
    shuffle(&mut rules.blocks, &case.spare);
    let sources = Sources::single("laws.loyalty", rules.text());
    match compile(&sources, &Limits::default()) {
        Ok(compiled) => compiled,
        Err(findings) => panic!("{}\n{}", super::errors_of(&findings), rules.text()),
    }
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// L7: rules that wait for what never comes, words that nobody says and a balance of something else change nothing.
    #[test]
    fn what_never_happens_changes_nothing(case in cases_with(programs(), SHORT)) {
        let Some(plain) = compiled(&case.rules) else { return Ok(()) };
        let more = with_idle(&case);
        let events: Vec<Event> = case.history.iter().map(Happening::build).collect();
        let mut world = World::new(&plain.program);
        let mut with_gifts = Vec::new();
        for (event, happening) in events.iter().zip(&case.history) {
            with_gifts.push(event.clone());
            let applied = world.deliver(event).first().is_some_and(|delivery| delivery.result.is_ok());
            // who is not there yet would join by it, and late is what is older than something that happened
            if !applied || matches!(happening.what, What::Joining { .. } | What::Announce { .. }) {
                continue;
            }
            let given = Event::adjust(
                &format!("geist-{}", with_gifts.len()), event.member(), &event.at().to_string(), "3", "geister", "x",
            );
            with_gifts.push(given.build().expect("an event"));
        }
        let is_event = |id: &str| !id.starts_with("geist-");
        prop_assert_eq!(told(&plain, &events, is_event), told(&more, &with_gifts, is_event));
    }

    /// L13: with other names for everything, members and articles too, the ledger is the same but for these names.
    #[test]
    fn names_have_no_meaning(case in cases_with(programs(), SHORT)) {
        let Some(plain) = compiled(&case.rules) else { return Ok(()) };
        let text = renamed(&case.rules.text());
        let other = compile(&Sources::single("laws.loyalty", text.clone()), &Limits::default());
        let other = other.unwrap_or_else(|findings| panic!("{}\n{text}", super::errors_of(&findings)));
        let events: Vec<Event> = case.history.iter().map(Happening::build).collect();
        let others: Vec<Event> = events.iter().map(renamed_event).collect();
        prop_assert!(events != others);
        let theirs = told(&other, &others, |_| true);
        let ours: Vec<String> = told(&plain, &events, |_| true);
        let back: Vec<String> = theirs.iter().map(|lines| lines.replace(BEFORE, "")).collect();
        prop_assert_eq!(ours, back);
    }
}
