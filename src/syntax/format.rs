//! The formatter as a whole: text in, text out, nothing lost.

use super::ast::File;
use super::{Limits, parse, print, same};
use crate::diagnostics::{Code, Diagnostic, Severity, SourceFile, SourceMap, Span};

/// Formats a rule file.
///
/// The result is read again and compared with what was read before, so a text is never written that says
/// something else or has lost a comment.
///
/// # Errors
///
/// All findings of the parser if one of them is an error; `L006` if only the formatted text is beyond a limit;
/// `L009` if the formatted text says something else, which is a fault of this crate.
pub fn format(source: &SourceFile, limits: &Limits) -> Result<String, Vec<Diagnostic>> {
    let (file, findings) = parse(source, limits);
    if has_errors(&findings) {
        return Err(findings);
    }
    verified(source, &file, print(&file), limits)
}

/// Hands a formatted text on if it says the same as the file from which it was made.
fn verified(
    source: &SourceFile,
    file: &File,
    text: String,
    limits: &Limits,
) -> Result<String, Vec<Diagnostic>> {
    let mut map = SourceMap::default();
    map.add(source.path.as_str(), text.as_str());
    let (again, findings) = match map.files().first() {
        Some(printed) => parse(printed, limits),
        None => return Ok(text),
    };
    let place = Span::new(source.base, source.base);
    if findings.iter().any(|finding| finding.code == Code::L006) {
        let finding = Diagnostic::new(Code::L006, place, "the formatted text would be beyond a limit");
        return Err(vec![finding.help("divide the file into several files with `import`")]);
    }
    if has_errors(&findings) || !same(file, &again) {
        let message = "the formatted text would not say the same, so nothing was formatted";
        return Err(vec![Diagnostic::new(Code::L009, place, message).help("please report this file")]);
    }
    Ok(text)
}

fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_says_something_else_is_refused() {
        let mut map = SourceMap::default();
        map.add("a.loyalty", "cap X: 3 times per month on [A] # why");
        let limits = Limits::default();
        let source = &map.files()[0];
        let (file, _) = parse(source, &limits);
        let verify = |text: &str| verified(source, &file, text.to_owned(), &limits);
        let good = "cap X: 3 times per month on [A] # why\n";
        assert_eq!(verify(good).as_deref(), Ok(good));
        let wrong = [
            "",
            "cap X: 3 times per month on [A]\n",
            "cap X: 4 times per month on [A] # why\n",
            "cap X:\n# why\n",
        ];
        for text in wrong {
            let codes: Vec<_> = verify(text).unwrap_err().iter().map(|finding| finding.code).collect();
            assert_eq!(codes, [Code::L009], "{text}");
        }
    }
}
