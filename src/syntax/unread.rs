//! What of a text was not understood and is missing in the tree, and which names it might have declared.

use super::forms::forms;
use super::lexemes::{Kind, Lexeme, lexemes};
use super::pest_error;
use super::places::Place;
use super::print::RESERVED;
use super::slips::CURLY;
use crate::diagnostics::Span;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// So many words side by side may be meant as one name.
const WORDS_OF_A_NAME: usize = 6;

/// A piece of text that is missing in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) span: Span,
    /// The kind words of blocks that might have stood there, or of which it may be a part; nothing if it can be any.
    pub(crate) kinds: Option<Vec<&'static str>>,
    /// All names that it may declare.
    pub(crate) names: BTreeSet<String>,
    /// Names that it may declare of whatever kind: its kind word may be missing, so that the name is taken for it.
    pub(crate) of_any_kind: BTreeSet<String>,
    /// Whether it may declare a name that cannot be made out.
    pub(crate) nameless: bool,
    /// The blocks of which it may be a line, outside of all blocks because their head is missing.
    inside: Vec<&'static str>,
}

/// All kind words but `import`, behind which anything may stand.
const KINDS: &[&str] = &[
    "unit",
    "voucher",
    "reward",
    "earn",
    "bonus",
    "card",
    "challenge",
    "streak",
    "draw",
    "milestones",
    "referral",
    "cap",
    "tiers",
    "plan",
    "event",
    "member",
    "item",
    "list",
    "period",
    "parameter",
    "categories",
    "channels",
    "stores",
    "payments",
    "charities",
    "donate",
    "partner",
    "award",
    "rebate",
    "program",
    "returns",
    "redeem",
    "convert",
    "test",
];

/// The insides of blocks, and of which blocks.
const INSIDES: &[(Place, &[&str])] = &[
    (Place::Program, &["program"]),
    (Place::Dated, &["list"]),
    (Place::Unit, &["unit"]),
    (Place::Rule, &["earn", "bonus"]),
    (Place::Tiers, &["tiers"]),
    (Place::Tier, &["tiers"]),
    (Place::Plan, &["plan"]),
    (Place::Card, &["card"]),
    (Place::Challenge, &["challenge"]),
    (Place::Streak, &["streak"]),
    (Place::Draw, &["draw"]),
    (Place::Milestones, &["milestones"]),
    (Place::Voucher, &["voucher"]),
    (Place::Reward, &["reward"]),
    (Place::Redeem, &["redeem"]),
    (Place::Donate, &["donate"]),
    (Place::Partner, &["partner"]),
    (Place::Award, &["award"]),
    (Place::Rebate, &["rebate"]),
    (Place::Referral, &["referral"]),
    (Place::Returns, &["returns"]),
    (Place::Test, &["test"]),
    (Place::Given, &["test"]),
    (Place::Step, &["test"]),
];

/// Kind words behind which names stand in brackets.
const VOCABULARIES: &[&str] = &["categories", "channels", "stores", "payments", "charities"];

/// Kind words behind which no name stands.
const BARE: &[&str] = &["member", "item", "returns", "redeem", "convert", "test"];

/// Words with which the type of an attribute begins.
const TYPES: &[&str] = &[
    "integer", "decimal", "money", "percent", "date", "time", "text", "yes", "yes-no", "name", "one", "list",
];

/// Leading words of lines that declare nothing.
const SILENT: &[&str] = &[
    "decimals", "worth", "round", "activate", "expire", "no", "spend", "count", "upgrade", "new", "keep",
    "then", "grace", "reaching", "carry",
];

impl Unread {
    /// A piece of text that stands somewhere.
    pub(super) fn of(place: Place, text: &str, span: Span) -> Self {
        let all: Vec<Lexeme<'_>> = lexemes(text).filter(|lexeme| !lexeme.is_remark()).collect();
        let first = all.first().filter(|lexeme| lexeme.kind == Kind::Word).map_or("", |lexeme| lexeme.text);
        let outside = place == Place::File;
        let headless = if outside { without_head(&all, first, text) } else { None };
        let known = KINDS.iter().copied().find(|kind| outside && *kind == first);
        let kinds: Option<Vec<&'static str>> = match place {
            Place::File if first == "edition" => Some(Vec::new()),
            Place::File => known.map(|kind| vec![kind]).or_else(|| headless.clone()),
            Place::Schema => Some(vec!["member", "item", "event"]),
            Place::Unit if !SILENT.contains(&first) => Some(vec!["unit"]),
            Place::Challenge if !SILENT.contains(&first) => Some(vec!["challenge"]),
            Place::Tiers if !SILENT.contains(&first) => Some(vec!["tiers"]),
            _ => Some(Vec::new()),
        };
        let behind = all.get(1..).unwrap_or_default();
        let silent = kinds.as_ref().is_some_and(Vec::is_empty);
        let nameless = match place {
            Place::File if first == "import" => true,
            _ if silent || kinds.is_none() => false,
            _ if is_open(&all) || is_cut(place, text) => true,
            // without its bracket a list of names has lost some of them
            Place::File if VOCABULARIES.contains(&first) => !all.iter().any(|lexeme| lexeme.is_sign("[")),
            Place::File if BARE.contains(&first) => false,
            // whose attributes its lines are cannot be told
            Place::File if first == "event" => {
                !behind.get(1).is_some_and(|sign| sign.is_sign("{")) || has_no_name(behind)
            }
            Place::File if known.is_some() => has_no_name(behind),
            // the head is missing
            Place::File => true,
            Place::Schema => TYPES.contains(&first) || has_no_name(&all),
            _ => has_no_name(behind),
        };
        let names = names(text, &all);
        let of_any_kind = match all.get(1) {
            _ if known.is_none() => BTreeSet::new(),
            Some(sign) if sign.is_sign("{") => names.clone(),
            _ => BTreeSet::from([first.to_owned()]),
        };
        Self { span, kinds, names, of_any_kind, nameless, inside: headless.unwrap_or_default() }
    }

    /// Takes the line behind this one, if both can be of one block whose head is missing.
    pub(super) fn joined(&mut self, next: &mut Self) -> bool {
        let own = self.kinds.iter().flatten();
        let both: Vec<&'static str> = own.filter(|kind| next.inside.contains(kind)).copied().collect();
        let joins = !both.is_empty();
        if joins {
            self.kinds = Some(both);
            // its names stay, and what it may be is said by the first line
            self.names.append(&mut next.names);
            (next.kinds, next.nameless) = (Some(Vec::new()), false);
        }
        joins
    }

    /// Says whether a brace was closed too early above: then no head is missing.
    pub(super) fn closes_early(&mut self, early: bool) {
        if early && !self.inside.is_empty() {
            self.nameless = false;
        }
    }

    /// The end of a block whose head is gone, and which may have had no lines.
    pub(crate) fn end_of_empty(span: Span) -> Self {
        let kinds = Some(vec!["event", "member", "item"]);
        Self { kinds, ..Self::anything(span) }
    }

    /// A piece of which nothing is known.
    pub(crate) fn anything(span: Span) -> Self {
        Self {
            span,
            kinds: None,
            names: BTreeSet::new(),
            of_any_kind: BTreeSet::new(),
            nameless: true,
            inside: Vec::new(),
        }
    }

    /// Whether it may be one of these kinds of blocks, or a part of one.
    pub(crate) fn may_be(&self, kinds: &[&str]) -> bool {
        self.kinds.as_ref().is_none_or(|own| own.iter().any(|kind| kinds.contains(kind)))
    }
}

/// The blocks of which a line stands outside of all blocks, because their head is missing or they were closed above it.
fn without_head(all: &[Lexeme<'_>], first: &str, text: &str) -> Option<Vec<&'static str>> {
    if all.get(1).or(all.first()).is_some_and(|sign| sign.is_sign(",") || sign.is_sign("]")) {
        return Some(vec!["list", "categories", "channels", "stores", "payments", "charities"]);
    }
    let has = |place: Place| match first {
        // a line that begins with a number has no leading word
        "" => pest_error::stops_at(place, text.trim()).is_none(),
        _ => forms(place).iter().any(|(word, _)| *word == first),
    };
    let opens = |place: Place| {
        forms(place).iter().any(|(word, lines)| *word == first && lines.iter().any(|line| line.contains('{')))
    };
    if all.get(1).is_some_and(|sign| sign.is_sign("{")) && !INSIDES.iter().any(|(place, _)| opens(*place)) {
        // no line that opens braces begins so: it is a name without its kind word
        return None;
    }
    let inside = INSIDES.iter().filter(|(place, _)| has(*place));
    let kinds: Vec<&'static str> = inside.flat_map(|(_, kinds)| kinds.iter().copied()).collect();
    (!kinds.is_empty()).then_some(kinds)
}

/// Whether something is missing at the end, which may be a name.
fn is_cut(place: Place, text: &str) -> bool {
    pest_error::stops_at(place, text).is_some_and(|stop| stop >= text.trim_end().len())
}

/// Whether a quote is not closed, so that it cannot be told where its name ends.
fn is_open(all: &[Lexeme<'_>]) -> bool {
    all.iter().any(|lexeme| lexeme.is_sign("\""))
}

/// Whether no name stands first, or one that has signs in it.
fn has_no_name(all: &[Lexeme<'_>]) -> bool {
    let is_name = |lexeme: &&Lexeme<'_>| {
        matches!(lexeme.kind, Kind::Word | Kind::Quoted) && !RESERVED.contains(&lexeme.text)
    };
    let Some(name) = all.first().filter(is_name) else { return true };
    let next = all.get(1).filter(|next| next.start == name.end());
    next.is_some_and(|next| !matches!(next.text, "{" | ":" | "["))
}

/// Every word and quoted text, and what words side by side give without and with spaces.
fn names(text: &str, all: &[Lexeme<'_>]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // names with signs in them, also in a line that stands in quotes as a whole
    let is_end = |c: char| matches!(c, '[' | ']' | '{' | '}' | ',' | '"' | '\n') || CURLY.contains(&c);
    let pieces = text.split(is_end);
    names.extend(pieces.map(|piece| piece.trim().nfc().collect::<String>()));
    // and without a sign that has slipped into one
    let letters = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let pieces = text.split(['[', ']', '{', '}', ',', '"', '\n', ' ']);
    names.extend(pieces.map(|piece| piece.chars().filter(letters).nfc().collect::<String>()));
    for quoted in all.iter().filter(|lexeme| lexeme.kind == Kind::Quoted) {
        let inner: Vec<Lexeme<'_>> = lexemes(quoted.text.trim_matches('"')).collect();
        side_by_side(&inner, &mut names);
    }
    side_by_side(all, &mut names);
    names
}

/// What words side by side give without and with spaces between them.
fn side_by_side(all: &[Lexeme<'_>], names: &mut BTreeSet<String>) {
    for (place, lexeme) in all.iter().enumerate() {
        let (mut close, mut spaced) = (String::new(), String::new());
        for next in all.iter().skip(place).take(WORDS_OF_A_NAME) {
            if next.kind == Kind::Sign && !next.is_sign("-") {
                break;
            }
            let text = next.text.trim_matches('"');
            close.push_str(text);
            if !spaced.is_empty() {
                spaced.push(' ');
            }
            spaced.push_str(text);
            names.insert(close.nfc().collect());
            names.insert(spaced.nfc().collect());
            if lexeme.kind == Kind::Quoted {
                break;
            }
        }
    }
}
