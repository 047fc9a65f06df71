//! Caps that do not do what they seem to do.

use super::boxes::Meet;
use super::game_cap_limits::unreached_game_caps;
use super::profiles::{Gives, Profiles, gives};
use super::say;
use super::tree::Tree;
use super::windows::{self, Bound, Limit, Stretch};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    Award, AwardThing, Cap, CapId, CapLimit, CapWindow, Effect, EventKindId, NumSubject, Program, Rule,
    RuleId, RuleKind, StampPer, Test,
};
use crate::syntax::ast::CardLine;

/// Findings about caps.
pub(super) fn caps(program: &Program, tree: &Tree<'_>, profiles: &mut Profiles<'_>) -> Vec<Diagnostic> {
    let mut found = small_caps(program, tree);
    found.extend(small_card_caps(program, tree));
    found.extend(unreached_caps(program, tree));
    found.extend(unreached_card_caps(program, tree));
    found.extend(unreached_game_caps(program, tree));
    found.extend(uncapped_multipliers(program, tree, profiles));
    found.extend(free_awards(program, tree));
    found
}

fn place(tree: &Tree<'_>, cap: &Cap) -> Option<Span> {
    tree.cap(&cap.name, cap.shared, &cap.text)
}

/// `per month`, as it is written.
fn window_text(cap: &Cap) -> String {
    let words = cap.text.split_once(" per ").map_or("", |(_, rest)| rest);
    // a shared cap names its rules behind
    let words = words.split_once(" on ").map_or(words, |(window, _)| window);
    format!("per {words}")
}

/// C401: a cap that is smaller than one award of a rule that it covers. Each cap is told once.
fn small_caps(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for cap in &program.caps {
        let CapLimit::Amount(thing, most) = cap.limit else { continue };
        let small = cap.rules.iter().filter_map(|id| program.rules.get(id.index())).find_map(|rule| {
            let award = single_award(rule)?;
            (award > most).then_some((rule, award))
        });
        let Some((rule, award)) = small else { continue };
        let (Some(span), Some(block)) = (place(tree, cap), tree.rule(&rule.name)) else { continue };
        let event = say::event(program, rule.on);
        let (allowed, each) = (say::number_of(program, thing, most), say::number_of(program, thing, award));
        let window = window_text(cap);
        let effect = match cap.window {
            CapWindow::Event => format!("effect: each {event} gives {allowed}"),
            CapWindow::Period(_) => {
                let of = window.replacen("per ", "of a ", 1).replace("of a lifetime", "of all");
                format!("effect: the first {event} {of} gives {allowed}, all others nothing")
            }
        };
        found.push(
            Diagnostic::new(Code::C401, span, "the cap is smaller than one award")
                .label(format!("but only {allowed} {window} are allowed"))
                .other(block.gives(), format!("each {event} gives {each}"))
                .note(effect)
                .help(format!("raise the cap to at least {each}, or write `cap 1 time {window}`")),
        );
    }
    found
}

/// What a rule gives at once, at least if it gives anything.
fn single_award(rule: &Rule) -> Option<i64> {
    match &rule.effect {
        Effect::Flat(award) => Some(award.amount),
        _ => rule.at_least,
    }
}

/// C401 of cards.
fn small_card_caps(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for card in program.cards.iter().filter(|card| card.per == StampPer::Event) {
        let Some(block) = tree.card(&card.name) else { continue };
        for cap in card.caps.iter().filter_map(|id| program.caps.get(id.index())) {
            let CapLimit::Stamps(most) = cap.limit else { continue };
            let Some(span) = place(tree, cap).filter(|_| most < card.stamps) else { continue };
            let (event, window) = (say::event(program, card.on), window_text(cap));
            found.push(
                Diagnostic::new(Code::C401, span, "the cap is smaller than one award")
                    .label(format!("but only {most} {window} are allowed"))
                    .other(
                        block.place(|line| matches!(line, CardLine::Stamp { .. })),
                        format!("each {event} gives {}", card.stamps),
                    )
                    .note(format!("effect: no {event} ever gives {}", card.stamps))
                    .help(format!("raise the cap to at least {}, or give fewer stamps", card.stamps)),
            );
        }
    }
    found
}

/// C402: a cap that can never be reached.
fn unreached_caps(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, cap) in (0..).map(CapId).zip(&program.caps) {
        // what one member cannot reach, several can together
        if cap.rules.is_empty() || cap.per_account {
            continue;
        }
        let mut total = Bound { most: 0, why: Limit::Once };
        let mut rules = cap.rules.iter().filter_map(|id| program.rules.get(id.index()));
        let bounded = rules.try_for_each(|rule| {
            let stretch = Stretch::from(cap.window);
            let bound = match cap.limit {
                CapLimit::Times(_) => windows::firings(program, rule, stretch, Some(id))?,
                CapLimit::Amount(..) => windows::amounts(program, rule, stretch, Some(id))?,
                CapLimit::Spend(_) => windows::spends(program, rule, stretch, Some(id))?,
                CapLimit::Stamps(_) | CapLimit::Given(_) => return None,
            };
            total = Bound { most: total.most.checked_add(bound.most)?, why: bound.why };
            Some(())
        });
        if bounded.is_some() && total.most < cap.limit.most() {
            found.extend(unreached(program, tree, cap, total));
        }
    }
    found
}

fn counted(program: &Program, limit: CapLimit, number: i64) -> String {
    match limit {
        CapLimit::Times(_) if number == 1 => "1 time".to_owned(),
        CapLimit::Times(_) => format!("{} times", say::grouped(number)),
        CapLimit::Amount(thing, _) => say::amount(program, thing, number),
        CapLimit::Spend(_) => format!("{} {} of spend", say::scaled(number, 6), program.currency),
        CapLimit::Given(_) => format!("{} {}", say::scaled(number, 6), program.currency),
        CapLimit::Stamps(_) if number == 1 => "1 stamp".to_owned(),
        CapLimit::Stamps(_) => format!("{} stamps", say::grouped(number)),
    }
}

pub(super) fn unreached(program: &Program, tree: &Tree<'_>, cap: &Cap, bound: Bound) -> Option<Diagnostic> {
    let most = counted(program, cap.limit, bound.most);
    let window = window_text(cap);
    let mut finding = Diagnostic::new(Code::C402, place(tree, cap)?, "this cap can never be reached")
        .label(format!("at most {most} {window} can be reached"))
        .help(format!("lower it below {most}, or remove it"));
    let only_rule = match &*cap.rules {
        [id] => program.rules.get(id.index()),
        _ => None,
    };
    let why = match bound.why {
        Limit::Cap(id) => program.caps.get(id.index()).and_then(|other| place(tree, other)),
        Limit::Award => only_rule.and_then(|rule| tree.rule(&rule.name)).map(|block| block.gives()),
        Limit::Once => None,
    };
    if let Some(span) = why {
        finding = finding.other(span, "because of this");
    } else if let Some(rule) = only_rule {
        let event = say::event(program, rule.on);
        let note = if rule.on == EventKindId::JOINING {
            "effect: it changes nothing, because a member joins once".to_owned()
        } else {
            format!("effect: it changes nothing, because the rule fires once for each {event}")
        };
        finding = finding.note(note);
    }
    Some(finding)
}

/// C402 of cards.
fn unreached_card_caps(program: &Program, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for card in &program.cards {
        for id in &card.caps {
            let Some(cap) = program.caps.get(id.index()) else { continue };
            let CapLimit::Stamps(most) = cap.limit else { continue };
            let others = card.caps.iter().filter(|other| *other != id).filter_map(|other| {
                // what has a counter for each value bounds no sum over all values
                let known = program.caps.get(other.index()).filter(|cap| cap.each.is_none())?;
                // what each member may have is no bound of what all have together
                let (limit, window) =
                    Some((known.limit, known.window)).filter(|_| known.per_account || !cap.per_account)?;
                let (CapLimit::Stamps(most), CapWindow::Period(inner)) = (limit, window) else { return None };
                let windows = windows::windows_in(cap.window.into(), inner)?;
                Some(Bound { most: most.checked_mul(windows)?, why: Limit::Cap(*other) })
            });
            let once = (cap.window == CapWindow::Event && card.per == StampPer::Event)
                .then_some(Bound { most: card.stamps, why: Limit::Once });
            let bound = others.chain(once).min_by_key(|bound| bound.most);
            if let Some(bound) = bound.filter(|bound| bound.most < most) {
                found.extend(unreached(program, tree, cap, bound));
            }
        }
    }
    found
}

/// C403: a capped base whose multiplier has no cap. One finding a program.
fn uncapped_multipliers(
    program: &Program,
    tree: &Tree<'_>,
    profiles: &mut Profiles<'_>,
) -> Option<Diagnostic> {
    let ids = || (0..).map(RuleId).zip(&program.rules);
    let bonuses: Vec<(RuleId, &Rule)> = ids()
        .filter(|(_, rule)| {
            let free = rule.caps.is_empty() && rule.spend_caps.is_empty();
            free && matches!(rule.effect, Effect::Multiply { .. })
        })
        .collect();
    let bases = ids().filter(|(_, rule)| rule.kind == RuleKind::Earn && !rule.caps.is_empty());
    for (base_id, base) in bases {
        for (bonus_id, bonus) in &bonuses {
            if bonus.on != base.on || bonus.effect.thing() != base.effect.thing() {
                continue;
            }
            let on_event = gives(&base.effect) == Gives::Event;
            if on_event && bonus.items.is_some() {
                continue;
            }
            let meeting = if on_event { Gives::Event } else { Gives::Items };
            if !matches!(profiles.meeting(base_id, *bonus_id, meeting), Meet::Can(_)) {
                continue;
            }
            let cap = base.caps.iter().find_map(|id| program.caps.get(id.index()))?;
            let block = tree.rule(&bonus.name)?;
            return Some(
                Diagnostic::new(
                    Code::C403,
                    block.gives(),
                    "the base is capped, but what multiplies it is not",
                )
                .label(format!("`{}` has no cap", bonus.name))
                .other(place(tree, cap)?, format!("`{}` stops here", base.name))
                .note("effect: the extra goes on growing after the base has reached its cap")
                .help(format!(
                    "give `{}` a cap of its own, or put both under one: `cap …: … on [{}, {}]`",
                    bonus.name,
                    say::written(&base.name),
                    say::written(&bonus.name)
                )),
            );
        }
    }
    None
}

/// C404: awards for events that a member can repeat as often as he likes. One finding a program.
fn free_awards(program: &Program, tree: &Tree<'_>) -> Option<Diagnostic> {
    let free = |rule: &&Rule| {
        rule.on > EventKindId::JOINING
            && rule.on.moment().is_none()
            && matches!(rule.effect, Effect::Flat(_) | Effect::FlatTable { .. })
            && rule.effect.thing().is_some_and(|thing| has_value(program, thing))
            && rule.caps.is_empty()
            && !rule.when.as_ref().is_some_and(asks_history)
    };
    let mut places: Vec<(Span, &Rule, Span)> = program
        .rules
        .iter()
        .filter(free)
        .filter_map(|rule| tree.rule(&rule.name).map(|block| (block.head, rule, block.gives())))
        .collect();
    places.sort_by_key(|(head, ..)| *head);
    let ((_, rule, gives), others) = places.split_first()?;
    let event = say::event(program, rule.on);
    let award = match &rule.effect {
        Effect::Flat(Award { thing, amount }) => {
            format!("each {event} gives {}", say::amount(program, *thing, *amount))
        }
        _ => format!("each {event} gives something"),
    };
    let mut finding = Diagnostic::new(Code::C404, *gives, "this award has no cap")
        .label(award)
        .note(format!("effect: a member who sends a hundred {event} events gets it a hundred times"))
        .help(
            "if the event does not cost the member anything, add a cap, for example `cap 3 times per month`",
        );
    if !others.is_empty() {
        let names: Vec<String> =
            others.iter().take(5).map(|(_, rule, _)| format!("`{}`", rule.name)).collect();
        let more = others.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        finding = finding.note(format!("the same holds for {}{more}", say::listed(&names)));
    }
    Some(finding)
}

/// Status units buy nothing, so counting stays and nights without a cap is normal.
fn has_value(program: &Program, thing: AwardThing) -> bool {
    match thing {
        AwardThing::Voucher(_) | AwardThing::Choice(_) => true,
        AwardThing::Unit(unit) => program
            .units
            .get(unit.index())
            .is_some_and(|unit| unit.kind == crate::program::UnitKind::Spendable),
    }
}

/// Whether a condition asks the past, which may be a limit of its own.
fn asks_history(test: &Test) -> bool {
    match test {
        Test::And(parts) | Test::Or(parts) => parts.iter().any(asks_history),
        Test::Not(inner) | Test::AnyItem(inner) => asks_history(inner),
        Test::Num(subject, ..) | Test::NumIn(subject, _) => matches!(subject, NumSubject::Meter(..)),
        Test::Since(_) => true,
        _ => false,
    }
}
