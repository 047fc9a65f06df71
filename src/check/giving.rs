//! Giving: charities, donation units, and the rules by which charities get money.

use super::attributes::Kind;
use super::campaigns;
use super::caps::Capped;
use super::facts::Thing;
use super::lowering::Lowering;
use super::money;
use super::numbers::{self, Misfit};
use super::report::Once;
use super::subjects::Scope;
use super::{times, units};
use crate::amount::Rounding;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{CapId, CapLimit, CapWindow, CharityId, Donation, EventKindId, Gift, Receiver};
use crate::syntax::ast::{
    self, Amount, Block, CapPer, Cond, DonateBlock, DonateLine, Give, Name, Number, Path, Percent, ToCharity,
    UnitBlock, UnitLine,
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The most times that what is missing can be given.
const MOST_TIMES: i64 = 1_000;

/// The lines that say how a basket is rounded up.
struct RoundUp<'a> {
    step: Once<&'a Amount>,
    whole: Once<&'a Amount>,
    multiply: Once<&'a Number>,
    add: Once<&'a Amount>,
}

/// The lines of a `donate`.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    partner: Once<&'a Name>,
    on: Once<&'a ast::On>,
    items: Once<&'a Cond>,
    when: Once<&'a Cond>,
    round_up: Once<&'a Amount>,
    whole: Once<&'a Amount>,
    multiply: Once<&'a Number>,
    add: Once<&'a Amount>,
    give: Once<&'a Give>,
    caps: Vec<(&'a ast::Cap, Span)>,
    budgets: Vec<(&'a ast::Cap, Span)>,
    pays: Once<&'a ast::Period>,
    to: Once<&'a ToCharity>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// How amounts of each donation unit are rounded, by name. One with an error is left out.
    pub(super) fn gift_units(&mut self) -> BTreeMap<&'a str, Rounding> {
        let all = self.all;
        let entries = all.gifts.iter();
        let found = entries.filter_map(|entry| {
            Some((entry.name.text.as_str(), self.gift_unit(entry.node, entry.block.head)?))
        });
        found.collect()
    }

    fn gift_unit(&mut self, block: &'a UnitBlock, head: Span) -> Option<Rounding> {
        let mut round = Once::new("round");
        for line in &block.lines {
            let word = match &line.kind {
                UnitLine::Singular(_) => continue,
                UnitLine::Round(written) => {
                    round.set(*written, line.span, &mut self.report);
                    continue;
                }
                UnitLine::Decimals(_) => "decimals",
                UnitLine::Worth(_) => "worth",
                UnitLine::Activate(_) => "activate",
                UnitLine::Expire(_) => "expire",
                UnitLine::NoExpiry(_) => "no expiry",
                UnitLine::SpendOrder(_) => "spend",
            };
            self.report.misplaced(
                line.span,
                format!("`{word}` has no meaning for a donation unit"),
                "it is money that charities get, in the coins of its currency; remove the line",
            );
        }
        let ast::UnitKind::Donation(currency) = &block.kind else { return None };
        if currency.text != self.settings().currency {
            let program = &self.settings().currency;
            self.report.say(
                Code::U202,
                currency.span,
                format!("`{}` is not the currency of this program", currency.text),
                format!("write `donation in {program}`"),
            );
        }
        match round.take() {
            Some((written, span)) if written.per_item => {
                let help = "write for example `round half up in total`";
                self.report.misplaced(span, "a donation is one amount for the whole event", help);
                None
            }
            Some((written, _)) => Some(units::rounding(written).mode),
            None => {
                let message = format!("it is not said how {} are rounded", block.name.text);
                self.report.say(
                    Code::U207,
                    head,
                    message,
                    "add a line, for example `round half up in total`",
                );
                None
            }
        }
    }

    /// All charities, by name.
    pub(super) fn charities(&self) -> Box<[Box<str>]> {
        self.all.charities.keys().map(|name| (*name).into()).collect()
    }

    /// The table of donations, by name; nothing if one of them has an error.
    pub(super) fn donations(&mut self) -> Option<Vec<Donation>> {
        let all = self.all;
        let rounds = self.gift_units();
        let found: Vec<Option<Donation>> =
            all.donates.iter().map(|entry| self.donation(entry.node, entry.block, &rounds)).collect();
        (rounds.len() == all.gifts.len()).then_some(())?;
        found.into_iter().collect()
    }

    fn donation(
        &mut self,
        block: &'a DonateBlock,
        whole: &'a Block,
        rounds: &BTreeMap<&'a str, Rounding>,
    ) -> Option<Donation> {
        let head = whole.head;
        let lines = self.donate_lines(block);
        let valid_span = lines.valid.span();
        let valid = self.validity(lines.valid.take());
        let on_span = lines.on.span();
        let on = self.on_line(lines.on.value(), head, &block.name.text);
        let on = on.filter(|on| self.buys_something(*on, on_span.unwrap_or(head)));
        let event = on.unwrap_or(EventKindId::PURCHASE);
        let items_span = lines.items.span();
        let (items, items_text) = self.condition_line(lines.items.value(), event, Scope::Items);
        let when = self.condition_line(lines.when.value(), event, Scope::Event);
        let (when, when_text) = self.at_partner(lines.partner.take(), event, when);
        if let (Some(span), Some(_)) = (items_span, lines.round_up.span()) {
            let help = "remove the line, or write a condition: `when spend on (…) is more than …`";
            self.report.misplaced(span, "the whole basket is rounded up", help);
        }
        let gives = lines.give.span().or(lines.round_up.span()).unwrap_or(head);
        let rounded =
            RoundUp { step: lines.round_up, whole: lines.whole, multiply: lines.multiply, add: lines.add };
        let gift_text = lines.give.span().map_or_else(String::new, |span| self.gift_text(span));
        let gift = self.what_is_given(rounded, lines.give, (head, event), rounds);
        let campaign = campaigns::is_campaign(valid_span, valid);
        let capped = Capped::of_event(on, campaign, gives);
        let caps = self.donation_caps(&block.name.text, &lines.caps, capped);
        let budgets = self.gift_budgets(&block.name.text, &lines.budgets, capped, gift.as_ref());
        let pays = match lines.pays.value() {
            None => Some(None),
            Some(period) => {
                let settings = &self.facts.settings;
                times::repeating(period, settings, &mut self.report).map(Some)
            }
        };
        let to = match lines.to.value() {
            Some(to) => self.receiver(to),
            None => self.needed(head, "who gets the money", "to charity …"),
        };
        Some(Donation {
            name: block.name.text.as_str().into(),
            doc: Self::doc(whole).into(),
            on: on?,
            valid: valid?,
            items: items?,
            items_text: items_text.into(),
            when: when?,
            when_text: when_text.into(),
            gift: gift?,
            gift_text: gift_text.into(),
            pays: pays?,
            to: to?,
            caps: caps?,
            budgets: budgets?,
        })
    }

    fn donate_lines(&mut self, block: &'a DonateBlock) -> Lines<'a> {
        let mut lines = Lines {
            partner: Once::new("at partner"),
            valid: Once::new("valid"),
            on: Once::new("on"),
            items: Once::new("for items"),
            when: Once::new("when"),
            round_up: Once::new("round basket up"),
            whole: Once::new("whole amounts give"),
            multiply: Once::new("multiply"),
            add: Once::new("add"),
            give: Once::new("give"),
            caps: Vec::new(),
            budgets: Vec::new(),
            pays: Once::new("pay every"),
            to: Once::new("to charity"),
        };
        for line in &block.lines {
            let (span, report) = (line.span, &mut self.report);
            match &line.kind {
                DonateLine::Valid(valid) => lines.valid.set(valid, span, report),
                DonateLine::On(on) => lines.on.set(on, span, report),
                DonateLine::AtPartner(partner) => lines.partner.set(partner, span, report),
                DonateLine::ForItems(cond) => lines.items.set(cond, span, report),
                DonateLine::When(cond) => lines.when.set(cond, span, report),
                DonateLine::RoundUp(amount) => lines.round_up.set(amount, span, report),
                DonateLine::WholeAmounts(amount) => lines.whole.set(amount, span, report),
                DonateLine::Multiply(number) => lines.multiply.set(number, span, report),
                DonateLine::Add(amount) => lines.add.set(amount, span, report),
                DonateLine::Give(give) => lines.give.set(give, span, report),
                DonateLine::Cap(cap) => lines.caps.push((cap, span)),
                DonateLine::Funded(_) => {}
                DonateLine::Budget(cap) => lines.budgets.push((cap, span)),
                DonateLine::PayEvery(period) => lines.pays.set(period, span, report),
                DonateLine::ToCharity(to) => lines.to.set(to, span, report),
            }
        }
        lines
    }

    /// U214: a joining has nothing that could be rounded up or shared.
    fn buys_something(&mut self, on: EventKindId, span: Span) -> bool {
        if on == EventKindId::JOINING {
            let finding = Diagnostic::new(Code::U214, span, "nothing is bought when a member joins")
                .label("needs a basket")
                .help("write `on purchase`, or another event with a basket");
            self.report.push(finding);
        }
        on != EventKindId::JOINING
    }

    fn what_is_given(
        &mut self,
        rounded: RoundUp<'a>,
        give: Once<&'a Give>,
        (head, on): (Span, EventKindId),
        rounds: &BTreeMap<&'a str, Rounding>,
    ) -> Option<Gift> {
        match (rounded.step.value(), give.take()) {
            (Some(_), Some((_, span))) => {
                let help = "write a `donate` of its own for it";
                self.report.misplaced(span, "this donation rounds the basket up already", help);
                None
            }
            (Some(step), None) => {
                let step = self.coins(step);
                let whole = rounded.whole.value().map_or(Some(0), |amount| self.coins(amount));
                let times = rounded.multiply.value().map_or(Some(1), |number| self.times_given(number));
                let more = rounded.add.value().map_or(Some(0), |amount| self.coins(amount));
                Some(Gift::RoundUp { step: step?, whole: whole?, times: times?, more: more? })
            }
            (None, given) => {
                for span in
                    [rounded.whole.span(), rounded.multiply.span(), rounded.add.span()].into_iter().flatten()
                {
                    let help = "add a line `round basket up to next …`, or remove this one";
                    self.report.misplaced(span, "nothing is rounded up here", help);
                }
                match given {
                    Some((give, span)) => self.given_gift(give, (span, on), rounds),
                    None => self.needed(head, "what is given", "round basket up to next 1 EUR"),
                }
            }
        }
    }

    /// How many times what is missing is given: a whole number, so that whole coins stay whole.
    fn times_given(&mut self, number: &Number) -> Option<i64> {
        let times = i64::try_from(number.value.normalize()).ok();
        let found = times.filter(|times| number.value.fract().is_zero() && (2..=MOST_TIMES).contains(times));
        if found.is_none() {
            let message = format!("a round-up cannot be given {} times", number.value);
            self.report.outside(number.span, message, "write a whole number from 2 to 1_000");
        }
        found
    }

    /// An amount of money above zero in whole coins, in micro-units.
    fn coins(&mut self, amount: &Amount) -> Option<i64> {
        let found = money::above_zero(amount, &self.facts.settings, &mut self.report)?;
        let digits = self.settings().currency_digits;
        if found % 10_i64.pow(6_u32.saturating_sub(digits)) != 0 {
            let currency = &self.settings().currency;
            self.report.outside(
                amount.span,
                format!("{} cannot be paid in coins", amount.number.value),
                format!("money of {currency} has {digits} digits behind the dot"),
            );
            return None;
        }
        Some(found)
    }

    pub(super) fn gift_rate(&mut self, rate: Percent) -> Option<i64> {
        let found = numbers::micro(rate.value, rate.span, &mut self.report)?;
        if found == 0 {
            let help = "write a percentage above zero";
            self.report.zero(rate.span, "a share of nothing gives nothing", help);
            return None;
        }
        if found > 100_000_000 {
            self.report.outside(rate.span, "this gives more than was paid", "write at most 100%");
            return None;
        }
        Some(found)
    }

    /// A donation unit by its name, which is used by this.
    pub(super) fn gift_unit_named(&mut self, name: &Name) -> Option<&'a str> {
        match self.facts.thing(&name.text) {
            Some(Thing::Donation(unit)) => {
                self.all.gifts.get(unit);
                return Some(unit);
            }
            Some(_) => self.report.mixed(
                name.span,
                format!("`{}` is no donation unit", name.text),
                "name a unit that is declared with `is donation in …`",
            ),
            None if money::is_currency(&name.text) => self.report.mixed(
                name.span,
                "a donation is given in a donation unit",
                "name a unit that is declared with `is donation in …`",
            ),
            None => {
                let candidates = self.facts.thing_candidates();
                self.report.unknown("donation unit", &name.text, name.span, candidates, "");
            }
        }
        None
    }

    /// An amount of a donation unit in micro-units, in whole coins.
    pub(super) fn gift_amount(&mut self, amount: &Amount) -> Option<i64> {
        self.gift_coins(amount.number.value, amount.span)
    }

    /// A number of a donation unit in micro-units, in whole coins.
    pub(super) fn gift_coins(&mut self, value: Decimal, span: Span) -> Option<i64> {
        let digits = self.settings().currency_digits;
        let coin = 10_i64.pow(6_u32.saturating_sub(digits));
        match numbers::scaled(value, digits) {
            Ok(coins) => coins.checked_mul(coin).filter(|micros| *micros <= numbers::MOST).or_else(|| {
                self.report.outside(span, "this is too large", "write a smaller amount");
                None
            }),
            Err(Misfit::TooLarge) => {
                self.report.outside(span, "this is too large", "write a smaller amount");
                None
            }
            Err(Misfit::TooFine) => {
                let currency = &self.settings().currency;
                self.report.outside(
                    span,
                    format!("{} cannot be paid in coins", value),
                    format!("money of {currency} has {digits} digits behind the dot"),
                );
                None
            }
        }
    }

    fn donation_caps(
        &mut self,
        name: &str,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
    ) -> Option<Box<[CapId]>> {
        self.caps_of(("donation", name), lines, |this, cap, span| {
            let why = "a donation is one amount for the whole event, and falls to no value of its items";
            let how = (why, "name something that the event carries, or leave `for each` out");
            this.each_of_event(cap, span, capped, how, |this, cap| this.donation_cap(cap, span, capped))
        })
    }

    pub(super) fn donation_cap(
        &mut self,
        cap: &ast::Cap,
        span: Span,
        capped: Capped,
    ) -> Option<(CapLimit, CapWindow)> {
        if cap.side.is_some() || matches!(cap.per, Some(CapPer::Item)) {
            let help = "write for example `cap 3 times per month`";
            self.report.misplaced(span, "donations are capped in a time or an event", help);
            return None;
        }
        let limit = match &cap.limit {
            ast::CapLimit::Times(number) => {
                let what = ("a number of times", number.span);
                let times = numbers::whole(number.value, (0, 1_000_000_000), what, &mut self.report);
                times.map(CapLimit::Times)
            }
            ast::CapLimit::Amount(amount) if amount.unit.text == self.settings().currency => {
                self.gift_amount(amount).map(CapLimit::Given)
            }
            ast::CapLimit::Amount(amount) if money::is_currency(&amount.unit.text) => {
                // says that it is another currency
                self.coins(amount).map(CapLimit::Given)
            }
            ast::CapLimit::Amount(amount) => match self.gift_unit_named(&amount.unit) {
                Some(_) => self.gift_amount(amount).map(CapLimit::Given),
                None => None,
            },
            ast::CapLimit::Spend(_) => {
                let help = "cap the number of times or the money that is given";
                self.report.misplaced(span, "a donation does not cap spend", help);
                None
            }
        };
        if limit.is_some_and(|limit| limit.most() == 0) {
            let help = "raise it, or remove what it caps";
            self.report.zero(span, "a cap of zero allows nothing at all", help);
            return None;
        }
        let Some(CapPer::Period(period)) = &cap.per else {
            self.report.missing(
                span,
                "it is not said in which time the cap counts",
                "add for example `per month` or `per lifetime`",
            );
            return None;
        };
        let window = self.window(period, &[capped]);
        let window = self.of_account(cap, span, window?)?;
        Some((limit?, window))
    }

    /// Who gets something.
    pub(super) fn receiver(&mut self, to: &ToCharity) -> Option<Receiver> {
        match to {
            ToCharity::Named(name) => self.charity(name).map(Receiver::Charity),
            ToCharity::Matching(path) => self.matching(path),
        }
    }

    /// A charity by its name, which is used by this.
    pub(super) fn charity(&mut self, name: &Name) -> Option<CharityId> {
        let words = &self.all.charities;
        let place = words.keys().position(|known| *known == name.text);
        match (place, words.get(name.text.as_str())) {
            (Some(place), Some(word)) => {
                word.used.set(true);
                Some(CharityId(place as u32))
            }
            _ => {
                let candidates = words.iter().map(|(word, place)| (*word, Some(place.span)));
                self.report.unknown("charity", &name.text, name.span, candidates, "");
                None
            }
        }
    }

    /// The charity that an attribute of the member names: all values of it are charities.
    fn matching(&mut self, path: &Path) -> Option<Receiver> {
        if let Some(scope) = path.scope.as_ref().filter(|scope| scope.text != "member") {
            let help = "name an attribute of the member";
            self.report.misplaced(scope.span, "a member chooses the charity, not a purchase", help);
            return None;
        }
        let facts = self.facts;
        let Some(attribute) = facts.member.peek(&path.name.text) else {
            let candidates = facts.member.candidates();
            self.report.unknown("attribute of the member", &path.name.text, path.span, candidates, "");
            return None;
        };
        attribute.used.set(true);
        let wrong = |message: String| {
            Diagnostic::new(Code::U203, path.span, message).other(attribute.name.span, "declared here")
        };
        let Kind::OneOf(values) = &attribute.kind else {
            let message =
                format!("`{}` is {}, not one of the charities", path.name.text, attribute.kind.called());
            self.report.push(wrong(message).help("declare it as `one of [ … ]` with names of charities"));
            return None;
        };
        let mut found = Vec::new();
        for value in values {
            let place = self.all.charities.keys().position(|known| known == value);
            let Some(place) = place else {
                let message = format!("`{}` can be `{value}`, which is no charity", path.name.text);
                self.report.push(wrong(message).help(format!("add `{value}` to `charities [ … ]`")));
                return None;
            };
            if let Some(word) = self.all.charities.get(value) {
                word.used.set(true);
            }
            found.push((self.symbols.intern(value), CharityId(place as u32)));
        }
        found.sort_unstable();
        Some(Receiver::Matching { place: attribute.place, charities: found.into() })
    }
}
