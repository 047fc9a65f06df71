//! Forms that have a meaning in other places. They are known, so they are refused by name.

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
    /// Where it belongs, and what to write instead.
    remedy: &'static str,
}

/// A form that has no meaning in some places, and what to write instead.
const fn elsewhere(
    places: &'static [Place],
    pattern: &'static str,
    shown: &'static str,
    remedy: &'static str,
) -> Form {
    Form { places, pattern, shown, remedy }
}

const MOMENTS: &[Place] = &[Place::Card, Place::Streak, Place::Donate];
/// What is known at the till at once, and cannot wait for the answer of a budget.
const AT_ONCE: &[Place] = &[Place::Voucher, Place::Reward];
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

/// Where moments of the clock belong.
const BY_CLOCK: &str =
    "what the clock brings is for an `earn` or a `bonus`; here an event is needed, for example `on purchase`";

const FORMS: &[Form] = &[
    elsewhere(MOMENTS, "on birthday", "on birthday", BY_CLOCK),
    elsewhere(MOMENTS, "on start of", "on start of …", BY_CLOCK),
    elsewhere(MOMENTS, "on # N after", "on … after …", BY_CLOCK),
    elsewhere(MOMENTS, "on # N without", "on … without …", BY_CLOCK),
    elsewhere(
        GIVES,
        "… on the category with most spend",
        "on the category with most spend",
        "write an `award`: `every month give 4% of spend on the category with most spend as points`",
    ),
    elsewhere(
        GIVES,
        "… earned from",
        "give … per … earned from …",
        "write an `award`: `every month give 1 point per 1 point earned from [Base]`",
    ),
    elsewhere(
        GIVES,
        "… give N of … as",
        "give … of … as …",
        "write a number, for example `2% of spend`; a percentage that is announced is paid by an `award`",
    ),
    elsewhere(
        AT_ONCE,
        "cap … across all members",
        "cap … across all members",
        "what is redeemed is sure at once, and a budget answers later; cap what is given, in the `earn` or `bonus`",
    ),
    elsewhere(
        &[Place::Card],
        "cap … across all members",
        "cap … across all members",
        "a stamp is on the card at once, and a budget answers later; cap what an `earn` or a `bonus` gives",
    ),
    elsewhere(
        &[Place::Challenge, Place::Streak],
        "cap … across all members",
        "cap … across all members",
        "a game pays at once, and a budget answers later; cap what each member gets, for example `cap 5 times per month`",
    ),
    elsewhere(
        &[Place::Draw],
        "cap … across all members",
        "cap … across all members",
        "it would hang on chance whose tickets take part; cap the tickets where they are given, in the `earn` or `bonus`",
    ),
];

/// The form that a wrong line has: how to show it, and the index of the lexeme at which it begins.
pub(super) struct Found {
    pub(super) shown: &'static str,
    /// What to write instead.
    pub(super) remedy: &'static str,
    pub(super) at: usize,
}

/// The form that a wrong line has.
pub(super) fn find(place: Place, line: &[Lexeme<'_>]) -> Option<Found> {
    let mut forms = FORMS.iter().filter(|form| form.places.contains(&place));
    forms.find_map(|form| {
        let pattern: Vec<&str> = form.pattern.split(' ').collect();
        matches(&pattern, line, 0, None).map(|at| Found { shown: form.shown, remedy: form.remedy, at })
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
