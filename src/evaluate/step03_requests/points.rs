//! Paying with an amount of a unit.

use super::super::draft::Draft;
use super::super::judge::Facts;
use super::super::refuse::{Refusal, Rejection};
use super::super::step13_payers;
use super::bill::Bill;
use super::{Done, Taken, Wanted, What, at_most, is_met, passing};
use crate::account::Spent;
use crate::amount::{Rounding, divide, format_scaled};
use crate::ledger::{Source, Thing};
use crate::program::{CharityId, Program, Receiver, Redeem, UnitId};

/// Millionths of a percent in a whole.
const WHOLE: i128 = 100_000_000;

/// What binds one request: amounts in the unit's scale, money in micro-units.
struct Limits {
    /// What the member has.
    usable: i64,
    /// What has to be paid, and of it what the unit may pay; nothing where nothing is bought.
    due: Option<Due>,
}

struct Due {
    all: i64,
    payable: i64,
    basket: i64,
}

/// Takes an amount of a unit and lets it pay.
pub(super) fn redeem(
    facts: &Facts<'_>,
    draft: &mut Draft<'_>,
    bill: Option<&mut Bill>,
    rules: &Redeem,
    wanted: &Wanted<'_>,
) -> Result<Done, Rejection> {
    let program = facts.program;
    if bill.is_none() && rules.needs_basket() {
        if wanted.up_to && facts.event.kind.is_some() {
            // of a basket that is not there nothing can be paid
            let what = What::Points(rules.unit);
            let taken = Taken { what, amount: 0, pays: 0, lines: Box::default(), charity: None };
            return Ok(Done { taken, spent: None, used: None, award: None });
        }
        let name = program.unit_name(rules.unit);
        let detail = format!(
            "`{name}` can be redeemed in a purchase only, and nothing is bought here: send items or a total"
        );
        return Err(Rejection::new(Refusal::WrongValue, detail));
    }
    // what a charity gets pays nothing, so nothing hangs on the basket
    let charity = match &rules.to {
        None => None,
        Some(to) => Some(receiver_of(facts, to)?),
    };
    let width = bill.as_ref().map_or(0, |bill| bill.left.len());
    let bill = bill.filter(|_| charity.is_none());
    let passes = passing(facts, rules.items.as_ref());
    let due = bill.as_deref().map(|bill| Due {
        all: bill.left_of_all(),
        payable: bill.left_of(&passes),
        basket: bill.priced.iter().sum(),
    });
    let limits = Limits { usable: draft.spendable(rules.unit), due };
    let met = is_met(facts, rules.when.as_ref());
    let amount = if wanted.up_to {
        if met { limits.largest(rules, wanted.amount)? } else { 0 }
    } else {
        limits.check(program, rules, wanted.amount, met)?;
        wanted.amount
    };
    let pays = limits.pays(program, rules, amount)?;
    let what = What::Points(rules.unit);
    if amount == 0 {
        let lines = vec![0; width].into();
        let taken = Taken { what, amount, pays: 0, lines, charity };
        return Ok(Done { taken, spent: None, used: None, award: None });
    }
    let lots = draft.spend(rules.unit, amount, None);
    if let Some(charity) = charity {
        step13_payers::give_away(draft, Source::Redeem(rules.unit), charity, pays);
        let taken = Taken { what, amount, pays, lines: vec![0; width].into(), charity: Some(charity) };
        let spent = Spent { thing: Thing::Unit(rules.unit), lots, parts: None, away: true };
        return Ok(Done { taken, spent: Some(spent), used: None, award: None });
    }
    let Some(bill) = bill else {
        let taken = Taken { what, amount, pays, lines: Box::default(), charity: None };
        let spent = Spent { thing: Thing::Unit(rules.unit), lots, parts: None, away: false };
        return Ok(Done { taken, spent: Some(spent), used: None, award: None });
    };
    let lines = bill.pay_with_points(pays, &passes)?;
    let parts = bill.parts(amount, &lines)?;
    let spent = Spent { thing: Thing::Unit(rules.unit), lots, parts: Some(parts), away: false };
    let taken = Taken { what, amount, pays, lines, charity: None };
    Ok(Done { taken, spent: Some(spent), used: None, award: None })
}

/// The charity that gets the value. One that the member has not chosen refuses the request.
fn receiver_of(facts: &Facts<'_>, to: &Receiver) -> Result<CharityId, Rejection> {
    let name = match to {
        Receiver::Matching { place, .. } => facts.program.member_attributes.get(usize::from(*place)),
        Receiver::Charity(_) => None,
    };
    step13_payers::receiver(facts, to).ok_or_else(|| {
        let name = name.map_or("", |attribute| &attribute.name);
        Rejection::new(Refusal::ConditionNotMet, format!("`{name}` is missing: it names the charity"))
    })
}

impl Limits {
    /// The largest amount up to a wish that would be accepted; zero if none.
    fn largest(&self, rules: &Redeem, wish: i64) -> Result<i64, Rejection> {
        let most = wish.min(self.usable).min(rules.at_most.unwrap_or(i64::MAX)).max(0);
        let Some(due) = &self.due else { return Ok(in_steps(rules, most)) };
        if rules.whole_only {
            let needed = self.needed(rules, due)?;
            let fits = needed.filter(|needed| *needed <= most && *needed >= rules.at_least);
            return Ok(fits.unwrap_or(0));
        }
        // lines below zero that the unit does not pay lower what is left of the whole
        let mut payable = i128::from(due.payable.min(due.all));
        if let Some(share) = rules.share {
            payable = payable.min(i128::from(share) * i128::from(due.basket.max(0)) / WHOLE);
        }
        let covered = divide(payable * i128::from(rules.amount), i128::from(rules.value), Rounding::Down);
        let covered = covered.ok_or_else(Rejection::too_large)?;
        Ok(in_steps(rules, i64::try_from(covered).unwrap_or(i64::MAX).min(most)))
    }

    /// With `only for the whole basket`: the smallest amount that pays all that is left, if one may.
    fn needed(&self, rules: &Redeem, due: &Due) -> Result<Option<i64>, Rejection> {
        let within = rules
            .share
            .is_none_or(|share| i128::from(due.all) * WHOLE <= i128::from(share) * i128::from(due.basket));
        if due.all == 0 || due.payable != due.all || !within {
            return Ok(None);
        }
        let product = i128::from(due.all) * i128::from(rules.amount);
        let needed =
            divide(product, i128::from(rules.value), Rounding::Up).ok_or_else(Rejection::too_large)?;
        let steps = divide(needed, i128::from(rules.step), Rounding::Up).ok_or_else(Rejection::too_large)?;
        Ok(i64::try_from(steps * i128::from(rules.step)).ok())
    }

    /// Whether exactly this amount is accepted.
    fn check(&self, program: &Program, rules: &Redeem, amount: i64, met: bool) -> Result<(), Rejection> {
        let largest = if met { self.largest(rules, i64::MAX)? } else { 0 };
        let refuse =
            |reason, detail: &str| Err(at_most(program, reason, What::Points(rules.unit), largest, detail));
        let text = |amount| amount_text(program, rules.unit, amount);
        if !met {
            return refuse(Refusal::ConditionNotMet, &rules.when_text);
        }
        if amount > self.usable {
            let name = program.unit_name(rules.unit);
            return Err(super::not_enough(program, What::Points(rules.unit), largest, name));
        }
        let needed = match &self.due {
            Some(due) if rules.whole_only => self.needed(rules, due)?,
            _ => None,
        };
        let least = needed.unwrap_or(rules.at_least);
        if amount < least {
            return refuse(Refusal::BelowSmallest, &text(least));
        }
        if amount % rules.step != 0 {
            return refuse(Refusal::NotWholeStep, &format!("steps of {}", text(rules.step)));
        }
        if amount > largest {
            return refuse(Refusal::AboveLargest, "");
        }
        Ok(())
    }

    /// The money that an amount pays: rounded down to the smallest step of the currency; all that is left where only
    /// that may be paid.
    fn pays(&self, program: &Program, rules: &Redeem, amount: i64) -> Result<i64, Rejection> {
        if let (true, Some(due), true) = (rules.whole_only, &self.due, amount > 0) {
            return Ok(due.all);
        }
        let minor = 10_i128.pow(6_u32.saturating_sub(program.currency_digits));
        let product = i128::from(amount) * i128::from(rules.value);
        let coins = divide(product, i128::from(rules.amount) * minor, Rounding::Down);
        let value = coins.map(|coins| coins * minor).and_then(|value| i64::try_from(value).ok());
        value.ok_or_else(Rejection::too_large)
    }
}

/// The largest whole number of steps in an amount; zero if that is below the smallest amount.
fn in_steps(rules: &Redeem, amount: i64) -> i64 {
    let whole = amount - amount % rules.step.max(1);
    if whole < rules.at_least { 0 } else { whole }
}

fn amount_text(program: &Program, unit: UnitId, amount: i64) -> String {
    format!("{} {}", format_scaled(amount, program.unit_decimals(unit)), program.unit_name(unit))
}
