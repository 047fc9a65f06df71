//! What a replay comes to: sums over all accounts of a world, and what each rule gave.

use super::find::source_name;
use super::world::World;
use crate::evaluate::Outcome;
use crate::ledger::{Book, Reason, Settlement, Source, SourceKind, Statement, Thing, Totals};
use crate::program::{CharityId, Program, TiersId};
use std::collections::BTreeMap;

/// Adds up what outcomes give, rule by rule.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// By the identity of the program, whose names these are.
    given: BTreeMap<(u128, Thing, Source), (i128, u64)>,
    /// The books of partners, by name.
    partners: BTreeMap<String, Settlement>,
}

/// The sums of a world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many members have an account.
    pub members: usize,
    /// By name.
    pub units: Vec<UnitSummary>,
    /// By name.
    pub tiers: Vec<TiersSummary>,
    /// By name.
    pub cards: Vec<CardSummary>,
    /// By name.
    pub vouchers: Vec<VoucherSummary>,
    /// By name.
    pub charities: Vec<CharitySummary>,
    /// By partner, then the oldest period first.
    pub partners: Vec<Statement>,
    /// By unit or voucher, then the largest amount first, then by name.
    pub rules: Vec<RuleSummary>,
}

/// The books of a unit over all members, as decimal texts with the decimals of the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSummary {
    /// The unit.
    pub name: String,
    /// All that was ever given: the sum of the others, less the debt.
    pub issued: String,
    /// Not usable yet.
    pub pending: String,
    /// Usable.
    pub available: String,
    /// Spent.
    pub redeemed: String,
    /// Gone by time.
    pub expired: String,
    /// Taken back by returns.
    pub taken_back: String,
    /// What members owe, zero or above.
    pub debt: String,
    /// What members gave each other and has not arrived: what arrived is in the other books of those who got it.
    pub on_the_way: String,
}

/// The levels of a tiers block, from lowest to highest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TiersSummary {
    /// The tiers block.
    pub name: String,
    /// Each level with the number of members who hold it.
    pub levels: Vec<(String, u64)>,
}

/// A stamp card over all members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSummary {
    /// The card.
    pub name: String,
    /// Stamps that were given, head starts included.
    pub stamps: i128,
    /// Stamps on open cards.
    pub open: i128,
    /// Cards that became full and were not opened again by a return.
    pub full: i128,
}

/// A voucher over all members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherSummary {
    /// The voucher.
    pub name: String,
    /// All that were ever given.
    pub issued: i128,
    /// Those that members hold.
    pub held: i128,
    /// Those that were used.
    pub used: i128,
    /// Those whose last day has passed.
    pub expired: i128,
    /// Those that returns made void.
    pub cancelled: i128,
}

/// What a charity got over all members, as decimal texts with the digits of the currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharitySummary {
    /// The charity.
    pub name: String,
    /// What members paid.
    pub by_members: String,
    /// What the owner of the program paid.
    pub by_owner: String,
    /// Both together.
    pub got: String,
    /// What is pledged and not settled yet, exactly.
    pub pledged: String,
}

/// What one rule, card, level or referral gave of one unit or voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSummary {
    /// The rule, card, level or referral.
    pub rule: String,
    /// The unit or voucher.
    pub gives: String,
    /// How much, gross, as a decimal text.
    pub amount: String,
    /// In how many bookings.
    pub times: u64,
}

/// The words for what gave something: kind, rule, level.
type Words<'p> = (SourceKind, &'p str, Option<&'p str>);

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what an outcome gives, and what it means for partners.
    pub fn add(&mut self, outcome: &Outcome) {
        for charge in outcome.charges() {
            let book = self.partners.entry(charge.partner.clone());
            let book = book.or_insert_with(|| Settlement::new(&charge.partner, &charge.currency));
            // what one program made fits together
            let posted = book.post(charge);
            debug_assert!(posted.is_ok(), "{posted:?}");
        }
        let given = outcome.deltas().iter().filter(|delta| {
            let given = delta.from == Book::Issued && matches!(delta.reason, Reason::Earned | Reason::Repaid);
            (given || delta.reason == Reason::Donated) && !matches!(delta.thing, Thing::Stamps(_))
        });
        for delta in given {
            let (amount, times) = self.given.entry((outcome.program, delta.thing, delta.source)).or_default();
            *amount += i128::from(delta.amount);
            *times += 1;
        }
    }

    /// The sums of a world, with what was added.
    #[must_use]
    pub fn summary(&self, world: &World<'_>) -> Summary {
        let program = world.program();
        Summary {
            members: world.accounts().map(|account| account.members().count()).sum(),
            units: units(world),
            tiers: tiers(world),
            cards: cards(world),
            vouchers: vouchers(world),
            charities: charities(world),
            partners: self.partners.values().flat_map(Settlement::statements).collect(),
            rules: self.rules(world, program),
        }
    }

    fn rules(&self, world: &World<'_>, program: &Program) -> Vec<RuleSummary> {
        // what several versions call the same is one row
        let mut sums: BTreeMap<(Thing, Words<'_>), (i128, &str, u64)> = BTreeMap::new();
        for ((identity, thing, source), (amount, times)) in &self.given {
            let made = world.program_with(*identity);
            let (kind, name) = made.thing_words(*thing);
            let thing = program.thing_of(kind, name).unwrap_or(*thing);
            let key = (thing, made.source_words(*source));
            let row = sums.entry(key).or_insert_with(|| (0, source_name(made, *source), 0));
            row.0 += amount;
            row.2 += times;
        }
        let rows = sums.into_iter().map(|((thing, _), (amount, rule, times))| (thing, amount, rule, times));
        let mut rows: Vec<(Thing, i128, &str, u64)> = rows.collect();
        rows.sort_by(|a, b| (a.0, -a.1, a.2).cmp(&(b.0, -b.1, b.2)));
        let row = |(thing, amount, rule, times): (Thing, i128, &str, u64)| {
            let (gives, decimals) = match thing {
                Thing::Unit(unit) => {
                    program.units.get(unit.index()).map_or(("", 0), |unit| (&*unit.name, unit.decimals))
                }
                Thing::Voucher(voucher) => {
                    (program.vouchers.get(voucher.index()).map_or("", |voucher| &*voucher.name), 0)
                }
                Thing::Choice(choice) => (program.choice_name(choice), 0),
                Thing::Donation(charity) => (program.charity_name(charity), program.currency_digits),
                Thing::Stamps(card) => (program.cards.get(card.index()).map_or("", |card| &*card.name), 0),
            };
            RuleSummary { rule: rule.into(), gives: gives.into(), amount: decimal(amount, decimals), times }
        };
        rows.into_iter().map(row).collect()
    }
}

/// What a member has of a unit, as decimal texts with the decimals of the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceRow<'w> {
    /// The member; of an account of several members its id.
    pub member: &'w str,
    /// The unit.
    pub unit: &'w str,
    /// Usable; of a status unit all that was ever collected and not taken back.
    pub available: String,
    /// Not usable yet.
    pub pending: String,
}

/// What every member of a world has of every unit, by member, then unit, in the order of code points.
pub fn balances<'w>(world: &'w World<'_>) -> impl Iterator<Item = BalanceRow<'w>> {
    let units = &world.program().units;
    world.accounts().flat_map(move |account| {
        units.iter().zip(&account.totals).map(|(unit, totals)| BalanceRow {
            member: account.id(),
            unit: &unit.name,
            available: decimal(totals.balance(Book::Available).into(), unit.decimals),
            pending: decimal(totals.balance(Book::Pending).into(), unit.decimals),
        })
    })
}

/// The balances of all books over all accounts. Each stays far below what 128 bits hold.
fn sum(world: &World<'_>, of: impl Fn(&crate::account::Account) -> Option<Totals>) -> impl Fn(Book) -> i128 {
    let mut sums = [0_i128; Book::ALL.len()];
    for totals in world.accounts().filter_map(of) {
        for (sum, book) in sums.iter_mut().zip(Book::ALL) {
            *sum += i128::from(totals.balance(book));
        }
    }
    move |book| sums.get(book as usize).copied().unwrap_or(0)
}

fn units(world: &World<'_>) -> Vec<UnitSummary> {
    let units = world.program().units.iter().enumerate();
    units
        .map(|(place, unit)| {
            let book = sum(world, |account| account.totals.get(place).copied());
            let text = |amount: i128| decimal(amount, unit.decimals);
            UnitSummary {
                name: unit.name.to_string(),
                issued: text(-book(Book::Issued)),
                pending: text(book(Book::Pending)),
                available: text(book(Book::Available)),
                redeemed: text(book(Book::Redeemed)),
                expired: text(book(Book::Expired)),
                taken_back: text(book(Book::TakenBack)),
                debt: text(-book(Book::Debt)),
                on_the_way: text(book(Book::Transferred)),
            }
        })
        .collect()
}

fn tiers(world: &World<'_>) -> Vec<TiersSummary> {
    let blocks = world.program().tiers.iter().enumerate();
    blocks
        .map(|(place, tiers)| {
            let mut levels: Vec<(String, u64)> =
                tiers.levels.iter().map(|level| (level.name.to_string(), 0)).collect();
            for account in world.accounts() {
                let held = account.level_held(world.program(), TiersId(place as u32));
                if let Some((_, members)) = levels.get_mut(held as usize) {
                    *members += 1;
                }
            }
            TiersSummary { name: tiers.name.to_string(), levels }
        })
        .collect()
}

fn cards(world: &World<'_>) -> Vec<CardSummary> {
    let cards = world.program().cards.iter().enumerate();
    cards
        .map(|(place, card)| {
            let book = sum(world, |account| account.card_totals.get(place).copied());
            CardSummary {
                name: card.name.to_string(),
                stamps: -book(Book::Issued),
                open: book(Book::Available),
                full: book(Book::Redeemed).checked_div(i128::from(card.goal)).unwrap_or(0),
            }
        })
        .collect()
}

fn vouchers(world: &World<'_>) -> Vec<VoucherSummary> {
    let vouchers = world.program().vouchers.iter().enumerate();
    vouchers
        .map(|(place, voucher)| {
            let book = sum(world, |account| account.voucher_totals.get(place).copied());
            VoucherSummary {
                name: voucher.name.to_string(),
                issued: -book(Book::Issued),
                held: book(Book::Available) + book(Book::Pending),
                used: book(Book::Redeemed),
                expired: book(Book::Expired),
                cancelled: book(Book::TakenBack),
            }
        })
        .collect()
}

fn charities(world: &World<'_>) -> Vec<CharitySummary> {
    let program = world.program();
    let charities = (0..program.charities.len()).map(|place| {
        let id = CharityId(place as u32);
        let book = sum(world, |account| account.charity_totals.get(place).copied());
        let text = |amount: i128| decimal(amount, program.currency_digits);
        let pledges = world.accounts().flat_map(|account| &account.pledges);
        let pledged = pledges.filter(|pledge| pledge.charity == id).map(|pledge| pledge.amount);
        CharitySummary {
            name: program.charity_name(id).to_owned(),
            by_members: text(-book(Book::Member)),
            by_owner: text(-book(Book::Owner)),
            got: text(book(Book::Charity)),
            pledged: program.exact_money(pledged.fold(0, i128::saturating_add)),
        }
    });
    charities.collect()
}

/// A sum as a decimal text. Sums of many accounts may be longer than one amount can be.
fn decimal(amount: i128, decimals: u32) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let digits = amount.unsigned_abs();
    let Some(scale) = 10_u128.checked_pow(decimals).filter(|scale| *scale > 1) else {
        return format!("{sign}{digits}");
    };
    let width = decimals as usize;
    format!("{sign}{}.{:0width$}", digits / scale, digits % scale)
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn sums_are_written_with_the_decimals_of_their_unit() {
        assert_eq!(decimal(0, 0), "0");
        assert_eq!(decimal(1_234, 0), "1234");
        assert_eq!(decimal(1_234, 2), "12.34");
        assert_eq!(decimal(5, 2), "0.05");
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(922_337_203_685_477_580_700, 4), "92233720368547758.0700");
    }
}
