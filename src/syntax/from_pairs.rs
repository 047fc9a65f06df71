//! From what pest read to the tree: blocks and their lines.
//!
//! A line that cannot be built gives a finding and is left out; everything around it stays. A shape that the
//! grammar cannot give is no panic but the finding `L009`.

use super::MOST_FINDINGS;
use super::ast::{self, Block, BlockKind, Line, Name, Text};
use super::broken_off;
use super::from_pairs_atoms::unquoted;
use super::grammar::{Grammar, Rule};
use super::places::Place;
use super::prescan::Prepared;
use super::recover;
use super::slips::CURLY;
use super::unread::Unread;
use crate::diagnostics::{Code, Diagnostic, Span};
use pest::Parser;
use pest::iterators::{Pair, Pairs};

/// What building a piece of the tree gives.
pub(super) type Made<T> = Result<T, Box<Diagnostic>>;

/// Builds the tree of one file.
pub(super) struct Builder<'p> {
    pub(super) prepared: &'p Prepared,
    pub(super) found: Vec<Diagnostic>,
    /// What is left out.
    unread: Vec<Unread>,
    /// The first line of those that stand outside of all blocks since the last block.
    headless: Option<usize>,
    /// Whether the last block was closed behind one of its lines.
    early: bool,
    /// The line outside of all blocks above, if it is wrong and nothing stands between.
    above: Option<Above>,
}

/// A wrong line outside of all blocks.
struct Above {
    /// Where it stands in the prepared text.
    start: usize,
    end: usize,
    /// How many findings and left out pieces there were before it.
    found: usize,
    unread: usize,
}

/// The parts of one node, in order.
pub(super) struct Parts<'i> {
    pairs: Pairs<'i, Rule>,
    whole: Span,
}

impl<'i> Parts<'i> {
    /// The next part, if there is one.
    pub(super) fn peek(&self) -> Option<Rule> {
        self.pairs.peek().map(|pair| pair.as_rule())
    }

    /// The text of the next part.
    pub(super) fn peek_text(&self) -> &'i str {
        self.pairs.peek().map_or("", |pair| {
            let length = tight_end(&pair) - pair.as_span().start();
            pair.as_str().get(..length).unwrap_or("")
        })
    }

    /// The text of the part behind the next one.
    pub(super) fn text_behind(&self) -> Option<&'i str> {
        self.pairs.clone().nth(1).map(|pair| pair.as_str())
    }

    /// Takes the next part if it is of this kind.
    pub(super) fn take(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        if self.peek() == Some(rule) { self.pairs.next() } else { None }
    }

    /// Takes the next part if it is of this kind, and tells whether it was.
    pub(super) fn eat(&mut self, rule: Rule) -> bool {
        self.take(rule).is_some()
    }

    /// Takes all of these words where they stand next.
    pub(super) fn skip(&mut self, rules: &[Rule]) {
        for rule in rules {
            self.eat(*rule);
        }
    }

    /// Takes the next part, which must be of this kind.
    pub(super) fn need(&mut self, rule: Rule) -> Made<Pair<'i, Rule>> {
        self.take(rule).ok_or_else(|| self.fault())
    }

    /// Takes the next part, whatever it is.
    pub(super) fn any(&mut self) -> Made<Pair<'i, Rule>> {
        self.pairs.next().ok_or_else(|| self.fault())
    }

    /// The finding for a shape that the grammar cannot give.
    pub(super) fn fault(&self) -> Box<Diagnostic> {
        Box::new(fault(self.whole))
    }
}

/// The finding for a fault of the parser itself.
pub(super) fn fault(span: Span) -> Diagnostic {
    Diagnostic::new(Code::L009, span, "this text cannot be read because of a fault in the parser")
        .help("please report it together with this line")
}

/// Reads the prepared text of a file.
pub(super) fn file(prepared: &Prepared) -> (ast::File, Vec<Diagnostic>, Vec<Unread>) {
    let mut builder = Builder {
        prepared,
        found: Vec::new(),
        unread: Vec::new(),
        headless: None,
        early: false,
        above: None,
    };
    let span = prepared.span(0, prepared.text.len());
    let mut file = ast::File { edition: None, blocks: Vec::new(), comments: prepared.comments.clone(), span };
    match Grammar::parse(Rule::file, &prepared.text) {
        Ok(pairs) => builder.file(pairs, &mut file),
        Err(error) => {
            let at = super::pest_error::place(&error);
            builder.found.push(fault(prepared.span(at, at)));
            builder.unread.push(Unread::anything(span));
        }
    }
    (file, builder.found, builder.unread)
}

impl<'p> Builder<'p> {
    /// The span of a part, without white space and comments behind its last word.
    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        self.prepared.span(pair.as_span().start(), tight_end(pair))
    }

    /// The parts of a part.
    pub(super) fn parts<'i>(&self, pair: Pair<'i, Rule>) -> Parts<'i> {
        Parts { whole: self.span(&pair), pairs: pair.into_inner() }
    }

    /// Takes the next part, which must be of this kind: its span and its own parts.
    pub(super) fn enter<'i>(&self, parts: &mut Parts<'i>, rule: Rule) -> Made<(Span, Parts<'i>)> {
        let inner = self.parts(parts.need(rule)?);
        Ok((inner.whole, inner))
    }

    /// Builds all lines of a body.
    pub(super) fn lines<T>(
        &mut self,
        body: Pair<'_, Rule>,
        place: Place,
        make: fn(&mut Self, Pair<'_, Rule>) -> Made<T>,
    ) -> Vec<Line<T>> {
        let mut lines = Vec::new();
        // the line above, and how many findings there were before it
        let mut above: Option<(Pair<'_, Rule>, usize)> = None;
        for pair in body.into_inner() {
            let before = (pair.clone(), self.found.len());
            match pair.as_rule() {
                Rule::lbrace | Rule::rbrace => {}
                Rule::bad_line => self.bad_behind(place, above.as_ref(), &pair),
                Rule::bad_tail => self.bad_tail(place, &pair),
                _ => {
                    let span = self.span(&pair);
                    let text = pair.as_str();
                    match make(self, pair) {
                        Ok(kind) => lines.push(Line { kind, span }),
                        Err(finding) => {
                            self.found.push(*finding);
                            self.leave_out(place, text, span);
                        }
                    }
                }
            }
            above = Some(before);
        }
        lines
    }

    /// A line that no statement fits: of its own, or because the one above goes on in it.
    fn bad_behind(&mut self, place: Place, above: Option<&(Pair<'_, Rule>, usize)>, pair: &Pair<'_, Rule>) {
        let broken = above.filter(|_| self.found.len() < MOST_FINDINGS).and_then(|(above, before)| {
            let span = self.span(above).to(self.span(pair));
            Some((broken_off::finding(place, above.as_str(), pair.as_str(), span)?, *before))
        });
        match broken {
            Some((finding, before)) => {
                self.found.truncate(before);
                self.found.push(finding);
                self.leave_out(place, pair.as_str(), self.span(pair));
            }
            None => self.bad(place, pair),
        }
    }

    /// The lines of an optional body, the next part.
    pub(super) fn body<T>(
        &mut self,
        parts: &mut Parts<'_>,
        rule: Rule,
        place: Place,
        make: fn(&mut Self, Pair<'_, Rule>) -> Made<T>,
    ) -> Vec<Line<T>> {
        parts.take(rule).map_or_else(Vec::new, |body| self.lines(body, place, make))
    }

    /// Notes what will be missing in the tree.
    fn leave_out(&mut self, place: Place, text: &str, span: Span) {
        let many = self.unread.len() >= MOST_FINDINGS;
        let mut unread = if many { Unread::anything(span) } else { Unread::of(place, text, span) };
        let first = self.headless.and_then(|first| self.unread.get_mut(first));
        if place == Place::File {
            unread.closes_early(self.early);
        }
        if place == Place::File && !first.is_some_and(|first| first.joined(&mut unread)) {
            self.headless = Some(self.unread.len());
        }
        self.unread.push(unread);
    }

    /// A line or block that no statement fits.
    pub(super) fn bad(&mut self, place: Place, pair: &Pair<'_, Rule>) {
        let span = pair.as_span();
        self.leave_out(place, pair.as_str(), self.span(pair));
        if !self.prepared.is_refused(span.start(), span.end()) && self.found.len() < MOST_FINDINGS {
            let start = span.start();
            let findings = recover::diagnose(place, pair.as_str(), &|from, to| {
                self.prepared.span(start + from, start + to)
            });
            self.found.extend(findings);
        }
    }

    fn bad_tail(&mut self, place: Place, pair: &Pair<'_, Rule>) {
        let span = pair.as_span();
        self.leave_out(place, pair.as_str(), self.span(pair));
        let end = span.start() + pair.as_str().trim_end().len();
        if !self.prepared.is_refused(span.start(), end) {
            let finding = Diagnostic::new(
                Code::L001,
                self.prepared.span(span.start(), end),
                "nothing may follow a closing brace in its line",
            )
            .help("put this in a line of its own");
            self.found.push(finding);
        }
    }

    fn file(&mut self, pairs: Pairs<'_, Rule>, file: &mut ast::File) {
        for pair in pairs.flat_map(Pair::into_inner) {
            if pair.as_rule() != Rule::bad_item {
                self.above = None;
            }
            match pair.as_rule() {
                Rule::edition => file.edition = self.edition(pair),
                Rule::bad_item => self.bad_item(pair),
                Rule::block => self.whole_block(pair, file),
                _ => {}
            }
        }
    }

    /// A block that is left out is missing as a whole, although its lines were judged.
    fn whole_block(&mut self, pair: Pair<'_, Rule>, file: &mut ast::File) {
        let docs = pair.clone().into_inner().take_while(|part| part.as_rule() == Rule::doc).count();
        let kind = pair.clone().into_inner().nth(docs).unwrap_or_else(|| pair.clone());
        let (text, span) = (kind.as_str(), self.span(&kind));
        match self.block(pair) {
            Ok(Some(block)) => {
                file.blocks.push(block);
                self.headless = None;
                let line = text.trim_end().rsplit('\n').next().unwrap_or("");
                self.early = text.contains('\n') && line.trim_start() != "}";
            }
            Ok(None) => self.leave_out(Place::File, text, span),
            Err(finding) => {
                self.found.push(*finding);
                self.leave_out(Place::File, text, span);
            }
        }
    }

    fn edition(&mut self, pair: Pair<'_, Rule>) -> Option<ast::Edition> {
        let span = self.span(&pair);
        let year = pair.into_inner().find(|part| part.as_rule() == Rule::year)?.as_str().parse().ok()?;
        Some(ast::Edition { year, span })
    }

    /// Descriptions above something that is no block are passed over: they are not wrong themselves.
    fn bad_item(&mut self, pair: Pair<'_, Rule>) {
        let docs = pair.clone().into_inner().take_while(|part| part.as_rule() == Rule::doc);
        let end_of_docs = docs.last().map_or(pair.as_span().start(), |doc| doc.as_span().end());
        let start = pair.as_span().start();
        let text = pair.as_str().get(end_of_docs - start..).unwrap_or("");
        let skipped = end_of_docs + (text.len() - text.trim_start().len());
        let (text, end) = (text.trim(), skipped + text.trim().len());
        let above = self.above.take().filter(|_| end_of_docs == start);
        let (found, unread) = (self.found.len(), self.unread.len());
        if self.prepared.is_refused(skipped, pair.as_span().end()) || self.found.len() >= MOST_FINDINGS {
            self.leave_out(Place::File, text, self.prepared.span(skipped, end));
            return;
        }
        if above.is_some_and(|above| self.goes_on(&above, (text, end))) {
            return;
        }
        self.leave_out(Place::File, text, self.prepared.span(skipped, end));
        let findings = recover::diagnose(Place::File, text, &|from, to| {
            self.prepared.span(skipped + from, skipped + to)
        });
        self.found.extend(findings);
        self.above = Some(Above { start: skipped, end, found, unread });
    }

    /// Whether the line above goes on in this one, and then says so instead of what was said of it.
    fn goes_on(&mut self, above: &Above, (text, end): (&str, usize)) -> bool {
        let first = self.prepared.text.get(above.start..above.end).unwrap_or("");
        let span = self.prepared.span(above.start, above.end);
        let Some(finding) = broken_off::outside(first, text, span) else { return false };
        self.found.truncate(above.found);
        self.found.push(finding);
        self.unread.truncate(above.unread);
        self.headless = self.headless.filter(|first| *first < above.unread);
        self.leave_out(Place::File, &format!("{first} {text}"), self.prepared.span(above.start, end));
        true
    }

    fn block(&mut self, pair: Pair<'_, Rule>) -> Made<Option<Block>> {
        let mut doc = Vec::new();
        let mut parts = self.parts(pair);
        while let Some(line) = parts.take(Rule::doc) {
            let text = line.as_str().strip_prefix("##").unwrap_or("").trim().to_owned();
            let span = self
                .prepared
                .span(line.as_span().start(), line.as_span().start() + line.as_str().trim_end().len());
            doc.push(Text { text, span });
        }
        let pair = parts.any()?;
        let span = self.span(&pair);
        let head = self.head_span(&pair);
        let kind = self.block_kind(pair)?;
        Ok(kind.map(|kind| Block { doc, kind, span, head }))
    }

    /// From the kind word up to the brace, the list or the colon.
    fn head_span(&self, pair: &Pair<'_, Rule>) -> Span {
        let is_head = |part: &Pair<'_, Rule>| {
            !matches!(
                part.as_rule(),
                Rule::program_body
                    | Rule::schema_body
                    | Rule::dated_body
                    | Rule::names_lit
                    | Rule::unit_body
                    | Rule::rule_body
                    | Rule::colon
                    | Rule::tiers_body
                    | Rule::plan_body
                    | Rule::card_body
                    | Rule::challenge_body
                    | Rule::streak_body
                    | Rule::draw_body
                    | Rule::milestones_body
                    | Rule::voucher_body
                    | Rule::reward_body
                    | Rule::redeem_body
                    | Rule::donate_body
                    | Rule::partner_body
                    | Rule::award_body
                    | Rule::rebate_body
                    | Rule::referral_body
                    | Rule::returns_body
                    | Rule::test_body
            )
        };
        let start = pair.as_span().start();
        let last = pair.clone().into_inner().take_while(is_head).last();
        self.prepared.span(start, last.map_or(start, |part| tight_end(&part)))
    }

    fn block_kind(&mut self, pair: Pair<'_, Rule>) -> Made<Option<BlockKind>> {
        let rule = pair.as_rule();
        let mut parts = self.parts(pair);
        Ok(match rule {
            Rule::import => {
                parts.skip(&[Rule::k_import]);
                Some(BlockKind::Import(self.text(&mut parts)?))
            }
            Rule::program => self.program(&mut parts)?.map(BlockKind::Program),
            Rule::schema => self.schema(&mut parts)?.map(BlockKind::Schema),
            Rule::vocabulary => Some(BlockKind::Vocabulary(self.vocabulary(&mut parts)?)),
            Rule::list => Some(BlockKind::List(self.list(&mut parts)?)),
            Rule::period_def => Some(BlockKind::Period(self.period_def(&mut parts)?)),
            Rule::unit => Some(BlockKind::Unit(self.unit(&mut parts)?)),
            Rule::earn => self.rule(&mut parts, ast::RuleKind::Earn)?.map(BlockKind::Rule),
            Rule::bonus => self.rule(&mut parts, ast::RuleKind::Bonus)?.map(BlockKind::Rule),
            Rule::shared_cap => Some(BlockKind::SharedCap(self.shared_cap(&mut parts)?)),
            Rule::tiers => self.tiers(&mut parts)?.map(BlockKind::Tiers),
            Rule::milestones => self.milestones(&mut parts)?.map(BlockKind::Milestones),
            Rule::plan => self.plan(&mut parts)?.map(BlockKind::Plan),
            Rule::card => self.card(&mut parts)?.map(BlockKind::Card),
            Rule::challenge => self.challenge(&mut parts)?.map(BlockKind::Challenge),
            Rule::streak => self.streak(&mut parts)?.map(BlockKind::Streak),
            Rule::draw => self.draw(&mut parts)?.map(BlockKind::Draw),
            Rule::voucher => self.voucher(&mut parts)?.map(BlockKind::Voucher),
            Rule::convert => Some(BlockKind::Convert(self.convert(&mut parts)?)),
            Rule::reward => Some(BlockKind::Reward(self.reward(&mut parts)?)),
            Rule::redeem => self.redeem(&mut parts)?.map(BlockKind::Redeem),
            Rule::donate => self.donate(&mut parts)?.map(BlockKind::Donate),
            Rule::award => self.award(&mut parts)?.map(BlockKind::Award),
            Rule::rebate => self.rebate(&mut parts)?.map(BlockKind::Rebate),
            Rule::partner => self.partner(&mut parts)?.map(BlockKind::Partner),
            Rule::referral => self.referral(&mut parts)?.map(BlockKind::Referral),
            Rule::returns => {
                parts.skip(&[Rule::k_returns]);
                let lines = self.body(&mut parts, Rule::returns_body, Place::Returns, Self::returns_line);
                Some(BlockKind::Returns(ast::ReturnsBlock { lines }))
            }
            Rule::test => self.test(&mut parts)?.map(BlockKind::Test),
            _ => return Err(parts.fault()),
        })
    }

    /// The kind word and the name of a block. Without a name the block is left out, but its lines are judged.
    pub(super) fn head(&mut self, parts: &mut Parts<'_>) -> Made<Option<Name>> {
        let word = parts.any()?;
        if parts.peek() == Some(Rule::name) {
            return self.name(parts).map(Some);
        }
        let bad = parts.need(Rule::bad_head)?;
        let written = bad.as_str().trim();
        let start = bad.as_span().start();
        let span = self.prepared.span(start, start + written.len());
        let head = format!("{} {written} {{}}", word.as_str());
        self.leave_out(Place::File, &head, span);
        let is_quote = |c: char| c == '"' || CURLY.contains(&c);
        let curly = written.contains(CURLY);
        let words: String = written.chars().filter(|c| !is_quote(*c)).collect();
        // single quotes may stand inside a name, but not around it
        let words = words.trim().trim_matches(['\'', '‘', '’', '‚', '‹', '›', '`']);
        let word = word.as_str();
        if self.prepared.is_refused(start, bad.as_span().end()) {
            return Ok(None);
        }
        if words.trim().is_empty() {
            let finding = Diagnostic::new(Code::L001, span, format!("a name is missing behind `{word}`"))
                .help(format!("write `{word} \"A name\" {{`"));
            self.found.push(finding);
            return Ok(None);
        }
        let quoted = format!("\"{}\"", words.trim());
        let (message, label) = match curly {
            true => ("names are quoted with straight quotes", "curly quotes"),
            false => {
                ("this name needs quotes", "only one word of letters, digits, `_` and `-` can stand without")
            }
        };
        let finding = Diagnostic::new(Code::L001, span, message)
            .label(label)
            .help(format!("write `{word} {quoted} {{`"))
            .fix(quoted.clone());
        self.found.push(finding);
        Ok(Some(Name { text: unquoted(&quoted), span }))
    }
}

/// Where the last word of a part ends: pest counts white space and comments behind it where more might follow.
fn tight_end(pair: &Pair<'_, Rule>) -> usize {
    match pair.clone().into_inner().next_back() {
        Some(last) => tight_end(&last),
        None => pair.as_span().start() + pair.as_str().trim_end().len(),
    }
}
