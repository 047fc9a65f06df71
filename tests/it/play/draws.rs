//! Tickets and draws: what takes part, what comes back, and what tickets are not.

use crate::returns::{ann, holds, program};
use loyalty_rules::check::{Sources, compile};
use loyalty_rules::event::Item;
use loyalty_rules::{Account, Evaluator, Event, Limits, Program};
use pretty_assertions::assert_eq;

const IN_PROPORTION: &str = "  take back earned in proportion";

const LOTS: &str = "event postcard {\n}\n\nunit lots is tickets {\n  singular lot\n}\n\n\
     earn Shopping {\n  on purchase\n  give 1 lot per 4 EUR\n}\n\n\
     draw Summer {\n  draws from lots\n  valid from 2026-03-01 to 2026-07-31\n  held on 2026-08-07\n  \
     cap 10 lots per campaign\n  free entry on postcard give 3 lots\n}\n\n\
     draw Spring {\n  draws from lots\n  valid from 2026-03-01 to 2026-03-31\n  held on 2026-04-01\n}";

#[test]
fn tickets_are_whole_and_rounded_down_and_come_back_with_their_purchase() {
    // 19.90 / 4 = 4.975
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Loaf 2 x 9.95 EUR }\n\
         expect Ann earns 4 lots\n\
         when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann { item Loaf 1 }\n\
         expect Ann loses 2 lots\n\
         when 2026-03-05 10:00 postcard \"P-1\" by Ann\n\
         expect Ann earns 3 lots from Summer\n\
         expect Ann has 5 lots\n\
         when 2026-03-06 10:00 cancel \"C-1\" of \"P-1\" by Ann\n\
         expect Ann has 2 lots\n\
         when 2026-08-01 10:00 postcard \"P-2\" by Ann\n\
         expect Ann earns nothing";
    holds(IN_PROPORTION, LOTS, &ann(steps));
}

fn lots() -> Program {
    let text = program(IN_PROPORTION, LOTS);
    compile(&Sources::single("lots.loyalty", text), &Limits::default()).unwrap().program
}

fn apply(program: &Program, account: &mut Account, event: &Event) {
    let outcome = Evaluator::new().evaluate(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
}

/// Issued in the time of the draw, and taking part.
fn tickets(program: &Program, account: &Account, draw: &str) -> (String, String) {
    let told = account.draw(program, draw).unwrap();
    assert_eq!(told.unit, "lots");
    (told.issued, told.tickets)
}

fn buys(id: &str, day: &str, price: &str) -> Event {
    let event = Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00"));
    event.item(Item::new("Loaf", "1", price)).build().unwrap()
}

#[test]
fn a_draw_counts_the_tickets_of_its_days_up_to_its_cap() {
    let (program, mut ann) = (lots(), Account::open(&lots(), "Ann"));
    let pair = |issued: &str, tickets: &str| (issued.to_owned(), tickets.to_owned());
    // before both of them
    apply(&program, &mut ann, &buys("K-0", "2026-02-20", "40"));
    assert_eq!(tickets(&program, &ann, "Summer"), pair("0", "0"));
    apply(&program, &mut ann, &buys("K-1", "2026-03-03", "32"));
    assert_eq!(tickets(&program, &ann, "Summer"), pair("8", "8"));
    assert_eq!(tickets(&program, &ann, "Spring"), pair("8", "8"));
    apply(&program, &mut ann, &buys("K-2", "2026-04-03", "20"));
    assert_eq!(tickets(&program, &ann, "Summer"), pair("13", "10"));
    assert_eq!(tickets(&program, &ann, "Spring"), pair("8", "8"));
    // 13 and 3, of which 5 come back: there is more than takes part all the same
    let back = Event::returned("R-1", "Ann", "2026-04-05T12:00:00+01:00").of("K-2").all_items(None);
    apply(&program, &mut ann, &buys("K-3", "2026-04-04", "12"));
    apply(&program, &mut ann, &back.build().unwrap());
    assert_eq!(tickets(&program, &ann, "Summer"), pair("11", "10"));
    assert!(ann.draw(&program, "Winter").is_err());
    let told = ann.draw(&program, "Spring").unwrap();
    assert_eq!(
        [told.from, told.to, told.held].map(|day| day.to_string()),
        ["2026-03-01", "2026-03-31", "2026-04-01"]
    );
    // a year after the draw of spring nobody asks any more
    apply(&program, &mut ann, &buys("K-4", "2028-04-03", "4"));
    assert_eq!(tickets(&program, &ann, "Spring"), pair("0", "0"));
}

const YEARLY: &str = "unit lots is tickets {\n  singular lot\n}\n\n\
     earn Shopping {\n  on purchase\n  give 1 lot per 4 EUR\n}\n\n\
     draw Spring {\n  draws from lots\n  valid every year from 02-01 to 04-01\n  held on 04-10\n  \
     cap 3 lots per day\n  cap 5 lots per week\n  cap 9 lots per campaign\n}\n\n\
     draw Always {\n  draws from lots\n  valid from 2026-02-01 to 2027-04-01\n  held on 2027-04-10\n  \
     cap 12 lots per lifetime per member\n}";

#[test]
fn caps_of_days_and_weeks_take_tickets_day_by_day() {
    let text = program(IN_PROPORTION, YEARLY);
    let program = compile(&Sources::single("lots.loyalty", text), &Limits::default()).unwrap().program;
    let mut ann = Account::open(&program, "Ann");
    let pair = |issued: &str, tickets: &str| (issued.to_owned(), tickets.to_owned());
    // nothing has happened yet: the last draw that began when the program did
    assert_eq!(ann.draw(&program, "Spring").unwrap().from.to_string(), "2025-02-01");
    apply(&program, &mut ann, &buys("K-0", "2026-01-31", "40"));
    // Monday 2 March: 4 lots, of which 3 take part; Tuesday 2; Wednesday 2, for which the week has no room
    for (id, day, price) in
        [("K-1", "2026-03-02", "16"), ("K-2", "2026-03-03", "8"), ("K-3", "2026-03-04", "8")]
    {
        apply(&program, &mut ann, &buys(id, day, price));
    }
    assert_eq!(tickets(&program, &ann, "Spring"), pair("8", "5"));
    // Monday 9 and Tuesday 10 March: 3 and 2, and all together 9
    apply(&program, &mut ann, &buys("K-4", "2026-03-09", "12"));
    apply(&program, &mut ann, &buys("K-5", "2026-03-10", "8"));
    assert_eq!(tickets(&program, &ann, "Spring"), pair("13", "9"));
    // what comes back of Monday makes room for Wednesday: 0 + 2 + 2, and 5
    let back = Event::returned("R-1", "Ann", "2026-03-11T12:00:00+01:00").of("K-1").all_items(None);
    apply(&program, &mut ann, &back.build().unwrap());
    assert_eq!(tickets(&program, &ann, "Spring"), pair("9", "9"));
    let back = Event::returned("R-2", "Ann", "2026-03-11T13:00:00+01:00").of("K-4").all_items(None);
    apply(&program, &mut ann, &back.build().unwrap());
    assert_eq!(tickets(&program, &ann, "Spring"), pair("6", "6"));
    // the next year begins anew, and the one before can still be told
    apply(&program, &mut ann, &buys("K-6", "2027-02-01", "40"));
    assert_eq!(tickets(&program, &ann, "Spring"), pair("10", "3"));
    let told = ann.draw_on(&program, "Spring", "2027-01-31".parse().unwrap()).unwrap();
    assert_eq!(
        [told.from, told.to, told.held].map(|day| day.to_string()),
        ["2026-02-01", "2026-04-01", "2026-04-10"]
    );
    assert_eq!((told.issued, told.tickets), pair("6", "6"));
    // 6 and 10, up to 12
    assert_eq!(tickets(&program, &ann, "Always"), pair("16", "12"));
}
