//! What the shop gives to charities at most for what is spent.
//!
//! Shares add up where their donations may meet on an item. What members pay themselves costs nothing.

use super::super::boxes::{Meet, Region, Space, TooComplex, Want};
use super::super::say;
use super::super::tree::{Found, Tree};
use super::{SHOWN_MOST, of_event, on_top, per_hundred, too_complex, until_caps};
use crate::amount::Ratio;
use crate::diagnostics::{Code, Diagnostic};
use crate::program::{
    Donation, EventKindId, Gift, GiftAmount, GiftRate, Program, SHARE_WHOLE, Steps, Validity,
};
use crate::syntax::ast::{DonateLine, Give, UnitBlock, UnitLine};
use std::collections::BTreeMap;

/// With more shares of one event it is too much work.
const SHARES_MOST: usize = 60;

/// A donation in proportion to spend.
struct Share<'a> {
    donation: &'a Donation,
    /// For each micro-unit of spend.
    rate: Ratio,
    /// Where it gives; nothing if that is too complex, and then it may meet everything.
    region: Option<Region>,
}

/// What is given at some times.
struct Moment {
    most: Ratio,
    /// When, and by what.
    words: String,
}

/// V901 of all donation units.
pub(super) fn notes<'a>(program: &'a Program, tree: &Tree<'a>, space: &mut Space<'a>) -> Vec<Diagnostic> {
    let units: Vec<Found<'a, UnitBlock>> = tree.gift_units().collect();
    units.into_iter().filter_map(|unit| note(program, tree, space, unit)).collect()
}

fn note<'a>(
    program: &'a Program,
    tree: &Tree<'a>,
    space: &mut Space<'a>,
    unit: Found<'a, UnitBlock>,
) -> Option<Diagnostic> {
    let name = &unit.node.name.text;
    let of_unit = |donation: &&Donation| gives(tree, donation, unit.node);
    let donations: Vec<&'a Donation> = program.donations.iter().filter(of_unit).collect();
    let mut finding = Diagnostic::new(Code::V901, unit.head, format!("the most that `{name}` can cost"));
    let mut said = false;
    for on in (0..program.events.len() as u32).map(EventKindId) {
        let Some(moments) = moments(program, space, &donations, on) else {
            return Some(too_complex(unit.head));
        };
        let hidden = moments.len().saturating_sub(SHOWN_MOST);
        for moment in moments.iter().skip(hidden) {
            said = true;
            let amount = per_hundred(program, moment.most);
            finding = finding.note(format!("{}: {amount}{}", moment.words, of_event(program, on)));
        }
        if hidden > 0 {
            finding = finding.note(format!("and {hidden} smaller ones"));
        }
    }
    let fixed = donations.iter().filter(|donation| is_on_top(&donation.gift));
    let others = on_top(&fixed.map(|donation| format!("`{}`", donation.name)).collect::<Vec<_>>());
    if !said && others.is_none() {
        return None;
    }
    let caps = until_caps(program, donations.iter().flat_map(|donation| &donation.caps), &[]);
    for text in others.into_iter().chain(caps) {
        finding = finding.note(text);
    }
    let finding =
        finding.note("assumption: members who may choose a charity have chosen one; rounding is left out");
    Some(finding.help("nothing has to be done; lower rates and caps make it less"))
}

/// Whether a donation gives a unit.
fn gives(tree: &Tree<'_>, donation: &Donation, unit: &UnitBlock) -> bool {
    let Some(block) = tree.donation(&donation.name) else { return false };
    let is_it = |word: &str| {
        let singular = |line: &UnitLine| matches!(line, UnitLine::Singular(name) if name.text == word);
        unit.name.text == word || unit.lines.iter().any(|line| singular(&line.kind))
    };
    block.node.lines.iter().any(|line| match &line.kind {
        DonateLine::Give(
            Give::Share { unit, .. }
            | Give::AsUnit { unit, .. }
            | Give::Bands { unit, .. }
            | Give::Table { unit, .. },
        ) => is_it(&unit.text),
        DonateLine::Give(Give::Flat(amount) | Give::Per { amount, .. }) => is_it(&amount.unit.text),
        _ => false,
    })
}

/// What is given of the spend of one kind of event: on all days, and while each donation runs that has dates. The
/// smallest first. Nothing if it is too much work or a number is too large.
fn moments<'a>(
    program: &Program,
    space: &mut Space<'a>,
    donations: &[&'a Donation],
    on: EventKindId,
) -> Option<Vec<Moment>> {
    let mut shares = Vec::new();
    for donation in donations.iter().copied().filter(|donation| donation.on == on) {
        if let Some((rate, step)) = rate_of(&donation.gift) {
            let region = region(space, donation, program.day_starts).ok();
            shares.push(Share { donation, rate: Ratio::new(i128::from(rate), step)?, region });
        }
    }
    if shares.len() > SHARES_MOST {
        return None;
    }
    let near = near(space, &shares, on);
    let (normal, dated): (Vec<usize>, Vec<usize>) = (0..shares.len())
        .partition(|place| shares.get(*place).is_some_and(|share| share.donation.valid == Validity::Always));
    let (always, by) = most(&shares, &near, &normal)?;
    let name = |place: &usize| shares.get(*place).map(|share| format!("`{}`", share.donation.name));
    let mut found = Vec::new();
    if always > Ratio::ZERO {
        let names: Vec<String> = by.iter().filter_map(name).collect();
        found.push(Moment { most: always, words: format!("at any time, by {}", say::listed(&names)) });
    }
    for place in dated {
        let (Some(share), Some(others)) = (shares.get(place), near.get(place)) else { continue };
        let most = most(&shares, &near, others)?.0.checked_add(share.rate)?;
        if most > always {
            found.push(Moment { most, words: format!("while `{}` runs", share.donation.name) });
        }
    }
    found.sort_by_key(|moment| moment.most);
    Some(found)
}

/// The most micro-units for so many of spend, where it is in proportion to that.
fn rate_of(gift: &Gift) -> Option<(i64, i128)> {
    match gift {
        Gift::Share { rate, .. } => Some((*rate, SHARE_WHOLE)),
        Gift::Terms(terms) if terms.is_of_spend() => match &terms.amount {
            GiftAmount::Per(GiftRate::Fixed(rate), of) => Some((*rate, of.step.into())),
            GiftAmount::Per(GiftRate::Table(table), of) => {
                let most = table.rows.iter().map(|(_, rate)| *rate).max();
                most.map(|most| (most, of.step.into()))
            }
            GiftAmount::Table(_) | GiftAmount::Bands(_) => None,
        },
        Gift::RoundUp { .. } | Gift::Fixed(_) | Gift::Terms(_) => None,
    }
}

/// Whether something of it has no bound for what is spent, because a purchase may be as small as one likes.
fn is_on_top(gift: &Gift) -> bool {
    match gift {
        Gift::Fixed(_) => true,
        Gift::Terms(terms) => {
            let begun = matches!(&terms.amount, GiftAmount::Per(_, of) if of.steps == Steps::Started);
            begun || rate_of(gift).is_none()
        }
        Gift::Share { .. } | Gift::RoundUp { .. } => false,
    }
}

/// By share, the others that may meet it on an item.
fn near(space: &Space<'_>, shares: &[Share<'_>], on: EventKindId) -> Vec<Vec<usize>> {
    let of = |(place, share): (usize, &Share<'_>)| {
        let others = shares.iter().enumerate().filter(|(other, _)| *other != place);
        others.filter(|(_, other)| may_meet(space, share, other, on)).map(|(other, _)| other).collect()
    };
    shares.iter().enumerate().map(of).collect()
}

/// The most that some shares give together for one item, and which they are. Shares that all meet are found at that of
/// them which meets the fewest others, so it is never below the truth.
fn most(shares: &[Share<'_>], near: &[Vec<usize>], among: &[usize]) -> Option<(Ratio, Vec<usize>)> {
    let met = |place: usize| near.get(place).into_iter().flatten().filter(|other| among.contains(other));
    let degree = |place: usize| (met(place).count(), place);
    let degrees: BTreeMap<usize, (usize, usize)> =
        among.iter().map(|place| (*place, degree(*place))).collect();
    let mut largest = (Ratio::ZERO, Vec::new());
    for place in among {
        let mut set: Vec<usize> = met(*place)
            .copied()
            .filter(|other| degrees.get(other) > degrees.get(place))
            .chain([*place])
            .collect();
        set.sort_unstable();
        let rates = set.iter().filter_map(|place| shares.get(*place)).map(|share| share.rate);
        let sum = rates.into_iter().try_fold(Ratio::ZERO, Ratio::checked_add)?;
        if sum > largest.0 {
            largest = (sum, set);
        }
    }
    Some(largest)
}

/// What is not known to exclude each other may meet.
fn may_meet(space: &Space<'_>, one: &Share<'_>, two: &Share<'_>, on: EventKindId) -> bool {
    let (Some(one), Some(two)) = (&one.region, &two.region) else { return true };
    one.meet(two).map_or(true, |both| space.meeting(&both, on) != Meet::Never)
}

/// Where a donation gives.
fn region<'a>(space: &mut Space<'a>, donation: &'a Donation, day_starts: u16) -> Result<Region, TooComplex> {
    let mut region = space.valid_region(donation.valid, day_starts);
    for test in donation.when.iter().chain(&donation.items) {
        region = region.meet(&space.region(test, donation.on, 0, Want::True)?)?;
    }
    Ok(region)
}
