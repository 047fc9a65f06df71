//! Purchases of which versions that take back differently have judged returns.

use super::{buys, compiled};
use loyalty_rules::event::{Item, ReturnLine};
use loyalty_rules::{Account, Evaluator, Event, Versions};
use pretty_assertions::assert_eq;

const NOTHING: &str = "take back nothing";
const IN_PROPORTION: &str = "take back earned in proportion";
const IN_FULL: &str = "take back earned in full";

/// One point for each euro, and fifty for who has bought something before. The second version begins in 2027.
fn versions(modes: [&str; 2]) -> Versions {
    let text = |version: u32, mode: &str| {
        let year = 2025 + version;
        format!(
            "edition 2026\n\nprogram Returns {{\n  version {version}\n  effective from {year}-01-01\n  currency EUR\n  \
             time zone \"Europe/Berlin\"\n}}\n\nunit points is spendable {{\n  singular point\n  \
             round down in total\n  expire never\n}}\n\nearn Base {{\n  on purchase\n  give 1 point per full 1 EUR\n}}\n\n\
             bonus Known {{\n  on purchase\n  when spend so far is at least 1 EUR\n  give 50 points\n  combine add\n}}\n\n\
             returns {{\n  {mode}\n}}\n"
        )
    };
    let (one, two) = (text(1, modes[0]), text(2, modes[1]));
    compiled(&[&one, &two]).unwrap_or_else(|findings| panic!("{findings}")).versions
}

fn lamps(id: &str, day: &str) -> Event {
    let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00"));
    event.item(Item::new("Lamp", "2", "10")).build().unwrap()
}

/// One lamp of each of these purchases comes back.
fn a_lamp(id: &str, day: &str, of: &[&str]) -> Event {
    let event = Event::returned(id, "Ann", &format!("{day}T12:00:00+01:00"));
    of.iter().fold(event, |event, of| event.line(ReturnLine::new("Lamp", "1").of(of))).build().unwrap()
}

fn cancel(id: &str, day: &str, of: &str) -> Event {
    Event::cancel(id, "Ann", &format!("{day}T12:00:00+01:00"), of).build().unwrap()
}

/// Delivers an event to an account that is stored and restored before, and tells how many points Ann has then.
fn points(versions: &Versions, ann: &mut Account, event: &Event) -> String {
    let program = versions.of(ann).unwrap();
    let stored = serde_json::to_string(&ann.snapshot(program)).unwrap();
    *ann = versions.restore(serde_json::from_str(&stored).unwrap()).unwrap();
    Evaluator::new().deliver(versions, ann, event).unwrap();
    ann.balance(versions.of(ann).unwrap(), "points").unwrap().available
}

/// Two lamps in each year: 20 points, and 20 + 50.
fn bought(versions: &Versions) -> Account {
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    assert_eq!(points(versions, &mut ann, &lamps("K-1", "2026-12-30")), "20");
    assert_eq!(points(versions, &mut ann, &lamps("K-2", "2027-01-02")), "90");
    ann
}

#[test]
fn a_mistake_is_undone_wholly_whatever_returns_have_left() {
    // a return of both purchases belongs to the second version, one of the first alone to the first
    let both = a_lamp("R-1", "2027-01-05", &["K-1", "K-2"]);
    let first = a_lamp("R-2", "2027-01-05", &["K-1"]);
    for (modes, orders) in [
        // the first version takes 10, the second nothing
        ([IN_PROPORTION, NOTHING], [["90", "80"], ["80", "80"]]),
        // the second takes 10 of the first and 35 of the second purchase
        ([NOTHING, IN_PROPORTION], [["45", "45"], ["90", "45"]]),
        // the first takes all 20 that it has not taken yet
        ([IN_FULL, IN_PROPORTION], [["45", "35"], ["70", "35"]]),
        ([IN_FULL, NOTHING], [["90", "70"], ["70", "70"]]),
        // the second takes all of both: 20 or what is left of them, and 70
        ([IN_PROPORTION, IN_FULL], [["0", "0"], ["80", "0"]]),
        ([NOTHING, IN_FULL], [["0", "0"], ["90", "0"]]),
    ] {
        let versions = versions(modes);
        for (events, left) in [[&both, &first], [&first, &both]].into_iter().zip(orders) {
            let mut ann = bought(&versions);
            let told = events.map(|event| points(&versions, &mut ann, event));
            assert_eq!(told, left, "{modes:?}");
            points(&versions, &mut ann, &cancel("C-1", "2027-01-07", "K-1"));
            // nothing of the first purchase is left; half of the second one counts as spent before, or all of it
            let second = match modes[1] {
                NOTHING => 70,
                IN_PROPORTION => 35,
                _ => 0,
            };
            let left = points(&versions, &mut ann, &buys("K-3", "2027-01-08", "0"));
            assert_eq!(left, (second + 50).to_string(), "{modes:?}");
            let last = points(&versions, &mut ann, &cancel("C-2", "2027-01-09", "K-2"));
            assert_eq!(last, "50", "{modes:?}");
            // and nothing of what was bought counts
            assert_eq!(points(&versions, &mut ann, &buys("K-4", "2027-01-10", "3")), "53", "{modes:?}");
        }
    }
}
