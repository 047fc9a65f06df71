//! What returns take back, in every mode: examples worked out by hand, written as tests of a rule file.

mod cancelling;
mod cards;
mod corrections;
mod late;
mod modes;
mod splits;
mod stored;
mod totals;
mod transfers;

use loyalty_rules::check::{Sources, compile};
use loyalty_rules::scenario::run_tests;
use loyalty_rules::syntax::Limits;

/// A program with one unit of whole points and a `returns` block of these lines.
pub(crate) fn program(returns: &str, blocks: &str) -> String {
    format!(
        "edition 2026\n\nprogram Returns {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
         time zone \"Europe/Berlin\"\n}}\n\nunit points is spendable {{\n  singular point\n  round down in total\n  \
         expire never\n}}\n\n{blocks}\n\nreturns {{\n{returns}\n}}\n"
    )
}

/// Runs tests in a program. All must pass.
pub(crate) fn holds(returns: &str, blocks: &str, tests: &str) {
    all_pass(&format!("{}\n{tests}\n", program(returns, blocks)), returns);
}

/// Runs the tests of a program. All must pass; `about` says more of those that fail.
pub(crate) fn all_pass(text: &str, about: &str) {
    let compiled = compile(&Sources::single("shop.loyalty", text), &Limits::default());
    let compiled = compiled.unwrap_or_else(|findings| panic!("{findings}\n{text}"));
    let results = run_tests(&compiled);
    assert!(!results.is_empty());
    for result in results {
        let failures: Vec<String> = result
            .failures
            .iter()
            .map(|failure| {
                let place = compiled.sources.text(failure.primary.span);
                format!("{place}: {} {:?}", failure.primary.text, failure.notes)
            })
            .collect();
        assert!(result.passed, "\"{}\" with {about}\n{}", result.name, failures.join("\n"));
    }
}

/// Tests of one member that joined in January.
pub(crate) fn ann(lines: &str) -> String {
    format!("test \"the test\" {{\n  given member Ann {{ joined 2026-01-05 }}\n{lines}\n}}")
}
