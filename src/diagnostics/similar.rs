//! "Did you mean": the declared name that is nearest to a wrong one.

use super::Span;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A similar name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Similar {
    /// The name.
    pub(crate) name: String,
    /// Where it is declared, if it is not built in.
    pub(crate) span: Option<Span>,
}

impl Similar {
    /// The nearest of the candidates by (distance, place of declaration), if it is near enough.
    pub(crate) fn find<'n>(
        wanted: &str,
        candidates: impl Iterator<Item = (&'n str, Option<Span>)>,
    ) -> Option<Self> {
        let wanted: Vec<char> = folded(wanted).chars().collect();
        let most = (wanted.len() / 3).max(1);
        candidates
            .filter_map(|(name, span)| {
                let other: Vec<char> = folded(name).chars().collect();
                let distance = distance(&wanted, &other, most)?;
                Some((distance, span, name))
            })
            .min()
            .map(|(_, span, name)| Self { name: name.to_owned(), span })
    }
}

/// A name without case and accents.
pub(crate) fn folded(name: &str) -> String {
    name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// How many letters must be added, left out, changed or swapped with their neighbour, if at most `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, from) in a.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, to) in b.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(from != to))
                .min(at(&last, column + 1) + 1)
                .min(at(&line, column) + 1);
            let swapped =
                row > 0 && column > 0 && a.get(row - 1) == Some(to) && b.get(column - 1) == Some(from);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut last, line);
    }
    last.last().copied().filter(|found| *found <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn nearest(wanted: &str, names: &[&str]) -> Option<String> {
        let candidates =
            names.iter().enumerate().map(|(at, name)| (*name, Some(Span::new(at as u32, at as u32))));
        Similar::find(wanted, candidates).map(|found| found.name)
    }

    #[test]
    fn finds_the_nearest_name() {
        assert_eq!(nearest("Getraenke", &["Obst", "Gemüse", "Getränke"]), Some("Getränke".to_owned()));
        assert_eq!(nearest("obst", &["Obst", "Most"]), Some("Obst".to_owned()));
        assert_eq!(nearest("Grundpuntke", &["Grundpunkte"]), Some("Grundpunkte".to_owned()));
        // both are one letter away; the one that is declared first is taken
        assert_eq!(nearest("Wain", &["Wein", "Wan"]), Some("Wein".to_owned()));
        assert_eq!(nearest("Tabak", &["Obst", "Gemüse"]), None);
        assert_eq!(nearest("x", &["yz"]), None);
    }

    #[test]
    fn folds_case_and_accents() {
        assert_eq!(folded("Gemüse"), "gemuse");
        assert_eq!(folded("CAFÉ"), "cafe");
    }
}
