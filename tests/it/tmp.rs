//! t
use loyalty_rules::check::{Sources, compile};
use loyalty_rules::scenario::{never_fired, run_tests};
use loyalty_rules::syntax::Limits;

#[test]
fn show() {
    for name in ["cafe", "supermarket", "airline", "referral", "cosmetics", "hotel"] {
        let text = std::fs::read_to_string(format!("/tmp/s/{name}.loyalty")).unwrap();
        match compile(&Sources::single(name, text), &Limits::default()) {
            Err(e) => println!("{name}: {e}"),
            Ok(c) => {
                println!("== {name} {}", c.tests.len());
                let rs = run_tests(&c);
                for r in &rs {
                    println!("{} {}", r.passed, r.name);
                    for f in &r.failures {
                        println!("{}", loyalty_rules::diagnostics::render(&c.sources, f));
                    }
                }
                if let Some(f) = never_fired(&c, &rs) {
                    println!("{}", loyalty_rules::diagnostics::render(&c.sources, &f));
                }
            }
        }
    }
}
