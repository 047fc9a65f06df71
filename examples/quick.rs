use loyalty_rules::{compile, explain, Account, Evaluator, Event, Limits, Sources, event::{Item, ReturnLine}};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let c = match compile(&Sources::single(&path, &text), &Limits::default()) { Ok(c) => c, Err(e) => { println!("{e}"); return; } };
    println!("{} findings", c.findings.len());
    println!("{}", loyalty_rules::diagnostics::render_all(&c.sources, &c.findings, 99));
    let p = c.program;
    let mut a = Account::open(&p, "Ute");
    let mut ev = Evaluator::new();
    let e = Event::purchase("K-2", "Ute", "2026-10-06T12:00:00+02:00").item(Item::new("Birnen", "1", "10").category("Obst")).item(Item::new("Sekt", "1", "30").category("Wein & Sekt")).build().unwrap();
    let o = ev.explain(&p, &a, &e).unwrap();
    println!("{}", explain::text(&p, &o));
    println!("{:?}", o.notes());
    a.post(&p, &o).unwrap();
    let e = Event::returned("K-2-R", "Ute", "2026-10-08T12:00:00+02:00").of("K-2").line(ReturnLine::new("Sekt", "1")).build().unwrap();
    let o = ev.explain(&p, &a, &e).unwrap();
    println!("{}", explain::text(&p, &o));
    a.post(&p, &o).unwrap();
    println!("due {:?}", a.next_due(&p).map(|i| i.to_string()));
    let o = ev.advance(&p, &a, "2028-01-01T12:00:00+02:00".parse().unwrap()).unwrap();
    for d in o.deltas() { println!("{} {} {}->{} {}", d.key(), d.amount_scaled(), d.from().word(), d.to().word(), d.day()); }
    a.post(&p, &o).unwrap();
    println!("due {:?}", a.next_due(&p).map(|i| i.to_string()));
}
