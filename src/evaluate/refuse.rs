//! Why an event is refused, and the three classes of errors.

use crate::account::PostError;
use std::fmt;

/// The reasons for which an event can be refused, in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The id was used before, for something else.
    OtherContent,
    /// Older than late events may be, or a return after its time.
    TooLate,
    /// Before the program begins or before the member joined.
    TooEarly,
    /// An event of somebody who is not on the account, or has not joined where not every event enrols.
    NotMember,
    /// A joining of somebody who is a member.
    AlreadyMember,
    /// A naming of a referrer by somebody who has named one.
    AlreadyReferred,
    /// A transfer to somebody without an account. An evaluation knows one account only, so it is the host that tells.
    NoSuchMember,
    /// A return of a purchase that is not known.
    NoSuchPurchase,
    /// A return or cancelling of what another member of the account did.
    NotYourPurchase,
    /// A return of a line that the purchase does not have.
    NoSuchLine,
    /// A return of more than is left.
    MoreThanIsLeft,
    /// Nothing that can be cancelled has this id.
    NoSuchEvent,
    /// What was cancelled can be neither cancelled again nor returned.
    AlreadyCancelled,
    /// A value of the wrong type, currency or range.
    WrongValue,
    /// A line without tax, where what counts or what is to be paid hangs on it.
    NoTax,
    /// A request for a voucher that the member does not have.
    NoSuchVoucher,
    /// A request for something that can be used later only.
    NotUsableYet,
    /// A request for something of which the last day has passed.
    NoLongerUsable,
    /// What a request needs does not hold.
    ConditionNotMet,
    /// A request for what was used as often as it may be.
    CapUsedUp,
    /// A request for more than the member has.
    NotEnough,
    /// A request for less than is accepted.
    BelowSmallest,
    /// A request for an amount between two steps.
    NotWholeStep,
    /// A request for more than may be paid like this.
    AboveLargest,
    /// Nothing that is chosen is open.
    NoSuchChoice,
    /// An attribute that the member has changed as often as it may be.
    MayNotChangeYet,
    /// An amount beyond what can be booked.
    TooLarge,
}

impl Refusal {
    /// The reason as text; stable.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::OtherContent => "other content under this id",
            Self::TooLate => "too late",
            Self::TooEarly => "too early",
            Self::NotMember => "not a member",
            Self::AlreadyMember => "already a member",
            Self::AlreadyReferred => "already referred",
            Self::NoSuchMember => "no such member",
            Self::NoSuchPurchase => "no such purchase",
            Self::NotYourPurchase => "not your purchase",
            Self::NoSuchLine => "no such line",
            Self::MoreThanIsLeft => "more than is left",
            Self::NoSuchEvent => "no such event",
            Self::AlreadyCancelled => "already cancelled",
            Self::WrongValue => "wrong value",
            Self::NoTax => "no tax",
            Self::NoSuchVoucher => "no such voucher",
            Self::NotUsableYet => "not usable yet",
            Self::NoLongerUsable => "no longer usable",
            Self::ConditionNotMet => "condition not met",
            Self::CapUsedUp => "cap used up",
            Self::NotEnough => "not enough",
            Self::BelowSmallest => "below the smallest amount",
            Self::NotWholeStep => "not a whole step",
            Self::AboveLargest => "above the largest amount",
            Self::NoSuchChoice => "no such choice",
            Self::MayNotChangeYet => "may not change yet",
            Self::TooLarge => "too large",
        }
    }
}

/// A refused event: it books nothing and is not remembered, its id may be used again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The reason.
    pub reason: Refusal,
    /// What exactly, and what would be accepted.
    pub detail: String,
    /// For a refused request: the largest amount that would be accepted.
    pub largest: Option<Largest>,
}

/// The largest amount of something that would be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Largest {
    /// The unit, voucher or reward.
    pub name: String,
    /// The amount as a decimal text with the decimals of the unit, or the number; zero if none would be accepted.
    pub amount: String,
}

impl Rejection {
    pub(crate) fn new(reason: Refusal, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), largest: None }
    }

    #[cold]
    pub(crate) fn too_large() -> Self {
        Self::new(Refusal::TooLarge, "an amount of this event cannot be represented exactly")
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            return f.write_str(self.reason.text());
        }
        // `not enough points: …`
        let joint = if self.reason == Refusal::NotEnough { "" } else { ":" };
        write!(f, "{}{joint} {}", self.reason.text(), self.detail)
    }
}

impl std::error::Error for Rejection {}

/// Why an event was not evaluated. The three classes ask for different reactions of a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Business: tell the member or the till.
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// The caller passed an account of another program or member.
    #[error("the account belongs to another {0}")]
    Foreign(&'static str),
    /// A fault of the engine or of a stored state: page someone.
    #[error("{0}")]
    Broken(#[from] PostError),
}
