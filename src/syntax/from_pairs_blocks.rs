//! From what pest read to the tree: the program, vocabulary, units, tiers, cards, vouchers, referrals, returns.

use super::ast::{
    CardBlock, CardLine, CountsFrom, DatedNames, Field, FieldType, Grants, ListBlock, ListContent, MayChange,
    Name, PeriodBlock, PeriodStarts, ProgramBlock, ProgramLine, Reach, ReferralBlock, ReferralLine,
    ReturnsLine, SchemaBlock, SchemaLine, SchemaOf, Side, SpendOrder, TakeBack, TierLine, TiersBlock,
    TiersLine, UnitBlock, UnitKind, UnitLine, Unmatched, Vocabulary, VocabularyKind, VoucherBlock,
    VoucherLine,
};
use super::from_pairs::{Builder, Made, Parts};
use super::grammar::Rule;
use super::joined::{Joined, join};
use super::places::Place;
use crate::diagnostics::Span;
use pest::iterators::Pair;

impl Builder<'_> {
    pub(super) fn program(&mut self, parts: &mut Parts<'_>) -> Made<Option<ProgramBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::program_body, Place::Program, Self::program_line);
        Ok(name.map(|name| ProgramBlock { name, lines }))
    }

    fn program_line(&mut self, pair: Pair<'_, Rule>) -> Made<ProgramLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::version => {
                parts.skip(&[Rule::k_version]);
                ProgramLine::Version(self.number(&mut parts)?)
            }
            Rule::effective => {
                parts.skip(&[Rule::k_effective, Rule::k_from]);
                ProgramLine::EffectiveFrom(self.date(&mut parts)?)
            }
            Rule::currency => {
                parts.skip(&[Rule::k_currency]);
                ProgramLine::Currency(self.name(&mut parts)?)
            }
            Rule::zone => {
                parts.skip(&[Rule::k_time, Rule::k_zone]);
                ProgramLine::TimeZone(self.text(&mut parts)?)
            }
            Rule::week_start => {
                parts.skip(&[Rule::k_week, Rule::k_starts, Rule::k_on]);
                ProgramLine::WeekStartsOn(self.name(&mut parts)?)
            }
            Rule::day_start => {
                parts.skip(&[Rule::k_day, Rule::k_starts, Rule::k_at]);
                ProgramLine::DayStartsAt(self.time(&mut parts)?)
            }
            Rule::year_start => {
                parts.skip(&[Rule::k_membership, Rule::k_year, Rule::k_starts, Rule::k_on, Rule::k_day]);
                ProgramLine::MembershipYearStartsOnDay(self.number(&mut parts)?)
            }
            Rule::late => {
                parts.skip(&[Rule::k_accept, Rule::k_late, Rule::k_events, Rule::k_for]);
                ProgramLine::AcceptLate(self.duration(&mut parts)?)
            }
            Rule::early => {
                parts.skip(&[Rule::k_accept, Rule::k_events, Rule::k_from]);
                ProgramLine::AcceptBeforeJoining(self.duration(&mut parts)?)
            }
            Rule::join_by => {
                parts.skip(&[Rule::k_members, Rule::k_join, Rule::k_by]);
                ProgramLine::JoinBy(self.joining_or_name(&mut parts)?)
            }
            Rule::prices => {
                parts.skip(&[Rule::k_prices]);
                ProgramLine::Prices { with_tax: parts.eat(Rule::k_with) }
            }
            Rule::spend_mode => {
                parts.skip(&[Rule::k_spend]);
                let with_tax = parts.eat(Rule::k_with);
                parts.skip(&[Rule::k_without, Rule::k_tax]);
                ProgramLine::Spend { with_tax, after_redemptions: parts.eat(Rule::k_after) }
            }
            _ => return Err(parts.fault()),
        })
    }

    /// An event by its name; the word `joining` is one.
    fn joining_or_name(&mut self, parts: &mut Parts<'_>) -> Made<Name> {
        match parts.take(Rule::k_joining) {
            Some(pair) => Ok(Name { text: pair.as_str().to_owned(), span: self.span(&pair) }),
            None => self.name(parts),
        }
    }

    pub(super) fn schema(&mut self, parts: &mut Parts<'_>) -> Made<Option<SchemaBlock>> {
        let of = if parts.eat(Rule::k_member) {
            Some(SchemaOf::Member)
        } else if parts.eat(Rule::k_item) {
            Some(SchemaOf::Item)
        } else {
            self.head(parts)?.map(SchemaOf::Event)
        };
        let fields = self.body(parts, Rule::schema_body, Place::Schema, Self::schema_line);
        Ok(of.map(|of| SchemaBlock { of, fields }))
    }

    fn schema_line(&mut self, pair: Pair<'_, Rule>) -> Made<SchemaLine> {
        if pair.as_rule() != Rule::judged {
            return self.field(pair).map(SchemaLine::Field);
        }
        let mut parts = self.parts(pair);
        parts.skip(&[Rule::k_judged, Rule::k_on]);
        self.name(&mut parts).map(SchemaLine::JudgedOn)
    }

    fn field(&mut self, pair: Pair<'_, Rule>) -> Made<Field> {
        let mut parts = self.parts(pair);
        let name = self.name(&mut parts)?;
        parts.skip(&[Rule::colon]);
        let (kind_span, mut inner) = self.enter(&mut parts, Rule::field_type)?;
        let kind = self.field_type(&mut inner)?;
        let optional = parts.eat(Rule::k_optional);
        let singular = if parts.eat(Rule::k_singular) { Some(self.name(&mut parts)?) } else { None };
        let may_change = match parts.take(Rule::may_change) {
            Some(pair) => Some(self.may_change(pair)?),
            None => None,
        };
        let counts_from = match parts.take(Rule::counts_from) {
            Some(pair) => Some(self.counts_from(pair)?),
            None => None,
        };
        Ok(Field { name, kind, kind_span, optional, singular, may_change, counts_from })
    }

    fn counts_from(&mut self, pair: Pair<'_, Rule>) -> Made<CountsFrom> {
        let span = self.span(&pair);
        let mut parts = self.parts(pair);
        parts.skip(&[Rule::k_counts, Rule::k_from, Rule::k_start, Rule::k_of]);
        Ok(CountsFrom { per: self.period(&mut parts)?, span })
    }

    fn may_change(&mut self, pair: Pair<'_, Rule>) -> Made<MayChange> {
        let span = self.span(&pair);
        let mut parts = self.parts(pair);
        parts.skip(&[Rule::k_may, Rule::k_change]);
        let times = self.number(&mut parts)?;
        parts.skip(&[Rule::k_times, Rule::k_time, Rule::k_per]);
        Ok(MayChange { times, per: self.period(&mut parts)?, span })
    }

    fn field_type(&mut self, inner: &mut Parts<'_>) -> Made<FieldType> {
        Ok(match inner.any()?.as_rule() {
            Rule::k_one => {
                inner.skip(&[Rule::k_of]);
                FieldType::OneOf(self.names(inner)?.0)
            }
            Rule::k_list => FieldType::ListOfName,
            Rule::k_integer if inner.peek() == Some(Rule::number) => {
                let low = self.number(inner)?;
                inner.skip(&[Rule::k_to]);
                FieldType::Integer(Some((low, self.number(inner)?)))
            }
            Rule::k_integer => FieldType::Integer(None),
            Rule::k_yes_no => FieldType::YesNo,
            Rule::k_decimal => FieldType::Decimal,
            Rule::k_money => FieldType::Money,
            Rule::k_percent => FieldType::Percent,
            Rule::k_date => FieldType::Date,
            Rule::k_time => FieldType::Time,
            Rule::k_text => FieldType::Text,
            Rule::k_name => FieldType::Name,
            _ => return Err(inner.fault()),
        })
    }

    pub(super) fn vocabulary(&mut self, parts: &mut Parts<'_>) -> Made<Vocabulary> {
        let kind = match parts.any()?.as_rule() {
            Rule::k_categories => VocabularyKind::Categories,
            Rule::k_channels => VocabularyKind::Channels,
            Rule::k_stores => VocabularyKind::Stores,
            Rule::k_payments => VocabularyKind::Payments,
            Rule::k_charities => VocabularyKind::Charities,
            _ => return Err(parts.fault()),
        };
        Ok(Vocabulary { kind, names: self.names(parts)?.0 })
    }

    pub(super) fn list(&mut self, parts: &mut Parts<'_>) -> Made<ListBlock> {
        parts.skip(&[Rule::k_list]);
        let name = self.name(parts)?;
        let content = if parts.peek() == Some(Rule::names_lit) {
            ListContent::Names(self.names(parts)?.0)
        } else if parts.eat(Rule::k_from) {
            parts.skip(&[Rule::k_host]);
            ListContent::FromHost
        } else {
            ListContent::Dated(self.body(parts, Rule::dated_body, Place::Dated, Self::dated_names))
        };
        Ok(ListBlock { name, content })
    }

    fn dated_names(&mut self, pair: Pair<'_, Rule>) -> Made<DatedNames> {
        let mut parts = self.parts(pair);
        parts.skip(&[Rule::k_from]);
        let from = self.date(&mut parts)?;
        let to = self.maybe_date(&mut parts, Rule::k_to)?;
        Ok(DatedNames { from, to, names: self.names(&mut parts)?.0 })
    }

    pub(super) fn period_def(&mut self, parts: &mut Parts<'_>) -> Made<PeriodBlock> {
        parts.skip(&[Rule::k_period]);
        let name = self.name(parts)?;
        parts.skip(&[Rule::k_starts]);
        if parts.eat(Rule::k_on) {
            parts.skip(&[Rule::k_day]);
            let starts = if parts.peek() == Some(Rule::number) {
                PeriodStarts::OnDay(self.number(parts)?)
            } else {
                PeriodStarts::OnAttribute(self.name(parts)?)
            };
            return Ok(PeriodBlock { name, starts });
        }
        let from = self.month_day(parts)?;
        parts.skip(&[Rule::k_every]);
        let starts = if parts.eat(Rule::k_year) {
            PeriodStarts::EveryYear(from)
        } else {
            PeriodStarts::EveryMonths(from, self.number(parts)?)
        };
        Ok(PeriodBlock { name, starts })
    }

    pub(super) fn unit(&mut self, parts: &mut Parts<'_>) -> Made<UnitBlock> {
        parts.skip(&[Rule::k_unit]);
        let name = self.name(parts)?;
        parts.skip(&[Rule::k_is]);
        let (kind_span, mut inner) = self.enter(parts, Rule::unit_kind)?;
        let kind = if inner.eat(Rule::k_donation) {
            inner.skip(&[Rule::k_in]);
            UnitKind::Donation(self.name(&mut inner)?)
        } else if inner.eat(Rule::k_money) {
            inner.skip(&[Rule::k_in]);
            UnitKind::Money(self.name(&mut inner)?)
        } else if inner.eat(Rule::k_status) {
            UnitKind::Status
        } else if inner.eat(Rule::k_tickets) {
            UnitKind::Tickets
        } else {
            UnitKind::Spendable
        };
        let lines = self.body(parts, Rule::unit_body, Place::Unit, Self::unit_line);
        Ok(UnitBlock { name, kind, kind_span, lines })
    }

    fn unit_line(&mut self, pair: Pair<'_, Rule>) -> Made<UnitLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::singular => {
                parts.skip(&[Rule::k_singular]);
                UnitLine::Singular(self.name(&mut parts)?)
            }
            Rule::decimals => {
                parts.skip(&[Rule::k_decimals]);
                UnitLine::Decimals(self.number(&mut parts)?)
            }
            Rule::worth => {
                parts.skip(&[Rule::k_worth]);
                UnitLine::Worth(self.amount(&mut parts)?)
            }
            Rule::round => UnitLine::Round(self.round(&mut parts)?),
            Rule::activate => UnitLine::Activate(self.activate(&mut parts)?),
            Rule::expire => UnitLine::Expire(self.expire(&mut parts)?),
            Rule::hold => UnitLine::NoExpiry(self.hold(&mut parts)?),
            Rule::spend_order => {
                parts.skip(&[Rule::k_spend]);
                let oldest = parts.eat(Rule::k_oldest);
                UnitLine::SpendOrder(if oldest { SpendOrder::Oldest } else { SpendOrder::SoonestExpiry })
            }
            _ => return Err(parts.fault()),
        })
    }

    pub(super) fn tiers(&mut self, parts: &mut Parts<'_>) -> Made<Option<TiersBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::tiers_body, Place::Tiers, Self::tiers_line);
        // A level without a name was reported and is left out.
        let lines =
            lines.into_iter().filter_map(|line| Some(super::ast::Line { kind: line.kind?, span: line.span }));
        let lines = lines.collect();
        Ok(name.map(|name| TiersBlock { name, lines }))
    }

    fn tiers_line(&mut self, pair: Pair<'_, Rule>) -> Made<Option<TiersLine>> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(Some(match rule {
            Rule::count_in => self.count(&mut parts)?,
            Rule::upgrade => {
                parts.skip(&[Rule::k_upgrade, Rule::k_at]);
                if parts.eat(Rule::k_once) {
                    TiersLine::UpgradeAtOnce
                } else {
                    parts.skip(&[Rule::k_end, Rule::k_of]);
                    TiersLine::UpgradeAtEnd(self.period(&mut parts)?)
                }
            }
            Rule::new_tier => self.new_tier(&mut parts)?,
            Rule::keep => self.keep(&mut parts)?,
            Rule::drop => {
                parts.skip(&[Rule::k_then, Rule::k_drop]);
                if parts.eat(Rule::k_one) { TiersLine::DropOneLevel } else { TiersLine::DropToEarned }
            }
            Rule::grace => {
                parts.skip(&[Rule::k_grace]);
                TiersLine::Grace(self.duration(&mut parts)?)
            }
            Rule::takes => TiersLine::TakesThreshold,
            Rule::carry_at_most => {
                parts.skip(&[Rule::k_carry, Rule::k_at, Rule::k_most]);
                TiersLine::CarryAtMost(self.amount(&mut parts)?)
            }
            Rule::carry_surplus => {
                parts.skip(&[Rule::k_carry, Rule::k_surplus]);
                let unit = self.name(&mut parts)?;
                parts.skip(&[Rule::k_over, Rule::k_once]);
                let from = if parts.eat(Rule::k_from) {
                    parts.skip(&[Rule::k_tier]);
                    Some(self.name(&mut parts)?)
                } else {
                    None
                };
                TiersLine::CarrySurplus { unit, from }
            }
            Rule::tier => {
                let name = self.head(&mut parts)?;
                let lines = self.body(&mut parts, Rule::tier_body, Place::Tier, Self::tier_line);
                return Ok(name.map(|name| TiersLine::Tier { name, lines }));
            }
            _ => return Err(parts.fault()),
        }))
    }

    fn tier_line(&mut self, pair: Pair<'_, Rule>) -> Made<TierLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::reach => {
                parts.skip(&[Rule::k_reach]);
                TierLine::Reach(self.reach(&mut parts)?)
            }
            Rule::paid_by => {
                parts.skip(&[Rule::k_paid, Rule::k_by, Rule::k_plan]);
                TierLine::PaidBy(self.name(&mut parts)?)
            }
            Rule::on_entry => {
                parts.skip(&[Rule::k_on, Rule::k_entry]);
                TierLine::OnEntry(self.give(&mut parts)?)
            }
            Rule::every_give => {
                parts.skip(&[Rule::k_every]);
                TierLine::Every(self.period(&mut parts)?, self.give(&mut parts)?)
            }
            Rule::benefit => {
                parts.skip(&[Rule::k_benefit]);
                TierLine::Benefit(self.text(&mut parts)?)
            }
            _ => return Err(parts.fault()),
        })
    }

    fn reach(&mut self, parts: &mut Parts<'_>) -> Made<Reach> {
        let (span, mut inner) = self.enter(parts, Rule::reach_expr)?;
        let mut joined = Joined::default();
        loop {
            let text = inner.peek_text();
            joined.parts.push((self.reach_term(&mut inner)?, text));
            if inner.eat(Rule::k_and) {
                joined.ors.push(false);
            } else if inner.eat(Rule::k_or) {
                joined.ors.push(true);
            } else {
                break;
            }
        }
        if joined.is_mixed() {
            self.found.push(joined.finding(span, None));
        }
        join(joined, span, Reach::And, Reach::Or, reach_span).ok_or_else(|| inner.fault())
    }

    fn reach_term(&mut self, parts: &mut Parts<'_>) -> Made<Reach> {
        if parts.peek() == Some(Rule::reach_group) {
            let (_, mut inner) = self.enter(parts, Rule::reach_group)?;
            inner.skip(&[Rule::lparen]);
            return self.reach(&mut inner);
        }
        let (span, mut inner) = self.enter(parts, Rule::target)?;
        if inner.peek() == Some(Rule::number) {
            let count = self.number(&mut inner)?;
            inner.skip(&[Rule::k_years, Rule::k_of]);
            return Ok(Reach::Years { count, tier: self.name(&mut inner)?, span });
        }
        let amount = self.amount(&mut inner)?;
        Ok(Reach::Target { amount, spend: inner.eat(Rule::k_spend), span })
    }

    pub(super) fn card(&mut self, parts: &mut Parts<'_>) -> Made<Option<CardBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::card_body, Place::Card, Self::card_line);
        Ok(name.map(|name| CardBlock { name, lines }))
    }

    fn card_line(&mut self, pair: Pair<'_, Rule>) -> Made<CardLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::on => CardLine::On(self.on(&mut parts)?),
            Rule::at_partner => CardLine::AtPartner(self.at_partner(&mut parts)?),
            Rule::funded => CardLine::Funded(self.funded(&mut parts)?),
            Rule::valid => CardLine::Valid(self.valid(&mut parts)?),
            Rule::when => CardLine::When(self.when(&mut parts)?),
            Rule::for_items => CardLine::ForItems(self.for_items(&mut parts)?),
            Rule::stamp => {
                parts.skip(&[Rule::k_stamp]);
                CardLine::Stamp { count: self.number(&mut parts)?, per: self.maybe_per(&mut parts)? }
            }
            Rule::goal => {
                parts.skip(&[Rule::k_goal]);
                CardLine::Goal(self.amount(&mut parts)?)
            }
            Rule::start_with => {
                parts.skip(&[Rule::k_start, Rule::k_with]);
                CardLine::StartWith { amount: self.amount(&mut parts)?, every_card: parts.eat(Rule::k_on) }
            }
            Rule::cap => CardLine::Cap(self.cap(&mut parts)?),
            Rule::carry => CardLine::Carry(!parts.eat(Rule::k_no)),
            Rule::expire => CardLine::Expire(self.expire(&mut parts)?),
            Rule::card_reward => {
                parts.skip(&[Rule::k_reward]);
                if parts.eat(Rule::k_worth) {
                    parts.skip(&[
                        Rule::k_the,
                        Rule::k_average,
                        Rule::k_of,
                        Rule::k_its,
                        Rule::k_stamps,
                        Rule::k_as,
                    ]);
                    CardLine::Average(self.name(&mut parts)?)
                } else {
                    CardLine::Reward(self.amount(&mut parts)?)
                }
            }
            _ => return Err(parts.fault()),
        })
    }

    pub(super) fn voucher(&mut self, parts: &mut Parts<'_>) -> Made<Option<VoucherBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::voucher_body, Place::Voucher, Self::voucher_line);
        Ok(name.map(|name| VoucherBlock { name, lines }))
    }

    fn voucher_line(&mut self, pair: Pair<'_, Rule>) -> Made<VoucherLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::grants => VoucherLine::Grants(self.grants(&mut parts)?),
            Rule::worth => {
                parts.skip(&[Rule::k_worth]);
                VoucherLine::Worth(self.amount(&mut parts)?)
            }
            Rule::valid => VoucherLine::Valid(self.valid(&mut parts)?),
            Rule::usable => {
                parts.skip(&[Rule::k_usable, Rule::k_from]);
                let from = self.date(&mut parts)?;
                parts.skip(&[Rule::k_to]);
                VoucherLine::Usable { from, to: self.date(&mut parts)? }
            }
            Rule::activate => VoucherLine::Activate(self.activate(&mut parts)?),
            Rule::for_items => VoucherLine::ForItems(self.for_items(&mut parts)?),
            Rule::when => VoucherLine::When(self.when(&mut parts)?),
            Rule::cap => VoucherLine::Cap(self.cap(&mut parts)?),
            Rule::funded => VoucherLine::Funded(self.funded(&mut parts)?),
            _ => return Err(parts.fault()),
        })
    }

    pub(super) fn grants(&mut self, parts: &mut Parts<'_>) -> Made<Grants> {
        parts.skip(&[Rule::k_grants]);
        Ok(match parts.peek() {
            Some(Rule::string) => Grants::Text(self.text(parts)?),
            Some(Rule::percent) => {
                let percent = self.percent(parts)?;
                parts.skip(&[Rule::k_off]);
                let limited = parts.eat(Rule::k_up);
                parts.skip(&[Rule::k_to]);
                Grants::PercentOff(percent, if limited { Some(self.amount(parts)?) } else { None })
            }
            Some(Rule::number) => Grants::ItemsFree(self.number(parts)?),
            _ => Grants::AmountOff(self.amount(parts)?),
        })
    }

    pub(super) fn referral(&mut self, parts: &mut Parts<'_>) -> Made<Option<ReferralBlock>> {
        let name = self.head(parts)?;
        let lines = self.body(parts, Rule::referral_body, Place::Referral, Self::referral_line);
        Ok(name.map(|name| ReferralBlock { name, lines }))
    }

    fn referral_line(&mut self, pair: Pair<'_, Rule>) -> Made<ReferralLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::valid => ReferralLine::Valid(self.valid(&mut parts)?),
            Rule::funded => ReferralLine::Funded(self.funded(&mut parts)?),
            Rule::qualifies => {
                parts.skip(&[Rule::k_friend, Rule::k_qualifies, Rule::k_with]);
                let times =
                    if parts.peek() == Some(Rule::number) { Some(self.number(&mut parts)?) } else { None };
                let event = self.name(&mut parts)?;
                let least = parts.eat(Rule::k_of);
                parts.skip(&[Rule::k_at, Rule::k_least]);
                let at_least = if least { Some(self.amount(&mut parts)?) } else { None };
                let limited = parts.eat(Rule::k_within);
                let within = if limited { Some(self.duration(&mut parts)?) } else { None };
                ReferralLine::Qualifies { times, event, at_least, within }
            }
            Rule::named_until => {
                parts.skip(&[Rule::k_friend, Rule::k_may, Rule::k_be, Rule::k_named, Rule::k_until]);
                parts.skip(&[Rule::k_first]);
                ReferralLine::NamedUntil(self.name(&mut parts)?)
            }
            Rule::when_side => {
                parts.skip(&[Rule::k_when]);
                let friend = parts.eat(Rule::k_friend);
                parts.skip(&[Rule::k_referrer]);
                let cond = self.cond(&mut parts)?;
                if friend { ReferralLine::WhenFriend(cond) } else { ReferralLine::WhenReferrer(cond) }
            }
            Rule::wait => {
                parts.skip(&[Rule::k_wait]);
                ReferralLine::Wait(self.duration(&mut parts)?)
            }
            Rule::on_joining => {
                parts.skip(&[Rule::k_on, Rule::k_joining]);
                ReferralLine::OnJoining(self.give(&mut parts)?, side(&mut parts))
            }
            Rule::on_qualifying => {
                parts.skip(&[Rule::k_on, Rule::k_qualifying]);
                ReferralLine::OnQualifying(self.give(&mut parts)?, side(&mut parts))
            }
            Rule::referral_cap => ReferralLine::Cap(self.cap(&mut parts)?),
            Rule::referral_budget => ReferralLine::Budget(self.cap(&mut parts)?),
            Rule::not_same => {
                parts.skip(&[Rule::k_not, Rule::k_within, Rule::k_same]);
                ReferralLine::NotWithinSame(self.name(&mut parts)?)
            }
            _ => return Err(parts.fault()),
        })
    }

    pub(super) fn returns_line(&mut self, pair: Pair<'_, Rule>) -> Made<ReturnsLine> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::take_back => {
                parts.skip(&[Rule::k_take, Rule::k_back]);
                let nothing = parts.eat(Rule::k_nothing);
                parts.skip(&[Rule::k_earned, Rule::k_in]);
                ReturnsLine::TakeBack(if nothing {
                    TakeBack::Nothing
                } else if parts.eat(Rule::k_full) {
                    TakeBack::InFull
                } else if parts.eat(Rule::k_as) {
                    TakeBack::AsIfNeverBought
                } else {
                    TakeBack::InProportion
                })
            }
            Rule::give_back => {
                parts.skip(&[Rule::k_give, Rule::k_back, Rule::k_redeemed]);
                parts.skip(&[Rule::k_to, Rule::k_original, Rule::k_lots]);
                let limited = parts.eat(Rule::k_with);
                parts.skip(&[Rule::k_at, Rule::k_least]);
                ReturnsLine::GiveBack(if limited { Some(self.duration(&mut parts)?) } else { None })
            }
            Rule::negative => {
                parts.skip(&[Rule::k_balance]);
                ReturnsLine::Balance(parts.eat(Rule::k_may))
            }
            Rule::within => {
                parts.skip(&[Rule::k_accept, Rule::k_within]);
                ReturnsLine::AcceptWithin(self.duration(&mut parts)?)
            }
            Rule::unmatched => {
                parts.skip(&[Rule::k_unmatched, Rule::k_lines, Rule::k_are]);
                ReturnsLine::Unmatched(match parts.any()?.as_rule() {
                    Rule::k_refused => Unmatched::Refused,
                    Rule::k_skipped => Unmatched::Skipped,
                    _ => Unmatched::TodaysRate,
                })
            }
            _ => return Err(parts.fault()),
        })
    }
}

fn reach_span(reach: &Reach) -> Span {
    match reach {
        Reach::And(_, span) | Reach::Or(_, span) | Reach::Target { span, .. } | Reach::Years { span, .. } => {
            *span
        }
    }
}

/// Takes `to friend` or `to referrer`.
fn side(parts: &mut Parts<'_>) -> Side {
    parts.skip(&[Rule::k_to]);
    if parts.eat(Rule::k_friend) { Side::Friend } else { Side::Referrer }
}
