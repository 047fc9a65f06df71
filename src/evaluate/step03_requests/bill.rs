//! What is left to pay of each line.

use super::super::refuse::Rejection;
use crate::amount::{Sharer, Ties};
use crate::event::Item;

/// Millionths of a piece in one.
const PIECE: i64 = 1_000_000;

/// The lines of a basket while requests pay for them. All amounts are micro-units.
#[derive(Debug, Clone)]
pub(super) struct Bill {
    /// The prices of the lines.
    pub(super) priced: Box<[i64]>,
    /// What is left to pay of each line.
    pub(super) left: Vec<i64>,
    /// What counts as spent on each line.
    pub(super) counted: Vec<i64>,
    /// Pieces of each line that were given for nothing.
    free: Vec<i64>,
    /// Whether points that pay lower what counts as spent.
    after_redemptions: bool,
    sharer: Sharer,
}

impl Bill {
    /// Nothing is paid yet.
    pub(super) fn new(left: Vec<i64>, after_redemptions: bool) -> Self {
        Self {
            priced: left.as_slice().into(),
            counted: left.clone(),
            free: vec![0; left.len()],
            left,
            after_redemptions,
            sharer: Sharer::new(),
        }
    }

    /// What is left to pay of some lines, at least zero.
    pub(super) fn left_of(&self, passes: &[bool]) -> i64 {
        let passing = self.left.iter().zip(passes).filter(|(_, passes)| **passes);
        passing.map(|(left, _)| *left).sum::<i64>().max(0)
    }

    /// What is left to pay of all lines, at least zero.
    pub(super) fn left_of_all(&self) -> i64 {
        self.left.iter().sum::<i64>().max(0)
    }

    /// Lets points pay an amount, which is at most what is left of these lines, in proportion to what is left of
    /// each; tells what they pay of each line.
    pub(super) fn pay_with_points(&mut self, amount: i64, passes: &[bool]) -> Result<Box<[i64]>, Rejection> {
        let lines = self.lower(amount, passes)?;
        if self.after_redemptions {
            self.count(&lines);
        }
        Ok(lines)
    }

    /// Takes an amount, which is at most what is left of these lines, off their prices.
    pub(super) fn take_off(&mut self, amount: i64, passes: &[bool]) -> Result<Box<[i64]>, Rejection> {
        let lines = self.lower(amount, passes)?;
        self.count(&lines);
        Ok(lines)
    }

    /// Gives pieces for nothing, the cheapest first, of equal ones those of the first line. Nothing if none fits.
    pub(super) fn give_free(&mut self, items: &[Item], passes: &[bool], pieces: i64) -> Option<Box<[i64]>> {
        let mut paid: Box<[i64]> = vec![0; self.left.len()].into();
        for _ in 0..pieces {
            let fitting = items.iter().zip(passes).enumerate().filter(|(line, (item, passes))| {
                let free = self.free.get(*line).copied().unwrap_or(0);
                let left = self.left.get(*line).copied().unwrap_or(0);
                **passes && left > 0 && item.quantity - free * PIECE >= PIECE
            });
            // the price of a piece: that of its line by the pieces of the other
            let priced = |line: usize| i128::from(self.priced.get(line).copied().unwrap_or(0));
            let cheaper = |(line, (item, _)): &(usize, (&Item, &bool)),
                           (than, (other, _)): &(usize, (&Item, &bool))| {
                let mine = priced(*line) * i128::from(other.quantity);
                let theirs = priced(*than) * i128::from(item.quantity);
                mine.cmp(&theirs).then(line.cmp(than))
            };
            let Some((line, (item, _))) = fitting.min_by(cheaper) else { break };
            let (Some(left), Some(free)) = (self.left.get_mut(line), self.free.get_mut(line)) else { break };
            let worth = i128::from(*left) * i128::from(PIECE);
            let worth = worth.checked_div(i128::from(item.quantity - *free * PIECE));
            let worth = worth.and_then(|worth| i64::try_from(worth).ok()).unwrap_or(0);
            *left -= worth;
            *free += 1;
            if let (Some(paid), Some(counted)) = (paid.get_mut(line), self.counted.get_mut(line)) {
                *paid += worth;
                *counted -= worth;
            }
        }
        paid.iter().any(|paid| *paid != 0).then_some(paid)
    }

    /// Takes what was paid of each line from what counts as spent. What lowers the prices themselves comes before
    /// points, so until then both are the same.
    fn count(&mut self, lines: &[i64]) {
        for (counted, paid) in self.counted.iter_mut().zip(lines) {
            *counted -= paid;
        }
    }

    fn lower(&mut self, amount: i64, passes: &[bool]) -> Result<Box<[i64]>, Rejection> {
        if amount == 0 {
            return Ok(vec![0; self.left.len()].into());
        }
        let weight = |(left, passes): (&i64, &bool)| if *passes { i128::from(*left) } else { 0 };
        let weights: Vec<i128> = self.left.iter().zip(passes).map(weight).collect();
        let mut parts = Vec::new();
        let shared = self.sharer.share_out(i128::from(amount), &weights, Ties::Later, &mut parts);
        shared.ok_or_else(Rejection::too_large)?;
        let lines: Box<[i64]> = parts.iter().map(|part| i64::try_from(*part).unwrap_or(0)).collect();
        for (left, paid) in self.left.iter_mut().zip(&lines) {
            *left -= paid;
        }
        Ok(lines)
    }

    /// Shares an amount of points out to the lines that they paid; at the end stands what belongs to none of them.
    pub(super) fn parts(&mut self, amount: i64, lines: &[i64]) -> Result<Box<[i64]>, Rejection> {
        let weights: Vec<i128> = lines.iter().map(|paid| i128::from(*paid)).collect();
        let mut parts = Vec::new();
        if weights.iter().all(|weight| *weight == 0) {
            parts.resize(weights.len(), 0);
            parts.push(i128::from(amount));
        } else {
            let shared = self.sharer.share_out(i128::from(amount), &weights, Ties::Later, &mut parts);
            shared.ok_or_else(Rejection::too_large)?;
            parts.push(0);
        }
        Ok(parts.iter().map(|part| i64::try_from(*part).unwrap_or(0)).collect())
    }
}
