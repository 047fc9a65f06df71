//! Slips that everybody makes: curly quotes, signs for words, `€`, dates of another country.

use super::lexemes::{Kind, Lexeme};
use super::places::Place;
use super::recover::Wrong;
use crate::diagnostics::{Code, Diagnostic};

/// The slip that stands where a line stops being understood, if it is one of the usual ones.
pub(super) fn find(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    curly_quotes(wrong)
        .or_else(|| open_quote(wrong))
        .or_else(|| semicolon(wrong))
        .or_else(|| sign_for_word(wrong))
        .or_else(|| currency(wrong))
        .or_else(|| date(wrong))
        .or_else(|| negative(wrong))
}

/// Quotes of typesetting.
pub(super) const CURLY: [char; 7] = ['“', '”', '„', '‟', '«', '»', '＂'];

/// `“Base points”`
fn curly_quotes(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let is_curly = |lexeme: &&Lexeme<'_>| lexeme.kind == Kind::Sign && lexeme.text.contains(CURLY);
    let quotes: Vec<&Lexeme<'_>> = wrong.head.iter().filter(is_curly).collect();
    let (first, last) = (quotes.first()?, quotes.last()?);
    let span = (wrong.span)(first.start, last.end());
    let finding =
        Diagnostic::new(Code::L001, span, "names are quoted with straight quotes").label("curly quotes");
    Some(match straight(wrong.text, &quotes) {
        Some(straight) => finding.help(format!("write `{straight}`")).fix(straight),
        None => finding.help("write `\"` before and behind the name, and none inside"),
    })
}

/// The text from the first to the last of these quotes, with straight ones. Nothing if they are no pairs.
fn straight(text: &str, quotes: &[&Lexeme<'_>]) -> Option<String> {
    let mut straight = String::new();
    let mut done = quotes.first()?.start;
    for pair in quotes.chunks(2) {
        let [open, close] = pair else { return None };
        let name = text.get(open.end()..close.start)?.trim();
        if name.is_empty() || name.contains(['"', '\n']) {
            return None;
        }
        straight.push_str(text.get(done..open.start)?);
        straight.push_str(&format!("\"{name}\""));
        done = close.end();
    }
    Some(straight)
}

/// `"Base points` without its end
fn open_quote(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let quote = wrong.head.iter().find(|lexeme| lexeme.is_sign("\""))?;
    let rest = wrong.text.get(quote.start..)?.lines().next()?.trim_end();
    let span = (wrong.span)(quote.start, quote.start + rest.len());
    Some(
        Diagnostic::new(Code::L001, span, "this quote is not closed")
            .help("write `\"` behind the name, in the same line"),
    )
}

/// `give 1 point;`
fn semicolon(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let (_, sign) = wrong.at_stop().filter(|(_, lexeme)| lexeme.is_sign(";"))?;
    let finding = Diagnostic::new(Code::L001, wrong.span_of(sign), "a line ends without a sign");
    Some(finding.help("remove the `;`").fix(""))
}

/// `&&`, `!`, and comparisons where they were not understood as such
fn sign_for_word(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let (_, sign) = wrong.at_stop().filter(|(_, lexeme)| lexeme.kind == Kind::Sign)?;
    let (message, word) = match sign.text {
        "&&" | "&" => ("conditions are joined with words", "and"),
        "||" | "|" => ("conditions are joined with words", "or"),
        "!" => ("conditions are written in words", "not"),
        "=" | "==" => ("comparisons are written in words", "is"),
        ">=" | "=>" | "≥" => ("comparisons are written in words", "is at least"),
        "<=" | "=<" | "≤" => ("comparisons are written in words", "is at most"),
        ">" => ("comparisons are written in words", "is more than"),
        "<" => ("comparisons are written in words", "is less than"),
        "!=" | "<>" | "≠" => ("comparisons are written in words", "is not"),
        _ => return None,
    };
    let asks = wrong.head.iter().any(|lexeme| matches!(lexeme.text, "when" | "where" | "on"));
    let finding = Diagnostic::new(Code::L003, wrong.span_of(sign), message).label("here");
    Some(if asks { finding.help(format!("write `{word}`")).fix(word) } else { finding })
}

/// `10 €`, `EUR 10`
fn currency(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let (index, stop) = wrong.at_stop()?;
    let before = index.checked_sub(1).and_then(|index| wrong.head.get(index));
    let behind = wrong.head.get(index + 1);
    let code = match stop.text {
        "€" => "EUR",
        "$" => "USD",
        "£" => "GBP",
        "¥" => "JPY",
        _ => {
            let code = stop.kind == Kind::Word
                && stop.text.len() == 3
                && stop.text.bytes().all(|b| b.is_ascii_uppercase());
            let number = number(behind).filter(|_| code)?;
            let right = format!("{} {}", number.text, stop.text);
            let span = (wrong.span)(stop.start, number.end());
            let finding = Diagnostic::new(Code::L001, span, "the number stands before the currency");
            return Some(finding.help(format!("write `{right}`")).fix(right));
        }
    };
    let (start, end, number) = match (number(before), number(behind)) {
        (Some(number), _) => (number.start, stop.end(), number.text),
        (None, Some(number)) => (stop.start, number.end(), number.text),
        (None, None) => return None,
    };
    let right = format!("{number} {code}");
    let finding =
        Diagnostic::new(Code::L001, (wrong.span)(start, end), "currencies are written as three letters");
    Some(finding.help(format!("write `{right}`")).fix(right))
}

/// `01.03.2026`
fn date(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let (_, stop) = wrong.at_stop().filter(|(_, lexeme)| lexeme.kind == Kind::Number)?;
    let parts: Vec<&str> = stop.text.split('.').collect();
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let [day, month, year] = parts.as_slice() else { return None };
    if !(digits(day, 2) && digits(month, 2) && year.len() == 4 && digits(year, 4)) {
        return None;
    }
    let right = format!("{year}-{month:0>2}-{day:0>2}");
    let finding = Diagnostic::new(Code::L001, wrong.span_of(stop), "dates are written as year, month, day");
    Some(finding.help(format!("write `{right}`")).fix(right))
}

/// `give -5 points`
fn negative(wrong: &Wrong<'_>) -> Option<Diagnostic> {
    let (index, sign) = wrong.at_stop().filter(|(_, lexeme)| lexeme.is_sign("-"))?;
    let number = wrong.head.get(index + 1).filter(|lexeme| lexeme.kind == Kind::Number)?;
    if matches!(wrong.place, Place::Test | Place::Given | Place::Step) {
        return None;
    }
    let span = (wrong.span)(sign.start, number.end());
    Some(
        Diagnostic::new(Code::L001, span, "rules have no negative amounts")
            .help("write an amount above zero"),
    )
}

fn number<'t>(lexeme: Option<&Lexeme<'t>>) -> Option<Lexeme<'t>> {
    lexeme.filter(|lexeme| lexeme.kind == Kind::Number).copied()
}
