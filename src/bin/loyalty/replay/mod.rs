//! `loyalty replay`.

pub(crate) mod input;
mod json;
mod ledger;
mod notes;
mod outputs;
mod problems;
mod table;

use crate::load;
use crate::screen::{Done, Failure, say};
use clap::Args;
use input::Input;
use ledger::{Beside, Ledger};
use loyalty_rules::calendar::Instant;
use loyalty_rules::check::Checks;
use loyalty_rules::diagnostics::SourceMap;
use loyalty_rules::scenario::{Summary, Tally, World};
use loyalty_rules::{EvaluateError, Event, Outcome, Program, Status, Versions};
use notes::{Counted, Notes};
use outputs::Named;
use problems::Problems;

/// Replay events against a rule file and sum up what comes of them.
///
/// Several rule files are versions of one program: each event is judged by the version of its date, a return by the
/// version that gave, and the clock by the version in force.
///
/// EVENTS holds one event on each line in JSON, plain or compressed with gzip; `-` is standard input. Events are
/// taken in the order of the lines. Messages between members are delivered at once. At the end the clocks of all
/// members run to the newest event.
///
/// A line that cannot be read and an event that is refused are reported with their number and reason, and the rest
/// goes on. The exit status is 0 if there were none, 1 if there were some or if the rule file has errors, 2 if a file
/// cannot be read or written.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Rule file; the entry file of the program, or of each of its versions.
    #[arg(required = true)]
    rules: Vec<String>,
    /// Events, one on each line; `-` for standard input.
    events: String,
    /// Write all bookings to this file, as JSON lines, or as CSV if its name ends in .csv.
    #[arg(long, value_name = "FILE")]
    ledger: Option<String>,
    /// Write what partners owe and get, booking by booking, to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    charges: Option<String>,
    /// Write the fees of plans that fall due to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    fees: Option<String>,
    /// Write what each charity is owed, month by month, to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    charities: Option<String>,
    /// Write the balance of every member and unit to this file, as CSV.
    #[arg(long, value_name = "FILE")]
    balances: Option<String>,
    /// Print the summary as one JSON object.
    #[arg(long)]
    json: bool,
    /// Print no summary and no progress.
    #[arg(long, short)]
    quiet: bool,
}

/// How many events came, and what became of them.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) read: u64,
    pub(crate) applied: u64,
    pub(crate) repeated: u64,
    pub(crate) refused: u64,
    /// Messages to members without an account.
    pub(crate) undelivered: u64,
}

/// All that a replay comes to.
pub(crate) struct Results {
    pub(crate) counts: Counts,
    /// Refusals by reason.
    pub(crate) reasons: Vec<(String, u64)>,
    /// What events brought and the program does not know.
    pub(crate) notes: Vec<Counted>,
    pub(crate) summary: Summary,
    /// SHA-256 of the ledger's JSON lines, in hexadecimal digits.
    pub(crate) digest: String,
}

impl Replay {
    pub(crate) fn run(&self) -> Done {
        let Some(compiled) = load::versions(&self.rules, &Checks::default())? else { return Ok(false) };
        self.check_files(&compiled.sources)?;
        let world = World::of_versions(&compiled.versions);
        let mut input = Input::open(&self.events, self.quiet || self.json)?;
        let beside = Beside {
            charges: self.charges.as_deref(),
            fees: self.fees.as_deref(),
            charities: self.charities.as_deref(),
        };
        let ledger = Ledger::create(self.ledger.as_deref(), beside)?;
        let mut problems = Problems::new(&self.events);
        let mut run = Run {
            versions: &compiled.versions,
            world,
            ledger,
            tally: Tally::new(),
            notes: Notes::default(),
            newest: None,
        };
        let mut counts = Counts::default();
        while let Some(line) = input.next_line()? {
            counts.read += 1;
            let taken = match line.event {
                Ok(event) => run.take(line.number, event)?,
                Err(reason) => Taken::Refused("unreadable".to_owned(), reason),
            };
            match taken {
                Taken::As(Status::Applied) => counts.applied += 1,
                Taken::As(Status::Repeated) => counts.repeated += 1,
                Taken::Refused(kind, detail) => {
                    counts.refused += 1;
                    let bar = &input.progress;
                    bar.suspend(|| problems.add(line.number, &kind, &detail))?;
                }
            }
        }
        input.progress.finish_and_clear();
        problems.finish()?;
        run.finish()?;
        counts.undelivered = run.world.undelivered();
        if let Some(path) = &self.balances {
            ledger::write_balances(&run.world, path)?;
        }
        let good = counts.refused == 0;
        let summary = run.tally.summary(&run.world);
        let digest = run.ledger.finish()?;
        let (reasons, notes) = (problems.reasons(), run.notes.sorted());
        let results = Results { counts, reasons, notes, summary, digest };
        if self.json {
            say(&json::text(&results)?)?;
        } else if !self.quiet {
            say(&table::text(run.world.program(), &results))?;
        }
        Ok(good)
    }
}

impl Replay {
    /// Refuses to write over what is read, or one file twice.
    fn check_files(&self, sources: &SourceMap) -> Result<(), Failure> {
        let rules =
            sources.files().iter().map(|file| Named { what: "a rule file", path: file.path.as_str() });
        let inputs: Vec<Named<'_>> = rules.chain([Named { what: "EVENTS", path: &self.events }]).collect();
        let outputs = [
            ("`--ledger`", &self.ledger),
            ("`--charges`", &self.charges),
            ("`--fees`", &self.fees),
            ("`--charities`", &self.charities),
            ("`--balances`", &self.balances),
        ];
        let outputs: Vec<Named<'_>> = outputs
            .into_iter()
            .filter_map(|(what, path)| Some(Named { what, path: path.as_deref()? }))
            .collect();
        outputs::check(&inputs, &outputs)
    }
}

/// What became of an event.
enum Taken {
    As(Status),
    /// The kind of reason, and what exactly.
    Refused(String, String),
}

/// A replay that is running.
struct Run<'p> {
    versions: &'p Versions,
    world: World<'p>,
    ledger: Ledger,
    tally: Tally,
    notes: Notes,
    /// The newest instant of all events that were not refused.
    newest: Option<Instant>,
}

impl Run<'_> {
    fn take(&mut self, line: u64, event: Event) -> Result<Taken, Failure> {
        let at = event.at();
        let (id, is_message) = (event.id().to_owned(), event.is_message());
        match self.world.deliver(event) {
            Ok(outcomes) => {
                let Some(last) = outcomes.iter().find(|outcome| outcome.event() == Some(&id)) else {
                    let detail = "the message goes to nobody with an account".to_owned();
                    return Ok(Taken::Refused("unknown member".to_owned(), detail));
                };
                let status = last.status();
                if !is_message {
                    self.newest = self.newest.max(Some(at));
                }
                for outcome in &outcomes {
                    self.tally.add(outcome);
                    self.notes.add(Some(line), outcome);
                    if let Some(program) = self.versions.made(outcome) {
                        self.ledger.add(program, outcome)?;
                    }
                }
                Ok(Taken::As(status))
            }
            Err(EvaluateError::Rejected(rejection)) => {
                Ok(Taken::Refused(rejection.reason.text().to_owned(), rejection.to_string()))
            }
            Err(fault) => Err(Failure::Message(format!("the replay has to stop: {fault}"))),
        }
    }

    /// Runs all clocks to the newest event.
    fn finish(&mut self) -> Result<(), Failure> {
        let Some(newest) = self.newest else { return Ok(()) };
        let (ledger, tally, notes) = (&mut self.ledger, &mut self.tally, &mut self.notes);
        let versions = self.versions;
        let mut written = Ok(());
        let ran = self.world.advance(newest, |outcome: Outcome| {
            tally.add(&outcome);
            notes.add(None, &outcome);
            if let (Ok(()), Some(program)) = (&written, versions.made(&outcome)) {
                written = ledger.add(program, &outcome);
            }
        });
        ran.map_err(|fault| Failure::Message(format!("the replay has to stop: {fault}")))?;
        written
    }
}

/// What stands above the summary.
pub(crate) fn title(program: &Program) -> String {
    format!("{} version {}", program.name(), program.version())
}
