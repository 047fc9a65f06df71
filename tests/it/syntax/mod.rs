//! Reading rule files: valid forms, wrong lines, recovery, limits.

mod samples;

use loyalty_rules::diagnostics::{Diagnostic, SourceMap};
use loyalty_rules::syntax::{Limits, ast, parse};

/// A text that was read.
struct Read {
    map: SourceMap,
    file: ast::File,
    found: Vec<Diagnostic>,
}

impl Read {
    /// Code and underlined text of each finding.
    fn places(&self) -> Vec<(&'static str, &str)> {
        self.found.iter().map(|f| (f.code.id(), self.map.text(f.primary.span))).collect()
    }
}

/// Reads a text, with another file before it so that spans do not start at zero.
fn read(text: &str) -> Read {
    let mut map = SourceMap::default();
    map.add("before.loyalty", "# nothing\n");
    map.add("test.loyalty", text);
    let (file, found) = parse(&map.files()[1], &Limits::default());
    Read { map, file, found }
}
