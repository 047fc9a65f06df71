//! Rule files whose own tests are worked out by hand.

use loyalty_rules::check::{Compiled, Sources, compile};
use loyalty_rules::diagnostics::render_all;
use loyalty_rules::scenario::run_tests;
use loyalty_rules::syntax::Limits;

/// Compiles a rule file that has no errors.
pub(crate) fn compiled(text: &str) -> Compiled {
    compile(&Sources::single("rules.loyalty", text), &Limits::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
}

/// Runs the tests of a rule file; all of them must pass.
pub(crate) fn passes(text: &str) {
    let compiled = compiled(text);
    let failures: Vec<_> = run_tests(&compiled).into_iter().flat_map(|result| result.failures).collect();
    assert!(failures.is_empty(), "{}", render_all(&compiled.sources, &failures, failures.len()));
}
