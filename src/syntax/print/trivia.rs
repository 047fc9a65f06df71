//! Comments: they belong to no node, so each place of the output takes those that stood there.

use crate::diagnostics::Span;
use crate::syntax::ast::Comment;
use std::mem;

/// All comments of a file, and which of them are already written.
pub(super) struct Trivia<'a> {
    comments: Vec<(&'a Comment, bool)>,
}

impl<'a> Trivia<'a> {
    /// The comments of a file, none of them written yet.
    pub(super) fn new(comments: &'a [Comment]) -> Self {
        let mut comments: Vec<_> = comments.iter().map(|comment| (comment, false)).collect();
        comments.sort_by_key(|(comment, _)| comment.span.start);
        Self { comments }
    }

    /// Takes the comments that start in `from..to` and are not written yet.
    pub(super) fn take(&mut self, from: u32, to: u32) -> Vec<&'a Comment> {
        let first = self.comments.partition_point(|(comment, _)| comment.span.start < from);
        let taken = self.comments.iter_mut().skip(first).take_while(|(comment, _)| comment.span.start < to);
        taken.filter_map(|(comment, written)| (!mem::replace(written, true)).then_some(*comment)).collect()
    }

    /// Takes the first comment that starts in `from..to`, if it does not stand alone on its line.
    pub(super) fn take_first_behind(&mut self, from: u32, to: u32) -> Option<&'a Comment> {
        let first = self.comments.partition_point(|(comment, _)| comment.span.start < from);
        let (comment, written) = self.comments.get_mut(first)?;
        if comment.span.start >= to || comment.own_line || *written {
            return None;
        }
        *written = true;
        Some(comment)
    }

    /// Whether a comment starts in a place.
    pub(super) fn is_in(&self, span: Span) -> bool {
        let first = self.comments.partition_point(|(comment, _)| comment.span.start < span.start);
        self.comments.get(first).is_some_and(|(comment, _)| comment.span.start < span.end)
    }
}

/// Splits the comments of a gap: one that ends the line before it, and those that stand above what follows.
pub(super) fn split(mut gap: Vec<&Comment>) -> (Option<&Comment>, Vec<&Comment>) {
    let behind = gap.first().is_some_and(|comment| !comment.own_line).then(|| gap.remove(0));
    (behind, gap)
}

/// A comment as it is written.
pub(super) fn written(comment: &Comment) -> String {
    format!("#{}", comment.text.trim_end())
}
