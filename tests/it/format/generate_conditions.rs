//! Conditions and their constants.

use super::generate::Choices;
use loyalty_rules::diagnostics::Span;
use loyalty_rules::syntax::ast::*;

impl Choices {
    pub(super) fn cond(&mut self, depth: usize) -> Cond {
        let kinds = if depth == 0 { 2 } else { 5 };
        let span = Span::default();
        match self.pick(kinds) {
            0 => Cond::Compare { subject: self.subject(depth), op: self.op(), span },
            1 => Cond::Fact(self.fact(depth), span),
            2 => Cond::Not(Box::new(self.cond(depth - 1)), span),
            3 => Cond::And(self.some(2, |c| c.cond(depth - 1)), span),
            _ => Cond::Or(self.some(2, |c| c.cond(depth - 1)), span),
        }
    }

    pub(super) fn fact(&mut self, depth: usize) -> Fact {
        match self.pick(if depth == 0 { 5 } else { 6 }) {
            0 => Fact::FirstPurchase(self.maybe(Self::period)),
            1 => Fact::BirthdayToday,
            2 => Fact::BirthdayThisMonth,
            3 => Fact::BirthdayWithin(self.duration()),
            4 => Fact::Presented(self.name()),
            _ => Fact::AnyItem(Box::new(self.cond(depth - 1))),
        }
    }

    pub(super) fn subject(&mut self, depth: usize) -> Subject {
        let span = Span::default();
        match self.pick(if depth == 0 { 6 } else { 8 }) {
            0 => Subject::Path(self.path()),
            1 => Subject::QuantityOfBasket(span),
            2 => {
                let measures =
                    [Measure::Spend, Measure::Purchases, Measure::Items, Measure::Named(self.name())];
                let measure = measures[self.pick(4)].clone();
                let within = if self.yes() { MeasureSpan::SoFar } else { MeasureSpan::In(self.window()) };
                Subject::Measure(measure, within, span)
            }
            3 => Subject::TimeSinceJoining(span),
            4 => Subject::TimeSinceLast(self.name(), span),
            5 => Subject::TierOf(self.name(), span),
            6 => Subject::SpendOn(Box::new(self.cond(depth - 1)), self.maybe(Self::window), span),
            _ => Subject::QuantityOn(Box::new(self.cond(depth - 1)), self.maybe(Self::window), span),
        }
    }

    pub(super) fn window(&mut self) -> Window {
        match self.pick(3) {
            0 => Window::Last(self.duration()),
            1 => Window::This(self.period()),
            _ => Window::Previous(self.period()),
        }
    }

    pub(super) fn op(&mut self) -> Op {
        match self.pick(12) {
            0 => Op::Known,
            1 => Op::Unknown,
            2 => Op::Is(self.constant()),
            3 => Op::IsNot(self.constant()),
            4 => Op::In(self.name_set()),
            5 => Op::NotIn(self.name_set()),
            6 => Op::AtLeast(self.constant()),
            7 => Op::AtMost(self.constant()),
            8 => Op::MoreThan(self.constant()),
            9 => Op::LessThan(self.constant()),
            10 => Op::Between(self.constant(), self.constant()),
            _ => Op::Matches(self.path()),
        }
    }

    pub(super) fn name_set(&mut self) -> NameSet {
        match self.pick(2) {
            0 => NameSet::Names(self.some(1, Self::name), Span::default()),
            _ => NameSet::List(self.name()),
        }
    }

    pub(super) fn constant(&mut self) -> Value {
        match self.pick(9) {
            0 => Value::Number(self.number()),
            1 => Value::Moment(self.moment()),
            2 => Value::MonthDay(self.month_day()),
            3 => Value::Time(self.time()),
            4 => Value::Percent(self.percent()),
            5 => Value::Duration(self.duration()),
            6 => Value::Amount(self.amount()),
            7 => Value::YesNo(self.yes(), Span::default()),
            _ => Value::Name(self.name()),
        }
    }

    pub(super) fn value(&mut self) -> Value {
        match self.pick(4) {
            0 => Value::Names(self.some(1, Self::name), Span::default()),
            1 => Value::Number(self.signed()),
            2 => Value::Amount(self.signed_amount()),
            _ => self.constant(),
        }
    }
}
