//! Source texts and places in them.

/// A place in the text: bytes `start..end` of a [`SourceMap`], in which all files of a program stand one
/// behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte behind it.
    pub end: u32,
}

impl Span {
    /// A span from its two ends.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One file of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path by which the host or an `import` line names it.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Where its first byte stands in the map.
    pub base: u32,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// Line and column of a byte of the map, both counted from 1, columns in characters.
    #[must_use]
    pub fn position(&self, at: u32) -> (usize, usize) {
        let local = at.saturating_sub(self.base);
        let line = self.line_starts.partition_point(|start| *start <= local).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start as usize..local as usize).unwrap_or("");
        (line, before.chars().count() + 1)
    }

    /// The text of a line, counted from 1, without its line end.
    #[must_use]
    pub fn line(&self, number: usize) -> &str {
        let start = self.line_starts.get(number.saturating_sub(1)).copied().unwrap_or(0) as usize;
        let end = self.line_starts.get(number).map_or(self.text.len(), |next| *next as usize);
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}

/// All files of a program, so that one [`Span`] names a place in any of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file and tells its base.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> u32 {
        let base = self.files.last().map_or(0, |file| file.base + file.text.len() as u32 + 1);
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index as u32 + 1),
        );
        self.files.push(SourceFile { path: path.into(), text, base, line_starts });
        base
    }

    /// All files, in the order in which they were added.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file in which a byte stands.
    #[must_use]
    pub fn file_at(&self, at: u32) -> Option<&SourceFile> {
        let index = self.files.partition_point(|file| file.base <= at);
        self.files.get(index.checked_sub(1)?)
    }

    /// The text of a span, empty if it does not lie in one file.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file_at(span.start)
            .and_then(|file| {
                let start = span.start.checked_sub(file.base)?;
                let end = span.end.checked_sub(file.base)?;
                file.text.get(start as usize..end as usize)
            })
            .unwrap_or("")
    }
}
