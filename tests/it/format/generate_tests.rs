//! Trees of `test` blocks.

use super::generate::Choices;
use loyalty_rules::syntax::ast::*;

impl Choices {
    pub(super) fn test_line(&mut self) -> TestLine {
        match self.pick(3) {
            0 => TestLine::Given { member: self.name(), facts: self.lines(Self::given_fact) },
            1 => {
                let step = match self.pick(11) {
                    10 => Step::Link { friend: self.name(), referrer: self.name(), id: self.text() },
                    9 => Step::Transfer {
                        amount: self.amount(),
                        id: self.text(),
                        from: self.name(),
                        to: self.name(),
                    },
                    6 => Step::Adjust {
                        plus: self.pick(2) == 0,
                        amount: self.amount(),
                        id: self.text(),
                        by: self.name(),
                    },
                    7 => Step::Change { id: self.text(), by: self.name() },
                    8 => Step::Cancel { id: self.text(), of: self.text(), by: self.name() },
                    0 if self.pick(2) == 0 => Step::Announce {
                        parameter: self.name(),
                        value: match self.pick(2) {
                            0 => Announced::Percent(self.percent()),
                            _ => Announced::Amount(self.amount()),
                        },
                        day: self.maybe(Self::date),
                        id: self.text(),
                    },
                    0 => Step::Clock,
                    1 => Step::Return { id: self.text(), of: self.maybe(Self::text), by: self.name() },
                    2 => Step::Event {
                        event: self.name(),
                        id: self.text(),
                        of: self.maybe(Self::text),
                        by: self.name(),
                    },
                    3 => Step::Joining { id: self.text(), by: self.name() },
                    4 => Step::Redeem { request: self.request(), id: self.text(), by: self.name() },
                    _ => Step::Choose { amount: self.amount(), id: self.text(), by: self.name() },
                };
                TestLine::When { at: self.moment(), step, facts: self.lines(Self::step_fact) }
            }
            _ => TestLine::Expect(self.expect()),
        }
    }

    fn given_fact(&mut self) -> GivenFact {
        match self.pick(14) {
            12 => GivenFact::Years(self.name(), self.number()),
            13 => GivenFact::Milestones(self.name(), self.number()),
            11 => GivenFact::Streak(self.name(), self.number()),
            10 => GivenFact::Task(self.name(), self.number()),
            0 => GivenFact::Joined(self.moment()),
            1 => GivenFact::Tier(self.name(), self.maybe(Self::date)),
            2 => GivenFact::Card(self.name(), self.amount()),
            3 => GivenFact::CapUsed(self.name(), self.number(), self.maybe(Self::of_value)),
            4 => GivenFact::ReferredBy(self.name()),
            5 => GivenFact::Balance(self.amount(), self.maybe(Self::date)),
            6 => GivenFact::Has(self.amount(), self.maybe(Self::date)),
            7 => GivenFact::Spent(self.amount(), self.date()),
            8 => GivenFact::Purchased(self.number(), self.date()),
            _ => GivenFact::Attribute(self.name(), self.value()),
        }
    }

    fn of_value(&mut self) -> Value {
        match self.pick(2) {
            0 => Value::Name(self.name()),
            _ => Value::Number(self.number()),
        }
    }

    fn step_fact(&mut self) -> StepFact {
        match self.pick(8) {
            0 => StepFact::Total(self.signed_amount()),
            1 => {
                let (quantity, price) = match self.pick(3) {
                    0 => (None, Some(self.signed_amount())),
                    1 => (Some(self.number()), Some(self.signed_amount())),
                    _ => (Some(self.number()), None),
                };
                let name = self.name();
                let line = self.maybe(Self::number);
                let of = self.maybe(Self::text);
                let attributes = self.some(0, |c| (c.name(), c.value()));
                StepFact::Item(ItemLine { name, line, quantity, price, of, attributes })
            }
            2 => StepFact::Payment(self.name(), self.amount()),
            3 => StepFact::AllItems(self.maybe(Self::text)),
            4 => StepFact::Redeem(self.request()),
            5 => StepFact::Use(self.amount()),
            6 => StepFact::ReferredBy(self.name()),
            _ => StepFact::Attribute(self.name(), self.value()),
        }
    }

    fn expect(&mut self) -> Expect {
        match self.pick(21) {
            19 => Expect::Benefit(self.name(), self.text(), self.maybe(Self::date)),
            20 => Expect::NoBenefit(self.name(), self.text()),
            17 => Expect::PaysFees(self.name(), self.amount(), self.name()),
            18 => Expect::Milestones(self.name(), self.name(), self.number()),
            15 => Expect::PartnerOwes(self.name(), self.signed_amount()),
            16 => Expect::PartnerGets(self.name(), self.signed_amount()),
            14 => Expect::Streak(self.name(), self.name(), self.number()),
            12 => Expect::Challenge(self.name(), self.name(), self.number()),
            13 => Expect::Task(self.name(), self.name(), self.number()),
            0 => Expect::Refused(self.maybe(Self::text)),
            1 => Expect::Card(self.name(), self.name(), self.amount()),
            2 => Expect::CapLeft(
                self.name(),
                self.maybe(Self::name),
                self.number(),
                self.maybe(Self::of_value),
            ),
            10 => Expect::Charity(self.name(), self.signed_amount()),
            3 => Expect::Expire(self.amount(), self.maybe(Self::name)),
            4 => Expect::EarnsNothing(self.name()),
            5 => Expect::Earns(self.name(), self.signed_amount(), self.maybe(Self::name)),
            6 => {
                let kind = match self.pick(4) {
                    0 => HasKind::Usable,
                    1 => HasKind::Pending,
                    2 => HasKind::Expiring(self.date()),
                    _ => HasKind::Until(self.date()),
                };
                Expect::Has(self.name(), self.amount(), kind)
            }
            7 => Expect::Loses(self.name(), self.amount()),
            8 => Expect::Pays(self.name(), self.amount()),
            9 => Expect::Owes(self.name(), self.amount()),
            _ => Expect::Tier {
                member: self.name(),
                of: self.maybe(Self::name),
                tier: self.name(),
                until: self.maybe(Self::date),
            },
        }
    }
}
