//! Running the tests of a rule file.

use super::world::World;
use super::{expect, find, lines, setup, step};
use crate::calendar::Instant;
use crate::check::{Compiled, TestCase};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::evaluate::Outcome;
use crate::ledger::{Reason, Source};
use crate::program::Program;
use crate::syntax::ast::{Expect, Line, Step, StepFact, TestLine};
use std::collections::BTreeSet;

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The name of the test.
    pub name: String,
    /// Whether everything came out as expected.
    pub passed: bool,
    /// What did not, in the order of the lines: each with its place, what is instead, and how it came about.
    pub failures: Vec<Diagnostic>,
    /// The rules that gave something.
    fired: BTreeSet<Source>,
}

/// Runs all tests of a program, in the order of the text, each in a world of its own.
///
/// ```
/// use loyalty_rules::check::{Sources, compile};
/// use loyalty_rules::scenario;
/// use loyalty_rules::syntax::Limits;
///
/// let rules = r#"edition 2026
/// program Demo {
///   version 1
///   effective from 2026-01-01
///   currency EUR
///   time zone "Europe/Berlin"
/// }
/// unit points is spendable {
///   singular point
///   round down in total
///   expire never
/// }
/// earn Base {
///   on purchase
///   give 1 point per full 2 EUR
/// }
/// test "two euros are a point" {
///   given member Ann { joined 2026-01-05 }
///   when 2026-03-03 17:45 purchase "K-1" by Ann { item Pears 1 x 4.98 EUR }
///   expect Ann earns 2 points
/// }
/// "#;
/// let compiled = compile(&Sources::single("demo.loyalty", rules), &Limits::default())?;
/// let results = scenario::run_tests(&compiled);
/// assert!(results.iter().all(|result| result.passed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn run_tests(compiled: &Compiled) -> Vec<TestResult> {
    compiled.tests.iter().map(|test| run_test(&compiled.program, test)).collect()
}

/// One finding for all rules that gave nothing in any test, or none if every rule gave something or there are no
/// tests. It stands at the first of the tests.
#[must_use]
pub fn never_fired(compiled: &Compiled, results: &[TestResult]) -> Option<Diagnostic> {
    let first = compiled.tests.first()?;
    let program = &compiled.program;
    let fired: BTreeSet<&str> = results
        .iter()
        .flat_map(|result| result.fired.iter())
        .filter(|source| !matches!(source, Source::Tier(..) | Source::Redeem(_)))
        .map(|source| find::source_name(program, *source))
        .collect();
    let rules = program.rules.iter().map(|rule| &*rule.name);
    let cards = program.cards.iter().map(|card| &*card.name);
    let challenges = program.challenges.iter().map(|challenge| &*challenge.name);
    let streaks = program.streaks.iter().map(|streak| &*streak.name);
    let draws = program.draws.iter().filter(|draw| !draw.free.is_empty()).map(|draw| &*draw.name);
    let referrals = program.referrals.iter().map(|referral| &*referral.name);
    let donations = program.donations.iter().map(|donation| &*donation.name);
    let rebates = program.rebates.iter().map(|rebate| &*rebate.name);
    let milestones = program.milestones.iter().map(|block| &*block.name);
    let played = cards.chain(challenges).chain(streaks).chain(draws).chain(milestones);
    let all = rules.chain(played).chain(referrals).chain(donations).chain(rebates);
    let idle: Vec<&str> = all.filter(|name| !fired.contains(name)).collect();
    let message = match idle.as_slice() {
        [] => return None,
        [one] => format!("no test makes `{one}` give anything"),
        many => format!("no test makes these {} rules give anything", many.len()),
    };
    let mut finding = Diagnostic::new(Code::X952, first.span, message);
    if idle.len() > 1 {
        finding = finding.note(format!("rules: {}", idle.join(", ")));
    }
    Some(finding.help("write a test in which it gives something, or remove what nobody needs"))
}

fn run_test(program: &Program, case: &TestCase) -> TestResult {
    let test = &case.test;
    let mut runner = Runner::new(program, &test.name.text);
    setup::run(&mut runner, &test.lines);
    for (place, line) in test.lines.iter().enumerate() {
        match &line.kind {
            TestLine::Given { .. } => {}
            TestLine::When { at, step, facts } => {
                let rest = test.lines.iter().skip(place + 1);
                let mut expects = rest.take_while(|line| !matches!(line.kind, TestLine::When { .. }));
                let refusal_is_fine =
                    expects.any(|line| matches!(line.kind, TestLine::Expect(Expect::Refused(_))));
                match find::moment(program, at) {
                    Ok(at) => runner.step(at, step, facts, line.span, refusal_is_fine),
                    Err(problem) => runner.fail(line.span, problem),
                }
            }
            TestLine::Expect(expected) => runner.expect(expected, line.span),
        }
    }
    let Runner { failures, fired, .. } = runner;
    TestResult { name: test.name.text.clone(), passed: failures.is_empty(), failures, fired }
}

/// A test that is running.
pub(super) struct Runner<'p> {
    pub(super) program: &'p Program,
    pub(super) world: World<'p>,
    /// The instant of the last `when`, or of the latest joining before that.
    pub(super) now: Instant,
    /// All outcomes of the last `when`.
    pub(super) outcomes: Vec<Outcome>,
    /// Why the last `when` was refused.
    pub(super) refused: Option<String>,
    /// The member of the last `when`.
    pub(super) actor: Option<String>,
    name: &'p str,
    failures: Vec<Diagnostic>,
    fired: BTreeSet<Source>,
}

impl<'p> Runner<'p> {
    fn new(program: &'p Program, name: &'p str) -> Self {
        Self {
            program,
            world: World::new(program).explaining(),
            now: Instant::MIN,
            outcomes: Vec::new(),
            refused: None,
            actor: None,
            name,
            failures: Vec::new(),
            fired: BTreeSet::new(),
        }
    }

    /// Notes that a line did not come out as expected: what is instead.
    pub(super) fn fail(&mut self, span: Span, found: impl Into<String>) {
        self.fail_with(span, found, None);
    }

    fn fail_with(&mut self, span: Span, found: impl Into<String>, how: Option<String>) {
        let message = format!("test \"{}\" failed", self.name);
        let found: String = found.into();
        let help = if found.starts_with("it was refused") {
            "change the event or the rules, or add a line `expect refused` below if that is right"
        } else if found.starts_with("it was not refused") {
            "change the event or the rules, or remove this line if that is right"
        } else {
            "change the rules, or this line if what was found is right"
        };
        let mut finding = Diagnostic::new(Code::X951, span, message).label(found).help(help);
        if let Some(how) = how {
            finding = finding.note(format!("how: {how}"));
        }
        self.failures.push(finding);
    }

    /// Delivers an event and keeps what comes of it.
    pub(super) fn deliver(&mut self, event: crate::event::Event) -> Result<(), String> {
        let outcomes = self.world.deliver(event).map_err(|error| error.to_string())?;
        self.keep(outcomes);
        Ok(())
    }

    /// Runs all clocks up to the instant at which the test begins.
    pub(super) fn start_clock(&mut self, to: Instant) {
        self.now = to;
        if let Err(problem) = self.tick(to) {
            self.failures.push(
                Diagnostic::new(Code::X951, Span::default(), problem)
                    .help("change the dates of the test, or the rules"),
            );
        }
    }

    fn tick(&mut self, to: Instant) -> Result<(), String> {
        let mut outcomes = Vec::new();
        self.world.advance(to, |outcome| outcomes.push(outcome)).map_err(|error| error.to_string())?;
        self.keep(outcomes);
        Ok(())
    }

    fn keep(&mut self, outcomes: Vec<Outcome>) {
        let deltas = outcomes.iter().flat_map(Outcome::deltas);
        self.fired.extend(
            deltas
                .filter(|delta| matches!(delta.reason, Reason::Earned | Reason::Repaid))
                .map(|delta| delta.source),
        );
        // what is settled later was given all the same
        self.fired.extend(outcomes.iter().flat_map(|outcome| &outcome.given).map(|given| given.source));
        self.outcomes.extend(outcomes);
    }

    fn step(
        &mut self,
        at: Instant,
        step: &Step,
        facts: &[Line<StepFact>],
        span: Span,
        refusal_is_fine: bool,
    ) {
        self.now = at;
        self.outcomes.clear();
        self.refused = None;
        let member = step::member(step);
        self.actor = member.map(|name| name.text.clone());
        let ran = match member {
            Some(member) => self.advance_actor(&member.text, at),
            None => self.tick(at),
        };
        if let Err(problem) = ran {
            self.fail(span, problem);
            return;
        }
        let events = match step {
            // every account hears of it
            Step::Announce { .. } => {
                self.world.accounts().map(|account| step::announced(account.member(), at, step)).collect()
            }
            _ => step::event(self.program, at, step, facts).map(|event| event.into_iter().collect()),
        };
        let done =
            events.and_then(|events: Vec<_>| events.into_iter().try_for_each(|event| self.deliver(event)));
        if let Err(reason) = done {
            if !refusal_is_fine {
                self.fail(span, format!("it was refused: {reason}"));
            }
            self.refused = Some(reason);
        }
    }

    /// A refused event has moved the clock too, so the clock runs before the event is judged.
    fn advance_actor(&mut self, member: &str, at: Instant) -> Result<(), String> {
        let outcomes = self.world.advance_member(member, at).map_err(|error| error.to_string())?;
        self.keep(outcomes);
        Ok(())
    }

    fn expect(&mut self, expected: &Expect, span: Span) {
        if let Err(found) = expect::judge(self, expected) {
            let how = match expected {
                Expect::Earns(member, ..) | Expect::EarnsNothing(member) => {
                    lines::how(self.program, &self.outcomes, &member.text)
                }
                _ => None,
            };
            self.fail_with(span, found, how);
        }
    }
}
