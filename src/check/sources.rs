//! The texts of a program, and following its `import` lines.

use super::report::Report;
use crate::diagnostics::Similar;
use crate::diagnostics::{Code, Diagnostic, SourceMap, Span};
use crate::event::{TEXT_MOST, check_text};
use crate::syntax::ast::{BlockKind, File, ListContent, Name};
use crate::syntax::{self, Limits, Unread};
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// Bytes of all files together, so that every place in them has a number.
const ALL_BYTES: usize = 1 << 30;

/// The texts of a program: an entry file and the files it imports, by path.
///
/// The library reads no files. The host puts in every text that it has; [`imports_of`] says which ones a text asks
/// for, and [`resolve`] which path that is. Files that nothing imports are ignored.
///
/// ```
/// let sources = loyalty_rules::check::Sources::single("shop.loyalty", "edition 2026\n")
///     .with("units.loyalty", "unit points is status\n");
/// assert_eq!(sources.entry(), "shop.loyalty");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    entry: String,
    texts: BTreeMap<String, String>,
    lists: BTreeMap<String, Vec<String>>,
}

impl Sources {
    /// A program of one file, or the entry file of a larger one. The path is shown in findings, and paths of imports
    /// are relative to it.
    #[must_use]
    pub fn single(path: impl Into<String>, text: impl Into<String>) -> Self {
        let entry = path.into();
        let texts = BTreeMap::from([(normal(&entry), text.into())]);
        Self { entry, texts, lists: BTreeMap::new() }
    }

    /// Adds the text of a file that may be imported. A text with the same path is replaced.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.texts.insert(normal(&path.into()), text.into());
        self
    }

    /// Gives what is in a `list … from host`: articles of a summer range, say, as many as there are. Their order and
    /// doubles mean nothing. A list that the program does not name is ignored.
    ///
    /// ```
    /// use loyalty_rules::{Sources, compile};
    /// use loyalty_rules::syntax::Limits;
    ///
    /// let rules = "edition 2026
    ///
    /// program Demo {
    ///   version 1
    ///   effective from 2026-01-01
    ///   currency EUR
    ///   time zone \"Europe/Berlin\"
    /// }
    ///
    /// returns { accept within 60 days }
    ///
    /// list \"Summer range\" from host
    ///
    /// unit points is spendable {
    ///   round down in total
    ///   expire 12 months after earning
    /// }
    ///
    /// earn Summer {
    ///   on purchase
    ///   for items where sku is in \"Summer range\"
    ///   give 1 points per 1 EUR
    /// }
    /// ";
    /// let sources = Sources::single("demo.loyalty", rules).with_list("Summer range", ["A-1", "A-2"]);
    /// assert!(compile(&sources, &Limits::default()).is_ok());
    /// # Ok::<(), loyalty_rules::check::Findings>(())
    /// ```
    #[must_use]
    pub fn with_list<N: Into<String>>(
        mut self,
        list: impl Into<String>,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        self.lists.insert(list.into(), names.into_iter().map(Into::into).collect());
        self
    }

    /// The path of the entry file.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }
}

/// The paths that the `import` lines of a text name, as written, in their order and without doubles.
///
/// Works on texts with errors, so that a host can load all files before it asks for findings.
#[must_use]
pub fn imports_of(text: &str) -> Vec<String> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    text.lines().filter_map(imported).filter(|path| seen.insert(path)).map(str::to_owned).collect()
}

/// The names of the lists of a text that come from the host, in their order and without doubles.
///
/// Works on texts with errors, so that a host can look for all lists before it asks for findings.
///
/// ```
/// let text = "list \"Summer range\" from host\nlist Excluded [Tobacco]\nlist Plain from host # why\n";
/// assert_eq!(loyalty_rules::check::host_lists_of(text), ["Summer range", "Plain"]);
/// ```
#[must_use]
pub fn host_lists_of(text: &str) -> Vec<String> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let names = text.lines().filter_map(host_list).map(|name| name.nfc().collect::<String>());
    names.filter(|name| seen.insert(name.clone())).collect()
}

/// The name of a list in a line `list … from host`.
fn host_list(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("list")?.trim_start();
    let (name, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_once([' ', '\t'])?,
    };
    let mut words = rest.split_whitespace();
    (words.next() == Some("from") && words.next() == Some("host")).then_some(name)
}

/// The path of a line `import "…"`.
fn imported(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("import")?;
    if !rest.starts_with([' ', '\t', '"']) {
        return None;
    }
    let (path, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
    Some(path)
}

/// The path that an import in a file means: relative to that file, with `.` and `..` resolved. Nothing if it leaves
/// the folder of all files or is no relative path.
#[must_use]
pub fn resolve(importing: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') || path.contains(['\\', ':']) {
        return None;
    }
    let importing = normal(importing);
    let mut parts: Vec<&str> = match importing.rsplit_once('/') {
        Some((folder, _)) => folder.split('/').collect(),
        None => Vec::new(),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                // above an absolute folder there is nothing, and what is above a relative one is not known
                if parts.pop().is_none_or(str::is_empty) {
                    return None;
                }
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A path without `.` parts, so that one file has one path.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for (index, part) in path.split('/').enumerate() {
        match part {
            "." => {}
            "" if index > 0 => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The files of a program, read.
pub(super) struct Loaded {
    pub(super) map: SourceMap,
    pub(super) files: Vec<File>,
    pub(super) report: Report,
    /// What is missing in the trees, because it was not understood.
    pub(super) unread: Vec<Unread>,
}

/// Reads the entry file and all that it imports, each file once.
pub(super) fn load(sources: &Sources, limits: &Limits) -> Loaded {
    load_behind(SourceMap::default(), sources, limits)
}

/// As [`load`], with the files of other programs before, so that a finding may show places of both.
pub(super) fn load_behind(map: SourceMap, sources: &Sources, limits: &Limits) -> Loaded {
    let bytes = map.files().iter().map(|file| file.text.len()).sum();
    let loaded = Loaded { map, files: Vec::new(), report: Report::default(), unread: Vec::new() };
    let mut loader = Loader { sources, limits, loaded, seen: BTreeSet::new(), open: Vec::new(), bytes };
    loader.file(&normal(&sources.entry), None);
    loader.loaded
}

struct Loader<'s> {
    sources: &'s Sources,
    limits: &'s Limits,
    loaded: Loaded,
    seen: BTreeSet<String>,
    /// The files whose imports are being read, from the entry file on.
    open: Vec<String>,
    bytes: usize,
}

impl Loader<'_> {
    /// Reads one file, then its imports. At most as deep as there may be files.
    fn file(&mut self, path: &str, from: Option<Span>) {
        if self.open.iter().any(|open| open == path) {
            let chain = self.open.iter().skip_while(|open| *open != path).map(String::as_str);
            let chain: Vec<&str> = chain.chain([path]).collect();
            self.refuse(
                from,
                "these files import each other",
                format!("break the circle {}", chain.join(" → ")),
            );
            return;
        }
        if self.seen.contains(path) {
            return;
        }
        let Some(text) = self.sources.texts.get(path) else {
            self.missing(path, from);
            return;
        };
        self.bytes = self.bytes.saturating_add(text.len());
        let most = self.limits.files;
        let breach = if self.seen.len() >= most {
            Some(format!("a program has at most {most} files"))
        } else if self.bytes > ALL_BYTES {
            Some(format!("the files of a program have at most {ALL_BYTES} bytes together"))
        } else {
            None
        };
        if let Some(message) = breach {
            self.loaded.report.say(
                Code::L006,
                from.unwrap_or_default(),
                message,
                "join or shorten some of them",
            );
            return;
        }
        self.seen.insert(path.to_owned());
        let shown = if from.is_none() { self.sources.entry.as_str() } else { path };
        self.loaded.map.add(shown, text.as_str());
        let Some(source) = self.loaded.map.files().last() else { return };
        let syntax::Parsed { mut file, findings, unread } = syntax::parse_all(source, self.limits);
        self.loaded.unread.extend(unread);
        findings.into_iter().for_each(|finding| self.loaded.report.push(finding));
        self.edition(&file, from.is_none());
        self.fill_lists(&mut file);
        let imports = file.blocks.iter().filter_map(|block| match &block.kind {
            BlockKind::Import(text) => Some((text.text.clone(), text.span)),
            _ => None,
        });
        let imports: Vec<(String, Span)> = imports.collect();
        self.loaded.files.push(file);
        self.open.push(path.to_owned());
        for (written, span) in imports {
            match resolve(path, &written) {
                Some(target) => self.file(&target, Some(span)),
                None => self.refuse(
                    Some(span),
                    "this is no path inside the program",
                    "write a path relative to this file, with `/` between folders".to_owned(),
                ),
            }
        }
        self.open.pop();
    }

    /// Puts in what is in the lists of the host.
    fn fill_lists(&mut self, file: &mut File) {
        for block in &mut file.blocks {
            let BlockKind::List(list) = &mut block.kind else { continue };
            if list.content != ListContent::FromHost {
                continue;
            }
            let (called, span) = (&list.name.text, list.name.span);
            let Some(names) = self.sources.lists.get(called) else {
                let message = format!("the host has not said what is in the list `{called}`");
                let help = format!(
                    "for the command `loyalty`, write the names into the file `{called}.txt` beside the rule file, \
                     one in a line"
                );
                self.loaded.report.missing(span, message, help);
                continue;
            };
            if let Some(wrong) = names.iter().find(|name| check_text("a name", name).is_err()) {
                let message = format!("the list `{called}` of the host has a name that no event can bring");
                let help = format!(
                    "a name is not empty, has no NUL character and at most {TEXT_MOST} bytes; this one is {:?}",
                    wrong.chars().take(20).collect::<String>()
                );
                self.loaded.report.outside(span, message, help);
            }
            let name = |text: &String| Name { text: text.nfc().collect(), span };
            list.content = ListContent::Names(names.iter().map(name).collect());
        }
    }

    /// L004: the entry file says its edition, imported files do not.
    fn edition(&mut self, file: &File, entry: bool) {
        let start = Span::new(file.span.start, file.span.start);
        let report = &mut self.loaded.report;
        match (&file.edition, entry) {
            (None, true) => report.push(
                Diagnostic::new(Code::L004, start, "the file does not say its edition")
                    .help("begin the file with the line `edition 2026`"),
            ),
            (Some(edition), true) if edition.year != 2026 => report.push(
                Diagnostic::new(Code::L004, edition.span, format!("edition {} is not known", edition.year))
                    .help("write `edition 2026`"),
            ),
            (Some(edition), false) => report.push(
                Diagnostic::new(Code::L004, edition.span, "only the entry file says its edition")
                    .help("remove this line"),
            ),
            _ => {}
        }
    }

    fn refuse(&mut self, from: Option<Span>, message: &str, help: String) {
        self.loaded.report.say(Code::L008, from.unwrap_or_default(), message, help);
    }

    fn missing(&mut self, path: &str, from: Option<Span>) {
        let known = self.sources.texts.keys().map(|known| (known.as_str(), None));
        let help = match Similar::find(path, known) {
            Some(similar) => format!("did you mean \"{}\"?", similar.name),
            None => "the path is relative to the file that imports it".to_owned(),
        };
        self.refuse(from, &format!("there is no file \"{path}\""), help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn finds_imports_in_any_text() {
        let text = "edition 2026\nimport \"units.loyalty\"\n  import   \"a/b.loyalty\" # why\n\
                    import \"units.loyalty\"\n# import \"no\"\nimportant \"no\"\nimport: x\nimport \"open\n";
        assert_eq!(imports_of(text), ["units.loyalty", "a/b.loyalty"]);
    }

    #[test]
    fn paths_are_relative_to_the_importing_file() {
        for (importing, path, found) in [
            ("shop.loyalty", "units.loyalty", Some("units.loyalty")),
            ("rules/shop.loyalty", "units.loyalty", Some("rules/units.loyalty")),
            ("rules/shop.loyalty", "../units.loyalty", Some("units.loyalty")),
            ("rules/shop.loyalty", "./a/../units.loyalty", Some("rules/units.loyalty")),
            ("./rules/shop.loyalty", "units.loyalty", Some("rules/units.loyalty")),
            ("/srv/rules/shop.loyalty", "../units.loyalty", Some("/srv/units.loyalty")),
            ("shop.loyalty", "../units.loyalty", None),
            ("/shop.loyalty", "../units.loyalty", None),
            ("shop.loyalty", "/etc/units.loyalty", None),
            ("shop.loyalty", "c:\\units.loyalty", None),
            ("shop.loyalty", "", None),
        ] {
            assert_eq!(resolve(importing, path).as_deref(), found, "{path} in {importing}");
        }
    }
}
