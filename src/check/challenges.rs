//! Challenges.

use super::facts::Thing;
use super::game_caps::Game;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::subjects::{Place, Scope};
use super::times;
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Award, Challenge, Counts, EventKindId, Measure, Task, Test, Validity};
use crate::syntax::ast::{
    self, Block, ChallengeBlock, ChallengeLine, Cond, Give, Goal, Name, Number, OncePer, TaskItems,
};

/// No event in particular: a condition that asks for its attributes has none.
pub(super) const ANY_EVENT: EventKindId = EventKindId(u32::MAX);

/// The lines of a challenge.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    when: Once<&'a Cond>,
    tasks: Vec<(&'a ast::Task, Span)>,
    /// Nothing for all of them.
    complete: Once<Option<Number>>,
    once: Once<&'a OncePer>,
    gives: Vec<(&'a Give, Span)>,
    caps: Vec<(&'a ast::Cap, Span)>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of challenges, by name; nothing if one of them has an error.
    pub(super) fn challenges(&mut self) -> Option<Vec<Challenge>> {
        let all = self.all;
        let found: Vec<Option<Challenge>> =
            all.challenges.iter().map(|entry| self.challenge(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn challenge(&mut self, block: &'a ChallengeBlock, whole: &'a Block) -> Option<Challenge> {
        let head = whole.head;
        let lines = self.challenge_lines(block);
        let campaign = lines.valid.span().is_some();
        let valid = self.validity(lines.valid.take());
        let campaign = campaign && !matches!(valid, Some(Validity::EveryYear(..)));
        let when = lines.when.value();
        let per = match lines.once.value() {
            Some(OncePer::Member) => Some(Period::Lifetime),
            Some(OncePer::Period(period)) => self.round(period, campaign),
            None => self.needed(head, "how often the challenge may be completed", "once per calendar year"),
        };
        if lines.tasks.is_empty() {
            self.needed::<()>(head, "what is to be done", "task Nights: nights reaches 40");
        }
        let back = per.and_then(times::period_days);
        let slots = crate::program::Slots::Period(per.unwrap_or(Period::Lifetime));
        let name = &block.name.text;
        let found: Vec<Option<Task>> =
            lines.tasks.iter().map(|(task, _)| self.task(task, when, (name, slots, back))).collect();
        let count = found.len();
        let tasks = found.into_iter().collect::<Option<Vec<Task>>>();
        let needs = match lines.complete.take() {
            Some((None, _)) => Some(count),
            Some((Some(number), span)) => self.needed_tasks(number, span, count),
            None => self.needed(head, "how many tasks are to be completed", "complete all tasks"),
        };
        if lines.gives.is_empty() {
            self.needed::<()>(head, "what is given", "give 500 points");
        }
        let gifts: Vec<(Option<Award>, Span)> =
            lines.gives.iter().map(|(give, span)| (self.gift(give, *span), *span)).collect();
        let game = Game { kind: "challenge", name: &block.name, gifts: &gifts, campaign };
        let caps = self.game_caps(&game, &lines.caps);
        let rounds =
            self.counters.meter(&format!("rounds of challenge {name:?}"), Measure::Game, slots, back);
        Some(Challenge {
            name: name.as_str().into(),
            valid: valid?,
            per: per?,
            tasks: tasks.filter(|tasks| !tasks.is_empty())?.into(),
            needs: needs?,
            gifts: gifts
                .into_iter()
                .map(|(gift, _)| gift)
                .collect::<Option<Vec<Award>>>()
                .filter(|gifts| !gifts.is_empty())?
                .into(),
            rounds,
            caps: caps?,
        })
    }

    fn challenge_lines(&mut self, block: &'a ChallengeBlock) -> Lines<'a> {
        let mut lines = Lines {
            valid: Once::new("valid"),
            when: Once::new("when"),
            tasks: Vec::new(),
            complete: Once::new("complete"),
            once: Once::new("once per"),
            gives: Vec::new(),
            caps: Vec::new(),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                ChallengeLine::Funded(_) => {}
                ChallengeLine::Valid(valid) => lines.valid.set(valid, span, report),
                ChallengeLine::When(cond) => lines.when.set(cond, span, report),
                ChallengeLine::Task(task) => lines.tasks.push((task, span)),
                ChallengeLine::CompleteAll => lines.complete.set(None, span, report),
                ChallengeLine::CompleteAny(number) => lines.complete.set(Some(*number), span, report),
                ChallengeLine::Once(per) => lines.once.set(per, span, report),
                ChallengeLine::Cap(cap) => lines.caps.push((cap, span)),
                ChallengeLine::Give(give) => lines.gives.push((give, span)),
            }
        }
        lines
    }

    /// The period in which a game is played or counted.
    pub(super) fn round(&mut self, written: &ast::Period, campaign: bool) -> Option<Period> {
        let found = self.period(written)?;
        if found == Period::Campaign && !campaign {
            self.report.missing(
                written.span,
                "a campaign needs a beginning and an end",
                "add a line `valid from … to …`, or name another period",
            );
            return None;
        }
        Some(found)
    }

    /// G701: more tasks than there are.
    fn needed_tasks(&mut self, number: Number, span: Span, count: usize) -> Option<usize> {
        let what = ("a number of tasks", number.span);
        let found = numbers::whole(number.value, (0, 1_000_000), what, &mut self.report)?;
        if found == 0 {
            self.report.zero(number.span, "no task has to be completed", "write at least 1");
            return None;
        }
        let needs = usize::try_from(found).ok()?;
        if needs > count && count > 0 {
            self.report.push(
                Diagnostic::new(Code::G701, span, "nobody can complete this challenge")
                    .label(format!("asks for {needs} of {count}"))
                    .help("write more tasks, or ask for fewer"),
            );
            return None;
        }
        Some(needs)
    }

    fn task(
        &mut self,
        task: &'a ast::Task,
        when: Option<&'a Cond>,
        (challenge, slots, back): (&str, crate::program::Slots, Option<u32>),
    ) -> Option<Task> {
        let counts = self.task_counts(&task.measure);
        let event = match counts {
            Some(Counts::Events(event)) => event,
            Some(Counts::Spend | Counts::Items) => EventKindId::PURCHASE,
            Some(Counts::Unit(_)) | None => ANY_EVENT,
        };
        let place = Place { event, scope: Scope::Event };
        let (items, own) = match &task.of {
            None => (Some(None), None),
            Some(TaskItems::When(cond)) => (Some(None), Some(cond)),
            Some(TaskItems::ForItems(cond)) => (self.task_items(cond, counts).map(Some), None),
        };
        let tests: Vec<Option<Test>> =
            when.into_iter().chain(own).map(|cond| self.condition(cond, place)).collect();
        let (counts, goal) = (counts?, self.task_goal(&task.goal, counts?));
        let what = format!("task {:?} of challenge {challenge:?}", task.name.text);
        let meter = self.counters.meter(&what, Measure::Game, slots, back);
        Some(Task {
            name: task.name.text.as_str().into(),
            counts,
            goal: goal?,
            when: tests.into_iter().collect::<Option<Vec<Test>>>()?.into(),
            items: items?,
            meter,
        })
    }

    fn task_counts(&mut self, measure: &Name) -> Option<Counts> {
        match measure.text.as_str() {
            "spend" => return Some(Counts::Spend),
            "items" => return Some(Counts::Items),
            "purchases" => return Some(Counts::Events(EventKindId::PURCHASE)),
            _ => {}
        }
        match self.named_measure(measure)? {
            (_, Measure::Events(event), _) => Some(Counts::Events(event)),
            (_, Measure::Unit(unit), _) => Some(Counts::Unit(unit)),
            _ => None,
        }
    }

    fn task_items(&mut self, cond: &'a Cond, counts: Option<Counts>) -> Option<Test> {
        let event = match counts {
            Some(Counts::Unit(_)) => {
                let message = "which items bring units is said by the rules that give them";
                let help = "write `when any item ( … )`, or count `items`, `purchases` or `spend`";
                self.report.misplaced(cond.span(), message, help);
                return None;
            }
            Some(Counts::Events(event)) => {
                self.has_basket(cond.span(), event)?;
                event
            }
            Some(Counts::Spend | Counts::Items) | None => EventKindId::PURCHASE,
        };
        self.condition(cond, Place { event, scope: Scope::Items })
    }

    fn task_goal(&mut self, goal: &Goal, counts: Counts) -> Option<i64> {
        let (number, unit) = match goal {
            Goal::Number(number) => (number, None),
            Goal::Amount(amount) => (&amount.number, Some(amount)),
        };
        let found = match (counts, unit) {
            (Counts::Spend, Some(amount)) => {
                return money::above_zero(amount, self.settings(), &mut self.report);
            }
            (Counts::Spend, None) => {
                let currency = &self.settings().currency;
                let help = format!("write `{} {currency}`", number.value);
                self.report.mixed(number.span, "spend is an amount of money", help);
                return None;
            }
            (Counts::Unit(unit), Some(amount)) => {
                if self.facts.thing(&amount.unit.text) != Some(Thing::Unit(unit)) {
                    return self.other_goal(amount);
                }
                self.in_scale(unit, number)?
            }
            (Counts::Unit(unit), None) => self.in_scale(unit, number)?,
            (_, Some(amount)) => return self.other_goal(amount),
            (Counts::Items, None) => numbers::micro(number.value, number.span, &mut self.report)?,
            (Counts::Events(_), None) => {
                let what = ("a number of events", number.span);
                numbers::whole(number.value, (0, 1_000_000_000), what, &mut self.report)?
            }
        };
        if found <= 0 {
            self.report.zero(number.span, "this is reached from the start", "write a number above zero");
            return None;
        }
        Some(found)
    }

    fn other_goal(&mut self, amount: &ast::Amount) -> Option<i64> {
        let message = format!("this task does not count {}", amount.unit.text);
        self.report.mixed(amount.span, message, format!("write only the number, `{}`", amount.number.value));
        None
    }
}

/// Whether a word is a name, or its plural in `s`.
pub(super) fn one_of(word: &str, name: &str) -> bool {
    word == name || word.strip_suffix('s') == Some(name)
}
