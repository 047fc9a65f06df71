//! How often a member may change an attribute.

use super::MeterId;
use crate::calendar::Period;

/// `may change 1 time per quarter`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChangeLimit {
    /// The place of the attribute among those of the member.
    pub(crate) place: u16,
    pub(crate) times: i64,
    pub(crate) per: Period,
    /// Counts the changes.
    pub(crate) meter: MeterId,
}
