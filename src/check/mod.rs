//! From trees to the compiled program: names, types, units, and lowering.
//!
//! [`compile`] is the only way to a [`Program`]. It follows `import` lines, reads all files, collects what they
//! declare, and lowers block after block in the order of names, so that the order of blocks and files changes
//! nothing. Every step goes on after a finding as far as it can; a program comes out only when there is no error.
//! Of a text with wrong lines the rest is checked, as far as nothing hangs on what these lines may say (`partial`).

mod attributes;
mod award_lots;
mod awards;
mod backdating;
mod boxes;
mod budgets;
mod campaigns;
mod canonical;
mod cap_limits;
mod caps;
mod cards;
mod challenges;
mod changes;
mod choices;
mod comparisons;
mod conditions;
mod conversions;
mod counters;
mod dates;
mod declared;
mod draws;
mod each;
mod everything;
mod expenses;
mod facts;
mod fingerprint;
mod game_cap_limits;
mod game_caps;
mod games;
mod gifts;
mod gives;
mod giving;
mod hidden;
mod liability;
mod lowering;
mod milestones;
mod moments;
mod money;
mod never;
mod numbers;
mod overlap;
mod parameters;
mod partial;
mod partners;
mod periods;
mod plans;
mod profiles;
mod program_checks;
mod rates;
mod rebate_caps;
mod rebates;
mod referrals;
mod report;
mod returns;
mod rewards;
mod rows;
mod rules;
mod say;
mod scenarios;
mod settings;
mod sources;
mod spending;
mod streaks;
mod subjects;
mod table;
mod terms;
mod tiers;
mod tiers_reach;
mod tiers_terms;
mod tiers_years;
mod times;
mod tree;
mod units;
mod values;
mod versions;
mod versions_games;
mod vouchers;
mod windows;

#[cfg(test)]
mod program_tests;
#[cfg(test)]
mod tests;

pub use sources::{Sources, host_lists_of, imports_of, resolve};
pub use versions::{CompiledVersions, compile_versions};

use crate::amount::Ratio;
use crate::diagnostics::{Diagnostic, Severity, SourceMap, Span, render_all};
use crate::program::{
    Asked, Attribute, EventKind, EventKindId, LevelNeeds, MeterIndex, Own, Program, Rule, RuleIndex, Short,
    Symbol, Unit,
};
use crate::syntax::Limits;
use crate::syntax::ast::{File, Name, TestBlock};
use declared::Declared;
use facts::Facts;
use lowering::Lowering;
use report::Report;
use std::fmt;

/// A program that was compiled.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The program.
    pub program: Program,
    /// Its tests, in the order of the files.
    pub tests: Vec<TestCase>,
    /// Warnings and notes, in the order of the files.
    pub findings: Vec<Diagnostic>,
    /// The files, to show findings in.
    pub sources: SourceMap,
}

/// A test block of a program. Its names are declared and its values have the right sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// The test as written.
    pub test: TestBlock,
    /// The `##` lines above it.
    pub doc: String,
    /// Its head line, to report a failure at.
    pub span: Span,
}

/// Why a program was refused. Displayed, it shows every finding with its place.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Findings in the order of the files. If there are more than the limit, errors come before others.
    pub list: Vec<Diagnostic>,
    /// How many more there are that are not in the list.
    pub more: usize,
    /// The files, to show findings in.
    pub sources: SourceMap,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render_all(&self.sources, &self.list, self.list.len()))?;
        if self.more > 0 {
            writeln!(f, "{} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

/// What the checks of a whole program look for beyond what holds for every program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checks {
    /// Tells for each unit and voucher the most that it can cost (V901). Off unless asked for, because every good
    /// program would get such notes.
    pub cost: bool,
    /// The part of spend above which paying back is reported (V902): 1/5 is 20%. Nothing reports only what pays back
    /// all of it.
    pub payback_limit: Option<Ratio>,
}

/// Compiles a program from its texts.
///
/// # Errors
///
/// All findings, if at least one of them is an error.
pub fn compile(sources: &Sources, limits: &Limits) -> Result<Compiled, Findings> {
    compile_with(sources, limits, &Checks::default())
}

/// Compiles a program from its texts, and looks for what a host asks beside.
///
/// ```
/// use loyalty_rules::amount::Ratio;
/// use loyalty_rules::check::{Checks, Sources, compile_with};
/// use loyalty_rules::syntax::Limits;
///
/// # let rules = "edition 2026\nprogram Demo {\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
/// #     time zone \"Europe/Berlin\"\n}\n\nreturns { accept within 60 days }\n\nunit points is spendable {\n  \
/// #     worth 0.01 EUR\n  round down in total\n  expire 12 months after earning\n}\n\n\
/// #     earn Base {\n  on purchase\n  give 3 points per 1 EUR\n}\n";
/// // three points of one cent for each euro are more than 2%
/// let checks = Checks { payback_limit: Ratio::new(2, 100), ..Checks::default() };
/// let compiled = compile_with(&Sources::single("demo.loyalty", rules), &Limits::default(), &checks)?;
/// assert_eq!(compiled.findings[0].code.id(), "V902");
/// # Ok::<(), loyalty_rules::check::Findings>(())
/// ```
///
/// # Errors
///
/// All findings, if at least one of them is an error.
pub fn compile_with(sources: &Sources, limits: &Limits, checks: &Checks) -> Result<Compiled, Findings> {
    let loaded = sources::load(sources, limits);
    let (map, files, mut report) = (loaded.map, loaded.files, loaded.report);
    if report.has_errors() {
        partial::check(&map, &files, &loaded.unread, limits, &mut report);
        return Err(refused(report, map, limits));
    }
    match lower(&map, &files, (limits, Some(checks)), &mut report) {
        Some((program, tests)) if !report.has_errors() => {
            let mut findings = report.into_list();
            findings.truncate(limits.findings);
            Ok(Compiled { program, tests, findings, sources: map })
        }
        _ => Err(refused(report, map, limits)),
    }
}

/// The findings of a refused program, cut to the limit.
fn refused(report: Report, sources: SourceMap, limits: &Limits) -> Findings {
    let mut list = report.into_list();
    let all = list.len();
    if all > limits.findings {
        // errors must be seen before warnings; inside each the order stays that of the places
        list.sort_by_key(|finding| finding.severity != Severity::Error);
        list.truncate(limits.findings);
        list.sort_by_key(|finding| (finding.primary.span, finding.code));
    }
    Findings { more: all.saturating_sub(list.len()), list, sources }
}

/// Without `checks` only block by block, because parts of the text are missing.
fn lower(
    map: &SourceMap,
    files: &[File],
    (limits, checks): (&Limits, Option<&Checks>),
    report: &mut Report,
) -> Option<(Program, Vec<TestCase>)> {
    let all = Declared::collect(files, limits, report);
    let mut settings = settings::settings(all.program, report);
    settings.periods = periods::periods(&all, report);
    let mut facts = Facts::read(&all, settings, report);
    periods::own(&all, &mut facts, report);
    let mut lowering = Lowering::new(map, &all, &facts, std::mem::take(report));
    let program = tables(&mut lowering);
    if let Some(program) = &program {
        lowering.unused_parameters(program);
    }
    let Some(checks) = checks else {
        lowering.scenarios();
        *report = lowering.report;
        return None;
    };
    if !lowering.report.has_errors() {
        // after an error a name may look unused only because its use was not understood
        report_unused(&all, &facts, &mut lowering.report);
    }
    let tests = lowering.scenarios();
    *report = lowering.report;
    if let Some(program) = program.as_ref().filter(|_| !report.has_errors()) {
        // these need a program whose parts all have their meaning
        for finding in program_checks::program_checks(program, &tree::Tree::new(map, files), checks) {
            report.push(finding);
        }
    }
    program.map(|program| (program, tests))
}

/// All tables, in an order that depends on names only.
#[expect(clippy::too_many_lines, reason = "one line for each table")]
fn tables<'f, 'a: 'f>(low: &mut Lowering<'f, 'a>) -> Option<Program> {
    let schemas = (0..).map(EventKindId).zip(&low.facts.events);
    let judged = schemas.filter_map(|(kind, schema)| Some((kind, schema.judged?))).collect();
    let join_by = match &low.facts.settings.join_by {
        Some(name) => Some(low.event(name)?),
        None => None,
    };
    let [categories, channels, stores, payments, partners] = vocabularies(low);
    let ([member_attributes, item_attributes], events) = (attributes(low), events(low));
    let (units, vouchers, mut drafts) = (low.units(), low.vouchers(), drafted_rules(low));
    let (cards, tiers, referrals, mut donations) =
        (low.cards(), low.tiers(), low.referrals(), low.donations());
    let plans = low.plans();
    let (challenges, streaks, draws) = (low.challenges(), low.streaks(), low.draws());
    let price_lists = low.price_lists();
    let (milestones, mut rebates) = (low.milestones(), low.rebates_and_awards(&units, &drafts));
    let asking = (donations.as_deref_mut().unwrap_or_default(), rebates.as_deref_mut().unwrap_or_default());
    low.partner_budgets(&mut drafts, asking, price_lists.as_deref().unwrap_or_default());
    let (redeems, rewards, converts, returns) = (low.redeems(), low.rewards(), low.converts(), low.returns());
    let within = returns.as_ref().and_then(|returns| returns.within);
    low.counters.keep_rounds(challenges.as_deref().unwrap_or_default(), within);
    let (rules, units) = finished_rules(low, drafts, units)?;
    let (change_limits, backdated) = (low.change_limits(), low.backdated(&rules, &units)?);
    let (event_count, keeps, settings) = (events.len(), keeps(&units, &rules), low.settings());
    let ((meters, filters), symbols) = (low.counters.take_tables(), std::mem::take(&mut low.symbols));
    Some(finished(Program {
        name: settings.name.as_str().into(),
        version: settings.version,
        effective_from: settings.effective_from,
        ends: None,
        currency: settings.currency.as_str().into(),
        currency_digits: settings.currency_digits,
        zone: settings.zone.clone()?,
        week_starts: settings.week_starts,
        day_starts: settings.day_starts,
        membership_day: settings.membership_day,
        own_days: settings.own_days.as_slice().into(),
        late: settings.late,
        before_joining: settings.before_joining,
        join_by,
        prices_with_tax: settings.prices_with_tax,
        spend_with_tax: settings.spend_with_tax,
        short: Short::new(&symbols, &categories, &channels),
        categories,
        channels,
        stores,
        payments,
        partners,
        member_attributes,
        change_limits,
        backdated,
        item_attributes,
        asked: Asked::default(),
        index: RuleIndex::build(&rules, &filters, events.len()),
        events,
        judged,
        symbols,
        meter_index: MeterIndex::build(&meters, event_count, units.len()),
        units: units.into(),
        vouchers: vouchers?.into(),
        choices: std::mem::take(&mut low.choices).into(),
        moments: low.moments_of(&rules),
        rules: rules.into(),
        caps: std::mem::take(&mut low.caps).into(),
        each: std::mem::take(&mut low.each).into(),
        cards: cards?.into(),
        challenges: challenges?.into(),
        streaks: streaks?.into(),
        draws: draws?.into(),
        milestones: milestones?.into(),
        tiers: tiers?.into(),
        plans: plans?.into(),
        referrals: referrals?.into(),
        converts: converts?.into(),
        rewards: rewards?.into(),
        redeems: redeems?.into(),
        charities: low.charities(),
        price_lists: price_lists?,
        budgets: std::mem::take(&mut low.budgets).into(),
        referral_budgets: low.take_referral_budgets(),
        donations: donations?.into(),
        rebates: rebates?,
        parameters: low.parameters(),
        spend_after_redemptions: settings.after_redemptions,
        returns: returns?,
        dates: std::mem::take(&mut low.dates).into(),
        activities: std::mem::take(&mut low.activities).into(),
        keeps,
        level_needs: LevelNeeds::default(),
        meters,
        filters,
        former: Box::default(),
        own: Own::default(),
        fingerprint: 0,
        identity: 0,
    }))
}

/// The rules and the caps that they share.
fn drafted_rules<'f, 'a: 'f>(low: &mut Lowering<'f, 'a>) -> Vec<rules::DraftRule<'a>> {
    let mut drafts = low.rules();
    low.shared_caps(&mut drafts);
    drafts
}

/// The rules, and the units with the denominator of each.
fn finished_rules<'f, 'a: 'f>(
    low: &mut Lowering<'f, 'a>,
    drafts: Vec<rules::DraftRule<'a>>,
    mut units: Vec<Option<Unit>>,
) -> Option<(Vec<Rule>, Vec<Unit>)> {
    let rates: Vec<_> = drafts.iter().map(|draft| (draft.draft.as_ref(), draft.capped.gives)).collect();
    low.set_denominators(&mut units, &rates);
    let rules = low.finish_rules(drafts, &units)?;
    Some((rules, units.into_iter().collect::<Option<_>>()?))
}

/// The attributes of members and items.
fn attributes(low: &mut Lowering<'_, '_>) -> [Box<[Attribute]>; 2] {
    let facts = low.facts;
    [&facts.member, &facts.item].map(|schema| schema.lower(&mut low.symbols))
}

/// Categories, channels, stores, payments, partners.
fn vocabularies(low: &mut Lowering<'_, '_>) -> [Box<[Symbol]>; 5] {
    let all = low.all;
    let names = [&all.categories, &all.channels, &all.stores, &all.payments, &all.partner_words];
    names.map(|names| low.sorted_symbols(names.keys().copied()))
}

/// A program whose tables are complete.
fn finished(mut program: Program) -> Program {
    program.own = Own {
        units: program.units.len(),
        vouchers: program.vouchers.len(),
        cards: program.cards.len(),
        events: program.events.len(),
        charities: program.charities.len(),
    };
    program.asked = asked(&program);
    program.level_needs = LevelNeeds::of(&program.tiers, &program.meters);
    program.fingerprint = fingerprint::fingerprint(&program);
    program.identity = program.fingerprint;
    program
}

/// Whether anything is kept after its last day while a condition holds.
fn keeps(units: &[Unit], rules: &[Rule]) -> bool {
    let of_units = units.iter().map(|unit| &unit.hold);
    of_units.chain(rules.iter().map(|rule| &rule.hold)).any(Option::is_some)
}

/// What conditions of all kinds ask.
fn asked(p: &Program) -> Asked {
    let of_vouchers = p.vouchers.iter().flat_map(|voucher| [&voucher.items, &voucher.when]);
    let of_rewards = p.rewards.iter().flat_map(|reward| [&reward.items, &reward.when]);
    let of_redeems = p.redeems.iter().flat_map(|redeem| [&redeem.items, &redeem.when]);
    let of_donations = p.donations.iter().flat_map(|donation| [&donation.items, &donation.when]);
    let tasks = p.challenges.iter().flat_map(|challenge| &challenge.tasks);
    let of_tasks = tasks.flat_map(|task| task.when.iter().chain(&task.items));
    let waiting = p.moments.iter().flat_map(|moment| moment.rules.iter().map(|waiting| &waiting.items));
    let of_rebates = p.rebates.iter().flat_map(|rebate| [&rebate.items, &rebate.when]);
    let milestones = p.milestones.iter().flat_map(|block| [&block.items, &block.when]);
    let of_streaks = p.streaks.iter().filter_map(|streak| streak.when.as_ref());
    let others = of_vouchers.chain(of_rewards).chain(of_redeems).chain(of_donations).chain(of_rebates);
    let others = others.chain(waiting).chain(milestones).flatten().chain(of_tasks).chain(of_streaks);
    let tables = p.donations.iter().filter_map(crate::program::Donation::key);
    Asked::of(&p.rules, &p.cards, &p.filters, others).with_tables(tables)
}

/// `purchase`, `joining`, then the declared events by name.
fn events(low: &mut Lowering<'_, '_>) -> Box<[EventKind]> {
    let facts = low.facts;
    let named = facts.event_names.iter().zip(&facts.events);
    named
        .map(|(name, schema)| EventKind { name: (*name).into(), attributes: schema.lower(&mut low.symbols) })
        .collect()
}

/// N103. Uses in tests do not count: a rule must need the name.
fn report_unused(all: &Declared<'_>, facts: &Facts<'_>, report: &mut Report) {
    all.units.report_unused("no rule gives it", report);
    all.vouchers.report_unused("no rule gives it", report);
    all.gifts.report_unused("no donation gives it", report);
    plans::report_unused(all, report);
    all.lists.report_unused("no condition asks for it", report);
    all.events.report_unused("no rule waits for it", report);
    for period in facts.settings.periods.values().filter(|period| !period.used.get()) {
        table::unused("period", &period.name, "nothing names it", report);
    }
    facts.member.report_unused(report);
    facts.item.report_unused(report);
    for schema in &facts.events {
        schema.report_unused(report);
    }
    let words = [
        (&all.payments, "kind of payment", "no rule asks for it"),
        (&all.charities, "charity", "nothing is given to it"),
        (&all.partner_words, "partner", "no rule asks for it, and it neither pays nor gets anything"),
    ];
    for (words, what, effect) in words {
        for (name, word) in words.iter().filter(|(_, word)| !word.used.get()) {
            let name = Name { text: (*name).to_owned(), span: word.span };
            table::unused(what, &name, effect, report);
        }
    }
}
