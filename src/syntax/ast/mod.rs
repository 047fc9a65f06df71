//! The tree of a rule file: what was written, not what it means.
//!
//! Every node carries the [`Span`] of its text. Names are still strings and may be undeclared, types may be
//! wrong, lines may be missing or doubled: all of that is a legal tree and is judged later, in `check`.
//! Literals keep their value and, where the writing matters to the formatter, their form.

mod atoms;
mod conditions;
mod games;
mod giving;
mod milestones;
mod partners;
mod plans;
mod play;
mod program;
mod rebates;
mod rules;
mod tests;
mod units;

pub use atoms::*;
pub use conditions::*;
pub use games::*;
pub use giving::*;
pub use milestones::*;
pub use partners::*;
pub use plans::*;
pub use play::*;
pub use program::*;
pub use rebates::*;
pub use rules::*;
pub use tests::*;
pub use units::*;

use crate::diagnostics::Span;

/// One rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The line `edition 2026`, if it stands at the top.
    pub edition: Option<Edition>,
    /// All blocks, in the order of the text.
    pub blocks: Vec<Block>,
    /// All `#` comments, in the order of the text. They belong to no node; the formatter puts them back.
    pub comments: Vec<Comment>,
    /// The whole text of the file.
    pub span: Span,
}

/// `edition 2026`: the version of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The year that names the edition.
    pub year: u16,
    /// The whole line.
    pub span: Span,
}

/// A comment `# …`, without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text after `#`, without white space at its end.
    pub text: String,
    /// Whether the comment stands alone on its line.
    pub own_line: bool,
    /// From `#` to the last character of the line.
    pub span: Span,
}

/// A block of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The lines `## …` directly above, without the marks.
    pub doc: Vec<Text>,
    /// What it is.
    pub kind: BlockKind,
    /// The whole block, from its kind word to its closing brace, without the doc lines.
    pub span: Span,
    /// The head line without the brace: `earn "Base points"`.
    pub head: Span,
}

/// The kinds of [`Block`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// `import "units.loyalty"`
    Import(Text),
    /// `program "…" { … }`
    Program(ProgramBlock),
    /// `member { … }`, `item { … }`, `event E { … }`
    Schema(SchemaBlock),
    /// `categories [ … ]` and its sisters
    Vocabulary(Vocabulary),
    /// `list L [ … ]`, `list L { … }`, `list L from host`
    List(ListBlock),
    /// `period N starts …`
    Period(PeriodBlock),
    /// `unit U is …`
    Unit(UnitBlock),
    /// `earn R { … }`, `bonus R { … }`
    Rule(RuleBlock),
    /// `cap X: … on [ … ]`
    SharedCap(SharedCap),
    /// `tiers T { … }`
    Tiers(TiersBlock),
    /// `plan P { … }`
    Plan(PlanBlock),
    /// `card C { … }`
    Card(CardBlock),
    /// `challenge C { … }`
    Challenge(ChallengeBlock),
    /// `streak S { … }`
    Streak(StreakBlock),
    /// `draw D { … }`
    Draw(DrawBlock),
    /// `milestones M { … }`
    Milestones(MilestonesBlock),
    /// `voucher V { … }`
    Voucher(VoucherBlock),
    /// `convert A into B at once`
    Convert(ConvertBlock),
    /// `reward R costs A { … }`
    Reward(RewardBlock),
    /// `redeem U { … }`
    Redeem(RedeemBlock),
    /// `donate D { … }`
    Donate(DonateBlock),
    /// `award A { … }`
    Award(AwardBlock),
    /// `rebate R { … }`
    Rebate(RebateBlock),
    /// `partner P { … }`
    Partner(PartnerBlock),
    /// `referral R { … }`
    Referral(ReferralBlock),
    /// `returns { … }`
    Returns(ReturnsBlock),
    /// `test "…" { … }`
    Test(TestBlock),
}

/// One line of a block: its content and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<T> {
    /// What the line says.
    pub kind: T,
    /// The whole statement, without a comment behind it.
    pub span: Span,
}
