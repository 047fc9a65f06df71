//! How units are spent.

use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::subjects::Scope;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{EventKindId, Redeem, UnitId};
use crate::syntax::ast::{self, Amount, Cond, Percent, RedeemBlock, RedeemLine, ToCharity};

/// The lines of a `redeem`.
struct Lines<'a> {
    rate: Once<(&'a Amount, &'a Amount)>,
    least: Once<&'a Amount>,
    most: Once<&'a Amount>,
    share: Once<Percent>,
    step: Once<&'a Amount>,
    whole: Once<()>,
    items: Once<&'a Cond>,
    when: Once<&'a Cond>,
    to: Once<&'a ToCharity>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// What paying with units is bound to, by unit; nothing if one block has an error.
    pub(super) fn redeems(&mut self) -> Option<Vec<Redeem>> {
        let all = self.all;
        let mut found: Vec<(Redeem, Span)> = Vec::new();
        let mut good = true;
        for entry in all.redeems.iter().chain(all.given_away.iter()) {
            let Some(redeem) = self.redeem(entry.node, entry.block.head) else {
                good = false;
                continue;
            };
            // one block may name the unit in the singular, another in the plural
            let same =
                |known: &Redeem| known.unit == redeem.unit && known.to.is_some() == redeem.to.is_some();
            if let Some((_, first)) = found.iter().find(|(known, _)| same(known)) {
                super::table::twice("`redeem` of", entry.name, *first, &mut self.report);
                good = false;
            }
            found.push((redeem, entry.name.span));
        }
        // one that pays stands before one that gives
        found.sort_by_key(|(redeem, _)| (redeem.unit, redeem.to.is_some()));
        good.then(|| found.into_iter().map(|(redeem, _)| redeem).collect())
    }

    fn redeem(&mut self, block: &'a RedeemBlock, head: Span) -> Option<Redeem> {
        let lines = self.redeem_lines(block);
        let to = self.given_away(&lines);
        let unit = self.unit(&block.name).filter(|unit| self.is_spendable(*unit, block.name.span));
        let (items, _) = self.condition_line(lines.items.value(), EventKindId::PURCHASE, Scope::Items);
        let (when, when_text) = self.condition_line(lines.when.value(), EventKindId::PURCHASE, Scope::Event);
        let rate = match lines.rate.value() {
            Some(rate) => Some(rate),
            None => self.needed(head, "what an amount pays", "100 points for 1 EUR"),
        };
        let share = match lines.share.value() {
            None => Some(None),
            Some(share) => self.share_of_basket(share).map(Some),
        };
        let unit = unit?;
        let (amount, value) = rate?;
        let rate_span = amount.span.to(value.span);
        let amount = self.amount_in(unit, amount);
        let value = money::above_zero(value, self.settings(), &mut self.report);
        self.pays_itself(unit, (amount?, value?), rate_span)?;
        let most_span = lines.most.span();
        let mut maybe = |line: Once<&'a Amount>| match line.value() {
            None => Some(None),
            Some(amount) => self.amount_in(unit, amount).map(Some),
        };
        let (least, step, most) = (maybe(lines.least), maybe(lines.step), maybe(lines.most));
        let (at_least, at_most) = (least?.unwrap_or(0), most?);
        if let (Some(most), Some(span)) = (at_most, most_span)
            && most < at_least
        {
            let help = "raise `at most`, or lower `at least`";
            self.report.outside(span, "no amount is at least the one and at most the other", help);
            return None;
        }
        Some(Redeem {
            unit,
            amount: amount?,
            value: value?,
            at_least,
            step: step?.unwrap_or(1),
            at_most,
            share: share?,
            whole_only: lines.whole.value().is_some(),
            items: items?,
            when: when?,
            when_text: when_text.into(),
            to: to?,
        })
    }

    /// Program money pays what it is.
    fn pays_itself(&mut self, unit: UnitId, (amount, value): (i64, i64), span: Span) -> Option<()> {
        let facts = self.facts.unit(unit)?;
        let whole = 10_i64.checked_pow(facts.decimals)?;
        let is_money = matches!(facts.kind, ast::UnitKind::Money(_));
        if is_money && i128::from(value) * i128::from(whole) != i128::from(amount) * 1_000_000 {
            let (name, currency) = (&facts.name.text, &self.settings().currency);
            let help = format!("write `1 {name} for 1 {currency}`");
            self.report.outside(span, "a unit that is money pays just as much money", help);
            return None;
        }
        Some(())
    }

    /// Who gets the value. It pays nothing then, so nothing hangs on the basket.
    fn given_away(&mut self, lines: &Lines<'a>) -> Option<Option<crate::program::Receiver>> {
        let Some(to) = lines.to.get() else { return Some(None) };
        let places = [lines.share.span(), lines.whole.span(), lines.items.span()];
        for span in places.into_iter().flatten() {
            let help = "remove this line, or the line `to charity`";
            self.report.misplaced(span, "what goes to a charity pays nothing of the basket", help);
        }
        self.receiver(to).map(Some)
    }

    fn redeem_lines(&mut self, block: &'a RedeemBlock) -> Lines<'a> {
        let mut lines = Lines {
            rate: Once::new("… for …"),
            least: Once::new("at least"),
            most: Once::new("at most"),
            share: Once::new("at most … of basket"),
            step: Once::new("in steps of"),
            whole: Once::new("only for the whole basket"),
            items: Once::new("for items"),
            when: Once::new("when"),
            to: Once::new("to charity"),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                RedeemLine::Rate { amount, value } => lines.rate.set((amount, value), span, report),
                RedeemLine::AtLeast(amount) => lines.least.set(amount, span, report),
                RedeemLine::AtMost(amount) => lines.most.set(amount, span, report),
                RedeemLine::AtMostOfBasket(share) => lines.share.set(*share, span, report),
                RedeemLine::InStepsOf(amount) => lines.step.set(amount, span, report),
                RedeemLine::WholeBasketOnly => lines.whole.set((), span, report),
                RedeemLine::ForItems(cond) => lines.items.set(cond, span, report),
                RedeemLine::When(cond) => lines.when.set(cond, span, report),
                RedeemLine::ToCharity(to) => lines.to.set(to, span, report),
            }
        }
        lines
    }

    /// U201: what is only counted cannot be spent.
    pub(super) fn is_spendable(&mut self, unit: UnitId, span: Span) -> bool {
        let Some(facts) = self.facts.unit(unit) else { return false };
        if facts.kind.is_spendable() {
            return true;
        }
        let kind = if facts.kind == ast::UnitKind::Tickets { "ticket" } else { "status" };
        let finding = Diagnostic::new(
            Code::U201,
            span,
            format!("`{}` are counted and cannot be spent", facts.name.text),
        )
        .other(facts.name.span, format!("declared as a {kind} unit"))
        .help("declare the unit as `is spendable`, or name another one");
        self.report.push(finding);
        false
    }

    /// An amount of this unit above zero, in its scale.
    pub(super) fn amount_in(&mut self, unit: UnitId, amount: &Amount) -> Option<i64> {
        let name = self.unit_name(unit);
        if money::is_currency(&amount.unit.text) {
            let text = self.text(amount.span);
            let help = format!("write how many {name} that is");
            self.report.mixed(amount.span, format!("an amount of {name} is needed here, not {text}"), help);
            return None;
        }
        let found = self.unit(&amount.unit)?;
        if found != unit {
            let other = self.unit_name(found);
            let message = format!("{other} and {name} cannot be mixed");
            self.report.mixed(amount.span, message, format!("write the amount in {name}"));
            return None;
        }
        let scaled = self.in_scale(unit, &amount.number)?;
        if scaled <= 0 {
            let help = "write an amount above zero, or leave the line out";
            self.report.zero(amount.span, "zero means nothing here", help);
            return None;
        }
        Some(scaled)
    }

    /// `50% of basket`, in millionths of a percent.
    fn share_of_basket(&mut self, share: Percent) -> Option<i64> {
        let value = numbers::micro(share.value, share.span, &mut self.report)?;
        if !(1..=100_000_000).contains(&value) {
            let help = "write a percentage above 0% and up to 100%";
            self.report.outside(share.span, "no such part of a basket can be paid", help);
            return None;
        }
        Some(value)
    }

    /// What a test asks to spend.
    pub(super) fn request(&mut self, request: &ast::Request) {
        let amount = &request.amount;
        if self.all.rewards.peek(&amount.unit.text).is_some() {
            let what = ("a number of rewards", amount.number.span);
            numbers::whole(amount.number.value, (0, 1_000_000), what, &mut self.report);
            if request.up_to {
                let help = "write how many are redeemed";
                self.report.misplaced(amount.span, "`up to` is for amounts of a unit", help);
            }
            return;
        }
        if let Some(unit) = self.unit(&request.amount.unit) {
            self.in_scale(unit, &request.amount.number);
        }
    }
}
