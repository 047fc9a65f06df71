//! A few shops that are compiled once, and what three members do there: for laws about many accounts, hosts and time,
//! where the program matters less than what happens around it.

use super::draw::{Draw, Genes, rows};
use super::histories::instant;
use loyalty_rules::event::Item;
use loyalty_rules::{Compiled, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;
use std::sync::LazyLock;

pub(super) const MEMBERS: [&str; 3] = ["Ann", "Bo", "Cy"];
const HOUR: i64 = 3_600;
/// 2026-01-05 10:00 UTC.
pub(super) const START: i64 = 1_767_607_200;

/// What a shop is made of: the terms of its points, what its club counts, its returns, and more blocks.
type Parts = (&'static str, &'static str, &'static str, &'static str);

const REFERRAL: &str = "referral Friends {\n  friend qualifies with purchase of at least 10 EUR\n  wait 3 days\n  \
     on joining give 5 points to friend\n  on qualifying give 20 points to referrer\n  on qualifying give 7 points to friend\n}";
const CONVERT: &str = "voucher Coffee {\n  grants 1 item free\n  valid for 60 days\n}\n\nconvert 50 points into 1 Coffee at once";

const SHOPS: [Parts; 11] = [
    ("  expire never", "count spend in calendar year", "balance may go negative", ""),
    (
        "  activate after 10 days\n  expire 3 months after earning",
        "count spend in month\n  keep until end of next month",
        "balance may go negative",
        REFERRAL,
    ),
    (
        "  expire after 2 months without purchase or redemption\n  no expiry when tier is Gold\n  spend oldest first",
        "count stars in quarter",
        "balance stays at zero",
        "",
    ),
    (
        "  decimals 2\n  expire at end of month plus 1 month",
        "count stars in lifetime",
        "balance may go negative",
        CONVERT,
    ),
    (
        "  expire 1 year after earning\n  expire after 3 months without earning or redemption",
        "count spend in membership year\n  keep until end of next quarter\n  then drop one level",
        "balance stays at zero",
        REFERRAL,
    ),
    (
        "  activate at end of month\n  expire 2 months after activation\n  spend oldest first",
        "count stars in calendar year\n  keep forever",
        "balance may go negative",
        "",
    ),
    (
        "  expire never",
        "count spend in quarter\n  keep until end of next quarter\n  then drop one level\n  grace 20 days",
        "balance may go negative",
        "",
    ),
    (
        "  expire never",
        "count spend in calendar year\n  upgrade at end of month\n  keep until end of next calendar year",
        "balance may go negative",
        "",
    ),
    (
        "  expire never",
        "count stars in quarter\n  keep until end of next quarter\n  then drop one level\n  carry surplus stars over once",
        "balance may go negative",
        "",
    ),
    (
        "  expire never",
        "count stars in 12 months since reaching the tier\n  keep for 12 months\n  then drop one level\n  \
         reaching takes the threshold\n  carry at most 60 stars",
        "balance may go negative",
        "",
    ),
    ("  expire never", "count stars in rolling 60 days\n  keep for 60 days", "balance may go negative", ""),
];

fn text((terms, count, debt, blocks): Parts) -> String {
    let reach = |amount| match count.contains("stars") {
        true => format!("{amount} stars"),
        false => format!("{amount} EUR spend"),
    };
    let (low, high) = (reach(40), reach(120));
    format!(
        "edition 2026\n\nprogram Shop {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  \
         time zone \"Europe/Berlin\"\n  accept late events for 90 days\n}}\n\n\
         unit stars is status {{\n  singular star\n}}\n\n\
         unit points is spendable {{\n  singular point\n  round down in total\n{terms}\n}}\n\n\
         earn Base {{\n  on purchase\n  give 1 point per 1 EUR\n}}\n\n\
         earn Stars {{\n  on purchase\n  give 1 star per full 1 EUR\n}}\n\n\
         tiers Club {{\n  {count}\n  tier Basic\n  tier Silver {{ reach {low} }}\n  tier Gold {{ reach {high} }}\n}}\n\n\
         redeem points {{\n  10 points for 0.10 EUR\n}}\n\n{blocks}\n\n\
         returns {{\n  take back earned in proportion\n  {debt}\n}}\n"
    )
}

static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let compiled = |parts| {
        let text = text(parts);
        compile(&Sources::single("shop.loyalty", text.as_str()), &Limits::default())
            .unwrap_or_else(|findings| panic!("{findings}\n{text}"))
    };
    SHOPS.into_iter().map(compiled).collect()
});

/// The rules of a shop.
pub(super) fn rules(number: usize) -> String {
    text(SHOPS[number])
}

/// The shop with a number.
pub(super) fn shop(number: usize) -> &'static Program {
    &COMPILED[number].program
}

/// The decimals of its points.
pub(super) fn decimals(number: usize) -> u32 {
    if SHOPS[number].0.contains("decimals 2") { 2 } else { 0 }
}

/// What a member does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Joins {
        referrer: Option<&'static str>,
    },
    /// Whole euros.
    Buys(i64),
    /// A purchase, and how many of its euros come back.
    Returns(String, i64),
    Redeems(&'static str),
    Gives(&'static str, &'static str),
    IsCorrected(&'static str),
    /// An event that counts for nothing; only laws put it in.
    Nothing,
}

/// One event of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) id: String,
    pub(super) member: &'static str,
    pub(super) at: i64,
    pub(super) deed: Deed,
}

/// A shop, what happens in it, and bytes for choices that a law makes.
#[derive(Clone)]
pub(super) struct Story {
    pub(super) shop: usize,
    pub(super) told: Vec<Happening>,
    pub(super) spare: Genes,
}

impl std::fmt::Debug for Story {
    /// One line for each event.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "shop {}", self.shop)?;
        for Happening { id, member, at, deed } in &self.told {
            writeln!(f, "{} {id} {member} {deed:?}", instant(*at))?;
        }
        write!(f, "spare {:?}", self.spare)
    }
}

/// Stories in which everybody joins first, then up to so many things happen, in the order of time.
pub(super) fn stories(most: usize) -> impl Strategy<Value = Story> {
    (0..SHOPS.len(), rows(1, most, 6), proptest::collection::vec(any::<u8>(), 64)).prop_map(
        |(shop, genes, spare)| {
            let told = tell(&genes);
            Story { shop, told, spare }
        },
    )
}

fn tell(genes: &[Genes]) -> Vec<Happening> {
    let mut told: Vec<Happening> = Vec::new();
    for (place, referrer) in [None, Some("Ann"), Some("Bo")].into_iter().enumerate() {
        let (id, at) = (format!("J{place}"), START + place as i64 * HOUR);
        told.push(Happening { id, member: MEMBERS[place], at, deed: Deed::Joins { referrer } });
    }
    let mut now = START + 24 * HOUR;
    for (place, genes) in genes.iter().enumerate() {
        let mut draw = Draw::new(genes);
        let member = MEMBERS[draw.below(3)];
        now += HOUR * [1, 24, 5 * 24, 12 * 24, 31 * 24, 0, 70 * 24][draw.below(7)];
        let deed = deed(&mut draw, member, &told);
        told.push(Happening { id: format!("E{place}"), member, at: now, deed });
    }
    told
}

fn deed(draw: &mut Draw<'_>, member: &str, told: &[Happening]) -> Deed {
    let kind = draw.below(20);
    let bought = told.iter().rev().find_map(|known| match known.deed {
        Deed::Buys(euros) if known.member == member => Some((known.id.clone(), euros)),
        _ => None,
    });
    match (kind, bought) {
        (8..=10, Some((id, euros))) => Deed::Returns(id, 1 + (euros - 1) * draw.below(5) as i64 / 4),
        (11..=12, _) => Deed::Redeems(draw.one(&["1", "10", "30"])),
        (13..=17, _) => {
            let others: Vec<&'static str> = MEMBERS.into_iter().filter(|other| *other != member).collect();
            Deed::Gives(draw.one(&["1", "5", "25", "60"]), others[draw.below(2)])
        }
        (18..=19, _) => Deed::IsCorrected(draw.one(&["10", "-15", "-1"])),
        _ => Deed::Buys([10, 1, 45, 30, 130][draw.below(5)]),
    }
}

impl Happening {
    /// The event for the engine.
    pub(super) fn build(&self) -> Event {
        let (id, member, at) = (self.id.as_str(), self.member, instant(self.at).to_string());
        let built = match &self.deed {
            Deed::Joins { referrer: None } => Event::joining(id, member, &at).build(),
            Deed::Joins { referrer: Some(referrer) } => {
                Event::joining(id, member, &at).referred_by(referrer).build()
            }
            Deed::Buys(euros) => {
                let pieces = euros.to_string();
                Event::purchase(id, member, &at).item(Item::new("Pears", &pieces, "1")).build()
            }
            Deed::Returns(of, euros) => {
                let line = loyalty_rules::event::ReturnLine::new("Pears", &euros.to_string());
                Event::returned(id, member, &at).of(of).line(line).build()
            }
            Deed::Redeems(amount) => Event::redemption(id, member, &at).redeem("points", amount).build(),
            Deed::Gives(amount, to) => Event::transfer(id, member, &at, amount, "points", to).build(),
            Deed::IsCorrected(amount) => Event::adjust(id, member, &at, amount, "points", "a law").build(),
            Deed::Nothing => Event::change(id, member, &at).build(),
        };
        built.expect("an event")
    }
}
