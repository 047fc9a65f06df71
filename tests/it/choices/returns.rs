//! Purchases that come back before and after their choice was made.

use super::{ALPHA, BIG, ann, apply, choose, program, purchase, run_to, visit};
use loyalty_rules::event::ReturnLine;
use loyalty_rules::{Account, Event};
use pretty_assertions::assert_eq;

/// One of the two items comes back.
fn half(id: &str, name: &str) -> Event {
    let event = Event::returned(id, "Ann", "2026-02-10T12:00:00+01:00").of("K-1");
    event.line(ReturnLine::new(name, "1")).build().unwrap()
}

fn all(id: &str, at: &str) -> Event {
    Event::returned(id, "Ann", at).of("K-1").all_items(None).build().unwrap()
}

#[test]
fn an_open_choice_is_cancelled_at_the_full_return() {
    let program = program();
    let mut ann = ann(&program);
    assert_eq!(
        apply(&program, &mut ann, &half("R-1", "Pears")).unwrap(),
        ["R-1#1: 30 points, available > taken-back, Base, returned"]
    );
    assert_eq!(ann.choices(&program).len(), 1);
    assert_eq!(
        apply(&program, &mut ann, &half("R-2", "Wine")).unwrap(),
        [
            "R-2#1: 30 points, available > taken-back, Base, returned".to_owned(),
            format!("R-2#2: 1 {BIG}, available > taken-back, Big, cancelled"),
        ]
    );
    assert_eq!(ann.choices(&program), []);
    let refused = apply(&program, &mut ann, &choose("W-1", "2026-02-11T12:00:00+01:00", "2", "Drink"));
    assert!(refused.unwrap_err().starts_with("no such choice: "));
    assert_eq!(ann.next_due(&program), None);
}

#[test]
fn what_was_chosen_comes_back_in_proportion() {
    let program = program();
    let mut ann = ann(&program);
    apply(&program, &mut ann, &choose("W-1", "2026-02-01T12:00:00+01:00", "50", "points")).unwrap();
    let first = apply(&program, &mut ann, &half("R-1", "Pears")).unwrap();
    assert_eq!(
        first,
        [
            "R-1#1: 30 points, available > taken-back, Base, returned",
            "R-1#2: 25 points, available > taken-back, Big, returned",
        ]
    );
    let second = apply(&program, &mut ann, &half("R-2", "Wine")).unwrap();
    assert_eq!(second[1], "R-2#2: 25 points, available > taken-back, Big, returned");
    assert_eq!(ann.balance(&program, "points").unwrap().available, "0");
}

#[test]
fn choosing_after_a_part_came_back_ends_like_choosing_before() {
    let program = program();
    let mut ann = ann(&program);
    apply(&program, &mut ann, &half("R-1", "Pears")).unwrap();
    // half of the purchase is left, and half of the 50 points
    let chosen =
        apply(&program, &mut ann, &choose("W-1", "2026-02-11T12:00:00+01:00", "50", "points")).unwrap();
    assert_eq!(chosen[1], "W-1#2: 25 points, issued > available, Big, earned until 2027-02-11");
    assert_eq!(ann.balance(&program, "points").unwrap().available, "55");
    let rest = apply(&program, &mut ann, &all("R-2", "2026-02-12T12:00:00+01:00")).unwrap();
    assert_eq!(
        rest,
        [
            "R-2#1: 30 points, available > taken-back, Base, returned",
            "R-2#2: 25 points, available > taken-back, Big, returned",
        ]
    );
}

#[test]
fn chosen_vouchers_are_cancelled_at_the_full_return() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &purchase("K-1", "2026-01-15T12:00:00+01:00", "150")).unwrap();
    apply(&program, &mut ann, &choose("W-1", "2026-02-01T12:00:00+01:00", "2", "Drink")).unwrap();
    assert_eq!(
        apply(&program, &mut ann, &half("R-1", "Pears")).unwrap(),
        ["R-1#1: 75 points, available > taken-back, Base, returned"]
    );
    assert_eq!(
        apply(&program, &mut ann, &half("R-2", "Wine")).unwrap(),
        [
            "R-2#1: 75 points, available > taken-back, Base, returned".to_owned(),
            // one of its two picks was made
            format!("R-2#2: 1 {ALPHA}, available > taken-back, Alpha, cancelled"),
            format!("R-2#3: 1 {BIG}, available > taken-back, Big, cancelled"),
            "R-2#4: 1 Drink, available > taken-back, Alpha, cancelled".to_owned(),
            "R-2#5: 1 Drink, available > taken-back, Alpha, cancelled".to_owned(),
        ]
    );
}

#[test]
fn what_was_given_otherwise_comes_back_too() {
    let program = program();
    let mut ann = ann(&program);
    run_to(&program, &mut ann, "2026-04-16T00:00:00+02:00");
    assert_eq!(
        apply(&program, &mut ann, &all("R-1", "2026-04-20T12:00:00+02:00")).unwrap(),
        [
            "R-1#1: 60 points, available > taken-back, Base, returned",
            "R-1#2: 30 points, available > taken-back, Big, returned",
        ]
    );
}

#[test]
fn a_level_that_is_lost_takes_its_open_choice_along() {
    let program = program();
    let mut ann = Account::open(&program, "Ann");
    apply(&program, &mut ann, &visit("V-1", "2026-01-31T12:00:00+01:00")).unwrap();
    apply(&program, &mut ann, &visit("K-1", "2026-02-01T12:00:00+01:00")).unwrap();
    assert_eq!(ann.tier(&program, "Status").unwrap().level, "Club");
    let lines = apply(&program, &mut ann, &all("R-1", "2026-02-02T12:00:00+01:00")).unwrap();
    assert_eq!(
        lines,
        [
            "R-1#1: 1 stays, available > taken-back, Stay, returned".to_owned(),
            format!("R-1#2: 2 {}, available > taken-back, Monthly, cancelled", super::MONTHLY),
            "R-1#3: 1 choice of [100 points, 3 Drink] within 6 months, available > taken-back, Status, cancelled"
                .to_owned(),
        ]
    );
}
