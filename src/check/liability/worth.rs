//! What one of a thing costs at most, in micro-units of the program's currency.
//!
//! The worth that is declared, what a `redeem` pays, what a reward or a conversion hands out for it: the most of them.
//! It is assumed that all of it is redeemed.

use crate::amount::Ratio;
use crate::program::{Award, AwardThing, Grant, Program, Reward, UnitId, UnitKind, Voucher};

/// Conversions and rewards that lead on from thing to thing further than this are not followed.
const STEPS_MOST: u32 = 16;

/// What one smallest step of a unit, one voucher or one pick costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Worth {
    /// At most this much.
    Known(Ratio),
    /// It can be had for something of which no worth is known: named as in a sentence.
    Unknown(String),
}

/// What one step of a thing costs at most.
pub(super) fn worth(program: &Program, thing: AwardThing) -> Worth {
    of_thing(program, thing, STEPS_MOST)
}

fn of_thing(program: &Program, thing: AwardThing, steps: u32) -> Worth {
    let Some(steps) = steps.checked_sub(1) else { return Worth::Unknown("a long way round".to_owned()) };
    match thing {
        AwardThing::Unit(unit) => of_unit(program, unit, steps),
        AwardThing::Voucher(voucher) => match program.vouchers.get(voucher.index()) {
            Some(voucher) => of_voucher(voucher),
            None => Worth::Known(Ratio::ZERO),
        },
        AwardThing::Choice(choice) => {
            let Some(choice) = program.choices.get(choice.index()) else { return Worth::Known(Ratio::ZERO) };
            // each pick is at most the dearest entry
            let entries = choice.entries.iter().chain(&choice.otherwise);
            most(entries.map(|award| of_award(program, award, steps)))
        }
    }
}

/// What an award as a whole costs.
fn of_award(program: &Program, award: &Award, steps: u32) -> Worth {
    times(of_thing(program, award.thing, steps), Ratio::whole(i128::from(award.amount)))
}

fn of_unit(program: &Program, id: UnitId, steps: u32) -> Worth {
    let Some(unit) = program.units.get(id.index()) else { return Worth::Known(Ratio::ZERO) };
    if unit.kind == UnitKind::Status {
        return Worth::Known(Ratio::ZERO);
    }
    let declared = unit.worth.and_then(|worth| {
        Ratio::new(i128::from(worth), 10_i128.checked_pow(unit.decimals)?).map(Worth::Known)
    });
    let pays = program.redeems.iter().filter(|redeem| redeem.unit == id).filter_map(|redeem| {
        Ratio::new(i128::from(redeem.value), i128::from(redeem.amount)).map(Worth::Known)
    });
    let bought = program
        .rewards
        .iter()
        .filter(|reward| reward.unit == id)
        .map(|reward| divided(of_reward(program, reward, steps), Ratio::whole(i128::from(reward.price))));
    let becomes = program.converts.iter().filter(|convert| convert.unit == id).map(|convert| {
        divided(of_award(program, &convert.into, steps), Ratio::whole(i128::from(convert.amount)))
    });
    let known = |worth: &Worth| matches!(worth, Worth::Known(_));
    let ways = pays.chain(bought).chain(becomes);
    match declared {
        // a worth that is declared stands for everything of which nothing is known
        Some(declared) => most(std::iter::once(declared).chain(ways.filter(known))),
        None => most(ways),
    }
}

fn of_voucher(voucher: &Voucher) -> Worth {
    let granted = voucher.worth.or_else(|| of_grant(voucher.grant));
    match granted {
        Some(micros) => Worth::Known(Ratio::whole(i128::from(micros))),
        None => Worth::Unknown(format!("voucher `{}`", voucher.name)),
    }
}

/// Micro-units, where the grant has an end that does not hang on the basket.
const fn of_grant(grant: Grant) -> Option<i64> {
    match grant {
        Grant::AmountOff(micros) | Grant::PercentOff(_, Some(micros)) => Some(micros),
        Grant::PercentOff(_, None) | Grant::ItemsFree(_) | Grant::Text => None,
    }
}

fn of_reward(program: &Program, reward: &Reward, steps: u32) -> Worth {
    if let Some(micros) = reward.worth {
        return Worth::Known(Ratio::whole(i128::from(micros)));
    }
    let unknown = || Worth::Unknown(format!("reward `{}`", reward.name));
    let granted = match &reward.grants {
        None => Worth::Known(Ratio::ZERO),
        Some((_, grant)) => match of_grant(*grant) {
            Some(micros) => Worth::Known(Ratio::whole(i128::from(micros))),
            None => unknown(),
        },
    };
    let given = match &reward.gives {
        None if reward.grants.is_none() => unknown(),
        None => Worth::Known(Ratio::ZERO),
        Some(award) => of_award(program, award, steps),
    };
    match (granted, given) {
        (Worth::Known(one), Worth::Known(two)) => one.checked_add(two).map_or_else(unknown, Worth::Known),
        (Worth::Unknown(what), _) | (_, Worth::Unknown(what)) => Worth::Unknown(what),
    }
}

/// The dearest; unknown if one is unknown; nothing at all costs nothing.
fn most(all: impl Iterator<Item = Worth>) -> Worth {
    let mut dearest = Ratio::ZERO;
    for worth in all {
        match worth {
            Worth::Known(worth) => dearest = dearest.max(worth),
            unknown @ Worth::Unknown(_) => return unknown,
        }
    }
    Worth::Known(dearest)
}

fn times(worth: Worth, by: Ratio) -> Worth {
    match worth {
        Worth::Known(worth) => match worth.checked_mul(by) {
            Some(product) => Worth::Known(product),
            None => Worth::Unknown("a very large number".to_owned()),
        },
        unknown @ Worth::Unknown(_) => unknown,
    }
}

fn divided(worth: Worth, by: Ratio) -> Worth {
    match Ratio::ONE.checked_div(by) {
        Some(by) => times(worth, by),
        None => worth,
    }
}
