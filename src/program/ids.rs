//! Dense ids: after compiling, no name is looked up any more.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
            pub(crate) struct $name(pub(crate) u32);

            impl $name {
                /// The place in its table.
                #[allow(dead_code, reason = "ids of one shape; not every table is walked by place")]
                #[must_use]
                pub(crate) const fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

ids! {
    /// A unit. Ids follow the names by code point.
    UnitId,
    /// A voucher. Ids follow the names by code point.
    VoucherId,
    /// An `earn` or `bonus`: all `earn` first, then all `bonus`, each by name and code point, so that the order of
    /// ids is the order in which caps admit and ties are won.
    RuleId,
    /// A charity. Ids follow the names.
    CharityId,
    /// A budget across all members.
    BudgetId,
    /// A `donate`. Ids follow the names.
    DonationId,
    /// A `rebate`. Ids follow the names.
    RebateId,
    /// A choice. Ids follow the rules that give it.
    ChoiceId,
    /// A stamp card. Ids follow the names.
    CardId,
    /// A challenge. Ids follow the names.
    ChallengeId,
    /// A streak. Ids follow the names.
    StreakId,
    /// A draw. Ids follow the names.
    DrawId,
    /// A `milestones` block. Ids follow the names.
    MilestonesId,
    /// A conversion, in the order of what happens: at once first, then by unit.
    ConvertId,
    /// A reward. Ids follow the names.
    RewardId,
    /// A `tiers` block. Ids follow the names.
    TiersId,
    /// A `plan`. Ids follow the names.
    PlanId,
    /// A `referral`. Ids follow the names.
    ReferralId,
    /// A cap, own or shared.
    CapId,
    /// A counter of the account.
    MeterId,
    /// What gave something under another version.
    FormerId,
    /// A condition on items that a counter is filtered by.
    FilterId,
    /// `purchase`, `joining`, a declared event, …
    EventKindId,
    /// The activities of an `expire after … without`.
    ActivitiesId,
    /// A date attribute that `activate on` names.
    DateId,
    /// A `combine best of G` group.
    GroupId,
    /// A known name, category, sku, text.
    Symbol,
}

impl Symbol {
    /// No value where a missing one is a known value: category, sku, brand, channel, store.
    pub(crate) const NONE: Self = Self(u32::MAX);
    /// A value that the program does not know.
    pub(crate) const OTHER: Self = Self(u32::MAX - 1);
}

impl EventKindId {
    /// The built-in event `purchase`.
    pub(crate) const PURCHASE: Self = Self(0);
    /// The built-in event `joining`.
    pub(crate) const JOINING: Self = Self(1);
    /// Ids from here on are moments that the clock brings, by their place in the table of moments.
    const FIRST_MOMENT: u32 = 1 << 31;

    /// What stands for a moment that the clock brings where rules wait for events. No event has this kind.
    pub(crate) const fn of_moment(place: u32) -> Self {
        Self(Self::FIRST_MOMENT | place)
    }

    /// The place of the moment in its table, if it is one.
    pub(crate) const fn moment(self) -> Option<usize> {
        match self.0.checked_sub(Self::FIRST_MOMENT) {
            // the last one is no kind at all
            Some(place) if self.0 != u32::MAX => Some(place as usize),
            _ => None,
        }
    }

    /// Whether nothing can be bought with it: a joining, or a moment that the clock brings.
    pub(crate) const fn is_bare(self) -> bool {
        self.0 == Self::JOINING.0 || self.moment().is_some()
    }
}
