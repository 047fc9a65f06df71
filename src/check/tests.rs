//! Whole programs and the tables that they give.

use super::*;
use pretty_assertions::assert_eq;

fn sample(name: &str) -> Compiled {
    let path = format!("{}/tests/samples/{name}.loyalty", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let sources = Sources::single(format!("{name}.loyalty"), text);
    compile(&sources, &Limits::default()).unwrap_or_else(|findings| panic!("{findings}"))
}

fn codes(compiled: &Compiled) -> Vec<&'static str> {
    compiled.findings.iter().map(|finding| finding.code.id()).collect()
}

#[test]
fn samples_compile() {
    // only the café says nothing about returns
    assert_eq!(codes(&sample("cafe")), ["U209"]);
    assert_eq!(codes(&sample("supermarket")), [""; 0]);
}
