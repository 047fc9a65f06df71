//! Tests in rule files, and worlds of many accounts.

mod expectations;
mod worlds;

use loyalty_rules::check::{Compiled, Sources, compile};
use loyalty_rules::scenario::{TestResult, run_tests};
use loyalty_rules::syntax::Limits;

/// A program with a spendable and a status unit, a voucher, a card, a cap and a tier.
const KIOSK: &str = include_str!("kiosk.loyalty");

fn compiled(text: &str) -> Compiled {
    compile(&Sources::single("kiosk.loyalty", text), &Limits::default()).unwrap()
}

/// The one test of the program with these lines.
fn tested(lines: &str) -> (Compiled, TestResult) {
    let compiled = compiled(&format!("{KIOSK}\ntest \"the test\" {{\n{lines}\n}}\n"));
    let result = run_tests(&compiled).remove(0);
    (compiled, result)
}

/// Underlined text and what is found instead, for each failure.
fn failures(lines: &str) -> Vec<(String, String)> {
    let (compiled, result) = tested(lines);
    assert_eq!(result.passed, result.failures.is_empty());
    let pair = |failure: &loyalty_rules::diagnostics::Diagnostic| {
        assert_eq!(failure.code.id(), "X951");
        assert_eq!(failure.message, "test \"the test\" failed");
        (compiled.sources.text(failure.primary.span).to_owned(), failure.primary.text.clone())
    };
    result.failures.iter().map(pair).collect()
}

/// What is found instead, for each failure.
fn found(lines: &str) -> Vec<String> {
    failures(lines).into_iter().map(|(_, found)| found).collect()
}
