//! Attributes of the member that count from the start of a period, whenever in it they are set.

use super::{MeterId, RuleId};
use crate::calendar::Period;

/// `opted-in: yes-no counts from start of quarter`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Backdated {
    /// The place of the attribute among those of the member.
    pub(crate) place: u16,
    pub(crate) per: Period,
    /// The rules that ask it, by id.
    pub(crate) rules: Box<[BackdatedRule]>,
}

/// A rule that is paid for the period that runs once its attribute is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BackdatedRule {
    pub(crate) rule: RuleId,
    /// What it would have given in each period.
    pub(crate) meter: MeterId,
}
