//! The expected texts are those of the language notes, with codes of this version, or counted by hand.

use super::super::{Code, Diagnostic, SourceMap, Span};
use super::{render, render_all};
use pretty_assertions::assert_eq;

/// A map with one file whose lines stand at the given numbers; the lines between are empty.
fn file(path: &str, lines: &[(usize, &str)]) -> SourceMap {
    let mut text = String::new();
    for (number, line) in lines {
        while text.matches('\n').count() + 1 < *number {
            text.push('\n');
        }
        text.push_str(line);
    }
    let mut map = SourceMap::default();
    map.add(path, text);
    map
}

/// The first place of a text.
fn at(map: &SourceMap, part: &str) -> Span {
    let found = map.files().iter().find_map(|file| Some((file.base, file.text.find(part)?)));
    let (base, start) = found.expect("the part stands in a file");
    Span::new(base + start as u32, base + (start + part.len()) as u32)
}

#[test]
fn one_place_and_a_certain_repair() {
    let map = file("markt.loyalty", &[(21, "  give 1 punkt per 2,00 EUR\n")]);
    let finding = Diagnostic::new(Code::L003, at(&map, "2,00"), "numbers use a dot, not a comma")
        .label("here")
        .help("write `2 EUR`")
        .fix("2");
    let expected = "\
error L003: numbers use a dot, not a comma
  --> markt.loyalty:21:20
   |
21 |   give 1 punkt per 2,00 EUR
   |                    ^^^^ here
   = help: write `2 EUR`                            [can be fixed automatically]
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn a_help_of_several_lines_is_indented_below_its_first() {
    let line = "  when channel is web and tier is Gold or tier is Silver";
    let map = file("hotel.loyalty", &[(40, line)]);
    let span = at(&map, "channel is web and tier is Gold or tier is Silver");
    let finding = Diagnostic::new(Code::L003, span, "it is not clear what belongs together").help(
        "write `channel is web and (tier is Gold or tier is Silver)`\n\
         or    `(channel is web and tier is Gold) or tier is Silver`\n\
         or, shorter, `channel is web and tier is in [Gold, Silver]`",
    );
    let expected = "\
error L003: it is not clear what belongs together
  --> hotel.loyalty:40:8
   |
40 |   when channel is web and tier is Gold or tier is Silver
   |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: write `channel is web and (tier is Gold or tier is Silver)`
           or    `(channel is web and tier is Gold) or tier is Silver`
           or, shorter, `channel is web and tier is in [Gold, Silver]`
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn two_places_stand_in_the_order_of_their_lines() {
    let lines = [(12, "earn Grundpunkte {\n"), (18, "earn Diesel {\n")];
    let map = file("tanken.loyalty", &lines);
    let finding = Diagnostic::new(Code::L001, at(&map, "earn Diesel"), "two base rates for the same item")
        .label("gives 3 punkte per 1 EUR for category Kraftstoff")
        .other(at(&map, "earn Grundpunkte"), "gives 1 punkt per 1 EUR for every item")
        .note("example: an item of category Kraftstoff would earn both, 4 punkte per 1 EUR")
        .help("if Diesel is meant instead of the normal rate, add `replaces Grundpunkte`\nif it is meant on top, make it a `bonus`");
    let expected = "\
error L001: two base rates for the same item
  --> tanken.loyalty:18:1
   |
12 | earn Grundpunkte {
   | ---------------- gives 1 punkt per 1 EUR for every item
18 | earn Diesel {
   | ^^^^^^^^^^^ gives 3 punkte per 1 EUR for category Kraftstoff
   = example: an item of category Kraftstoff would earn both, 4 punkte per 1 EUR
   = help: if Diesel is meant instead of the normal rate, add
           `replaces Grundpunkte`
           if it is meant on top, make it a `bonus`
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn line_numbers_of_different_length_are_flush_right() {
    let lines = [(8, "  birthday: date optional\n"), (44, "  when birthday is not 1990-01-01\n")];
    let map = file("club.loyalty", &lines);
    let span = at(&map, "birthday is not 1990-01-01");
    let finding = Diagnostic::new(Code::L001, span, "members without a birthday are left out here")
        .label("missing is neither equal nor different")
        .other(at(&map, "optional"), "may be missing")
        .as_warning();
    let expected = "\
warning L001: members without a birthday are left out here
  --> club.loyalty:44:8
   |
 8 |   birthday: date optional
   |                  -------- may be missing
44 |   when birthday is not 1990-01-01
   |        ^^^^^^^^^^^^^^^^^^^^^^^^^^ missing is neither equal nor different
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn a_note_of_several_lines_is_indented_below_its_lead() {
    let map = file("markt.loyalty", &[(70, "  expect Jörg earns 14 punkte")]);
    let span = at(&map, "expect Jörg earns 14 punkte");
    let finding = Diagnostic::new(Code::L001, span, "test \"double points on Tuesday\" failed")
        .label("he earned 7")
        .note("how: Grundpunkte         14.97 EUR → 7 full steps of 2 EUR → 7\nDoppelter Dienstag  did not fire");
    let expected = "\
error L001: test \"double points on Tuesday\" failed
  --> markt.loyalty:70:3
   |
70 |   expect Jörg earns 14 punkte
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ he earned 7
   = how: Grundpunkte         14.97 EUR → 7 full steps of 2 EUR → 7
          Doppelter Dienstag  did not fire
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn a_place_of_several_lines_is_marked_to_the_end_of_the_first() {
    let map = file("a.loyalty", &[(1, "earn A {  \n  on purchase\n}\n")]);
    let finding = Diagnostic::new(Code::L002, at(&map, "earn A {  \n  on purchase\n}"), "not closed");
    let expected = "\
error L002: not closed
 --> a.loyalty:1:1
  |
1 | earn A {
  | ^^^^^^^^
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn an_empty_place_at_the_end_of_a_line_has_one_mark() {
    let map = file("a.loyalty", &[(1, "earn A {")]);
    let finding = Diagnostic::new(Code::L002, Span::new(8, 8), "not closed").label("`}` is missing");
    let expected = "\
error L002: not closed
 --> a.loyalty:1:9
  |
1 | earn A {
  |         ^ `}` is missing
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn two_marks_on_one_line_stand_below_each_other() {
    let map = file("a.loyalty", &[(1, "cap 3 nights per month")]);
    let finding =
        Diagnostic::new(Code::L001, at(&map, "month"), "odd").label("here").other(at(&map, "nights"), "");
    let expected = "\
error L001: odd
 --> a.loyalty:1:18
  |
1 | cap 3 nights per month
  |       ------
  |                  ^^^^^ here
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn marks_line_up_below_tabs_wide_characters_and_escapes() {
    let map = file("a.loyalty", &[(1, "\tgive 珍珠 e\u{301}\u{7}\u{202e} Bad")]);
    let finding = Diagnostic::new(Code::L005, at(&map, "Bad"), "x\u{1b}[31m").label("a\tb");
    // tab 4, `give ` 5, two wide characters 4, blank 1, é 1, `\u{7}` 5, `\u{202e}` 8, blank 1: 29 columns;
    // in characters 1 + 5 + 2 + 1 + 2 + 1 + 1 + 1 = 14 stand in front
    let expected = "\
error L005: x\\u{1b}[31m
 --> a.loyalty:1:15
  |
1 |     give 珍珠 e\u{301}\\u{7}\\u{202e} Bad
  |                              ^^^ a    b
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn a_long_line_is_cut_around_the_mark() {
    let line = format!("{}X{}", "a".repeat(300), "b".repeat(300));
    let map = file("a.loyalty", &[(1, &line)]);
    let finding = Diagnostic::new(Code::L001, at(&map, "X"), "long");
    // of 80 columns 4 are the margin and 2 the dots: 74 characters, 36 of them before the mark and 37 behind it
    let expected = format!(
        "error L001: long\n --> a.loyalty:1:301\n  |\n1 | …{}X{}…\n  |  {}^\n",
        "a".repeat(36),
        "b".repeat(37),
        " ".repeat(36)
    );
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn a_long_line_is_cut_at_one_end_where_the_mark_is_near_the_other() {
    // 76 columns: 75 characters and the dots
    let line = format!("ab{}", "c".repeat(100));
    let map = file("a.loyalty", &[(1, &line)]);
    let finding = Diagnostic::new(Code::L001, at(&map, "b"), "long");
    let expected = format!("error L001: long\n --> a.loyalty:1:2\n  |\n1 | ab{}…\n  |  ^\n", "c".repeat(73));
    assert_eq!(render(&map, &finding), expected);
    // the dots, 74 characters, and the column of a mark behind the last one
    let finding = Diagnostic::new(Code::L001, Span::new(102, 102), "long");
    let expected = format!(
        "error L001: long\n --> a.loyalty:1:103\n  |\n1 | …{}\n  | {}^\n",
        "c".repeat(74),
        " ".repeat(75)
    );
    assert_eq!(render(&map, &finding), expected);
    // of a place that is wider than the room, the start is shown
    let finding = Diagnostic::new(Code::L001, Span::new(1, 102), "long");
    let expected = format!(
        "error L001: long\n --> a.loyalty:1:2\n  |\n1 | …b{}…\n  |  {}\n",
        "c".repeat(73),
        "^".repeat(74)
    );
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn words_are_wrapped_at_80_columns_and_code_stays_together() {
    let map = file("a.loyalty", &[(9, "    give 1 point per 1 EUR of spend on something far away")]);
    let finding = Diagnostic::new(
        Code::L001,
        at(&map, "something"),
        "the first line of a finding is wrapped too, where what it says does not fit into one line",
    )
    .label("words behind a mark go on below")
    .other(at(&map, "give"), "and where there is room, they stand behind the marks and below each other, like these")
    .note("example: a note that is longer than a line goes on below its words, and not below its lead")
    .help("what is to be copied is not broken, as in this place of the line: `combine best of Offers`\nor shorter");
    let expected = "\
error L001: the first line of a finding is wrapped too, where what it says does
            not fit into one line
 --> a.loyalty:9:40
  |
9 |     give 1 point per 1 EUR of spend on something far away
  |     ---- and where there is room, they stand behind the marks and below each
  |          other, like these
  |                                        ^^^^^^^^^ words behind a mark go on
  |                                                  below
  = example: a note that is longer than a line goes on below its words, and not
             below its lead
  = help: what is to be copied is not broken, as in this place of the line:
          `combine best of Offers`
          or shorter
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn words_without_room_behind_their_mark_stand_below_it() {
    let map = file("a.loyalty", &[(1, &format!("{}give", " ".repeat(60)))]);
    let finding = Diagnostic::new(Code::L001, at(&map, "give"), "odd").label("these words need 28 columns.");
    // the mark ends in column 64 of 76, and 76 - 28 = 48
    let expected = format!(
        "error L001: odd\n --> a.loyalty:1:61\n  |\n1 | {0}give\n  | {0}^^^^\n  | {1}these words need 28 columns.\n",
        " ".repeat(60),
        " ".repeat(48)
    );
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn a_certain_repair_without_room_is_told_below() {
    let finding = Diagnostic::new(Code::L004, Span::default(), "odd")
        .help("write `an exact text of some length, 48 characters`")
        .fix("x");
    let expected = "\
error L004: odd
  = help: write `an exact text of some length, 48 characters`
          [can be fixed automatically]
";
    assert_eq!(render(&SourceMap::default(), &finding), expected);
}

#[test]
fn a_place_in_another_file_stands_behind_the_first_file() {
    let mut map = file("a.loyalty", &[(1, "earn A {")]);
    map.add("b.loyalty", "earn A {");
    let finding = Diagnostic::new(Code::L001, Span::new(5, 6), "twice").other(Span::new(14, 15), "also here");
    let expected = "\
error L001: twice
 --> a.loyalty:1:6
  |
1 | earn A {
  |      ^
 ::: b.loyalty:1:6
  |
1 | earn A {
  |      - also here
";
    assert_eq!(render(&map, &finding), expected);
}

#[test]
fn a_finding_without_a_file_has_no_excerpt() {
    let finding = Diagnostic::new(Code::L004, Span::default(), "there is no program").fix("program");
    let expected = "\
error L004: there is no program
  = help: write `program`                           [can be fixed automatically]
";
    assert_eq!(render(&SourceMap::default(), &finding), expected);
}

#[test]
fn all_findings_are_sorted_by_place_capped_and_counted() {
    let map = file("a.loyalty", &[(1, "abc")]);
    let finding = |start, message: &str| Diagnostic::new(Code::L001, Span::new(start, start + 1), message);
    let findings = [finding(2, "third"), finding(1, "second").as_warning(), finding(0, "first")];
    let expected = "\
error L001: first
 --> a.loyalty:1:1
  |
1 | abc
  | ^

warning L001: second
 --> a.loyalty:1:2
  |
1 | abc
  |  ^

1 more
2 errors, 1 warning
";
    assert_eq!(render_all(&map, &findings, 2), expected);
    assert_eq!(render_all(&map, &[], 2), "");
}

#[test]
fn a_line_with_columns_goes_on_in_its_last_one() {
    let note = "how: +7 points  Base     14.94 EUR comes to 7 full steps of 2 EUR, each gives one of them\n\
                \x20 0 points  Tuesday  weekday is wednesday, and what is asked for is another one: tuesday";
    let finding = Diagnostic::new(Code::L001, Span::default(), "odd").note(note);
    let expected = "\
error L001: odd
  = how: +7 points  Base     14.94 EUR comes to 7 full steps of 2 EUR, each
                             gives one of them
           0 points  Tuesday  weekday is wednesday, and what is asked for is
                              another one: tuesday
";
    assert_eq!(render(&SourceMap::default(), &finding), expected);
}
