//! Checking what was understood of a text with wrong lines.
//!
//! A wrong line must not hide what is wrong elsewhere, and nothing must be told that is wrong only because of it. So
//! the trees are checked as far as they go, and of the findings those stay that cannot come from what is missing:
//!
//! * nothing in the lines of a finding about the text itself;
//! * no unknown name that a wrong line may declare;
//! * in a block with a wrong line, only what the other lines say by themselves;
//! * elsewhere nothing that speaks of a lack in such a block, and no finding about the program as a whole.

use super::hidden::Hidden;
use super::report::Report;
use crate::diagnostics::{Code, Diagnostic, Severity, SourceMap, Span};
use crate::syntax::ast::{
    Block, BlockKind, CardLine, DonateLine, File, On, ProgramLine, RuleLine, SchemaOf, StreakLine, UnitLine,
};
use crate::syntax::{Limits, Unread};
use std::collections::BTreeSet;

/// Adds to the findings about a text those about its names and types.
pub(super) fn check(
    map: &SourceMap,
    files: &[File],
    unread: &[Unread],
    limits: &Limits,
    report: &mut Report,
) {
    let wrong: Vec<(Code, Span)> = report
        .all()
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| (finding.code, finding.primary.span))
        .collect();
    // of what is not there at all nothing can be said
    let gone = |(code, _): &(Code, Span)| matches!(code, Code::L005 | Code::L006 | Code::L008 | Code::L009);
    let mut all: Vec<Unread> = unread.to_vec();
    all.extend(wrong.iter().filter(|wrong| gone(wrong)).map(|(_, span)| Unread::anything(*span)));
    let lonely = report.all().iter().filter(|finding| finding.message.starts_with("this `}` closes nothing"));
    all.extend(lonely.map(|finding| Unread::end_of_empty(finding.primary.span)));
    let mut found = Report::default();
    drop(super::lower(map, files, (limits, None), &mut found));
    let partial = Partial::new(map, files, &all, &wrong);
    for finding in found.into_list() {
        if partial.stays(&finding) {
            report.push(finding);
        }
    }
}

/// Blocks that declare the values which words can have.
const VOCABULARIES: &[&str] =
    &["categories", "channels", "stores", "payments", "charities", "list", "member", "item", "event"];

/// A block of which a line is missing.
struct Touched<'f> {
    block: &'f Block,
    /// The event of the block is not known.
    no_event: bool,
    /// Its braces are wrong, so lines of other blocks may stand in it.
    braces: bool,
}

struct Partial<'f> {
    hidden: Hidden<'f>,
    touched: Vec<Touched<'f>>,
    /// Names of blocks that may lack a line.
    names: BTreeSet<&'f str>,
    /// The lines with findings about the text itself.
    lines: Vec<Span>,
    /// The currency may be that of a line that is missing.
    no_currency: bool,
    has_unit: bool,
    /// Blocks that wait for an event which may be declared in what is missing.
    strange: Vec<Span>,
}

impl<'f> Partial<'f> {
    fn new(map: &SourceMap, files: &'f [File], unread: &'f [Unread], wrong: &[(Code, Span)]) -> Self {
        let hidden = Hidden::new(unread);
        let missing: Vec<Span> = unread.iter().map(|unread| unread.span).collect();
        let places: Vec<Span> = missing.iter().copied().chain(wrong.iter().map(|(_, span)| *span)).collect();
        let mut touched: Vec<Touched<'f>> = Vec::new();
        for file in files {
            let of_file = |span: &&Span| file.span.start <= span.start && span.start <= file.span.end;
            let of_file: Vec<Span> = places.iter().filter(of_file).copied().collect();
            let unclosed = wrong.iter().filter(|(code, _)| *code == Code::L002).map(|(_, span)| *span);
            let braces = nearby(file, &unclosed.collect::<Vec<_>>());
            for place in nearby(file, &of_file) {
                let Some(block) = file.blocks.get(place) else { continue };
                let inside = missing.iter().any(|span| holds(block.span, *span));
                let braces = braces.contains(&place);
                let no_event = (inside || braces) && lacks_event(block);
                touched.push(Touched { block, no_event, braces });
            }
        }
        let names = touched.iter().filter_map(|touched| name_of_lacking(touched.block)).collect();
        let lines = places.iter().map(|span| whole_lines(map, *span)).collect();
        let blocks = || files.iter().flat_map(|file| &file.blocks);
        let no_currency = !blocks().any(|block| {
            matches!(&block.kind, BlockKind::Program(program)
                if program.lines.iter().any(|line| matches!(line.kind, ProgramLine::Currency(_))))
        });
        let has_unit = touched.iter().any(|touched| matches!(touched.block.kind, BlockKind::Unit(_)));
        let declared: BTreeSet<&str> = blocks().filter_map(declared_event).collect();
        let strange = blocks().filter(|block| {
            event_of(block).is_some_and(|name| !declared.contains(name) && hidden.may_declare("event", name))
        });
        let strange = strange.map(|block| block.span).collect();
        Self { hidden, touched, names, lines, no_currency, has_unit, strange }
    }

    /// Whether a finding holds whatever the missing lines say.
    fn stays(&self, finding: &Diagnostic) -> bool {
        let span = finding.primary.span;
        if is_of_the_whole(finding.code) || self.lines.iter().any(|line| meet(*line, span)) {
            return false;
        }
        let touched = self.touched.iter().find(|touched| holds(touched.block.span, span));
        if let Some(touched) = touched {
            let lost = touched.no_event && hangs_on_event(finding);
            let sure = if touched.braces { is_of_a_word(finding.code) } else { is_of_a_line(finding.code) };
            // what is counted may be missing
            let count = finding.code == Code::U201 && matches!(touched.block.kind, BlockKind::Tiers(_));
            if lost || count || !sure {
                return false;
            }
        }
        if self.strange.iter().any(|block| holds(*block, span)) && hangs_on_event(finding) {
            return false;
        }
        match finding.code {
            Code::N101 => !self.may_be_declared(finding),
            Code::U202 => !self.no_currency,
            Code::U209 => !self.hidden.may_be(&["returns"]),
            Code::L004 => !finding.message.starts_with("there is no"),
            Code::U203 if finding.message.ends_with("which is no charity") => {
                !self.hidden.may_be(&["charities"])
            }
            // a line that is missing may give to charity
            Code::N102 if finding.message.starts_with("the `redeem` of") => {
                !self.touched.iter().any(|touched| matches!(touched.block.kind, BlockKind::Redeem(_)))
            }
            // what a partner pays or gets, and what it funds, may be said in a line that is missing
            Code::P851 if self.hidden.may_be(&["unit", "partner"]) => false,
            Code::P851 => !self.touched.iter().any(|it| matches!(it.block.kind, BlockKind::Partner(_))),
            Code::N105 if finding.message.starts_with("it is not said what this partner") => {
                self.touched.is_empty()
            }
            Code::U211 if self.hidden.may_be(VOCABULARIES) => false,
            Code::U212 => !self.has_unit && !self.mentions(finding),
            code if is_of_a_word(code) => true,
            _ => !self.mentions(finding),
        }
    }

    /// Whether a name that is not known may stand in what is missing.
    fn may_be_declared(&self, finding: &Diagnostic) -> bool {
        let message = finding.message.strip_prefix("the ").and_then(|rest| rest.split_once(" `"));
        match message {
            Some((what, rest)) => {
                let name = rest.rsplit_once("` is not declared").map_or(rest, |(name, _)| name);
                // a cap of its own is called like the block that has it
                self.hidden.may_declare(what, name) || (what == "cap" && self.names.contains(name))
            }
            // `no plans are declared`, `no tiers are declared`
            None if finding.message.starts_with("no plans") => self.hidden.may_be(&["plan"]),
            None => self.hidden.may_be(&["tiers"]),
        }
    }

    /// Whether a finding names something that is missing, or lacks a line.
    fn mentions(&self, finding: &Diagnostic) -> bool {
        // every second piece stands between backticks
        let named: Vec<&str> = finding.message.split('`').skip(1).step_by(2).collect();
        self.hidden.mentions(&named)
            || named.iter().any(|name| self.names.contains(name))
            || (finding.code == Code::U213 && self.hidden.may_be(&["member"]))
            || (finding.code == Code::U201 && named.is_empty() && self.hidden.may_be(&["unit"]))
    }
}

/// Findings that hang on the whole program.
const fn is_of_the_whole(code: Code) -> bool {
    matches!(
        code,
        Code::N103
            | Code::D501
            | Code::D502
            | Code::D503
            | Code::D504
            | Code::D505
            | Code::D507
            | Code::S302
            | Code::S303
            | Code::S305
            | Code::S306
            | Code::S307
    )
}

/// Findings that one word, number or name is enough for.
const fn is_of_a_word(code: Code) -> bool {
    matches!(
        code,
        Code::N101
            | Code::N102
            | Code::N107
            | Code::L007
            | Code::U202
            | Code::U203
            | Code::U210
            | Code::U215
            | Code::U216
            | Code::U217
            | Code::D506
    )
}

/// Findings that need no other line of their block than their own, or that another line only makes worse.
const fn is_of_a_line(code: Code) -> bool {
    is_of_a_word(code)
        || matches!(code, Code::N104 | Code::U201 | Code::U204 | Code::U211 | Code::U213 | Code::T603)
}

/// Findings that another event would not give.
fn hangs_on_event(finding: &Diagnostic) -> bool {
    matches!(finding.code, Code::U203 | Code::U204 | Code::U213 | Code::U214)
        || finding.code == Code::N101 && finding.message.starts_with("the attribute")
}

/// The event for which a block waits.
fn event_of(block: &Block) -> Option<&str> {
    let on = match &block.kind {
        BlockKind::Rule(rule) => rule.lines.iter().find_map(|line| match &line.kind {
            RuleLine::On(on) => Some(on),
            _ => None,
        }),
        BlockKind::Card(card) => card.lines.iter().find_map(|line| match &line.kind {
            CardLine::On(on) => Some(on),
            _ => None,
        }),
        BlockKind::Streak(streak) => streak.lines.iter().find_map(|line| match &line.kind {
            StreakLine::On(on) => Some(on),
            _ => None,
        }),
        BlockKind::Donate(donate) => donate.lines.iter().find_map(|line| match &line.kind {
            DonateLine::On(on) => Some(on),
            _ => None,
        }),
        _ => None,
    };
    match on? {
        On::Event(name) | On::After { event: name, .. } => Some(&name.text),
        On::Joining | On::Birthday | On::StartOf(_) | On::Without { .. } => None,
    }
}

/// A block that waits for an event and does not say for which.
fn lacks_event(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Rule(rule) => !rule.lines.iter().any(|line| matches!(line.kind, RuleLine::On(_))),
        BlockKind::Card(card) => !card.lines.iter().any(|line| matches!(line.kind, CardLine::On(_))),
        BlockKind::Streak(streak) => !streak.lines.iter().any(|line| matches!(line.kind, StreakLine::On(_))),
        BlockKind::Donate(donate) => !donate.lines.iter().any(|line| matches!(line.kind, DonateLine::On(_))),
        _ => false,
    }
}

fn declared_event(block: &Block) -> Option<&str> {
    match &block.kind {
        BlockKind::Schema(schema) => match &schema.of {
            SchemaOf::Event(name) => Some(&name.text),
            SchemaOf::Member | SchemaOf::Item => None,
        },
        _ => None,
    }
}

/// The name of a block of which others may miss a line.
fn name_of_lacking(block: &Block) -> Option<&str> {
    let name = match &block.kind {
        BlockKind::Unit(unit) => {
            let precise = unit.lines.iter().any(|line| matches!(line.kind, UnitLine::Decimals(_)));
            (!precise).then_some(&unit.name)?
        }
        BlockKind::Rule(rule) => &rule.name,
        BlockKind::Card(card) => &card.name,
        BlockKind::Challenge(challenge) => &challenge.name,
        BlockKind::Streak(streak) => &streak.name,
        BlockKind::Draw(draw) => &draw.name,
        BlockKind::Milestones(block) => &block.name,
        BlockKind::Voucher(voucher) => &voucher.name,
        BlockKind::Reward(reward) => &reward.name,
        BlockKind::Referral(referral) => &referral.name,
        BlockKind::Donate(donate) => &donate.name,
        BlockKind::Tiers(tiers) => &tiers.name,
        BlockKind::SharedCap(cap) => &cap.name,
        BlockKind::List(list) => &list.name,
        BlockKind::Schema(schema) => match &schema.of {
            SchemaOf::Event(name) => name,
            SchemaOf::Member | SchemaOf::Item => return None,
        },
        _ => return None,
    };
    Some(&name.text)
}

/// The blocks in which places lie; for one that lies in none, those before and behind it, of which it may be a part.
fn nearby(file: &File, places: &[Span]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for place in places {
        let inside = file.blocks.iter().position(|block| holds(block.span, *place));
        if let Some(inside) = inside {
            found.insert(inside);
            continue;
        }
        let behind = file.blocks.partition_point(|block| block.span.start < place.start);
        found.extend(behind.checked_sub(1));
        found.insert(behind);
    }
    found
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.start < outer.end.max(outer.start + 1)
}

fn meet(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// A place from the beginning of its first line to the end of its last.
fn whole_lines(map: &SourceMap, span: Span) -> Span {
    let Some(file) = map.file_at(span.start) else { return span };
    let place = |at: u32| usize::try_from(at.saturating_sub(file.base)).unwrap_or(0).min(file.text.len());
    let before = file.text.get(..place(span.start)).unwrap_or("");
    let behind = file.text.get(place(span.end)..).unwrap_or("");
    let back = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let on = behind.find('\n').unwrap_or(behind.len());
    let shift = |length: usize| u32::try_from(length).unwrap_or(0);
    Span::new(span.start - shift(back), span.end + shift(on))
}
