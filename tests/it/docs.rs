//! The documents: every program in them compiles, is formatted and passes its tests; every shown finding, event and
//! explanation is what the tool says; the lists of words, codes and grammar rules are complete.
//!
//! How a code block is checked is said by the word behind its fence:
//!
//! * `loyalty` is a whole rule file. It compiles without an error, is formatted, and its tests pass.
//! * `loyalty-fragment` is a part of a rule file. It is checked like a whole one, behind the text of the block marked
//!   `<!-- frame -->` in the same document.
//! * `loyalty-wrong` is a whole rule file with mistakes or failing tests. The `text` block behind it shows all
//!   findings.
//! * `loyalty-messy` is a rule file that is not formatted. The block `loyalty-formatted` behind it is the same one,
//!   formatted.
//! * `json` holds events, one after another. Behind it may stand what they do in a new world to the last program
//!   above: `text explained`, `json ledger`, and `json snapshot` with the account of the first member.
//! * `json wrong` holds one event that is refused. The `text` block behind it shows why.
//! * `console` shows a call of the command in the root of the project, and what it prints.
//!
//! Other blocks are not checked, so a `text` block stands alone only where it shows no output.

use loyalty_rules::Event;
use loyalty_rules::check::{Compiled, Sources, compile};
use loyalty_rules::diagnostics::{Code, SourceMap, render_all};
use loyalty_rules::scenario::{World, run_tests};
use loyalty_rules::syntax::{self, Limits};
use pretty_assertions::assert_eq;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

/// The path by which findings name the programs of documents.
const PATH: &str = "shop.loyalty";

/// A code block of a document.
#[derive(Debug)]
struct Fence {
    kind: String,
    text: String,
    /// The comment in the line above, without its marks.
    mark: String,
    /// Document and line, for messages.
    place: String,
}

fn root(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn fences(document: &str) -> Vec<Fence> {
    let text = read(document);
    let mut found = Vec::new();
    let mut above = "";
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let inner = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```");
            let text = inner.fold(String::new(), |text, line| text + line + "\n");
            let mark = above.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
            let mark = mark.unwrap_or_default().to_owned();
            found.push(Fence { kind: kind.into(), text, mark, place: format!("{document}:{number}") });
        }
        above = line;
    }
    found
}

fn formatted(text: &str) -> Result<String, String> {
    let mut map = SourceMap::default();
    map.add(PATH, text);
    syntax::format(&map.files()[0], &Limits::default()).map_err(|findings| render_all(&map, &findings, 10))
}

/// Findings of a program and failures of its tests, as text.
fn findings(text: &str) -> String {
    match compile(&Sources::single(PATH, text), &Limits::default()) {
        Err(findings) => findings.to_string(),
        Ok(compiled) => {
            let mut all = compiled.findings.clone();
            all.extend(run_tests(&compiled).into_iter().flat_map(|result| result.failures));
            render_all(&compiled.sources, &all, usize::MAX)
        }
    }
}

fn good(text: &str) -> Result<Compiled, String> {
    let compiled =
        compile(&Sources::single(PATH, text), &Limits::default()).map_err(|found| found.to_string())?;
    let results = run_tests(&compiled);
    let failures: Vec<_> = results.into_iter().flat_map(|result| result.failures).collect();
    if failures.is_empty() { Ok(compiled) } else { Err(render_all(&compiled.sources, &failures, 10)) }
}

fn events(json: &str) -> Result<Vec<Event>, String> {
    let events = serde_json::Deserializer::from_str(json).into_iter();
    events.map(|event| event.map_err(|error| error.to_string())).collect()
}

/// What events do in a new world.
struct Played {
    explained: String,
    ledger: String,
    snapshot: String,
}

fn play(compiled: &Compiled, json: &str) -> Result<Played, String> {
    let program = &compiled.program;
    let mut world = World::new(program).explaining();
    let (mut explained, mut ledger) = (String::new(), String::new());
    for event in events(json)? {
        let id = event.id().to_owned();
        match world.deliver(event) {
            Err(refused) => writeln!(explained, "{id}: {refused}").unwrap(),
            Ok(outcomes) => {
                for outcome in outcomes {
                    writeln!(explained, "{id}").unwrap();
                    explained += &loyalty_rules::explain::text(program, &outcome);
                    for delta in outcome.deltas() {
                        let line = program.ledger_line(outcome.member(), delta);
                        ledger += &(serde_json::to_string(&line).unwrap() + "\n");
                    }
                }
            }
        }
    }
    let snapshot = world.accounts().next().map(|account| account.snapshot(program));
    let snapshot = without_fingerprints(&serde_json::to_string_pretty(&snapshot).unwrap());
    Ok(Played { explained, ledger, snapshot })
}

/// Fingerprints hang on what nobody reads, so a document shows none.
fn without_fingerprints(text: &str) -> String {
    let is_one = |part: &str| part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = text.split('"').map(|part| if is_one(part) { "…" } else { part });
    parts.collect::<Vec<_>>().join("\"")
}

fn same(found: &str, shown: &str) -> Result<(), String> {
    let (found, shown) = (found.trim_end(), shown.trim_end());
    if found == shown { Ok(()) } else { Err(format!("--- shown\n{shown}\n--- found\n{found}")) }
}

/// What the command prints, if it was built.
fn console(call: &str) -> Option<String> {
    #[cfg(feature = "cli")]
    {
        let arguments: Vec<&str> = call.split_whitespace().collect();
        let command = std::process::Command::new(env!("CARGO_BIN_EXE_loyalty"))
            .current_dir(root(""))
            .args(arguments)
            .output()
            .expect("the command runs");
        let printed = [command.stdout, command.stderr].concat();
        Some(String::from_utf8(printed).expect("the command prints UTF-8"))
    }
    #[cfg(not(feature = "cli"))]
    {
        let _ = call;
        None
    }
}

/// What blocks of a document hand on to those below them.
#[derive(Default)]
struct Above {
    program: Option<Compiled>,
    played: Option<Played>,
}

impl Above {
    fn played(&self) -> Result<&Played, String> {
        self.played.as_ref().ok_or_else(|| "events have to stand above".to_owned())
    }

    fn check(&mut self, fence: &Fence, next: Option<&Fence>, frame: &str) -> Result<(), String> {
        let text = fence.text.as_str();
        let shown = |kind: &str| match next.filter(|next| next.kind == kind) {
            Some(next) => Ok(next.text.as_str()),
            None => Err(format!("a block `{kind}` has to follow")),
        };
        match fence.kind.as_str() {
            "loyalty" => {
                self.program = Some(good(text)?);
                same(&formatted(text)?, text)
            }
            "loyalty-fragment" => {
                self.program = Some(good(&format!("{frame}\n{text}"))?);
                same(&formatted(text)?, text)
            }
            "loyalty-wrong" => same(&findings(text), shown("text")?),
            "loyalty-messy" => same(&formatted(text)?, shown("loyalty-formatted")?),
            "json" => {
                self.played = match &self.program {
                    Some(program) => Some(play(program, text)?),
                    None => None,
                };
                events(text).map(|_| ())
            }
            "json wrong" => {
                let Err(error) = events(text) else { return Err("it is not refused".to_owned()) };
                // where in the text it stands is a matter of the reader
                same(error.split_once(" at line ").map_or(&error, |(error, _)| error), shown("text")?)
            }
            "text explained" => same(&self.played()?.explained, text),
            "json ledger" => same(&self.played()?.ledger, text),
            "json snapshot" => same(&self.played()?.snapshot, text),
            "console" => {
                let (call, printed) = text.split_once('\n').unwrap_or((text, ""));
                let call = call.strip_prefix("$ loyalty ").ok_or("it begins with `$ loyalty`")?;
                console(call).map_or(Ok(()), |found| same(&found, printed))
            }
            _ => Ok(()),
        }
    }
}

fn check(document: &str) {
    let fences = fences(document);
    let frame = fences.iter().find(|fence| fence.mark == "frame").map_or("", |fence| fence.text.as_str());
    let mut above = Above::default();
    let mut problems = String::new();
    for (place, fence) in fences.iter().enumerate() {
        if let Err(problem) = above.check(fence, fences.get(place + 1), frame) {
            writeln!(problems, "{}\n{problem}\n", fence.place).unwrap();
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn programs_of_the_definition() {
    check("docs/language.md");
}

#[test]
fn programs_of_the_guide() {
    check("docs/guide.md");
}

#[test]
fn examples_of_the_wire_form() {
    check("docs/wire-form.md");
}

#[test]
fn the_call_of_the_recipes() {
    check("docs/recipes/README.md");
}

/// The text between two lines.
fn between<'t>(text: &'t str, first: &str, last: &str) -> &'t str {
    let (_, rest) = text.split_once(first).unwrap_or_else(|| panic!("no `{first}`"));
    rest.split_once(last).unwrap_or_else(|| panic!("no `{last}`")).0
}

#[test]
fn the_list_of_codes_is_current() {
    let mut table = "\n| code | severity | finds |\n| --- | --- | --- |\n".to_owned();
    for code in Code::ALL {
        writeln!(table, "| {} | {} | {} |", code.id(), code.severity().word(), code.title()).unwrap();
    }
    let document = read("docs/language.md");
    let shown = between(&document, "<!-- codes -->\n", "<!-- end of codes -->");
    assert_eq!(shown, table + "\n", "copy the right side into docs/language.md");
}

#[test]
fn every_reserved_word_is_listed() {
    let grammar = read("src/syntax/grammar.pest");
    let rule = between(&grammar, "reserved = @{", "~ !nc");
    let words: Vec<&str> = rule.split('"').skip(1).step_by(2).collect();
    let fences = fences("docs/language.md");
    let shown = fences.iter().find(|fence| fence.mark == "reserved").expect("the list of reserved words");
    assert_eq!(shown.text.split_whitespace().collect::<Vec<_>>(), words);
}

#[test]
fn every_grammar_rule_is_mentioned() {
    let grammar = read("src/syntax/grammar.pest");
    let document = read("docs/language.md");
    let section = between(&document, "## Grammar rules", "\n## ");
    let mut rules = Vec::new();
    for line in grammar.lines() {
        let Some((name, body)) = line.split_once(" = ") else { continue };
        let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if is_name && !name.starts_with("k_") && !body.starts_with("_{") {
            rules.push(name);
        }
    }
    assert!(rules.len() > 100, "the rules were not found");
    let missing: Vec<&&str> = rules.iter().filter(|rule| !section.contains(&format!("`{rule}`"))).collect();
    assert!(missing.is_empty(), "not described: {missing:?}");
    let mentioned = section.split('`').skip(1).step_by(2).filter(|word| !word.contains(['.', '/', '>']));
    let unknown: Vec<&str> = mentioned.filter(|word| !rules.contains(word)).collect();
    assert!(unknown.is_empty(), "not in the grammar: {unknown:?}");
}

#[test]
fn every_law_in_the_table_is_a_file_with_tests() {
    let document = read("docs/reliability.md");
    let table = between(&document, "| law |", "\n\n");
    let words = table.split('`').skip(1).step_by(2).filter_map(|word| word.strip_prefix("laws::"));
    let named: Vec<&str> = words.collect();
    assert!(named.len() > 20, "{named:?}");
    for file in named {
        let text = read(&format!("tests/it/laws/{file}.rs"));
        assert!(text.contains("#[test]"), "{file} has no tests");
    }
}
