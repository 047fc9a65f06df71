//! The program of the gift shop (`examples/gift-shop/gift-shop.loyalty`) as plain code.
//!
//! Points: 2 for each full pound of the goods of a purchase, a quarter more for Silver, half more for Gold,
//! by the tier before the purchase; usable after 14 days, for six months to the month's end. Status: from
//! what was spent in a calendar year, net of returns. Returns take back what the line had earned, or what another
//! [`Mode`] says.

use super::reader::{self, Event, Item, MILLION, month_end, months_after};
use super::{share_out, table};
use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeMap;

const NOT_GOODS: [&str; 6] = ["postage", "carriage", "discount", "manual", "commission", "bank-charges"];

/// The levels, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    Bronze,
    Silver,
    Gold,
}

/// What a return takes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Of each line what it had earned, times the part of it that came back.
    #[default]
    InProportion,
    /// What the rest of the purchase would not have earned at its time.
    AsIfNeverBought,
    /// Everything of the purchase, when the first of it comes back.
    InFull,
    /// Nothing; what was spent stays spent.
    Nothing,
}

/// The rules that give points; a purchase has one lot of each, and a line one part of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Goods,
    GoldAndSilver,
}

const RULES: [Rule; 2] = [Rule::Goods, Rule::GoldAndSilver];

/// What one rule booked for one purchase.
#[derive(Debug, Clone, Copy, Default)]
struct Lot {
    booked: i128,
    taken: i128,
}

/// One line of a purchase with what it earned and what came back of it.
#[derive(Debug, Clone)]
struct Line {
    sku: String,
    price: i128,
    quantity: i128,
    value: i128,
    goods: bool,
    /// Points of this line by rule.
    earned: [i128; 2],
    quantity_back: i128,
    /// Counted up to the value of the line.
    value_back: i128,
    /// Not counted up to anything.
    refunded: i128,
}

#[derive(Debug, Clone)]
struct Purchase {
    member: String,
    day: NaiveDate,
    /// The member's level before the purchase.
    tier: Tier,
    lines: Vec<Line>,
    lots: [Lot; 2],
}

impl Line {
    /// What a rule's part of the line has to give up in sum, in proportion to the value that came back.
    fn due(&self, rule: usize) -> i128 {
        // a line worth nothing earned nothing
        if self.value == 0 { 0 } else { self.earned[rule] * self.value_back / self.value }
    }
}

impl Purchase {
    fn last_day(&self) -> NaiveDate {
        month_end(months_after(self.day, 6))
    }

    fn usable_from(&self) -> NaiveDate {
        self.day + Days::new(14)
    }

    /// What has to be given up by rule in sum, by all that has come back so far.
    fn due(&self, mode: Mode) -> [i128; 2] {
        let booked = self.lots.map(|lot| lot.booked);
        let came_back = self.lines.iter().any(|line| line.quantity_back > 0);
        match mode {
            Mode::InProportion => [0, 1].map(|rule| self.lines.iter().map(|line| line.due(rule)).sum()),
            Mode::InFull if came_back => booked,
            Mode::InFull | Mode::Nothing => [0, 0],
            Mode::AsIfNeverBought => {
                let goods = self.lines.iter().filter(|line| line.goods);
                let (rest, _) = points(goods.map(|line| line.value - line.value_back).sum(), self.tier);
                [booked[0] - rest[0], booked[1] - rest[1]]
            }
        }
    }
}

/// What is known of a member: the amount spent by calendar year, net of returns, in millionths.
#[derive(Debug, Clone, Default)]
struct Member {
    spent: BTreeMap<i32, i128>,
}

fn tier_of(spent: i128) -> Tier {
    match spent {
        at if at >= 5_000 * MILLION => Tier::Gold,
        at if at >= 1_000 * MILLION => Tier::Silver,
        _ => Tier::Bronze,
    }
}

impl Member {
    /// The level on a day: what a year's spend reaches holds until the end of the next year. No term ends
    /// within the data, so no level is ever reviewed.
    fn tier(&self, day: NaiveDate) -> Tier {
        let year = day.year();
        assert!(year < 2012, "terms that began in 2010 end with 2011; reviews are not written out here");
        self.reached(year - 1).max(self.reached(year))
    }

    /// The last day of the level's term; Bronze has none. A year that reaches the level again renews it.
    fn until(&self, day: NaiveDate) -> Option<NaiveDate> {
        let level = self.tier(day);
        let year = if self.reached(day.year()) == level { day.year() } else { day.year() - 1 };
        (level > Tier::Bronze).then(|| NaiveDate::from_ymd_opt(year + 1, 12, 31).unwrap())
    }

    /// What the spend of a year reaches.
    fn reached(&self, year: i32) -> Tier {
        tier_of(self.spent.get(&year).copied().unwrap_or(0))
    }
}

/// What one event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effect {
    /// Points booked by Goods, and by Gold and Silver.
    pub(crate) issued: [i128; 2],
    /// Points taken back from the lots of each rule.
    pub(crate) taken: [i128; 2],
    /// The member's level after the event.
    pub(crate) tier: Tier,
    /// The last day of the level's term.
    pub(crate) until: Option<NaiveDate>,
    pub(crate) refused: bool,
}

/// How often the text could have been read in another way, or a rare case came up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Doubts {
    pub(crate) events_with_a_third_decimal_place: i128,
    pub(crate) returns_without_a_matched_line: i128,
    pub(crate) returns_matched_in_part: i128,
    pub(crate) returns_before_any_purchase: i128,
    pub(crate) matched_lines_with_another_price: i128,
    pub(crate) matched_lines_over_several_lines: i128,
    pub(crate) matched_lines_where_price_first_differs: i128,
    pub(crate) matched_lines_worth_more_than_left: i128,
    pub(crate) of_them_with_room_on_another_line: i128,
    pub(crate) lines_back_in_pieces_but_not_in_value: i128,
    pub(crate) purchases_refunded_whole_with_a_line_open: i128,
    pub(crate) returns_of_expired_points: i128,
    pub(crate) points_claimed_after_expiry: i128,
    pub(crate) returns_in_a_later_year: i128,
    pub(crate) tier_upgrades: i128,
    pub(crate) tier_drops: i128,
    pub(crate) of_them_in_a_later_year: i128,
    pub(crate) purchases_with_half_a_point_lost: i128,
    pub(crate) shares_decided_by_a_tie: i128,
}

/// The numbers that any other implementation has to meet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) events: i128,
    pub(crate) applied: i128,
    pub(crate) refused: i128,
    pub(crate) members: i128,
    pub(crate) issued: i128,
    /// The part of `issued` that the rule Goods booked.
    pub(crate) issued_by_goods: i128,
    /// The part of `issued` that the bonus booked.
    pub(crate) issued_by_bonus: i128,
    pub(crate) pending: i128,
    pub(crate) available: i128,
    pub(crate) expired: i128,
    pub(crate) taken_back: i128,
    pub(crate) bronze: i128,
    pub(crate) silver: i128,
    pub(crate) gold: i128,
}

/// The shop after some events.
#[derive(Debug, Default)]
pub(crate) struct Shop {
    mode: Mode,
    members: BTreeMap<String, Member>,
    purchases: BTreeMap<String, Purchase>,
    /// By id of the event.
    pub(crate) effects: BTreeMap<String, Effect>,
    pub(crate) doubts: Doubts,
}

/// What a return does to the purchases it names, before it is known whether all of it is possible.
struct Draft {
    purchases: BTreeMap<String, Purchase>,
    taken: [i128; 2],
    claimed_late: i128,
    doubts: Doubts,
}

impl Shop {
    /// All events in the order given.
    pub(crate) fn replay(events: &[Event]) -> Shop {
        Shop::replay_in(Mode::InProportion, events)
    }

    /// The same where returns take back what the mode says.
    pub(crate) fn replay_in(mode: Mode, events: &[Event]) -> Shop {
        let mut shop = Shop { mode, ..Shop::default() };
        for event in events {
            if event.items.iter().any(|item| item.price() % 10_000 != 0) {
                shop.doubts.events_with_a_third_decimal_place += 1;
            }
            let before = shop.members.entry(event.member.clone()).or_default().tier(event.day());
            let mut effect = match event.kind.as_str() {
                "purchase" => shop.purchase(event, before),
                "return" => shop.give_back(event),
                other => panic!("no event is a {other}"),
            };
            effect.tier = shop.members[&event.member].tier(event.day());
            effect.until = shop.members[&event.member].until(event.day());
            shop.doubts.tier_upgrades += i128::from(effect.tier > before);
            shop.doubts.tier_drops += i128::from(effect.tier < before);
            assert!(shop.effects.insert(event.id.clone(), effect).is_none(), "{} comes twice", event.id);
        }
        shop
    }

    fn purchase(&mut self, event: &Event, tier: Tier) -> Effect {
        let mut lines: Vec<Line> = event.items.iter().map(line).collect();
        let weights: Vec<i128> = lines.iter().map(|line| if line.goods { line.value } else { 0 }).collect();
        let (issued, half) = points(weights.iter().sum(), tier);
        self.doubts.purchases_with_half_a_point_lost += i128::from(half);
        for rule in RULES {
            let (parts, tie) = share_out(issued[rule as usize], &weights);
            self.doubts.shares_decided_by_a_tie += i128::from(tie);
            for (line, part) in lines.iter_mut().zip(parts) {
                line.earned[rule as usize] = part;
            }
        }
        let worth: i128 = lines.iter().map(|line| line.value).sum();
        let member = self.members.get_mut(&event.member).unwrap();
        *member.spent.entry(event.day().year()).or_default() += worth;
        let lots = issued.map(|booked| Lot { booked, taken: 0 });
        let made = Purchase { member: event.member.clone(), day: event.day(), tier, lines, lots };
        self.purchases.insert(event.id.clone(), made);
        Effect { issued, taken: [0, 0], tier, until: None, refused: false }
    }

    /// A return: all of it, or nothing if one of its lines is impossible.
    fn give_back(&mut self, event: &Event) -> Effect {
        let refused =
            Effect { issued: [0, 0], taken: [0, 0], tier: Tier::Bronze, until: None, refused: true };
        let day = event.day();
        let tier_before = self.members[&event.member].tier(day);
        let mut draft =
            Draft { purchases: BTreeMap::new(), taken: [0, 0], claimed_late: 0, doubts: self.doubts };
        let matched = event.items.iter().filter(|item| item.returns.is_some()).count();
        draft.doubts.returns_without_a_matched_line += i128::from(matched == 0);
        draft.doubts.returns_matched_in_part += i128::from(matched > 0 && matched < event.items.len());
        let bought = self.members[&event.member].spent.len();
        draft.doubts.returns_before_any_purchase += i128::from(bought == 0);
        for item in &event.items {
            let Some(id) = &item.returns else { continue };
            // an unknown purchase, and below an unknown line, are unmatched lines too
            let Some(known) = self.purchases.get(id) else { continue };
            if known.member != event.member {
                return refused;
            }
            draft.purchases.entry(id.clone()).or_insert_with(|| known.clone());
            if !draft.line_back(id, item) {
                return refused;
            }
        }
        for (id, after) in &mut draft.purchases {
            let (old, new) = (self.purchases[id].due(self.mode), after.due(self.mode));
            for rule in RULES.map(|rule| rule as usize) {
                let claim = new[rule] - old[rule];
                assert!(claim >= 0, "what is left of {id} earns more than there was");
                if day <= after.last_day() {
                    after.lots[rule].taken += claim;
                    draft.taken[rule] += claim;
                } else {
                    draft.claimed_late += claim;
                }
            }
        }
        let Draft { purchases, taken, claimed_late, mut doubts } = draft;
        doubts.returns_of_expired_points += i128::from(claimed_late > 0);
        doubts.points_claimed_after_expiry += claimed_late;
        let mut later_year = false;
        let member = self.members.get_mut(&event.member).unwrap();
        for (id, after) in purchases {
            let back = |purchase: &Purchase| purchase.lines.iter().map(|line| line.value_back).sum::<i128>();
            let more = back(&after) - back(&self.purchases[&id]);
            if self.mode != Mode::Nothing {
                *member.spent.get_mut(&after.day.year()).unwrap() -= more;
            }
            later_year |= after.day.year() < day.year();
            self.purchases.insert(id, after);
        }
        doubts.returns_in_a_later_year += i128::from(later_year);
        doubts.of_them_in_a_later_year += i128::from(later_year && member.tier(day) < tier_before);
        self.doubts = doubts;
        Effect { issued: [0, 0], taken, tier: Tier::Bronze, until: None, refused: false }
    }

    /// The numbers at the end of a day's part that lies behind `now`; every clock has run until then.
    pub(crate) fn totals(&self, now: NaiveDate) -> Totals {
        let mut sum = Totals {
            events: count(self.effects.len()),
            refused: count(self.effects.values().filter(|effect| effect.refused).count()),
            members: count(self.members.len()),
            ..Totals::default()
        };
        sum.applied = sum.events - sum.refused;
        for purchase in self.purchases.values() {
            sum.issued_by_goods += purchase.lots[Rule::Goods as usize].booked;
            sum.issued_by_bonus += purchase.lots[Rule::GoldAndSilver as usize].booked;
            for lot in purchase.lots {
                sum.taken_back += lot.taken;
                let left = lot.booked - lot.taken;
                if purchase.last_day() < now {
                    sum.expired += left;
                } else if purchase.usable_from() <= now {
                    sum.available += left;
                } else {
                    sum.pending += left;
                }
            }
        }
        sum.issued = sum.issued_by_goods + sum.issued_by_bonus;
        for member in self.members.values() {
            match member.tier(now) {
                Tier::Bronze => sum.bronze += 1,
                Tier::Silver => sum.silver += 1,
                Tier::Gold => sum.gold += 1,
            }
        }
        sum
    }

    /// In millionths of a pound, returned or not.
    pub(crate) fn value_of_purchases(&self) -> i128 {
        self.purchases.values().flat_map(|purchase| &purchase.lines).map(|line| line.value).sum()
    }

    /// The cases that only show when all is over.
    pub(crate) fn doubts_at_the_end(&self) -> Doubts {
        let mut doubts = self.doubts;
        for purchase in self.purchases.values() {
            let worth: i128 = purchase.lines.iter().map(|line| line.value).sum();
            let refunded: i128 = purchase.lines.iter().map(|line| line.refunded).sum();
            let open = purchase.lines.iter().any(|line| line.value_back < line.value);
            doubts.purchases_refunded_whole_with_a_line_open +=
                i128::from(refunded > 0 && refunded >= worth && open);
            let short = |line: &&Line| line.quantity_back == line.quantity && line.value_back < line.value;
            doubts.lines_back_in_pieces_but_not_in_value +=
                count(purchase.lines.iter().filter(short).count());
        }
        doubts
    }
}

impl Draft {
    /// One line of a return. False if there are not so many pieces left.
    fn line_back(&mut self, id: &str, item: &Item) -> bool {
        let purchase = self.purchases.get_mut(id).unwrap();
        let wanted = |at: &usize| purchase.lines[*at].sku == item.sku;
        let in_order: Vec<usize> = (0..purchase.lines.len()).filter(wanted).collect();
        if in_order.is_empty() {
            return true;
        }
        let mut price_first = in_order.clone();
        price_first.sort_by_key(|&at| purchase.lines[at].price != item.price());
        let Some(pieces) = pieces_from(purchase, &price_first, item.pieces()) else { return false };
        self.doubts.matched_lines_over_several_lines += i128::from(pieces.len() > 1);
        let mut plain = pieces_from(purchase, &in_order, item.pieces()).unwrap();
        let mut chosen = pieces.clone();
        plain.sort_unstable();
        chosen.sort_unstable();
        self.doubts.matched_lines_where_price_first_differs += i128::from(plain != chosen);
        self.doubts.matched_lines_with_another_price +=
            i128::from(pieces.iter().any(|&(at, _)| purchase.lines[at].price != item.price()));
        let mut rest = item.value();
        let mut beyond = 0;
        for (number, &(at, quantity)) in pieces.iter().enumerate() {
            let last = number + 1 == pieces.len();
            let value = if last { rest } else { item.value() * quantity / item.pieces() };
            rest -= value;
            let line = &mut purchase.lines[at];
            let counted = value.min(line.value - line.value_back);
            beyond += value - counted;
            line.quantity_back += quantity;
            line.value_back += counted;
            line.refunded += value;
        }
        let room = |at: &usize| purchase.lines[*at].value_back < purchase.lines[*at].value;
        self.doubts.matched_lines_worth_more_than_left += i128::from(beyond > 0);
        self.doubts.of_them_with_room_on_another_line += i128::from(beyond > 0 && in_order.iter().any(room));
        true
    }
}

/// Takes pieces from lines in the order given, from each what it has left; nothing if that is too little.
fn pieces_from(purchase: &Purchase, order: &[usize], wanted: i128) -> Option<Vec<(usize, i128)>> {
    let mut missing = wanted;
    let mut pieces = Vec::new();
    for &at in order {
        let line = &purchase.lines[at];
        let quantity = missing.min(line.quantity - line.quantity_back);
        if quantity > 0 {
            pieces.push((at, quantity));
            missing -= quantity;
        }
    }
    (missing == 0).then_some(pieces)
}

fn line(item: &Item) -> Line {
    let goods = !item.category.as_deref().is_some_and(|category| NOT_GOODS.contains(&category));
    Line {
        sku: item.sku.clone(),
        price: item.price(),
        quantity: item.pieces(),
        value: item.value(),
        goods,
        earned: [0, 0],
        quantity_back: 0,
        value_back: 0,
        refunded: 0,
    }
}

/// The points of a purchase by rule, from the value of its goods. The exact amounts are added up and rounded
/// down once. The base is whole, so what is missing to the total can only be the bonus's, and it never is.
/// The second result tells whether half a point was lost.
fn points(goods: i128, tier: Tier) -> ([i128; 2], bool) {
    let base = goods / MILLION * 2;
    let percent = match tier {
        Tier::Bronze => 0,
        Tier::Silver => 25,
        Tier::Gold => 50,
    };
    let total = base * (100 + percent) / 100;
    let bonus = base * percent / 100;
    assert_eq!(base + bonus, total);
    ([base, bonus], base * percent % 100 != 0)
}

fn count(number: usize) -> i128 {
    i128::try_from(number).unwrap()
}

/// The shop after all events of the file, and the local date of the last one.
pub(crate) fn whole_file() -> Option<(Shop, NaiveDate)> {
    whole_file_in(Mode::InProportion)
}

/// The same where returns take back what the mode says.
pub(crate) fn whole_file_in(mode: Mode) -> Option<(Shop, NaiveDate)> {
    let events = reader::events("online-retail.jsonl.gz")?;
    let now = events.last().unwrap().day();
    Some((Shop::replay_in(mode, &events), now))
}

/// The numbers after all events of the file, with every clock run to the instant of the last event. Nothing
/// if the data is absent.
pub(crate) fn expected_gift_shop() -> Option<Totals> {
    whole_file().map(|(shop, now)| shop.totals(now))
}

impl Totals {
    pub(crate) fn print(&self) {
        table(
            "Gift Shop Rewards, online-retail",
            &[
                ("events in", self.events),
                ("events applied", self.applied),
                ("events refused", self.refused),
                ("members", self.members),
                ("points issued", self.issued),
                ("  by Goods", self.issued_by_goods),
                ("  by Gold and Silver", self.issued_by_bonus),
                ("points pending", self.pending),
                ("points available", self.available),
                ("points expired", self.expired),
                ("points taken back", self.taken_back),
                ("members Bronze", self.bronze),
                ("members Silver", self.silver),
                ("members Gold", self.gold),
            ],
        );
    }
}

impl Doubts {
    pub(crate) fn print(&self) {
        table(
            "rare cases and other readings",
            &[
                ("events with a third decimal place", self.events_with_a_third_decimal_place),
                ("returns without a matched line", self.returns_without_a_matched_line),
                ("returns matched in part", self.returns_matched_in_part),
                ("returns before any purchase of the member", self.returns_before_any_purchase),
                ("matched lines with another price", self.matched_lines_with_another_price),
                ("matched lines spread over several lines", self.matched_lines_over_several_lines),
                ("matched lines where price first differs", self.matched_lines_where_price_first_differs),
                ("matched lines worth more than is left", self.matched_lines_worth_more_than_left),
                ("  with room on another line of the sku", self.of_them_with_room_on_another_line),
                ("lines back in pieces, not in value", self.lines_back_in_pieces_but_not_in_value),
                ("purchases refunded whole, a line open", self.purchases_refunded_whole_with_a_line_open),
                ("returns of expired points", self.returns_of_expired_points),
                ("  points claimed, no longer there", self.points_claimed_after_expiry),
                ("returns in a later year", self.returns_in_a_later_year),
                ("tier upgrades", self.tier_upgrades),
                ("tier drops by returns", self.tier_drops),
                ("  in a later year", self.of_them_in_a_later_year),
                ("purchases with half a point lost", self.purchases_with_half_a_point_lost),
                ("shares decided by a tie", self.shares_decided_by_a_tie),
            ],
        );
    }
}
