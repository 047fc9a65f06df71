//! Events that were mistakes: examples worked out by hand.

use super::{ann, holds, program};
use loyalty_rules::account::Snapshot;
use loyalty_rules::evaluate::{Refusal, Status};
use loyalty_rules::{Account, EvaluateError, Evaluator, Event, Limits, Program, Sources, compile, explain};
use pretty_assertions::assert_eq;

const MODES: [&str; 4] = [
    "  take back earned in proportion",
    "  take back earned as if never bought",
    "  take back earned in full",
    "  take back nothing",
];

const BASE: &str = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}";

#[test]
fn the_first_purchase_is_first_again_and_caps_have_counted_nothing() {
    let rules = format!(
        "{BASE}\n\nbonus First {{\n  on purchase\n  when first purchase\n  give 50 points\n  combine add\n}}\n\n\
         bonus Once {{\n  on purchase\n  give 7 points\n  cap 1 time per month\n  combine add\n}}\n\n\
         bonus Rare {{\n  on purchase\n  when purchases in last 30 days is 0 and spend so far is at most 5 EUR\n  \
         give 3 points\n  combine add\n}}"
    );
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { item Lamp 2 x 10 EUR }\n\
         expect Ann earns 80 points\n\
         expect cap Once of Ann has 0 left\n\
         when 2026-03-04 10:00 cancel \"C-1\" of \"K-1\" by Ann\n\
         expect Ann loses 80 points\n\
         expect Ann has 0 points\n\
         expect cap Once of Ann has 1 left\n\
         when 2026-03-05 10:00 purchase \"K-2\" by Ann { item Lamp 2 x 10 EUR }\n\
         expect Ann earns 80 points";
    for mode in MODES {
        holds(mode, &rules, &ann(steps));
    }
}

#[test]
fn what_came_back_before_is_not_undone_twice() {
    let rules = format!(
        "{BASE}\n\nbonus Rich {{\n  on purchase\n  when spend so far is at least 1 EUR or quantity so far is at least 1\n  \
         give 100 points\n  combine add\n}}"
    );
    for (mode, returned, rest) in
        [(MODES[0], 10, 10), (MODES[1], 10, 10), (MODES[2], 20, 0), (MODES[3], 0, 20)]
    {
        let steps = format!(
            "when 2026-03-03 10:00 purchase \"K-1\" by Ann {{ item Lamp 2 x 10 EUR }}\n\
             expect Ann earns 20 points\n\
             when 2026-03-04 10:00 return \"R-1\" of \"K-1\" by Ann {{ item Lamp 1 }}\n\
             expect Ann loses {returned} points\n\
             when 2026-03-05 10:00 cancel \"C-1\" of \"K-1\" by Ann\n\
             expect Ann loses {rest} points\n\
             expect Ann has 0 points\n\
             when 2026-03-06 10:00 return \"R-2\" of \"K-1\" by Ann {{ item Lamp 1 }}\n\
             expect refused \"already cancelled\"\n\
             when 2026-03-07 10:00 cancel \"C-2\" of \"K-1\" by Ann\n\
             expect refused \"already cancelled\"\n\
             # nothing was ever bought
             when 2026-03-08 10:00 purchase \"K-2\" by Ann {{ total 1 EUR }}\n\
             expect Ann earns 1 point"
        );
        let rules = rules.replace(" or quantity so far is at least 1", "");
        holds(mode, &rules, &ann(&steps));
    }
}

#[test]
fn cards_vouchers_and_what_paid_come_back() {
    let rules = format!(
        "voucher Coffee {{\n  grants 2 EUR off\n  cap 1 time per month\n}}\n\n\
         voucher Gift {{\n  grants \"A gift\"\n}}\n\n\
         reward Bag costs 50 points {{\n  grants \"A bag\"\n  worth 1 EUR\n  cap 1 time per month\n}}\n\n\
         redeem points {{\n  100 points for 1 EUR\n}}\n\n{BASE}\n\n\
         earn Present {{\n  on purchase\n  give 1 Gift\n}}\n\n\
         card Cups {{\n  on purchase\n  stamp 1 per item\n  goal 2 stamps\n  reward 5 points\n  cap 3 stamps per day\n}}"
    );
    let buy = |id: &str, day: &str| {
        format!(
            "when 2026-03-{day} 10:00 purchase \"{id}\" by Ann {{\n  item Lamp 3 x 10 EUR\n  use 1 Coffee\n  \
             redeem 200 points\n  redeem 1 Bag\n}}\n\
             # 30 less 2 and 2
             expect Ann pays 26 EUR\n\
             # 26, and 5 of the card
             expect Ann earns 31 points\n\
             expect card Cups of Ann at 1 stamp\n"
        )
    };
    for mode in MODES {
        let steps = format!(
            "test \"the test\" {{\n  given member Ann {{\n    joined 2026-01-05\n    \
             balance 300 points expiring 2026-03-10\n    has 1 Coffee until 2026-12-31\n  }}\n\
             {}when 2026-03-05 10:00 cancel \"C-1\" of \"K-1\" by Ann\n\
             expect Ann has 300 points expiring 2026-03-10\n\
             expect Ann has 300 points\n\
             expect Ann has 1 Coffee until 2026-12-31\n\
             expect Ann has 0 Gift\n\
             expect card Cups of Ann at 0 stamps\n\
             # room in the cap of the voucher and that of the reward
             {}expect Ann has 81 points\n}}",
            buy("K-1", "03"),
            buy("K-2", "05")
        );
        // what never was makes nothing last longer
        let longer = format!("{mode}\n  give back redeemed to original lots with at least 30 days");
        holds(&longer, &rules, &steps);
    }
}

#[test]
fn a_redemption_of_its_own_is_undone() {
    let rules = format!(
        "voucher Coffee {{\n  grants \"A coffee\"\n  worth 1 EUR\n}}\n\n\
         reward Cup costs 50 points {{\n  give 1 Coffee\n  cap 1 time per month\n}}\n\n\
         redeem points {{\n  100 points for 1 EUR\n}}\n\n{BASE}"
    );
    let steps = "test \"the test\" {\n  given member Ann {\n    joined 2026-01-05\n    balance 300 points expiring 2026-04-10\n  }\n\
         when 2026-03-03 10:00 redeem 200 points \"Q-1\" by Ann\n\
         expect Ann has 100 points\n\
         when 2026-03-04 10:00 return \"R-1\" of \"Q-1\" by Ann { all items }\n\
         expect refused \"no such purchase\"\n\
         when 2026-03-04 10:00 cancel \"C-1\" of \"Q-1\" by Ann\n\
         expect Ann has 300 points expiring 2026-04-10\n\
         when 2026-03-05 10:00 redeem 1 Cup \"Q-2\" by Ann\n\
         expect Ann has 1 Coffee\n\
         when 2026-03-05 11:00 cancel \"C-2\" of \"Q-2\" by Ann\n\
         expect Ann loses 1 Coffee\n\
         expect Ann has 300 points\n\
         when 2026-03-05 12:00 redeem 1 Cup \"Q-3\" by Ann\n\
         expect Ann has 1 Coffee\n\
         expect Ann has 250 points\n\
         when 2026-03-06 10:00 cancel \"C-3\" of \"C-2\" by Ann\n\
         expect refused \"no such event: `C-2` is no purchase, declared event or redemption\"\n\
         when 2026-03-06 10:00 cancel \"C-3\" of \"Q-9\" by Ann\n\
         expect refused \"`Q-9` is not known\"\n}";
    for mode in MODES {
        holds(mode, &rules, steps);
    }
}

#[test]
fn points_that_were_spent_are_owed_or_forgiven() {
    let rules = format!("redeem points {{\n  100 points for 1 EUR\n}}\n\n{BASE}");
    let spent = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 200 EUR }\n\
         when 2026-03-04 10:00 redeem 150 points \"Q-1\" by Ann\n\
         when 2026-03-05 10:00 cancel \"C-1\" of \"K-1\" by Ann\n";
    let owes = format!("{spent}expect Ann loses 200 points\nexpect Ann owes 150 points");
    let forgiven = format!("{spent}expect Ann loses 50 points\nexpect Ann owes 0 points");
    for mode in MODES {
        holds(&format!("{mode}\n  balance may go negative"), &rules, &ann(&owes));
        holds(&format!("{mode}\n  balance stays at zero"), &rules, &ann(&forgiven));
    }
}

#[test]
fn levels_choices_and_counts_of_other_events_are_undone() {
    let rules = "voucher Drink {\n  grants \"A drink\"\n}\n\n\
         event stay {\n  nights: integer 1 to 60 singular night\n}\n\n\
         earn Stays {\n  on stay\n  give 10 points per 1 night\n}\n\n\
         bonus Second {\n  on stay\n  when stay in this calendar year is at least 1\n  give 5 points\n  combine add\n}\n\n\
         bonus Wahl {\n  on purchase\n  give choice of [50 points, 2 Drink] within 1 month\n  combine add\n}\n\n\
         tiers Club {\n  count purchases in calendar year\n  tier Basic\n  tier Gold {\n    reach 1 purchase\n    \
         on entry give 9 points\n  }\n}";
    let steps = "when 2026-03-03 10:00 purchase \"K-1\" by Ann { total 10 EUR }\n\
         expect Ann tier is Gold\n\
         when 2026-03-03 11:00 choose 2 Drink \"W-1\" by Ann\n\
         when 2026-03-03 12:00 purchase \"K-2\" by Ann { total 10 EUR }\n\
         when 2026-03-04 10:00 cancel \"C-1\" of \"K-1\" by Ann\n\
         expect Ann loses 2 Drink\n\
         expect Ann tier is Gold\n\
         when 2026-03-04 11:00 cancel \"C-2\" of \"K-2\" by Ann\n\
         expect Ann tier is Basic\n\
         expect Ann has 0 points\n\
         when 2026-03-04 12:00 choose 50 points \"W-2\" by Ann\n\
         expect refused \"nothing can be chosen\"\n\
         when 2026-03-05 10:00 stay \"S-1\" by Ann { nights: 2 }\n\
         expect Ann earns 20 points\n\
         when 2026-03-06 10:00 cancel \"C-3\" of \"S-1\" by Ann\n\
         expect Ann loses 20 points\n\
         # it is the first of the year
         when 2026-03-07 10:00 stay \"S-2\" by Ann { nights: 2 }\n\
         expect Ann earns 20 points";
    for mode in MODES {
        holds(mode, rules, &ann(steps));
    }
}

#[test]
fn a_referral_that_waits_is_open_again() {
    let rules = format!(
        "{BASE}\n\nreferral Friends {{\n  friend qualifies with purchase of at least 10 EUR\n  wait 14 days\n  \
         on qualifying give 500 points to referrer\n}}"
    );
    let steps = "test \"the test\" {\n  given member Rosa { joined 2026-01-05 }\n  \
         given member Finn {\n    joined 2026-03-01\n    referred by Rosa\n  }\n\
         when 2026-03-10 10:00 purchase \"K-1\" by Finn { total 20 EUR }\n\
         when 2026-03-12 10:00 cancel \"C-1\" of \"K-1\" by Finn\n\
         when 2026-03-25 00:00 clock\n\
         expect Rosa has 0 points\n\
         when 2026-04-10 10:00 purchase \"K-2\" by Finn { total 20 EUR }\n\
         when 2026-04-24 00:00 clock\n\
         expect Rosa has 500 points\n}";
    for mode in MODES {
        holds(mode, &rules, steps);
    }
}

fn post(program: &Program, account: &mut Account, event: &Event) -> Result<Status, Refusal> {
    match Evaluator::new().evaluate(program, account, event) {
        Ok(outcome) => {
            account.post(program, &outcome).unwrap();
            Ok(outcome.status())
        }
        Err(EvaluateError::Rejected(rejection)) => Err(rejection.reason),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_stored_account_knows_what_was_cancelled() {
    let rules = format!(
        "reward Bag costs 5 points {{\n  grants \"A bag\"\n  worth 1 EUR\n  cap 1 time per month\n}}\n\n{BASE}\n\n\
         card Cups {{\n  on purchase\n  stamp 1 per item\n  goal 1 stamp\n  reward 2 points\n}}"
    );
    let text = program(MODES[0], &rules);
    let compiled = compile(&Sources::single("cancelling.loyalty", text.as_str()), &Limits::default());
    let program = compiled.unwrap_or_else(|findings| panic!("{findings}")).program;
    let mut account = Account::open(&program, "Ann");
    let bought = |id: &str| Event::purchase(id, "Ann", "2026-03-03T10:00:00Z").total("10").build().unwrap();
    let cancel = |id: &str, of: &str| Event::cancel(id, "Ann", "2026-03-05T10:00:00Z", of).build().unwrap();
    assert_eq!(post(&program, &mut account, &bought("K-1")), Ok(Status::Applied));
    let explained = Evaluator::new().explain(&program, &account, &cancel("C-1", "K-1")).unwrap();
    assert_eq!(
        explain::text(&program, &explained),
        "       -10 points  Base  cancelled: available → taken-back\n        \
         -2 points  Cups  cancelled: available → taken-back\n \
         1 stamps of Cups  Cups  cancelled: redeemed → available\n\
         -1 stamps of Cups  Cups  cancelled: available → taken-back\n"
    );
    let redeemed =
        Event::redemption("Q-1", "Ann", "2026-03-04T10:00:00Z").redeem("Bag", "1").build().unwrap();
    assert_eq!(post(&program, &mut account, &redeemed), Ok(Status::Applied));
    let stored = |account: &Account| {
        let json = serde_json::to_string(&account.snapshot(&program)).unwrap();
        let snapshot: Snapshot = serde_json::from_str(&json).unwrap();
        let copy = Account::restore(&program, snapshot).unwrap();
        assert_eq!(copy, *account);
        (json, copy)
    };
    let (json, mut account) = stored(&account);
    let redemption =
        r#"{"id":"Q-1","event":"redemption","at":"2026-03-04T10:00:00Z","day":"2026-03-04","items":[],"#;
    assert!(json.contains(redemption), "{json}");
    let full = concat!(
        r#""full":[{"number":1,"stamps":1,"kind":"unit","name":"points","amount":"2","lot":2,"usable_from":"2026-03-03","#,
        r#""repaid":"0","filled":{"at":"2026-03-03T10:00:00Z","day":"2026-03-03"},"opened":"2026-03-03","last_day":null}],"#,
        r#""lapsed":[]"#,
    );
    assert!(json.contains(full), "{json}");
    let uses = r#""uses":[{"source":{"kind":"reward","rule":"Bag","level":null},"times":1}]"#;
    assert!(json.contains(uses), "{json}");
    assert_eq!(post(&program, &mut account, &cancel("C-1", "Q-1")), Ok(Status::Applied));
    assert_eq!(account.balance(&program, "points").unwrap().available, "12");
    assert_eq!(post(&program, &mut account, &cancel("C-2", "K-1")), Ok(Status::Applied));
    assert_eq!(account.balance(&program, "points").unwrap().available, "0");
    let (json, mut account) = stored(&account);
    assert_eq!(json.matches(r#""cancelled":true"#).count(), 2);
    assert_eq!(post(&program, &mut account, &cancel("C-2", "K-1")), Ok(Status::Repeated));
    assert_eq!(post(&program, &mut account, &cancel("C-3", "K-1")), Err(Refusal::AlreadyCancelled));
    assert_eq!(post(&program, &mut account, &cancel("C-3", "K-2")), Err(Refusal::NoSuchEvent));
    let back =
        Event::returned("R-1", "Ann", "2026-03-06T10:00:00Z").of("K-1").all_items(None).build().unwrap();
    assert_eq!(post(&program, &mut account, &back), Err(Refusal::AlreadyCancelled));
}
