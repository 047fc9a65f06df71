//! Open claims on budgets, in a snapshot.

use super::giving::MOST;
use super::restore::{Restore, checked};
use super::take::{Names, text};
use super::{AwardState, SnapshotError, SourceState};
use crate::account::{Account, LineRecord, OpenClaim, OpenGift, ReceiptAward};
use crate::calendar::{Date, Instant};
use crate::ledger::{Source, Thing};
use crate::program::PayOut;
use serde::{Deserialize, Serialize};

/// A claim that is not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimState {
    budget: String,
    event: String,
    at: Instant,
    day: Date,
    /// The last day of the period for which it is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends: Option<Date>,
    on: Option<Date>,
    lines: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    award: Option<AwardState>,
    /// What comes with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more: Vec<AwardState>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    to_friend: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    on_joining: bool,
    /// What a donation would give, in place of an award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gift: Option<ClaimedGiftState>,
    /// The budgets that have granted it before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    granted_by: Vec<String>,
}

/// What a donation would give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimedGiftState {
    source: SourceState,
    charity: String,
    amount: String,
    parts: Option<Vec<String>>,
    pledged: bool,
}

impl ClaimState {
    fn rule(&self) -> &str {
        let source = self.award.as_ref().map(|award| &award.source);
        source.or(self.gift.as_ref().map(|gift| &gift.source)).map_or("", |source| &source.rule)
    }
}

impl Names<'_> {
    pub(super) fn claims(&self, account: &Account) -> Vec<ClaimState> {
        let claims = account.claims.iter().map(|open| ClaimState {
            budget: text(&open.budget),
            event: text(&open.event),
            at: open.at,
            day: open.day,
            ends: open.ends,
            on: open.on,
            lines: u32::try_from(open.lines).unwrap_or(u32::MAX),
            award: open.gift.is_none().then(|| self.award(&open.award, open.lines)),
            more: open.more.iter().map(|award| self.award(award, open.lines)).collect(),
            to_friend: open.pay_out.is_friends(),
            on_joining: open.pay_out.is_on_joining(),
            gift: open.gift.as_deref().map(|gift| self.claimed_gift(&open.award, gift)),
            granted_by: open.granted.iter().map(|budget| text(budget)).collect(),
        });
        let mut claims: Vec<ClaimState> = claims.collect();
        claims.sort_by(|one, two| (&one.event, one.rule()).cmp(&(&two.event, two.rule())));
        claims
    }

    fn claimed_gift(&self, award: &ReceiptAward, gift: &OpenGift) -> ClaimedGiftState {
        let parts = gift.parts.as_ref();
        ClaimedGiftState {
            source: self.source(award.source),
            charity: text(self.0.thing_words(award.thing).1),
            amount: self.0.exact_money(gift.exact),
            parts: parts.map(|parts| parts.iter().map(|part| self.0.exact_money(*part)).collect()),
            pledged: gift.is_pledged,
        }
    }
}

impl Restore<'_> {
    pub(super) fn claims(&mut self, states: &[ClaimState]) -> Result<(), SnapshotError> {
        for state in states {
            let event = checked("claim", &state.event)?;
            let wrong = |problem| SnapshotError::value("claim", event, problem);
            let lines = usize::try_from(state.lines).unwrap_or(usize::MAX).min(crate::event::ITEMS_MOST);
            let (award, gift) = match (&state.award, &state.gift) {
                (Some(award), None) => (self.award(&state.event, lines, award)?, None),
                (None, Some(gift)) => {
                    let (award, gift) = self.claimed_gift((event, state.day, lines), gift)?;
                    (award, Some(Box::new(gift)))
                }
                _ => return Err(wrong("it is either an award or a donation")),
            };
            let more = state.more.iter().map(|award| self.award(&state.event, lines, award));
            let more = more.collect::<Result<Vec<_>, _>>()?;
            let is_new = |award: &ReceiptAward| award.amount > 0 && award.lot == 0 && award.repaid == 0;
            if !is_new(&award) || !more.iter().all(is_new) {
                return Err(wrong("nothing is claimed, or it was given already"));
            }
            let is_paid_later = matches!(award.source, Source::Rebate(_));
            if is_paid_later != state.ends.is_some() || state.ends.is_some_and(|ends| ends >= state.day) {
                return Err(wrong("it is paid for another period, or for none"));
            }
            let pay_out = match (state.on_joining, state.to_friend) {
                (true, true) => PayOut::FriendOnJoining,
                (true, false) => PayOut::ReferrerOnJoining,
                (false, true) => PayOut::Friend,
                (false, false) => PayOut::Referrer,
            };
            let open = OpenClaim {
                budget: state.budget.as_str().into(),
                granted: state.granted_by.iter().map(|budget| budget.as_str().into()).collect(),
                event: event.into(),
                at: state.at,
                day: state.day,
                ends: state.ends,
                on: state.on,
                lines,
                award,
                more,
                pay_out,
                gift,
            };
            if self.account.claims.iter().any(|known| known.key() == open.key()) {
                return Err(SnapshotError::value("claim", event, "it stands twice"));
            }
            let place = self.account.claims.partition_point(|known| known.key() < open.key());
            self.account.claims.insert(place, open);
        }
        Ok(())
    }

    fn claimed_gift(
        &self,
        (event, day, lines): (&str, Date, usize),
        state: &ClaimedGiftState,
    ) -> Result<(ReceiptAward, OpenGift), SnapshotError> {
        let wrong = || SnapshotError::value("claim", event, "what it would give is not what its lines give");
        let parse = |text: &String| {
            let part = self.program.parse_exact_money(text);
            part.filter(|part| (-MOST..=MOST).contains(part))
        };
        let exact = parse(&state.amount).ok_or_else(wrong)?;
        let parts = match &state.parts {
            None => None,
            Some(parts) => {
                let parts: Option<Box<[i128]>> = parts.iter().map(parse).collect();
                let adds_up =
                    |parts: &[i128]| parts.len() == lines + 1 && parts.iter().sum::<i128>() == exact;
                Some(parts.filter(|parts| adds_up(parts)).ok_or_else(wrong)?)
            }
        };
        let gift = OpenGift { exact, parts, is_pledged: state.pledged };
        let award = ReceiptAward {
            source: self.source(&state.source)?,
            thing: Thing::Donation(self.program.charity_named(&state.charity)?),
            lot: 0,
            start: day,
            amount: gift.steps(self.program).ok_or_else(wrong)?,
            repaid: 0,
            record: LineRecord::Event,
        };
        Ok((award, gift))
    }
}
