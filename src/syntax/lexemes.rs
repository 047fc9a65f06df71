//! The words, numbers and signs of a text, for everything that looks at text without the grammar.

/// What a [`Lexeme`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `punkte`, `room-spend`
    Word,
    /// `1_000`, `2026-03-31`, `08:30`, `2%`, and wrong ones such as `2,00`
    Number,
    /// `"Wein & Sekt"`
    Quoted,
    /// `{`, `:`, `>=`, and everything else
    Sign,
    /// `# …`
    Comment,
    /// `## …`
    Doc,
}

/// A word, number, quoted text, sign or comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme<'t> {
    pub(super) kind: Kind,
    /// Its first byte in the text that was read.
    pub(super) start: usize,
    pub(super) text: &'t str,
}

impl Lexeme<'_> {
    /// The first byte behind it.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    /// Whether it is a comment or a description.
    pub(super) fn is_remark(&self) -> bool {
        matches!(self.kind, Kind::Comment | Kind::Doc)
    }
}

/// Reads a text piece by piece. White space is left out, line ends too.
pub(super) struct Lexemes<'t> {
    text: &'t str,
    at: usize,
}

/// All lexemes of a text.
pub(super) fn lexemes(text: &str) -> Lexemes<'_> {
    Lexemes { text, at: 0 }
}

/// Whether a word may go on with this character.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || (!c.is_ascii() && unicode_normalization::char::is_combining_mark(c))
}

impl<'t> Iterator for Lexemes<'t> {
    type Item = Lexeme<'t>;

    fn next(&mut self) -> Option<Lexeme<'t>> {
        let behind = self.text.get(self.at..)?;
        let rest = behind.trim_start();
        self.at += behind.len() - rest.len();
        let first = rest.chars().next()?;
        let (kind, length) = match first {
            '#' => {
                let line = rest.lines().next().unwrap_or(rest);
                (if line.starts_with("##") { Kind::Doc } else { Kind::Comment }, line.len())
            }
            '"' => match quoted_length(rest) {
                Some(length) => (Kind::Quoted, length),
                None => (Kind::Sign, 1),
            },
            '0'..='9' => (Kind::Number, number_length(rest)),
            c if c.is_alphabetic() || c == '_' => (Kind::Word, word_length(rest)),
            c if is_operator(c) => {
                (Kind::Sign, rest.chars().take_while(|c| is_operator(*c)).map(char::len_utf8).sum())
            }
            c => (Kind::Sign, c.len_utf8()),
        };
        let lexeme = Lexeme { kind, start: self.at, text: rest.get(..length)? };
        self.at += length;
        Some(lexeme)
    }
}

/// Signs that belong together where they stand side by side: `>=`, `&&`.
fn is_operator(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '!' | '≤' | '≥' | '≠' | '&' | '|')
}

fn quoted_length(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    let end = inner.find(['"', '\n'])?;
    inner.get(end..)?.starts_with('"').then_some(end + 2)
}

fn word_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let goes_on =
            is_word_char(c) || (c == '-' && chars.peek().is_some_and(|(_, next)| is_word_char(*next)));
        if !goes_on {
            return at;
        }
    }
    text.len()
}

fn number_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = matches!(c, '.' | ',' | '_' | ':' | '-' | '\'' | '’');
        if c == '%' {
            return at + 1;
        }
        if !(c.is_ascii_digit() || joins && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit())) {
            return at;
        }
    }
    text.len()
}
