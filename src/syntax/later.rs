//! Forms of the language that this version does not evaluate. They are known, so they are refused by name.

use super::lexemes::{Kind, Lexeme};
use super::places::Place;

/// A form: where it stands, how it is recognised, how a message shows it.
///
/// In a pattern, `…` stands for anything, `_` for one word, number or sign, `N` for one name, `#` for one
/// number. Whatever follows the pattern belongs to it. The underlined text begins behind the first `…`.
struct Form {
    places: &'static [Place],
    pattern: &'static str,
    shown: &'static str,
}

const fn form(places: &'static [Place], pattern: &'static str, shown: &'static str) -> Form {
    Form { places, pattern, shown }
}

const FILE: &[Place] = &[Place::File];
const FUNDED: &[Place] = &[Place::Voucher, Place::Reward, Place::Donate];
const MOMENTS: &[Place] = &[Place::Card, Place::Streak, Place::Donate];
const BUDGETS: &[Place] = &[
    Place::Card,
    Place::Draw,
    Place::Voucher,
    Place::Reward,
    Place::Referral,
    Place::Donate,
    Place::Award,
    Place::Rebate,
];
const GIVES: &[Place] = &[
    Place::Rule,
    Place::Tier,
    Place::Challenge,
    Place::Streak,
    Place::Draw,
    Place::Reward,
    Place::Referral,
    Place::Donate,
];
const GAMES: &[Place] = &[Place::Challenge, Place::Streak];
const AWARD: &[Place] = &[Place::Award];
const TEST: &[Place] = &[Place::Test];

const FORMS: &[Form] = &[
    form(FILE, "parameter", "parameter"),
    form(MOMENTS, "on birthday", "on birthday"),
    form(MOMENTS, "on start of", "on start of …"),
    form(MOMENTS, "on # N after", "on … after …"),
    form(MOMENTS, "on # N without", "on … without …"),
    form(FUNDED, "funded by", "funded by …"),
    form(GIVES, "… on the category with most spend", "on the category with most spend"),
    form(GIVES, "… earned from", "give … per … earned from …"),
    form(GIVES, "… give N of … as", "give … of … as …"),
    form(GAMES, "cap", "cap …"),
    form(BUDGETS, "cap … across all members", "cap … across all members"),
    form(AWARD, "… give N of … as", "give … of … as …"),
    form(AWARD, "round", "round …"),
    form(AWARD, "activate", "activate …"),
    form(AWARD, "expire", "expire …"),
    form(TEST, "when … announce", "announce …"),
];

/// The form that a wrong line has: how to show it, and the index of the lexeme at which it begins.
pub(super) fn find(place: Place, line: &[Lexeme<'_>]) -> Option<(&'static str, usize)> {
    let mut forms = FORMS.iter().filter(|form| form.places.contains(&place));
    forms.find_map(|form| {
        let pattern: Vec<&str> = form.pattern.split(' ').collect();
        matches(&pattern, line, 0, None).map(|at| (form.shown, at))
    })
}

/// Where the underlined text begins, if the line from `at` on begins with the pattern.
fn matches(pattern: &[&str], line: &[Lexeme<'_>], at: usize, start: Option<usize>) -> Option<usize> {
    let Some((first, rest)) = pattern.split_first() else { return Some(start.unwrap_or(0)) };
    if *first == "…" {
        return (at..line.len()).find_map(|from| matches(rest, line, from, start.or(Some(from))));
    }
    let lexeme = line.get(at)?;
    let fits = match *first {
        "_" => true,
        "N" => matches!(lexeme.kind, Kind::Word | Kind::Quoted),
        "#" => lexeme.kind == Kind::Number,
        word => lexeme.text == word,
    };
    if fits { matches(rest, line, at + 1, start) } else { None }
}
