#[test]
fn show() {
    let p = super::program();
    super::history(&p, |a, lines| {
        for l in lines {
            print!("{}", l.csv_row());
        }
        for u in ["punkte", "perlen", "sterne"] {
            println!("  {u} {:?}", a.balance(&p, u).unwrap());
        }
        println!("  {:?} {:?}", a.card(&p, "Kaffeekarte"), a.tier(&p, "Status"));
    });
}
