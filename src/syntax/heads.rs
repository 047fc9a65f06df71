//! Heads of blocks that are nearly right: without their brace, or with a misspelt kind word.

use super::forms::similar;
use super::lexemes::{Kind, Lexeme};
use std::ops::Range;

/// Kind words of blocks that have a name and braces.
const NAMED: &[&str] = &[
    "program",
    "event",
    "earn",
    "bonus",
    "tiers",
    "card",
    "voucher",
    "referral",
    "test",
    "award",
    "plan",
    "milestones",
    "challenge",
    "streak",
    "draw",
    "rebate",
    "partner",
    "donate",
    "redeem",
];

/// Kind words of blocks that have braces but no name.
const UNNAMED: &[&str] = &["member", "item", "returns"];

/// Kind words of blocks whose braces may be left out.
const FREE: &[&str] = &["unit", "list", "reward"];

/// Other words with which a line outside of all blocks may begin.
const OTHER: &[&str] = &[
    "edition",
    "import",
    "categories",
    "channels",
    "stores",
    "payments",
    "charities",
    "cap",
    "period",
    "parameter",
    "convert",
    "and",
    "or",
];

/// Words with which only lines inside a `unit` begin.
const UNIT_LINES: &[&str] = &["singular", "decimals", "worth", "round", "activate", "expire", "no", "spend"];

/// A head without a brace.
pub(super) struct Headless {
    /// From the kind word to the last word of the line.
    pub(super) range: Range<usize>,
    indent: usize,
    unit: bool,
}

impl Headless {
    /// A line that looks like a head, but has no brace.
    pub(super) fn of(line: &[Lexeme<'_>], indent: usize) -> Option<Self> {
        let mut words = line.iter().filter(|lexeme| !lexeme.is_remark());
        let first = words.next().filter(|lexeme| lexeme.kind == Kind::Word)?;
        let named = line.get(1).is_some_and(|second| matches!(second.kind, Kind::Word | Kind::Quoted));
        let unit = first.text == "unit";
        let last = words.next_back().unwrap_or(first);
        let bare = last.start == first.start;
        let head =
            (named && (unit || NAMED.contains(&first.text))) || (bare && UNNAMED.contains(&first.text));
        let braced = line.iter().any(|lexeme| lexeme.is_sign("{"));
        (head && !braced).then(|| Self { range: first.start..last.end(), indent, unit })
    }

    /// Whether the next line stands inside the block, so that the brace is missing between the two.
    pub(super) fn goes_on_with(&self, first: &Lexeme<'_>, indent: usize) -> bool {
        let inside = indent > self.indent && first.kind == Kind::Word && !matches!(first.text, "and" | "or");
        inside && (!self.unit || UNIT_LINES.contains(&first.text))
    }
}

/// The kind word that was meant in the first line of a block, if the line begins with none.
pub(super) fn misspelt(line: &[Lexeme<'_>]) -> Option<&'static str> {
    let first = line.first().filter(|lexeme| lexeme.kind == Kind::Word)?;
    let second = line.get(1)?;
    let known = || NAMED.iter().chain(UNNAMED).chain(FREE).copied();
    let known_word = known().any(|word| word == first.text) || OTHER.contains(&first.text);
    let braced = line.iter().any(|lexeme| lexeme.is_sign("{"));
    if known_word || !braced || second.is_sign(":") {
        return None;
    }
    let unnamed = second.is_sign("{");
    similar(first.text, known().filter(|word| UNNAMED.contains(word) == unnamed))
}
