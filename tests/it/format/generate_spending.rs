//! Trees of blocks about spending.

use super::generate::Choices;
use loyalty_rules::syntax::ast::*;

impl Choices {
    pub(super) fn redeem_line(&mut self) -> RedeemLine {
        match self.pick(9) {
            7 => RedeemLine::ToCharity(self.receiver()),
            0 => RedeemLine::Rate { amount: self.amount(), value: self.amount() },
            1 => RedeemLine::AtLeast(self.amount()),
            2 => RedeemLine::AtMost(self.amount()),
            3 => RedeemLine::AtMostOfBasket(self.percent()),
            4 => RedeemLine::InStepsOf(self.amount()),
            5 => RedeemLine::WholeBasketOnly,
            6 => RedeemLine::ForItems(self.cond(2)),
            _ => RedeemLine::When(self.cond(2)),
        }
    }

    fn receiver(&mut self) -> ToCharity {
        match self.pick(2) {
            0 => ToCharity::Named(self.name()),
            _ => ToCharity::Matching(Path { of_block: false, ..self.path() }),
        }
    }

    pub(super) fn partner_line(&mut self) -> PartnerLine {
        match self.pick(4) {
            0 => PartnerLine::Pays(PriceOf { price: self.amount(), unit: self.name() }),
            1 => PartnerLine::Gets(PriceOf { price: self.amount(), unit: self.name() }),
            2 => PartnerLine::Settles(self.period()),
            _ => PartnerLine::Budget { amount: self.amount(), per: self.period() },
        }
    }

    pub(super) fn funded(&mut self) -> FundedBy {
        let shares = match self.yes() {
            true => vec![FundedShare { partner: self.name(), share: None }],
            false => self.some(1, |c| FundedShare { partner: c.name(), share: Some(c.percent()) }),
        };
        FundedBy { shares }
    }

    pub(super) fn donate_line(&mut self) -> DonateLine {
        match self.pick(14) {
            12 => DonateLine::AtPartner(self.name()),
            13 => DonateLine::Funded(self.funded()),
            0 => DonateLine::Valid(self.valid()),
            1 => DonateLine::On(self.on()),
            2 => DonateLine::ForItems(self.cond(2)),
            3 => DonateLine::When(self.cond(2)),
            4 => DonateLine::RoundUp(self.amount()),
            5 => DonateLine::WholeAmounts(self.amount()),
            6 => DonateLine::Give(self.give()),
            7 if self.yes() => DonateLine::Budget(Cap { side: None, ..self.cap() }),
            7 => DonateLine::Cap(Cap { side: None, ..self.cap() }),
            8 => DonateLine::PayEvery(self.period()),
            9 => DonateLine::Multiply(self.number()),
            10 => DonateLine::Add(self.amount()),
            _ => DonateLine::ToCharity(self.receiver()),
        }
    }

    pub(super) fn award_line(&mut self) -> AwardLine {
        match self.pick(8) {
            0 => AwardLine::Valid(self.valid()),
            1 => AwardLine::ForItems(self.cond(2)),
            2 => AwardLine::When(self.cond(2)),
            3 => AwardLine::PayNothingBelow(self.amount()),
            4 => AwardLine::Cap(Cap { side: None, ..self.cap() }),
            _ => {
                let give = match self.pick(6) {
                    0 => {
                        let paid_with = if self.yes() { Some(self.name()) } else { None };
                        let most = paid_with.is_none() && self.yes();
                        AwardGive::Share { rate: self.percent(), most, paid_with, unit: self.name() }
                    }
                    1 => AwardGive::Bands {
                        unit: self.name(),
                        bands: self.some(1, |c| Band {
                            from: c.amount(),
                            value: c.number(),
                            span: Default::default(),
                        }),
                    },
                    2 => AwardGive::Earned {
                        amount: self.amount(),
                        per: self.amount(),
                        rules: self.some(1, Self::name),
                    },
                    3 if self.yes() => {
                        AwardGive::Announced { parameter: self.name(), most: self.yes(), unit: self.name() }
                    }
                    4 => AwardGive::Per { amount: self.amount(), per: self.per() },
                    5 => AwardGive::Choice(self.choice()),
                    _ => AwardGive::Flat(self.amount()),
                };
                AwardLine::Every { period: self.period(), give }
            }
        }
    }

    pub(super) fn rebate_line(&mut self) -> RebateLine {
        match self.pick(10) {
            0 => RebateLine::Valid(self.valid()),
            1 => RebateLine::ForItems(self.cond(2)),
            2 => RebateLine::When(self.cond(2)),
            3 => RebateLine::Period(self.period()),
            4 => RebateLine::Stages([StageMode::Retroactive, StageMode::Incremental][self.pick(2)]),
            5 => RebateLine::Pays { unit: self.name(), after: self.duration() },
            6 => RebateLine::PayNothingBelow(self.amount()),
            7 => RebateLine::Cap(Cap { side: None, ..self.cap() }),
            _ => {
                let pays = match self.pick(3) {
                    0 => StagePays::Percent(self.percent()),
                    1 => StagePays::PercentOf(self.percent(), self.name()),
                    _ => StagePays::Amount(self.amount()),
                };
                RebateLine::Stage { from: self.amount(), pays }
            }
        }
    }

    pub(super) fn convert(&mut self) -> ConvertBlock {
        let at = match self.pick(3) {
            0 => ConvertAt::Once,
            1 => ConvertAt::EveryDuration(self.duration(), self.maybe(Self::month_day)),
            _ => ConvertAt::EveryPeriod(self.period(), self.maybe(Self::month_day)),
        };
        ConvertBlock { amount: self.amount(), into: self.amount(), at, from: self.maybe(Self::amount) }
    }

    pub(super) fn reward_line(&mut self) -> RewardLine {
        match self.pick(8) {
            7 => RewardLine::Funded(self.funded()),
            0 => RewardLine::Valid(self.valid()),
            1 => RewardLine::ForItems(self.cond(2)),
            2 => RewardLine::When(self.cond(2)),
            3 => RewardLine::Cap(Cap { side: None, ..self.cap() }),
            4 => RewardLine::Grants(Grants::ItemsFree(self.number())),
            5 => RewardLine::Worth(self.amount()),
            _ => RewardLine::Give(self.give()),
        }
    }

    pub(super) fn request(&mut self) -> Request {
        Request { up_to: self.pick(2) == 0, amount: self.amount() }
    }
}
