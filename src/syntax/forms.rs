//! The right forms of every line, to be shown where a wrong one stands.

use super::places::Place;

/// A leading word and one or two lines that begin with it, valid in their place.
pub(super) type Form = (&'static str, &'static [&'static str]);

const VALID: Form =
    ("valid", &["valid from 2026-01-01 to 2026-12-31", "valid every year from 12-01 to 12-24"]);
const WHEN: Form = ("when", &["when basket is at least 30 EUR", "when tier is Gold or tier is Silver"]);
const FOR: Form = ("for", &["for items where category is Drinks"]);
const ON: Form = ("on", &["on purchase", "on joining"]);
const ON_RULE: Form = ("on", &["on purchase", "on birthday"]);
const ROUND: Form = ("round", &["round down in total", "round half up per item"]);
const ACTIVATE: Form = ("activate", &["activate after 14 days", "activate at once"]);
const EXPIRE: Form =
    ("expire", &["expire 24 months after earning", "expire at end of calendar year plus 1 year"]);
const HOLD: Form = ("no", &["no expiry when tier is Gold"]);
const WORTH: Form = ("worth", &["worth 0.01 EUR"]);
const TO_CHARITY: Form = ("to", &["to charity Forests", "to charity matching charity-choice"]);
const AT_PARTNER: Form = ("at", &["at partner Bakery"]);
const FUNDED: Form = ("funded", &["funded by Bakery", "funded by Brewery 70%, Bakery 30%"]);

const FILE: &[Form] = &[
    ("edition", &["edition 2026"]),
    ("import", &["import \"units.loyalty\""]),
    ("program", &["program \"My shop\" {"]),
    ("member", &["member {"]),
    ("item", &["item {"]),
    ("event", &["event review {"]),
    ("categories", &["categories [Fruit, \"Wine & more\"]"]),
    ("channels", &["channels [Shop, Online]"]),
    ("stores", &["stores [Berlin, Wien]"]),
    ("payments", &["payments [Prepaid, Card]"]),
    ("charities", &["charities [\"Children in need\", Forests]"]),
    (
        "list",
        &["list Excluded [Tobacco, \"Gift cards\"]", "list Quarterly {", "list \"Summer range\" from host"],
    ),
    (
        "period",
        &[
            "period \"status year\" starts 03-01 every year",
            "period Statement starts on day 9 of every month",
            "period Statement starts on day statement-day of every month",
        ],
    ),
    ("parameter", &["parameter dividend: percent", "parameter fee: money"]),
    (
        "unit",
        &[
            "unit points is spendable {",
            "unit nights is status",
            "unit lots is tickets",
            "unit credit is money in EUR {",
            "unit gift is donation in EUR {",
        ],
    ),
    ("earn", &["earn \"Base points\" {"]),
    ("bonus", &["bonus \"Double Tuesday\" {"]),
    ("award", &["award \"Yearly dividend\" {"]),
    ("cap", &["cap Limit: 1_000 points per month on [\"Double Tuesday\", \"Wine weeks\"]"]),
    ("tiers", &["tiers Status {"]),
    ("plan", &["plan Gold {"]),
    ("card", &["card \"Coffee card\" {"]),
    ("challenge", &["challenge \"Forty nights\" {"]),
    ("streak", &["streak Weekly {"]),
    ("draw", &["draw \"Summer draw\" {"]),
    ("milestones", &["milestones \"Year of shopping\" {"]),
    ("voucher", &["voucher Welcome {"]),
    ("convert", &["convert 500 points into 1 Welcome at once"]),
    ("reward", &["reward \"Seat upgrade\" costs 500 points {"]),
    ("redeem", &["redeem points {"]),
    ("donate", &["donate \"Round up\" {"]),
    ("partner", &["partner Bakery {"]),
    ("rebate", &["rebate \"Year-end bonus\" {"]),
    ("referral", &["referral \"Bring a friend\" {"]),
    ("returns", &["returns {"]),
    ("test", &["test \"double points on Tuesday\" {"]),
];

const PROGRAM: &[Form] = &[
    ("version", &["version 1"]),
    ("effective", &["effective from 2026-01-01"]),
    ("currency", &["currency EUR"]),
    ("time", &["time zone \"Europe/Berlin\""]),
    ("week", &["week starts on monday"]),
    ("day", &["day starts at 06:00"]),
    ("membership", &["membership year starts on day 9"]),
    ("accept", &["accept late events for 30 days", "accept events from 90 days before joining"]),
    ("members", &["members join by signup"]),
    ("prices", &["prices with tax", "prices without tax"]),
    ("spend", &["spend with tax after redemptions", "spend without tax before redemptions"]),
];

const SCHEMA: &[Form] = &[("", &["birthday: date optional", "stars: integer 1 to 5"])];

const DATED: &[Form] = &[("from", &["from 2026-01-01 to 2026-03-31 [Groceries, Gyms]"])];

const UNIT: &[Form] = &[
    ("singular", &["singular point"]),
    ("decimals", &["decimals 2"]),
    WORTH,
    ROUND,
    ACTIVATE,
    EXPIRE,
    HOLD,
    ("spend", &["spend soonest expiry first", "spend oldest first"]),
];

const RULE: &[Form] = &[
    VALID,
    ON_RULE,
    FOR,
    WHEN,
    ("give", &["give 1 point per full 2 EUR", "give 2% of spend as points"]),
    (
        "multiply",
        &[
            "multiply points by 2",
            "multiply points by tier [Silver: 1.25, Gold: 1.5]",
            "multiply everything in points by 1.5",
        ],
    ),
    ("at", &["at least 500 points", "at partner Bakery"]),
    ("replaces", &["replaces \"Base points\""]),
    ("combine", &["combine add", "combine best of Offers"]),
    ("cap", &["cap 3 times per month", "cap 50_000 points per calendar year across all members"]),
    ROUND,
    ACTIVATE,
    EXPIRE,
    HOLD,
    FUNDED,
];

const TIERS: &[Form] = &[
    ("count", &["count spend in calendar year", "count nights, stays in calendar year"]),
    ("upgrade", &["upgrade at once", "upgrade at end of month"]),
    ("new", &["new tier counts for this purchase"]),
    ("keep", &["keep until end of next calendar year", "keep forever"]),
    ("then", &["then drop one level", "then drop to earned tier"]),
    ("grace", &["grace 31 days"]),
    ("reaching", &["reaching takes the threshold"]),
    ("carry", &["carry at most 300 points", "carry surplus nights over once"]),
    ("tier", &["tier Basic", "tier Silver { reach 350 EUR spend }"]),
];

const TIER: &[Form] = &[
    ("reach", &["reach 10 nights or 4 stays", "reach 350 EUR spend"]),
    ("paid", &["paid by plan Gold"]),
    ("on", &["on entry give 250 points"]),
    ("every", &["every calendar year give 250 points"]),
    ("benefit", &["benefit \"Free breakfast for two\""]),
];

const PLAN: &[Form] = &[
    ("fee", &["fee 65 EUR per membership year", "fee 65 EUR per 12 months", "fee 9.90 EUR per month"]),
    ("renews", &["renews by itself", "renews on request"]),
    ("trial", &["trial 30 days"]),
];

const MILESTONES: &[Form] = &[
    VALID,
    WHEN,
    FOR,
    ("count", &["count spend in calendar year", "count purchases in month"]),
    ("at", &["at 100 EUR give 50 points"]),
    ("every", &["every 500 EUR from 1_000 EUR to 3_000 EUR give 200 points"]),
    ("once", &["once passed stays passed"]),
    FUNDED,
];

const CARD: &[Form] = &[
    ON,
    VALID,
    AT_PARTNER,
    WHEN,
    FOR,
    ("stamp", &["stamp 1 per item", "stamp 1 per full 5 EUR"]),
    ("goal", &["goal 10 stamps"]),
    ("start", &["start with 2 stamps", "start with 2 stamps on every card"]),
    ("cap", &["cap 3 stamps per day", "cap 2 rewards per purchase"]),
    ("carry", &["carry over"]),
    ("no", &["no carry over"]),
    ("expire", &["expire 12 months after first stamp"]),
    ("reward", &["reward 1 \"Free coffee\"", "reward worth the average of its stamps as credit"]),
    FUNDED,
];

const CHALLENGE: &[Form] = &[
    VALID,
    WHEN,
    (
        "task",
        &[
            "task Nights: nights reaches 40",
            "task \"Three socks\": items reaches 3 for items where sku is Sock",
        ],
    ),
    ("complete", &["complete all tasks", "complete any 2 tasks"]),
    ("once", &["once per calendar year", "once per member"]),
    ("give", &["give 500 points"]),
    ("cap", &["cap 5 times per month", "cap 100 points per calendar year"]),
    FUNDED,
];

const STREAK: &[Form] = &[
    ON,
    VALID,
    WHEN,
    ("each", &["each week needs 2 run", "each month needs 100 EUR"]),
    ("after", &["after 4 weeks give 50 points"]),
    ("forgive", &["forgive 1 missed week"]),
    ("restart", &["restart after 8 weeks"]),
    ("cap", &["cap 3 times per calendar year", "cap 100 points per calendar year"]),
    FUNDED,
];

const DRAW: &[Form] = &[
    ("draws", &["draws from lots"]),
    ("valid", &["valid from 2026-03-01 to 2026-07-31"]),
    ("held", &["held on 2026-08-07", "held on 08-07"]),
    ("cap", &["cap 100 lots per campaign"]),
    ("free", &["free entry on postcard give 5 lots"]),
];

const VOUCHER: &[Form] = &[
    ("grants", &["grants 10 EUR off", "grants \"One upgrade to the next cabin\""]),
    WORTH,
    ("valid", &["valid for 60 days", "valid until end of next month"]),
    ("usable", &["usable from 2026-12-01 to 2026-12-07"]),
    ACTIVATE,
    FOR,
    WHEN,
    ("cap", &["cap 1 time per purchase"]),
    FUNDED,
];

const REWARD: &[Form] = &[
    VALID,
    FOR,
    WHEN,
    ("grants", &["grants 5 EUR off", "grants \"One upgrade to the next cabin\""]),
    ("give", &["give 1 Welcome"]),
    WORTH,
    ("cap", &["cap 2 times per calendar year"]),
    FUNDED,
];

const REDEEM: &[Form] = &[
    ("", &["100 points for 1 EUR"]),
    ("at", &["at least 100 points", "at most 50% of basket"]),
    ("in", &["in steps of 100 points"]),
    ("only", &["only for the whole basket"]),
    FOR,
    WHEN,
    TO_CHARITY,
];

const DONATE: &[Form] = &[
    VALID,
    ("on", &["on purchase"]),
    AT_PARTNER,
    FOR,
    WHEN,
    ("round", &["round basket up to next 1 EUR"]),
    ("whole", &["whole amounts give 1 EUR"]),
    ("multiply", &["multiply by 2"]),
    ("add", &["add 2 EUR"]),
    ("give", &["give 1% of spend as gift", "give 0.50 gift"]),
    (
        "cap",
        &[
            "cap 3 times per month",
            "cap 50 EUR per calendar year",
            "cap 20_000 EUR per calendar year across all members",
        ],
    ),
    ("pay", &["pay every quarter"]),
    TO_CHARITY,
    FUNDED,
];

const PARTNER: &[Form] = &[
    ("pays", &["pays 0.012 EUR per point earned"]),
    ("gets", &["gets 0.0095 EUR per point redeemed"]),
    ("settles", &["settles every month"]),
    ("budget", &["budget 50_000 EUR per calendar year"]),
];

const AWARD: &[Form] = &[
    VALID,
    FOR,
    WHEN,
    (
        "every",
        &[
            "every calendar year give 2% of spend as credit",
            "every month give 50 points",
            "every calendar year give dividend of spend as credit",
        ],
    ),
    (
        "cap",
        &["cap 5_000 points per calendar year", "cap 500_000 points per calendar year across all members"],
    ),
    ("pay", &["pay nothing below 5 points"]),
    FUNDED,
    ROUND,
    ACTIVATE,
    EXPIRE,
];

const REBATE: &[Form] = &[
    VALID,
    FOR,
    WHEN,
    ("period", &["period calendar year"]),
    ("stages", &["stages are retroactive", "stages are incremental"]),
    (
        "stage",
        &["stage from 50_000 EUR: 1%", "stage from 2_500 EUR: 30 credit", "stage from 5_000 EUR: 10% of fee"],
    ),
    (
        "cap",
        &["cap 5_000 credit per calendar year", "cap 500_000 credit per calendar year across all members"],
    ),
    ("pay", &["pay credit 31 days after period end", "pay nothing below 5 EUR"]),
    FUNDED,
    ROUND,
    ACTIVATE,
    EXPIRE,
];

const REFERRAL: &[Form] = &[
    VALID,
    (
        "friend",
        &[
            "friend qualifies with purchase of at least 30 EUR within 60 days of joining",
            "friend qualifies with 3 stay",
            "friend may be named until first purchase",
        ],
    ),
    ("when", &["when friend age is at least 18", "when referrer tier is Gold"]),
    ("wait", &["wait 14 days"]),
    ("on", &["on qualifying give 1_000 points to referrer", "on joining give 1 Welcome to friend"]),
    (
        "cap",
        &["cap referrer 10 times per calendar year", "cap 500 times per calendar year across all members"],
    ),
    ("not", &["not within same household"]),
    FUNDED,
];

const RETURNS: &[Form] = &[
    (
        "take",
        &[
            "take back earned in proportion",
            "take back earned as if never bought",
            "take back earned in full",
            "take back nothing",
        ],
    ),
    ("give", &["give back redeemed to original lots with at least 30 days"]),
    ("balance", &["balance may go negative", "balance stays at zero"]),
    ("accept", &["accept within 60 days"]),
    ("unmatched", &["unmatched lines are refused", "unmatched lines take back today's rate"]),
];

const TEST: &[Form] = &[
    ("given", &["given member Ann { joined 2026-01-05 }"]),
    (
        "when",
        &["when 2026-03-03 17:45 purchase \"K-1\" by Ann { total 20 EUR }", "when 2026-03-17 00:00 clock"],
    ),
    (
        "expect",
        &[
            "expect Ann earns 14 points",
            "expect Ann has 14 points pending",
            "expect Ann has benefit \"Lounge\"",
        ],
    ),
];

const GIVEN: &[Form] = &[
    ("joined", &["joined 2026-01-05"]),
    ("tier", &["tier Gold until 2027-12-31"]),
    ("plan", &["plan Gold since 2026-02-10"]),
    ("card", &["card \"Coffee card\" at 9 stamps"]),
    ("streak", &["streak Weekly at 3"]),
    ("task", &["task Nights at 12"]),
    ("milestones", &["milestones Year at 480"]),
    ("cap", &["cap Limit used 950", "cap Tickets used 95 for T-1"]),
    ("referred", &["referred by Rosa"]),
    ("account", &["account Family"]),
    ("balance", &["balance 24 nights", "balance 24 nights expiring 2027-12-31"]),
    ("has", &["has 1 Welcome until 2026-04-30"]),
    ("spent", &["spent 400 EUR on 2026-01-10"]),
    ("purchased", &["purchased 3 times on 2026-01-10"]),
    ("years", &["years of Gold at 9"]),
    ("", &["birthday: 1990-05-20"]),
];

const STEP: &[Form] = &[
    ("item", &["item Bread 2 x 4 EUR, category: Bakery"]),
    ("payment", &["payment Prepaid: 5 EUR"]),
    ("total", &["total 19.99 EUR"]),
    ("redeem", &["redeem 200 points", "redeem up to 200 points"]),
    ("use", &["use 1 Welcome"]),
    ("all", &["all items", "all items of \"P-2\""]),
    ("referred", &["referred by Rosa"]),
    ("", &["channel: Online"]),
];

/// All places inside blocks.
const INSIDE: &[Place] = &[
    Place::Program,
    Place::Dated,
    Place::Unit,
    Place::Rule,
    Place::Tiers,
    Place::Tier,
    Place::Plan,
    Place::Card,
    Place::Challenge,
    Place::Streak,
    Place::Draw,
    Place::Milestones,
    Place::Voucher,
    Place::Reward,
    Place::Redeem,
    Place::Donate,
    Place::Partner,
    Place::Award,
    Place::Rebate,
    Place::Referral,
    Place::Returns,
    Place::Test,
    Place::Given,
    Place::Step,
];

/// The lines that may stand in a place, by leading word. The word is empty where a line starts with a name.
pub(super) const fn forms(place: Place) -> &'static [Form] {
    match place {
        Place::File => FILE,
        Place::Program => PROGRAM,
        Place::Schema => SCHEMA,
        Place::Dated => DATED,
        Place::Unit => UNIT,
        Place::Rule => RULE,
        Place::Tiers => TIERS,
        Place::Tier => TIER,
        Place::Plan => PLAN,
        Place::Card => CARD,
        Place::Challenge => CHALLENGE,
        Place::Streak => STREAK,
        Place::Draw => DRAW,
        Place::Milestones => MILESTONES,
        Place::Voucher => VOUCHER,
        Place::Reward => REWARD,
        Place::Redeem => REDEEM,
        Place::Donate => DONATE,
        Place::Partner => PARTNER,
        Place::Award => AWARD,
        Place::Rebate => REBATE,
        Place::Referral => REFERRAL,
        Place::Returns => RETURNS,
        Place::Test => TEST,
        Place::Given => GIVEN,
        Place::Step => STEP,
    }
}

/// Whether some other place knows lines with this leading word.
pub(super) fn stands_elsewhere(word: &str) -> bool {
    let in_block = INSIDE.iter().any(|place| forms(*place).iter().any(|(lead, _)| *lead == word));
    in_block || FILE.iter().any(|(lead, _)| *lead == word)
}

/// The word of a list that was probably meant: one that differs in at most two letters, the nearest first.
pub(super) fn similar<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let length = word.chars().count();
    let near = words.filter(|known| !known.is_empty()).filter_map(|known| {
        let distance = distance(word, known);
        (distance <= 2 && distance * 2 < length).then_some((distance, known))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// How many letters must be put in, left out, changed or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > 2 {
        return 3;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, j) + usize::from(a != b)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && left.get(i - 1) == Some(b) && right.get(j - 1) == Some(a);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::pest_error::stops_at;

    #[test]
    fn every_example_is_right_in_its_place() {
        for place in INSIDE.iter().chain(&[Place::File, Place::Schema]) {
            for example in forms(*place).iter().flat_map(|(_, examples)| *examples) {
                let whole =
                    if example.ends_with('{') { format!("{example}}}") } else { (*example).to_owned() };
                assert_eq!(stops_at(*place, &whole), None, "{example} {}", place.words());
            }
        }
    }

    #[test]
    fn every_example_begins_with_its_word() {
        for place in INSIDE.iter().chain(&[Place::File]) {
            for (word, examples) in forms(*place) {
                assert!(examples.iter().all(|example| example.starts_with(word)), "{word}");
            }
        }
    }

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let words = || RULE.iter().map(|(word, _)| *word);
        assert_eq!(similar("giv", words()), Some("give"));
        assert_eq!(similar("combien", words()), Some("combine"));
        assert_eq!(similar("mulitply", words()), Some("multiply"));
        assert_eq!(similar("rewards", words()), None);
        assert_eq!(similar("in", words()), None);
    }
}
