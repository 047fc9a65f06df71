//! Rules that meet: two base rates for the same item, exceptions of exceptions, bonuses that push each other out.

use super::boxes::{Example, Meet, Region, TooComplex};
use super::profiles::{Gives, Profile, Profiles, groups};
use super::say;
use super::tree::{Found, Tree};
use crate::calendar::Date;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Combine, Effect, Factor, GroupId, Program, Rule, RuleId, RuleKind, Validity};
use crate::syntax::ast::{self, Give, RuleBlock, RuleLine};
use std::collections::{BTreeMap, BTreeSet};

/// More exceptions than this are not subtracted from the place where two base rates meet.
const EXCEPTIONS_MOST: usize = 256;

/// Findings about rules that meet.
pub(super) fn overlaps(program: &Program, tree: &Tree<'_>, profiles: &mut Profiles<'_>) -> Vec<Diagnostic> {
    let mut found = circles(program, tree);
    let replaced = replacers(program);
    found.extend(double_exceptions(program, tree, profiles, &replaced));
    found.extend(double_rates(program, tree, profiles, &replaced));
    found.extend(lonely_groups(program, tree));
    found.extend(exclusive_pairs(program, tree, profiles));
    found.extend(added_multipliers(program, tree, profiles));
    found
}

/// Rules that have a finding of a kind already. A pair of two such rules is not told any more, so that there are never
/// more findings than rules.
#[derive(Debug, Default)]
struct Told(BTreeSet<RuleId>);

impl Told {
    fn both(&self, one: RuleId, two: RuleId) -> bool {
        self.0.contains(&one) && self.0.contains(&two)
    }

    fn add(&mut self, one: RuleId, two: RuleId) {
        self.0.extend([one, two]);
    }
}

fn rule(program: &Program, id: RuleId) -> Option<&Rule> {
    program.rules.get(id.index())
}

/// The blocks of two rules, the earlier in the text first.
fn blocks<'a>(
    program: &Program,
    tree: &Tree<'a>,
    one: RuleId,
    two: RuleId,
) -> Option<[Found<'a, RuleBlock>; 2]> {
    let mut both = [tree.rule(&rule(program, one)?.name)?, tree.rule(&rule(program, two)?.name)?];
    both.sort_by_key(|found| found.head);
    Some(both)
}

/// By whom each rule is replaced.
fn replacers(program: &Program) -> BTreeMap<RuleId, Vec<RuleId>> {
    let mut replaced: BTreeMap<RuleId, Vec<RuleId>> = BTreeMap::new();
    for (place, rule) in program.rules.iter().enumerate() {
        for other in &rule.replaces {
            replaced.entry(*other).or_default().push(RuleId(place as u32));
        }
    }
    replaced
}

fn replaces_line(tree: &Tree<'_>, name: &str, other: &str) -> Option<Span> {
    let found = tree.rule(name)?;
    Some(found.place(|line| matches!(line, RuleLine::Replaces(replaced) if replaced.text == other)))
}

/// S303: rules that replace each other in a circle. Each circle is told once, from its first rule.
fn circles(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut done: BTreeSet<RuleId> = BTreeSet::new();
    for place in 0..program.rules.len() as u32 {
        let start = RuleId(place);
        if done.contains(&start) {
            continue;
        }
        let Some(circle) = circle_from(program, start) else { continue };
        done.extend(circle.iter().copied());
        let name = |id: &RuleId| rule(program, *id).map_or("", |rule| &rule.name);
        let lines: Vec<(Span, &str)> = circle
            .iter()
            .zip(circle.iter().cycle().skip(1))
            .filter_map(|(id, next)| Some((replaces_line(tree, name(id), name(next))?, name(id))))
            .collect();
        let Some((last, others)) = lines.split_last() else { continue };
        let message = if others.is_empty() {
            "this rule replaces itself"
        } else {
            "these rules replace each other in a circle"
        };
        let mut finding = Diagnostic::new(Code::S303, last.0, message).help("remove one of these lines");
        if !others.is_empty() {
            finding = finding.label("and here the circle closes");
        }
        for (span, name) in others {
            finding = finding.other(*span, format!("`{name}` is instead of another rule"));
        }
        found.push(finding);
    }
    found
}

/// The shortest way along `replaces` from a rule back to itself.
fn circle_from(program: &Program, start: RuleId) -> Option<Vec<RuleId>> {
    let mut came_from: BTreeMap<RuleId, RuleId> = BTreeMap::new();
    let mut next = std::collections::VecDeque::from([start]);
    while let Some(at) = next.pop_front() {
        for to in &rule(program, at)?.replaces {
            if *to == start {
                let mut circle = vec![at];
                let mut back = at;
                while let Some(before) = came_from.get(&back) {
                    circle.push(*before);
                    back = *before;
                }
                circle.reverse();
                return Some(circle);
            }
            if !came_from.contains_key(to) {
                came_from.insert(*to, at);
                next.push_back(*to);
            }
        }
    }
    None
}

fn same_group(one: &Rule, two: &Rule) -> bool {
    matches!((one.combine, two.combine), (Combine::BestOf(a), Combine::BestOf(b)) if a == b)
}

fn one_replaces_other(one: &Profile<'_>, two: &Profile<'_>) -> bool {
    one.rule.replaces.contains(&two.id) || two.rule.replaces.contains(&one.id)
}

/// S303: two rules that replace the same rule for the same item.
fn double_exceptions(
    program: &Program,
    tree: &Tree<'_>,
    profiles: &mut Profiles<'_>,
    replaced: &BTreeMap<RuleId, Vec<RuleId>>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (target, by) in replaced {
        let mut told = Told::default();
        for gives in [Gives::Items, Gives::Event] {
            let of_kind = |id: &RuleId| profiles.get(*id).is_some_and(|profile| profile.gives() == gives);
            let by: Vec<RuleId> = by.iter().copied().filter(of_kind).collect();
            let pairs = profiles.pairs(&by, gives, |one, two| {
                !one_replaces_other(one, two) && !same_group(one.rule, two.rule)
            });
            for (one, two) in pairs {
                if told.both(one, two) {
                    continue;
                }
                let Meet::Can(example) = profiles.meeting(one, two, gives) else { continue };
                told.add(one, two);
                found.extend(double_exception(program, tree, (one, two, *target), gives, &example));
            }
        }
    }
    found
}

fn double_exception(
    program: &Program,
    tree: &Tree<'_>,
    (one, two, target): (RuleId, RuleId, RuleId),
    gives: Gives,
    example: &Example,
) -> Option<Diagnostic> {
    let target = &rule(program, target)?.name;
    let [first, second] = blocks(program, tree, one, two)?;
    let line = |found: &Found<'_, RuleBlock>| replaces_line(tree, &found.node.name.text, target);
    let what = if gives == Gives::Items { "item" } else { "event" };
    let on = rule(program, one)?.on;
    Some(
        Diagnostic::new(
            Code::S303,
            line(&second)?,
            format!("two rules replace `{target}` for the same {what}"),
        )
        .label(format!("`{}` does so too", second.node.name.text))
        .other(line(&first)?, format!("`{}` is instead of it", first.node.name.text))
        .note(format!("example: {} would get both", subject(program, on, gives, example)))
        .help(format!(
            "let the conditions exclude each other, or add `replaces {}` to `{}`",
            say::written(&first.node.name.text),
            second.node.name.text
        )),
    )
}

/// What an example is about: an item, or an event.
fn subject(program: &Program, on: crate::program::EventKindId, gives: Gives, example: &Example) -> String {
    let what = match gives {
        Gives::Items => say::item(program, example),
        Gives::Event => say::with_article(say::event(program, on)),
    };
    format!("{what}{}", say::circumstances(program, on, example))
}

/// S302: two base rates for the same item, or the same event.
fn double_rates(
    program: &Program,
    tree: &Tree<'_>,
    profiles: &mut Profiles<'_>,
    replaced: &BTreeMap<RuleId, Vec<RuleId>>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let groups = groups(profiles, |rule| rule.kind == RuleKind::Earn && rule.effect.unit().is_some());
    for ((_, _, gives), rules) in groups {
        let mut told = Told::default();
        let pairs = profiles.pairs(&rules, gives, |one, two| {
            // two rules that replace the same one have been told already
            let both = one.rule.replaces.iter().any(|other| two.rule.replaces.contains(other));
            !both && !one_replaces_other(one, two) && !same_group(one.rule, two.rule)
        });
        for (one, two) in pairs {
            if told.both(one, two) {
                continue;
            }
            let Ok(region) = without_exceptions(profiles, (one, two), gives, replaced) else {
                told.add(one, two);
                found.extend(not_compared(program, tree, one, two));
                continue;
            };
            let Some(on) = rule(program, one).map(|rule| rule.on) else { continue };
            let Meet::Can(example) = profiles.space.meeting(&region, on) else { continue };
            told.add(one, two);
            found.extend(double_rate(program, tree, (one, two), gives, &example));
        }
    }
    found
}

/// D507: whether two base rates meet is too complex to tell.
fn not_compared(program: &Program, tree: &Tree<'_>, one: RuleId, two: RuleId) -> Option<Diagnostic> {
    let [first, second] = blocks(program, tree, one, two)?;
    Some(
        Diagnostic::new(Code::D507, second.head, "this is too complex to be checked")
            .label(format!("and `{}` may meet", second.node.name.text))
            .other(first.head, format!("`{}`", first.node.name.text))
            .note("effect: an item that both are for would earn both, and nobody looked for one")
            .help("if one is meant instead of the other, write `replaces`; otherwise nothing has to be done"),
    )
}

/// Where two rules meet, without what other rules replace there.
fn without_exceptions(
    profiles: &mut Profiles<'_>,
    (one, two): (RuleId, RuleId),
    gives: Gives,
    replaced: &BTreeMap<RuleId, Vec<RuleId>>,
) -> Result<Region, TooComplex> {
    let mut region = profiles.common(one, two, gives)?;
    let by = [one, two].into_iter().filter_map(|id| replaced.get(&id)).flatten();
    let near = |id: &&RuleId| {
        let of = |other| profiles.get(other);
        let (Some(by), Some(one), Some(two)) = (of(**id), of(one), of(two)) else { return true };
        profiles.may_meet(by, one, gives) && profiles.may_meet(by, two, gives)
    };
    let by: Vec<RuleId> = by.filter(near).copied().collect();
    if by.len() > EXCEPTIONS_MOST {
        return Err(TooComplex);
    }
    for id in by {
        let outside = profiles.outside(id, gives == Gives::Items)?;
        region = region.meet(&outside)?;
    }
    Ok(region)
}

fn double_rate(
    program: &Program,
    tree: &Tree<'_>,
    (one, two): (RuleId, RuleId),
    gives: Gives,
    example: &Example,
) -> Option<Diagnostic> {
    let [first, second] = blocks(program, tree, one, two)?;
    let on = rule(program, one)?.on;
    let (message, example) = match gives {
        Gives::Items => ("two base rates for the same item".to_owned(), subject(program, on, gives, example)),
        Gives::Event => {
            let event = say::event(program, on);
            (format!("two base rates for the same {event}"), subject(program, on, gives, example))
        }
    };
    let sum = sum(tree, first, second).map_or_else(String::new, |sum| format!(", {sum}"));
    // the one that is narrower is more likely the exception
    let narrow = |found: &Found<'_, RuleBlock>| found.items().is_some() || found.when().is_some();
    let (normal, exception) =
        if narrow(&first) && !narrow(&second) { (second, first) } else { (first, second) };
    Some(
        Diagnostic::new(Code::S302, second.head, message)
            .label(gives_what(tree, second, gives))
            .other(first.head, gives_what(tree, first, gives))
            .note(format!("example: {example} would earn both{sum}"))
            .help(format!(
                "if `{}` is meant instead of the normal rate, add `replaces {}`\nif it is meant on top, make it a `bonus`",
                exception.node.name.text,
                say::written(&normal.node.name.text)
            )),
    )
}

/// `gives 1 punkt per 1 EUR for every item`
fn gives_what(tree: &Tree<'_>, rule: Found<'_, RuleBlock>, gives: Gives) -> String {
    let text = tree.text(rule.gives());
    let mut text = text.replacen("give ", "gives ", 1);
    match (rule.items(), gives) {
        (Some(cond), Gives::Items) => {
            text.push_str(" for items where ");
            text.push_str(&tree.text(cond.span()));
        }
        (None, Gives::Items) if rule.when().is_none() => text.push_str(" for every item"),
        _ => {}
    }
    if let Some(when) = rule.when() {
        text.push_str(" when ");
        text.push_str(&tree.text(when.span()));
    }
    text
}

/// What two rates with the same step give together: `4 punkte per 1 EUR`.
fn sum(tree: &Tree<'_>, one: Found<'_, RuleBlock>, two: Found<'_, RuleBlock>) -> Option<String> {
    let give = |found: Found<'_, RuleBlock>| {
        let line = found.lines(|line| matches!(line, RuleLine::Give(_))).next()?;
        let RuleLine::Give(Give::Per { amount, .. } | Give::Flat(amount)) = &line.kind else { return None };
        let text = tree.text(line.span);
        let rest = text.split_once(" per ").map_or_else(String::new, |(_, rest)| format!(" per {rest}"));
        Some((amount.number.value, amount.unit.text.clone(), rest))
    };
    let (one, two) = (give(one)?, give(two)?);
    let together = one.0.checked_add(two.0)?.normalize();
    // the plural of both is the longer way of writing
    let unit = if one.1.len() >= two.1.len() { one.1 } else { two.1 };
    (one.2 == two.2).then(|| format!("{together} {}{}", say::written(&unit), one.2))
}

/// S305: a group of one rule.
fn lonely_groups(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<GroupId, Vec<&Rule>> = BTreeMap::new();
    for rule in &program.rules {
        if let Combine::BestOf(group) = rule.combine {
            groups.entry(group).or_default().push(rule);
        }
    }
    let lonely = groups.values().filter_map(|rules| match rules.as_slice() {
        [rule] => Some(*rule),
        _ => None,
    });
    let finding = |rule: &Rule| {
        let found = tree.rule(&rule.name)?;
        let line = found.lines(|line| matches!(line, RuleLine::Combine(_))).next()?;
        let RuleLine::Combine(ast::Combine::BestOf(group)) = &line.kind else { return None };
        let help = match rule.kind {
            RuleKind::Bonus => "name the group in another bonus too, or write `combine add`",
            RuleKind::Earn => "name the group in another rule too, or remove the line",
        };
        Some(
            Diagnostic::new(Code::S305, line.span, format!("only one rule is in the group `{}`", group.text))
                .label("the best of one is always this one")
                .help(help),
        )
    };
    lonely.filter_map(finding).collect()
}

/// S306: two exclusive bonuses of one kind that can meet.
fn exclusive_pairs(program: &Program, tree: &Tree<'_>, profiles: &mut Profiles<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let groups = groups(profiles, |rule| rule.combine == Combine::Exclusive);
    for ((on, _, gives), rules) in groups {
        let mut told = Told::default();
        for (one, two) in profiles.pairs(&rules, gives, |_, _| true) {
            if told.both(one, two) {
                continue;
            }
            let Meet::Can(example) = profiles.meeting(one, two, gives) else { continue };
            let Some([first, second]) = blocks(program, tree, one, two) else { continue };
            told.add(one, two);
            let line = |found: Found<'_, RuleBlock>| found.place(|line| matches!(line, RuleLine::Combine(_)));
            let what = if gives == Gives::Items { "item" } else { say::event(program, on) };
            found.push(
                Diagnostic::new(
                    Code::S306,
                    line(second),
                    format!("two exclusive bonuses can meet on one {what}"),
                )
                .label(format!("`{}` wants to be alone", second.node.name.text))
                .other(line(first), format!("and so does `{}`", first.node.name.text))
                .note(format!("example: {}", subject(program, on, gives, &example)))
                .note("effect: there the larger one counts and the other is lost")
                .help("if that is meant, write `combine best of …` with the same group in both"),
            );
        }
    }
    found
}

/// D504: two dated multipliers that add up while both run.
fn added_multipliers(program: &Program, tree: &Tree<'_>, profiles: &mut Profiles<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let groups = groups(profiles, |rule| {
        rule.combine == Combine::Add
            && matches!(rule.effect, Effect::Multiply { .. })
            && matches!(rule.valid, Validity::Days(..) | Validity::Minutes { .. })
    });
    for ((_, _, gives), rules) in groups {
        let mut told = Told::default();
        for (one, two) in profiles.pairs(&rules, gives, |_, _| true) {
            if !told.both(one, two) && matches!(profiles.meeting(one, two, gives), Meet::Can(_)) {
                let finding = added(program, tree, one, two);
                if finding.is_some() {
                    told.add(one, two);
                }
                found.extend(finding);
            }
        }
    }
    found
}

fn added(program: &Program, tree: &Tree<'_>, one: RuleId, two: RuleId) -> Option<Diagnostic> {
    let (mine, theirs) = (rule(program, one)?, rule(program, two)?);
    let [first, second] = blocks(program, tree, one, two)?;
    let (from, to) = common_days(mine.valid, theirs.valid)?;
    let days = if to == Date::MAX { format!("from {from} on") } else { format!("from {from} to {to}") };
    let effect = match (largest_factor(mine), largest_factor(theirs)) {
        (Some(mine), Some(theirs)) => {
            let (large, small) = if mine >= theirs { (mine, theirs) } else { (theirs, mine) };
            let one = rust_decimal::Decimal::ONE;
            let both = one.checked_add(large)?.checked_add(small)?;
            format!(
                "effect: {days} both count: 1 + {large} + {small} = {} times, and alone at most {} times",
                both.normalize(),
                one.checked_add(large)?.normalize()
            )
        }
        _ => format!("effect: {days} both count"),
    };
    let valid = |found: Found<'_, RuleBlock>| found.valid().unwrap_or(found.head);
    Some(
        Diagnostic::new(Code::D504, valid(second), "two bonuses run at the same time and add up")
            .label(format!("`{}` runs here", second.node.name.text))
            .other(valid(first), format!("and `{}` runs here", first.node.name.text))
            .note(effect)
            .help("if only the better one is meant, write `combine best of …` with the same group in both"),
    )
}

/// The extra of a multiplier as a decimal, the largest of a table.
fn largest_factor(rule: &Rule) -> Option<rust_decimal::Decimal> {
    let Effect::Multiply { factor, .. } = &rule.effect else { return None };
    let decimal = |num: i128, den: i128| {
        let ratio = |value| rust_decimal::Decimal::try_from_i128_with_scale(value, 0).ok();
        ratio(num)?.checked_div(ratio(den)?).map(|value| value.normalize())
    };
    match factor {
        Factor::Fixed(num, den) => decimal(*num, *den),
        Factor::Table(table) => table.rows.iter().filter_map(|(_, (num, den))| decimal(*num, *den)).max(),
    }
}

fn common_days(one: Validity, two: Validity) -> Option<(Date, Date)> {
    let days = |valid| match valid {
        Validity::Days(from, to) => Some((from, to)),
        Validity::Minutes { from, to } => Some((from.0, to.0)),
        Validity::Always | Validity::EveryYear(..) => None,
    };
    let (one, two) = (days(one)?, days(two)?);
    Some((one.0.max(two.0), one.1.min(two.1)))
}
