//! Stamp cards.

use super::campaigns;
use super::caps::Capped;
use super::lowering::Lowering;
use super::numbers;
use super::report::Once;
use super::subjects::Scope;
use super::terms::{Expiring, Terms};
use crate::diagnostics::Span;
use crate::program::{Award, AwardThing, CapId, CapLimit, CapWindow, Card, EventKindId, Expire, StampPer};
use crate::syntax::ast::{self, Amount, Block, CapPer, CardBlock, CardLine, Cond, Name, Per};

/// Whether a cap of a card speaks of rewards.
fn of_rewards(cap: &ast::Cap) -> bool {
    matches!(&cap.limit, ast::CapLimit::Amount(amount) if matches!(amount.unit.text.as_str(), "reward" | "rewards"))
}

/// The most stamps of a card, a cap or an event.
const MOST_STAMPS: i64 = 1_000_000;

/// The lines of a card.
struct Lines<'a> {
    on: Once<&'a ast::On>,
    partner: Once<&'a Name>,
    valid: Once<&'a ast::Valid>,
    when: Once<&'a Cond>,
    items: Once<&'a Cond>,
    stamp: Once<(ast::Number, Option<&'a Per>)>,
    goal: Once<&'a Amount>,
    start: Once<(&'a Amount, bool)>,
    caps: Vec<(&'a ast::Cap, Span)>,
    carry: Once<bool>,
    expire: Vec<(&'a ast::Expire, Span)>,
    rewards: Once<&'a ast::Cap>,
    reward: Once<Reward<'a>>,
}

/// What a full card gives.
#[derive(Debug, Clone, Copy)]
enum Reward<'a> {
    Fixed(&'a Amount),
    Average(&'a Name),
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of cards, by name; nothing if one of them has an error.
    pub(super) fn cards(&mut self) -> Option<Vec<Card>> {
        let all = self.all;
        let found: Vec<Option<Card>> =
            all.cards.iter().map(|entry| self.card(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn card(&mut self, block: &'a CardBlock, whole: &'a Block) -> Option<Card> {
        let head = whole.head;
        let lines = self.card_lines(block);
        let valid_span = lines.valid.span();
        let valid = self.validity(lines.valid.take());
        let on_span = lines.on.span();
        let on = self.on_line(lines.on.value(), head, &block.name.text);
        let event = on.unwrap_or(EventKindId::PURCHASE);
        self.has_basket(on_span.unwrap_or(head), event);
        let (items, _) = self.condition_line(lines.items.value(), event, Scope::Items);
        let when = self.condition_line(lines.when.value(), event, Scope::Event);
        let (when, when_text) = self.at_partner(lines.partner.take(), event, when);
        let stamp_span = lines.stamp.span();
        let stamp = match lines.stamp.value() {
            Some((count, per)) => self.stamp(count, per, (stamp_span.unwrap_or(head), event)),
            None => self.needed(head, "what a stamp is given for", "stamp 1 per item"),
        };
        let goal = match lines.goal.value() {
            Some(amount) => self.stamps(amount, true),
            None => self.needed(head, "how many stamps fill the card", "goal 10 stamps"),
        };
        let start_span = lines.start.span();
        let (start, every) = match lines.start.value() {
            None => (Some(0), false),
            Some((amount, every)) => (self.stamps(amount, true), every),
        };
        let reward = lines.reward.value();
        let average = matches!(reward, Some(Reward::Average(_)));
        let reward = match reward {
            Some(Reward::Fixed(amount)) => self.award(amount),
            Some(Reward::Average(unit)) => {
                self.unit(unit).map(|unit| Award { thing: AwardThing::Unit(unit), amount: 0 })
            }
            None => self.needed(head, "what a full card gives", "reward 1 \"Free coffee\""),
        };
        let campaign = campaigns::is_campaign(valid_span, valid);
        let capped = Capped::of_event(on, campaign, head);
        if average {
            self.holds_values((stamp_span, stamp.map(|(_, per)| per)), start_span);
        }
        let carry_over = lines.carry.value().unwrap_or(true);
        let most_rewards = self.reward_cap(lines.rewards.take(), (capped, carry_over));
        let caps = self.card_caps(&block.name.text, &lines.caps, capped);
        let expire = self.expiries(Terms { expire: &lines.expire, of: Expiring::Card });
        let (stamps, per) = stamp?;
        Some(Card {
            name: block.name.text.as_str().into(),
            on: on?,
            valid: valid?,
            items: items?,
            when: when?,
            when_text: when_text.into(),
            stamps,
            per,
            goal: goal?,
            head_start: start?,
            head_start_on_every: every,
            caps: caps?,
            most_rewards: most_rewards?,
            carry_over,
            expire: expire?.into_iter().filter(|line| *line != Expire::Never).collect(),
            reward: reward?,
            average,
        })
    }

    fn card_lines(&mut self, block: &'a CardBlock) -> Lines<'a> {
        let mut lines = Lines {
            on: Once::new("on"),
            partner: Once::new("at partner"),
            valid: Once::new("valid"),
            when: Once::new("when"),
            items: Once::new("for items"),
            stamp: Once::new("stamp"),
            goal: Once::new("goal"),
            start: Once::new("start with"),
            caps: Vec::new(),
            carry: Once::new("carry over"),
            expire: Vec::new(),
            rewards: Once::new("cap … rewards"),
            reward: Once::new("reward"),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                CardLine::On(on) => lines.on.set(on, span, report),
                CardLine::Valid(valid) => lines.valid.set(valid, span, report),
                CardLine::AtPartner(partner) => lines.partner.set(partner, span, report),
                CardLine::Funded(_) => {}
                CardLine::When(cond) => lines.when.set(cond, span, report),
                CardLine::ForItems(cond) => lines.items.set(cond, span, report),
                CardLine::Stamp { count, per } => lines.stamp.set((*count, per.as_ref()), span, report),
                CardLine::Goal(amount) => lines.goal.set(amount, span, report),
                CardLine::StartWith { amount, every_card } => {
                    lines.start.set((amount, *every_card), span, report)
                }
                CardLine::Cap(cap) if of_rewards(cap) => lines.rewards.set(cap, span, report),
                CardLine::Cap(cap) => lines.caps.push((cap, span)),
                CardLine::Carry(over) => lines.carry.set(*over, span, report),
                CardLine::Expire(expire) => lines.expire.push((expire, span)),
                CardLine::Reward(amount) => lines.reward.set(Reward::Fixed(amount), span, report),
                CardLine::Average(unit) => lines.reward.set(Reward::Average(unit), span, report),
            }
        }
        lines
    }

    /// A reward that is worth the average asks what each stamp holds.
    fn holds_values(&mut self, (stamp, per): (Option<Span>, Option<StampPer>), start: Option<Span>) {
        if per.is_some_and(|per| per != StampPer::Piece) {
            let span = stamp.unwrap_or_default();
            let message = "a stamp holds what a piece costs, and here it is not for a piece";
            self.report.misplaced(span, message, "write `stamp 1 per item`, or a fixed reward");
        }
        if let Some(span) = start {
            let message = "nothing was paid for a head start, so there is no average";
            self.report.misplaced(span, message, "remove this line, or write a fixed reward");
        }
    }

    /// `cap 2 rewards per purchase`. Outside nothing if it is wrong, inside nothing if there is none.
    fn reward_cap(
        &mut self,
        line: Option<(&'a ast::Cap, Span)>,
        (capped, carry_over): (Capped, bool),
    ) -> Option<Option<i64>> {
        let Some((cap, span)) = line else { return Some(None) };
        self.never_each(cap, "the rewards of a card are capped in one event")?;
        let ast::CapLimit::Amount(amount) = &cap.limit else { return None };
        let event = capped.on.map_or_else(|| "purchase".to_owned(), |on| self.event_name(on).to_owned());
        let window = match &cap.per {
            Some(CapPer::Period(period)) if cap.side.is_none() => self.window(period, &[capped])?,
            _ => CapWindow::Period(crate::calendar::Period::Day),
        };
        if window != CapWindow::Event {
            let help = format!("write `per {event}`; what stamps fill in a time is capped by `cap … stamps`");
            self.report.misplaced(span, "the rewards of a card are capped in an event", help);
            return None;
        }
        self.of_account(cap, span, window)?;
        if !carry_over {
            let message = "without carrying over an event fills one card at most";
            self.report.misplaced(span, message, "remove this line, or `no carry over`");
            return None;
        }
        let what = ("a number of rewards", amount.number.span);
        let most = numbers::whole(amount.number.value, (0, MOST_STAMPS), what, &mut self.report)?;
        if most == 0 {
            self.report.zero(amount.span, "zero rewards mean nothing here", "write at least 1");
            return None;
        }
        Some(Some(most))
    }

    /// N105 in a block that needs a line.
    pub(super) fn needed<T>(&mut self, head: Span, what: &str, example: &str) -> Option<T> {
        self.report.missing(
            head,
            format!("it is not said {what}"),
            format!("add a line, for example `{example}`"),
        );
        None
    }

    /// `10 stamps`, above zero.
    pub(super) fn stamps(&mut self, amount: &Amount, above_zero: bool) -> Option<i64> {
        if !matches!(amount.unit.text.as_str(), "stamp" | "stamps") {
            let message = format!("a card counts stamps, not {}", amount.unit.text);
            self.report.mixed(amount.span, message, format!("write `{} stamps`", amount.number.value));
            return None;
        }
        let what = ("a number of stamps", amount.number.span);
        let found = numbers::whole(amount.number.value, (0, MOST_STAMPS), what, &mut self.report)?;
        if found == 0 && above_zero {
            self.report.zero(amount.span, "zero stamps mean nothing here", "write at least 1");
            return None;
        }
        Some(found)
    }

    /// How many stamps, and for what: whatever an `earn` can be in proportion to.
    fn stamp(
        &mut self,
        count: ast::Number,
        per: Option<&Per>,
        (span, on): (Span, EventKindId),
    ) -> Option<(i64, StampPer)> {
        let what = ("a number of stamps", count.span);
        let stamps = numbers::whole(count.value, (0, MOST_STAMPS), what, &mut self.report);
        if stamps == Some(0) {
            self.report.zero(count.span, "zero stamps mean nothing here", "write at least 1");
            return None;
        }
        let per = match per {
            None => StampPer::Event,
            Some(Per::Item) => StampPer::Piece,
            Some(per) => StampPer::Of(self.per(per, span, on)?),
        };
        Some((stamps?, per))
    }

    fn card_caps(
        &mut self,
        name: &str,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
    ) -> Option<Box<[CapId]>> {
        self.caps_of(("card", name), lines, |this, cap, span| {
            let why = "stamps are counted for the event, and not for each value of its items";
            let how = (why, "name something that the event carries, or write a card for each");
            this.each_of_event(cap, span, capped, how, |this, cap| this.card_cap(cap, span, capped))
        })
    }

    fn card_cap(&mut self, cap: &ast::Cap, span: Span, capped: Capped) -> Option<(CapLimit, CapWindow)> {
        let ast::CapLimit::Amount(amount) = &cap.limit else {
            let help = "write a number of stamps, for example `cap 3 stamps per day`";
            self.report.misplaced(span, "a card caps stamps", help);
            return None;
        };
        if cap.side.is_some() || matches!(cap.per, Some(CapPer::Item)) {
            let help = "write for example `cap 3 stamps per day`";
            self.report.misplaced(span, "stamps are capped in a time or an event", help);
            return None;
        }
        let most = self.stamps(amount, true);
        let Some(CapPer::Period(period)) = &cap.per else {
            self.report.missing(
                span,
                "it is not said in which time the cap counts",
                "add for example `per day` or `per purchase`",
            );
            return None;
        };
        let window = self.window(period, &[capped]);
        let window = self.of_account(cap, span, window?)?;
        Some((CapLimit::Stamps(most?), window))
    }
}
