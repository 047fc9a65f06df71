//! Conditions that never hold, or always.

use super::boxes::{Key, Meet, NumKey, Region, Space, TooComplex, Want};
use super::say;
use super::tree::Tree;
use crate::calendar::Date;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Counts, EventKindId, MilestoneCount, Program, Test, Validity};
use crate::syntax::ast::{
    CardLine, ChallengeLine, Cond, DonateLine, MilestonesLine, RuleLine, StreakLine, TaskItems,
};

/// One thing that must hold for a rule to fire.
struct Part<'a> {
    span: Span,
    /// The condition; none for `valid`.
    test: Option<&'a Test>,
    region: Region,
}

/// What a rule, a card or a donation asks for.
struct Asked<'a> {
    on: EventKindId,
    valid: (Validity, Option<Span>),
    when: Option<(&'a Test, &'a Cond)>,
    items: Option<(&'a Test, &'a Cond)>,
    /// `rule`, `card`, `donation` or `referral`.
    word: &'static str,
}

/// D501 and D502 of all rules, cards and donations.
pub(super) fn conditions<'a>(
    program: &'a Program,
    tree: &Tree<'a>,
    space: &mut Space<'a>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in &program.rules {
        let Some(block) = tree.rule(&rule.name) else { continue };
        let asked = Asked {
            on: rule.on,
            valid: (rule.valid, block.valid()),
            when: written_when(
                rule.when.as_ref(),
                block.node.lines.iter().any(|line| matches!(line.kind, RuleLine::AtPartner(_))),
            )
            .zip(block.when()),
            items: rule.items.as_ref().zip(block.items()),
            word: "rule",
        };
        let head = block.place(|line| matches!(line, RuleLine::Valid(_)));
        found.extend(findings(program, space, &asked, head));
    }
    for card in &program.cards {
        let Some(block) = tree.card(&card.name) else { continue };
        let cond = |wanted: fn(&CardLine) -> Option<&Cond>| {
            block.node.lines.iter().find_map(|line| wanted(&line.kind))
        };
        let when = cond(|line| if let CardLine::When(cond) = line { Some(cond) } else { None });
        let items = cond(|line| if let CardLine::ForItems(cond) = line { Some(cond) } else { None });
        let valid = block.lines(|line| matches!(line, CardLine::Valid(_))).next().map(|line| line.span);
        let asked = Asked {
            on: card.on,
            valid: (card.valid, valid),
            when: written_when(
                card.when.as_ref(),
                block.node.lines.iter().any(|line| matches!(line.kind, CardLine::AtPartner(_))),
            )
            .zip(when),
            items: card.items.as_ref().zip(items),
            word: "card",
        };
        found.extend(findings(program, space, &asked, block.head));
    }
    challenges(program, tree, space, &mut found);
    streaks(program, tree, space, &mut found);
    for donation in &program.donations {
        let Some(block) = tree.donation(&donation.name) else { continue };
        let asked = Asked {
            on: donation.on,
            valid: (donation.valid, block.valid()),
            when: written_when(
                donation.when.as_ref(),
                block.node.lines.iter().any(|line| matches!(line.kind, DonateLine::AtPartner(_))),
            )
            .zip(block.when()),
            items: donation.items.as_ref().zip(block.items()),
            word: "donation",
        };
        found.extend(findings(program, space, &asked, block.head));
    }
    found.extend(turnovers(program, tree, space));
    found.extend(milestones(program, tree, space));
    for referral in &program.referrals {
        let Some(block) = tree.referral(&referral.name) else { continue };
        let asked = Asked {
            on: EventKindId::JOINING,
            valid: (referral.valid, None),
            when: None,
            items: None,
            word: "referral",
        };
        found.extend(findings(program, space, &asked, block.head));
    }
    found
}

/// What the `when` line itself says: where `at partner` stands too, the last of both.
fn written_when(test: Option<&Test>, at_partner: bool) -> Option<&Test> {
    match test {
        Some(Test::And(parts)) if at_partner => parts.last(),
        _ => test,
    }
}

/// The same of awards and rebates.
fn turnovers<'a>(program: &'a Program, tree: &Tree<'a>, space: &mut Space<'a>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for award in &program.rebates {
        let Some(block) = tree.award(&award.name) else { continue };
        let asked = Asked {
            on: EventKindId::PURCHASE,
            valid: (award.valid, block.valid()),
            when: None,
            items: award.items.as_ref().zip(block.items()),
            word: "award",
        };
        found.extend(findings(program, space, &asked, block.head));
    }
    for rebate in &program.rebates {
        let Some(block) = tree.rebate(&rebate.name) else { continue };
        let asked = Asked {
            on: EventKindId::PURCHASE,
            valid: (rebate.valid, block.valid()),
            when: rebate.when.as_ref().zip(block.when()),
            items: rebate.items.as_ref().zip(block.items()),
            word: "rebate",
        };
        found.extend(findings(program, space, &asked, block.head));
    }
    found
}

/// The conditions of streaks.
fn streaks<'a>(program: &'a Program, tree: &Tree<'a>, space: &mut Space<'a>, found: &mut Vec<Diagnostic>) {
    for streak in &program.streaks {
        let Some(block) = tree.streak(&streak.name) else { continue };
        let lines = &block.node.lines;
        let valid = lines.iter().find(|line| matches!(line.kind, StreakLine::Valid(_)));
        let when = lines.iter().find_map(|line| match &line.kind {
            StreakLine::When(cond) => Some(cond),
            _ => None,
        });
        let asked = Asked {
            on: streak.on,
            valid: (streak.valid, valid.map(|line| line.span)),
            when: streak.when.as_ref().zip(when),
            items: None,
            word: "streak",
        };
        found.extend(findings(program, space, &asked, block.head));
    }
}

/// The conditions of challenges, with the kind of event that each task counts. What counts with every event is not known
/// well enough.
fn challenges<'a>(program: &'a Program, tree: &Tree<'a>, space: &mut Space<'a>, found: &mut Vec<Diagnostic>) {
    for challenge in &program.challenges {
        let Some(block) = tree.challenge(&challenge.name) else { continue };
        let lines = &block.node.lines;
        let valid = lines.iter().find(|line| matches!(line.kind, ChallengeLine::Valid(_)));
        let when = lines.iter().find_map(|line| match &line.kind {
            ChallengeLine::When(cond) => Some(cond),
            _ => None,
        });
        let tasks = lines.iter().filter_map(|line| match &line.kind {
            ChallengeLine::Task(task) => Some((task, line.span)),
            _ => None,
        });
        let on = |counts: Counts| match counts {
            Counts::Spend | Counts::Items => Some(EventKindId::PURCHASE),
            Counts::Events(kind) => Some(kind),
            Counts::Unit(_) => None,
        };
        let asked =
            |on, when, items| Asked { on, valid: (challenge.valid, None), when, items, word: "challenge" };
        let first = challenge.tasks.iter().find_map(|task| Some((on(task.counts)?, task)));
        let of_all = first.and_then(|(_, task)| task.when.first().zip(when));
        let whole = asked(first.map_or(EventKindId::PURCHASE, |(on, _)| on), of_all, None);
        let whole = Asked { valid: (challenge.valid, valid.map(|line| line.span)), ..whole };
        found.extend(findings(program, space, &whole, block.head));
        for (task, (written, span)) in challenge.tasks.iter().zip(tasks) {
            let Some(on) = on(task.counts) else { continue };
            let (when, items) = match &written.of {
                None => continue,
                Some(TaskItems::When(cond)) => (task.when.last().map(|test| (test, cond)), None),
                Some(TaskItems::ForItems(cond)) => (None, task.items.as_ref().map(|test| (test, cond))),
            };
            found.extend(findings(program, space, &asked(on, when, items), span));
        }
    }
}

/// The same of milestones.
fn milestones<'a>(program: &'a Program, tree: &Tree<'a>, space: &mut Space<'a>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for block in &program.milestones {
        let Some(found_block) = tree.milestones(&block.name) else { continue };
        let lines = &found_block.node.lines;
        let valid = lines.iter().find(|line| matches!(line.kind, MilestonesLine::Valid(_)));
        let when = lines.iter().find_map(|line| match &line.kind {
            MilestonesLine::When(cond) => Some(cond),
            _ => None,
        });
        let items = lines.iter().find_map(|line| match &line.kind {
            MilestonesLine::ForItems(cond) => Some(cond),
            _ => None,
        });
        let on = match block.counts {
            MilestoneCount::Events(kind) => kind,
            _ => EventKindId::PURCHASE,
        };
        let asked = Asked {
            on,
            valid: (block.valid, valid.map(|line| line.span)),
            when: block.when.as_ref().zip(when),
            items: block.items.as_ref().zip(items),
            word: "milestone",
        };
        found.extend(findings(program, space, &asked, found_block.head));
    }
    found
}

/// All findings about what one of them asks for.
fn findings<'a>(
    program: &'a Program,
    space: &mut Space<'a>,
    asked: &Asked<'a>,
    head: Span,
) -> Vec<Diagnostic> {
    let found = match never(program, space, asked, head) {
        // nobody reads a hint about a condition of a rule that is refused anyhow
        Ok(Some(finding)) => Ok(vec![finding]),
        Ok(None) => always(program, space, asked),
        Err(TooComplex) => Err(TooComplex),
    };
    found.unwrap_or_else(|TooComplex| vec![too_complex(space, asked, head)])
}

/// D507: what is too complex is not guessed at.
fn too_complex<'a>(space: &mut Space<'a>, asked: &Asked<'a>, head: Span) -> Diagnostic {
    let mut tests = [asked.when, asked.items].into_iter().flatten();
    let is_complex =
        |space: &mut Space<'a>, test: &'a Test, want: Want| space.region(test, asked.on, 0, want).is_err();
    let found =
        tests.find(|(test, _)| is_complex(space, test, Want::True) || is_complex(space, test, Want::NotTrue));
    Diagnostic::new(
        Code::D507,
        found.map_or(head, |(_, cond)| cond.span()),
        "this is too complex to be checked",
    )
    .label("too many cases")
    .note(format!("effect: nobody looked whether the {} can fire and what it meets", asked.word))
    .help(format!(
        "the {0} works; split it into several, or name the values in a list, to have it checked",
        asked.word
    ))
}

/// The parts of a condition that are joined by `and`, each with its place.
fn conjuncts<'a>(test: &'a Test, cond: &Cond) -> Vec<(&'a Test, Span)> {
    if let (Test::And(tests), Cond::And(parts, _)) = (test, cond)
        && tests.len() == parts.len()
    {
        return tests.iter().zip(parts).map(|(test, part)| (test, part.span())).collect();
    }
    vec![(test, cond.span())]
}

fn parts<'a>(
    program: &Program,
    space: &mut Space<'a>,
    asked: &Asked<'a>,
) -> Result<Vec<Part<'a>>, TooComplex> {
    let mut parts = Vec::new();
    if let (valid, Some(span)) = asked.valid {
        parts.push(Part { span, test: None, region: space.valid_region(valid, program.day_starts) });
    }
    for (test, cond) in [asked.when, asked.items].into_iter().flatten() {
        for (test, span) in conjuncts(test, cond) {
            let region = space.region(test, asked.on, 0, Want::True)?;
            parts.push(Part { span, test: Some(test), region });
        }
    }
    parts.sort_by_key(|part| part.span);
    Ok(parts)
}

/// Whether no event lies in all of some regions.
fn is_never<'r>(
    space: &Space<'_>,
    regions: impl Iterator<Item = &'r Region>,
    on: EventKindId,
) -> Result<bool, TooComplex> {
    let mut all = Region::all();
    for region in regions {
        all = all.meet(region)?;
    }
    Ok(space.meeting(&all, on) == Meet::Never)
}

/// D501: what a rule asks for never comes together. Points at the fewest parts that already contradict each other.
fn never<'a>(
    program: &'a Program,
    space: &mut Space<'a>,
    asked: &Asked<'a>,
    head: Span,
) -> Result<Option<Diagnostic>, TooComplex> {
    let message = format!("this {} can never fire", asked.word);
    let valid = space.valid_region(asked.valid.0, program.day_starts);
    if is_never(space, [&valid].into_iter(), asked.on)? {
        let span = asked.valid.1.unwrap_or(head);
        let from = program.effective_from;
        let over = match asked.valid.0 {
            Validity::Days(_, last) => last < from,
            Validity::Minutes { to: (last, _), .. } => last <= from,
            Validity::Always | Validity::EveryYear(..) => false,
        };
        let (label, help) = if over {
            (format!("over before the program begins on {from}"), "extend the dates, or remove it")
        } else {
            ("there is no such time".to_owned(), "correct the dates")
        };
        return Ok(Some(Diagnostic::new(Code::D501, span, message).label(label).help(help)));
    }
    let parts = parts(program, space, asked)?;
    if !is_never(space, parts.iter().map(|part| &part.region), asked.on)? {
        return Ok(None);
    }
    let mut core: Vec<&Part<'_>> = parts.iter().collect();
    let mut place = 0;
    while place < core.len() {
        let rest = core.iter().enumerate().filter(|(other, _)| *other != place);
        if is_never(space, rest.map(|(_, part)| &part.region), asked.on)? {
            core.remove(place);
        } else {
            place += 1;
        }
    }
    Ok(contradiction(asked, &core, message))
}

fn contradiction(asked: &Asked<'_>, core: &[&Part<'_>], message: String) -> Option<Diagnostic> {
    let (last, others) = core.split_last()?;
    let dates = core.iter().all(|part| is_of_calendar(&part.region));
    let finding = Diagnostic::new(Code::D501, last.span, message);
    if others.is_empty() {
        return Some(
            finding
                .label("nothing that can happen meets this")
                .help(format!("correct the condition, or remove the {}", asked.word)),
        );
    }
    let label = if dates { "no day is left for this" } else { "this cannot hold together with the rest" };
    let mut finding = finding.label(label);
    for part in others {
        let text = match (part.test, asked.valid.0) {
            (None, Validity::Days(from, to)) if to < Date::MAX => {
                format!("from {} to {}", say::day(from), say::day(to))
            }
            (None, _) => "only then is it in force".to_owned(),
            (Some(_), _) => "because this must hold too".to_owned(),
        };
        finding = finding.other(part.span, text);
    }
    let help = if dates {
        "extend the dates or choose another day"
    } else {
        "change one of them; if either is enough, join them with `or`"
    };
    Some(finding.help(help))
}

fn is_of_calendar(region: &Region) -> bool {
    region.boxes().iter().flat_map(|bounds| bounds.iter()).all(|(var, _)| {
        matches!(
            var.key,
            Key::Num(NumKey::Day | NumKey::Weekday | NumKey::Month | NumKey::MonthDay | NumKey::Minute)
        )
    })
}

/// D502: conditions that hold for every event. Too complex only where nothing was found beside it.
fn always<'a>(
    program: &Program,
    space: &mut Space<'a>,
    asked: &Asked<'a>,
) -> Result<Vec<Diagnostic>, TooComplex> {
    let valid = space.valid_region(asked.valid.0, program.day_starts);
    let mut complex = false;
    let mut holds = |test: &'a Test| {
        let fails = space.region(test, asked.on, 0, Want::NotTrue);
        let holds = fails.and_then(|fails| is_never(space, [&valid, &fails].into_iter(), asked.on));
        complex |= holds.is_err();
        holds == Ok(true)
    };
    let mut found = Vec::new();
    for (test, cond) in [asked.when, asked.items].into_iter().flatten() {
        if holds(test) {
            found.push(always_true(cond.span(), "the whole line"));
            continue;
        }
        for (test, span) in conjuncts(test, cond) {
            if holds(test) {
                found.push(always_true(span, "this part"));
            }
        }
    }
    if complex && found.is_empty() { Err(TooComplex) } else { Ok(found) }
}

fn always_true(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::D502, span, "this condition is always true")
        .label("leaves nobody and nothing out")
        .help(format!("remove {what}, or correct it"))
}
