//! The keys of deltas.

use super::LineError;
use crate::calendar::Date;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The deterministic key of a delta: its cause and a number within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The event that caused it, by its id; nothing where the clock did.
    pub(crate) event: Option<Arc<str>>,
    /// What the clock did, and for which day.
    pub(crate) clock: Option<(Date, Due)>,
    pub(crate) number: u32,
}

/// What was due when the clock ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Due {
    Expire,
    ExpirePending,
    ExpireVoucher,
    ExpireCard,
    ExpireChoice,
    Otherwise,
    OtherwiseVoucher,
    Entry,
    Review,
    Upgrade,
    Activate,
    Convert,
    Every,
    Donation,
    Rebate,
    Plan,
}

impl Due {
    const ALL: [Self; 16] = [
        Self::Expire,
        Self::ExpirePending,
        Self::ExpireVoucher,
        Self::ExpireCard,
        Self::ExpireChoice,
        Self::Otherwise,
        Self::OtherwiseVoucher,
        Self::Entry,
        Self::Review,
        Self::Upgrade,
        Self::Activate,
        Self::Convert,
        Self::Every,
        Self::Donation,
        Self::Rebate,
        Self::Plan,
    ];

    /// The word in keys.
    const fn word(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::ExpirePending => "expire-pending",
            Self::ExpireVoucher => "expire-voucher",
            Self::ExpireCard => "expire-card",
            Self::ExpireChoice => "expire-choice",
            Self::Otherwise => "otherwise",
            Self::OtherwiseVoucher => "otherwise-voucher",
            Self::Entry => "entry",
            Self::Review => "review",
            Self::Upgrade => "upgrade",
            Self::Activate => "activate",
            Self::Convert => "convert",
            Self::Every => "every",
            Self::Donation => "donation",
            Self::Rebate => "rebate",
            Self::Plan => "plan",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((day, due)) = self.clock {
            return write!(f, "@{day}/{}#{}", due.word(), self.number);
        }
        write!(f, "{}#{}", self.event.as_deref().unwrap_or_default(), self.number)
    }
}

impl FromStr for Key {
    type Err = LineError;

    /// Reads what [`Key`] displays: `K-1#2`, or `@2027-01-01/expire#3` for the clock.
    fn from_str(text: &str) -> Result<Self, LineError> {
        let wrong = || LineError::value("key", text);
        let (cause, number) = text.rsplit_once('#').ok_or_else(wrong)?;
        let plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
        let number = number.parse().ok().filter(|_| plain).ok_or_else(wrong)?;
        let clock = cause.strip_prefix('@').and_then(|rest| rest.split_once('/'));
        let clock = clock.and_then(|(day, word)| {
            let due = Due::ALL.into_iter().find(|due| due.word() == word)?;
            Some((day.parse().ok()?, due))
        });
        let event = clock.is_none().then(|| Arc::from(cause));
        Ok(Self { event, clock, number })
    }
}
