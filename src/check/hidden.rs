//! Which names a text may declare in lines that are not understood.

use crate::syntax::Unread;

const THINGS: &[&str] = &["unit", "voucher", "reward"];
const RULES: &[&str] = &[
    "earn",
    "bonus",
    "award",
    "card",
    "challenge",
    "donate",
    "draw",
    "milestones",
    "rebate",
    "referral",
    "streak",
];
/// Blocks whose names are those of caps too.
const CAPPED: &[&str] = &[
    "cap",
    "earn",
    "bonus",
    "award",
    "rebate",
    "card",
    "challenge",
    "streak",
    "referral",
    "voucher",
    "reward",
    "donate",
    "partner",
];
const ATTRIBUTES: &[&str] = &["member", "item", "event"];

/// What is missing in the trees of a program.
pub(super) struct Hidden<'u> {
    unread: &'u [Unread],
}

impl<'u> Hidden<'u> {
    pub(super) const fn new(unread: &'u [Unread]) -> Self {
        Self { unread }
    }

    /// Whether a block of one of these kinds, or a line of one, may be missing.
    pub(super) fn may_be(&self, kinds: &[&str]) -> bool {
        self.unread.iter().any(|unread| unread.may_be(kinds))
    }

    /// Whether the name of something may be declared in what is missing. `what` is the word of the finding.
    pub(super) fn may_declare(&self, what: &str, name: &str) -> bool {
        let kinds = kinds_of(what);
        self.unread.iter().any(|unread| match &unread.kinds {
            _ if unread.of_any_kind.contains(name) => true,
            // a misspelt kind word, or a line from the inside of a block that ended too early
            None => unread.nameless || unread.names.contains(name),
            Some(_) => unread.may_be(kinds) && (unread.nameless || unread.names.contains(name)),
        })
    }

    /// Whether one of these names stands in a line that may declare something.
    pub(super) fn mentions(&self, names: &[&str]) -> bool {
        let declares = |unread: &&Unread| unread.kinds.as_ref().is_none_or(|kinds| !kinds.is_empty());
        self.unread
            .iter()
            .filter(declares)
            .any(|unread| unread.nameless || names.iter().any(|name| unread.names.contains(*name)))
    }
}

/// The blocks that can declare something that findings call so.
fn kinds_of(what: &str) -> &'static [&'static str] {
    match what {
        "unit or voucher" | "voucher" => THINGS,
        "measure" => &["unit", "event"],
        "donation unit" => &["unit"],
        "parameter" => &["parameter"],
        "plan" => &["plan"],
        "event" => &["event"],
        "event or date attribute" => ATTRIBUTES,
        "list" => &["list"],
        // a cap counts in a period, or in an event
        "period" => &["period", "event"],
        "tier" | "tiers block" => &["tiers"],
        "rule" => RULES,
        "card" => &["card"],
        "challenge" | "task" => &["challenge"],
        "streak" => &["streak"],
        "milestones block" => &["milestones"],
        "cap" => CAPPED,
        "category" => &["categories"],
        "channel" => &["channels"],
        "store" => &["stores"],
        "charity" => &["charities"],
        "partner" => &["partner"],
        "kind of payment" | "payment" => &["payments"],
        _ if what.starts_with("attribute") => ATTRIBUTES,
        _ => &[],
    }
}
