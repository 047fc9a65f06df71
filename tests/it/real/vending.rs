//! The stamp card of the coffee machine (`examples/vending/vending.loyalty`) as plain code.
//!
//! One stamp for each coffee, two a day at most, ten fill the card and give a voucher for a free cup. A card
//! ends six months after its first stamp, a voucher after 60 days.

use super::reader::{self, Event, months_after};
use super::table;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

const GOAL: i128 = 10;
const STAMPS_A_DAY: i128 = 2;

/// An open card: the day of its first stamp and its stamps.
#[derive(Debug, Clone, Copy)]
struct Card {
    opened: NaiveDate,
    stamps: i128,
}

impl Card {
    fn last_day(&self) -> NaiveDate {
        months_after(self.opened, 6)
    }
}

#[derive(Debug, Clone, Default)]
struct Member {
    card: Option<Card>,
    /// The day of the newest stamps, and how many that day had.
    today: Option<(NaiveDate, i128)>,
    /// The last days of all vouchers.
    vouchers: Vec<NaiveDate>,
}

/// The numbers that any other implementation has to meet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) events: i128,
    pub(crate) applied: i128,
    pub(crate) refused: i128,
    pub(crate) members: i128,
    pub(crate) stamps_issued: i128,
    pub(crate) full_cards: i128,
    pub(crate) vouchers_issued: i128,
    pub(crate) vouchers_expired: i128,
    /// Stamps that ended with their open card.
    pub(crate) stamps_expired: i128,
    pub(crate) open_cards: i128,
    pub(crate) stamps_on_open_cards: i128,
}

/// How often the text could have been read in another way, or a rare case came up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Doubts {
    pub(crate) stamps_cut_by_the_cap: i128,
    pub(crate) stamps_carried_over: i128,
    pub(crate) cards_expired: i128,
    pub(crate) stamps_on_the_last_day_of_a_card: i128,
    pub(crate) stamps_on_the_day_after_it: i128,
    pub(crate) cards_with_a_day_cut_to_the_month: i128,
}

/// The machine after some events.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    members: BTreeMap<String, Member>,
    totals: Totals,
    pub(crate) doubts: Doubts,
    /// Stamps and full cards by id of the event.
    pub(crate) effects: BTreeMap<String, (i128, i128)>,
}

impl Machine {
    /// All events in the order given.
    pub(crate) fn replay(events: &[Event]) -> Machine {
        let mut machine = Machine::default();
        for event in events {
            assert_eq!(event.kind, "purchase");
            machine.purchase(event);
        }
        machine
    }

    fn purchase(&mut self, event: &Event) {
        let day = event.day();
        let member = self.members.entry(event.member.clone()).or_default();
        expire(member, day, &mut self.totals, &mut self.doubts);
        let coffees = event
            .items
            .iter()
            .filter(|item| item.category.as_deref() == Some("coffee"))
            .map(reader::Item::pieces);
        let wanted: i128 = coffees.sum();
        let used = member.today.filter(|&(at, _)| at == day).map_or(0, |(_, stamps)| stamps);
        let stamps = wanted.min(STAMPS_A_DAY - used);
        self.doubts.stamps_cut_by_the_cap += wanted - stamps;
        let mut filled = 0;
        if stamps > 0 {
            member.today = Some((day, used + stamps));
            let card = member.card.get_or_insert(Card { opened: day, stamps: 0 });
            self.doubts.stamps_on_the_last_day_of_a_card += i128::from(card.last_day() == day);
            card.stamps += stamps;
            while let Some(full) = member.card.filter(|card| card.stamps >= GOAL) {
                filled += 1;
                member.vouchers.push(day + Days::new(60));
                let rest = full.stamps - GOAL;
                self.doubts.stamps_carried_over += rest;
                member.card = (rest > 0).then_some(Card { opened: day, stamps: rest });
            }
        }
        self.totals.events += 1;
        self.totals.applied += 1;
        self.totals.stamps_issued += stamps;
        self.totals.full_cards += filled;
        self.totals.vouchers_issued += filled;
        self.effects.insert(event.id.clone(), (stamps, filled));
    }

    /// The numbers on a day; every clock has run until then.
    pub(crate) fn totals(mut self, now: NaiveDate) -> (Totals, Doubts) {
        for member in self.members.values_mut() {
            expire(member, now, &mut self.totals, &mut self.doubts);
            let used = member.vouchers.iter().filter(|&&last_day| last_day < now).count();
            self.totals.vouchers_expired += i128::try_from(used).unwrap();
            self.totals.open_cards += i128::from(member.card.is_some());
            self.totals.stamps_on_open_cards += member.card.map_or(0, |card| card.stamps);
        }
        self.totals.members = i128::try_from(self.members.len()).unwrap();
        (self.totals, self.doubts)
    }
}

/// Ends the open card if its last day is over.
fn expire(member: &mut Member, now: NaiveDate, totals: &mut Totals, doubts: &mut Doubts) {
    let Some(card) = member.card.filter(|card| card.last_day() < now) else { return };
    member.card = None;
    totals.stamps_expired += card.stamps;
    doubts.cards_expired += 1;
    doubts.stamps_on_the_day_after_it += i128::from(card.last_day().succ_opt() == Some(now));
    let later = card.opened.checked_add_days(Days::new(1)).unwrap();
    doubts.cards_with_a_day_cut_to_the_month += i128::from(months_after(later, 6) == card.last_day());
}

/// The machine after all events of the file, and the local date of the last one.
pub(crate) fn whole_file() -> Option<(Machine, NaiveDate)> {
    let events = reader::events("coffee-vending.jsonl.gz")?;
    let now = events.last().unwrap().day();
    Some((Machine::replay(&events), now))
}

/// The numbers after all events of the file, with every clock run to the instant of the last event. Nothing
/// if the data is absent.
pub(crate) fn expected_vending() -> Option<Totals> {
    whole_file().map(|(machine, now)| machine.totals(now).0)
}

impl Totals {
    pub(crate) fn print(&self) {
        table(
            "Vending Card, coffee-vending",
            &[
                ("events in", self.events),
                ("events applied", self.applied),
                ("events refused", self.refused),
                ("members", self.members),
                ("stamps issued", self.stamps_issued),
                ("full cards", self.full_cards),
                ("vouchers issued", self.vouchers_issued),
                ("vouchers expired", self.vouchers_expired),
                ("stamps expired", self.stamps_expired),
                ("open cards", self.open_cards),
                ("stamps on open cards", self.stamps_on_open_cards),
            ],
        );
    }
}

impl Doubts {
    pub(crate) fn print(&self) {
        table(
            "rare cases and other readings",
            &[
                ("stamps cut by the cap of the day", self.stamps_cut_by_the_cap),
                ("stamps carried over", self.stamps_carried_over),
                ("cards expired", self.cards_expired),
                ("events that stamp on the last day of a card", self.stamps_on_the_last_day_of_a_card),
                ("events or ends on the day after it", self.stamps_on_the_day_after_it),
                ("expired cards with a day cut to the month", self.cards_with_a_day_cut_to_the_month),
            ],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::event;
    use super::*;

    fn cups(id: &str, day: &str, quantity: u32, category: &str) -> Event {
        event(&format!(
            r#"{{"id":"{id}","type":"purchase","member":"Ann","at":"{day}T08:00:00.000+02:00","items":[
               {{"sku":"x","category":"{category}","quantity":{quantity},"unit_price":"38.70"}}]}}"#
        ))
    }

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn two_stamps_a_day_and_none_for_chocolate() {
        let machine = Machine::replay(&[
            cups("1", "2024-03-02", 1, "coffee"),
            cups("2", "2024-03-02", 3, "coffee"),
            cups("3", "2024-03-03", 1, "chocolate"),
        ]);
        let (totals, doubts) = machine.totals(day(2024, 3, 3));
        assert_eq!((totals.stamps_issued, totals.stamps_on_open_cards, totals.members), (2, 2, 1));
        assert_eq!(doubts.stamps_cut_by_the_cap, 2);
    }

    #[test]
    fn the_tenth_stamp_fills_the_card_and_the_rest_carries_over() {
        let mut events: Vec<Event> =
            (1..=4).map(|at| cups(&at.to_string(), &format!("2024-03-0{at}"), 2, "coffee")).collect();
        events.push(cups("5", "2024-03-05", 1, "coffee"));
        events.push(cups("6", "2024-03-06", 2, "coffee"));
        let full = |now| Machine::replay(&events).totals(now).0;
        let totals = full(day(2024, 5, 5));
        assert_eq!((totals.full_cards, totals.vouchers_issued, totals.stamps_on_open_cards), (1, 1, 1));
        // 60 days after 6 March is 5 May
        assert_eq!(totals.vouchers_expired, 0);
        assert_eq!(full(day(2024, 5, 6)).vouchers_expired, 1);
        // the card that the rest opened on 6 March ends with 6 September
        assert_eq!(full(day(2024, 9, 6)).stamps_expired, 0);
        assert_eq!(full(day(2024, 9, 7)).stamps_expired, 1);
    }

    #[test]
    fn the_real_machine() {
        let Some((machine, now)) = whole_file() else { return };
        let (totals, doubts) = machine.totals(now);
        totals.print();
        doubts.print();
        // counted by whoever made the file
        assert_eq!(now, day(2025, 3, 23));
        assert_eq!((totals.events, totals.members), (2_844, 1_035));
        // every stamp is somewhere
        let kept = totals.stamps_expired + totals.stamps_on_open_cards;
        assert_eq!(kept + 10 * totals.full_cards, totals.stamps_issued);
        assert_eq!(expected_vending(), Some(totals));
    }
}
