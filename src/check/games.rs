//! Stamp cards that cannot be filled, and referrals without a limit.

use super::tree::Tree;
use super::windows;
use crate::calendar::{Anchors, Date, MonthDay, Period, Tail};
use crate::diagnostics::{Code, Diagnostic};
use crate::program::{CapLimit, CapWindow, Card, Expire, PayOut, Program, Validity};
use crate::syntax::ast::CardLine;

/// Findings about cards and referrals.
pub(super) fn games(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for card in &program.cards {
        found.extend(head_start(tree, card));
        found.extend(unreachable_goal(program, tree, card));
    }
    found.extend(open_referrals(program, tree));
    found.extend(hidden_referrals(program, tree));
    found
}

/// G701: a new card that is full already.
fn head_start(tree: &Tree<'_>, card: &Card) -> Option<Diagnostic> {
    if card.head_start < card.goal {
        return None;
    }
    let block = tree.card(&card.name)?;
    Some(
        Diagnostic::new(
            Code::G701,
            block.place(|line| matches!(line, CardLine::StartWith { .. })),
            "this card is full before the first stamp",
        )
        .label(format!("begins with {}", card.head_start))
        .other(block.place(|line| matches!(line, CardLine::Goal(_))), format!("full with {}", card.goal))
        .help("lower the head start below the goal"),
    )
}

/// The days of first stamps that are tried: one full turn of leap years.
const DAYS_TRIED: u32 = 4 * 366;

/// The last day of a card by its first; nothing if it does not end.
fn last_day(expire: Expire, first: Date, anchors: &Anchors) -> Option<Date> {
    let with_tail = |last: Date, tail: Option<Tail>| tail.map_or(last, |tail| tail.apply(last, anchors));
    match expire {
        // a card that is used as often as it takes never ends
        Expire::Never | Expire::Without(..) => None,
        Expire::After(length, _, tail) => length.add_to_date(first).map(|last| with_tail(last, tail)),
        Expire::AtEndOf(period, plus) => {
            let end = period.last_day(first, anchors);
            match plus {
                Some((length, tail)) => length.add_to_date(end).map(|last| with_tail(last, tail)),
                None => Some(end),
            }
        }
        Expire::AtNext(month, day) => MonthDay::new(month, day).map(|next| next.on_or_after(first)),
    }
}

/// How many windows the life of a card touches at most.
fn windows_of_life(program: &Program, card: &Card, window: Period) -> Option<i64> {
    if matches!(window, Period::Campaign | Period::Lifetime) {
        return Some(1);
    }
    if matches!(window, Period::Own(_)) {
        // it starts as often as the member's day changes
        return None;
    }
    let start = program.effective_from;
    let anchors = Anchors { membership_day: program.membership_day, ..Anchors::new(start) };
    let mut most = 0;
    for first in (0..DAYS_TRIED).map(|days| start.plus_days(days)) {
        let ends = card.expire.iter().filter_map(|line| last_day(*line, first, &anchors));
        let last = ends.min().filter(|last| *last < Date::MAX)?;
        most = most.max(windows::windows_between(first, last, window, &anchors));
    }
    Some(most)
}

/// G701: caps that let fewer stamps through than a card needs before it ends.
fn unreachable_goal(program: &Program, tree: &Tree<'_>, card: &Card) -> Option<Diagnostic> {
    // the head start of the first card is no help for the cards after it, but that one can be filled
    let needed = card.goal - card.head_start;
    let bounds = card.caps.iter().filter_map(|id| {
        let cap = program.caps.get(id.index()).filter(|cap| cap.each.is_none())?;
        let (CapLimit::Stamps(most), CapWindow::Period(window)) = (cap.limit, cap.window) else {
            return None;
        };
        let windows = windows_of_life(program, card, window)?;
        Some((most.checked_mul(windows)?, cap))
    });
    let (most, cap) = bounds.min_by_key(|(most, _)| *most)?;
    if most >= needed || needed <= 0 {
        return None;
    }
    let block = tree.card(&card.name)?;
    let start = if card.head_start > 0 {
        format!("full with {}, {} of them to begin with", card.goal, card.head_start)
    } else {
        format!("full with {}", card.goal)
    };
    let mut finding = Diagnostic::new(
        Code::G701,
        block.place(|line| matches!(line, CardLine::Goal(_))),
        "nobody can fill this card",
    )
    .label(start)
    .help("raise the cap, lower the goal, or let the card live longer");
    if let Some(span) = tree.cap(&cap.name, cap.shared, &cap.text) {
        finding = finding.other(span, format!("at most {most} stamps in the life of a card"));
    }
    if let Some(line) = block.lines(|line| matches!(line, CardLine::Expire(_))).next() {
        finding = finding.other(line.span, "the card ends here");
    }
    Some(finding)
}

/// R803: a referral that pays the referrer as often as he likes.
fn open_referrals(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for referral in &program.referrals {
        let referrers = [PayOut::ReferrerOnJoining, PayOut::Referrer];
        let pays = referrers.iter().any(|pay_out| !referral.gifts.to(*pay_out).is_empty());
        let Some(block) = tree.referral(&referral.name) else { continue };
        let capped = referrers.iter().any(|pay_out| !referral.caps.to(*pay_out).is_empty());
        if pays && !capped {
            found.push(
                Diagnostic::new(Code::R803, block.head, "this referral has no cap")
                    .label("pays a referrer for every friend")
                    .note("effect: somebody who invents friends is paid for each of them")
                    .help("add a cap, for example `cap referrer 10 times per calendar year`"),
            );
        }
    }
    found
}

/// D501: a referral that another one always comes before.
fn hidden_referrals(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (place, referral) in program.referrals.iter().enumerate() {
        // a friend is brought by the first that is valid, by name; later only by one that lets friends be named later
        let mut before = program.referrals.iter().take(place).filter(|first| {
            let later = referral.named_until.is_none() || referral.named_until == first.named_until;
            later && covers(first.valid, referral.valid)
        });
        let Some((first, block)) = before.next().zip(tree.referral(&referral.name)) else { continue };
        let mut finding = Diagnostic::new(Code::D501, block.head, "this referral can never apply")
            .help("let them be valid at different times, or write what both give into one");
        if let Some(first) = tree.referral(&first.name) {
            finding = finding.other(first.head, "this one is valid then too, and comes first by its name");
        }
        found.push(finding);
    }
    found
}

/// Whether one validity holds whenever the other does. Of what cannot be compared nothing is said.
fn covers(wide: Validity, narrow: Validity) -> bool {
    match (wide, narrow) {
        (Validity::Always, _) => true,
        (Validity::Days(from, to), Validity::Days(first, last)) => from <= first && last <= to,
        _ => wide == narrow,
    }
}
