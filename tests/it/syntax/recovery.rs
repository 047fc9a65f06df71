//! One wrong line hides neither the next one nor the good lines around it.

use super::read;

#[test]
fn three_wrong_lines_are_three_findings() {
    let read = read(
        "unit punkte is spendable {\n  singular punkt\n  wort 0.01 EUR\n  round down in total\n}\n\n\
         earn Basis {\n  on purchase\n  for items where category is not in [A,\n    B C]\n    and brand is X\n  \
         give 1 punkt per full 2 EUR\n}\n\ntiers T {\n  tier Basic\n  tier Gold {\n    reach ten nights\n    \
         benefit \"Lounge\"\n  }\n}\n",
    );
    assert_eq!(read.places(), [("L001", "wort"), ("L001", "C"), ("L001", "ten")]);
    assert_eq!(
        read.short(),
        "Unit(UnitBlock(punkte, Spendable, [Singular(punkt), Round(Round(Down, false))]))\n\
         Rule(RuleBlock(Earn, Basis, [On(Event(purchase)), Give(Per(1 punkt, Amount(Full, 2 EUR, None)))]))\n\
         Tiers(TiersBlock(T, [Tier(Basic, []), Tier(Gold, [Benefit(\"Lounge\")])]))\n"
    );
}

#[test]
fn a_wrong_line_with_a_block_is_left_out_with_its_block() {
    let read = read(
        "test T {\n  wenn 2026-01-01 purchase \"K\" by Ann {\n    total 5 EUR\n  }\n  expect Ann earns nothing\n}\n",
    );
    assert_eq!(read.places(), [("L001", "wenn")]);
    assert_eq!(read.short(), "Test(TestBlock(T, [Expect(EarnsNothing(Ann))]))\n");
}

#[test]
fn a_block_that_is_not_closed() {
    let read = read("earn A {\n  on purchase\n\nearn B {\n  on review\n}\n");
    assert_eq!(read.places(), [("L002", "earn A {")]);
    assert_eq!(
        read.only().help.as_deref(),
        Some("write `}` in a line of its own behind the last line of the block")
    );
    assert_eq!(
        read.short(),
        "Rule(RuleBlock(Earn, A, [On(Event(purchase))]))\nRule(RuleBlock(Earn, B, [On(Event(review))]))\n"
    );
}

#[test]
fn a_block_that_is_not_closed_at_the_end() {
    let read = read("test T {\n  expect refused\n  given member A {\n    joined 2026-01-01 # last");
    assert_eq!(read.places(), [("L002", "given member A {")]);
    assert_eq!(
        read.short(),
        "Test(TestBlock(T, [Expect(Refused(None)), Given(A, [Joined(Moment(2026-01-01, None))])]))\n"
    );
}

#[test]
fn an_inner_block_that_is_not_closed_is_found_by_its_indentation() {
    let read = read(
        "test T {\n  given member A {\n    joined 2026-01-01\n  when 2026-01-02 purchase \"K\" by A {\n    total 5 EUR\n  }\n  \
         expect A earns nothing\n}\n\nunit u is status\n",
    );
    assert_eq!(read.places(), [("L002", "given member A {")]);
    assert_eq!(
        read.short(),
        "Test(TestBlock(T, [Given(A, [Joined(Moment(2026-01-01, None))]), \
         When(Moment(2026-01-02, None), Event(purchase, \"K\", None, A), [Total(5 EUR)]), Expect(EarnsNothing(A))]))\n\
         Unit(UnitBlock(u, Status, []))\n"
    );
}

#[test]
fn right_programs_need_no_indentation() {
    let read = read(
        "test T {\ngiven member A {\njoined 2026-01-01\ncard K at 3 stamps\ncap D used 5\ntier Gold\n}\n\
         when 2026-01-02 purchase \"K\" by A {\nitem Brot 1 x 2 EUR\n}\n}\ncard K {\nreward 1 V\ncap 3 stamps per day\n}\n",
    );
    assert_eq!(read.places(), []);
    let sloppy = super::read(
        "    earn A {\n  on purchase\n    }\n  test T {\n    given member A {\n  joined 2026-01-01\n}\n}\n",
    );
    assert_eq!(sloppy.places(), []);
}

#[test]
fn several_findings_in_one_line_of_text() {
    let read = read("earn R {\n  when a >= 1,5 EUR and b < 2 or c = d\n}\n");
    assert_eq!(
        read.places(),
        [
            ("L003", "a >= 1,5 EUR and b < 2 or c = d"),
            ("L003", ">="),
            ("L003", "1,5"),
            ("L003", "<"),
            ("L003", "=")
        ]
    );
}

#[test]
fn empty_texts() {
    for text in ["", "\n\n", "# only this", "edition 2026"] {
        let read = read(text);
        assert_eq!(read.places(), [], "{text}");
        assert!(read.file.blocks.is_empty());
    }
}
