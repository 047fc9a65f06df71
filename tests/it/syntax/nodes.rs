//! A view of any tree through its debug text: short enough to be written by hand, and with all its places.

use super::inside;
use loyalty_rules::diagnostics::Span;
use std::fmt::Debug;

/// A value of the tree.
#[derive(Debug)]
pub(super) enum Node {
    /// A number, a word, a text.
    Atom(String),
    /// `[ … ]`
    List(Vec<Node>),
    /// A struct or a variant; the fields of tuples have no name.
    Tree(String, Vec<(String, Node)>),
}

impl Node {
    pub(super) fn of(value: &impl Debug) -> Self {
        let text = format!("{value:?}");
        let mut rest = text.as_str();
        let node = Self::read(&mut rest);
        assert_eq!(rest, "");
        node
    }

    fn read(rest: &mut &str) -> Self {
        if let Some(after) = rest.strip_prefix('[') {
            *rest = after;
            return Self::List(fields(rest, ']').into_iter().map(|(_, node)| node).collect());
        }
        if rest.starts_with('"') {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            let (text, after) = rest.split_at(end.unwrap() + 2);
            *rest = after;
            return Self::Atom(text[1..text.len() - 1].to_owned());
        }
        let end = rest.find([',', '(', ')', '{', '}', '[', ']', ' ']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        *rest = after;
        if let Some(after) = rest.strip_prefix('(') {
            *rest = after;
            return Self::Tree(word.to_owned(), fields(rest, ')'));
        }
        if let Some(after) = rest.strip_prefix(" {") {
            *rest = after.trim_start();
            return Self::Tree(word.to_owned(), fields(rest, '}'));
        }
        Self::Atom(word.to_owned())
    }

    /// The place, if the value is one.
    fn span(&self) -> Option<Span> {
        let Self::Tree(name, fields) = self else { return None };
        let [(start, Self::Atom(from)), (_, Self::Atom(to))] = fields.as_slice() else { return None };
        (name == "Span" && start == "start").then(|| Span::new(from.parse().unwrap(), to.parse().unwrap()))
    }

    /// Checks that every part lies inside its whole, and that lists are in the order of the text.
    pub(super) fn check(&self, outer: Span) -> Option<Span> {
        match self {
            Self::Atom(_) => None,
            Self::List(nodes) => {
                let spans: Vec<Span> = nodes.iter().filter_map(|node| node.check(outer)).collect();
                assert!(spans.is_sorted_by_key(|span| span.start), "{self:?}");
                spans.first().copied()
            }
            Self::Tree(_, _) if self.span().is_some() => {
                let span = self.span()?;
                assert!(inside(span, outer) && span.start <= span.end, "{span:?} is not inside {outer:?}");
                Some(span)
            }
            Self::Tree(name, fields) => {
                let own = fields.iter().filter(|(field, _)| field == "span" || field.is_empty());
                let own = own.filter_map(|(_, node)| node.span()).next_back();
                let within = own.unwrap_or(outer);
                assert!(inside(within, outer), "{name}: {within:?} is not inside {outer:?}");
                let mut first = None;
                for (field, node) in fields {
                    let whole = if field == "doc" { outer } else { within };
                    let span = node.check(whole);
                    first = first.or(span);
                }
                own.or(first)
            }
        }
    }

    /// The tree without places and without what its reader can guess.
    pub(super) fn short(&self) -> String {
        match self {
            Self::Atom(text) => text.clone(),
            Self::List(nodes) => {
                format!("[{}]", nodes.iter().map(Self::short).collect::<Vec<_>>().join(", "))
            }
            Self::Tree(name, fields) => {
                let fields: Vec<&(String, Self)> = fields
                    .iter()
                    .filter(|(field, node)| {
                        node.span().is_none() && !matches!(field.as_str(), "kind_span" | "doc")
                    })
                    .collect();
                let parts: Vec<String> = fields.iter().map(|(_, node)| node.short()).collect();
                match (name.as_str(), parts.as_slice()) {
                    ("Text", [text]) if fields[0].0 == "text" => format!("\"{text}\""),
                    ("Amount", [number, unit]) => format!("{number} {unit}"),
                    ("Duration", [number, unit]) => format!("{number} {unit}"),
                    ("Path", [block, of_block, path]) if of_block == "true" => format!("{path} of {block}"),
                    ("Path", [scope, _, path]) if scope == "None" => path.clone(),
                    ("Path", [scope, _, path]) => format!("{scope}.{path}"),
                    ("Percent", [number]) if fields[0].0 == "value" => format!("{number}%"),
                    ("Time", [minute]) if fields[0].0 == "minute" => format!("minute {minute}"),
                    (_, [one]) if !fields[0].0.is_empty() => one.clone(),
                    ("Some" | "Path" | "Text" | "Percent" | "Time", [one]) => one.clone(),
                    (_, []) => name.clone(),
                    _ => format!("{name}({})", parts.join(", ")),
                }
            }
        }
    }
}

fn fields(rest: &mut &str, close: char) -> Vec<(String, Node)> {
    let mut fields = Vec::new();
    loop {
        *rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix(close) {
            *rest = after;
            return fields;
        }
        let name_end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap();
        let name = if close == '}' && rest[name_end..].starts_with(": ") {
            let name = rest[..name_end].to_owned();
            *rest = &rest[name_end + 2..];
            name
        } else {
            String::new()
        };
        fields.push((name, Node::read(rest)));
    }
}
