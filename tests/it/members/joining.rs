//! `members join by E`.

use super::holds_in;
use loyalty_rules::{Account, Evaluator, Event, Limits, Sources, compile};
use pretty_assertions::assert_eq;

const RULES: &str = "returns { accept within 60 days }\n\nevent signup {\n}\n\n\
     bonus Hello {\n  on joining\n  give 50 points\n  combine add\n}\n\n\
     bonus Form {\n  on signup\n  give 5 points\n  combine add\n  cap 1 time per lifetime\n}\n\n\
     earn Base {\n  on purchase\n  give 1 point per 1 EUR\n}\n\n";

#[test]
fn who_has_not_signed_up_is_no_member() {
    holds_in(
        "members join by signup",
        &format!(
            "{RULES}test \"by its own event\" {{\n\
             when 2026-03-03 10:00 purchase \"K-1\" by Ann {{ total 5 EUR }}\n\
             expect refused \"not a member: members join by `signup`\"\n\
             when 2026-03-03 11:00 change \"C-1\" by Ann\n\
             expect refused \"not a member\"\n\
             when 2026-03-04 10:00 signup \"S-1\" by Ann\n\
             expect Ann earns 55 points\n\
             when 2026-03-05 10:00 purchase \"K-1\" by Ann {{ total 5 EUR }}\n\
             expect Ann earns 5 points\n}}\n\n\
             test \"a joining is one too\" {{\n\
             when 2026-03-04 10:00 joining \"J-1\" by Ann\n\
             expect Ann earns 50 points\n\
             when 2026-03-05 10:00 purchase \"K-1\" by Ann {{ total 5 EUR }}\n\
             expect Ann earns 5 points\n\
             when 2026-03-06 10:00 signup \"S-1\" by Ann\n\
             expect Ann earns 5 points\n}}"
        ),
    );
    holds_in(
        "members join by joining",
        &format!(
            "{RULES}test \"by nothing else\" {{\n\
             when 2026-03-03 10:00 signup \"S-1\" by Ann\n\
             expect refused \"not a member: members join by `joining`\"\n\
             when 2026-03-04 10:00 joining \"J-1\" by Ann\n\
             expect Ann earns 50 points\n\
             when 2026-03-05 10:00 signup \"S-1\" by Ann\n\
             expect Ann earns 5 points\n}}"
        ),
    );
}

#[test]
fn a_refused_event_leaves_no_trace() {
    let head = super::HEAD.replace("  accept late", "  members join by signup\n  accept late");
    let text = format!("{head}{RULES}");
    let program = compile(&Sources::single("a.loyalty", text), &Limits::default()).unwrap().program;
    let ann = Account::open(&program, "Ann");
    let event = Event::purchase("K-1", "Ann", "2026-03-03T10:00:00Z").total("5").build().unwrap();
    let refused = Evaluator::new().evaluate(&program, &ann, &event).unwrap_err();
    assert_eq!(refused.to_string(), "not a member: members join by `signup`");
    assert_eq!(ann, Account::open(&program, "Ann"));
}
