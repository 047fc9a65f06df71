//! The parser that pest makes of the grammar files.

mod derived {
    /// Reads texts by the rules of `grammar.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "syntax/grammar.pest"]
    #[grammar = "syntax/words.pest"]
    #[grammar = "syntax/recovery.pest"]
    pub(in crate::syntax) struct Grammar;
}

pub(super) use derived::{Grammar, Rule};
/// The characters of bare names, as the grammar knows them.
pub(super) use pest::unicode::{XID_CONTINUE, XID_START};
