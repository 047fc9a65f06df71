//! Versions of a program: which one judges what, what goes from one to the other, and what is refused.

mod idle;
mod returns;

use loyalty_rules::check::{Checks, CompiledVersions, Findings, Sources, compile_versions};
use loyalty_rules::diagnostics::{Code, render_all};
use loyalty_rules::evaluate::{Judged, Refusal};
use loyalty_rules::ledger::LedgerLine;
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Versions};
use pretty_assertions::assert_eq;

const OLD: &str = include_str!("../../../examples/versions/corner-2026.loyalty");
const NEW: &str = include_str!("../../../examples/versions/corner-2027.loyalty");

fn compiled(texts: &[&str]) -> Result<CompiledVersions, Findings> {
    let sources = |(place, text): (usize, &&str)| Sources::single(format!("{}.loyalty", place + 1), *text);
    let texts: Vec<Sources> = texts.iter().enumerate().map(sources).collect();
    compile_versions(&texts, &Limits::default(), &Checks::default())
}

fn both() -> CompiledVersions {
    compiled(&[OLD, NEW]).unwrap_or_else(|findings| panic!("{findings}"))
}

/// Ann buys for a sum at noon of a day.
fn buys(id: &str, day: &str, total: &str) -> Event {
    Event::purchase(id, "Ann", &format!("{day}T12:00:00+01:00")).total(total).build().unwrap()
}

fn gives_back(id: &str, day: &str, of: &str) -> Event {
    Event::returned(id, "Ann", &format!("{day}T12:00:00+01:00")).of(of).all_items(None).build().unwrap()
}

/// Version, amount, name, from and to of all bookings.
fn lines(judged: &[Judged<'_>]) -> Vec<String> {
    let of = |judged: &Judged<'_>| -> Vec<String> {
        let lines = judged.outcome.deltas().iter();
        let lines = lines.map(|delta| judged.program.ledger_line("Ann", delta));
        let text = |line: LedgerLine| {
            let (from, to) = (line.from.word(), line.to.word());
            format!("v{} {} {} {from} → {to}", judged.program.version(), line.amount, line.unit)
        };
        lines.map(text).collect()
    };
    judged.iter().flat_map(of).collect()
}

fn deliver(versions: &Versions, ann: &mut Account, event: &Event) -> Vec<String> {
    lines(&Evaluator::new().deliver(versions, ann, event).unwrap())
}

fn available(versions: &Versions, ann: &Account, unit: &str) -> String {
    ann.balance(versions.of(ann).unwrap(), unit).unwrap().available
}

#[test]
fn each_event_is_judged_by_the_version_of_its_date() {
    let versions = both().versions;
    let first = versions.all().next().unwrap();
    let mut ann = Account::open(first, "Ann");
    // ten euros are five points and the first coffee
    assert_eq!(
        deliver(&versions, &mut ann, &buys("K-1", "2026-12-30", "10")),
        ["v1 5 points issued → available", "v1 1 Free coffee issued → available"]
    );
    // in the new year ten points
    assert_eq!(
        deliver(&versions, &mut ann, &buys("K-2", "2027-01-02", "10")),
        ["v2 10 points issued → available"]
    );
    assert_eq!(versions.of(&ann).unwrap().version(), 2);
    // a late one of the old year counts as in the old year, and the account stays in the new one
    assert_eq!(
        deliver(&versions, &mut ann, &buys("K-3", "2026-12-31", "4")),
        ["v1 2 points issued → available"]
    );
    assert_eq!(versions.of(&ann).unwrap().version(), 2);
    assert_eq!(available(&versions, &ann, "points"), "17");
    // what came twice changes nothing
    assert_eq!(deliver(&versions, &mut ann, &buys("K-1", "2026-12-30", "10")), [""; 0]);
    let early = Evaluator::new().deliver(&versions, &mut ann, &buys("K-0", "2025-12-31", "4"));
    let Err(EvaluateError::Rejected(rejection)) = early else { panic!("{early:?}") };
    assert_eq!(rejection.reason, Refusal::TooEarly);
}

#[test]
fn a_return_is_judged_by_the_version_that_gave() {
    let versions = both().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    deliver(&versions, &mut ann, &buys("K-1", "2026-12-30", "10"));
    deliver(&versions, &mut ann, &buys("K-2", "2027-01-02", "10"));
    // half a point for each euro, and the coffee that only the old version knows
    assert_eq!(
        deliver(&versions, &mut ann, &gives_back("R-1", "2027-01-10", "K-1")),
        ["v1 5 points available → taken-back", "v1 1 Free coffee available → taken-back"]
    );
    assert_eq!(
        deliver(&versions, &mut ann, &gives_back("R-2", "2027-01-11", "K-2")),
        ["v2 10 points available → taken-back"]
    );
    assert_eq!(available(&versions, &ann, "points"), "0");
}

/// A return that comes late under a date before the version that gave: the tills' clocks differ, or the host books it
/// under the day on which the goods were sent.
#[test]
fn a_return_may_be_dated_before_the_version_that_gave() {
    let versions = both().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    deliver(&versions, &mut ann, &buys("K-1", "2026-12-28", "10"));
    deliver(&versions, &mut ann, &buys("K-2", "2027-01-02", "10"));
    // ten points were given by the new version, which begins on 1 January
    assert_eq!(
        deliver(&versions, &mut ann, &gives_back("R-1", "2026-12-30", "K-2")),
        ["v2 10 points available → taken-back"]
    );
    assert_eq!(versions.of(&ann).unwrap().version(), 2);
    // the first version begins on 1 January 2026
    let early = Evaluator::new().deliver(&versions, &mut ann, &gives_back("R-2", "2025-12-31", "K-1"));
    let Err(EvaluateError::Rejected(rejection)) = early else { panic!("{early:?}") };
    assert_eq!(rejection.to_string(), "too early: the program begins on 2026-01-01");
}

#[test]
fn what_a_version_lacks_is_kept_and_ends_by_its_terms() {
    let versions = both().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    deliver(&versions, &mut ann, &buys("K-1", "2026-12-30", "10"));
    deliver(&versions, &mut ann, &buys("K-2", "2027-01-02", "10"));
    let held = ann.vouchers(versions.of(&ann).unwrap());
    assert_eq!(held.iter().map(|held| &*held.voucher).collect::<Vec<_>>(), ["Free coffee"]);
    let coffee =
        Event::purchase("K-4", "Ann", "2027-01-05T12:00:00+01:00").total("3").use_vouchers("Free coffee", 1);
    let refused = Evaluator::new().deliver(&versions, &mut ann, &coffee.build().unwrap());
    let Err(EvaluateError::Rejected(rejection)) = refused else { panic!("{refused:?}") };
    assert_eq!(rejection.reason, Refusal::NoSuchVoucher);
    // the coffee lasts a year, the points of the old version two, those of the new one
    let run = |ann: &mut Account, at: &str| {
        lines(&Evaluator::new().run_clock(&versions, ann, at.parse().unwrap()).unwrap())
    };
    assert_eq!(run(&mut ann, "2027-12-30T12:00:00+01:00"), [""; 0]);
    assert_eq!(run(&mut ann, "2027-12-31T12:00:00+01:00"), ["v2 1 Free coffee available → expired"]);
    assert_eq!(run(&mut ann, "2028-01-03T12:00:00+01:00"), ["v2 10 points available → expired"]);
    assert_eq!(run(&mut ann, "2028-12-31T12:00:00+01:00"), ["v2 5 points available → expired"]);
}

#[test]
fn the_clock_belongs_to_the_version_in_force() {
    // points of the first version end with the year in which the second begins
    let old = OLD.replace("expire 24 months after earning", "expire 1 day after earning");
    let versions = compiled(&[&old, NEW]).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    deliver(&versions, &mut ann, &buys("K-1", "2026-12-30", "10"));
    // 31 December is their last day: the new year begins with them
    assert_eq!(versions.next_due(&ann).unwrap().to_string(), "2026-12-31T23:00:00Z");
    let mut early = ann.clone();
    let to = "2026-12-31T12:00:00+01:00".parse().unwrap();
    assert_eq!(lines(&Evaluator::new().run_clock(&versions, &mut early, to).unwrap()), [""; 0]);
    assert_eq!(versions.of(&early).unwrap().version(), 1);
    let to = "2027-01-01T00:00:00+01:00".parse().unwrap();
    assert_eq!(
        lines(&Evaluator::new().run_clock(&versions, &mut ann, to).unwrap()),
        ["v2 5 points available → expired"]
    );
    assert_eq!(versions.of(&ann).unwrap().version(), 2);
}

#[test]
fn snapshots_name_their_version() {
    let old = compiled(&[OLD]).unwrap().versions;
    let mut ann = Account::open(old.newest(), "Ann");
    deliver(&old, &mut ann, &buys("K-1", "2026-12-30", "10"));
    let stored = serde_json::to_string(&ann.snapshot(old.newest())).unwrap();
    // a second version comes: the account goes on where it was
    let versions = both().versions;
    let mut ann = versions.restore(serde_json::from_str(&stored).unwrap()).unwrap();
    assert_eq!(versions.of(&ann).unwrap().version(), 1);
    deliver(&versions, &mut ann, &buys("K-2", "2027-01-02", "10"));
    let snapshot = ann.snapshot(versions.of(&ann).unwrap());
    let text = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(versions.restore(serde_json::from_str(&text).unwrap()).unwrap(), ann);
    // a program that is no version of it refuses it, and so does the second version alone
    let other = compiled(&[&OLD.replace("2 EUR", "3 EUR")]).unwrap().versions;
    let refused = other.restore(serde_json::from_str(&stored).unwrap()).unwrap_err();
    assert!(refused.to_string().starts_with("the snapshot belongs to program `Corner Bakery version 1"));
    let alone = compiled(&[NEW]).unwrap().versions;
    let refused = alone.restore(snapshot).unwrap_err();
    assert_eq!(refused.to_string(), "the program has no voucher `Free coffee`");
}

#[test]
fn levels_go_by_name_and_rest_where_there_are_none() {
    let tiers = |levels: &str| {
        let head = "count spend in calendar year\n  keep until end of next calendar year\n  tier Basic";
        format!("\ntiers Club {{\n  {head}\n{levels}}}\n")
    };
    let [silver, gold] = [("Silver", 5), ("Gold", 8)].map(|(name, from)| {
        let gift = if name == "Gold" { "    on entry give 100 points\n" } else { "" };
        format!("  tier {name} {{\n    reach {from} EUR spend\n{gift}  }}\n")
    });
    let old = format!("{OLD}{}", tiers(&format!("{silver}{gold}")));
    let second = format!("{NEW}{}", tiers(&silver));
    let third = NEW.replace("version 2", "version 3").replace("2027-01-01\n", "2028-01-01\n");
    let versions =
        compiled(&[&old, &second, &third]).unwrap_or_else(|findings| panic!("{findings}")).versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    deliver(&versions, &mut ann, &buys("K-1", "2026-12-30", "10"));
    let level =
        |ann: &Account| ann.tier(versions.of(ann).unwrap(), "Club").map(|held| (held.level, held.until));
    let end = Some("2027-12-31".parse().unwrap());
    assert_eq!(level(&ann).unwrap(), ("Gold".to_owned(), end));
    // gold is gone, silver is the next lower one, and the term stays
    deliver(&versions, &mut ann, &buys("K-2", "2027-01-02", "1"));
    assert_eq!(level(&ann).unwrap(), ("Silver".to_owned(), end));
    // a late event finds the member in gold again: no second gift
    assert_eq!(
        deliver(&versions, &mut ann, &buys("K-9", "2026-12-31", "4")),
        ["v1 2 points issued → available"]
    );
    assert_eq!(level(&ann).unwrap(), ("Silver".to_owned(), end));
    deliver(&versions, &mut ann, &buys("K-3", "2028-01-02", "1"));
    assert!(level(&ann).is_err(), "the third version knows no levels");
}

#[test]
fn a_new_version_is_compared_with_the_one_before() {
    let compiled = both();
    let found = render_all(&compiled.sources, &compiled.findings, 10);
    assert_eq!(
        found,
        "warning Y001: the voucher `Free coffee` is gone with version 2
  --> 2.loyalty:4:9
   |
 4 | program \"Corner Bakery\" {
   |         ^^^^^^^^^^^^^^^
  ::: 1.loyalty:19:1
   |
19 | voucher \"Free coffee\" {
   | --------------------- it was here
   = help: those that members hold rest until they expire; keep it to let them
           be used

warning Y001: `points` expires earlier than before
  --> 2.loyalty:16:3
   |
16 |   expire 12 months after earning
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  ::: 1.loyalty:16:3
   |
16 |   expire 24 months after earning
   |   ------------------------------ before
   = help: what was earned before keeps its terms; say it to your members if it
           is meant

2 warnings
"
    );
}

#[test]
fn a_lower_cap_and_a_lost_level_are_told() {
    let with = |text: &str, cap: &str, levels: &str| {
        let tiers = format!("\ntiers Club {{\n  count spend in calendar year\n  tier Basic\n{levels}}}\n");
        let base = format!("full 2 EUR\n  cap {cap} points per month\n");
        format!("{}{tiers}", text.replace("full 1 EUR", "full 2 EUR").replace("full 2 EUR\n", &base))
    };
    let gold = "  tier Gold {\n    reach 5 EUR spend\n  }\n";
    let new = with(NEW, "90", "").replace("12 months", "24 months");
    let found = compiled(&[&with(OLD, "100", gold), &new]).unwrap_or_else(|findings| panic!("{findings}"));
    let mut messages: Vec<&str> = found.findings.iter().map(|finding| &*finding.message).collect();
    messages.sort_unstable();
    let voucher = "the voucher `Free coffee` is gone with version 2";
    let (cap, tier) = ("this cap of `Base` is lower than before", "the tier `Gold` is gone with version 2");
    assert_eq!(messages, [tier, voucher, cap]);
    assert!(found.findings.iter().all(|finding| finding.code == Code::Y001));
}

#[test]
fn what_cannot_follow_is_refused() {
    for (text, message) in [
        (
            NEW.replace("version 2", "version 1"),
            "two versions have the same number or day, or are not in one order",
        ),
        (
            NEW.replace("2027-01-01\n", "2026-01-01\n"),
            "two versions have the same number or day, or are not in one order",
        ),
        (NEW.replace("Corner Bakery", "Corner Shop"), "`Corner Shop` is no version of `Corner Bakery`"),
        (NEW.replace("EUR", "USD"), "the currency changes from EUR to USD"),
        (
            NEW.replace("singular point\n", "singular point\n  decimals 2\n"),
            "`points` changes its kind or its decimals",
        ),
    ] {
        let Err(findings) = compiled(&[OLD, &text]) else { panic!("{message}: accepted") };
        let found: Vec<(Code, &str)> = findings
            .list
            .iter()
            .filter(|it| it.code == Code::Y002)
            .map(|it| (it.code, &*it.message))
            .collect();
        assert_eq!(found, [(Code::Y002, message)]);
    }
}

#[test]
fn a_card_that_a_version_lacks_is_opened_again_by_the_one_that_gave() {
    let card = "card Cups {\n  on purchase\n  stamp 1 per item\n  goal 1 stamp\n  reward 3 points\n}";
    let versions = compiled(&[&format!("{OLD}\n\n{card}\n"), NEW]).unwrap().versions;
    let mut ann = Account::open(versions.all().next().unwrap(), "Ann");
    assert_eq!(
        deliver(&versions, &mut ann, &buys("K-1", "2026-12-30", "10")),
        [
            "v1 5 points issued → available",
            "v1 1 Free coffee issued → available",
            "v1 1 Cups issued → available",
            "v1 1 Cups available → redeemed",
            "v1 3 points issued → available",
        ]
    );
    deliver(&versions, &mut ann, &buys("K-2", "2027-01-02", "10"));
    let cancel = Event::cancel("C-1", "Ann", "2027-01-10T12:00:00+01:00", "K-1").build().unwrap();
    assert_eq!(
        deliver(&versions, &mut ann, &cancel),
        [
            "v1 5 points available → taken-back",
            "v1 1 Free coffee available → taken-back",
            "v1 3 points available → taken-back",
            "v1 1 Cups redeemed → available",
            "v1 1 Cups available → taken-back",
        ]
    );
    assert_eq!(versions.of(&ann).unwrap().version(), 2);
    assert_eq!(available(&versions, &ann, "points"), "10");
}
