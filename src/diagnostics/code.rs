//! The codes of findings: each has one home, one severity and one title.

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program is refused.
    Error,
    /// The program runs, but probably not as meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word in front of a finding.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! codes {
    ($($name:ident $severity:ident $title:literal,)*) => {
        /// A stable code. Codes are never used twice for different findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as text: `L001`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The severity it has unless a finding says otherwise.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// One line that says what the code finds.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    L001 Error "a line that is not understood, or `##` that is not directly before a block",
    L002 Error "a block that is not closed",
    L003 Error "a decimal comma, a thousands dot, a symbol instead of words, or `and`/`or` mixed without parentheses",
    L004 Error "an unknown or misplaced edition, or not exactly one `program`",
    L005 Error "a text-direction or invisible character, or letters of two scripts in one name",
    L006 Error "a text beyond a limit: size, nesting, number of rules, length of a name or a list",
    L007 Error "a form of the language that this version does not evaluate",
    L008 Error "an import that is missing, goes in a circle, or is no path inside the program",
    L009 Error "a fault of the parser itself; please report it",
    N101 Error "a name that is not declared",
    N102 Error "a name that is declared twice, or differs from another only in case or accents",
    N103 Warning "a name that is declared and never used",
    N104 Error "a line that may stand once and stands twice",
    N105 Error "a line that is needed and missing",
    N106 Error "a line that does not belong where it stands",
    N107 Error "a name that the language keeps for itself",
    U201 Error "units that do not fit together",
    U202 Error "a currency that is not the program's, or is none",
    U203 Error "a value of another sort than what it is compared with, or outside what is declared",
    U204 Error "an attribute of another event",
    U205 Warning "`is not` on an optional attribute leaves out members and events without it",
    U206 Warning "a table without a row for a declared value",
    U207 Error "a spendable unit that does not say how it is rounded or when it expires, or a donation unit that does not say how it is rounded",
    U208 Error "a rule, card or donation that does not say what it waits for",
    U209 Note "a program that does not say what returns do",
    U210 Error "a zero, or a multiplier that is not above one",
    U211 Error "`matches` without a finite list of values on both sides, a period that starts on a day which not every month has, or `counts from` at what is not `yes-no`",
    U212 Warning "a status unit that is fed by money and does not say how it is rounded",
    U213 Error "a name that can mean several things, or a question about a birthday that is not declared",
    U214 Error "an award in proportion to something that the event does not have",
    U215 Error "rows, bands or entries that stand twice, or bands that are not ascending",
    U216 Error "a number outside what the line allows",
    U217 Error "a rate that is too fine to be computed exactly",
    S301 Error "a bonus that does not say how it mixes with others",
    S302 Error "two base rates for the same item, or for the same event",
    S303 Error "`replaces` in a circle, or two rules that replace the same rule for the same item",
    S304 Error "a `best of` group that mixes what cannot be compared",
    S305 Warning "a `best of` group with one rule",
    S306 Warning "two exclusive bonuses that can meet",
    S307 Error "two conversions of one unit at the same moment, or a circle of conversions",
    S308 Error "a bonus on everything that says how it mixes with others",
    C401 Warning "a cap that is smaller than one single award",
    C402 Warning "a cap that can never be reached",
    C403 Warning "a capped base with a multiplier that has no cap",
    C404 Warning "an award without a cap for an event that a member can repeat freely",
    D501 Error "a rule that can never fire",
    D502 Warning "a condition that is always true",
    D503 Error "entries of a dated list that overlap, or leave a gap",
    D504 Warning "dated bonuses that run at the same time and add up",
    D505 Error "points or vouchers that are gone before they can be used",
    D506 Warning "a time range that crosses midnight",
    D507 Note "what is too complex to be checked",
    H941 Error "a question about the past that would need unbounded memory",
    H942 Note "a budget that all members share: one book answers all claims on it",
    T601 Error "a tier that nobody can reach, or that is not above the one below",
    T602 Error "an entry gift that counts for the tiers that give it",
    T603 Error "a tiers block that counts something that can be spent",
    T604 Warning "a level that ends before it could be earned again",
    T605 Error "a new tier that cannot count for the event that reaches it",
    G701 Error "a card that cannot be filled, or is full from the start, or a challenge that nobody can complete",
    G702 Error "a streak that forgives all it asks for, or gives something to a run that is never so long",
    R801 Error "a rebate whose stages do not rise",
    R802 Warning "a rebate that pays less where more is bought",
    R803 Warning "a referral without a cap",
    R804 Error "a reward that gives the unit it costs",
    P851 Error "funding shares that do not add up to 100%, or a rule that is paid by a partner without a price",
    P852 Warning "a partner that pays less for a unit that is earned than another gets for one that is redeemed",
    V901 Note "the most that a unit, voucher or donation can cost for what is spent, where it is asked for",
    V902 Error "a unit or voucher that pays back all that is spent, or more",
    V903 Warning "a unit that can be redeemed while nobody can tell what it costs",
    X951 Error "a test fails, also by a refused `when` without `expect refused`",
    X952 Warning "a rule that no test ever makes fire",
    Y001 Warning "what a new version takes away: a unit, a voucher, a tier, a donation, a charity, a longer end, a higher cap",
    Y002 Error "a version that cannot follow the one before it",
}
