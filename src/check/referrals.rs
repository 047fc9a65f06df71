//! Referrals.

use super::campaigns;
use super::caps::Capped;
use super::lowering::Lowering;
use super::money;
use super::rates::{Draft, DraftRate, FallsTo};
use super::report::Once;
use super::subjects::{Place, Scope};
use super::times;
use crate::diagnostics::Span;
use crate::program::{
    Basis, CapId, CapLimit, CapWindow, Effect, EventKindId, Factor, Measure, MeterId, NumSubject, PayOut,
    PayOuts, Qualifies, Referral, ReferralGift, Slots, SymSubject, Table, TableKey, Test,
};
use crate::syntax::ast::{
    self, Amount, Block, CapPer, Cond, Give, Name, Number, ReferralBlock, ReferralLine, Side,
};
use std::collections::BTreeMap;

/// How many events a friend may need at most: each is remembered.
const MOST_TIMES: usize = 100;

/// What a referral gives.
#[derive(Default)]
struct Gifts {
    all: Vec<(PayOut, Option<ReferralGift>)>,
    on_joining: Option<Span>,
    on_qualifying: Option<Span>,
}

impl Gifts {
    fn add(&mut self, gift: Option<ReferralGift>, pay_out: PayOut, span: Span) {
        let first = if pay_out.is_on_joining() { &mut self.on_joining } else { &mut self.on_qualifying };
        first.get_or_insert(span);
        self.all.push((pay_out, gift));
    }

    fn has(&self, pay_out: PayOut) -> bool {
        self.all.iter().any(|(of, _)| *of == pay_out)
    }

    /// Which pay-outs a cap of a side limits: those that give something.
    fn capped(&self, side: Option<Side>) -> Vec<PayOut> {
        let is_friends = side == Some(Side::Friend);
        PayOut::ALL.into_iter().filter(|it| it.is_friends() == is_friends && self.has(*it)).collect()
    }
}

/// The lines of a referral.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    qualifies: Once<Option<Qualifies>>,
    named_until: Once<&'a Name>,
    when_friend: Once<&'a Cond>,
    when_referrer: Once<&'a Cond>,
    wait: Once<Option<crate::calendar::Duration>>,
    gifts: Gifts,
    caps: Vec<(&'a ast::Cap, Span)>,
    budgets: Vec<(&'a ast::Cap, Span)>,
    not_same: Vec<Option<u16>>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of referrals, by name; nothing if one of them has an error.
    pub(super) fn referrals(&mut self) -> Option<Vec<Referral>> {
        let all = self.all;
        let found: Vec<Option<Referral>> =
            all.referrals.iter().map(|entry| self.referral(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn referral(&mut self, block: &'a ReferralBlock, whole: &'a Block) -> Option<Referral> {
        let lines = self.referral_lines(block);
        self.qualifies_for_something(&lines);
        let valid_span = lines.valid.span();
        let valid = self.validity(lines.valid.take());
        if let (None, Some(place)) = (lines.qualifies.get(), lines.gifts.on_qualifying) {
            self.report.missing(
                place,
                "it is not said when a friend qualifies",
                "add a line, for example `friend qualifies with purchase of at least 30 EUR within 60 days of joining`",
            );
        }
        if lines.gifts.all.is_empty() {
            self.needed::<()>(whole.head, "what is given", "on qualifying give 500 points to referrer");
        }
        let capped = Capped {
            falls_to: FallsTo::Event,
            thing: None,
            on: None,
            counts_spend: false,
            pieces: false,
            several: false,
            campaign: campaigns::is_campaign(valid_span, valid),
            gives: whole.head,
        };
        self.caps_something(&lines.caps, &lines.gifts);
        self.caps_something(&lines.budgets, &lines.gifts);
        let caps = self.referral_caps(&block.name, (&lines.caps, &lines.gifts), capped);
        let budgets = {
            let pay_outs = |side| lines.gifts.capped(side);
            self.referral_budgets_of(&block.name.text, &lines.budgets, capped, pay_outs)
        };
        let qualifies = match lines.qualifies.value() {
            None => Some(None),
            Some(found) => found.map(Some),
        };
        let named_until = self.named_until(lines.named_until.take().map(|(event, _)| event));
        let when_friend = self.side_condition(lines.when_friend.take().map(|(cond, _)| cond));
        let when_referrer = self.side_condition(lines.when_referrer.take().map(|(cond, _)| cond));
        let wait = match lines.wait.value() {
            None => Some(None),
            Some(found) => found.map(Some),
        };
        self.referral_budgets.push(budgets?);
        let mut not_same = lines.not_same.into_iter().collect::<Option<Vec<u16>>>()?;
        not_same.sort_unstable();
        not_same.dedup();
        Some(Referral {
            name: block.name.text.as_str().into(),
            valid: valid?,
            qualifies: qualifies?,
            named_until: named_until?,
            when_friend: when_friend?,
            when_referrer: when_referrer?,
            wait: wait?,
            gifts: PayOuts::of(|pay_out| {
                let all = lines.gifts.all.iter().filter(|(of, _)| *of == pay_out);
                all.map(|(_, gift)| gift.clone()).collect()
            })?,
            caps: caps?,
            not_same: not_same.into(),
        })
    }

    fn referral_lines(&mut self, block: &'a ReferralBlock) -> Lines<'a> {
        let mut lines = Lines {
            valid: Once::new("valid"),
            qualifies: Once::new("friend qualifies"),
            named_until: Once::new("friend may be named"),
            when_friend: Once::new("when friend"),
            when_referrer: Once::new("when referrer"),
            wait: Once::new("wait"),
            gifts: Gifts::default(),
            caps: Vec::new(),
            budgets: Vec::new(),
            not_same: Vec::new(),
        };
        let on = self.qualifying_event(block);
        for line in &block.lines {
            let span = line.span;
            match &line.kind {
                ReferralLine::Funded(_) => {}
                ReferralLine::Valid(valid) => lines.valid.set(valid, span, &mut self.report),
                ReferralLine::Qualifies { times, event, at_least, within } => {
                    let found = self.qualifies(*times, event, at_least.as_ref(), *within);
                    lines.qualifies.set(found, span, &mut self.report);
                }
                ReferralLine::NamedUntil(event) => {
                    lines.named_until.set(event, span, &mut self.report);
                }
                ReferralLine::WhenFriend(cond) => lines.when_friend.set(cond, span, &mut self.report),
                ReferralLine::WhenReferrer(cond) => lines.when_referrer.set(cond, span, &mut self.report),
                ReferralLine::Wait(duration) => {
                    let found = times::days(*duration, &mut self.report);
                    lines.wait.set(found, span, &mut self.report);
                }
                ReferralLine::OnJoining(give, side) => {
                    let gift = self.referral_gift(give, span, EventKindId::JOINING);
                    let pay_out = match side {
                        Side::Referrer => PayOut::ReferrerOnJoining,
                        Side::Friend => PayOut::FriendOnJoining,
                    };
                    lines.gifts.add(gift, pay_out, span);
                }
                ReferralLine::OnQualifying(give, side) => {
                    let gift = self.referral_gift(give, span, on);
                    let pay_out = match side {
                        Side::Referrer => PayOut::Referrer,
                        Side::Friend => PayOut::Friend,
                    };
                    lines.gifts.add(gift, pay_out, span);
                }
                ReferralLine::Cap(cap) => lines.caps.push((cap, span)),
                ReferralLine::Budget(cap) => lines.budgets.push((cap, span)),
                ReferralLine::NotWithinSame(name) => {
                    let found = self.member_attribute(name);
                    lines.not_same.push(found);
                }
            }
        }
        lines
    }

    /// The event in which a friend qualifies; a purchase if none is named rightly.
    fn qualifying_event(&self, block: &ReferralBlock) -> EventKindId {
        let named = block.lines.iter().find_map(|line| match &line.kind {
            ReferralLine::Qualifies { event, .. } => self.all.events.peek(&event.text),
            _ => None,
        });
        named.map_or(EventKindId::PURCHASE, |entry| EventKindId(entry.id))
    }

    /// N106: lines that speak of a pay-out where nothing is paid for qualifying.
    fn qualifies_for_something(&mut self, lines: &Lines<'a>) {
        if lines.gifts.on_qualifying.is_some() {
            return;
        }
        for span in [lines.when_friend.span(), lines.when_referrer.span()].into_iter().flatten() {
            self.report.misplaced(
                span,
                "this is asked when a friend has qualified, and nothing is given for that",
                "add a line `on qualifying give …`, or remove this one",
            );
        }
    }

    /// N106: caps of a side that gets nothing.
    fn caps_something(&mut self, caps: &[(&'a ast::Cap, Span)], gifts: &Gifts) {
        for (cap, span) in caps {
            if !gifts.all.is_empty() && gifts.capped(cap.side).is_empty() {
                let (side, help) = match cap.side {
                    Some(Side::Friend) => ("friend", "add what the friend gets, or write `cap referrer …`"),
                    _ => ("referrer", "add what the referrer gets, or write `cap friend …`"),
                };
                let message = format!("the {side} gets nothing that this could limit");
                self.report.misplaced(*span, message, help);
            }
        }
    }

    /// The counter of the event up to whose first a friend may be named.
    fn named_until(&mut self, event: Option<&Name>) -> Option<Option<MeterId>> {
        let Some(event) = event else { return Some(None) };
        let kind = self.event(event)?;
        if kind == EventKindId::JOINING {
            self.report.misplaced(
                event.span,
                "a friend may be named when joining anyway",
                "name a later event, for example `friend may be named until first purchase`",
            );
            return None;
        }
        let (what, measure) = if kind == EventKindId::PURCHASE {
            ("purchases".to_owned(), Measure::Purchases)
        } else {
            (format!("events {:?}", self.event_name(kind)), Measure::Events(kind))
        };
        Some(Some(self.counters.meter(&what, measure, Slots::Ever, None)))
    }

    /// A condition about a member, without an event.
    fn side_condition(&mut self, cond: Option<&'a Cond>) -> Option<Option<(Test, Box<str>)>> {
        let Some(cond) = cond else { return Some(None) };
        let text = self.text(cond.span());
        let place = Place { event: EventKindId::JOINING, scope: Scope::Moment };
        self.condition(cond, place).map(|test| Some((test, text.into())))
    }

    /// What one side gets.
    fn referral_gift(&mut self, give: &'a Give, span: Span, on: EventKindId) -> Option<ReferralGift> {
        let draft = self.give(give, span, on)?;
        match draft {
            Draft::Done(Effect::Flat(award)) => Some(ReferralGift::Fixed(award)),
            Draft::Done(Effect::FlatTable { unit, table }) => {
                self.of_member(table.key, span)?;
                Some(ReferralGift::Table { unit, table })
            }
            Draft::Linear { unit, rate, basis: Basis::Spend, steps, step } => {
                let rate = match rate {
                    DraftRate::Fixed(rate) => Factor::Fixed(rate.num(), rate.den()),
                    DraftRate::Table(key, rows) => {
                        self.of_member(key, span)?;
                        let rows = rows.iter().map(|(key, rate)| (*key, (rate.num(), rate.den())));
                        Factor::Table(Table { key, rows: rows.collect() })
                    }
                };
                Some(ReferralGift::OfSpend { unit, rate, steps, step })
            }
            _ => {
                self.report.misplaced(
                    span,
                    "a referral gives a fixed amount, a table of amounts, or a share of what was paid",
                    "write for example `give 500 points`, or `give 10% of spend as points`",
                );
                None
            }
        }
    }

    /// A table of a referral goes by what is known of the member who gets it.
    fn of_member(&mut self, key: TableKey, span: Span) -> Option<()> {
        let asks_member = matches!(
            key,
            TableKey::Num(NumSubject::Tier(_) | NumSubject::Member(_) | NumSubject::Age)
                | TableKey::Sym(SymSubject::Plan | SymSubject::Member(_))
        );
        if !asks_member {
            self.report.misplaced(
                span,
                "the amounts of a referral can differ by the member who gets them only",
                "write a table by `tier` or by an attribute of the member",
            );
            return None;
        }
        Some(())
    }

    fn qualifies(
        &mut self,
        times: Option<Number>,
        event: &Name,
        at_least: Option<&Amount>,
        within: Option<ast::Duration>,
    ) -> Option<Qualifies> {
        let event = self.event(event);
        let times = match times {
            None => Some(1),
            Some(number) => self.times_to_qualify(number),
        };
        let at_least = match at_least {
            None => Some(0),
            Some(amount) => money::above_zero(amount, self.settings(), &mut self.report),
        };
        let within = match within {
            None => Some(None),
            Some(written) => times::days(written, &mut self.report).map(Some),
        };
        Some(Qualifies { event: event?, times: times?, at_least: at_least?, within: within? })
    }

    fn times_to_qualify(&mut self, number: Number) -> Option<usize> {
        let times = usize::try_from(number.value.normalize()).ok();
        let found = times.filter(|times| number.value.fract().is_zero() && (1..=MOST_TIMES).contains(times));
        if found.is_none() {
            let message = format!("nobody can qualify with {} events", number.value);
            self.report.outside(number.span, message, "write a whole number from 1 to 100");
        }
        found
    }

    fn member_attribute(&mut self, name: &Name) -> Option<u16> {
        let facts = self.facts;
        match facts.member.peek(&name.text) {
            Some(attribute) => {
                attribute.used.set(true);
                Some(attribute.place)
            }
            None => {
                let candidates = facts.member.candidates();
                self.report.unknown("attribute of the member", &name.text, name.span, candidates, "");
                None
            }
        }
    }

    /// The caps of the pay-outs. Each pay-out of a side has counters of its own, so that a cap of ten lets ten friends
    /// join and ten qualify.
    fn referral_caps(
        &mut self,
        name: &Name,
        (caps, gifts): (&[(&'a ast::Cap, Span)], &Gifts),
        capped: Capped,
    ) -> Option<PayOuts<Box<[CapId]>>> {
        let (mut found, mut good) = (Vec::new(), true);
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (cap, span) in caps {
            let Some((limit, window)) = self.referral_cap(cap, *span, capped) else {
                good = false;
                continue;
            };
            let is_friends = cap.side == Some(Side::Friend);
            if let Some(first) = seen.insert(format!("{is_friends} {window:?} {}", cap.per_account), *span) {
                self.report.twice("cap", *span, first);
                good = false;
                continue;
            }
            for pay_out in gifts.capped(cap.side) {
                let (words, limited) = (pay_out.words(), self.limit_word(limit));
                let key = format!("cap of referral {:?}, {words}, {limited}", name.text);
                let text = self.cap_text(*span);
                let terms = (limit, window, cap.per_account);
                found.push((pay_out, self.add_cap((&name.text, &key), text, terms, None, false)));
            }
        }
        let of = |pay_out| found.iter().filter(move |(of, _)| *of == pay_out).map(|(_, id)| *id).collect();
        PayOuts::of(|pay_out| Some(of(pay_out))).filter(|_| good)
    }

    pub(super) fn referral_cap(
        &mut self,
        cap: &ast::Cap,
        span: Span,
        capped: Capped,
    ) -> Option<(CapLimit, CapWindow)> {
        if !matches!(cap.limit, ast::CapLimit::Times(_)) || matches!(cap.per, Some(CapPer::Item)) {
            self.report.misplaced(
                span,
                "a referral is capped by times: one pay-out is one time",
                "write for example `cap referrer 10 times per calendar year`",
            );
            return None;
        }
        self.never_each(cap, "a friend qualifies by no value of an event")?;
        // the side was read by the caller
        let plain = ast::Cap { side: None, ..cap.clone() };
        match self.read_cap(&plain, span, &[capped])? {
            super::caps::Read::Cap(_, CapWindow::Event) => {
                self.report.misplaced(
                    span,
                    "a referral pays once for each friend anyway",
                    "name a period, for example `per calendar year` or `per lifetime`",
                );
                None
            }
            super::caps::Read::Cap(limit, window) => Some((limit, window)),
            super::caps::Read::Piece(_) => None,
        }
    }
}
