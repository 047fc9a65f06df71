//! Reading rule files: valid forms, wrong lines, recovery, limits.

mod limits;
mod lines;
mod nodes;
mod properties;
mod recovery;
mod samples;
mod valid;
mod wrong;

use loyalty_rules::diagnostics::{Diagnostic, Severity, SourceMap, Span};
use loyalty_rules::syntax::{Limits, ast, parse};
use nodes::Node;

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

    /// The only finding.
    fn only(&self) -> &Diagnostic {
        assert_eq!(self.found.len(), 1, "{:#?}", self.found);
        &self.found[0]
    }

    /// The tree in short, without places.
    fn short(&self) -> String {
        self.file.blocks.iter().map(|block| Node::of(block).short() + "\n").collect()
    }

    /// What must hold for every text, right or wrong.
    fn check(&self) {
        let source = &self.map.files()[1];
        let whole = Span::new(source.base, source.base + source.text.len() as u32);
        for finding in &self.found {
            let spans = std::iter::once(&finding.primary).chain(&finding.others).map(|label| label.span);
            for span in spans {
                assert!(span.start <= span.end && inside(span, whole), "{finding:#?}");
                let local = |at: u32| (at - source.base) as usize;
                assert!(source.text.is_char_boundary(local(span.start)), "{finding:#?}");
                assert!(source.text.is_char_boundary(local(span.end)), "{finding:#?}");
            }
            assert!(!finding.message.is_empty() && !finding.message.ends_with('.'), "{finding:#?}");
            let said = [Some(&finding.message), finding.help.as_ref(), Some(&finding.primary.text)];
            for text in said.into_iter().flatten() {
                // two words of the text itself may stand side by side
                let text = text.replace("`opt_`", "").replace("expectedition", "");
                assert!(
                    !text.contains("k_") && !text.contains("token") && !text.contains("expected"),
                    "{text}"
                );
            }
            assert_ne!(finding.code.id(), "L009", "{finding:#?}");
        }
        assert!(self.found.is_sorted_by_key(|finding| finding.primary.span));
        Node::of(&self.file).check(whole);
    }

    /// Whether nothing at least as grave as an error was found.
    fn is_right(&self) -> bool {
        self.found.iter().all(|finding| finding.severity != Severity::Error)
    }
}

fn inside(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Reads a text, with another file before it so that spans do not start at zero.
fn read(text: &str) -> Read {
    read_within(text, &Limits::default())
}

fn read_within(text: &str, limits: &Limits) -> Read {
    let mut map = SourceMap::default();
    map.add("before.loyalty", "# nothing\n");
    map.add("test.loyalty", text);
    let (file, found) = parse(&map.files()[1], limits);
    let read = Read { map, file, found };
    read.check();
    read
}
