//! What charities get.
//!
//! `giving.loyalty` is a program with tests worked out by hand.

pub(crate) mod budgets;
mod statements;

use crate::host::snapshot::{json, restore};
use crate::rule_files::{compiled, passes};
use loyalty_rules::check::{Checks, Sources, compile_versions};
use loyalty_rules::event::Item;
use loyalty_rules::ledger::{Balances, Book, LineKind};
use loyalty_rules::scenario::{Tally, World};
use loyalty_rules::{Account, Evaluator, Event, Limits, Outcome, Program, explain};
use pretty_assertions::assert_eq;

const RULES: &str = include_str!("giving.loyalty");
const EXAMPLE: &str = include_str!("../../../examples/giving/giving.loyalty");

#[test]
fn points_pay_and_are_given_away() {
    passes(include_str!("both.loyalty"));
}

#[test]
fn rules() {
    passes(RULES);
}

#[test]
fn terms() {
    passes(include_str!("terms.loyalty"));
}

#[test]
fn an_explanation_tells_by_which_terms() {
    let program = compiled(include_str!("terms.loyalty")).program;
    let mut lena = Account::open(&program, "Lena");
    let event = Event::purchase("K-1", "Lena", &at("2026-03-03")).channel("Counter");
    let outcome = apply(&program, &mut lena, &event.item(Item::new("Vase", "1", "25")).build().unwrap());
    let told = |outcome: &Outcome, name: &str| {
        let text = explain::text(&program, outcome);
        let line = text.lines().find(|line| line.contains(name)).unwrap().to_owned();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        told(&outcome, "Full tens"),
        "+1.00 EUR Full tens 0.5 gift per full 10 EUR, of 25.00 EUR → 1.00 EUR; to Kids"
    );
    assert_eq!(told(&outcome, "Pages"), "0 EUR Pages 0.005 cents per 3 pages gives nothing");
    let ride = Event::named("ride", "F-1", "Lena", &at("2026-03-04")).attribute("km", 7);
    let outcome = apply(&program, &mut lena, &ride.build().unwrap());
    assert_eq!(told(&outcome, "Rides"), "+0.07 EUR Rides 0.01 gift per 1 km → 0.07 EUR; to Forests");
}

#[test]
fn the_example() {
    passes(EXAMPLE);
}

fn apply(program: &Program, account: &mut Account, event: &Event) -> Outcome {
    let outcome = Evaluator::new().explain(program, account, event).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

fn at(day: &str) -> String {
    format!("{day}T12:00:00+01:00")
}

fn tick(program: &Program, account: &mut Account, day: &str) -> Outcome {
    let to = format!("{day}T12:00:00Z").parse().unwrap();
    let outcome = Evaluator::new().advance(program, account, to).unwrap();
    account.post(program, &outcome).unwrap();
    outcome
}

/// Lena, who rounds up, and whose heart belongs to nature.
fn lena(program: &Program) -> Account {
    let mut lena = Account::open(program, "Lena");
    let joining = Event::joining("J-1", "Lena", &at("2026-01-05"));
    let joining = joining.attribute("rounds-up", true).attribute("herzenssache", "Naturschutz");
    apply(program, &mut lena, &joining.build().unwrap());
    lena
}

fn buys(id: &str, day: &str, items: &[(&str, &str, &str)]) -> Event {
    let items = items.iter().map(|(name, price, category)| Item::new(name, "1", price).category(category));
    items.fold(Event::purchase(id, "Lena", &at(day)), |event, item| event.item(item)).build().unwrap()
}

fn bread_and_cress() -> Event {
    buys("K-1", "2026-03-03", &[("Brot", "4.55", "Brot"), ("Kresse", "7.80", "Saatgut")])
}

fn lines(program: &Program, outcome: &Outcome) -> Vec<String> {
    let lines = outcome.deltas().iter().map(|delta| program.ledger_line("Lena", delta));
    lines.map(|line| serde_json::to_string(&line).unwrap()).filter(|line| line.contains("charity")).collect()
}

#[test]
fn what_a_till_and_a_ledger_are_told() {
    let program = compiled(EXAMPLE).program;
    let mut lena = lena(&program);
    let outcome = apply(&program, &mut lena, &bread_and_cress());
    assert_eq!(outcome.left_to_pay(&program).as_deref(), Some("13.00"));
    let told: Vec<String> = outcome
        .donations(&program)
        .into_iter()
        .map(|it| {
            let day = it.settled_on.map_or(String::new(), |day| format!(" on {day}"));
            format!("{} {} {} {}{day}", it.rule, it.charity, it.amount, it.by_member)
        })
        .collect();
    // 12.35 up to 13; 0.5% of 12.35; 5% of 7.80
    assert_eq!(
        told,
        [
            "Aufrunden bitte Kinderhilfe 0.65 true",
            "Herzensanteil Naturschutz 0.06175 false on 2026-04-01",
            "Saat für die Natur Naturschutz 0.39 false",
        ]
    );
    assert_eq!(
        lines(&program, &outcome),
        [
            concat!(
                r#"{"key":"K-1#2","member":"Lena","kind":"donation","unit":"Kinderhilfe","amount":"0.65","#,
                r#""from":"member","to":"charity","source":"donation","rule":"Aufrunden bitte","level":null,"#,
                r#""event":"K-1","lot":0,"day":"2026-03-03","usable_from":null,"last_day":null,"reason":"donated"}"#
            ),
            concat!(
                r#"{"key":"K-1#3","member":"Lena","kind":"donation","unit":"Naturschutz","amount":"0.39","#,
                r#""from":"owner","to":"charity","source":"donation","rule":"Saat für die Natur","level":null,"#,
                r#""event":"K-1","lot":0,"day":"2026-03-03","usable_from":null,"last_day":null,"reason":"donated"}"#
            ),
        ]
    );
    let settled = tick(&program, &mut lena, "2026-04-01");
    assert_eq!(
        lines(&program, &settled),
        [concat!(
            r#"{"key":"@2026-04-01/donation#1","member":"Lena","kind":"donation","unit":"Naturschutz","#,
            r#""amount":"0.06","from":"owner","to":"charity","source":"donation","rule":"Herzensanteil","#,
            r#""level":null,"event":"","lot":0,"day":"2026-04-01","usable_from":null,"last_day":null,"#,
            r#""reason":"donated"}"#
        )]
    );
}

#[test]
fn an_explanation_tells_why_and_why_not() {
    let program = compiled(EXAMPLE).program;
    let mut lena = lena(&program);
    let outcome = apply(&program, &mut lena, &bread_and_cress());
    let text = explain::text(&program, &outcome);
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let told: Vec<String> = text.lines().map(words).skip_while(|line| !line.contains("Aufrunden")).collect();
    assert_eq!(
        told,
        [
            "+0.65 EUR Aufrunden bitte 12.35 EUR up to the next 1.00 EUR; to Kinderhilfe, paid by the member",
            "+0.06175 EUR Herzensanteil 0.5% of 12.35 EUR → 0.06175 EUR; to Naturschutz, settled on 2026-04-01",
            "+0.39 EUR Saat für die Natur 5% of 7.80 EUR → 0.39 EUR; to Naturschutz",
            "13.00 EUR left to pay",
        ]
    );
    let change = Event::change("C-1", "Lena", &at("2026-03-04")).attribute("rounds-up", false);
    apply(&program, &mut lena, &change.build().unwrap());
    let outcome = apply(&program, &mut lena, &buys("K-2", "2026-03-05", &[("Brot", "4.55", "Brot")]));
    let explanation = outcome.explanation(&program).unwrap();
    let told: Vec<(&str, String)> =
        explanation.donations.iter().map(|it| (it.verdict, it.because.join("; "))).collect();
    assert_eq!(
        told,
        [
            ("condition-not-met", "rounds-up is no; asked: rounds-up is yes".to_owned()),
            ("matched", String::new()),
            ("no-item", "no item passes: category is Saatgut".to_owned()),
        ]
    );
    let back = Event::returned("R-1", "Lena", &at("2026-03-06")).of("K-2").all_items(None).build().unwrap();
    let text = explain::text(&program, &apply(&program, &mut lena, &back));
    let told: Vec<String> = text.lines().map(words).filter(|line| line.contains("pledged")).collect();
    assert_eq!(told, ["-0.02275 EUR Herzensanteil no longer pledged to Naturschutz"]);
}

#[test]
fn books_of_ledger_lines_and_of_accounts_agree() {
    let program = compiled(EXAMPLE).program;
    let mut lena = lena(&program);
    let mut balances = Balances::new();
    let mut book = |outcome: Outcome| {
        for delta in outcome.deltas() {
            let line = program.ledger_line("Lena", delta);
            balances.book(&line).unwrap();
            assert_eq!(program.delta(&line).as_ref(), Ok(delta));
        }
    };
    book(apply(&program, &mut lena, &bread_and_cress()));
    book(apply(&program, &mut lena, &buys("K-2", "2026-03-05", &[("Kiste", "95.50", "Obst")])));
    let away = Event::redemption("S-1", "Lena", &at("2026-03-06")).redeem("herzen", "100").build().unwrap();
    book(apply(&program, &mut lena, &away));
    let given: Vec<String> = lena
        .donated(&program)
        .into_iter()
        .map(|it| format!("{} {} {} {}", it.charity, it.by_member, it.by_owner, it.pledged))
        .collect();
    // 0.65 + 0.50 of the member, 1 EUR for 100 herzen; 0.5% of 12.35 + 95.50
    assert_eq!(given, ["Kinderhilfe 1.15 1.00 0.00", "Naturschutz 0.00 0.39 0.53925"]);
    book(tick(&program, &mut lena, "2026-04-01"));
    for (charity, member, owner) in [("Kinderhilfe", -115, -100), ("Naturschutz", 0, -93)] {
        let totals = balances.totals("Lena", LineKind::Donation, charity);
        assert_eq!(totals, lena.totals(&program, LineKind::Donation, charity).unwrap());
        assert_eq!((totals.balance(Book::Member), totals.balance(Book::Owner)), (member, owner));
        assert_eq!(totals.balance(Book::Charity), -member - owner);
    }
    assert!(balances.is_balanced());
}

#[test]
fn the_clock_is_due_at_the_end_of_the_period() {
    let program = compiled(EXAMPLE).program;
    let mut lena = lena(&program);
    apply(&program, &mut lena, &buys("K-1", "2026-03-03", &[("Brot", "4.55", "Brot")]));
    let due = lena.next_due(&program).unwrap();
    assert_eq!(due, "2026-04-01T00:00:00+02:00".parse().unwrap());
    let before = Evaluator::new().advance(&program, &lena, due.plus_micros(-1)).unwrap();
    assert_eq!(before.deltas(), []);
    let back = Event::returned("R-1", "Lena", &at("2026-03-06")).of("K-1").all_items(None).build().unwrap();
    apply(&program, &mut lena, &back);
    // nothing is pledged any more: the points, which are taken back, would have ended in 2029
    assert_eq!(lena.next_due(&program), None);
}

#[test]
fn a_pledge_goes_on_from_a_snapshot() {
    let program = compiled(EXAMPLE).program;
    let mut lena = lena(&program);
    apply(&program, &mut lena, &bread_and_cress());
    let text = json(&program, &lena);
    let copy = restore(&program, &text).unwrap();
    assert_eq!(copy, lena);
    assert_eq!(copy.next_due(&program), lena.next_due(&program));
    let back = Event::returned("R-1", "Lena", &at("2026-03-06")).of("K-1");
    let back = back.line(loyalty_rules::event::ReturnLine::new("Kresse", "1")).build().unwrap();
    let mut both = [lena, copy];
    for account in &mut both {
        apply(&program, account, &back);
        // 0.5% of the bread is 0.02275
        assert_eq!(account.donated(&program)[1].pledged, "0.02275");
        tick(&program, account, "2026-04-02");
        assert_eq!(account.donated(&program)[1].by_owner, "0.41");
    }
    assert_eq!(both[0], both[1]);
    for (right, wrong) in [
        (r#""amount":"0.06175""#, r#""amount":"-0.06175""#),
        (r#""amount":"0.06175""#, r#""amount":"0.061750""#),
        (r#""parts":["0.02275","#, r#""parts":["0.02276","#),
        (r#""charity":"Naturschutz","member""#, r#""charity":"Nobody","member""#),
        (r#""member":"0.65""#, r#""member":"-0.65""#),
        (r#""owner":"0.39""#, r#""owner":"0.00""#),
        (
            r#""books":["#,
            r#""books":[{"kind":"donation","name":"Kinderhilfe","issued":"1.00","pending":"0.00","available":"1.00","redeemed":"0.00","expired":"0.00","taken_back":"0.00","debt":"0.00"},"#,
        ),
    ] {
        assert!(text.contains(right), "{right} in {text}");
        assert!(restore(&program, &text.replacen(right, wrong, 1)).is_err(), "{wrong}");
    }
}

#[test]
fn a_version_without_the_donation_settles_what_was_pledged() {
    let first = EXAMPLE.split("\ntest ").next().unwrap();
    let second = first.replace("version 1", "version 2").replace("2026-01-01", "2026-03-10");
    let without = |text: &str, name: &str| {
        let from = text.find(&format!("donate {name} {{")).unwrap();
        let end = from + text[from..].find("\n}\n").unwrap() + 3;
        format!("{}{}", &text[..from].trim_end_matches(|c| c != '}'), &text[end..])
    };
    let second = without(&second, "Herzensanteil");
    let second = second.replace("charities [Kinderhilfe, Naturschutz]", "charities [Kinderhilfe, Wald]");
    let second = second.replace("to charity Naturschutz", "to charity Wald");
    let second = second.replace("one of [Kinderhilfe, Naturschutz]", "one of [Kinderhilfe, Wald]");
    let sources = [Sources::single("1.loyalty", first), Sources::single("2.loyalty", second)];
    let versions = compile_versions(&sources, &Limits::default(), &Checks::default())
        .unwrap_or_else(|findings| panic!("{findings}"))
        .versions;
    let mut account = lena(versions.all().next().unwrap());
    Evaluator::new().deliver(&versions, &mut account, &bread_and_cress()).unwrap();
    let judged = Evaluator::new()
        .deliver(&versions, &mut account, &buys("K-2", "2026-04-05", &[("Kresse", "100", "Saatgut")]))
        .unwrap();
    let told: Vec<String> = judged
        .iter()
        .flat_map(|judged| {
            let lines = judged.outcome.deltas().iter();
            let lines = lines.map(|delta| judged.program.ledger_line("Lena", delta));
            lines.filter(|line| line.kind == LineKind::Donation)
        })
        .map(|line| format!("{} {} {} {}", line.key, line.amount, line.unit, line.rule))
        .collect();
    assert_eq!(
        told,
        ["@2026-04-01/donation#1 0.06 Naturschutz Herzensanteil", "K-2#2 5.00 Wald Saat für die Natur"]
    );
    let program = versions.of(&account).unwrap();
    assert_eq!(program.version(), 2);
    let given: Vec<String> =
        account.donated(program).into_iter().map(|it| format!("{} {}", it.charity, it.by_owner)).collect();
    assert_eq!(given, ["Kinderhilfe 0.00", "Wald 5.00", "Naturschutz 0.45"]);
}

#[test]
fn a_replay_sums_up_what_each_charity_got() {
    let program = compiled(EXAMPLE).program;
    let (mut world, mut tally) = (World::new(&program), Tally::new());
    for line in include_str!("../../../examples/giving/events.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap();
        for outcome in world.deliver(event).into_iter().flatten() {
            tally.add(&outcome);
        }
    }
    let summary = tally.summary(&world);
    let sums: Vec<String> = summary
        .charities
        .iter()
        .map(|it| format!("{}: {} + {} = {}, {}", it.name, it.by_members, it.by_owner, it.got, it.pledged))
        .collect();
    assert_eq!(
        sums,
        [
            // K-1 is 12.35; 100 herzen; K-3 of the first quarter: 0.5% of 180 less half of it
            "Kinderhilfe: 0.65 + 1.45 = 2.10, 0.00",
            // 5% of 7.80 and of 2.15 (0.1075); 0.5% of 6.35 + 9.99 is 0.0817; then of 4.55
            "Naturschutz: 0.00 + 0.58 = 0.58, 0.02275",
        ]
    );
    assert_eq!(program.charities().collect::<Vec<_>>(), ["Kinderhilfe", "Naturschutz"]);
    let rules: Vec<String> = summary
        .rules
        .iter()
        .filter(|it| it.gives == "Naturschutz")
        .map(|it| format!("{} {} {}", it.rule, it.amount, it.times))
        .collect();
    assert_eq!(rules, ["Saat für die Natur 0.50 2", "Herzensanteil 0.08 1"]);
}
