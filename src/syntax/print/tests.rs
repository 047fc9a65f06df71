//! The lines of `test` blocks. They are a story and keep their order.

use super::doc::{Doc, words};
use super::literals::{date, moment, name, name_except, number, percent, text, times};
use super::plans::grant_span;
use super::{Printer, Statement, Written};
use crate::diagnostics::Span;
use crate::syntax::ast::{
    Announced, Date, Expect, GivenFact, HasKind, ItemLine, Name, Step, StepFact, TestLine, Value,
};

/// Words behind the moment of a step that are no names of events.
const STEPS: &[&str] = &["clock", "announce", "return", "joining", "change", "adjust", "cancel", "transfer"];

impl<'a> Statement<'a> for TestLine {
    fn write(&'a self, printer: &mut Printer<'a>, span: Span, indent: usize) -> Written {
        match self {
            Self::Given { member, facts } => {
                Written::Text(printer.nested(&format!("given member {}", name(member)), facts, span, indent))
            }
            Self::When { at, step, facts } => {
                let head = format!("when {} {}", moment(at), self::step(printer, step));
                Written::Text(printer.nested(&head, facts, span, indent))
            }
            Self::Expect(expect) => Written::Doc(words!["expect", printer.expect(expect)]),
        }
    }
}

fn step(printer: &Printer<'_>, step: &Step) -> String {
    match step {
        Step::Clock => "clock".to_owned(),
        Step::Return { id, of: Some(of), by } => {
            format!("return {} of {} by {}", text(id), text(of), name(by))
        }
        Step::Return { id, of: None, by } => format!("return {} by {}", text(id), name(by)),
        Step::Event { event, id, of, by } => {
            let of = of.as_ref().map(|of| format!(" of {}", text(of))).unwrap_or_default();
            format!("{} {}{of} by {}", name_except(event, STEPS), text(id), name(by))
        }
        Step::Redeem { request, id, by } => {
            format!("{} {} by {}", printer.request(request), text(id), name(by))
        }
        Step::Joining { id, by } => format!("joining {} by {}", text(id), name(by)),
        Step::Adjust { plus, amount, id, by } => {
            let sign = if *plus { "plus" } else { "minus" };
            format!("adjust {sign} {} {} by {}", printer.amount(amount), text(id), name(by))
        }
        Step::Cancel { id, of, by } => {
            format!("cancel {} of {} by {}", text(id), text(of), name(by))
        }
        Step::Transfer { amount, id, from, to } => {
            let (amount, id) = (printer.amount(amount), text(id));
            format!("transfer {amount} {id} from {} to {}", name(from), name(to))
        }
        Step::Link { friend, referrer, id } => {
            format!("link friend {} to {} {}", name(friend), name(referrer), text(id))
        }
        Step::Announce { parameter, value, day, id } => {
            let value = match value {
                Announced::Percent(value) => percent(value),
                Announced::Amount(amount) => printer.amount(amount),
            };
            let day = day.as_ref().map(|day| format!(" for {}", date(day))).unwrap_or_default();
            format!("announce {} {value}{day} {}", name(parameter), text(id))
        }
        Step::Plan { joins, plan, id, by } => {
            let word = if *joins { "join" } else { "leave" };
            format!("{word} plan {} {} by {}", name(plan), text(id), name(by))
        }
        Step::Grant { tier, span, id, to } => {
            format!("grant tier {}{} {} to {}", name(tier), grant_span(span), text(id), name(to))
        }
        Step::Change { id, by } => format!("change {} by {}", text(id), name(by)),
        Step::Choose { amount, id, by } => {
            format!("choose {} {} by {}", printer.amount(amount), text(id), name(by))
        }
    }
}

impl<'a> Statement<'a> for GivenFact {
    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Joined(at) => words!["joined", moment(at)],
            Self::Tier(level, last) => words!["tier", name(level), until("until", last.as_ref())],
            Self::Plan(plan, since) => words!["plan", name(plan), "since", date(since)],
            Self::Card(card, at) => words!["card", name(card), "at", printer.amount(at)],
            Self::Streak(streak, at) => words!["streak", name(streak), "at", number(at)],
            Self::Task(task, at) => words!["task", name(task), "at", number(at)],
            Self::Years(tier, at) => words!["years of", name(tier), "at", number(at)],
            Self::Milestones(milestones, at) => {
                words!["milestones", name(milestones), "at", number(at)]
            }
            Self::CapUsed(cap, used, of) => {
                words!["cap", name(cap), "used", number(used), for_value(printer, of.as_ref())]
            }
            Self::ReferredBy(member) => words!["referred by", name(member)],
            Self::Account(id) => words!["account", name(id)],
            Self::Balance(amount, last) => {
                words!["balance", printer.amount(amount), until("expiring", last.as_ref())]
            }
            Self::Has(amount, last) => words!["has", printer.amount(amount), until("until", last.as_ref())],
            Self::Spent(amount, on) => words!["spent", printer.amount(amount), "on", date(on)],
            Self::Purchased(count, on) => words!["purchased", times(count), "on", date(on)],
            Self::Attribute(attribute, value) => printer.attribute(attribute, value),
        })
    }
}

/// `for T-1`, or nothing
fn for_value<'a>(printer: &mut Printer<'a>, value: Option<&'a Value>) -> Doc {
    match value {
        Some(value) => words!["for", printer.value(value)],
        None => Doc::from(""),
    }
}

/// `until 2027-12-31`, or nothing
fn until(word: &str, last: Option<&Date>) -> String {
    last.map(|last| format!("{word} {}", date(last))).unwrap_or_default()
}

impl<'a> Statement<'a> for StepFact {
    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Item(item) => printer.item(item),
            Self::Total(amount) => words!["total", printer.amount(amount)],
            Self::Payment(kind, amount) => {
                words!["payment", format!("{}:", name(kind)), printer.amount(amount)]
            }
            Self::Redeem(request) => printer.request(request).into(),
            Self::Use(vouchers) => words!["use", printer.amount(vouchers)],
            Self::ReferredBy(member) => words!["referred by", name(member)],
            Self::AllItems(None) => "all items".into(),
            Self::AllItems(Some(of)) => words!["all items of", text(of)],
            Self::Attribute(attribute, value) => printer.attribute(attribute, value),
        })
    }
}

impl<'a> Printer<'a> {
    /// `channel: App`
    fn attribute(&mut self, attribute: &'a Name, value: &'a Value) -> Doc {
        words![format!("{}:", name(attribute)), self.value(value)]
    }

    fn item(&mut self, item: &'a ItemLine) -> Doc {
        let line = item.line.as_ref().map(|line| format!("line {}", number(line))).unwrap_or_default();
        let quantity = item.quantity.as_ref().map(number);
        let price = item.price.as_ref().map(|price| self.amount(price));
        let count = match (quantity, price) {
            (Some(quantity), Some(price)) => format!("{quantity} x {price}"),
            (quantity, price) => quantity.or(price).unwrap_or_default(),
        };
        let of = item.of.as_ref().map(|of| format!("of {}", text(of))).unwrap_or_default();
        let mut all = vec![words!["item", name(&item.name), line, count, of]];
        for (attribute, value) in &item.attributes {
            all.extend([", ".into(), self.attribute(attribute, value)]);
        }
        Doc::Join(all)
    }

    fn expect(&mut self, expect: &'a Expect) -> Doc {
        let who = |member: &Name| name_except(member, &["refused"]);
        let of = |of: Option<&Name>| of.map(|of| format!("of {}", name(of))).unwrap_or_default();
        match expect {
            Expect::Refused(why) => words!["refused", why.as_ref().map(text).unwrap_or_default()],
            Expect::Card(card, member, at) => {
                words!["card", name(card), "of", name(member), "at", self.amount(at)]
            }
            Expect::Challenge(challenge, member, at) => {
                words!["challenge", name(challenge), "of", name(member), "at", number(at)]
            }
            Expect::Streak(streak, member, at) => {
                words!["streak", name(streak), "of", name(member), "at", number(at)]
            }
            Expect::Task(task, member, at) => {
                words!["task", name(task), "of", name(member), "at", number(at)]
            }
            Expect::Milestones(milestones, member, at) => {
                words!["milestones", name(milestones), "of", name(member), "at", number(at)]
            }
            Expect::CapLeft(cap, member, left, value) => {
                let value = for_value(self, value.as_ref());
                words!["cap", name(cap), of(member.as_ref()), "has", number(left), "left", value]
            }
            Expect::Charity(charity, amount) => {
                words!["charity", name(charity), "gets", self.amount(amount)]
            }
            Expect::PartnerOwes(partner, amount) => {
                words!["partner", name(partner), "owes", self.amount(amount)]
            }
            Expect::PartnerGets(partner, amount) => {
                words!["partner", name(partner), "gets", self.amount(amount)]
            }
            Expect::Expire(amount, member) => words![self.amount(amount), of(member.as_ref()), "expire"],
            Expect::EarnsNothing(member) => words![who(member), "earns nothing"],
            Expect::Earns(member, amount, rule) => {
                let from = rule.as_ref().map(|rule| format!("from {}", name(rule))).unwrap_or_default();
                words![who(member), "earns", self.amount(amount), from]
            }
            Expect::Has(member, amount, kind) => {
                let kind = match kind {
                    HasKind::Usable => String::new(),
                    HasKind::Pending => "pending".to_owned(),
                    HasKind::Expiring(last) => until("expiring", Some(last)),
                    HasKind::Until(last) => until("until", Some(last)),
                };
                words![who(member), "has", self.amount(amount), kind]
            }
            Expect::Benefit(member, benefit, last) => {
                words![who(member), "has benefit", text(benefit), until("until", last.as_ref())]
            }
            Expect::NoBenefit(member, benefit) => words![who(member), "has no benefit", text(benefit)],
            Expect::Loses(member, amount) => words![who(member), "loses", self.amount(amount)],
            Expect::Pays(member, amount) => words![who(member), "pays", self.amount(amount)],
            Expect::PaysFees(member, amount, plan) => {
                words![who(member), "pays", self.amount(amount), "for plan", name(plan)]
            }
            Expect::Owes(member, amount) => words![who(member), "owes", self.amount(amount)],
            Expect::Tier { member, of: tiers, tier, until: last } => {
                let last = until("until", last.as_ref());
                words![who(member), "tier", of(tiers.as_ref()), "is", name(tier), last]
            }
        }
    }
}
