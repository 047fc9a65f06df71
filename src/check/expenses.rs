//! Who pays for what costs money: vouchers, rewards and donations that partners fund.

use super::facts::Thing;
use super::lowering::Lowering;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Expense, PartnerTerms, Shares};
use crate::syntax::ast::{DonateLine, FundedBy, Give, Grants, Line, Name, RewardLine, VoucherLine};
use std::collections::BTreeMap;

/// Who pays for what costs money, by kind and name.
type Expenses = BTreeMap<(Expense, Box<str>), Shares>;

/// What a block says of its cost.
#[derive(Default)]
struct Cost<'a> {
    funded: Vec<(&'a FundedBy, Span)>,
    /// Whether it lowers a price.
    money: bool,
    worth: bool,
    gives: Option<&'a Name>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Who pays for vouchers, rewards and donations; P851 where nobody could say what is to be paid.
    pub(super) fn expenses(
        &mut self,
        partners: &BTreeMap<Box<str>, PartnerTerms>,
        good: &mut bool,
    ) -> Expenses {
        let all = self.all;
        let mut found = BTreeMap::new();
        let mut add = |this: &mut Self, expense, name: &'a Name, cost: &Cost<'a>| {
            let Some((by, span)) = this.one_funded(&cost.funded) else {
                *good &= cost.funded.is_empty();
                return;
            };
            let shares = this.shares(by, span);
            let named =
                shares.filter(|shares| this.has_a_cost((expense, name), (cost, span), shares, partners));
            match named {
                Some(shares) => drop(found.insert((expense, name.text.as_str().into()), shares)),
                None => *good = false,
            }
        };
        for entry in all.vouchers.iter() {
            add(self, Expense::Voucher, entry.name, &voucher(&entry.node.lines));
        }
        for entry in all.rewards.iter() {
            add(self, Expense::Reward, entry.name, &reward(&entry.node.lines));
        }
        for entry in all.donates.iter() {
            let lines = &entry.node.lines;
            let round_up = lines.iter().find(|line| matches!(line.kind, DonateLine::RoundUp(_)));
            add(self, Expense::Donation, entry.name, &donation(lines));
            let funded = lines.iter().find(|line| matches!(line.kind, DonateLine::Funded(_)));
            if let (Some(line), Some(_)) = (funded, round_up) {
                let help = "remove the line, or let the owner `give` what partners are to pay";
                self.report.misplaced(line.span, "the member pays what is rounded up", help);
            }
        }
        found
    }

    /// Whether a partner pays for a voucher, reward or donation.
    pub(super) fn funds_an_expense(&self, partner: &Name) -> bool {
        let all = self.all;
        let vouchers = all.vouchers.iter().map(|entry| voucher(&entry.node.lines));
        let rewards = all.rewards.iter().map(|entry| reward(&entry.node.lines));
        let donations = all.donates.iter().map(|entry| donation(&entry.node.lines));
        let mut lines = vouchers.chain(rewards).chain(donations).flat_map(|cost| cost.funded);
        lines.any(|(by, _)| by.shares.iter().any(|part| part.partner.text == partner.text))
    }

    /// The only line that says who pays.
    fn one_funded(&mut self, lines: &[(&'a FundedBy, Span)]) -> Option<(&'a FundedBy, Span)> {
        let (by, first) = lines.first().copied()?;
        if let Some((_, second)) = lines.get(1) {
            self.report.twice("funded by", *second, first);
            return None;
        }
        Some((by, first))
    }

    /// Whether it can be said in money what those who fund it owe.
    fn has_a_cost(
        &mut self,
        (expense, name): (Expense, &Name),
        (cost, span): (&Cost<'a>, Span),
        shares: &Shares,
        partners: &BTreeMap<Box<str>, PartnerTerms>,
    ) -> bool {
        let name = &name.text;
        if let Some(Thing::Unit(unit)) = cost.gives.and_then(|gives| self.facts.thing(&gives.text)) {
            let unit = self.unit_name(unit);
            let prices = |partner: &str| partners.get(partner).is_none_or(|it| it.pays.contains_key(unit));
            let Some((partner, _)) = shares.iter().find(|(partner, _)| !prices(partner)) else { return true };
            let currency = &self.settings().currency;
            let message = format!("`{partner}` has no price for {unit}, which `{name}` gives");
            let help =
                format!("add a line to `{partner}`, for example `pays 0.01 {currency} per {unit} earned`");
            self.report.push(Diagnostic::new(Code::P851, span, message).label("who pays for it?").help(help));
            return false;
        }
        if expense == Expense::Donation || cost.money || cost.worth {
            return true;
        }
        let message = format!("it is not said what `{name}` costs, so nobody can pay a part of it");
        let currency = &self.settings().currency;
        let help = format!("add what one costs, for example `worth 5 {currency}`");
        self.report.push(Diagnostic::new(Code::P851, span, message).label("a part of what?").help(help));
        false
    }
}

fn voucher<'a>(lines: &'a [Line<VoucherLine>]) -> Cost<'a> {
    let mut cost = Cost::default();
    for line in lines {
        match &line.kind {
            VoucherLine::Grants(grants) => cost.money |= lowers(grants),
            VoucherLine::Worth(_) => cost.worth = true,
            VoucherLine::Funded(by) => cost.funded.push((by, line.span)),
            _ => {}
        }
    }
    cost
}

fn reward<'a>(lines: &'a [Line<RewardLine>]) -> Cost<'a> {
    let mut cost = Cost::default();
    for line in lines {
        match &line.kind {
            RewardLine::Grants(grants) => cost.money |= lowers(grants),
            RewardLine::Worth(_) => cost.worth = true,
            RewardLine::Give(Give::Flat(amount)) => cost.gives = Some(&amount.unit),
            RewardLine::Funded(by) => cost.funded.push((by, line.span)),
            _ => {}
        }
    }
    cost
}

fn donation<'a>(lines: &'a [Line<DonateLine>]) -> Cost<'a> {
    let funded = lines.iter().filter_map(|line| match &line.kind {
        DonateLine::Funded(by) => Some((by, line.span)),
        _ => None,
    });
    Cost { funded: funded.collect(), ..Cost::default() }
}

/// Whether it lowers a price.
fn lowers(grants: &Grants) -> bool {
    !matches!(grants, Grants::Text(_))
}
