//! Tiers.

use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::report::Once;
use super::subjects::{Place, Scope};
use super::tiers_terms::look_back;
use super::times;
use crate::calendar::{Duration, Period};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    self, Award, EventKindId, Keep, Level, Measure, Reach, Slots, TierWindow, Tiers, WINDOWS_MOST,
};
use crate::syntax::ast::{
    self, Amount, Block, CountWindow, Give, Metric, Name, TierLine, TiersBlock, TiersLine,
};

/// What sees a new tier first.
#[derive(Debug, Clone, Copy)]
pub(super) enum NewTier<'a> {
    /// The next event.
    Next,
    /// An event of a kind that reaches it.
    This(&'a Name),
    /// The part of the spend above the threshold.
    Part,
}

/// The lines of a tiers block.
struct Lines<'a> {
    count: Once<(&'a [Metric], &'a CountWindow)>,
    upgrade: Once<Option<&'a ast::Period>>,
    new_tier: Once<NewTier<'a>>,
    keep: Once<Option<Keep>>,
    one_level: Once<bool>,
    grace: Once<Option<Duration>>,
    takes: Once<()>,
    carry: Once<&'a Amount>,
    surplus: Once<(&'a Name, Option<&'a Name>)>,
    levels: Vec<(&'a Name, &'a [ast::Line<TierLine>], Span)>,
}

/// What a metric counts, to find it again from a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Spend,
    Purchases,
    Unit(program::UnitId),
    Years(program::TiersId, u32),
}

/// The metrics of a block.
pub(super) struct Metrics {
    pub(super) counted: Vec<Counted>,
    pub(super) lowered: Vec<program::Metric>,
    /// Whether all of them were understood.
    pub(super) good: bool,
    pub(super) place: Span,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of tiers blocks, by name; nothing if one of them has an error.
    pub(super) fn tiers(&mut self) -> Option<Vec<Tiers>> {
        let all = self.all;
        let found: Vec<Option<Tiers>> =
            all.tiers.iter().map(|entry| self.one_tiers(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn one_tiers(&mut self, block: &'a TiersBlock, whole: &'a Block) -> Option<Tiers> {
        let lines = self.tiers_lines(block);
        let keep_span = lines.keep.span();
        let keep = match lines.keep.value() {
            None => Some(Keep::Forever),
            Some(keep) => keep,
        };
        if lines.levels.is_empty() {
            self.report.missing(
                whole.head,
                "there is no tier in this block",
                "add a line, for example `tier Member`",
            );
        }
        let count_span = lines.count.span().unwrap_or(whole.head);
        let window = match lines.count.get() {
            None => Some(TierWindow::Period(Period::Lifetime)),
            Some((_, window)) => self.count_window(window),
        };
        let kept = (keep, keep_span);
        let window = window.filter(|window| self.window_fits(*window, kept, lines.grace.span(), count_span));
        let mut metrics = Metrics { counted: Vec::new(), lowered: Vec::new(), good: true, place: count_span };
        if let Some((written, _)) = lines.count.get() {
            let grace = lines.grace.get().copied().flatten().map_or(0, times::days_at_most);
            let (slots, back) =
                self.slots(window, keep, (grace, lines.surplus.span().is_some()), &block.name.text);
            self.metrics(written, (slots, &block.name.text), back, &mut metrics);
        } else if asks_to_be_counted(&lines.levels) {
            self.report.missing(
                whole.head,
                "it is not said what is counted for these tiers",
                "add a line, for example `count spend in calendar year`",
            );
        }
        let grace = self.grace(lines.grace, keep);
        let takes = self.takes(lines.takes.span(), lines.carry.take(), window, &metrics);
        let mut levels = Vec::new();
        for (index, (name, level, span)) in lines.levels.iter().enumerate() {
            levels.push(self.level_lines(name, level, *span, index == 0, &metrics));
        }
        let levels = levels.into_iter().collect::<Option<Vec<Level>>>();
        if lines.takes.span().is_some() {
            self.single_thresholds(&lines.levels)?;
        }
        let upgrade = self.upgrade(lines.upgrade.take(), window);
        let new_tier =
            self.new_tier(lines.new_tier.take(), window, &metrics, matches!(upgrade, Some(Some(_))));
        let surplus = self.surplus(lines.surplus.take(), window, &metrics, levels.as_deref());
        if !metrics.good {
            return None;
        }
        Some(Tiers {
            name: block.name.text.as_str().into(),
            metrics: metrics.lowered.into(),
            window: window?,
            keep: keep?,
            drop_one_level: lines.one_level.value().unwrap_or(false),
            grace: grace?,
            takes: takes?,
            upgrade: upgrade?,
            for_this: new_tier?.0,
            by_parts: new_tier?.1,
            surplus: surplus?,
            levels: levels?.into(),
        })
    }

    /// The slots in which a block counts, and how many days back they are asked.
    fn slots(
        &self,
        window: Option<TierWindow>,
        keep: Option<Keep>,
        (grace, carries): (u32, bool),
        block: &str,
    ) -> (Slots, Option<u32>) {
        match window {
            Some(TierWindow::Period(period)) => {
                let back = keep.and_then(|keep| look_back(TierWindow::Period(period), keep));
                let carried = match times::period_days(period) {
                    Some(days) if carries => days.saturating_mul(WINDOWS_MOST as u32 + 1),
                    _ => 0,
                };
                let back = back.map(|back| back.saturating_add(grace).max(carried));
                (Slots::Period(period), back)
            }
            Some(window @ TierWindow::Rolling(_)) => {
                let back = keep.and_then(|keep| look_back(window, keep));
                (Slots::Day, back.map(|back| back.saturating_add(grace)))
            }
            Some(TierWindow::Since(_)) => {
                let known = self.facts.tiers.iter().find(|known| known.name.text == block);
                (known.map_or(Slots::Ever, |known| Slots::Since(known.id)), None)
            }
            None => (Slots::Ever, None),
        }
    }

    fn tiers_lines(&mut self, block: &'a TiersBlock) -> Lines<'a> {
        let mut lines = Lines {
            count: Once::new("count"),
            upgrade: Once::new("upgrade"),
            new_tier: Once::new("new tier counts"),
            keep: Once::new("keep"),
            one_level: Once::new("then drop"),
            grace: Once::new("grace"),
            takes: Once::new("reaching takes the threshold"),
            carry: Once::new("carry at most"),
            surplus: Once::new("carry surplus"),
            levels: Vec::new(),
        };
        for line in &block.lines {
            let span = line.span;
            match &line.kind {
                TiersLine::Count { metrics, window } => {
                    lines.count.set((metrics.as_slice(), window), span, &mut self.report);
                }
                TiersLine::UpgradeAtOnce => lines.upgrade.set(None, span, &mut self.report),
                TiersLine::UpgradeAtEnd(period) => {
                    lines.upgrade.set(Some(period), span, &mut self.report);
                }
                TiersLine::NewTierFromNext(event) => {
                    self.event(event);
                    lines.new_tier.set(NewTier::Next, span, &mut self.report);
                }
                TiersLine::NewTierForThis(event) => {
                    lines.new_tier.set(NewTier::This(event), span, &mut self.report);
                }
                TiersLine::NewTierAboveThreshold => {
                    lines.new_tier.set(NewTier::Part, span, &mut self.report);
                }
                TiersLine::TakesThreshold => lines.takes.set((), span, &mut self.report),
                TiersLine::CarryAtMost(amount) => lines.carry.set(amount, span, &mut self.report),
                TiersLine::CarrySurplus { unit, from } => {
                    lines.surplus.set((unit, from.as_ref()), span, &mut self.report);
                }
                TiersLine::KeepUntil { next, period, plus } => {
                    let settings = self.settings();
                    let period = times::repeating(period, settings, &mut self.report);
                    let plus = times::plus(plus.as_ref(), settings, &mut self.report);
                    let keep =
                        period.zip(plus).map(|(period, plus)| Keep::UntilEndOf { period, next: *next, plus });
                    lines.keep.set(keep, span, &mut self.report);
                }
                TiersLine::KeepFor { duration, tail } => {
                    let settings = self.settings();
                    let length = times::days(*duration, &mut self.report);
                    let tail = times::optional_tail(tail.as_ref(), settings, &mut self.report);
                    let keep = length.zip(tail).map(|(length, tail)| Keep::For(length, tail));
                    lines.keep.set(keep, span, &mut self.report);
                }
                TiersLine::KeepForever => lines.keep.set(Some(Keep::Forever), span, &mut self.report),
                TiersLine::DropOneLevel => lines.one_level.set(true, span, &mut self.report),
                TiersLine::DropToEarned => lines.one_level.set(false, span, &mut self.report),
                TiersLine::Grace(length) => {
                    lines.grace.set(times::days(*length, &mut self.report), span, &mut self.report);
                }
                TiersLine::Tier { name, lines: inner } => lines.levels.push((name, inner, span)),
            }
        }
        lines
    }

    fn metrics(
        &mut self,
        written: &'a [Metric],
        (slots, block): (Slots, &str),
        back: Option<u32>,
        found: &mut Metrics,
    ) {
        for metric in written {
            let read = match metric {
                Metric::Spend(_) => {
                    Some((Counted::Spend, "spend".to_owned(), "spend".to_owned(), Measure::Spend(None)))
                }
                Metric::SpendOn(cond, span) => {
                    let place = Place { event: EventKindId::PURCHASE, scope: Scope::Counter };
                    self.filter(cond, place).map(|(filter, name)| {
                        let called = self.text(*span);
                        (Counted::Spend, called, format!("spend on {name}"), Measure::Spend(Some(filter)))
                    })
                }
                Metric::YearsOf(level, span) => self.years_metric(level, *span, slots, block),
                Metric::Named(name) if name.text == "purchases" => {
                    let what = "purchases kept".to_owned();
                    Some((Counted::Purchases, "purchases".to_owned(), what, Measure::PurchasesKept))
                }
                Metric::Named(name) => self.status_metric(name),
            };
            let Some((counted, called, what, measure)) = read else {
                found.good = false;
                continue;
            };
            if found.counted.contains(&counted) {
                found.good = false;
                let help = match counted {
                    Counted::Spend => {
                        "count spend once; some of it can be counted beside it by a status unit that an `earn` gives"
                    }
                    _ => "count it once, or write two tiers blocks",
                };
                self.report.misplaced(found.place, format!("`{called}` would be counted twice"), help);
                continue;
            }
            let what = match slots {
                Slots::Since(_) => format!("{what} since reaching {block:?}"),
                _ => what,
            };
            let meter = self.counters.meter(&what, measure, slots, back);
            found.counted.push(counted);
            found.lowered.push(program::Metric { name: called.into(), meter });
        }
    }

    fn status_metric(&mut self, name: &Name) -> Option<(Counted, String, String, Measure)> {
        let unit = self.unit(name)?;
        let facts = self.facts.unit(unit)?;
        if facts.kind.is_spendable() {
            self.report.push(
                Diagnostic::new(Code::T603, name.span, format!("tiers cannot depend on {}", name.text))
                    .label("can be spent")
                    .other(facts.name.span, "declared as spendable")
                    .help("count a status unit, `spend` or `purchases`; one event can earn both units"),
            );
            return None;
        }
        if facts.kind == ast::UnitKind::Tickets {
            let message = format!("tiers cannot depend on {}", name.text);
            self.report.push(
                Diagnostic::new(Code::T603, name.span, message)
                    .label("are tickets of draws")
                    .other(facts.name.span, "declared as tickets")
                    .help("count a status unit, `spend` or `purchases`; one event can earn both units"),
            );
            return None;
        }
        let called = self.unit_name(unit).to_owned();
        let what = format!("unit {called:?}");
        Some((Counted::Unit(unit), called, what, Measure::Unit(unit)))
    }

    fn level_lines(
        &mut self,
        name: &Name,
        lines: &'a [ast::Line<TierLine>],
        span: Span,
        first: bool,
        metrics: &Metrics,
    ) -> Option<Level> {
        let mut reach: Once<&'a ast::Reach> = Once::new("reach");
        let (mut entry, mut every, mut paid_by) = (Vec::new(), Vec::new(), Vec::new());
        let mut benefits: Vec<Box<str>> = Vec::new();
        for line in lines {
            match &line.kind {
                TierLine::Reach(written) => reach.set(written, line.span, &mut self.report),
                TierLine::PaidBy(plan) => paid_by.push((self.plan_of(plan), line.span)),
                TierLine::OnEntry(give) => entry.push(self.gift(give, line.span)),
                TierLine::Every(period, give) => {
                    let period = times::repeating(period, self.settings(), &mut self.report);
                    every.push(period.zip(self.gift(give, line.span)));
                }
                TierLine::Benefit(text) => benefits.push(text.text.as_str().into()),
            }
        }
        if let Some((_, span)) = paid_by.first().filter(|_| first) {
            self.report.misplaced(
                *span,
                format!("`{}` is the lowest tier, which every member has", name.text),
                "write a tier that is paid above it, or remove the line",
            );
        }
        let is_paid = !paid_by.is_empty();
        let reach = match (reach.take(), first) {
            (None, false) if is_paid => Some(None),
            (None, true) => Some(None),
            (Some((_, span)), true) => {
                self.report.misplaced(
                    span,
                    format!("`{}` is the lowest tier, which every member has", name.text),
                    "write a tier without `reach` above it, or remove the line",
                );
                None
            }
            (Some((written, _)), false) => self.reach(written, metrics).map(Some),
            (None, false) => {
                self.report.missing(
                    span,
                    format!("it is not said how `{}` is reached", name.text),
                    "add a line, for example `reach 5 purchases` or `paid by plan Gold`",
                );
                None
            }
        };
        let entry = entry.into_iter().collect::<Option<Vec<Award>>>()?;
        let every = every.into_iter().collect::<Option<Vec<(Period, Award)>>>()?;
        let paid_by = paid_by.into_iter().map(|(plan, _)| plan).collect::<Option<Vec<_>>>()?;
        let name = name.text.as_str().into();
        Some(Level {
            name,
            reach: reach?,
            paid_by: paid_by.into(),
            entry: entry.into(),
            every: every.into(),
            benefits: benefits.into(),
        })
    }

    /// A fixed gift of a level.
    pub(super) fn gift(&mut self, give: &Give, span: Span) -> Option<Award> {
        match give {
            Give::Flat(amount) => self.award(amount),
            Give::Choice(choice) => self.choice(choice, span),
            _ => {
                let message = "here a fixed amount is given, whatever an event says";
                let help = "write a number of a unit or voucher, for example `give 250 points`";
                self.report.misplaced(span, message, help);
                None
            }
        }
    }

    fn reach(&mut self, reach: &ast::Reach, metrics: &Metrics) -> Option<Reach> {
        match reach {
            ast::Reach::And(parts, _) => self.reaches(parts, metrics).map(Reach::And),
            ast::Reach::Or(parts, _) => self.reaches(parts, metrics).map(Reach::Or),
            ast::Reach::Years { count, tier, span } => self.years_reach(count, (tier, *span), metrics),
            ast::Reach::Target { amount, spend, span } => {
                let (counted, value) = self.target(amount, *spend, *span)?;
                match metrics.counted.iter().position(|metric| *metric == counted) {
                    Some(index) => Some(Reach::AtLeast(index, value)),
                    None if !metrics.good => None,
                    None => {
                        let what = if *spend { "spend" } else { &amount.unit.text };
                        self.report.push(
                            Diagnostic::new(Code::U201, *span, format!("these tiers do not count {what}"))
                                .other(metrics.place, "this is what they count")
                                .help(format!("add {what} to the line `count`, or ask for what is counted")),
                        );
                        None
                    }
                }
            }
        }
    }

    fn reaches(&mut self, parts: &[ast::Reach], metrics: &Metrics) -> Option<Box<[Reach]>> {
        let found: Vec<Option<Reach>> = parts.iter().map(|part| self.reach(part, metrics)).collect();
        found.into_iter().collect()
    }

    /// What a threshold asks for, in the scale of its counter.
    pub(super) fn target(&mut self, amount: &Amount, spend: bool, span: Span) -> Option<(Counted, i64)> {
        let unit = amount.unit.text.as_str();
        if spend || money::is_currency(unit) {
            let value = money::above_zero(amount, self.settings(), &mut self.report)?;
            return Some((Counted::Spend, value));
        }
        let (counted, value) = if matches!(unit, "purchases" | "purchase") {
            let what = ("a number of purchases", amount.number.span);
            let count = numbers::whole(amount.number.value, (0, 1_000_000_000), what, &mut self.report)?;
            (Counted::Purchases, count)
        } else {
            let unit = self.unit(&amount.unit)?;
            (Counted::Unit(unit), self.in_scale(unit, &amount.number)?)
        };
        if value <= 0 {
            self.report.zero(
                span,
                "a threshold of zero is always reached",
                "raise it, or make this the lowest tier",
            );
            return None;
        }
        Some((counted, value))
    }
}

/// Whether some level above the lowest is not only paid for.
fn asks_to_be_counted(levels: &[(&Name, &[ast::Line<TierLine>], Span)]) -> bool {
    let has = |lines: &[ast::Line<TierLine>], wanted: fn(&TierLine) -> bool| {
        lines.iter().any(|line| wanted(&line.kind))
    };
    levels.iter().skip(1).any(|(_, lines, _)| {
        has(lines, |line| matches!(line, TierLine::Reach(_)))
            || !has(lines, |line| matches!(line, TierLine::PaidBy(_)))
    })
}
