//! Ledger lines and what they say without the program.

use super::{history, program};
use loyalty_rules::ledger::{Balances, Book, LedgerLine, LineKind};
use pretty_assertions::assert_eq;

fn lines() -> Vec<LedgerLine> {
    let program = program();
    let mut all = Vec::new();
    history(&program, |_, lines| all.extend_from_slice(lines));
    all
}

fn of<'a>(lines: &'a [LedgerLine], key: &str) -> &'a LedgerLine {
    lines.iter().find(|line| line.key == key).unwrap()
}

#[test]
fn a_line_as_json_and_csv() {
    let lines = lines();
    let gift = of(&lines, "K-3#3");
    assert_eq!(
        serde_json::to_string(gift).unwrap(),
        concat!(
            r#"{"key":"K-3#3","member":"Ann","kind":"unit","unit":"perlen","amount":"5","from":"issued","#,
            r#""to":"available","source":"tier","rule":"Status","level":"Freund","event":"K-3","lot":3,"#,
            r#""day":"2026-03-05","usable_from":"2026-03-05","last_day":"2026-04-04","reason":"earned"}"#,
        )
    );
    assert_eq!(
        LedgerLine::CSV_HEADER,
        "key,member,kind,unit,amount,from,to,source,rule,level,event,lot,day,usable_from,last_day,reason\r\n"
    );
    for (key, row) in [
        (
            "K-2#1",
            "K-2#1,Ann,unit,punkte,1.85,issued,pending,rule,Grundpunkte,,K-2,1,2026-03-04,2026-03-18,2027-12-31,earned\r\n",
        ),
        (
            "K-2#4",
            "K-2#4,Ann,stamps,Kaffeekarte,4,available,redeemed,card,Kaffeekarte,,K-2,0,2026-03-04,,,card-full\r\n",
        ),
        (
            "R-1#1",
            "R-1#1,Ann,unit,punkte,5.00,pending,taken-back,rule,Grundpunkte,,K-1,1,2026-03-06,2026-03-17,,returned\r\n",
        ),
        (
            "@2026-03-18/activate#1",
            "@2026-03-18/activate#1,Ann,unit,punkte,1.85,pending,available,rule,Grundpunkte,,,1,2026-03-18,2026-03-18,,activated\r\n",
        ),
    ] {
        assert_eq!(of(&lines, key).csv_row(), row);
    }
    let mut strange = of(&lines, "K-2#4").clone();
    strange.member = "Ann \"A\", jr.".into();
    strange.unit = "two\nlines".into();
    assert!(strange.csv_row().starts_with("K-2#4,\"Ann \"\"A\"\", jr.\",stamps,\"two\nlines\",4,"));
}

#[test]
fn lines_are_read_back_and_mean_the_same_deltas() {
    let program = program();
    for line in lines() {
        let json = serde_json::to_string(&line).unwrap();
        let back: LedgerLine = serde_json::from_str(&json).unwrap();
        assert_eq!(back, line);
        let delta = program.delta(&line).unwrap();
        assert_eq!(program.ledger_line("Ann", &delta), line);
        assert_eq!(delta.key().to_string(), line.key);
    }
}

#[test]
fn lines_that_mean_nothing_are_refused() {
    let program = program();
    let lines = lines();
    let good = of(&lines, "K-2#1");
    let with = |change: &dyn Fn(&mut LedgerLine)| {
        let mut line = good.clone();
        change(&mut line);
        program.delta(&line).unwrap_err().to_string()
    };
    assert_eq!(with(&|line| line.unit = "meilen".into()), "the program has no unit `meilen`");
    assert_eq!(with(&|line| line.rule = "Basis".into()), "the program has no rule `Basis`");
    assert_eq!(with(&|line| line.level = Some("Freund".into())), "`level` cannot be `Freund`");
    assert_eq!(with(&|line| line.to = Book::Issued), "`to` cannot be `issued`");
    for amount in ["1.8", "1.850", "0.00", "-1.85", "1,85", "1e2", ""] {
        assert_eq!(with(&|line| line.amount = amount.into()), format!("`amount` cannot be `{amount}`"));
    }
    for key in ["K-2", "K-2#", "K-2#01", "K-2#+1", "K-2#x"] {
        assert_eq!(with(&|line| line.key = key.into()), format!("`key` cannot be `{key}`"));
    }
    let json = serde_json::to_string(good).unwrap();
    for (from, to) in
        [("earned", "stolen"), ("pending", "pockets"), ("2026-03-04", "2026-02-30"), ("\"lot\"", "\"let\"")]
    {
        assert!(serde_json::from_str::<LedgerLine>(&json.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn a_ledger_sums_up_to_the_account() {
    let program = program();
    let mut balances = Balances::new();
    let ann = history(&program, |account, lines| {
        lines.iter().for_each(|line| balances.book(line).unwrap());
        assert!(balances.is_balanced());
        for (member, kind, name, totals) in balances.iter() {
            assert_eq!(member, "Ann");
            assert_eq!(account.totals(&program, kind, name).unwrap(), *totals, "{name}");
        }
    });
    let perlen = balances.totals("Ann", LineKind::Unit, "perlen");
    assert_eq!(
        (perlen.issued(), perlen.balance(Book::Expired), perlen.balance(Book::TakenBack)),
        (45, 35, 10)
    );
    let stamps = balances.totals("Ann", LineKind::Stamps, "Kaffeekarte");
    assert_eq!((stamps.balance(Book::Available), stamps.balance(Book::Redeemed)), (1, 4));
    assert_eq!(balances.totals("Bob", LineKind::Unit, "perlen").issued(), 0);
    let sums = balances.sums().unwrap();
    assert_eq!(sums[&(LineKind::Unit, "punkte")], ann.totals(&program, LineKind::Unit, "punkte").unwrap());
    // a ledger with a line missing does not go through
    let mut broken = Balances::new();
    let refused = lines().iter().skip(3).filter(|line| broken.book(line).is_err()).count();
    assert!(refused > 0);
}
