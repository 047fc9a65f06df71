//! Untidy texts and what the formatter makes of them, worked out by hand.

use super::check;

#[test]
fn spaces_line_ends_and_order_of_program_lines() {
    let text = "edition 2026\r\nprogram   X{\r\ncurrency EUR\r\n\tversion 1 # first\r\n\r\n\r\n \
                effective   from 2026-01-01}\r\ncategories[a,\r\n b]\r\nchannels [ \"Markt\" ,\"Wein & Sekt\", ]\r\n\r\n\r\n";
    let expected = r#"edition 2026

program X {
  version 1 # first
  effective from 2026-01-01
  currency EUR
}

categories [a, b]
channels [Markt, "Wein & Sekt"]
"#;
    check(text, expected);
}

#[test]
fn an_empty_file_stays_empty() {
    check("", "");
    check("\n\n  \n", "");
}

#[test]
fn comments_move_with_their_lines() {
    let text = "
# the file
bonus A { # why
  # at most
  cap 3 times per month # a month
  combine add

  # more
    # and more
  give 50% more punkte
  on purchase    # only
  # end
} # done

# bottom
# of the file";
    let expected = "\
# the file
bonus A { # why
  on purchase # only
  # more
  # and more
  give 50% more punkte
  combine add
  # at most
  cap 3 times per month # a month
  # end
} # done

# bottom
# of the file
";
    check(text, expected);
}

#[test]
fn comments_around_the_edition_and_between_blocks() {
    let text = "# top\nedition 2026 # new\n# about a\n\n\nimport \"a.loyalty\" # behind\n# about b\nimport \"b.loyalty\"\nimport \"c.loyalty\"\n";
    let expected = "\
# top
edition 2026 # new

# about a
import \"a.loyalty\" # behind

# about b
import \"b.loyalty\"
import \"c.loyalty\"
";
    check(text, expected);
    check("#alone", "#alone\n");
}

#[test]
fn descriptions_stand_directly_above_their_block() {
    let text = "# a comment\n##One.\n##   Two.   \nearn A {}\nearn B { # nothing\n}\n";
    let expected = "\
# a comment
## One.
## Two.
earn A {
}

earn B { # nothing
}
";
    check(text, expected);
}

#[test]
fn nested_blocks_of_one_line_and_of_several() {
    let text = r#"
tiers T {
  tier Gold { benefit "Lounge"
    reach 2000 nights or 10 stays }
  tier Basic {}
  count nights in calendar year
  tier Silver {
    reach 10 nights
  }
  tier Top {
    reach 20 nights # many
  }
}
test "a" {
  given member Ann {
    joined 2026-01-05
  }
  given member Bo
  when 2026-02-02 08:30 purchase "B-2" by Anna { item Espresso 5 x 2.8 EUR, category:Kaffee }
  when 2026-02-03 08:30 purchase "B-3" by Anna { item Espresso 5 x 2.8 EUR
    channel: App }
  when 2026-03-06 10:00 return "K-1-R" of "K-1" by Ann { item Riesling 1 x 9.99 EUR }
}
"#;
    let expected = r#"tiers T {
  count nights in calendar year
  tier Gold {
    reach 2_000 nights or 10 stays
    benefit "Lounge"
  }
  tier Basic
  tier Silver { reach 10 nights }
  tier Top {
    reach 20 nights # many
  }
}

test a {
  given member Ann { joined 2026-01-05 }
  given member Bo
  when 2026-02-02 08:30 purchase "B-2" by Anna {
    item Espresso 5 x 2.80 EUR, category: Kaffee
  }
  when 2026-02-03 08:30 purchase "B-3" by Anna {
    item Espresso 5 x 2.80 EUR
    channel: App
  }
  when 2026-03-06 10:00 return "K-1-R" of "K-1" by Ann { item Riesling 1 x 9.99 EUR }
}
"#;
    check(text, expected);
}

#[test]
fn numbers_money_and_counted_words() {
    let text = r#"
voucher X {
  worth 1.5 KWD
}
unit punkte is spendable {
  worth 0.5 EUR
  singular punkt
  activate after 1 days
}
voucher V {
  worth 10.00 EUR
  grants 1 items free
}
voucher W {
  grants 1500.0 JPY off
  worth 0.5 KWD
  valid for 1200 days
}
earn A {
  on purchase
  give 1 punkte per full 2.50 EUR
  cap 1 times per month
}
earn B {
  on "purchase"
  give 2000 "punkte" per 1 USD of room-spend
  cap 1_000 punkte per "month"
}
"#;
    // `1.500 KWD` could be read as a thousand and a half, so the zeros are left out
    let expected = r#"voucher X {
  worth 1.5 KWD
}

unit punkte is spendable {
  singular punkt
  worth 0.50 EUR
  activate after 1 day
}

voucher V {
  grants 1 item free
  worth 10 EUR
}

voucher W {
  grants 1_500 JPY off
  worth 0.500 KWD
  valid for 1_200 days
}

earn A {
  on purchase
  give 1 punkt per full 2.50 EUR
  cap 1 time per month
}

earn B {
  on purchase
  give 2_000 punkte per 1 USD of room-spend
  cap 1_000 punkte per "month"
}
"#;
    check(text, expected);
}

#[test]
fn quotes_stay_only_where_a_bare_word_means_something_else() {
    let text = r#"earn A {
  on "joining"
  when "and" is "known" and "category" is "Käse" and level is 3 "days" and "more" is "more"
  give "more" as "by"
  cap 3 "times" per "item"
}

earn B {
  on joining
  when spend in this "month" is more than 3 EUR and "spend" in this month is "yes"
  give 1 punkt per 1 EUR of "spend"
  expire at end of "next"
}

voucher V {
  valid until end of "next"
  cap 3 times per "account"
}

tiers T {
  count "spend", spend, "nights" in calendar year
}

test "names" {
  when 2026-01-01 "clock" "C-1" by "Ann"
  when 2026-01-02 "change" "C-2" by "refused"
  expect "refused" earns nothing
  expect refused
}
"#;
    let expected = r#"earn A {
  on "joining"
  when "and" is "known" and category is Käse and level is 3 "days" and more is more
  give more as "by"
  cap 3 "times" per "item"
}

earn B {
  on joining
  when spend in this "month" is more than 3 EUR and "spend" in this month is "yes"
  give 1 punkt per 1 EUR of "spend"
  expire at end of next
}

voucher V {
  valid until end of "next"
  cap 3 times per "account"
}

tiers T {
  count "spend", spend, nights in calendar year
}

test names {
  when 2026-01-01 "clock" "C-1" by Ann
  when 2026-01-02 "change" "C-2" by refused
  expect "refused" earns nothing
  expect refused
}
"#;
    check(text, expected);
}

#[test]
fn a_list_of_more_than_100_columns_breaks() {
    // `categories [` 12, seven names of 10, six times `, `, one more `, `, the last name, `]` 1
    let ten = "aaaaaaaaaa, ".repeat(7);
    let fits = format!("categories [{ten}bbb]\n");
    assert_eq!(fits.len(), 101);
    check(&fits, &fits);
    let broken = format!("categories [\n{}  bbbb,\n]\n\nchannels [c]\n", "  aaaaaaaaaa,\n".repeat(7));
    check(&format!("categories [{ten}bbbb]\nchannels [c]"), &broken);
}

#[test]
fn comments_inside_a_list_break_it() {
    let text = "\
earn A {
  on purchase
  for items where category is in [ # which
    Obst, # fruit
    # green
    Gemüse
    # that is all
  ]
  give points by tier [Silver: 2, # second
    Gold: 3] per 1 EUR
}
";
    let expected = "\
earn A {
  on purchase
  for items where category is in [
    # which
    Obst, # fruit
    # green
    Gemüse,
    # that is all
  ]
  give points by tier [
    Silver: 2, # second
    Gold: 3,
  ] per 1 EUR
}
";
    check(text, expected);
}

#[test]
fn long_conditions_break_before_and_and_or() {
    // as in the language's own examples, but for the quotes, which are not needed
    let text = r#"bonus Follow-up {
  on purchase
  when spend on (category is Ink) in previous month is at least 20 EUR
    and (date is between 12-24 and 12-26 or first purchase this month)
    and age is at least 60 and purchases so far is at most 99
    and quantity of basket is at least 3 and tier of Lifetime is at least Gold
  give 20 points
  combine add
}
"#;
    check(text, text);
    check(&text.replace("\n    and", " and"), text);
}

#[test]
fn comments_inside_a_condition_stay_between_its_parts() {
    let text = "\
earn A {
  on purchase
  when a is b # first
    # second
    and c is d and e is f
  give 1 punkt
}
";
    check(text, text);
}

#[test]
fn a_comment_that_cannot_stay_inside_goes_above() {
    let text = "earn A {\n  when ( # why\n    a is b and c is d) # behind\n  on purchase\n}\n";
    let expected = "\
earn A {
  on purchase
  # why
  when a is b and c is d # behind
}
";
    check(text, expected);
}

#[test]
fn parentheses_stay_where_they_say_something() {
    let text = "\
earn A {
  on purchase
  when (a is b) and (c is d or not (e is f or (g is h and i is j))) and not (k is l)
  give 1 punkt
}
";
    let expected = "\
earn A {
  on purchase
  when a is b and (c is d or not (e is f or (g is h and i is j))) and not k is l
  give 1 punkt
}
";
    check(text, expected);
}

#[test]
fn vocabulary_stands_together_and_other_blocks_apart() {
    let text = "list A [x]\nlist B {\n from 2026-04-01[Wine]}\npayments [Card]\nunit a is status\nunit b is status {}\n\
                cap X: 3 times per month on [A]\n\ncap Y: 10 punkte on [B]\nmember { a: one of [x,y] optional }\n";
    let expected = "\
list A [x]

list B {
  from 2026-04-01 [Wine]
}

payments [Card]

unit a is status
unit b is status

cap X: 3 times per month on [A]
cap Y: 10 punkte on [B]

member {
  a: one of [x, y] optional
}
";
    check(text, expected);
}
