//! Stamp cards.

use super::caps::Capped;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::subjects::Scope;
use crate::diagnostics::Span;
use crate::program::{CapId, CapLimit, CapWindow, Card, EventKindId, Expire, StampPer, Validity};
use crate::syntax::ast::{self, Amount, Block, CapPer, CardBlock, CardLine, Cond, Per};

/// The most stamps of a card, a cap or an event.
const MOST_STAMPS: i64 = 1_000_000;

/// The lines of a card.
struct Lines<'a> {
    on: Once<&'a ast::On>,
    valid: Once<&'a ast::Valid>,
    when: Once<&'a Cond>,
    items: Once<&'a Cond>,
    stamp: Once<(ast::Number, Option<&'a Per>)>,
    goal: Once<&'a Amount>,
    start: Once<(&'a Amount, bool)>,
    caps: Vec<(&'a ast::Cap, Span)>,
    carry: Once<bool>,
    expire: Once<&'a ast::Expire>,
    reward: Once<&'a Amount>,
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
        let (when, when_text) = self.condition_line(lines.when.value(), event, Scope::Event);
        let stamp = match lines.stamp.value() {
            Some((count, per)) => self.stamp(count, per),
            None => self.needed(head, "what a stamp is given for", "stamp 1 per item"),
        };
        let goal = match lines.goal.value() {
            Some(amount) => self.stamps(amount, true),
            None => self.needed(head, "how many stamps fill the card", "goal 10 stamps"),
        };
        let (start, every) = match lines.start.value() {
            None => (Some(0), false),
            Some((amount, every)) => (self.stamps(amount, true), every),
        };
        let reward = match lines.reward.value() {
            Some(amount) => self.award(amount),
            None => self.needed(head, "what a full card gives", "reward 1 \"Free coffee\""),
        };
        let capped = Capped {
            thing: None,
            on,
            counts_spend: false,
            pieces: false,
            several: false,
            campaign: valid_span.is_some() && !matches!(valid, Some(Validity::EveryYear(..))),
            gives: head,
        };
        let caps = self.card_caps(&block.name.text, &lines.caps, capped);
        let expire = match lines.expire.take() {
            None => Some(None),
            Some((written, span)) => self
                .card_expiry(written, span)
                .map(|found| Some(found).filter(|found| *found != Expire::Never)),
        };
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
            carry_over: lines.carry.value().unwrap_or(true),
            expire: expire?,
            reward: reward?,
        })
    }

    fn card_lines(&mut self, block: &'a CardBlock) -> Lines<'a> {
        let mut lines = Lines {
            on: Once::new("on"),
            valid: Once::new("valid"),
            when: Once::new("when"),
            items: Once::new("for items"),
            stamp: Once::new("stamp"),
            goal: Once::new("goal"),
            start: Once::new("start with"),
            caps: Vec::new(),
            carry: Once::new("carry over"),
            expire: Once::new("expire"),
            reward: Once::new("reward"),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                CardLine::On(on) => lines.on.set(on, span, report),
                CardLine::Valid(valid) => lines.valid.set(valid, span, report),
                CardLine::When(cond) => lines.when.set(cond, span, report),
                CardLine::ForItems(cond) => lines.items.set(cond, span, report),
                CardLine::Stamp { count, per } => lines.stamp.set((*count, per.as_ref()), span, report),
                CardLine::Goal(amount) => lines.goal.set(amount, span, report),
                CardLine::StartWith { amount, every_card } => {
                    lines.start.set((amount, *every_card), span, report)
                }
                CardLine::Cap(cap) => lines.caps.push((cap, span)),
                CardLine::Carry(over) => lines.carry.set(*over, span, report),
                CardLine::Expire(expire) => lines.expire.set(expire, span, report),
                CardLine::Reward(amount) => lines.reward.set(amount, span, report),
            }
        }
        lines
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

    fn stamp(&mut self, count: ast::Number, per: Option<&Per>) -> Option<(i64, StampPer)> {
        let what = ("a number of stamps", count.span);
        let stamps = numbers::whole(count.value, (0, MOST_STAMPS), what, &mut self.report)?;
        if stamps == 0 {
            self.report.zero(count.span, "zero stamps mean nothing here", "write at least 1");
            return None;
        }
        let per = match per {
            None => StampPer::Event,
            Some(Per::Item) => StampPer::Piece,
            Some(Per::Amount { steps: ast::Steps::Full, amount, of: None | Some(ast::Base::Spend(_)) })
                if money::is_currency(&amount.unit.text) =>
            {
                StampPer::Spend(money::above_zero(amount, self.settings(), &mut self.report)?)
            }
            Some(Per::Amount { amount, .. }) => {
                let currency = &self.settings().currency;
                self.report.later(
                    amount.span,
                    "this version stamps for each event, item or full amount of spend only",
                    format!("write for example `stamp 1 per full 5 {currency}`"),
                );
                return None;
            }
        };
        Some((stamps, per))
    }

    fn card_caps(
        &mut self,
        name: &str,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
    ) -> Option<Box<[CapId]>> {
        let key = format!("cap of card {name:?}, stamps");
        self.caps_of((name, &key), lines, |this, cap, span| {
            this.card_cap(cap, span, capped).map(|(most, window)| (CapLimit::Stamps(most), window))
        })
    }

    fn card_cap(&mut self, cap: &ast::Cap, span: Span, capped: Capped) -> Option<(i64, CapWindow)> {
        let ast::CapLimit::Amount(amount) = &cap.limit else {
            let help = "write a number of stamps, for example `cap 3 stamps per day`";
            self.report.misplaced(span, "a card caps stamps", help);
            return None;
        };
        if matches!(amount.unit.text.as_str(), "reward" | "rewards") {
            let help = "cap the stamps instead, for example `cap 3 stamps per day`";
            self.report.later(span, "this version does not cap the rewards of a card", help);
            return None;
        }
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
        Some((most?, window))
    }
}
