//! Tiers that nobody can reach, or that feed themselves.

use super::say;
use super::tree::{Found, Tree};
use super::windows::{self, Limit, Stretch};
use crate::calendar::{Duration, Period, Tail};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{AwardThing, Keep, Level, Measure, Metric, Program, Reach, TierWindow, Tiers, UnitId};
use crate::syntax::ast::{self, CountWindow, TierLine, TiersBlock, TiersLine};

/// Thresholds with more combinations are not compared.
const COMBINATIONS_MOST: usize = 1_024;

/// Findings about tiers.
pub(super) fn tiers(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tiers in &program.tiers {
        let Some(block) = tree.tiers(&tiers.name) else { continue };
        let unearned = unearned_metrics(program, tree, tiers, block);
        // a tier whose metric nobody earns needs no second finding
        if unearned.is_empty() {
            found.extend(capped_out(program, tree, tiers, block));
        }
        found.extend(unearned);
        if tiers.takes.is_none() {
            found.extend(not_above(tiers, block));
        }
        found.extend(self_feeding(program, tiers, block));
        found.extend(short_term(tree, tiers, block));
    }
    found
}

fn unit_of(program: &Program, metric: &Metric) -> Option<UnitId> {
    match program.meters.get(metric.meter.index())?.measure {
        Measure::Unit(unit) => Some(unit),
        _ => None,
    }
}

/// T601: a metric that no rule gives.
fn unearned_metrics(
    program: &Program,
    tree: &Tree<'_>,
    tiers: &Tiers,
    block: Found<'_, TiersBlock>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for unit in tiers.metrics.iter().filter_map(|metric| unit_of(program, metric)) {
        let thing = AwardThing::Unit(unit);
        // nothing at all is given only if there is neither a rule nor any gift
        let nothing =
            windows::all_amounts(program, thing, Stretch::Event).is_some_and(|bound| bound.most == 0);
        let by_rule = program.rules.iter().any(|rule| rule.effect.unit() == Some(unit));
        if by_rule || !nothing {
            continue;
        }
        let Some(name) = program.units.get(unit.index()).map(|unit| &unit.name) else { continue };
        let span = metric_span(block, name);
        let mut finding =
            Diagnostic::new(Code::T601, span, format!("nobody can ever earn {}", say::written(name)))
                .label("these tiers count it")
                .help(format!("add an `earn` that gives {}, or count something else", say::written(name)));
        if let Some(unit) = tree.unit(name) {
            finding = finding.other(unit.head, "declared here, but no rule gives it");
        }
        found.push(finding);
    }
    found
}

fn metric_span(block: Found<'_, TiersBlock>, name: &str) -> Span {
    let named = block.node.lines.iter().find_map(|line| match &line.kind {
        TiersLine::Count { metrics, .. } => metrics.iter().find_map(|metric| match metric {
            ast::Metric::Named(metric) if metric.text == name => Some(metric.span),
            _ => None,
        }),
        _ => None,
    });
    named.unwrap_or_else(|| block.place(|line| matches!(line, TiersLine::Count { .. })))
}

/// The least values with which a threshold is reached: each one a combination of metrics.
fn combinations(reach: &Reach, metrics: usize) -> Option<Vec<Vec<i64>>> {
    let found = match reach {
        Reach::AtLeast(metric, value) => {
            let mut least = vec![i64::MIN; metrics];
            *least.get_mut(*metric)? = *value;
            vec![least]
        }
        Reach::Or(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| combinations(part, metrics)).collect();
            parts?.concat()
        }
        Reach::And(parts) => {
            let mut all = vec![vec![i64::MIN; metrics]];
            for part in parts {
                let part = combinations(part, metrics)?;
                if all.len().saturating_mul(part.len()) > COMBINATIONS_MOST {
                    return None;
                }
                let both = |one: &Vec<i64>, two: &Vec<i64>| -> Vec<i64> {
                    one.iter().zip(two).map(|(one, two)| *one.max(two)).collect()
                };
                all = all.iter().flat_map(|one| part.iter().map(move |two| both(one, two))).collect();
            }
            all
        }
    };
    (found.len() <= COMBINATIONS_MOST).then_some(found)
}

fn is_reached(reach: &Reach, values: &[i64]) -> bool {
    match reach {
        Reach::AtLeast(metric, least) => values.get(*metric).is_some_and(|value| value >= least),
        Reach::And(parts) => parts.iter().all(|part| is_reached(part, values)),
        Reach::Or(parts) => parts.iter().any(|part| is_reached(part, values)),
    }
}

/// T601: whoever reaches a level has the next one already, so the lower one is never held.
fn not_above(tiers: &Tiers, block: Found<'_, TiersBlock>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (lower, upper) in tiers.levels.iter().zip(tiers.levels.iter().skip(1)) {
        let (Some(low), Some(high)) = (&lower.reach, &upper.reach) else { continue };
        let Some(combinations) = combinations(low, tiers.metrics.len()) else { continue };
        if !combinations.iter().all(|values| is_reached(high, values)) {
            continue;
        }
        found.push(
            Diagnostic::new(
                Code::T601,
                block.reach(&upper.name),
                format!("the threshold of {} is not above the one of {}", upper.name, lower.name),
            )
            .label("this is reached no later")
            .other(block.reach(&lower.name), "than this")
            .note(format!(
                "effect: nobody is ever {}, because everybody who reaches it is {} at once",
                lower.name, upper.name
            ))
            .help("write the levels from lowest to highest, each with a higher threshold"),
        );
    }
    found
}

/// T601: caps that let less through in a window than a level asks for.
fn capped_out(
    program: &Program,
    tree: &Tree<'_>,
    tiers: &Tiers,
    block: Found<'_, TiersBlock>,
) -> Vec<Diagnostic> {
    let bounds: Vec<_> = tiers
        .metrics
        .iter()
        .map(|metric| {
            let unit = unit_of(program, metric)?;
            let stretch = match tiers.window {
                TierWindow::Period(period) => Stretch::Period(period),
                TierWindow::Rolling(length) => Stretch::Days(windows::days_at_most(length)),
                TierWindow::Since(_) => return None,
            };
            windows::all_amounts(program, AwardThing::Unit(unit), stretch)
        })
        .collect();
    let most: Vec<i64> = bounds.iter().map(|bound| bound.map_or(i64::MAX, |bound| bound.most)).collect();
    let window = block.node.lines.iter().find_map(|line| match &line.kind {
        TiersLine::Count { window, .. } => Some(window_text(tree, window)),
        _ => None,
    });
    let window = window.unwrap_or_default();
    let mut found = Vec::new();
    for level in &tiers.levels {
        let Some(reach) = level.reach.as_ref().filter(|reach| !is_reached(reach, &most)) else { continue };
        let mut finding = Diagnostic::new(
            Code::T601,
            block.reach(&level.name),
            format!("nobody can reach the tier {}", level.name),
        )
        .label(format!("needed in one {window}"))
        .help("raise the cap, lower the threshold, or count over a longer time");
        for (place, bound) in bounds.iter().enumerate() {
            let (Some(bound), Some(unit)) = (bound, tiers.metrics.get(place)) else { continue };
            let Some(unit) = unit_of(program, unit).filter(|_| asks(reach, place)) else { continue };
            let text = format!(
                "at most {} can be earned in one {window}",
                say::amount(program, AwardThing::Unit(unit), bound.most)
            );
            let cap = match bound.why {
                Limit::Cap(id) => program.caps.get(id.index()),
                Limit::Award | Limit::Once => None,
            };
            match cap.and_then(|cap| tree.cap(&cap.name, cap.shared, &cap.text)) {
                Some(span) => finding = finding.other(span, text),
                None => finding = finding.note(format!("effect: {text}")),
            }
        }
        found.push(finding);
    }
    found
}

fn asks(reach: &Reach, metric: usize) -> bool {
    match reach {
        Reach::AtLeast(asked, _) => *asked == metric,
        Reach::And(parts) | Reach::Or(parts) => parts.iter().any(|part| asks(part, metric)),
    }
}

/// T602: a gift of a level that counts for the levels of the same block.
fn self_feeding(program: &Program, tiers: &Tiers, block: Found<'_, TiersBlock>) -> Vec<Diagnostic> {
    let counted: Vec<UnitId> = tiers.metrics.iter().filter_map(|metric| unit_of(program, metric)).collect();
    let mut found = Vec::new();
    for level in &tiers.levels {
        let entry = gift_spans(block, level);
        for (place, gift) in level.gifts().enumerate() {
            let AwardThing::Unit(unit) = gift.thing else { continue };
            let Some(name) = program.units.get(unit.index()).map(|unit| &unit.name) else { continue };
            if !counted.contains(&unit) {
                continue;
            }
            let span = entry.get(place).copied().unwrap_or(block.head);
            found.push(
                Diagnostic::new(
                    Code::T602,
                    span,
                    if place < level.entry.len() {
                        format!("reaching {} would count towards the tiers again", level.name)
                    } else {
                        format!("holding {} would count towards the tiers again", level.name)
                    },
                )
                .label(format!("gives {}", say::written(name)))
                .other(metric_span(block, name), "which these tiers count")
                .help(
                    "give something that the tiers do not count, for example a spendable unit or a voucher",
                ),
            );
        }
    }
    found
}

fn gift_spans(block: Found<'_, TiersBlock>, level: &Level) -> Vec<Span> {
    let lines = block.level(&level.name).unwrap_or_default();
    let entry = lines.iter().filter(|line| matches!(line.kind, TierLine::OnEntry(_)));
    let every = lines.iter().filter(|line| matches!(line.kind, TierLine::Every(..)));
    entry.chain(every).map(|line| line.span).collect()
}

/// T604: a term that is over before a full window can be collected, so that nobody keeps a level.
fn short_term(tree: &Tree<'_>, tiers: &Tiers, block: Found<'_, TiersBlock>) -> Option<Diagnostic> {
    let plus = |plus: Option<(Duration, Option<Tail>)>| {
        plus.map_or(0, |(length, tail)| windows::days_at_most(length) + if tail.is_some() { 366 } else { 0 })
    };
    let window = tiers.period()?;
    let (shortest, _) = windows::lengths(window)?;
    let (longest, same_end) = match tiers.keep {
        Keep::Forever => return None,
        Keep::UntilEndOf { period, next, plus: more } => {
            let (_, longest) = windows::lengths(period)?;
            let periods = if next { 2 } else { 1 };
            let same_end = !next && more.is_none() && period == window && period != Period::Day;
            (longest * periods + plus(more), same_end)
        }
        Keep::For(length, tail) => (plus(Some((length, tail))), false),
    };
    let grace = tiers.grace.map_or(0, windows::days_at_most);
    if longest + grace >= shortest && (!same_end || grace > 0) {
        return None;
    }
    let keep = block.place(|line| {
        matches!(line, TiersLine::KeepUntil { .. } | TiersLine::KeepFor { .. } | TiersLine::KeepForever)
    });
    let (count, window) = block.node.lines.iter().find_map(|line| match &line.kind {
        TiersLine::Count { window, .. } => Some((line.span, window_text(tree, window))),
        _ => None,
    })?;
    let label =
        if same_end { "ends with the same".to_owned() + " " + &window } else { "is over earlier".to_owned() };
    Some(
        Diagnostic::new(Code::T604, keep, "a level ends before it could be earned again")
            .label(label)
            .other(count, format!("counted over one {window}"))
            .help(format!("keep it longer, for example `keep until end of next {window}`")),
    )
}

/// The words of a window.
fn window_text(tree: &Tree<'_>, window: &CountWindow) -> String {
    match window {
        CountWindow::Period(period) => tree.text(period.span),
        CountWindow::Rolling(length) | CountWindow::Since(length) => tree.text(length.span),
    }
}
