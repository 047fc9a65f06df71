#![doc = include_str!("../README.md")]

pub mod account;
pub mod amount;
pub mod calendar;
pub mod check;
pub mod diagnostics;
pub mod evaluate;
pub mod event;
pub mod explain;
pub mod ledger;
pub mod program;
pub mod scenario;
pub mod syntax;
mod wire;

pub use account::Account;
pub use check::{Compiled, Findings, Sources, compile};
pub use evaluate::{EvaluateError, Evaluator, Outcome, Status};
pub use event::Event;
pub use program::{Program, Versions};
pub use syntax::Limits;
