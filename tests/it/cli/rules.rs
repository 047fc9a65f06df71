//! Commands on rule files: check, fmt, test.

use super::{GOOD, folder, loyalty};
use pretty_assertions::assert_eq;
use serde_json::Value;
use std::fs;

#[test]
fn check_tells_errors_warnings_and_missing_files_apart() {
    let folder = folder("check");
    fs::write(folder.join("good.loyalty"), GOOD).unwrap();
    // a declared event that no rule waits for is a warning
    fs::write(folder.join("odd.loyalty"), format!("{GOOD}\nevent review {{\n  stars: integer 1 to 5\n}}\n"))
        .unwrap();
    fs::write(folder.join("bad.loyalty"), GOOD.replace("1 punkt per", "1 punt per")).unwrap();
    let ran = loyalty(&folder, &["check", "good.loyalty"]);
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (Some(0), "", ""));
    let ran = loyalty(&folder, &["check", "good.loyalty", "odd.loyalty"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.err.contains("warning N103"), "{}", ran.err);
    assert_eq!(loyalty(&folder, &["check", "odd.loyalty", "--deny-warnings"]).status, Some(1));
    assert_eq!(loyalty(&folder, &["check", "good.loyalty", "--deny-warnings"]).status, Some(0));
    let ran = loyalty(&folder, &["check", "bad.loyalty", "good.loyalty"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("error N101") && ran.err.contains("bad.loyalty:18:10"), "{}", ran.err);
    let ran = loyalty(&folder, &["check", "none.loyalty"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.starts_with("error: cannot read none.loyalty: "), "{}", ran.err);
    assert_eq!(loyalty(&folder, &["check"]).status, Some(2));
}

#[test]
fn check_carries_out_certain_repairs_when_asked() {
    let folder = folder("fix");
    let wrong = GOOD.replace("per full 2 EUR", "per full 2,00 EUR");
    assert_ne!(wrong, GOOD);
    fs::write(folder.join("wrong.loyalty"), &wrong).unwrap();
    let ran = loyalty(&folder, &["check", "wrong.loyalty"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("[can be fixed automatically]"), "{}", ran.err);
    let ran = loyalty(&folder, &["check", "--fix", "wrong.loyalty"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), "wrong.loyalty: 1 repaired\n"));
    assert_eq!(fs::read_to_string(folder.join("wrong.loyalty")).unwrap(), GOOD);
}

#[test]
fn imports_are_found_beside_the_importing_file() {
    let folder = folder("imports");
    fs::create_dir_all(folder.join("shop/parts")).unwrap();
    let (head, tail) = GOOD.split_once("unit punkte").unwrap();
    let (unit, tail) = tail.split_once("\nearn").unwrap();
    fs::write(
        folder.join("shop/main.loyalty"),
        format!("{head}import \"parts/units.loyalty\"\n\nearn{tail}"),
    )
    .unwrap();
    fs::write(folder.join("shop/parts/units.loyalty"), format!("unit punkte{unit}")).unwrap();
    let ran = loyalty(&folder, &["test", "shop/main.loyalty"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    assert_eq!(ran.out, "ok     shop/main.loyalty: two euros are a point\n1 passed, 0 failed\n");
    fs::remove_file(folder.join("shop/parts/units.loyalty")).unwrap();
    let ran = loyalty(&folder, &["check", "shop/main.loyalty"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("error L008"), "{}", ran.err);
}

#[test]
fn lists_from_outside_are_found_beside_the_rule_file() {
    let folder = folder("lists");
    let rules = GOOD
        .replace("unit punkte", "list \"Summer range\" from host\n\nunit punkte")
        .replace("  give 1 punkt", "  for items where sku is not in \"Summer range\"\n  give 1 punkt");
    fs::write(folder.join("shop.loyalty"), rules).unwrap();
    let ran = loyalty(&folder, &["check", "shop.loyalty"]);
    assert_eq!(ran.status, Some(1));
    let missing = "error N105: the host has not said what is in the list `Summer range`
  --> shop.loyalty:10:6
   |
10 | list \"Summer range\" from host
   |      ^^^^^^^^^^^^^^
   = help: for the command `loyalty`, write the names into the file
           `Summer range.txt` beside the rule file, one in a line

1 error
";
    assert_eq!(ran.err, missing);
    fs::write(folder.join("Summer range.txt"), "Birnen\n\n  Pflaumen  \n").unwrap();
    let ran = loyalty(&folder, &["test", "shop.loyalty"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    fs::write(folder.join("Summer range.txt"), "Birnen\nÄpfel\n").unwrap();
    let ran = loyalty(&folder, &["test", "shop.loyalty"]);
    assert_eq!(ran.status, Some(1), "{}", ran.out);
}

#[test]
fn fmt_rewrites_files_or_names_those_it_would() {
    let folder = folder("fmt");
    let messy = GOOD.replace("  on purchase\n  give", "    on purchase\n\n      give");
    fs::write(folder.join("good.loyalty"), GOOD).unwrap();
    fs::write(folder.join("messy.loyalty"), &messy).unwrap();
    fs::write(folder.join("broken.loyalty"), "edition 2026\n\nunit {\n").unwrap();
    let ran = loyalty(&folder, &["fmt", "--check", "good.loyalty", "messy.loyalty"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), "messy.loyalty\n"));
    assert_eq!(fs::read_to_string(folder.join("messy.loyalty")).unwrap(), messy);
    let ran = loyalty(&folder, &["fmt", "broken.loyalty", "messy.loyalty"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("broken.loyalty:3:"), "{}", ran.err);
    assert_eq!(fs::read_to_string(folder.join("messy.loyalty")).unwrap(), GOOD);
    assert_eq!(loyalty(&folder, &["fmt", "--check", "messy.loyalty"]).status, Some(0));
}

#[test]
fn failing_tests_are_shown_with_their_place() {
    let folder = folder("test");
    fs::write(folder.join("good.loyalty"), GOOD).unwrap();
    fs::write(folder.join("wrong.loyalty"), GOOD.replace("earns 2 punkte", "earns 3 punkte")).unwrap();
    let ran = loyalty(&folder, &["test", "good.loyalty", "wrong.loyalty"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(
        ran.out,
        "ok     good.loyalty: two euros are a point\nFAILED wrong.loyalty: two euros are a point\n1 passed, 1 failed\n"
    );
    assert!(
        ran.err.starts_with("error X951: test \"two euros are a point\" failed\n  --> wrong.loyalty:29:3\n"),
        "{}",
        ran.err
    );
    let ran = loyalty(&folder, &["test", "--json", "good.loyalty", "wrong.loyalty"]);
    assert_eq!(ran.status, Some(1));
    let tests: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(tests[0]["file"], "good.loyalty");
    assert_eq!(tests[0]["passed"], true);
    assert_eq!(tests[0]["failures"].as_array().unwrap().len(), 0);
    assert_eq!(tests[1]["name"], "two euros are a point");
    assert_eq!(tests[1]["passed"], false);
    let failure = &tests[1]["failures"][0];
    assert_eq!(failure["line"], 29);
    assert_eq!(failure["column"], 3);
    assert_eq!(failure["expected"], "expect Ann earns 3 punkte");
    assert_eq!(failure["found"], "Ann earned 2 punkte");
}
