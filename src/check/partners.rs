//! Partners of a coalition: their prices, where rules hold, and who pays for what rules give.

use super::lowering::Lowering;
use super::report::Once;
use super::subjects::{Place, Scope};
use super::tree::Tree;
use super::{money, numbers, times};
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    ALL_OF_IT, AwardThing, Budget, BudgetCounts, EventKindId, PartnerTerms, PriceList, Program, Shares,
    SymSubject, Test, UnitKind,
};
use crate::syntax::ast::{
    self, AwardLine, Block, CardLine, ChallengeLine, Cond, FundedBy, Line, MilestonesLine, Name,
    PartnerBlock, PartnerLine, PriceOf, RebateLine, ReferralLine, RuleLine, StreakLine,
};
use std::collections::BTreeMap;

/// The highest price of one of a unit, micro-units: exact amounts of any event fit into 128 bits then.
const MOST_PRICE: i64 = 10_000_000_000;

/// A condition as a line says it, and its text. The outer nothing is a finding.
type When = (Option<Option<Test>>, String);

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// What `when` and `at partner` of a rule ask for.
    pub(super) fn when_at(
        &mut self,
        when: Option<&'a Cond>,
        partner: Option<(&'a Name, Span)>,
        event: EventKindId,
    ) -> When {
        let when = self.condition_line(when, event, Scope::of_event(event));
        self.at_partner(partner, event, when)
    }

    /// Adds `at partner X` to what a rule asks for.
    pub(super) fn at_partner(
        &mut self,
        line: Option<(&'a Name, Span)>,
        event: EventKindId,
        when: When,
    ) -> When {
        let Some((partner, span)) = line else { return when };
        let all = self.all;
        let place = Place { event, scope: Scope::of_event(event) };
        let here = self.no_moment_of("partner", span, place);
        let symbol = self.word("partner", &all.partner_words, partner).filter(|_| here.is_some());
        let Some(symbol) = symbol else { return (None, when.1) };
        let at = Test::Sym(SymSubject::Partner, Box::from([symbol]));
        let (test, text) = when;
        let said = format!("partner is {}", self.text(partner.span));
        match test {
            None => (None, text),
            Some(None) => (Some(Some(at)), said),
            Some(Some(test)) => (Some(Some(Test::And(Box::from([at, test])))), format!("{said} and {text}")),
        }
    }

    /// A partner that something names, which is used by this.
    pub(super) fn known_partner(&mut self, partner: &Name) -> Option<()> {
        let all = self.all;
        self.word("partner", &all.partner_words, partner).map(|_| ())
    }

    /// What partners pay and get; empty without partners, nothing if one of them has an error.
    pub(super) fn price_lists(&mut self) -> Option<Box<[PriceList]>> {
        let all = self.all;
        let mut partners = BTreeMap::new();
        let mut good = true;
        for entry in all.partners.iter() {
            match self.partner(entry.node, entry.block) {
                Some(terms) => drop(partners.insert(entry.name.text.as_str().into(), terms)),
                None => good = false,
            }
        }
        let funded = self.all_funded(&mut good);
        let expenses = self.expenses(&partners, &mut good);
        let from = self.settings().effective_from;
        good.then(|| match partners.is_empty() {
            true => Box::default(),
            false => Box::from([PriceList { from, partners, funded, expenses }]),
        })
    }

    fn partner(&mut self, block: &'a PartnerBlock, whole: &'a Block) -> Option<PartnerTerms> {
        let (mut pays, mut gets) = (BTreeMap::new(), BTreeMap::new());
        let mut settles: Once<&'a ast::Period> = Once::new("settles every");
        let mut budget: Once<(&'a ast::Amount, &'a ast::Period)> = Once::new("budget");
        let (mut good, mut trades) = (true, false);
        for line in &block.lines {
            match &line.kind {
                PartnerLine::Pays(of) => good &= self.price(of, line.span, &mut pays).is_some(),
                PartnerLine::Gets(of) => good &= self.price(of, line.span, &mut gets).is_some(),
                PartnerLine::Settles(period) => settles.set(period, line.span, &mut self.report),
                PartnerLine::Budget { amount, per } => budget.set((amount, per), line.span, &mut self.report),
            }
            trades |= matches!(line.kind, PartnerLine::Pays(_) | PartnerLine::Gets(_));
        }
        if let (false, Some(word)) = (gets.is_empty(), self.all.partner_words.get(block.name.text.as_str())) {
            // it gets something wherever its events are paid with points
            word.used.set(true);
        }
        trades |= self.funds_an_expense(&block.name);
        if !trades {
            let help = "add a line, for example `pays 0.01 EUR per … earned`";
            self.report.missing(whole.head, "it is not said what this partner pays or gets", help);
        }
        let settles = match settles.value() {
            Some(period) => self.settlement(period),
            None => self.needed(whole.head, "when the partner settles", "settles every month"),
        };
        if let Some((amount, per)) = budget.value() {
            let most = money::above_zero(amount, &self.facts.settings, &mut self.report);
            let period = self.settlement(per);
            let partner: Box<str> = block.name.text.as_str().into();
            let name = format!("partner {partner}").into();
            match most.zip(period) {
                Some((most, period)) => {
                    let counts = BudgetCounts::Money(most, partner);
                    self.budgets.push(Budget { name, period, counts });
                }
                None => good = false,
            }
        }
        let terms = PartnerTerms { pays: named(pays), gets: named(gets), settles: settles? };
        (good && trades).then_some(terms)
    }

    /// The period of a statement is the same for all members.
    fn settlement(&mut self, written: &ast::Period) -> Option<Period> {
        let found = times::repeating(written, &self.facts.settings, &mut self.report)?;
        if matches!(found, Period::MembershipYear | Period::Own(_)) {
            let help = "write a period of the calendar, for example `month`";
            self.report.misplaced(written.span, "this period is another one for each member", help);
            return None;
        }
        Some(found)
    }

    /// `0.012 EUR per taler`
    fn price(
        &mut self,
        of: &'a PriceOf,
        span: Span,
        known: &mut BTreeMap<&'f str, (i64, Span)>,
    ) -> Option<()> {
        let price = money::above_zero(&of.price, &self.facts.settings, &mut self.report);
        let unit = self.unit(&of.unit)?;
        let price = price?;
        if price > MOST_PRICE {
            self.report.outside(of.price.span, "this price is too high", "write at most 10_000");
            return None;
        }
        let name = self.unit_name(unit);
        if let Some((_, first)) = known.insert(name, (price, span)) {
            self.report.twice(&format!("the price of {name}"), span, first);
            return None;
        }
        Some(())
    }

    /// Who pays for what, by the name of the rule.
    fn all_funded(&mut self, good: &mut bool) -> BTreeMap<Box<str>, Shares> {
        let all = self.all;
        let mut lines: Vec<(&'a Name, &'a FundedBy, Span)> = Vec::new();
        macro_rules! collect {
            ($($table:ident $line:ident,)*) => {$(
                for entry in all.$table.iter() {
                    for line in &entry.node.lines {
                        if let $line::Funded(by) = &line.kind {
                            lines.push((entry.name, by, line.span));
                        }
                    }
                }
            )*};
        }
        collect! {
            earns RuleLine, bonuses RuleLine, cards CardLine, challenges ChallengeLine, streaks StreakLine,
            milestones MilestonesLine, awards AwardLine, rebates RebateLine, referrals ReferralLine,
        }
        let mut found: BTreeMap<Box<str>, Shares> = BTreeMap::new();
        let mut places: BTreeMap<&str, Span> = BTreeMap::new();
        for (rule, by, span) in lines {
            if let Some(first) = places.insert(&rule.text, span) {
                self.report.twice("funded by", span, first);
                *good = false;
                continue;
            }
            match self.shares(by, span) {
                Some(shares) => drop(found.insert(rule.text.as_str().into(), shares)),
                None => *good = false,
            }
        }
        found
    }

    /// P851 if shares do not add up to the whole.
    pub(super) fn shares(&mut self, by: &'a FundedBy, span: Span) -> Option<Shares> {
        let (mut found, mut good): (Vec<(Box<str>, i64)>, bool) = (Vec::new(), true);
        let mut places: BTreeMap<&str, Span> = BTreeMap::new();
        for part in &by.shares {
            let known = self.known_partner(&part.partner);
            let share = match part.share {
                None => Some(ALL_OF_IT),
                Some(share) => numbers::micro(share.value, share.span, &mut self.report),
            };
            if let Some(first) = places.insert(&part.partner.text, part.partner.span) {
                self.report.twice(&part.partner.text, part.partner.span, first);
                good = false;
            }
            match (known, share) {
                (Some(()), Some(share)) if share > 0 => {
                    found.push((part.partner.text.as_str().into(), share));
                }
                (_, Some(0)) => {
                    let help = "leave the partner out, or write its share";
                    self.report.zero(part.partner.span, "a partner with no share pays nothing", help);
                    good = false;
                }
                _ => good = false,
            }
        }
        let sum: i128 = found.iter().map(|(_, share)| i128::from(*share)).sum();
        if good && sum != i128::from(ALL_OF_IT) {
            let percent = crate::amount::Money::from_micros(i64::try_from(sum).unwrap_or(i64::MAX));
            let label = percent.map_or(String::new(), |percent| format!("together {percent}%"));
            let finding = Diagnostic::new(Code::P851, span, "the shares do not add up to 100%")
                .label(label)
                .help("write shares that make 100% together, or name one partner without a share");
            self.report.push(finding);
            return None;
        }
        good.then(|| found.into())
    }
}

fn named(prices: BTreeMap<&str, (i64, Span)>) -> BTreeMap<Box<str>, i64> {
    prices.into_iter().map(|(unit, (price, _))| (unit.into(), price)).collect()
}

/// P851 and P852 about a whole program.
pub(super) fn partners(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let Some(list) = program.own_prices() else { return Vec::new() };
    let mut found = Vec::new();
    for (rule, shares) in &list.funded {
        let span = tree.funded(rule);
        for thing in things(program, rule) {
            let name = match thing {
                AwardThing::Unit(unit) => program.unit_name(unit),
                AwardThing::Voucher(voucher) => program.voucher_name(voucher),
                AwardThing::Choice(choice) => program.choice_name(choice),
            };
            let free =
                |partner: &str| list.partners.get(partner).is_none_or(|it| !it.pays.contains_key(name));
            let Some((partner, _)) = shares.iter().find(|(partner, _)| free(partner)) else { continue };
            let message = format!("`{partner}` has no price for {name}, which `{rule}` gives");
            let help = match thing {
                AwardThing::Unit(_) => {
                    format!(
                        "add a line to `{partner}`, for example `pays 0.01 {} per {name} earned`",
                        program.currency
                    )
                }
                AwardThing::Voucher(voucher) => {
                    let name = program.voucher_name(voucher);
                    format!("partners pay for a voucher when it is used; move the line to `voucher {name}`")
                }
                AwardThing::Choice(_) => {
                    "partners pay for units; remove the line, or let the rule give a unit".to_owned()
                }
            };
            found.push(Diagnostic::new(Code::P851, span, message).label("who pays for it?").help(help));
        }
    }
    found.extend(losses(program, list, tree));
    found
}

/// P852: each unit that is paid for low and redeemed high loses money.
fn losses(program: &Program, list: &PriceList, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for unit in &program.units {
        let prices = |of: fn(&PartnerTerms) -> &BTreeMap<Box<str>, i64>| {
            let all = list.partners.iter();
            all.filter_map(|(name, terms)| Some((*of(terms).get(&unit.name)?, name))).collect::<Vec<_>>()
        };
        let (pays, gets) = (prices(|terms| &terms.pays), prices(|terms| &terms.gets));
        let (Some(low), Some(high)) = (pays.into_iter().min(), gets.into_iter().max()) else { continue };
        if low.0 >= high.0 {
            continue;
        }
        let message = format!("{} cost a partner less than they bring another one", unit.name);
        let finding = Diagnostic::new(Code::P852, tree.price(low.1, &unit.name, true), message)
            .label("paid when it is earned")
            .other(tree.price(high.1, &unit.name, false), "paid out when it is redeemed")
            .help("charge at least what is paid out, or be sure that enough of it expires");
        found.push(finding);
    }
    found
}

/// What a rule of any kind gives.
fn things(program: &Program, name: &str) -> Vec<AwardThing> {
    let units = (0..program.own.units as u32).map(|unit| AwardThing::Unit(crate::program::UnitId(unit)));
    let vouchers =
        (0..program.own.vouchers as u32).map(|it| AwardThing::Voucher(crate::program::VoucherId(it)));
    let choices =
        (0..program.choices.len() as u32).map(|it| AwardThing::Choice(crate::program::ChoiceId(it)));
    let all = units.chain(vouchers).chain(choices);
    let rule = program.rules.iter().find(|rule| *rule.name == *name);
    let card = program.cards.iter().find(|card| *card.name == *name);
    let challenge = program.challenges.iter().find(|it| *it.name == *name);
    let streak = program.streaks.iter().find(|it| *it.name == *name);
    let milestones = program.milestones.iter().find(|it| *it.name == *name);
    let referral = program.referrals.iter().find(|it| *it.name == *name);
    let rebate = program.rebates.iter().find(|it| *it.name == *name);
    // tickets and levels of status cost nothing that partners could share, unless they have a price
    let counts = |thing: AwardThing| match thing {
        AwardThing::Unit(unit) => {
            let kind = program.units.get(unit.index()).map(|unit| unit.kind);
            let everything =
                rule.is_some_and(|rule| matches!(rule.effect, crate::program::Effect::Everything { .. }));
            !everything || kind == Some(UnitKind::Spendable)
        }
        _ => true,
    };
    let gives = |thing: &AwardThing| {
        rule.is_some_and(|it| it.effect.gives(*thing) && counts(*thing))
            || card.is_some_and(|it| it.reward.thing == *thing)
            || challenge.is_some_and(|it| it.gifts.iter().any(|gift| gift.thing == *thing))
            || streak.is_some_and(|it| it.gifts.iter().any(|(_, gift)| gift.thing == *thing))
            || milestones.is_some_and(|it| it.marks.iter().any(|mark| mark.gives.thing == *thing))
            || referral.is_some_and(|it| it.gives(*thing))
            || rebate.is_some_and(|it| it.terms.gives == *thing)
    };
    all.filter(gives).collect()
}

impl Tree<'_> {
    /// The line that says who pays for a rule.
    fn funded(&self, name: &str) -> Span {
        fn line<'l, T: 'l>(
            mut lines: impl Iterator<Item = &'l Line<T>>,
            wanted: fn(&T) -> bool,
        ) -> Option<Span> {
            lines.find(|line| wanted(&line.kind)).map(|line| line.span)
        }
        let rule =
            self.rule(name).map(|it| line(it.node.lines.iter(), |it| matches!(it, RuleLine::Funded(_))));
        let card =
            || self.card(name).map(|it| line(it.node.lines.iter(), |it| matches!(it, CardLine::Funded(_))));
        let challenge = || {
            self.challenge(name)
                .map(|it| line(it.node.lines.iter(), |it| matches!(it, ChallengeLine::Funded(_))))
        };
        let streak = || {
            self.streak(name).map(|it| line(it.node.lines.iter(), |it| matches!(it, StreakLine::Funded(_))))
        };
        let milestones = || {
            self.milestones(name)
                .map(|it| line(it.node.lines.iter(), |it| matches!(it, MilestonesLine::Funded(_))))
        };
        let award =
            || self.award(name).map(|it| line(it.node.lines.iter(), |it| matches!(it, AwardLine::Funded(_))));
        let rebate = || {
            self.rebate(name).map(|it| line(it.node.lines.iter(), |it| matches!(it, RebateLine::Funded(_))))
        };
        let referral = || {
            self.referral(name)
                .map(|it| line(it.node.lines.iter(), |it| matches!(it, ReferralLine::Funded(_))))
        };
        let found = rule.or_else(card).or_else(challenge).or_else(streak).or_else(milestones);
        found.or_else(award).or_else(rebate).or_else(referral).flatten().unwrap_or_default()
    }

    /// The line with a price of a partner.
    fn price(&self, partner: &str, unit: &str, earned: bool) -> Span {
        let Some(found) = self.partner(partner) else { return Span::default() };
        let singular = self.singular(unit);
        let of =
            |written: &PriceOf| written.unit.text == unit || Some(written.unit.text.as_str()) == singular;
        let line = found.node.lines.iter().find(|line| match &line.kind {
            PartnerLine::Pays(written) => earned && of(written),
            PartnerLine::Gets(written) => !earned && of(written),
            _ => false,
        });
        line.map_or(found.head, |line| line.span)
    }

    fn singular(&self, unit: &str) -> Option<&str> {
        self.unit(unit)?.node.lines.iter().find_map(|line| match &line.kind {
            ast::UnitLine::Singular(name) => Some(name.text.as_str()),
            _ => None,
        })
    }
}
