//! Budgets in tests: what is given as used, and what is left.

use super::run::Runner;
use crate::calendar::{Anchors, Date, Instant};
use crate::ledger::Exact;
use crate::program::{Budget, BudgetCounts};
use crate::syntax::ast::{Name, Number};

/// A number as it is written in a test.
fn written(number: &Number) -> Result<Exact, String> {
    let text = number.value.normalize().to_string();
    text.parse::<Exact>().map_err(|error| error.to_string())
}

/// What a budget holds, in what one of its numbers means.
fn limit(runner: &Runner<'_>, budget: &Budget) -> Exact {
    let one = match &budget.counts {
        BudgetCounts::Times(_) => Exact::ONE,
        BudgetCounts::Money(..) | BudgetCounts::Given(_) => Exact::ONE / 1_000_000,
        BudgetCounts::Amount(thing, _) => {
            let decimals = super::find::decimals(runner.program, *thing);
            Exact::ONE / 10_i128.pow(u32::from(decimals))
        }
    };
    let most = match &budget.counts {
        BudgetCounts::Times(most)
        | BudgetCounts::Money(most, _)
        | BudgetCounts::Given(most)
        | BudgetCounts::Amount(_, most) => *most,
    };
    Exact::of_steps(i128::from(most).saturating_mul(one))
}

/// The first day of the window of a budget that runs at an instant.
fn window(runner: &Runner<'_>, budget: &Budget, at: Instant) -> Date {
    let day = runner.program.zone.business_date(at, runner.program.day_starts);
    budget.period.start_of(day, &Anchors::new(day))
}

/// What is used of budgets of a name before the first step of a test.
pub(super) fn use_up(
    runner: &mut Runner<'_>,
    name: &Name,
    number: &Number,
    at: Instant,
) -> Result<(), String> {
    let program = runner.program;
    for budget in program.budgets_named(&name.text) {
        let (starts, by) = (window(runner, budget, at), written(number)?);
        let used = runner.world.budget(&budget.name).map_or(Exact::default(), |book| book.used(starts));
        let used = used.plus(by).ok_or("this is too large")?;
        let most = limit(runner, budget);
        if used > most {
            return Err(format!("`{}` holds {most}, and {used} of it would be used", name.text));
        }
        let book = runner.world.book_of(&budget.name);
        book.start_with(starts, by).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// What budgets still hold in the window that runs; of several of one name the one that holds least.
pub(super) fn expect_left(runner: &Runner<'_>, budgets: &[&Budget], number: &Number) -> Result<(), String> {
    let left = |budget: &&Budget| {
        let starts = window(runner, budget, runner.now);
        let used = runner.world.budget(&budget.name).map_or(Exact::default(), |book| book.used(starts));
        Exact::of_steps(limit(runner, budget).steps().saturating_sub(used.steps()))
    };
    match budgets.iter().map(left).min() {
        Some(left) if left == written(number)? => Ok(()),
        Some(left) => Err(format!("{left} is left")),
        None => Err("nothing is known of this cap".to_owned()),
    }
}
