//! Step 6: the extras of bonuses, then stacking.
//!
//! An *item bonus* has shares on items and on the event, each resolved on its own; an *event bonus* is flat or by
//! bands and is resolved once. The two kinds never compete. A bonus never multiplies a bonus.

use super::judge::{Facts, Room};
use super::refuse::Rejection;
use super::rows::{Row, Rows, Shape};
use super::step04_match::room;
use super::step05_base::{compute_shares, over_denominator, raise};
use super::trace::Trace;
use crate::amount::{compare_products, gcd, lcm};
use crate::ledger::Thing;
use crate::program::{CapLimit, Combine, Effect, Factor, GroupId, Needs, Rule, RuleKind};

/// Computes all matching bonuses and drops those that lose.
pub(crate) fn compute_extras(
    facts: &Facts<'_>,
    rows: &mut Rows,
    trace: &mut Option<Box<Trace>>,
) -> Result<(), Rejection> {
    for place in 0..rows.all().len() {
        let Some(row) = rows.all().get(place) else { continue };
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        match (&rule.effect, rule.kind) {
            (_, RuleKind::Earn) => {}
            (Effect::Multiply { factor, .. }, RuleKind::Bonus) => multiply(facts, rows, place, rule, factor)?,
            (_, RuleKind::Bonus) => {
                if let Some(row) = rows.all_mut().get_mut(place) {
                    // still empty, but brought to the divisor of the bases together with them
                    row.den = 1;
                    compute_shares(facts, rule, row)?;
                }
            }
        }
    }
    if rows.asked.for_any(Needs::PIECE_CAPS) {
        cap_pieces(facts, rows)?;
    }
    for place in 0..rows.things.len() {
        let Some(thing) = rows.things.get(place).copied() else { continue };
        if matches!(thing, Thing::Unit(_)) {
            rows.align(thing)?;
        }
        if rows.asked.for_any(Needs::STACKING) {
            stack(facts, rows, thing, trace)?;
        }
    }
    if !rows.asked.no_room {
        return Ok(());
    }
    // what has no room was a base until here
    for row in rows.all_mut().iter_mut().filter(|row| row.no_room) {
        row.clear();
        row.amount = 0;
    }
    Ok(())
}

/// The extra of a multiplier: (k − 1) × the base of its unit, on its items, and on the event share unless it says
/// `for items`.
fn multiply(
    facts: &Facts<'_>,
    rows: &mut Rows,
    place: usize,
    rule: &Rule,
    factor: &Factor,
) -> Result<(), Rejection> {
    let (num, den) = match factor {
        Factor::Fixed(num, den) => (*num, *den),
        Factor::Table(table) => facts.mean(table, |factor| *factor)?,
    };
    if num <= 0 {
        return Ok(());
    }
    let with_event = rule.items.is_none();
    let width = rows.width;
    let (before, rest) = rows.all_mut().split_at_mut(place);
    let Some(row) = rest.first_mut() else { return Ok(()) };
    let thing = row.thing;
    let of_unit = |base: &&Row| base.thing == thing && is_earn(facts, base);
    // parts of the spend stand over one divisor
    let mut common: i128 = 1;
    for base in before.iter().filter(of_unit) {
        let (_, whole) = part_of_base(row.spend_ratio, base.spend_ratio);
        common = lcm(common, whole).ok_or_else(Rejection::too_large)?;
        // mostly the bases of a unit have one divisor
        if base.den != row.den && base.nums.iter().any(|num| *num != 0) {
            row.den = if row.den == 1 { Some(base.den) } else { lcm(row.den, base.den) }
                .ok_or_else(Rejection::too_large)?;
        }
    }
    let mut bases = 0;
    for base in before.iter().filter(of_unit) {
        if base.nums.iter().any(|num| *num != 0) {
            bases += 1;
            // a flat base is a share of the event, and what is added to it is one too
            row.shape = match bases {
                1 if base.flat => Shape::Event,
                1 => base.shape,
                _ => Shape::Mixed,
            };
            if let ([sum], [more]) = (row.nums.as_mut_slice(), base.nums.as_slice()) {
                // on sums there is one base, and a multiplier of all its lines
                *sum = *more;
                row.base_passes = Some(base.passes.clone());
                continue;
            }
        }
        let (part, whole) = part_of_base(row.spend_ratio, base.spend_ratio);
        let of_items = part.checked_mul(common).and_then(|by| by.checked_div(whole));
        let of_items = of_items.ok_or_else(Rejection::too_large)?;
        let columns = row.nums.iter_mut().zip(&base.nums).enumerate();
        let to_one = row.den.checked_div(base.den).unwrap_or(1);
        for (column, (to, from)) in columns {
            if *from == 0 {
                continue;
            }
            // the share of the event does not hang on spend
            let by = if column < width { of_items } else { common };
            let by = by.checked_mul(to_one).ok_or_else(Rejection::too_large)?;
            if if column < width { row.passes.has(column) } else { with_event } {
                let more = from.checked_mul(by).ok_or_else(Rejection::too_large)?;
                *to = to.checked_add(more).ok_or_else(Rejection::too_large)?;
            }
        }
    }
    row.den = row.den.checked_mul(common).ok_or_else(Rejection::too_large)?;
    if row.total()? <= 0 {
        row.clear();
        return Ok(());
    }
    for share in &mut row.nums {
        *share = share.checked_mul(num).ok_or_else(Rejection::too_large)?;
    }
    if row.nums.iter().all(|share| share % den == 0) {
        row.nums.iter_mut().for_each(|share| *share /= den);
    } else {
        row.den = row.den.checked_mul(den).ok_or_else(Rejection::too_large)?;
        row.reduce();
    }
    raise(facts, rule, row)
}

/// Where a cap of spend leaves only a part of the spend to a multiplier: that part of a base, of which a cap of spend may
/// have left less already.
fn part_of_base(mine: Option<(i64, i64)>, of_base: Option<(i64, i64)>) -> (i128, i128) {
    let Some((part, whole)) = mine else { return (1, 1) };
    let (left, sum) = of_base.unwrap_or((1, 1));
    let part = i128::from(part) * i128::from(sum);
    let whole = i128::from(whole) * i128::from(left);
    if part >= whole {
        return (1, 1);
    }
    let common = i128::try_from(gcd(part.unsigned_abs(), whole.unsigned_abs())).unwrap_or(1).max(1);
    (part / common, whole / common)
}

fn is_earn(facts: &Facts<'_>, row: &Row) -> bool {
    facts.program.rules.get(row.rule.index()).is_some_and(|rule| rule.kind == RuleKind::Earn)
}

/// `cap N U per item`: the share of an item is at most N for each of its pieces.
fn cap_pieces(facts: &Facts<'_>, rows: &mut Rows) -> Result<(), Rejection> {
    for row in rows.all_mut() {
        let Some(rule) = facts.program.rules.get(row.rule.index()) else { continue };
        let (Some(most), Some(unit)) = (rule.piece_cap, rule.effect.unit()) else { continue };
        row.shape = Shape::Mixed;
        // quantities stand in millionths
        let each =
            over_denominator(facts, unit, most)?.checked_mul(row.den).ok_or_else(Rejection::too_large)?;
        row.expand(1_000_000)?;
        for (share, item) in row.nums.iter_mut().zip(facts.event.items()) {
            let limit = each.checked_mul(i128::from(item.quantity)).ok_or_else(Rejection::too_large)?;
            *share = (*share).min(limit);
        }
        row.reduce();
    }
    Ok(())
}

/// Resolves the bonuses of one thing.
fn stack(
    facts: &Facts<'_>,
    rows: &mut Rows,
    thing: Thing,
    trace: &mut Option<Box<Trace>>,
) -> Result<(), Rejection> {
    let competes = rows.all().iter().any(|row| {
        let rule = facts.program.rules.get(row.rule.index());
        row.thing == Some(thing)
            && rule.is_some_and(|rule| rule.kind == RuleKind::Bonus && rule.combine != Combine::Add)
    });
    if !competes {
        return Ok(());
    }
    let mut strengths = Vec::new();
    for row in rows.all() {
        strengths.push(strength(facts, row, thing)?);
    }
    for column in 0..=rows.width {
        resolve(rows, &strengths, (thing, false), column, trace);
    }
    // an event bonus has one share, that of the event
    let event = rows.width;
    resolve(rows, &strengths, (thing, true), event, trace);
    Ok(())
}

/// How a row competes: its combine, and the fraction of its extra for which its caps have room.
struct Strength {
    combine: Combine,
    room: Option<(i128, i128)>,
}

fn strength(facts: &Facts<'_>, row: &Row, thing: Thing) -> Result<Option<Strength>, Rejection> {
    let Some(rule) = facts.program.rules.get(row.rule.index()) else { return Ok(None) };
    if row.thing != Some(thing) || rule.kind == RuleKind::Earn {
        return Ok(None);
    }
    let caps = rule.caps.iter().copied().filter_map(|cap| {
        let limit = facts.program.caps.get(cap.index())?.limit;
        matches!(limit, CapLimit::Amount(..)).then(|| room(facts, cap))
    });
    let Some(left) = caps.min().filter(|_| facts.room != Room::Endless) else {
        return Ok(Some(Strength { combine: rule.combine, room: None }));
    };
    let (num, total) = match thing {
        Thing::Unit(unit) => {
            let num = over_denominator(facts, unit, left)?;
            (num.checked_mul(row.den).ok_or_else(Rejection::too_large)?, row.total()?)
        }
        _ => (i128::from(left), i128::from(row.amount)),
    };
    let room = (total > num).then_some((num, total));
    Ok(Some(Strength { combine: rule.combine, room }))
}

/// In one column: the largest exclusive bonus stays alone; otherwise the largest of each group, and all that add.
fn resolve(
    rows: &mut Rows,
    strengths: &[Option<Strength>],
    (thing, flat): (Thing, bool),
    column: usize,
    trace: &mut Option<Box<Trace>>,
) {
    let share = |row: &Row| match thing {
        Thing::Unit(_) => row.nums.get(column).copied().unwrap_or(0),
        _ => i128::from(row.amount),
    };
    let mut exclusive: Option<usize> = None;
    let mut groups: Vec<(GroupId, usize)> = Vec::new();
    for (place, row) in rows.all().iter().enumerate() {
        let Some(Some(mine)) = strengths.get(place) else { continue };
        if row.flat != flat || share(row) == 0 {
            continue;
        }
        let best = match mine.combine {
            Combine::Add => continue,
            Combine::Exclusive => &mut exclusive,
            Combine::BestOf(group) => {
                match groups.iter_mut().find(|(known, _)| *known == group) {
                    Some((_, best)) => {
                        if larger(rows, strengths, &share, thing, (place, *best)) {
                            *best = place;
                        }
                    }
                    None => groups.push((group, place)),
                }
                continue;
            }
        };
        match *best {
            Some(known) if !larger(rows, strengths, &share, thing, (place, known)) => {}
            _ => *best = Some(place),
        }
    }
    for place in 0..rows.all().len() {
        let Some(Some(mine)) = strengths.get(place) else { continue };
        let winner = match (exclusive, mine.combine) {
            (Some(winner), _) => winner,
            (None, Combine::BestOf(group)) => {
                groups.iter().find(|(known, _)| *known == group).map_or(place, |(_, best)| *best)
            }
            (None, _) => place,
        };
        let winner_rule = rows.all().get(winner).map(|row| row.rule);
        let Some(row) = rows.all_mut().get_mut(place) else { continue };
        if winner == place || row.flat != flat || share(row) == 0 {
            continue;
        }
        if let (Some(trace), Some(by)) = (trace.as_mut(), winner_rule) {
            trace.lost(row.rule, column, by);
        }
        match thing {
            Thing::Unit(_) => {
                if let Some(num) = row.nums.get_mut(column) {
                    *num = 0;
                }
            }
            _ => row.amount = 0,
        }
    }
}

/// Whether a row's share, weakened by its room, is strictly larger than another's; the earlier name wins ties.
fn larger(
    rows: &Rows,
    strengths: &[Option<Strength>],
    share: &impl Fn(&Row) -> i128,
    thing: Thing,
    (place, than): (usize, usize),
) -> bool {
    // share × room over divisor × total
    let weight = |place: usize| {
        let row = rows.all().get(place);
        let (room, total) = strengths
            .get(place)
            .and_then(Option::as_ref)
            .and_then(|strength| strength.room)
            .unwrap_or((1, 1));
        let den = row.filter(|_| matches!(thing, Thing::Unit(_))).map_or(1, |row| row.den);
        (row.map_or(0, share), room, den, total)
    };
    let (mine, theirs) = (weight(place), weight(than));
    let (left, right) = ([mine.0, mine.1, theirs.2, theirs.3], [theirs.0, theirs.1, mine.2, mine.3]);
    compare_products(left, right).is_gt()
}
