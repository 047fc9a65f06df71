//! Milestones.

use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::subjects::{Measured, Place, Scope};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Award, EventKindId, Marks, Measure, MilestoneCount, Milestones, MilestonesId};
use crate::syntax::ast::{self, Block, Cond, Give, Mark, Metric, MilestonesBlock, MilestonesLine, Name};

/// The lines of a block.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    when: Once<&'a Cond>,
    items: Once<&'a Cond>,
    count: Once<(&'a Metric, &'a ast::Period)>,
    marks: Vec<(Written<'a>, &'a Give, Span)>,
    stays: Once<()>,
}

/// The marks of a line as written.
enum Written<'a> {
    At(&'a Mark),
    Every(&'a Mark, Option<&'a Mark>, Option<&'a Mark>),
}

/// What is counted, how that is called, and how its marks are written.
struct Counted {
    counts: MilestoneCount,
    called: String,
    marks: Scale,
}

/// How the marks of a count are written.
enum Scale {
    Money,
    Pieces,
    Times,
    Unit(crate::program::UnitId),
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of milestones, by name; nothing if one of them has an error.
    pub(super) fn milestones(&mut self) -> Option<Vec<Milestones>> {
        let all = self.all;
        let found: Vec<Option<Milestones>> = all
            .milestones
            .iter()
            .map(|entry| self.milestones_block(MilestonesId(entry.id), entry.node, entry.block))
            .collect();
        found.into_iter().collect()
    }

    fn milestones_block(
        &mut self,
        id: MilestonesId,
        block: &'a MilestonesBlock,
        whole: &'a Block,
    ) -> Option<Milestones> {
        let lines = self.milestones_lines(block);
        let campaign = lines.valid.get().is_some_and(|valid| !matches!(valid, ast::Valid::EveryYear { .. }));
        let validity = self.validity(lines.valid.take());
        let Some((metric, window)) = lines.count.get().copied() else {
            let help = "add a line, for example `count spend in calendar year`";
            self.report.missing(whole.head, "it is not said what is counted", help);
            return None;
        };
        if lines.marks.is_empty() {
            let help = "add a line, for example `at 100 EUR give 50 points`";
            self.report.missing(whole.head, "there is no mark at which something is given", help);
            return None;
        }
        let counted = self.milestones_metric(metric);
        let window = self.round(window, campaign);
        // what is asked of an event must be what all events that count have
        let event = match counted.as_ref().map(|counted| counted.counts) {
            Some(MilestoneCount::Events(kind)) => kind,
            _ => EventKindId::JOINING,
        };
        let when = match lines.when.value() {
            None => Some(None),
            Some(cond) => self.condition(cond, Place { event, scope: Scope::Event }).map(Some),
        };
        let items_span = lines.items.span();
        let items = match lines.items.value() {
            None => Some(None),
            Some(cond) => self.condition(cond, Place { event, scope: Scope::Items }).map(Some),
        };
        let counted = counted?;
        if let (Some(span), MilestoneCount::Unit(_)) = (items_span, counted.counts) {
            let help = "write the line in the rules that give the unit";
            self.report.misplaced(span, "a unit is counted as it is booked, not by items", help);
            return None;
        }
        let marks = self.all_marks(&lines.marks, &counted);
        let (validity, window) = (validity?, window?);
        let key = format!("milestones {:?} of {}", block.name.text, counted.called);
        let measure = Measure::Milestones(id);
        let meter = self.counters.window(&key, measure, window, 2);
        let stays = lines.stays.value().is_some();
        let most = stays.then(|| self.counters.window(&format!("{key}, the most"), measure, window, 2));
        Some(Milestones {
            name: block.name.text.as_str().into(),
            valid: validity,
            when: when?,
            items: items?,
            counts: counted.counts,
            meter,
            most,
            marks: marks?.into(),
        })
    }

    fn milestones_lines(&mut self, block: &'a MilestonesBlock) -> Lines<'a> {
        let mut lines = Lines {
            valid: Once::new("valid"),
            when: Once::new("when"),
            items: Once::new("for items"),
            count: Once::new("count"),
            marks: Vec::new(),
            stays: Once::new("once passed stays passed"),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                MilestonesLine::Funded(_) => {}
                MilestonesLine::Valid(valid) => lines.valid.set(valid, span, report),
                MilestonesLine::When(cond) => lines.when.set(cond, span, report),
                MilestonesLine::ForItems(cond) => lines.items.set(cond, span, report),
                MilestonesLine::Count { metric, window } => lines.count.set((metric, window), span, report),
                MilestonesLine::At { mark, give } => lines.marks.push((Written::At(mark), give, span)),
                MilestonesLine::Every { step, from, to, give } => {
                    lines.marks.push((Written::Every(step, from.as_ref(), to.as_ref()), give, span));
                }
                MilestonesLine::StaysPassed => lines.stays.set((), span, report),
            }
        }
        lines
    }

    fn milestones_metric(&mut self, metric: &'a Metric) -> Option<Counted> {
        let money = |counts, called| Counted { counts, called, marks: Scale::Money };
        match metric {
            Metric::Spend(_) => Some(money(MilestoneCount::Spend(None), "spend".to_owned())),
            Metric::SpendOn(cond, _) => {
                let place = Place { event: EventKindId::PURCHASE, scope: Scope::Counter };
                let (filter, name) = self.filter(cond, place)?;
                Some(money(MilestoneCount::Spend(Some(filter)), format!("spend on {name}")))
            }
            Metric::YearsOf(_, span) => {
                let help = "count for example `spend`, `purchases`, an event or a unit";
                self.report.misplaced(*span, "only tiers count years of a level", help);
                None
            }
            Metric::Named(name) => self.milestones_measure(name),
        }
    }

    fn milestones_measure(&mut self, name: &'a Name) -> Option<Counted> {
        match name.text.as_str() {
            "purchases" | "purchase" => {
                let counts = MilestoneCount::Events(EventKindId::PURCHASE);
                return Some(Counted { counts, called: "purchases".to_owned(), marks: Scale::Times });
            }
            "items" => {
                let (counts, called) = (MilestoneCount::Pieces, "items".to_owned());
                return Some(Counted { counts, called, marks: Scale::Pieces });
            }
            _ => {}
        }
        let (called, measure, measured) = self.named_measure(name)?;
        let (counts, marks) = match (measure, measured) {
            (Measure::Events(kind), _) => (MilestoneCount::Events(kind), Scale::Times),
            (Measure::Unit(unit), Measured::Unit(_)) => (MilestoneCount::Unit(unit), Scale::Unit(unit)),
            _ => return None,
        };
        Some(Counted { counts, called, marks })
    }

    /// All marks, which must be written from the lowest to the highest.
    fn all_marks(
        &mut self,
        lines: &[(Written<'a>, &'a Give, Span)],
        counted: &Counted,
    ) -> Option<Vec<Marks>> {
        let mut found: Vec<Option<Marks>> = Vec::new();
        let mut before: Option<(i64, Span)> = None;
        for (written, give, span) in lines {
            let marks = self.marks(written, counted, *span);
            let gives: Option<Award> = self.gift(give, *span);
            if let (Some((first, ..)), Some((lower, other))) = (marks, before)
                && first <= lower
            {
                self.report.push(
                    Diagnostic::new(Code::G701, *span, "the marks are not in ascending order")
                        .label("does not begin above the line before")
                        .other(other, "the line before")
                        .help("write the marks from the lowest to the highest, each once"),
                );
                found.push(None);
                continue;
            }
            before = marks.map(|(first, ..)| (first, *span)).or(before);
            found.push(marks.zip(gives).map(|((first, step, last), gives)| Marks {
                first,
                step,
                last,
                gives,
            }));
        }
        found.into_iter().collect()
    }

    /// First mark, step and last mark of a line.
    fn marks(&mut self, written: &Written<'a>, counted: &Counted, span: Span) -> Option<(i64, i64, i64)> {
        match written {
            Written::At(mark) => self.mark(mark, counted).map(|mark| (mark, 0, mark)),
            Written::Every(step, from, to) => {
                let step = self.mark(step, counted);
                let from = match from {
                    Some(from) => self.mark(from, counted),
                    None => step,
                };
                let to = match to {
                    Some(to) => self.mark(to, counted),
                    None => Some(i64::MAX),
                };
                let (step, from, to) = (step?, from?, to?);
                if to < from {
                    self.report.push(
                        Diagnostic::new(Code::G701, span, "the last mark lies below the first one")
                            .help("write `from` with the lower and `to` with the higher mark"),
                    );
                    return None;
                }
                Some((from, step, to))
            }
        }
    }

    /// A mark in the scale of what is counted.
    fn mark(&mut self, mark: &'a Mark, counted: &Counted) -> Option<i64> {
        let (number, unit, span) = match mark {
            Mark::Amount(amount) => (&amount.number, Some(amount), amount.span),
            Mark::Number(number) => (number, None, number.span),
        };
        let value = match (&counted.marks, unit) {
            (Scale::Money, Some(amount)) => money::above_zero(amount, self.settings(), &mut self.report)?,
            (Scale::Money, None) => {
                let help = format!("write for example `{} {}`", number.value, self.settings().currency);
                self.report.mixed(span, "this counts money", help);
                return None;
            }
            (Scale::Unit(unit), Some(amount)) => {
                let found = self.unit(&amount.unit)?;
                if found != *unit {
                    return self.other_mark(span, self.unit_name(*unit));
                }
                self.in_scale(*unit, number)?
            }
            (Scale::Unit(unit), None) => self.in_scale(*unit, number)?,
            (Scale::Pieces, Some(amount)) if !matches!(amount.unit.text.as_str(), "items" | "item") => {
                return self.other_mark(span, "items");
            }
            (Scale::Times, Some(amount)) if !self.is_counted(&amount.unit.text, counted) => {
                return self.other_mark(span, &counted.called);
            }
            (Scale::Pieces, _) => numbers::micro(number.value, span, &mut self.report)?,
            (Scale::Times, _) => {
                let what = ("a number of events", span);
                numbers::whole(number.value, (0, 1_000_000_000), what, &mut self.report)?
            }
        };
        if value <= 0 {
            self.report.zero(span, "a mark of zero is always passed", "write a number above zero");
            return None;
        }
        Some(value)
    }

    fn is_counted(&self, word: &str, counted: &Counted) -> bool {
        match counted.counts {
            MilestoneCount::Events(EventKindId::PURCHASE) => matches!(word, "purchases" | "purchase"),
            MilestoneCount::Events(kind) => word == self.event_name(kind),
            _ => false,
        }
    }

    fn other_mark(&mut self, span: Span, counted: &str) -> Option<i64> {
        let help = "write marks in what is counted, or count something else";
        self.report.mixed(span, format!("these milestones count {counted}"), help);
        None
    }
}
