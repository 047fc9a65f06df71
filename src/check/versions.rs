//! The versions of a program: compiling them together, and what a new one takes away.

use super::report::Report;
use super::tree::Tree;
use super::{Checks, Findings, Sources, fingerprint, lower, partial, refused, sources, windows};
use crate::calendar::{Anchors, Duration, Period};
use crate::diagnostics::{Code, Diagnostic, SourceMap, Span};
use crate::program::{
    Cap, Expire, PartnerTerms, Program, Rebate, RebateCounts, RebateKind, UnitKind, Versions, VoucherEnd,
};
use crate::syntax::Limits;
use crate::syntax::ast::{CardLine, File, PlanLine, RuleLine, UnitLine};

/// The versions of a program and what was found beside.
#[derive(Debug, Clone)]
pub struct CompiledVersions {
    /// The versions.
    pub versions: Versions,
    /// Warnings and notes, in the order of the files.
    pub findings: Vec<Diagnostic>,
    /// The files of all versions, to show findings in.
    pub sources: SourceMap,
}

/// Compiles several versions of one program, given in any order. Each is checked as by
/// [`compile_with`](super::compile_with), and each against the one before it: Y001 names what a new version takes away,
/// Y002 refuses what cannot follow.
///
/// # Errors
///
/// All findings, if at least one of them is an error.
pub fn compile_versions(
    texts: &[Sources],
    limits: &Limits,
    checks: &Checks,
) -> Result<CompiledVersions, Findings> {
    let (mut map, mut report) = (SourceMap::default(), Report::default());
    let mut read: Vec<Vec<File>> = Vec::new();
    for text in texts {
        let loaded = sources::load_behind(map, text, limits);
        map = loaded.map;
        let mut found = loaded.report;
        if found.has_errors() {
            partial::check(&map, &loaded.files, &loaded.unread, limits, &mut found);
        }
        report.append(found);
        read.push(loaded.files);
    }
    if report.has_errors() {
        return Err(refused(report, map, limits));
    }
    let mut versions = Vec::new();
    for files in &read {
        if let Some((program, _)) = lower(&map, files, (limits, Some(checks)), &mut report) {
            versions.push((program, Tree::new(&map, files)));
        }
    }
    versions.sort_by_key(|(program, _)| (program.effective_from, program.version));
    if !report.has_errors() {
        for pair in versions.windows(2) {
            if let [(old, before), (new, after)] = pair {
                let pair = Pair { old, before, new, after };
                pair.findings().into_iter().for_each(|finding| report.push(finding));
            }
        }
    }
    let programs = versions.into_iter().map(|(program, _)| program).collect();
    match Versions::new(programs, fingerprint::identity) {
        Some(versions) if !report.has_errors() => {
            let mut findings = report.into_list();
            findings.truncate(limits.findings);
            Ok(CompiledVersions { versions, findings, sources: map })
        }
        _ => Err(refused(report, map, limits)),
    }
}

/// A version and the one that follows it.
pub(super) struct Pair<'p, 't, 'a> {
    pub(super) old: &'p Program,
    pub(super) before: &'t Tree<'a>,
    pub(super) new: &'p Program,
    pub(super) after: &'t Tree<'a>,
}

impl Pair<'_, '_, '_> {
    fn findings(&self) -> Vec<Diagnostic> {
        let mut found = self.cannot_follow();
        if found.is_empty() {
            found = self.removed();
            found.extend(self.shorter());
            found.extend(self.lowered());
            found.extend(self.dearer());
            found.extend(self.games_gone());
            found.extend(self.stricter());
        }
        found
    }

    /// Where something is said that the new version does not have.
    pub(super) fn program(&self) -> Span {
        self.after.program.map_or_else(Span::default, |block| block.name.span)
    }

    /// Y002.
    fn cannot_follow(&self) -> Vec<Diagnostic> {
        let (old, new) = (self.old, self.new);
        let mut found = Vec::new();
        let mut refuse = |span: Span, other: Option<Span>, message: String, help: &str| {
            let mut finding = Diagnostic::new(Code::Y002, span, message).help(help);
            if let Some(other) = other {
                finding = finding.other(other, "the version before");
            }
            found.push(finding);
        };
        let before = self.before.program.map(|block| block.name.span);
        if old.name != new.name {
            let message = format!("`{}` is no version of `{}`", new.name, old.name);
            refuse(self.program(), before, message, "all versions of a program have its name");
        }
        if old.version >= new.version || old.effective_from >= new.effective_from {
            let message = "two versions have the same number or day, or are not in one order".to_owned();
            let help = "a later version has a higher `version` and a later `effective from`";
            refuse(self.program(), before, message, help);
        }
        if old.currency != new.currency {
            let message = format!("the currency changes from {} to {}", old.currency, new.currency);
            refuse(self.program(), before, message, "give a program of another currency a name of its own");
        }
        for rebate in &new.rebates {
            let known = old.rebates.iter().find(|known| known.name == rebate.name);
            if known.is_some_and(|known| counted(old, known) != counted(new, rebate)) {
                let head = |tree: &Tree<'_>| {
                    let award = tree.award(&rebate.name).map(|it| it.head);
                    award.or_else(|| tree.rebate(&rebate.name).map(|it| it.head))
                };
                let message = format!("`{}` counts something else", rebate.name);
                let help = "what was collected so far could not be counted on; take a new name";
                refuse(head(self.after).unwrap_or_default(), head(self.before), message, help);
            }
        }
        self.other_stamps(&mut refuse);
        self.apart(&mut refuse);
        for unit in &new.units {
            let known = old.unit_named(&unit.name).ok().and_then(|id| old.units.get(id.index()));
            let (head, place) = (self.after.unit(&unit.name), self.before.unit(&unit.name));
            let (head, place) = (head.map_or_else(Span::default, |it| it.head), place.map(|it| it.head));
            if known.is_some_and(|known| known.kind != unit.kind || known.decimals != unit.decimals) {
                let message = format!("`{}` changes its kind or its decimals", unit.name);
                refuse(head, place, message, "what members have could not be counted on; take a new name");
            }
            if old.voucher_named(&unit.name).is_ok() {
                let message = format!("`{}` was a voucher", unit.name);
                let place = self.before.voucher(&unit.name).map(|it| it.head);
                refuse(head, place, message, "take a new name");
            }
        }
        for voucher in new.vouchers.iter().filter(|voucher| old.unit_named(&voucher.name).is_ok()) {
            let head = self.after.voucher(&voucher.name).map_or_else(Span::default, |it| it.head);
            let place = self.before.unit(&voucher.name).map(|it| it.head);
            refuse(head, place, format!("`{}` was a unit", voucher.name), "take a new name");
        }
        found
    }

    /// Y002 of cards whose stamps hold something else.
    fn other_stamps(&self, refuse: &mut impl FnMut(Span, Option<Span>, String, &str)) {
        for card in &self.new.cards {
            let known = self.old.cards.iter().find(|known| known.name == card.name);
            if known.is_none_or(|known| known.average == card.average) {
                continue;
            }
            let head = |tree: &Tree<'_>| tree.card(&card.name).map(|it| it.head);
            let message = format!("the stamps of `{}` hold something else", card.name);
            let help = "what members have on it could not be counted on; take a new name";
            refuse(head(self.after).unwrap_or_default(), head(self.before), message, help);
        }
    }

    /// Y002 for partners whose statements would overlap.
    fn apart(&self, refuse: &mut impl FnMut(Span, Option<Span>, String, &str)) {
        let (old, new) = (self.old, self.new);
        for (partner, terms) in new.own_prices().into_iter().flat_map(|list| &list.partners) {
            let known = old.own_prices().and_then(|list| list.partners.get(partner));
            let day = new.effective_from;
            let anchors = Anchors::new(day);
            let begins = |period: Period| period.start_of(day, &anchors) == day;
            let is_apart = |known: &PartnerTerms| known.settles != terms.settles;
            if known.is_some_and(|known| is_apart(known) && !(begins(known.settles) && begins(terms.settles)))
            {
                let head = |tree: &Tree<'_>| tree.partner(partner).map(|it| it.head);
                let message = format!("`{partner}` settles in other periods");
                let help =
                    "one booking would lie in two statements; begin the version where both periods begin";
                refuse(head(self.after).unwrap_or_default(), head(self.before), message, help);
            }
        }
    }

    pub(super) fn warn(
        &self,
        span: Span,
        message: String,
        old: Option<Span>,
        was: &str,
        help: &str,
    ) -> Diagnostic {
        let finding = Diagnostic::new(Code::Y001, span, message).help(help);
        match old {
            Some(old) => finding.other(old, was),
            None => finding,
        }
    }

    /// Y001: units, vouchers, tiers blocks, levels, donations and charities that are gone.
    fn removed(&self) -> Vec<Diagnostic> {
        let (old, new) = (self.old, self.new);
        let mut found = Vec::new();
        let mut gone = |what: &str, name: &str, place: Option<Span>, help: &str| {
            let message = format!("the {what} `{name}` is gone with version {}", new.version);
            found.push(self.warn(self.program(), message, place, "it was here", help));
        };
        let spent =
            "what members have of it rests until it expires; keep it, with its `redeem`, to let it be spent";
        for unit in old.units.iter().filter(|unit| new.unit_named(&unit.name).is_err()) {
            let help = match unit.kind {
                UnitKind::Spendable => spent,
                UnitKind::Status => "what members have of it is kept, and counts for nothing",
            };
            gone("unit", &unit.name, self.before.unit(&unit.name).map(|it| it.head), help);
        }
        for voucher in old.vouchers.iter().filter(|known| new.voucher_named(&known.name).is_err()) {
            let help = "those that members hold rest until they expire; keep it to let them be used";
            gone("voucher", &voucher.name, self.before.voucher(&voucher.name).map(|it| it.head), help);
        }
        for donation in old.donations.iter().filter(|known| new.donation_named(&known.name).is_err()) {
            let help = match donation.pays {
                Some(_) => "what it has pledged is still paid when its period ends",
                None => "say it to your members if it is meant",
            };
            gone("donation", &donation.name, self.before.donation(&donation.name).map(|it| it.head), help);
        }
        for rebate in old.rebates.iter().filter(|known| new.rebate_named(&known.name).is_err()) {
            let help = "what it has collected is still paid when its period ends";
            let place = self.before.rebate(&rebate.name).map(|it| it.head);
            match rebate.kind {
                RebateKind::Rebate => gone("rebate", &rebate.name, place, help),
                RebateKind::Award => {
                    let place = self.before.award(&rebate.name).map(|it| it.head);
                    let asks = "periods that are open are not paid, because nobody can judge its `when`";
                    gone("award", &rebate.name, place, if rebate.when.is_some() { asks } else { help });
                }
            }
        }
        let partners =
            |program: &Program| program.own_prices().map(|list| list.partners.clone()).unwrap_or_default();
        let here = partners(new);
        for partner in partners(old).into_keys().filter(|known| !here.contains_key(known)) {
            let help = "what it was charged for and comes back is still credited to it";
            gone("partner", &partner, self.before.partner(&partner).map(|it| it.head), help);
        }
        for charity in old.charities.iter().filter(|known| new.charity_named(known).is_err()) {
            let help = "what is pledged to it is still paid; who has chosen it gives to nobody";
            gone("charity", charity, self.before.charity(charity), help);
        }
        for plan in old.plans.iter().filter(|known| new.plan_named(&known.name).is_err()) {
            let help =
                "who is in it pays nothing more and holds no tier by it; what is paid rests to its last day";
            gone("plan", &plan.name, self.before.plan(&plan.name).map(|it| it.head), help);
        }
        for tiers in &old.tiers {
            let block = self.before.tiers(&tiers.name);
            let Ok(id) = new.tiers_named(&tiers.name) else {
                let help = "levels rest until a version has it again";
                gone("tiers block", &tiers.name, block.map(|it| it.head), help);
                continue;
            };
            for level in tiers.levels.iter().filter(|level| new.level_named(id, &level.name).is_err()) {
                let help = "who holds it goes to the next lower one that is left";
                gone("tier", &level.name, block.map(|it| it.reach(&level.name)), help);
            }
        }
        found
    }

    /// Y001: shorter ends of units, rules, cards and vouchers.
    fn shorter(&self) -> Vec<Diagnostic> {
        let (old, new) = (self.old, self.new);
        let help = "what was earned before keeps its terms; say it to your members if it is meant";
        let mut found = Vec::new();
        let mut add = |name: &str, span: Option<Span>, old: Option<Span>| {
            let message = format!("`{name}` expires earlier than before");
            found.extend(span.map(|span| self.warn(span, message, old, "before", help)));
        };
        for unit in &new.units {
            let known = old.unit_named(&unit.name).ok().and_then(|id| old.units.get(id.index()));
            if known.is_some_and(|known| is_shorter(&known.expire, &unit.expire)) {
                let line = |tree: &Tree<'_>| {
                    let found = tree.unit(&unit.name)?;
                    let line = found.node.lines.iter().find(|line| matches!(line.kind, UnitLine::Expire(_)));
                    Some(line.map_or(found.head, |line| line.span))
                };
                add(&unit.name, line(self.after), line(self.before));
            }
        }
        for rule in new.rules.iter().filter(|rule| !rule.expire.is_empty()) {
            let known = old.rule_named(&rule.name).ok().and_then(|id| old.rules.get(id.index()));
            if known.is_some_and(|known| !known.expire.is_empty() && is_shorter(&known.expire, &rule.expire))
            {
                let line = |tree: &Tree<'_>| {
                    Some(tree.rule(&rule.name)?.place(|line| matches!(line, RuleLine::Expire(_))))
                };
                add(&rule.name, line(self.after), line(self.before));
            }
        }
        for card in &new.cards {
            let known = old.card_named(&card.name).ok().and_then(|id| old.cards.get(id.index()));
            if known.is_some_and(|known| is_shorter(&known.expire, &card.expire)) {
                let line = |tree: &Tree<'_>| {
                    Some(tree.card(&card.name)?.place(|line| matches!(line, CardLine::Expire(_))))
                };
                add(&card.name, line(self.after), line(self.before));
            }
        }
        for voucher in &new.vouchers {
            let known = old.voucher_named(&voucher.name).ok().and_then(|id| old.vouchers.get(id.index()));
            if known.is_some_and(|known| ends_earlier(known.end, voucher.end)) {
                let head = |tree: &Tree<'_>| tree.voucher(&voucher.name).map(|it| it.head);
                add(&voucher.name, head(self.after), head(self.before));
            }
        }
        found
    }

    /// Y001: plans that cost more, or no longer the same time.
    fn dearer(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for plan in &self.new.plans {
            let known = self.old.plan_named(&plan.name).ok().and_then(|id| self.old.plans.get(id.index()));
            if known.is_none_or(|known| plan.fee <= known.fee && plan.per == known.per) {
                continue;
            }
            let line = |tree: &Tree<'_>| {
                let block = tree.plan(&plan.name)?;
                let fee = block.node.lines.iter().find(|line| matches!(line.kind, PlanLine::Fee { .. }));
                Some(fee.map_or(block.head, |line| line.span))
            };
            let Some(span) = line(self.after) else { continue };
            let message = format!("the fee of the plan `{}` is another one than before", plan.name);
            let help = "terms that are paid stay paid; the next one costs this, so say it to your members";
            found.push(self.warn(span, message, line(self.before), "before", help));
        }
        found
    }

    /// Y001: lower caps.
    fn lowered(&self) -> Vec<Diagnostic> {
        let same = |old: &Cap, new: &Cap| {
            let limits = (old.limit, new.limit);
            old.name == new.name
                && old.shared == new.shared
                && old.window == new.window
                && old.per_account == new.per_account
                && std::mem::discriminant(&limits.0) == std::mem::discriminant(&limits.1)
        };
        let mut found = Vec::new();
        for cap in &self.new.caps {
            let known = self.old.caps.iter().find(|known| same(known, cap));
            let Some(known) = known.filter(|known| known.limit.most() > cap.limit.most()) else { continue };
            let place = |tree: &Tree<'_>, cap: &Cap| tree.cap(&cap.name, cap.shared, &cap.text);
            let Some(span) = place(self.after, cap) else { continue };
            let message = format!("this cap of `{}` is lower than before", cap.name);
            let help = "say it to your members if it is meant";
            found.push(self.warn(span, message, place(self.before, known), "before", help));
        }
        found
    }
}

/// Whether a length is certainly shorter.
fn is_less(new: Duration, old: Duration) -> bool {
    if new.unit == old.unit {
        return new.count < old.count;
    }
    windows::days_at_most(new) < windows::days_at_most(old)
}

/// Whether what has the new ends goes earlier. Of what cannot be compared nothing is said.
fn is_shorter(old: &[Expire], new: &[Expire]) -> bool {
    let ends = |lines: &[Expire]| lines.iter().any(|line| *line != Expire::Never);
    if !ends(new) {
        return false;
    }
    let less = |old: &Expire, new: &Expire| match (old, new) {
        (Expire::After(old, from, tail), Expire::After(new, other, end)) => {
            from == other && tail == end && is_less(*new, *old)
        }
        (Expire::AtEndOf(old, plus), Expire::AtEndOf(new, more)) if old == new => match (plus, more) {
            (Some(_), None) => true,
            (Some((old, tail)), Some((new, end))) => tail == end && is_less(*new, *old),
            (None, _) => false,
        },
        (Expire::Without(old, _), Expire::Without(new, _)) => is_less(*new, *old),
        _ => false,
    };
    let added = new.len() > old.len() && old.iter().all(|line| new.contains(line));
    !ends(old) || added || new.iter().any(|new| old.iter().any(|old| less(old, new)) && !old.contains(new))
}

fn ends_earlier(old: VoucherEnd, new: VoucherEnd) -> bool {
    match (old, new) {
        (VoucherEnd::Never, VoucherEnd::Never) => false,
        (VoucherEnd::Never, _) => true,
        (VoucherEnd::For(old, tail), VoucherEnd::For(new, end)) => tail == end && is_less(new, old),
        (VoucherEnd::On(old), VoucherEnd::On(new)) => new < old,
        _ => false,
    }
}

/// What a rebate or award adds up: money, money by category, or a unit.
fn counted<'p>(program: &'p Program, rebate: &Rebate) -> (bool, Option<&'p str>) {
    match rebate.counts {
        RebateCounts::Spend | RebateCounts::PaidWith(_) => (false, None),
        RebateCounts::ByCategory => (true, None),
        RebateCounts::Earned { unit, .. } => (false, Some(program.unit_name(unit))),
    }
}
