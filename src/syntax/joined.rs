//! Parts joined by `and` and `or`, and what to say where both stand side by side.

use crate::diagnostics::{Code, Diagnostic, Span};

/// Parts with their texts, and the words between them.
pub(super) struct Joined<'t, T> {
    pub(super) parts: Vec<(T, &'t str)>,
    /// One less than parts: `true` for `or`, `false` for `and`.
    pub(super) ors: Vec<bool>,
}

impl<T> Default for Joined<'_, T> {
    fn default() -> Self {
        Self { parts: Vec::new(), ors: Vec::new() }
    }
}

impl<'t, T> Joined<'t, T> {
    /// Whether both words occur.
    pub(super) fn is_mixed(&self) -> bool {
        self.ors.contains(&true) && self.ors.contains(&false)
    }

    /// The runs of parts that are joined by the one word, in order.
    fn runs(&self, or: bool) -> Vec<&[(T, &'t str)]> {
        let mut runs = Vec::new();
        let mut start = 0;
        for (index, word) in self.ors.iter().enumerate() {
            if *word != or {
                runs.extend(self.parts.get(start..=index));
                start = index + 1;
            }
        }
        runs.extend(self.parts.get(start..));
        runs
    }

    /// The text with parentheses around the runs of one word.
    fn with_parentheses(&self, or: bool) -> String {
        let (inside, outside) = if or { (" or ", " and ") } else { (" and ", " or ") };
        let runs = self.runs(or).into_iter().map(|run| {
            let texts: Vec<String> = run.iter().map(|(_, text)| one_line(text)).collect();
            if texts.len() > 1 { format!("({})", texts.join(inside)) } else { texts.concat() }
        });
        runs.collect::<Vec<_>>().join(outside)
    }

    /// The text with every run of `or` written shorter, if all of them can be.
    pub(super) fn with_ors_grouped(
        &self,
        short: impl Fn(&[(T, &'t str)]) -> Option<String>,
    ) -> Option<String> {
        let runs = self.runs(true).into_iter().map(|run| match run {
            [(_, text)] => Some(one_line(text)),
            run => short(run),
        });
        Some(runs.collect::<Option<Vec<_>>>()?.join(" and "))
    }

    /// The finding for parts that are mixed.
    pub(super) fn finding(&self, span: Span, shorter: Option<String>) -> Diagnostic {
        let mut help =
            format!("write `{}`\nor    `{}`", self.with_parentheses(true), self.with_parentheses(false));
        if let Some(shorter) = shorter {
            help.push_str(&format!("\nor, shorter, `{shorter}`"));
        }
        Diagnostic::new(Code::L003, span, "it is not clear what belongs together").help(help)
    }
}

/// A text that may run over several lines, in one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The tree of joined parts; where both words occur, `and` binds closer. `None` only without any part.
pub(super) fn join<T>(
    joined: Joined<'_, T>,
    span: Span,
    and: fn(Vec<T>, Span) -> T,
    or: fn(Vec<T>, Span) -> T,
    span_of: fn(&T) -> Span,
) -> Option<T> {
    let mut words = joined.ors.into_iter();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for (part, _) in joined.parts {
        let opens = groups.is_empty() || words.next() == Some(true);
        match groups.last_mut() {
            Some(group) if !opens => group.push(part),
            _ => groups.push(vec![part]),
        }
    }
    let single = groups.len() == 1;
    let mut terms: Vec<T> = groups
        .into_iter()
        .filter_map(|mut group| match group.len() {
            0 | 1 => group.pop(),
            _ => {
                let own = group.iter().map(span_of).reduce(Span::to).unwrap_or(span);
                Some(and(group, if single { span } else { own }))
            }
        })
        .collect();
    if terms.len() > 1 { Some(or(terms, span)) } else { terms.pop() }
}
