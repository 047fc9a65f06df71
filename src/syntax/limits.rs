//! Fixed limits of rule texts, checked before anything recurses or allocates.

/// What a rule text may be at most. Every breach is a finding `L006` that names limit, value and maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: usize,
    /// Files of one program.
    pub files: usize,
    /// Nesting of braces, brackets, parentheses and `not` chains, all kinds added.
    pub nesting: usize,
    /// Words, numbers and signs of one file.
    pub tokens: usize,
    /// `earn`, `bonus`, `card` and `referral` blocks of a program.
    pub rules: usize,
    /// Bytes of one bare name.
    pub name_bytes: usize,
    /// Bytes of one quoted text.
    pub text_bytes: usize,
    /// Entries of one list.
    pub list_entries: usize,
    /// Findings that are reported; the rest is counted.
    pub findings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 4 * 1024 * 1024,
            files: 64,
            nesting: 32,
            tokens: 2_000_000,
            rules: 20_000,
            name_bytes: 256,
            text_bytes: 1024,
            list_entries: 100_000,
            findings: 50,
        }
    }
}
