//! Caps: own caps of rules, shared caps, caps of cards and referrals.

use super::each::Each;
use super::everything::units_of;
use super::lowering::Lowering;
use super::money;
use super::numbers;
use super::rates::{Draft, FallsTo};
use crate::calendar::Period;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{AwardThing, Cap, CapId, CapLimit, CapWindow, EventKindId, Measure, RuleId};
use crate::syntax::ast::{self, Amount, CapPer, PeriodKind};
use std::collections::BTreeMap;

/// What is capped, for the checks that a cap needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capped {
    /// What it gives; nothing if that could not be found out.
    pub(super) thing: Option<AwardThing>,
    /// The event it waits for.
    pub(super) on: Option<EventKindId>,
    /// Whether it is in proportion to spend or multiplies what is.
    pub(super) counts_spend: bool,
    /// Whether it gives something for single pieces.
    pub(super) pieces: bool,
    /// Whether it gives several units at once.
    pub(super) several: bool,
    /// Whether it has a `valid` span that does not come again every year.
    pub(super) campaign: bool,
    /// What its amount falls to.
    pub(super) falls_to: FallsTo,
    /// Where it says what it gives.
    pub(super) gives: Span,
}

impl Capped {
    /// What counts events, and neither spend nor pieces.
    pub(super) const fn of_event(on: Option<EventKindId>, campaign: bool, gives: Span) -> Self {
        Self {
            thing: None,
            on,
            counts_spend: false,
            pieces: false,
            several: false,
            campaign,
            falls_to: FallsTo::Event,
            gives,
        }
    }

    /// A rule that gives something.
    pub(super) fn of(draft: Option<&Draft>, on: Option<EventKindId>, campaign: bool, gives: Span) -> Self {
        Self {
            thing: draft.and_then(Lowering::gives),
            on,
            pieces: draft.is_none_or(Draft::has_pieces),
            several: units_of(draft).is_some_and(|units| units > 1),
            falls_to: draft.map_or(FallsTo::Items, Draft::falls_to),
            counts_spend: draft.is_none_or(Draft::counts_spend),
            campaign,
            gives,
        }
    }
}

/// A cap that was read.
#[derive(Debug)]
pub(super) enum Read {
    /// A cap with a window.
    Cap(CapLimit, CapWindow),
    /// `per item`, in the unit's scale.
    Piece(i64),
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Limit and window of a cap on rules. `capped` are the rules it covers.
    pub(super) fn read_cap(&mut self, cap: &ast::Cap, span: Span, capped: &[Capped]) -> Option<Read> {
        self.never_each(cap, "this has no counter for each value")?;
        if cap.side.is_some() {
            self.report.misplaced(
                span,
                "only a referral has a friend and a referrer",
                "write `cap` without the side",
            );
            return None;
        }
        let limit = self.limit(&cap.limit, capped);
        match &cap.per {
            None => {
                self.report.missing(
                    span,
                    "it is not said in which time the cap counts",
                    "add for example `per month`, `per purchase` or `per lifetime`",
                );
                None
            }
            Some(CapPer::Item) if cap.per_account => {
                self.report.misplaced(
                    span,
                    "one piece is bought by one member",
                    "remove `per account`, or name a period, for example `per month per account`",
                );
                None
            }
            Some(CapPer::Item) => match limit? {
                CapLimit::Amount(AwardThing::Unit(_), most) => Some(Read::Piece(most)),
                _ => {
                    self.report.misplaced(
                        span,
                        "only an amount can be capped for each item",
                        "write an amount, for example `cap 100 points per item`",
                    );
                    None
                }
            },
            Some(CapPer::Period(period)) => {
                let window = self.window(period, capped);
                let window = self.of_account(cap, span, window?)?;
                Some(Read::Cap(limit?, window))
            }
        }
    }

    /// The window of a cap, which must be more than one event if the cap is one of the account.
    pub(super) fn of_account(&mut self, cap: &ast::Cap, span: Span, window: CapWindow) -> Option<CapWindow> {
        if cap.per_account && window == CapWindow::Event {
            self.report.misplaced(
                span,
                "one event is of one member",
                "remove `per account`, or name a period, for example `per month per account`",
            );
            return None;
        }
        Some(window)
    }

    fn limit(&mut self, limit: &ast::CapLimit, capped: &[Capped]) -> Option<CapLimit> {
        match limit {
            ast::CapLimit::Times(number) => self.times_limit(number).map(CapLimit::Times),
            ast::CapLimit::Spend(amount) => {
                let most = money::above_zero(amount, self.settings(), &mut self.report)?;
                if let Some(other) = capped.iter().find(|rule| !rule.counts_spend) {
                    self.report.push(
                        Diagnostic::new(Code::U201, amount.span, "this cap counts spend")
                            .label("counts spend")
                            .other(other.gives, "but this does not depend on spend")
                            .help("cap the number of times or the amount that is given"),
                    );
                    return None;
                }
                Some(CapLimit::Spend(most))
            }
            ast::CapLimit::Amount(amount) => self.amount_limit(amount, capped),
        }
    }

    fn amount_limit(&mut self, amount: &Amount, capped: &[Capped]) -> Option<CapLimit> {
        if money::is_currency(&amount.unit.text) {
            let text = self.text(amount.span);
            self.report.mixed(
                amount.span,
                "it is not said what this money counts",
                format!("write `cap {text} of spend …`, or an amount of a unit"),
            );
            return None;
        }
        let award = self.award(amount)?;
        for rule in capped {
            if rule.several {
                let name = self.thing_name(award.thing);
                let message = format!("this cap counts {name}, and what it caps gives other units too");
                let finding = Diagnostic::new(Code::U201, amount.span, message)
                    .label(format!("counts {name}"))
                    .other(rule.gives, "this multiplies every unit that can be spent")
                    .help(format!("write `multiply everything in {name} by …`, or cap the number of times"));
                self.report.push(finding);
                return None;
            }
            let Some(thing) = rule.thing else { continue };
            if thing != award.thing {
                let (given, counted) = (self.thing_name(thing), self.thing_name(award.thing));
                let help = match thing {
                    AwardThing::Choice(_) => {
                        "write `cap 1 time per …`; choices are capped by times".to_owned()
                    }
                    _ => format!("write the cap in {given}, for example `cap 1_000 {given} per month`"),
                };
                self.report.push(
                    Diagnostic::new(
                        Code::U201,
                        amount.span,
                        format!("{counted} and {given} cannot be mixed"),
                    )
                    .label(format!("but its cap counts {counted}"))
                    .other(rule.gives, format!("this gives {given}"))
                    .help(help),
                );
                return None;
            }
        }
        Some(CapLimit::Amount(award.thing, award.amount))
    }

    /// A number of times above zero.
    pub(super) fn times_limit(&mut self, number: &ast::Number) -> Option<i64> {
        let what = ("a number of times", number.span);
        let times = numbers::whole(number.value, (0, 1_000_000_000), what, &mut self.report)?;
        self.above_zero(times, number.span)
    }

    fn above_zero(&mut self, number: i64, span: Span) -> Option<i64> {
        if number == 0 {
            self.report.zero(span, "a cap of zero allows nothing at all", "raise it, or remove what it caps");
            return None;
        }
        Some(number)
    }

    pub(super) fn window(&mut self, period: &ast::Period, capped: &[Capped]) -> Option<CapWindow> {
        if let PeriodKind::Named(name) = &period.kind {
            match (self.settings().periods.get(name), self.all.events.peek(name)) {
                (None, _) => return self.event_window(name, period.span, capped),
                (Some(_), None) => {}
                (Some(declared), Some(event)) => {
                    let message = format!("`{name}` can mean two things");
                    let finding = Diagnostic::new(Code::U213, period.span, message)
                        .other(declared.name.span, "the period")
                        .other(event.name.span, "the event")
                        .help("give one of them another name");
                    self.report.push(finding);
                    return None;
                }
            }
        }
        let found = self.period(period)?;
        if found == Period::Campaign && capped.iter().any(|rule| !rule.campaign) {
            self.report.missing(
                period.span,
                "a campaign needs a beginning and an end",
                "add a line `valid from … to …` to the rule, or name another period",
            );
            return None;
        }
        Some(CapWindow::Period(found))
    }

    /// `per purchase`, `per stay`.
    fn event_window(&mut self, name: &str, span: Span, capped: &[Capped]) -> Option<CapWindow> {
        let event = match name {
            "purchase" => EventKindId::PURCHASE,
            "joining" => EventKindId::JOINING,
            _ => match self.all.events.get(name) {
                Some(entry) => EventKindId(entry.id),
                None => {
                    super::times::unknown_period(name, span, self.settings(), &mut self.report);
                    return None;
                }
            },
        };
        if let Some(other) = capped.iter().find_map(|rule| rule.on.filter(|on| *on != event)) {
            if other.moment().is_some() {
                let message = format!("what is capped here waits for a moment of the clock, not for {name}");
                self.report.say(Code::U204, span, message, "write a period, for example `per calendar year`");
                return None;
            }
            let other = self.event_name(other);
            self.report.push(
                Diagnostic::new(
                    Code::U204,
                    span,
                    format!("what is capped here waits for the event {other}, not for {name}"),
                )
                .help(format!("write `per {other}`")),
            );
            return None;
        }
        Some(CapWindow::Event)
    }

    /// Reads the caps of one block, each of another measure or window, and adds them. `what` is the word for the block in
    /// the names of its counters; `read` judges one line and reports what is wrong with it.
    pub(super) fn caps_of(
        &mut self,
        (what, name): (&str, &str),
        lines: &[(&'a ast::Cap, Span)],
        mut read: impl FnMut(&mut Self, &'a ast::Cap, Span) -> Option<(CapLimit, CapWindow, Option<Each>)>,
    ) -> Option<Box<[CapId]>> {
        let mut found = Vec::new();
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (cap, span) in lines {
            let Some((limit, window, each)) = read(self, cap, *span) else {
                found.push(None);
                continue;
            };
            let key = format!("cap of {what} {name:?}, {}", self.limit_word(limit));
            let by = cap.each.as_ref().map(|each| &each.text);
            if let Some(first) = seen.insert(format!("{key} {window:?} {by:?} {}", cap.per_account), *span) {
                self.report.twice("cap", *span, first);
                found.push(None);
                continue;
            }
            let text = self.cap_text(*span);
            let terms = (limit, window, each, cap.per_account);
            found.push(Some(self.add_rule_cap((name, &key), text, terms, (&[], false))));
        }
        found.into_iter().collect()
    }

    /// Adds a cap to the table, with its counter. `key` is its canonical name without its window.
    pub(super) fn add_cap(
        &mut self,
        (name, key): (&str, &str),
        text: String,
        (limit, window, per_account): (CapLimit, CapWindow, bool),
        rules: Option<&[RuleId]>,
        shared: bool,
    ) -> CapId {
        let id = self.next_cap();
        let of_account;
        let key = match per_account {
            true => {
                of_account = format!("{key}, per account");
                &of_account
            }
            false => key,
        };
        let meter = match window {
            CapWindow::Event => None,
            CapWindow::Period(period) => Some(self.counters.window(key, Measure::Cap(id), period, 1)),
        };
        let rules = rules.unwrap_or_default().into();
        let (name, text) = (name.into(), text.into());
        let (each, by_line, waiting) = (None, false, None);
        self.caps.push(Cap {
            name,
            text,
            shared,
            per_account,
            limit,
            window,
            meter,
            each,
            by_line,
            waiting,
            rules,
        });
        id
    }

    /// The canonical word for what a limit counts.
    pub(super) fn limit_word(&self, limit: CapLimit) -> String {
        match limit {
            CapLimit::Times(_) => "times".to_owned(),
            CapLimit::Amount(thing, _) => format!("{:?}", self.thing_name(thing)),
            CapLimit::Spend(_) => "spend".to_owned(),
            CapLimit::Stamps(_) => "stamps".to_owned(),
            CapLimit::Given(_) => "given".to_owned(),
        }
    }

    /// The text of a cap without its leading word: `1_000 punkte per month`.
    pub(super) fn cap_text(&self, span: Span) -> String {
        let text = self.text(span);
        match text.strip_prefix("cap ") {
            Some(rest) => rest.to_owned(),
            None => text,
        }
    }
}
