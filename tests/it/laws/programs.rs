//! Texts of rule files, generated from typed pieces.
//!
//! Names come from small sets, so rules meet at the same items, units, groups and caps. What the checker refuses is
//! avoided by construction: two base rates of one unit and event either stand in one `best of` group, ask for different
//! categories, or say `replaces`.

use super::draw::{Draw, Genes, rows};
use super::rules::{Stock, Unit};
use super::{games, moments, play};
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The bytes of a program.
#[derive(Debug, Clone)]
pub(super) struct ProgramGenes {
    head: Genes,
    units: Vec<Genes>,
    status: Vec<Genes>,
    earns: Vec<Genes>,
    bonuses: Vec<Genes>,
    caps: Vec<Genes>,
    tiers: Option<Genes>,
    card: Option<Genes>,
    voucher: Option<Genes>,
    referral: Option<Genes>,
    returns: Option<Genes>,
    spending: Option<Genes>,
    choice: Option<Genes>,
    giving: Option<Genes>,
    moments: Option<Genes>,
    rebates: Option<Genes>,
    milestones: Option<Genes>,
    play: PlayGenes,
}

/// The bytes of the blocks that members play, and of those that say who pays.
#[derive(Debug, Clone)]
struct PlayGenes {
    challenge: Option<Genes>,
    streak: Option<Genes>,
    tickets: Option<Genes>,
    partner: Option<Genes>,
    announced: Option<Genes>,
}

fn play_genes() -> impl Strategy<Value = PlayGenes> {
    let row = |width| proptest::collection::vec(any::<u8>(), width);
    (
        option::weighted(0.35, row(20)),
        option::weighted(0.35, row(20)),
        option::weighted(0.3, row(6)),
        option::weighted(0.2, row(6)),
        option::weighted(0.25, row(6)),
    )
        .prop_map(|(challenge, streak, tickets, partner, announced)| PlayGenes {
            challenge,
            streak,
            tickets,
            partner,
            announced,
        })
}

/// Programs of every kind.
pub(super) fn programs() -> impl Strategy<Value = Rules> {
    program_genes().prop_map(|genes| Rules::build(&genes))
}

fn program_genes() -> impl Strategy<Value = ProgramGenes> {
    let row = |width| proptest::collection::vec(any::<u8>(), width);
    (
        (row(8), rows(1, 2, 10), rows(0, 1, 4), rows(1, 4, 40), rows(0, 4, 40), rows(0, 2, 8)),
        (
            option::of(row(16)),
            option::of(row(16)),
            option::weighted(0.7, row(6)),
            option::weighted(0.5, row(12)),
            option::of(row(6)),
            option::weighted(0.75, row(10)),
            option::weighted(0.4, row(12)),
            option::weighted(0.4, row(14)),
            (option::weighted(0.3, row(32)), option::weighted(0.3, row(12)), option::weighted(0.4, row(24))),
            play_genes(),
        ),
    )
        .prop_map(
            |(
                (head, units, status, earns, bonuses, caps),
                (
                    tiers,
                    card,
                    voucher,
                    referral,
                    returns,
                    spending,
                    choice,
                    giving,
                    (moments, rebates, milestones),
                    play,
                ),
            )| {
                ProgramGenes {
                    head,
                    units,
                    status,
                    earns,
                    bonuses,
                    caps,
                    tiers,
                    card,
                    voucher,
                    referral,
                    returns,
                    spending,
                    choice,
                    giving,
                    moments,
                    rebates,
                    milestones,
                    play,
                }
            },
        )
}

/// What a cap limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Limit {
    /// Firings.
    Times(i64),
    /// An amount, in the smallest step of the unit.
    Amount(i64),
}

/// A cap, as a law has to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CapFact {
    pub(super) rules: Vec<String>,
    pub(super) limit: Limit,
    /// The word behind `per`.
    pub(super) window: String,
}

/// A generated rule file.
#[derive(Clone)]
pub(super) struct Rules {
    /// Everything but the edition line, block by block.
    pub(super) blocks: Vec<String>,
    pub(super) zone: &'static str,
    pub(super) day_starts: i64,
    pub(super) caps: Vec<CapFact>,
    /// Digits by unit; vouchers are not in it.
    pub(super) decimals: BTreeMap<String, u32>,
    /// All `earn` and `bonus` rules.
    pub(super) rule_names: Vec<String>,
    pub(super) has_referral: bool,
    /// What members may choose if they have the choice: number and name.
    pub(super) offers: Vec<(String, String)>,
    /// Whether no unit ever expires.
    pub(super) for_ever: bool,
    pub(super) takes_back: bool,
    pub(super) may_go_negative: bool,
    /// Whether points can be spent.
    pub(super) spends: bool,
    /// The price of the reward, in points.
    pub(super) price: Option<i64>,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the vocabulary is always the same
        let shown = self.blocks.iter().filter(|block| !block.starts_with("categories"));
        shown.into_iter().try_for_each(|block| write!(f, "\n{block}"))
    }
}

/// A decimal text in steps of the last of so many digits.
pub(super) fn scaled(text: &str, decimals: u32) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut digits = format!("{whole}{fraction}");
    for _ in fraction.len()..decimals as usize {
        digits.push('0');
    }
    digits.parse().expect("a decimal")
}

impl Rules {
    /// The whole file.
    pub(super) fn text(&self) -> String {
        format!("edition 2026\n\n{}\n", self.blocks.join("\n\n"))
    }

    fn build(genes: &ProgramGenes) -> Self {
        let mut stock = Stock {
            units: Vec::new(),
            tiers: genes.tiers.is_some(),
            voucher: genes.voucher.is_some(),
            partner: genes.play.partner.is_some(),
            rules: Vec::new(),
            caps: Vec::new(),
            names: Vec::new(),
        };
        let draw = &mut Draw::new(&genes.head);
        let (head, zone, day_starts) = program_block(draw);
        let mut blocks = vec![head, vocabulary(draw)];
        let (mut for_ever, genes_tiers) = (true, genes.tiers.is_some());
        for (name, genes) in ["points", "miles"].into_iter().zip(&genes.units) {
            let (text, unit, ever) = unit_block(name, genes_tiers, &mut Draw::new(genes));
            for_ever &= ever;
            blocks.push(text);
            stock.units.push(unit);
        }
        for genes in &genes.status {
            let mut draw = Draw::new(genes);
            let decimals = draw.one(&["", "  decimals 1\n"]);
            let round = draw.one(&["", "  round down in total\n", "  round half up per item\n"]);
            blocks.push(format!("unit stars is status {{\n  singular star\n{decimals}{round}}}"));
            let decimals = u32::from(!decimals.is_empty());
            stock.units.push(Unit {
                name: "stars",
                decimals,
                spendable: false,
                late: false,
                waits: false,
                short: false,
            });
        }
        if genes.play.tickets.is_some() {
            let (text, unit) = play::tickets();
            blocks.push(text);
            stock.units.push(unit);
        }
        if let Some(genes) = &genes.voucher {
            let mut draw = Draw::new(genes);
            let end = draw.one(&[
                "",
                "  valid for 10 days\n",
                "  valid until end of next month\n",
                "  valid for 1 month at month end\n",
            ]);
            let grants = draw.one(&["\"A coffee\"", "3 EUR off", "10% off up to 2 EUR", "1 item free"]);
            let wait = draw.one(&["", "", "  activate after 2 days\n"]);
            blocks.push(format!("voucher Gutschein {{\n  grants {grants}\n  worth 3 EUR\n{end}{wait}}}"));
        }
        blocks.append(&mut stock.earns(&genes.earns));
        for genes in &genes.bonuses {
            blocks.push(stock.bonus(genes));
        }
        if let Some(genes) = &genes.moments {
            blocks.append(&mut moments::bonuses(&mut stock, genes));
        }
        if let Some(genes) = &genes.milestones {
            blocks.push(moments::milestones(&mut stock, genes));
        }
        let mut offers = Vec::new();
        if let Some(genes) = &genes.choice {
            let (text, more) = games::choice(&mut stock, genes);
            blocks.push(text);
            offers = more;
        }
        for (name, genes) in ["Topf", "Deckel"].into_iter().zip(&genes.caps) {
            blocks.push(stock.shared_cap(name, genes));
        }
        blocks.extend(genes.tiers.as_ref().map(|genes| games::tiers(&stock, genes)));
        blocks.append(&mut play_blocks(&stock, &genes.play));
        if blocks.iter().any(|block| block.contains("give choice of") && !block.starts_with("bonus")) {
            offers.extend(games::gift_offers(&stock));
        }
        blocks.extend(genes.card.as_ref().map(|genes| games::card(&stock, genes)));
        blocks.extend(genes.referral.as_ref().map(|genes| games::referral(&stock, genes)));
        let mut price = None;
        if let Some(genes) = &genes.spending {
            let (mut more, costs) = games::spending(&stock, genes);
            blocks.append(&mut more);
            price = Some(costs);
        }
        if let Some(genes) = &genes.giving {
            blocks.append(&mut games::giving(genes));
        }
        if let Some(genes) = &genes.rebates {
            blocks.append(&mut games::rebates(&stock, genes));
        }
        let (mut takes_back, mut may_go_negative) = (true, true);
        if let Some(genes) = &genes.returns {
            let (text, takes, negative) = games::returns(genes);
            (takes_back, may_go_negative) = (takes, negative);
            if text.contains("as if never bought") {
                // what is counted for each value does not go with it
                blocks.iter_mut().for_each(|block| *block = block.replace(" for each channel", ""));
            }
            blocks.push(text);
        }
        let decimals = stock.units.iter().map(|unit| (unit.name.to_owned(), unit.decimals)).collect();
        Self {
            blocks,
            zone,
            day_starts,
            caps: stock.caps,
            decimals,
            rule_names: stock.names,
            offers,
            has_referral: genes.referral.is_some(),
            for_ever,
            takes_back,
            may_go_negative,
            spends: genes.spending.is_some(),
            price,
        }
    }
}

fn play_blocks(stock: &Stock, genes: &PlayGenes) -> Vec<String> {
    let mut blocks = Vec::new();
    blocks.extend(genes.challenge.as_ref().map(|genes| play::challenge(stock, genes)));
    blocks.extend(genes.streak.as_ref().map(|genes| play::streak(stock, genes)));
    blocks.extend(genes.tickets.as_ref().map(play::draw));
    blocks.extend(genes.partner.as_ref().map(|genes| play::partner(stock, genes)));
    blocks.extend(genes.announced.iter().flat_map(|genes| play::announced(stock, genes)));
    blocks
}

fn program_block(draw: &mut Draw<'_>) -> (String, &'static str, i64) {
    let zone = draw.one(&["UTC", "Europe/Berlin", "Africa/Cairo", "America/New_York", "Pacific/Auckland"]);
    let day = draw.one(&["", "", "  day starts at 06:00\n"]);
    let week = draw.one(&["", "  week starts on sunday\n"]);
    let year = draw.one(&["", "", "  membership year starts on day 9\n"]);
    let late = draw.one(&["", "  accept late events for 3 days\n", "  accept late events for 40 days\n"]);
    let early = draw.one(&["", "  accept events from 10 days before joining\n"]);
    let text = format!(
        "program Laws {{\n  version 1\n  effective from 2026-01-01\n  currency EUR\n  time zone \"{zone}\"\n{week}{day}{year}{late}{early}}}"
    );
    (text, zone, if day.is_empty() { 0 } else { 6 })
}

fn vocabulary(draw: &mut Draw<'_>) -> String {
    let may = draw.one(&["", "", " may change 1 time per calendar year", " may change 1 time per lifetime"]);
    "categories [Obst, Wein, Tabak]\n\nchannels [Markt, Web]\n\nstores [S1, S2]\n\npayments [Prepaid, Karte]\n\n\
     list Auswahl [Wein, Tabak]\n\nperiod Saison starts 02-01 every 3 months\n\n\
     member {\n  level: one of [x, y] optionalMAY\n  household: text optional\n  birthday: date optional\n}\n\n\
     item {\n  tag: one of [neu, alt] optional\n  litres: decimal optional\n}\n\n\
     event purchase {\n  code: text optional\n  km: integer 0 to 10_000 optional\n  gift: money optional\n  trip: date optional\n}\n\n\
     event stay {\n  nights: integer 0 to 60 optional\n  room: money optional\n}"
        .replace("MAY", may)
}

fn unit_block(name: &'static str, tiers: bool, draw: &mut Draw<'_>) -> (String, Unit, bool) {
    let decimals = draw.below(3) as u32;
    let mode = draw.one(&["down", "up", "half up", "half down", "half even"]);
    let place = draw.one(&["in total", "per item"]);
    let activate = draw.one(&[
        "",
        "  activate at once\n",
        "  activate after 3 days\n",
        "  activate after 1 month\n",
        "  activate at end of month\n",
        "  activate on trip\n",
        "  activate on stay\n",
    ]);
    let waits = activate.contains("stay");
    let late = !activate.is_empty() && !activate.contains("once");
    let ends = [
        "  expire never\n",
        "  expire 2 months after earning\n",
        "  expire after 40 days without purchase\n",
        "  expire after 2 months without stay or redemption\n  expire at end of calendar year plus 1 month\n",
        "  expire after 20 days without earning\n  expire 3 months after activation at next 03-31\n",
        "  expire at end of month plus 2 months\n",
        "  expire at next 02-28\n",
        "  expire at end of calendar year\n  expire 20 days after activation at start of month\n",
        "  expire at end of membership year\n",
        "  expire 1 month after activation at month end\n",
        "  expire 1 day after earning at end of week\n",
    ];
    // what waits for an event needs another end, and what is short has to be usable at once
    let expire = draw.one(&ends[..ends.len() - usize::from(late) - usize::from(waits)]);
    let short = expire.contains("1 day");
    let hold = if expire.contains("never") || !draw.often(25) {
        String::new()
    } else {
        let conditions = [
            "purchases in last 30 days is at least 1",
            "level is x",
            "month is in [march, july]",
            "time since joining is at most 1 year",
            "tier is not Basic",
        ];
        format!("  no expiry when {}\n", draw.one(&conditions[..conditions.len() - usize::from(!tiers)]))
    };
    let order = draw.one(&["", "  spend oldest first\n", "  spend soonest expiry first\n"]);
    let line = if decimals == 0 { String::new() } else { format!("  decimals {decimals}\n") };
    let text = format!(
        "unit {name} is spendable {{\n{line}  round {mode} {place}\n{activate}{expire}{hold}{order}}}"
    );
    (text, Unit { name, decimals, spendable: true, late, waits, short }, expire.contains("never"))
}
