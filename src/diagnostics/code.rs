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
    L009 Error "a fault of the parser itself; please report it",
}
