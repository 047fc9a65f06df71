//! A new tier that counts for the part above its threshold: tables by tier mix their rates, each with the part of the
//! spend for which its tier holds.

use super::judge::Facts;
use super::refuse::Rejection;
use crate::amount::{gcd, lcm};
use crate::program::{NumSubject, Table, TableKey, Tiers};

/// A level and the part of the spend that counts for it, from lower to higher. Nothing where one level holds for all, and it
/// is held already.
pub(super) fn of(tiers: &Tiers, held: u32, (before, adds): (i64, i64)) -> Vec<(u32, i64)> {
    let Some(after) = before.checked_add(adds).filter(|after| *after > before) else { return Vec::new() };
    let reaches = tiers.levels.iter().filter_map(|level| level.reach.as_ref());
    let mut ends: Vec<i64> = reaches.flat_map(crate::program::Reach::amounts).collect();
    ends.retain(|end| before < *end && *end < after);
    ends.push(after);
    ends.sort_unstable();
    let mut parts: Vec<(u32, i64)> = Vec::new();
    let mut from = before;
    for end in ends {
        let level = tiers.earned(|_| from).max(held);
        match parts.last_mut() {
            Some((known, part)) if *known == level => *part += end - from,
            _ => parts.push((level, end - from)),
        }
        from = end;
    }
    if parts.iter().all(|(level, _)| *level == held) { Vec::new() } else { parts }
}

impl Facts<'_> {
    /// The row of a table that holds for the event as a fraction, or the mean of several rows; a missing one is 0.
    pub(super) fn mean<T>(
        &self,
        table: &Table<T>,
        fraction: impl Fn(&T) -> (i128, i128),
    ) -> Result<(i128, i128), Rejection> {
        if !self.event.parts.is_empty()
            && let TableKey::Num(NumSubject::Tier(tiers)) = table.key
        {
            let parts = self.event.parts.iter().filter(|(block, ..)| *block == tiers);
            let parts: Vec<(u32, i64)> = parts.map(|(_, level, part)| (*level, *part)).collect();
            if !parts.is_empty() {
                return mixed(table, &parts, fraction).ok_or_else(Rejection::too_large);
            }
        }
        Ok(self.row(table).map_or((0, 1), fraction))
    }
}

/// The sum of all rates, each times its part, over the whole.
fn mixed<T>(
    table: &Table<T>,
    parts: &[(u32, i64)],
    fraction: impl Fn(&T) -> (i128, i128),
) -> Option<(i128, i128)> {
    let (mut sum, mut den, mut whole) = (0_i128, 1_i128, 0_i128);
    for (level, part) in parts {
        let key = i64::from(*level);
        let place = table.rows.binary_search_by_key(&key, |(key, _)| *key).ok();
        let row = place.and_then(|place| table.rows.get(place));
        let (num, of) = row.map_or((0, 1), |(_, row)| fraction(row));
        let common = lcm(den, of)?;
        let more = num.checked_mul(common.checked_div(of)?)?.checked_mul(i128::from(*part))?;
        sum = sum.checked_mul(common.checked_div(den)?)?.checked_add(more)?;
        (den, whole) = (common, whole.checked_add(i128::from(*part))?);
    }
    den = den.checked_mul(whole)?;
    let common = i128::try_from(gcd(sum.unsigned_abs(), den.unsigned_abs())).ok()?.max(1);
    Some((sum / common, den / common))
}
