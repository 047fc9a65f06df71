//! The command `loyalty`: check, format and test rule files, and replay events against them.

mod check;
mod explain;
mod fix;
mod fmt;
mod load;
mod replay;
mod screen;
mod test;

use clap::{Parser, Subcommand};
use screen::Failure;
use std::process::ExitCode;

/// Readable loyalty rules in, exact double-entry ledger deltas out.
#[derive(Debug, Parser)]
#[command(name = "loyalty", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Fmt(fmt::Fmt),
    Test(test::Test),
    Explain(explain::Explain),
    Replay(replay::Replay),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(command) => command.run(),
        Command::Fmt(command) => command.run(),
        Command::Test(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Replay(command) => command.run(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // nobody reads any more: `loyalty … | head`
        Err(Failure::Unread) => ExitCode::SUCCESS,
        Err(Failure::Message(text)) => {
            // with a standard error that cannot be written to there is no way left to say so
            let _ = screen::complain(&format!("error: {text}\n"));
            ExitCode::from(2)
        }
    }
}
