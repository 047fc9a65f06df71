//! What a rule asks for beyond the ordinary: what no rule of an event asks for is not looked for.

use super::rule::{Basis, Combine, Effect, Rate, Rule, RuleKind};

/// What a rule, or all rules of an event together, ask for beyond the ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Needs(u16);

impl Needs {
    /// It replaces others.
    pub(crate) const REPLACES: Self = Self(1);
    /// A cap of spend.
    pub(crate) const SPEND_CAPS: Self = Self(1 << 1);
    /// A cap for each piece.
    pub(crate) const PIECE_CAPS: Self = Self(1 << 2);
    /// An `earn` in a group.
    pub(crate) const BEST_BASES: Self = Self(1 << 3);
    /// A bonus that does not simply add.
    pub(crate) const STACKING: Self = Self(1 << 4);
    /// A rounding of its own.
    pub(crate) const OWN_ROUNDING: Self = Self(1 << 5);
    /// A cap on what is booked or on times.
    pub(crate) const CAPS: Self = Self(1 << 6);
    /// A multiplier.
    pub(crate) const MULTIPLIES: Self = Self(1 << 7);
    /// Shares by item.
    pub(crate) const BY_ITEM: Self = Self(1 << 8);
    /// More than whole numbers of 64 bits on one sum: parts of the spend, bands, least amounts.
    pub(crate) const FRACTIONS: Self = Self(1 << 9);
    /// A cap with a counter for each value of what items carry.
    pub(crate) const LINE_CAPS: Self = Self(1 << 10);

    /// What a rule asks for.
    pub(crate) fn of(rule: &Rule) -> Self {
        let combines = rule.combine != Combine::Add;
        let (earns, rounds) = (rule.kind == RuleKind::Earn, rule.round.is_some_and(|round| round.per_item));
        let multiplies = matches!(rule.effect, Effect::Multiply { .. });
        let of_items = match &rule.effect {
            // a cap of spend counts the lines of the multiplier itself
            Effect::Multiply { .. } => rule.items.is_some() || !rule.spend_caps.is_empty(),
            Effect::Linear { rate: Rate::Table(table), .. } if table.key.is_of_items() => true,
            Effect::Linear { basis, .. } => matches!(basis, Basis::Item(_)),
            _ => false,
        };
        let parts = match &rule.effect {
            Effect::Linear { basis, .. } => matches!(basis, Basis::SpendPaidWith(_) | Basis::Event(_)),
            Effect::Bands { .. } | Effect::VouchersPer { .. } | Effect::Everything { .. } => true,
            _ => false,
        };
        let replaces = !rule.replaces.is_empty();
        [
            (replaces, Self::REPLACES),
            (!rule.spend_caps.is_empty(), Self::SPEND_CAPS),
            (rule.piece_cap.is_some(), Self::PIECE_CAPS),
            (combines && earns, Self::BEST_BASES),
            (combines && !earns, Self::STACKING),
            (rule.round.is_some(), Self::OWN_ROUNDING),
            (!rule.caps.is_empty(), Self::CAPS),
            (multiplies, Self::MULTIPLIES),
            (of_items || combines || rounds || rule.piece_cap.is_some() || replaces, Self::BY_ITEM),
            (parts || rule.at_least.is_some() || !rule.spend_caps.is_empty(), Self::FRACTIONS),
        ]
        .into_iter()
        .filter(|(asks, _)| *asks)
        .fold(Self::default(), |all, (_, need)| all.and(need))
    }

    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of some needs is among them.
    pub(crate) const fn any(self, needs: Self) -> bool {
        self.0 & needs.0 != 0
    }
}
