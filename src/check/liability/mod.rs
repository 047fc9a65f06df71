//! What a program can cost at most for what members spend.
//!
//! The bound is an upper one: base rates and extras in proportion to spend, multipliers, cards that are stamped for
//! spend, each by what one of its unit costs at most. It is exact where rules meet in a way that is understood, and
//! never below the truth otherwise. Of what the bound does not count the note says so: awards out of proportion to
//! spend, rounding, and that every cap still has room. Negative lines and returns lower both sides and are left out.
//! The error says nothing that is not proven by an example. Warned of and refused is only what purchases pay back: in
//! events of the shop's own, members may hand over goods.

mod gifts;
mod moments;
mod parts;
mod worth;

#[cfg(test)]
mod tests;

use self::moments::{Moment, Moments};
use self::worth::{Worth, worth};
use super::Checks;
use super::boxes::Example;
use super::profiles::Profiles;
use super::say;
use super::tree::Tree;
use crate::amount::{Ratio, Rounding};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{
    AwardThing, CapId, EventKindId, Program, RebateCap, RuleId, UnitId, UnitKind, VoucherId,
};

/// More moments are not shown in one note.
const SHOWN_MOST: usize = 6;

/// V901, V902 and V903 of all units and vouchers, and V901 of what the shop gives to charities.
pub(super) fn liability<'a>(
    program: &'a Program,
    tree: &Tree<'a>,
    profiles: &mut Profiles<'a>,
    checks: &Checks,
) -> Vec<Diagnostic> {
    let units = program.units.iter().enumerate().filter(|(_, unit)| unit.kind == UnitKind::Spendable);
    let units = units.map(|(place, _)| AwardThing::Unit(UnitId(place as u32)));
    let vouchers = (0..program.vouchers.len() as u32).map(|place| AwardThing::Voucher(VoucherId(place)));
    let mut found = Vec::new();
    for thing in units.chain(vouchers) {
        let (name, Some(span)) = place(program, tree, thing) else { continue };
        match worth(program, thing) {
            Worth::Unknown(what) => found.extend(without_worth(thing, name, span, &what)),
            Worth::Known(each) if each.is_zero() => {}
            Worth::Known(each) => {
                let mut thing = Costs { program, tree, thing, name, span, each };
                found.extend(thing.findings(profiles, checks));
            }
        }
    }
    if checks.cost {
        found.extend(gifts::notes(program, tree, &mut profiles.space));
    }
    found
}

/// Name and head of the block.
fn place<'p>(program: &'p Program, tree: &Tree<'_>, thing: AwardThing) -> (&'p str, Option<Span>) {
    match thing {
        AwardThing::Unit(unit) => {
            let name = program.units.get(unit.index()).map_or("", |unit| &*unit.name);
            (name, tree.unit(name).map(|found| found.head))
        }
        AwardThing::Voucher(voucher) => {
            let name = program.vouchers.get(voucher.index()).map_or("", |voucher| &*voucher.name);
            (name, tree.voucher(name).map(|found| found.head))
        }
        AwardThing::Choice(_) => ("", None),
    }
}

/// V903. A voucher without a worth is no fault as long as nobody can exchange anything for it.
fn without_worth(thing: AwardThing, name: &str, span: Span, what: &str) -> Option<Diagnostic> {
    if !matches!(thing, AwardThing::Unit(_)) {
        return None;
    }
    Some(
        Diagnostic::new(Code::V903, span, format!("nobody can tell what `{name}` costs"))
            .label("it can be redeemed, and has no `worth`")
            .note(format!("effect: the most it can cost is not known, because of {what}"))
            .help("add what one costs you at most, for example `worth 0.01 EUR`"),
    )
}

/// `1.50 EUR`, rounded up.
fn money(program: &Program, micros: Ratio) -> String {
    let micros = micros.round(Rounding::Up).and_then(|micros| i64::try_from(micros).ok()).unwrap_or(i64::MAX);
    let digits = program.currency_digits as usize;
    let text = say::scaled(micros, 6);
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let point = if digits > 0 || !decimals.is_empty() { "." } else { "" };
    format!("{whole}{point}{decimals:0<digits$} {}", program.currency)
}

/// `1.50 EUR per 100 EUR of spend`
fn per_hundred(program: &Program, back: Ratio) -> String {
    let hundred = back.checked_mul(Ratio::whole(100_000_000)).unwrap_or(Ratio::ZERO);
    format!("{} per 100 {} of spend", money(program, hundred), program.currency)
}

/// ` of event stay`; nothing for purchases.
fn of_event(program: &Program, on: EventKindId) -> String {
    match on {
        EventKindId::PURCHASE => String::new(),
        on => format!(" of {}", say::event(program, on)),
    }
}

/// Which caps are left out, and of rebates those of longer windows; nothing without one.
fn until_caps<'c>(
    program: &Program,
    caps: impl Iterator<Item = &'c CapId>,
    windows: &[RebateCap],
) -> Option<String> {
    let caps = caps.filter_map(|id| program.caps.get(id.index())).map(|cap| &cap.text);
    let all = caps.chain(windows.iter().map(|cap| &cap.text));
    let mut texts: Vec<String> = all.map(|text| format!("`{text}`")).collect();
    texts.sort_unstable();
    texts.dedup();
    (!texts.is_empty()).then(|| format!("until a cap is reached: {}", say::listed(&texts)))
}

/// What is given out of proportion to spend; nothing if nothing is.
fn on_top(others: &[String]) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let shown: Vec<String> = others.iter().take(5).cloned().collect();
    let more = others.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("not in proportion to spend, on top: {}{more}", say::listed(&shown)))
}

/// A thing that costs something.
struct Costs<'p, 't, 'a> {
    program: &'p Program,
    tree: &'t Tree<'a>,
    thing: AwardThing,
    name: &'p str,
    span: Span,
    /// Micro-units for one step of the unit, or one voucher.
    each: Ratio,
}

/// The most that one kind of event gives.
struct OfEvent<'p> {
    on: EventKindId,
    moments: Vec<Moment>,
    /// What full cards and rebates add at any time.
    cards: Ratio,
    /// The rebates.
    rebates: Vec<&'p str>,
    /// Whether the largest moment is proven, and what for.
    proof: Option<Example>,
}

impl<'p> Costs<'p, '_, '_> {
    fn findings(&mut self, profiles: &mut Profiles<'_>, checks: &Checks) -> Vec<Diagnostic> {
        let mut events = Vec::new();
        for on in (0..self.program.events.len() as u32).map(EventKindId) {
            match self.of_event(profiles, on, checks) {
                Some(event) => events.push(event),
                None => return vec![too_complex(self.span)],
            }
        }
        // what is handed over in an event of the shop's own may be no spend: goods that a member brings, say
        let mut found: Vec<Diagnostic> = events
            .iter()
            .filter(|event| event.on == EventKindId::PURCHASE)
            .filter_map(|event| self.pays_back(event, checks))
            .collect();
        if checks.cost {
            found.extend(self.note(&events));
        }
        found
    }

    /// Nothing if it is too much work or a number is too large.
    fn of_event(&self, profiles: &mut Profiles<'_>, on: EventKindId, checks: &Checks) -> Option<OfEvent<'p>> {
        let (rebated, rebates) = parts::rebates(self.program, self.thing, on)?;
        let cards = parts::cards(self.program, self.thing, on)?.checked_add(rebated)?;
        // the parts live as long as the program that the profiles hold
        let parts = parts::parts(profiles.program(), self.thing, on)?;
        let mut moments = Moments::new(profiles, parts, on).ok()?;
        let mut all = moments.all().ok()?;
        let limit = checks.payback_limit.map_or(Ratio::ONE, |limit| limit.min(Ratio::ONE));
        let largest = all.last().filter(|moment| self.cost(moment.most).is_none_or(|cost| cost >= limit));
        let proof = largest.cloned().and_then(|moment| moments.proof(&moment));
        // what the calendar adds nothing to is not worth a line
        let normal = all.iter().find(|moment| moment.times.is_empty()).map_or(Ratio::ZERO, |it| it.most);
        all.retain(|moment| moment.most > normal || moment.times.is_empty());
        if all.is_empty() && !rebates.is_empty() {
            all.push(Moment { most: Ratio::ZERO, rules: Vec::new(), times: Vec::new() });
        }
        Some(OfEvent { on, moments: all, cards, rebates, proof })
    }

    /// Micro-units for each micro-unit of spend.
    fn cost(&self, steps: Ratio) -> Option<Ratio> {
        steps.checked_mul(self.each)
    }

    /// The most that comes back of what is spent.
    fn back(&self, event: &OfEvent<'_>) -> Option<Ratio> {
        let most = event.moments.last().map_or(Ratio::ZERO, |moment| moment.most);
        self.cost(most.checked_add(event.cards)?)
    }

    /// V902.
    fn pays_back(&self, event: &OfEvent<'_>, checks: &Checks) -> Option<Diagnostic> {
        let back = self.back(event)?;
        let moment = event.moments.last();
        let proven = moment.filter(|_| event.proof.is_some()).and_then(|moment| self.cost(moment.most));
        let all_of_it = proven.is_some_and(|proven| proven >= Ratio::ONE);
        let limit = checks.payback_limit.filter(|limit| back > *limit);
        let finding = if all_of_it {
            let message = format!("`{}` can pay back all that is spent, or more", self.name);
            Diagnostic::new(Code::V902, self.span, message)
        } else if back >= Ratio::ONE {
            let message = format!("`{}` may pay back all that is spent, or more", self.name);
            Diagnostic::new(Code::V902, self.span, message).as_warning()
        } else {
            let percent = limit?.checked_mul(Ratio::whole(100_000_000))?.round(Rounding::Down)?;
            let percent = say::scaled(i64::try_from(percent).ok()?, 6);
            let message = format!("`{}` can pay back more than {percent}% of what is spent", self.name);
            Diagnostic::new(Code::V902, self.span, message).as_warning()
        };
        let mut finding = finding.label(format!("up to {}", per_hundred(self.program, back)));
        for rule in moment.into_iter().flat_map(|moment| moment.rules.iter().take(4)) {
            let rule = self.rule_name(*rule);
            if let Some(block) = self.tree.rule(rule) {
                finding = finding.other(block.gives(), format!("`{rule}` is part of it"));
            }
        }
        if let Some(example) = event.proof.as_ref().filter(|_| all_of_it) {
            let item = say::item(self.program, example);
            let when = say::circumstances(self.program, event.on, example);
            finding = finding.note(format!("example: {item}{when}"));
        }
        if !all_of_it && back >= Ratio::ONE {
            finding = finding.note("no example shows it: caps, tables or conditions may hold it down");
        }
        Some(finding.help("lower a rate or a factor, let one rule replace the other, or correct the `worth`"))
    }

    fn rule_name(&self, id: RuleId) -> &str {
        self.program.rules.get(id.index()).map_or("", |rule| &rule.name)
    }

    /// V901.
    fn note(&self, events: &[OfEvent<'_>]) -> Option<Diagnostic> {
        let mut finding =
            Diagnostic::new(Code::V901, self.span, format!("the most that `{}` can cost", self.name));
        let mut said = false;
        for event in events {
            let of = of_event(self.program, event.on);
            let hidden = event.moments.len().saturating_sub(SHOWN_MOST);
            for moment in event.moments.iter().skip(hidden) {
                let back = self.cost(moment.most.checked_add(event.cards)?)?;
                if back > Ratio::ZERO {
                    said = true;
                    let when = self.when(moment, &event.rebates);
                    finding = finding.note(format!("{when}: {}{of}", per_hundred(self.program, back)));
                }
            }
            if hidden > 0 {
                finding = finding.note(format!("and {hidden} smaller ones"));
            }
        }
        let others = parts::others(self.program, self.thing);
        let announced = parts::announced(self.program, self.thing);
        if !said && others.is_empty() && announced.is_empty() {
            return None;
        }
        if let Some(others) = on_top(&others) {
            finding = finding.note(others);
        }
        if !announced.is_empty() {
            let all = say::listed(&announced);
            finding = finding.note(format!("no bound can be told for what is announced, on top: {all}"));
        }
        if let Some(caps) = self.caps(events) {
            finding = finding.note(caps);
        }
        Some(
            finding.note(self.assumption()).help("nothing has to be done; lower rates and caps make it less"),
        )
    }

    /// At which moment: `while `A` and `B` run`.
    fn when(&self, moment: &Moment, rebates: &[&str]) -> String {
        let names = |rules: &[RuleId]| -> Vec<String> {
            rules.iter().map(|id| format!("`{}`", self.rule_name(*id))).collect()
        };
        let named = |rules: &[RuleId]| say::listed(&names(rules));
        match moment.times.as_slice() {
            [] if moment.rules.is_empty() && rebates.is_empty() => "by full cards".to_owned(),
            [] => {
                let mut all = names(&moment.rules);
                all.extend(rebates.iter().map(|rebate| format!("`{rebate}`")));
                format!("at any time, by {}", say::listed(&all))
            }
            [one] => format!("while {} runs", named(&[*one])),
            several => format!("while {} run", named(several)),
        }
    }

    /// Which caps are left out.
    fn caps(&self, events: &[OfEvent<'_>]) -> Option<String> {
        let rules = events.iter().flat_map(|event| &event.moments).flat_map(|moment| &moment.rules);
        let rules = rules.filter_map(|id| self.program.rules.get(id.index()));
        let rebates = self.program.rebates.iter().filter(|it| it.terms.gives == self.thing);
        let windows: Vec<_> = rebates.flat_map(|rebate| rebate.terms.windows.iter().cloned()).collect();
        let caps = rules.flat_map(|rule| rule.caps.iter().chain(&rule.spend_caps));
        until_caps(self.program, caps, &windows)
    }

    fn assumption(&self) -> String {
        let scale = match self.thing {
            AwardThing::Unit(unit) => self.program.units.get(unit.index()).map_or(0, |unit| unit.decimals),
            _ => 0,
        };
        let one = 10_i128.checked_pow(scale).and_then(|scale| self.each.checked_mul(Ratio::whole(scale)));
        let one = one.map_or_else(String::new, |one| format!(", {} for one", money(self.program, one)));
        format!("assumption: all of it is redeemed{one}; rounding is left out")
    }
}

fn too_complex(span: Span) -> Diagnostic {
    Diagnostic::new(Code::D507, span, "too complex to tell the most that this can cost")
        .label("too many rules that may all meet")
        .help("nothing has to be done; let `valid`, `when` and `for items` exclude each other to be told")
}
