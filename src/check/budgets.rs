//! Budgets across all members: own and shared caps, and what partners pay at most.

use super::caps::{Capped, Read};
use super::lowering::Lowering;
use super::rules::DraftRule;
use super::times;
use super::tree::Tree;
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    AwardThing, Budget, BudgetCounts, BudgetId, CapLimit, CapWindow, Counts, Donation, Effect, Expense, Gift,
    MilestoneCount, PayOut, PriceList, Program, Rebate, ReferralBudgets, RuleId, Shares, TakeBack,
};
use crate::syntax::ast::{self, AwardLine, DonateLine, PartnerLine, RebateLine, ReferralLine, RuleLine};

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The budget that a rule has by itself.
    pub(super) fn own_budget(
        &mut self,
        name: &str,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
    ) -> Option<Option<BudgetId>> {
        let Some((cap, span)) = self.one_own(lines)? else { return Some(None) };
        let read = self.read_cap(cap, span, &[capped])?;
        self.budget(&format!("rule {name}"), (read, span)).map(Some)
    }

    /// The only budget of a block itself; its book has the name of the block.
    fn one_own(&mut self, lines: &[(&'a ast::Cap, Span)]) -> Option<Option<(&'a ast::Cap, Span)>> {
        let Some((cap, span)) = lines.first() else { return Some(None) };
        if let Some((_, second)) = lines.get(1) {
            let help = "remove it; of rules a shared cap may count beside it, `cap Most: … across all members on [ … ]`";
            self.report.later(*second, "in this version a block has one budget of its own", help);
            return None;
        }
        self.is_for_all(cap, *span).then_some(Some((*cap, *span)))
    }

    /// The budget that a donation asks.
    pub(super) fn gift_budgets(
        &mut self,
        name: &str,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
        gift: Option<&Gift>,
    ) -> Option<Box<[BudgetId]>> {
        let Some((cap, span)) = self.one_own(lines)? else { return Some(Box::default()) };
        if gift.is_some_and(Gift::is_by_member) {
            let message = "what a member pays on top must be known at the till, and a budget answers later";
            self.report.misplaced(span, message, "leave `across all members` out, or `give` a share instead");
            return None;
        }
        let (limit, window) = self.donation_cap(cap, span, capped)?;
        let budget = self.budget(&format!("donate {name}"), (Read::Cap(limit, window), span))?;
        Some(Box::from([budget]))
    }

    /// The budgets that the pay-outs of a referral ask: one of the referrer, one of the friend.
    pub(super) fn referral_budgets_of(
        &mut self,
        name: &str,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
        pay_outs: impl Fn(Option<ast::Side>) -> Vec<PayOut>,
    ) -> Option<ReferralBudgets> {
        let is_friends = |cap: &ast::Cap| cap.side == Some(ast::Side::Friend);
        let (friend, referrer): (Vec<_>, Vec<_>) =
            lines.iter().copied().partition(|(cap, _)| is_friends(cap));
        let (mut found, mut good) = (ReferralBudgets::default(), true);
        for lines in [referrer, friend] {
            let Some(own) = self.one_own(&lines) else {
                good = false;
                continue;
            };
            let Some((cap, span)) = own else { continue };
            let read = self.referral_cap(cap, span, capped);
            let limits = pay_outs(cap.side);
            for (pay_out, budgets) in found.all_mut().filter(|(pay_out, _)| limits.contains(pay_out)) {
                let name = format!("{} {name}", pay_out.words());
                let read = read.map(|(limit, window)| (Read::Cap(limit, window), span));
                match read.and_then(|read| self.budget(&name, read)) {
                    Some(budget) => *budgets = Box::from([budget]),
                    None => good = false,
                }
            }
            good &= read.is_some();
        }
        good.then_some(found)
    }

    /// The budgets that are asked for what is paid at the end of a period.
    pub(super) fn paid_budgets(
        &mut self,
        of: &str,
        lines: &[(&'a ast::Cap, Span)],
        (gives, campaign): (Option<AwardThing>, bool),
    ) -> Option<Box<[Budget]>> {
        let Some((cap, span)) = self.one_own(lines)? else { return Some(Box::default()) };
        let help = "write for example `cap 50_000 … per calendar year across all members`";
        let limit = match &cap.limit {
            ast::CapLimit::Amount(amount) => {
                let gives = gives?;
                CapLimit::Amount(gives, self.least_paid(amount, gives)?)
            }
            ast::CapLimit::Times(_) if matches!(gives, Some(AwardThing::Choice(_))) => {
                let message = "a choice is open at once, and a budget answers later";
                self.report.misplaced(span, message, "let the award give one unit or voucher");
                return None;
            }
            ast::CapLimit::Times(number) => CapLimit::Times(self.times_limit(number)?),
            ast::CapLimit::Spend(_) => {
                self.report.misplaced(span, "a budget holds what is paid, not what is spent for it", help);
                return None;
            }
        };
        let Some(ast::CapPer::Period(period)) = cap.per.as_ref().filter(|_| cap.side.is_none()) else {
            self.report.missing(span, "it is not said in which time the budget counts", help);
            return None;
        };
        let found = times::period(period, &self.facts.settings, &mut self.report)?;
        if found == Period::Campaign && !campaign {
            let help = "add a line `valid from … to …`, or name another period";
            self.report.missing(period.span, "a campaign needs a beginning and an end", help);
            return None;
        }
        let id = self.budget(of, (Read::Cap(limit, CapWindow::Period(found)), span))?;
        self.budgets.get(id.index()).map(|budget| Box::from([budget.clone()]))
    }

    /// The budgets of all referrals; nothing where there are none.
    pub(super) fn take_referral_budgets(&mut self) -> Box<[ReferralBudgets]> {
        let all = std::mem::take(&mut self.referral_budgets);
        let is_empty = all.iter().all(|budgets| *budgets == ReferralBudgets::default());
        if is_empty { Box::default() } else { all.into() }
    }

    /// Whether a budget counts nothing but all members.
    pub(super) fn is_for_all(&mut self, cap: &ast::Cap, span: Span) -> bool {
        let message = match (&cap.each, cap.per_account, cap.per_member) {
            (None, false, false) => return true,
            (Some(_), ..) => "a budget has no counter for each value",
            (None, true, _) => "a budget counts all members, not those of an account",
            (None, false, true) => {
                let message = "a budget counts all members together, not each";
                self.report.misplaced(span, message, "leave one of them out");
                return false;
            }
        };
        self.report.later(span, message, "leave one of them out");
        false
    }

    /// A shared cap that counts for all members, into its rules.
    pub(super) fn shared_budget(
        &mut self,
        name: &str,
        (read, span): (Read, Span),
        ids: &[RuleId],
        rules: &mut [DraftRule<'a>],
    ) {
        let Some(budget) = self.budget(&format!("cap {name}"), (read, span)) else { return };
        for id in ids {
            if let Some(rule) = rules.get_mut(id.index()) {
                rule.ask(budget);
            }
        }
    }

    /// Everything that a partner with a budget pays for asks that.
    pub(super) fn partner_budgets(
        &mut self,
        rules: &mut [DraftRule<'a>],
        (donations, rebates): (&mut [Donation], &mut [Rebate]),
        lists: &[PriceList],
    ) {
        let all = self.all;
        for entry in all.partners.iter() {
            let partner = entry.name.text.as_str();
            let mine = |budget: &Budget| matches!(&budget.counts, BudgetCounts::Money(_, name) if **name == *partner);
            let Some(place) = self.budgets.iter().position(mine) else { continue };
            let span = entry.node.lines.iter().find(|line| matches!(line.kind, PartnerLine::Budget { .. }));
            let span = span.map_or(entry.block.head, |line| line.span);
            let id = BudgetId(place as u32);
            let is_mine = |shares: &Shares| shares.iter().any(|(name, _)| **name == *partner);
            let funded = lists.iter().flat_map(|list| &list.funded).filter(|(_, shares)| is_mine(shares));
            for (name, _) in funded {
                if let Some(draft) = rules.iter_mut().find(|draft| *draft.name.text == **name) {
                    draft.ask(id);
                } else if let Some(rebate) = rebates.iter_mut().find(|rebate| rebate.name == *name) {
                    let budget = self.budgets.get(place).cloned();
                    rebate.terms.budgets = rebate.terms.budgets.iter().cloned().chain(budget).collect();
                } else if !self.pay_outs_ask(name, id) && !self.is_paid_for_a_period(name) {
                    let message = format!("`{name}` gives at once, and a budget answers later");
                    self.cannot_wait(span, message);
                }
            }
            let expenses = lists.iter().flat_map(|list| &list.expenses);
            for ((expense, name), _) in expenses.filter(|(_, shares)| is_mine(shares)) {
                let donation = donations.iter_mut().filter(|_| *expense == Expense::Donation);
                if let Some(donation) = donation.into_iter().find(|donation| donation.name == *name) {
                    donation.budgets = donation.budgets.iter().copied().chain([id]).collect();
                } else if *expense != Expense::Donation {
                    let message = format!("`{name}` is used at the till at once, and a budget answers later");
                    self.cannot_wait(span, message);
                }
            }
        }
    }

    /// Whether a name is that of an award or rebate, also of one with errors, which pays nothing then.
    fn is_paid_for_a_period(&self, name: &str) -> bool {
        self.all.awards.iter().any(|entry| entry.name.text == name)
            || self.all.rebates.iter().any(|entry| entry.name.text == name)
    }

    fn cannot_wait(&mut self, span: Span, message: String) {
        self.report.misplaced(span, message, "let a partner without a budget pay for it");
    }

    /// The pay-outs of a referral ask a budget; tells whether it is one.
    fn pay_outs_ask(&mut self, name: &str, id: BudgetId) -> bool {
        let place = self.all.referrals.iter().position(|entry| entry.name.text == name);
        let both = place.and_then(|place| self.referral_budgets.get_mut(place));
        if let Some(both) = both {
            for (_, budgets) in both.all_mut() {
                *budgets = budgets.iter().copied().chain([id]).collect();
            }
        }
        place.is_some()
    }

    fn budget(&mut self, name: &str, (read, span): (Read, Span)) -> Option<BudgetId> {
        let help = "write for example `cap 50_000 … per calendar year across all members`";
        let Read::Cap(limit, window) = read else {
            self.report.misplaced(span, "single pieces are not counted for all members", help);
            return None;
        };
        let period = match window {
            CapWindow::Period(Period::MembershipYear | Period::Own(_)) | CapWindow::Event => {
                let message = "all members have no such time in common";
                self.report.misplaced(span, message, help);
                return None;
            }
            CapWindow::Period(period) => period,
        };
        let counts = match limit {
            CapLimit::Times(times) => BudgetCounts::Times(times),
            CapLimit::Amount(thing, most) => BudgetCounts::Amount(thing, most),
            CapLimit::Given(most) => BudgetCounts::Given(most),
            CapLimit::Spend(_) | CapLimit::Stamps(_) => {
                let message = "this version has no budgets of spend across all members";
                self.report.later(span, message, "cap what is given");
                return None;
            }
        };
        self.budgets.push(Budget { name: name.into(), period, counts });
        Some(BudgetId((self.budgets.len() - 1) as u32))
    }
}

/// H942 for each budget, and what this version does not book from one.
pub(super) fn budgets(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (place, budget) in program.budgets.iter().enumerate() {
        let span = tree.budget(&budget.name);
        let id = BudgetId(place as u32);
        let rules = program.rules.iter().filter(|rule| rule.budgets.contains(&id));
        let mut later = |message: &str, help: &str| {
            let message = format!("this version does not evaluate {message}");
            found.push(Diagnostic::new(Code::L007, span, message).help(help.to_owned()));
        };
        let mut asked = false;
        for rule in rules {
            asked = true;
            let thing = match &rule.effect {
                Effect::Everything { .. } => None,
                effect => effect.thing().filter(|thing| !matches!(thing, AwardThing::Choice(_))),
            };
            let Some(thing) = thing else {
                later(
                    "a budget for what gives several things or a choice",
                    "let the rule give one unit or voucher",
                );
                continue;
            };
            let everything = |other: &crate::program::Rule| {
                matches!(other.effect, Effect::Everything { .. }) && other.effect.gives(thing)
            };
            if program.rules.iter().any(everything) {
                later(
                    "`multiply everything` of what a budget grants",
                    "let a partner without a budget pay, or write `multiply` bonuses for the other rules",
                );
            }
            let tasks = program.challenges.iter().flat_map(|challenge| &challenge.tasks);
            let runs = program.streaks.iter().map(|streak| streak.counts);
            let mut units = tasks.map(|task| task.counts).chain(runs);
            let counted = |unit| AwardThing::Unit(unit) == thing;
            let by_task = units.any(|counts| matches!(counts, Counts::Unit(unit) if counted(unit)));
            let by_mark = |counts| matches!(counts, MilestoneCount::Unit(unit) if counted(unit));
            if by_task || program.milestones.iter().any(|block| by_mark(block.counts)) {
                later("games that count what a budget grants", "let them count spend or events");
            }
        }
        if asked && program.returns.take_back == TakeBack::AsIfNeverBought {
            later(
                "a budget together with `take back earned as if never bought`",
                "write `take back earned in proportion`",
            );
        }
        let note = Diagnostic::new(Code::H942, span, "one book answers what all members claim of this")
            .help("nothing has to be changed; a host lets that book take one message after another");
        found.push(note);
    }
    found
}

impl Tree<'_> {
    /// The line that says what a budget holds.
    fn budget(&self, name: &str) -> Span {
        let (kind, name) = name.split_once(' ').unwrap_or_default();
        let shared = self.shared_cap(name).filter(|_| kind == "cap").map(|it| it.head);
        let paid = || {
            let award = self.award(name).filter(|_| kind == "award").map(|it| &it.node.lines);
            let mut award = award.into_iter().flatten();
            let award = award.find(|line| matches!(line.kind, AwardLine::Budget(_))).map(|line| line.span);
            let rebate = self.rebate(name).filter(|_| kind == "rebate").map(|it| &it.node.lines);
            let mut rebate = rebate.into_iter().flatten();
            award.or_else(|| {
                rebate.find(|line| matches!(line.kind, RebateLine::Budget(_))).map(|line| line.span)
            })
        };
        let own = || {
            let lines = self.rule(name).map(|it| &it.node.lines).into_iter().flatten();
            lines
                .filter(|_| kind == "rule")
                .find(|line| matches!(line.kind, RuleLine::Budget(_)))
                .map(|line| line.span)
        };
        let given = || {
            let lines = self.donation(name).map(|it| &it.node.lines).into_iter().flatten();
            let mut lines =
                lines.filter(|line| kind == "donate" && matches!(line.kind, DonateLine::Budget(_)));
            lines.next().map(|line| line.span)
        };
        let paid_out = || {
            let friends = |cap: &ast::Cap| cap.side == Some(ast::Side::Friend);
            let lines = self.referral(name).map(|it| &it.node.lines).into_iter().flatten();
            let is_it = |line: &ReferralLine| match line {
                ReferralLine::Budget(cap) if friends(cap) => kind == "friend",
                ReferralLine::Budget(_) => kind == "referrer",
                _ => false,
            };
            lines.into_iter().find(|line| is_it(&line.kind)).map(|line| line.span)
        };
        let partner = || {
            let lines = self.partner(name).map(|it| &it.node.lines).into_iter().flatten();
            lines
                .into_iter()
                .find(|line| matches!(line.kind, PartnerLine::Budget { .. }))
                .map(|line| line.span)
        };
        shared
            .or_else(own)
            .or_else(paid)
            .or_else(given)
            .or_else(paid_out)
            .or_else(partner)
            .unwrap_or_default()
    }
}
