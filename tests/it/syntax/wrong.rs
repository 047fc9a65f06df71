//! Wrong lines: which code, which words are underlined, what is said.

use super::{Read, read};

/// Reads one line of a block, in a program that is right otherwise.
fn line(head: &str, line: &str) -> Read {
    read(&format!("unit before is status\n\n{head} {{\n  {line}\n}}\n\nunit behind is status\n"))
}

/// Checks code, underlined text, message and help of the only finding of each line.
fn check(head: &str, wrong: &[(&str, &str, &str, &str, &str)]) {
    for (text, code, underlined, message, help) in wrong {
        let read = line(head, text);
        let finding = read.only();
        assert_eq!(finding.code.id(), *code, "{text}");
        assert_eq!(read.map.text(finding.primary.span), *underlined, "{text}");
        assert_eq!(finding.message, *message, "{text}");
        assert_eq!(finding.help.as_deref().unwrap_or(""), *help, "{text}");
        assert_eq!(read.file.blocks.len(), 3, "{text}");
        if let Some(fix) = &finding.fix {
            let span = finding.primary.span;
            let source = &read.map.files()[1];
            let (start, end) = ((span.start - source.base) as usize, (span.end - source.base) as usize);
            let repaired = format!("{}{fix}{}", &source.text[..start], &source.text[end..]);
            let again = super::read(&repaired);
            assert_eq!(again.places(), [], "{repaired}: {:#?}", again.found);
        }
    }
}

const COMMA: &str = "numbers use a dot, not a comma";
const GROUPS: &str = "thousands are set apart with `_`";
const SIGNS: &str = "comparisons are written in words";
const WRONG: &str = "this line is not understood";

#[test]
fn numbers_of_other_countries() {
    check(
        "earn R",
        &[
            ("give 1 punkt per 2,00 EUR", "L003", "2,00", COMMA, "write `2 EUR`"),
            ("give 0,5% of spend as cash", "L003", "0,5%", COMMA, "write `0.5%`"),
            ("multiply punkte by 1,5", "L003", "1,5", COMMA, "write `1.5`"),
            ("cap 1,000 punkte per day", "L003", "1,000", COMMA, "write `1_000 punkte`\nor    `1 punkte`"),
            ("cap 1.000 punkte per day", "L003", "1.000", GROUPS, "write `1_000 punkte`\nor    `1 punkte`"),
            ("cap 1.000.000 punkte per day", "L003", "1.000.000", GROUPS, "write `1_000_000 punkte`"),
            ("at least 1.234,5 punkte", "L003", "1.234,5", COMMA, "write `1_234.5 punkte`"),
            ("at least 10_00 punkte", "L003", "10_00", GROUPS, "write `1_000 punkte`"),
            ("give p by tier [A: 1,5, B: 2]", "L003", "1,5", COMMA, "write `1.5`"),
        ],
    );
    check(
        "test T",
        &[(
            "when 2026-01-01 purchase \"K\" by Ann { item Brot 2 x 4,50 EUR, category: Brot }",
            "L003",
            "4,50",
            COMMA,
            "write `4.5 EUR`",
        )],
    );
}

#[test]
fn a_number_of_another_country_still_stands_in_the_tree() {
    let read = line("earn R", "give 1 punkt per 2,50 EUR");
    assert!(read.short().contains("Give(Per(1 punkt, Amount(Exact, 2.5 EUR, None)))"));
}

#[test]
fn signs_for_words() {
    check(
        "earn R",
        &[
            ("when basket >= 50 EUR", "L003", ">=", SIGNS, "write `basket is at least 50 EUR`"),
            ("when basket => 50 EUR", "L003", "=>", SIGNS, "write `basket is at least 50 EUR`"),
            ("when basket ≤ 50 EUR", "L003", "≤", SIGNS, "write `basket is at most 50 EUR`"),
            ("when basket > 50 EUR", "L003", ">", SIGNS, "write `basket is more than 50 EUR`"),
            ("when basket < 50 EUR", "L003", "<", SIGNS, "write `basket is less than 50 EUR`"),
            ("when tier = Gold", "L003", "=", SIGNS, "write `tier is Gold`"),
            ("when tier == \"Top Gold\"", "L003", "==", SIGNS, "write `tier is \"Top Gold\"`"),
            ("when tier != Gold", "L003", "!=", SIGNS, "write `tier is not Gold`"),
            (
                "when spend on (a is b) >= 30 EUR",
                "L003",
                ">=",
                SIGNS,
                "write `spend on (a is b) is at least 30 EUR`",
            ),
            ("when a is b && c is d", "L003", "&&", "conditions are joined with words", "write `and`"),
            ("when a is b | c is d", "L003", "|", "conditions are joined with words", "write `or`"),
            ("when !(a is b)", "L003", "!", "conditions are written in words", "write `not`"),
        ],
    );
    let read = line("earn R", "when basket >= 50 EUR");
    assert!(read.short().contains("When(Compare(basket, AtLeast(Amount(50 EUR))))"));
}

#[test]
fn and_beside_or() {
    let unclear = "it is not clear what belongs together";
    check(
        "earn R",
        &[
            (
                "when channel is web and tier is Gold or tier is Silver",
                "L003",
                "channel is web and tier is Gold or tier is Silver",
                unclear,
                "write `channel is web and (tier is Gold or tier is Silver)`\n\
                 or    `(channel is web and tier is Gold) or tier is Silver`\n\
                 or, shorter, `channel is web and tier is in [Gold, Silver]`",
            ),
            (
                "when a is b or c is d and e is f",
                "L003",
                "a is b or c is d and e is f",
                unclear,
                "write `(a is b or c is d) and e is f`\nor    `a is b or (c is d and e is f)`",
            ),
        ],
    );
    check(
        "tiers T",
        &[(
            "tier Gold { reach 10 nights or 4 stays and 5 flights }",
            "L003",
            "10 nights or 4 stays and 5 flights",
            unclear,
            "write `(10 nights or 4 stays) and 5 flights`\nor    `10 nights or (4 stays and 5 flights)`",
        )],
    );
    let read = line("earn R", "when (a is b\n  and c is d # comment\n  or e is f)");
    assert_eq!(
        read.only().help.as_deref(),
        Some("write `a is b and (c is d or e is f)`\nor    `(a is b and c is d) or e is f`")
    );
}

#[test]
fn the_place_where_a_line_stops_being_understood() {
    let give = "write it like `give 1 point per full 2 EUR`\nor           `give 2% of spend as points`";
    let expire = "write it like `expire 24 months after earning`\n\
                  or           `expire at end of calendar year plus 1 year`";
    let cap = "write it like `cap 3 times per month`\nor           `cap 50_000 points per calendar year across all members`";
    let when = "write it like `when basket is at least 30 EUR`\n\
                or           `when tier is Gold or tier is Silver`";
    check(
        "earn R",
        &[
            ("give 1 punkt for 2 EUR", "L001", "for", WRONG, give),
            ("give punkte", "L001", "", WRONG, give),
            ("give 1 punkt per full 2 EUR please", "L001", "please", WRONG, give),
            ("expire 24 months earning", "L001", "earning", WRONG, expire),
            ("expire in 2 years", "L001", "in", WRONG, expire),
            ("cap 3 times a month", "L001", "a", WRONG, cap),
            ("cap 3 times per", "L001", "", WRONG, cap),
            ("when basket is at 30 EUR", "L001", "30", WRONG, when),
            ("when (basket is at least 30 EUR", "L001", "", WRONG, when),
            ("when first purchase and", "L001", "", WRONG, when),
            ("when category is in [Obst Wein]", "L001", "Wein", WRONG, when),
            (
                "on purchase and review",
                "L001",
                "and",
                WRONG,
                "write it like `on purchase`\nor           `on birthday`",
            ),
            (
                "round down",
                "L001",
                "",
                WRONG,
                "write it like `round down in total`\nor           `round half up per item`",
            ),
            ("replaces", "L001", "", WRONG, "write it like `replaces \"Base points\"`"),
        ],
    );
}

#[test]
fn leading_words() {
    check(
        "earn R",
        &[
            ("giv 10 punkte", "L001", "giv", "`giv` is not understood", "did you mean `give`?"),
            ("vaild to 2026-01-01", "L001", "vaild", "`vaild` is not understood", "did you mean `valid`?"),
            (
                "grants 10 EUR off",
                "L001",
                "grants",
                "a line with `grants` cannot stand in an `earn` or `bonus`",
                "a line in an `earn` or `bonus` starts with `valid`, `on`, `for`, `when`, `give`, `multiply`, `at`, \
                 `replaces`, `combine`, `cap`, `round`, `activate`, `expire`, `no` or `funded`",
            ),
            (
                "punkte verschenken",
                "L001",
                "punkte",
                WRONG,
                "a line in an `earn` or `bonus` starts with `valid`, `on`, `for`, `when`, `give`, `multiply`, `at`, \
                 `replaces`, `combine`, `cap`, `round`, `activate`, `expire`, `no` or `funded`",
            ),
        ],
    );
    check(
        "member",
        &[
            (
                "birthday date",
                "L001",
                "birthday",
                WRONG,
                "write an attribute and its kind, for example `birthday: date optional` or `stars: integer 1 to 5`",
            ),
            (
                "birthday: day",
                "L001",
                "day",
                WRONG,
                "write it like `birthday: date optional`\nor           `stars: integer 1 to 5`",
            ),
        ],
    );
    check(
        "test T",
        &[
            (
                "expct Ann earns nothing",
                "L001",
                "expct",
                "`expct` is not understood",
                "did you mean `expect`?",
            ),
            (
                "given member Ann { born 2026-01-01 }",
                "L001",
                "born",
                WRONG,
                "a line in `given member` starts with `joined`, `tier`, `plan`, `card`, `streak`, `task`, `milestones`, `cap`, \
                 `referred`, `account`, `balance`, `has`, `spent`, `purchased` or `years`, or is for example `birthday: 1990-05-20`",
            ),
        ],
    );
}

#[test]
fn usual_slips() {
    check(
        "earn R",
        &[
            (
                "replaces “Base points”",
                "L001",
                "“Base points”",
                "names are quoted with straight quotes",
                "write `\"Base points\"`",
            ),
            (
                "replaces „Punkte”",
                "L001",
                "„Punkte”",
                "names are quoted with straight quotes",
                "write `\"Punkte\"`",
            ),
            (
                "replaces \"Base points",
                "L001",
                "\"Base points",
                "this quote is not closed",
                "write `\"` behind the name, in the same line",
            ),
            ("give 1 punkt;", "L001", ";", "a line ends without a sign", "remove the `;`"),
            (
                "give 1 punkt per 10 €",
                "L001",
                "10 €",
                "currencies are written as three letters",
                "write `10 EUR`",
            ),
            (
                "give 1 punkt per €10",
                "L001",
                "€10",
                "currencies are written as three letters",
                "write `10 EUR`",
            ),
            (
                "give 1 punkt per EUR 10",
                "L001",
                "EUR 10",
                "the number stands before the currency",
                "write `10 EUR`",
            ),
            (
                "valid to 1.3.2026",
                "L001",
                "1.3.2026",
                "dates are written as year, month, day",
                "write `2026-03-01`",
            ),
            ("give -5 punkte", "L001", "-5", "rules have no negative amounts", "write an amount above zero"),
            (
                "replaces \"\"",
                "L001",
                "\"\"",
                "a name is empty",
                "write at least one letter or digit between the quotes",
            ),
        ],
    );
}

#[test]
fn values_that_do_not_exist() {
    check(
        "earn R",
        &[
            (
                "valid from 2026-02-30",
                "L001",
                "2026-02-30",
                "`2026-02-30` is no day of the calendar",
                "write a day that this month has in this year",
            ),
            (
                "valid every year from 02-29 to 04-31",
                "L001",
                "04-31",
                "`04-31` is no day of the calendar",
                "write a day that this month has in this year",
            ),
            (
                "when time is at least 24:00",
                "L001",
                "24:00",
                "`24:00` is no time of a day",
                "times go from `00:00` to `23:59`",
            ),
            (
                "activate after 1.5 days",
                "L001",
                "1.5",
                "a length of time is a whole number",
                "choose a smaller unit, for example `36 hours` for one and a half days",
            ),
            (
                "at least 123456789012345678901234567890 points",
                "L006",
                "123456789012345678901234567890",
                "this number is beyond a limit: more than 28 digits",
                "",
            ),
        ],
    );
}

#[test]
fn heads_of_blocks() {
    let quotes = "this name needs quotes";
    for (head, underlined, message, help) in [
        ("earn Base points", "Base points", quotes, "write `earn \"Base points\" {`"),
        ("earn 2 for 1", "2 for 1", quotes, "write `earn \"2 for 1\" {`"),
        ("bonus on", "on", quotes, "write `bonus \"on\" {`"),
        ("ern Base", "ern", "`ern` is not understood", "did you mean `earn`?"),
    ] {
        let read = line(head, "on purchase");
        let finding = read.only();
        assert_eq!(finding.code.id(), "L001");
        assert_eq!(read.map.text(finding.primary.span), underlined);
        assert_eq!((finding.message.as_str(), finding.help.as_deref()), (message, Some(help)));
        assert_eq!(read.file.blocks.len(), 3, "{head}");
        assert!(read.short().contains("[On(Event(purchase))]"), "{head}");
    }
    let nameless = line("earn", "on purchase");
    assert_eq!(nameless.only().message, "a name is missing behind `earn`");
    assert_eq!(nameless.file.blocks.len(), 2);
}

#[test]
fn braces_out_of_place() {
    let next_line = read("earn R\n{\n  on purchase\n}\n");
    assert_eq!(next_line.places(), [("L001", "{")]);
    assert_eq!(next_line.only().message, "the `{` belongs at the end of the line above");
    assert_eq!(next_line.short(), "Rule(RuleBlock(Earn, R, [On(Event(purchase))]))\n");

    let missing = read("earn R # comment\n\n  on purchase\n  giv 1 punkt\n}\nunit u is status\n");
    assert_eq!(missing.places(), [("L001", "earn R"), ("L001", "giv")]);
    assert_eq!(missing.found[0].message, "a `{` is missing behind the head of a block");
    assert_eq!(missing.file.blocks.len(), 2);

    let behind = read("earn R { on purchase } and more\nunit u is status\n");
    assert_eq!(behind.places(), [("L001", "and more")]);
    assert_eq!(behind.file.blocks.len(), 2);

    let too_many = read("earn R { on purchase }\n}\nunit u is status\n");
    assert_eq!(too_many.places(), [("L001", "}")]);
    assert_eq!(too_many.file.blocks.len(), 2);
}

#[test]
fn outside_of_blocks() {
    for (text, code, underlined, message) in [
        ("on purchase", "L001", "on", "a line with `on` cannot stand outside of all blocks"),
        ("hello world", "L001", "hello", WRONG),
        ("categories Obst, Wein", "L001", "Obst", WRONG),
        ("unit punkte", "L001", "", WRONG),
        ("earn Punkte", "L001", "", WRONG),
        (
            "edition 2026",
            "L004",
            "edition 2026",
            "the edition stands in the first line of the file, and only there",
        ),
        ("edition two", "L004", "edition two", "the edition is a year"),
    ] {
        let read = read(&format!("unit u is status\n{text}\nunit v is status\n"));
        let finding = read.only();
        assert_eq!((finding.code.id(), finding.message.as_str()), (code, message), "{text}");
        assert_eq!(read.map.text(finding.primary.span), underlined);
        assert_eq!(read.file.blocks.len(), 2);
    }
    assert_eq!(read("edition zwei\nunit u is status").places(), [("L004", "edition zwei")]);
}

#[test]
fn descriptions_out_of_place() {
    for text in [
        "## lost\n\nunit u is status\n",
        "## lost\n# comment\nunit u is status\n",
        "unit u is status ## lost\n",
        "unit u is status {\n  ## lost\n}\n",
        "## lost\nedition 2026\nunit u is status\n",
        "unit u is status\n## lost",
    ] {
        let read = read(text);
        assert_eq!(read.places(), [("L001", "## lost")], "{text}");
        assert_eq!(read.only().message, "a description does not stand directly before a block");
        assert_eq!(read.file.blocks.len(), 1, "{text}");
        assert!(read.file.blocks[0].doc.is_empty());
    }
}

#[test]
fn forms_that_belong_elsewhere() {
    for (head, text, underlined, told) in [
        ("card K", "on start of month", "on start of month", "`on start of …` has no meaning in a `card`"),
        ("streak S", "on birthday", "on birthday", "`on birthday` has no meaning in a `streak`"),
        (
            "voucher V",
            "cap 5 times per month across all members",
            "across all members",
            "`cap … across all members` has no meaning in a `voucher`",
        ),
        (
            "draw D",
            "cap 5 lots per campaign across all members",
            "across all members",
            "`cap … across all members` has no meaning in a `draw`",
        ),
        (
            "earn R",
            "give dividend of spend as points",
            "give dividend of spend as points",
            "`give … of … as …` has no meaning in an `earn` or `bonus`",
        ),
        (
            "referral F",
            "on qualifying give 1 point per 1 point earned from [Base] to friend",
            "earned from [Base] to friend",
            "`give … per … earned from …` has no meaning in a `referral`",
        ),
        (
            "challenge C",
            "cap 3 times per month across all members",
            "across all members",
            "`cap … across all members` has no meaning in a `challenge`",
        ),
        (
            "streak S",
            "cap 300 points per month across all members",
            "across all members",
            "`cap … across all members` has no meaning in a `streak`",
        ),
    ] {
        let read = line(head, text);
        let finding = read.only();
        assert_eq!((finding.code.id(), finding.message.as_str()), ("N106", told), "{text}");
        assert_eq!(read.map.text(finding.primary.span), underlined);
        assert!(finding.help.is_some(), "{text}");
    }
}

#[test]
fn dangerous_characters() {
    for (text, underlined, message) in [
        ("unit a\u{200b}b is status", "\u{200b}", "an invisible character (U+200B) stands here"),
        (
            "unit \"a\u{202e}b\" is status",
            "\u{202e}",
            "a character that turns the direction of the text (U+202E) stands here",
        ),
        (
            "unit a is status # b\u{2066}c",
            "\u{2066}",
            "a character that turns the direction of the text (U+2066) stands here",
        ),
        ("unit\u{a0}a is status", "\u{a0}", "a special space (U+00A0) stands here"),
        ("unit a is status\0\0", "\0\0", "an invisible character (U+0000) stands here"),
        ("unit a is\rstatus", "\r", "an invisible character (U+000D) stands here"),
        ("unit a \u{feff}is status", "\u{feff}", "an invisible character (U+FEFF) stands here"),
    ] {
        let read = read(&format!("{text}\nunit z is status"));
        let finding = read.only();
        assert_eq!((finding.code.id(), finding.message.as_str()), ("L005", message));
        assert_eq!(read.map.text(finding.primary.span), underlined);
        assert!(!read.is_right());
    }
}

#[test]
fn a_byte_order_mark_at_the_beginning_is_passed_over() {
    let read = read("\u{feff}edition 2026\r\nunit u is status\r\n");
    assert_eq!(read.places(), []);
    assert!(read.file.edition.is_some());
}

#[test]
fn letters_of_two_scripts() {
    let read = read(
        "unit pun\u{43a}te is status\nunit \"Кафе Bonus\" is status\nunit ポイント点 is status\nunit Ωmega is status",
    );
    assert_eq!(read.places(), [("L005", "pun\u{43a}te"), ("L005", "Ωmega")]);
    assert_eq!(read.found[0].message, "letters of two scripts, Latin and Cyrillic, stand in one name");
    assert!(read.is_right());
    assert_eq!(read.file.blocks.len(), 4);
}
