//! `loyalty explain`.

use crate::load;
use crate::replay::input::Input;
use crate::screen::{Done, Failure, complain, say};
use clap::Args;
use loyalty_rules::scenario::World;
use loyalty_rules::{EvaluateError, Outcome, Program, Status, explain};

/// Replay events up to one of them and tell why it gives what it gives: every rule, why and why not.
///
/// Lines that cannot be read and events that are refused are passed over, as in a replay. The exit status is 0 if the
/// event was explained, 1 if it is not there or was refused, or if the rule file has errors, 2 if a file cannot be
/// read.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Rule file; the entry file of the program.
    rules: String,
    /// Events, one on each line, plain or compressed with gzip; `-` for standard input.
    events: String,
    /// The id of the event; the first one with it counts.
    #[arg(long, value_name = "ID")]
    event: String,
    /// The member, if several members have events with this id.
    #[arg(long)]
    member: Option<String>,
    /// Print the explanation as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(crate) fn run(&self) -> Done {
        let Some(compiled) = load::program(&self.rules)? else { return Ok(false) };
        let mut input = Input::open(&self.events, true)?;
        let mut world = World::new(&compiled.program);
        while let Some(line) = input.next_line()? {
            let Ok(event) = line.event else { continue };
            let is_it = event.id() == self.event
                && self.member.as_ref().is_none_or(|member| event.member() == member);
            if is_it {
                world = world.explaining();
            }
            match world.deliver(event) {
                Ok(outcomes) if is_it => return self.show(&compiled.program, outcomes.first()),
                Err(EvaluateError::Rejected(rejection)) if is_it => {
                    complain(&format!("`{}` was refused: {rejection}\n", self.event))?;
                    return Ok(false);
                }
                Ok(_) | Err(EvaluateError::Rejected(_)) => {}
                Err(fault) => return Err(Failure::Message(format!("the replay has to stop: {fault}"))),
            }
        }
        complain(&format!("there is no event `{}`\n", self.event))?;
        Ok(false)
    }

    fn show(&self, program: &Program, outcome: Option<&Outcome>) -> Done {
        let Some(outcome) = outcome.filter(|outcome| outcome.status() == Status::Applied) else {
            complain(&format!("`{}` changed nothing\n", self.event))?;
            return Ok(false);
        };
        let explanation = outcome.explanation(program);
        if self.json {
            let text = serde_json::to_string_pretty(&explanation)
                .map_err(|error| Failure::Message(error.to_string()))?;
            say(&format!("{text}\n"))?;
            return Ok(true);
        }
        let any = explanation.is_some_and(|told| !told.rules.is_empty() || !told.requests.is_empty());
        let nothing = "no rule waits for this event, and nothing was booked\n";
        let head = if any || !outcome.deltas().is_empty() { "" } else { nothing };
        say(&format!("{head}{}", explain::text(program, outcome)))?;
        Ok(true)
    }
}
