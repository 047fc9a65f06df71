//! Step 3: requests. What a member asks to pay with is taken as written, or the whole event is refused.
//!
//! Everything is judged against the frozen facts, and against what earlier requests of the same event left over.

mod bill;
mod grants;
mod points;
mod rewards;
mod vouchers;

use super::bound::Bound;
use super::draft::Draft;
use super::judge::{Facts, Truth};
use super::refuse::{Largest, Refusal, Rejection};
use super::tax;
use crate::account::{Payment, ReceiptAward, Spent};
use crate::amount::{Rounding, divide, format_scaled};
use crate::event::{Ask, Item, Request};
use crate::ledger::Source;
use crate::program::{Activity, CharityId, EventKindId, Program, Redeem, RewardId, Test, UnitId, VoucherId};
use bill::Bill;
use std::sync::Arc;

/// What one request took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) what: What,
    /// In the scale of the unit, or a number of vouchers or rewards.
    pub(crate) amount: i64,
    /// The money that it pays, micro-units.
    pub(crate) pays: i64,
    /// The same by line; empty without lines.
    pub(crate) lines: Box<[i64]>,
    /// Who gets the money, if it pays nothing.
    pub(crate) charity: Option<CharityId>,
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// Vouchers.
    Voucher(VoucherId),
    /// Rewards.
    Reward(RewardId),
    /// An amount of a unit.
    Points(UnitId),
}

/// What all requests of an event come to.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) taken: Vec<Taken>,
    /// Micro-units that are left to pay; nothing without a basket.
    pub(crate) left: Option<i64>,
    /// The lines with the values that count as spent; nothing if these are the prices.
    pub(crate) counted: Option<Arc<[Item]>>,
    /// What a return needs.
    pub(crate) record: Option<Box<Payment>>,
    /// What rewards gave.
    pub(crate) awards: Vec<ReceiptAward>,
}

/// What became of a request: what it took, what a return gives back, and what it gave.
struct Done {
    taken: Taken,
    spent: Option<Spent>,
    /// A reward, and how many times it was redeemed.
    used: Option<(Source, i64)>,
    award: Option<ReceiptAward>,
}

/// A request that was understood.
struct Wanted<'p> {
    what: What,
    /// How a unit is spent; nothing for vouchers and rewards.
    redeem: Option<&'p Redeem>,
    /// In the scale of what is asked for.
    amount: i64,
    up_to: bool,
}

/// Takes all requests of an event, or tells the first reason against them.
pub(crate) fn take(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    kind: Option<EventKindId>,
    requests: &[Request],
) -> Result<Settled, Rejection> {
    let asked = understand(facts.program, requests, facts.event.has_basket)?;
    draft.note_activity(Activity::Redemption);
    // conditions of spending know the attributes of purchases only
    let stranger = kind.is_some_and(|kind| kind != EventKindId::PURCHASE);
    let plain = stranger.then(|| Bound { attributes: Vec::new(), ..facts.event.clone() });
    let facts = &Facts { event: plain.as_ref().unwrap_or(facts.event), ..*facts };
    let after = facts.program.spend_after_redemptions;
    let mut bill = match facts.event.has_basket {
        true => Some(Bill::new(tax::with_tax(facts.program, facts.event)?, after)),
        false => None,
    };
    let (mut taken, mut awards) = (Vec::with_capacity(asked.len()), Vec::new());
    let (mut spent, mut uses) = (Vec::new(), Vec::new());
    let mut refused: Option<Rejection> = None;
    for wanted in &asked {
        let bill = bill.as_mut();
        let done = match (wanted.what, wanted.redeem) {
            (What::Voucher(voucher), _) => vouchers::spend(facts, draft, bill, voucher, wanted.amount),
            (What::Reward(reward), _) => rewards::redeem(facts, draft, bill, reward, wanted.amount),
            (What::Points(_), Some(redeem)) => points::redeem(facts, draft, bill, redeem, wanted),
            (What::Points(_), None) => continue,
        };
        match done {
            Ok(done) => {
                taken.push(done.taken);
                spent.extend(done.spent);
                uses.extend(done.used);
                awards.extend(done.award);
            }
            Err(rejection) if refused.as_ref().is_none_or(|known| rejection.reason < known.reason) => {
                refused = Some(rejection);
            }
            Err(_) => {}
        }
    }
    match refused {
        Some(rejection) => Err(rejection),
        None => Ok(Settled { awards, ..settle(facts, bill, taken, (spent, uses)) }),
    }
}

fn settle(
    facts: &Facts<'_>,
    bill: Option<Bill>,
    taken: Vec<Taken>,
    (spent, uses): (Vec<Spent>, Vec<(Source, i64)>),
) -> Settled {
    let uses = uses.into();
    let Some(bill) = bill else {
        // an event without lines comes back as a whole, and what paid for it too
        let paid = !spent.is_empty();
        let record = paid.then(|| {
            Box::new(Payment { counted: Box::default(), spent: spent.into(), uses, ..Payment::default() })
        });
        return Settled { taken, record, ..Settled::default() };
    };
    let charged = facts.event.items();
    let counted = counted(facts, &bill);
    let lowered = charged.iter().zip(&counted).any(|(item, counted)| item.value != *counted);
    let items = lowered.then(|| {
        let mut items: Vec<Item> = charged.to_vec();
        for (item, counted) in items.iter_mut().zip(&counted) {
            item.value = *counted;
        }
        items.into()
    });
    let converted = facts.event.as_priced.is_some();
    let record = (lowered || converted || !spent.is_empty())
        .then(|| Box::new(Payment { counted, spent: spent.into(), uses, ..Payment::default() }));
    let left = Some(bill.left.iter().sum());
    Settled { taken, left, counted: items, record, awards: Vec::new() }
}

/// What counts as spent of each line. What counts without tax keeps its proportion to what is paid with it.
fn counted(facts: &Facts<'_>, bill: &Bill) -> Box<[i64]> {
    if facts.program.spend_with_tax {
        return bill.counted.as_slice().into();
    }
    let lines = facts.event.items().iter().zip(bill.counted.iter().zip(&bill.priced));
    let part = |(item, (counted, priced)): (&Item, (&i64, &i64))| {
        if counted == priced {
            return item.value;
        }
        let product = i128::from(item.value) * i128::from(*counted);
        i64::try_from(divide(product, i128::from(*priced), Rounding::Down).unwrap_or(0)).unwrap_or(0)
    };
    lines.map(part).collect()
}

/// What a return needs of an event without requests whose prices say something else than what counts.
pub(super) fn record(bound: &Bound) -> Box<Payment> {
    let counted = bound.items().iter().map(|item| item.value).collect();
    Box::new(Payment { counted, ..Payment::default() })
}

/// What the names of requests mean, in the order in which they are taken: vouchers, then rewards, then units,
/// each by name.
fn understand<'p>(
    program: &'p Program,
    requests: &[Request],
    has_basket: bool,
) -> Result<Vec<Wanted<'p>>, Rejection> {
    let mut asked: Vec<Wanted<'p>> = Vec::with_capacity(requests.len());
    for request in requests {
        let wanted = understood(program, request, has_basket)?;
        if asked.iter().any(|known| known.what == wanted.what) {
            let detail = format!("`{}` is asked for twice", request.name);
            return Err(Rejection::new(Refusal::WrongValue, detail));
        }
        asked.push(wanted);
    }
    asked.sort_by_key(|wanted| wanted.what);
    Ok(asked)
}

fn understood<'p>(
    program: &'p Program,
    request: &Request,
    has_basket: bool,
) -> Result<Wanted<'p>, Rejection> {
    let name = &*request.name;
    let wrong = |detail: String| Err(Rejection::new(Refusal::WrongValue, detail));
    if request.ask == Ask::Use {
        let voucher = program
            .voucher_named(name)
            .ok()
            .filter(|id| !program.is_closed(crate::program::AwardThing::Voucher(*id)));
        let Some(voucher) = voucher else {
            return Err(Rejection::new(Refusal::NoSuchVoucher, format!("the program has no `{name}`")));
        };
        let amount = request.amount / 1_000_000;
        return Ok(Wanted { what: What::Voucher(voucher), redeem: None, amount, up_to: false });
    }
    if let Ok(reward) = program.reward_named(name) {
        if request.ask == Ask::RedeemUpTo {
            return wrong(format!("`{name}` is a reward: ask for a number of it"));
        }
        if request.amount % 1_000_000 != 0 {
            return wrong(format!("`{name}` is redeemed in whole numbers"));
        }
        let amount = request.amount / 1_000_000;
        return Ok(Wanted { what: What::Reward(reward), redeem: None, amount, up_to: false });
    }
    let unit =
        program.units.iter().position(|unit| *unit.name == *name || unit.singular.as_deref() == Some(name));
    let Some(unit) = unit.map(|unit| UnitId(unit as u32)) else {
        return wrong(format!("there is no `{name}` to redeem"));
    };
    // where a unit both pays and can be given away, it pays what is bought, and is given away alone
    let mut ways = program.redeems.iter().filter(|redeem| redeem.unit == unit);
    let first = ways.next();
    let Some(redeem) = ways.next().filter(|_| !has_basket).or(first) else {
        return wrong(format!("`{name}` cannot be redeemed"));
    };
    let amount = scaled(program, unit, request.amount)?;
    Ok(Wanted {
        what: What::Points(unit),
        redeem: Some(redeem),
        amount,
        up_to: request.ask == Ask::RedeemUpTo,
    })
}

/// Millionths in the scale of a unit.
pub(super) fn scaled(program: &Program, unit: UnitId, micros: i64) -> Result<i64, Rejection> {
    let decimals = u32::from(program.unit_decimals(unit));
    let step = 10_i64.pow(6_u32.saturating_sub(decimals));
    if micros % step != 0 {
        let detail = match decimals {
            0 => format!("`{}` have no decimals", program.unit_name(unit)),
            _ => format!("`{}` have at most {decimals} decimals", program.unit_name(unit)),
        };
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    Ok(micros / step)
}

/// Whether a condition of spending holds.
fn is_met(facts: &Facts<'_>, when: Option<&Test>) -> bool {
    when.is_none_or(|when| facts.judge(when, None) == Truth::Yes)
}

/// Which items something may pay.
fn passing(facts: &Facts<'_>, items: Option<&Test>) -> Vec<bool> {
    let width = facts.event.items().len();
    match items {
        None => vec![true; width],
        Some(test) => {
            let lines = facts.judge_items(test);
            (0..width).map(|line| lines.has(line)).collect()
        }
    }
}

/// `not enough points: …`
pub(super) fn not_enough(program: &Program, what: What, largest: i64, unit: &str) -> Rejection {
    let rejection = at_most(program, Refusal::NotEnough, what, largest, "");
    Rejection { detail: format!("{unit}: {}", rejection.detail), ..rejection }
}

/// A refusal that tells the largest amount which would be accepted.
fn at_most(program: &Program, reason: Refusal, what: What, largest: i64, detail: &str) -> Rejection {
    let (name, decimals) = match what {
        What::Points(unit) => (program.unit_name(unit), program.unit_decimals(unit)),
        What::Voucher(voucher) => (program.voucher_name(voucher), 0),
        What::Reward(reward) => (program.reward_name(reward), 0),
    };
    let amount = format_scaled(largest, decimals);
    let mut text = detail.to_owned();
    if !text.is_empty() {
        text.push_str("; ");
    }
    text.push_str(&match largest {
        0 => format!("no {name} would be accepted"),
        _ => format!("at most {amount} {name} would be accepted"),
    });
    Rejection { largest: Some(Largest { name: name.into(), amount }), ..Rejection::new(reason, text) }
}
