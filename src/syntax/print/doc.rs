//! Text that knows where it may be broken, after Wadler's "A prettier printer".

/// Columns of a line at most.
pub(super) const WIDTH: usize = 100;

/// Columns to which the parts of a broken condition are filled.
const FILL: usize = 80;

/// Columns by which a nested text is moved.
pub(super) const STEP: usize = 2;

/// A text with places where it may be broken.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    /// Words without a line end.
    Text(String),
    /// A comment: it counts for no width, because it cannot be broken.
    Comment(String),
    /// One behind the other.
    Join(Vec<Doc>),
    /// A blank, or a line end where the group around is broken.
    Space,
    /// Nothing, or a line end where the group around is broken.
    Soft,
    /// Always a line end; breaks all groups around.
    Hard,
    /// Nothing; breaks all groups around.
    Forced,
    /// Written only where the group around is broken.
    IfBroken(&'static str),
    /// Moved to the right.
    Nest(Box<Doc>),
    /// Broken as a whole if it does not fit.
    Group(Box<Group>),
}

/// What is broken as a whole.
#[derive(Debug, Clone)]
pub(super) struct Group {
    doc: Doc,
    /// The columns into which it has to fit.
    width: usize,
    /// Whether a forced line end is in it.
    forced: bool,
}

impl From<&str> for Doc {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Doc {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Joins words and documents with blanks.
macro_rules! words {
    ($($part:expr),* $(,)?) => { $crate::syntax::print::doc::Doc::words([$($crate::syntax::print::doc::Doc::from($part)),*]) };
}
pub(super) use words;

impl Doc {
    /// Joins documents with blanks that are never broken. Empty texts are left out.
    pub(super) fn words(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            if matches!(&part, Self::Text(text) if text.is_empty()) {
                continue;
            }
            if !all.is_empty() {
                all.push(Self::from(" "));
            }
            all.push(part);
        }
        Self::Join(all)
    }

    /// Joins documents without anything between them.
    pub(super) fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::Join(parts.into_iter().collect())
    }

    /// Moves a document to the right.
    pub(super) fn nest(self) -> Self {
        Self::Nest(Box::new(self))
    }

    /// Breaks a document as a whole if it does not fit into a line.
    pub(super) fn group(self) -> Self {
        let forced = self.is_forced();
        Self::Group(Box::new(Group { doc: self, width: WIDTH, forced }))
    }

    /// Like [`Doc::group`], but for the narrower lines of a broken condition.
    pub(super) fn fill(self) -> Self {
        let forced = self.is_forced();
        Self::Group(Box::new(Group { doc: self, width: FILL, forced }))
    }

    /// Whether there is a line end that cannot be avoided.
    fn is_forced(&self) -> bool {
        match self {
            Self::Hard | Self::Forced => true,
            Self::Join(parts) => parts.iter().any(Self::is_forced),
            Self::Nest(doc) => doc.is_forced(),
            Self::Group(group) => group.forced,
            Self::Text(_) | Self::Comment(_) | Self::Space | Self::Soft | Self::IfBroken(_) => false,
        }
    }

    /// The text on one line, unless a line end is forced or it is longer than `most` characters.
    pub(super) fn flat(&self, most: usize) -> Option<String> {
        let mut out = String::new();
        let fits = fits(most, (0, true, self), &[]) && !self.is_forced();
        fits.then(|| {
            self.write(&mut out, 0, 0, true);
            out
        })
    }

    /// The text, starting at column `indent`, to which broken lines return. The first line is not indented.
    pub(super) fn laid_out(&self, indent: usize) -> String {
        let mut out = String::new();
        self.write(&mut out, indent, indent, false);
        out
    }

    fn write(&self, out: &mut String, indent: usize, mut column: usize, flat: bool) {
        let mut stack = vec![(indent, flat, self)];
        while let Some((indent, flat, doc)) = stack.pop() {
            match doc {
                Self::Text(text) | Self::Comment(text) => {
                    out.push_str(text);
                    column += text.chars().count();
                }
                Self::Join(parts) => stack.extend(parts.iter().rev().map(|part| (indent, flat, part))),
                Self::Space if flat => {
                    out.push(' ');
                    column += 1;
                }
                Self::Forced => {}
                Self::Soft if flat => {}
                Self::IfBroken(text) => {
                    if !flat {
                        out.push_str(text);
                        column += text.len();
                    }
                }
                Self::Space | Self::Soft | Self::Hard => {
                    out.push('\n');
                    out.push_str(&" ".repeat(indent));
                    column = indent;
                }
                Self::Nest(doc) => stack.push((indent + STEP, flat, doc)),
                Self::Group(group) => {
                    let next = (indent, true, &group.doc);
                    let room = group.width.checked_sub(column);
                    let flat = !group.forced && (flat || room.is_some_and(|room| fits(room, next, &stack)));
                    stack.push((indent, flat, &group.doc));
                }
            }
        }
    }
}

/// Whether a document and what follows it up to the next possible line end fit into a number of columns.
fn fits(mut room: usize, next: (usize, bool, &Doc), behind: &[(usize, bool, &Doc)]) -> bool {
    let mut stack = vec![(next.1, next.2)];
    let mut behind = behind.iter().rev();
    loop {
        let Some((flat, doc)) = stack.pop().or_else(|| behind.next().map(|(_, flat, doc)| (*flat, *doc)))
        else {
            return true;
        };
        let used = match doc {
            Doc::Text(text) => text.chars().count(),
            Doc::Comment(_) | Doc::Forced => 0,
            Doc::IfBroken(text) => {
                if flat {
                    0
                } else {
                    text.len()
                }
            }
            Doc::Space if flat => 1,
            Doc::Soft if flat => 0,
            Doc::Space | Doc::Soft | Doc::Hard => return true,
            Doc::Join(parts) => {
                stack.extend(parts.iter().rev().map(|part| (flat, part)));
                0
            }
            Doc::Nest(doc) => {
                stack.push((flat, doc));
                0
            }
            Doc::Group(group) => {
                stack.push((flat && !group.forced, &group.doc));
                0
            }
        };
        match room.checked_sub(used) {
            Some(left) => room = left,
            None => return false,
        }
    }
}
