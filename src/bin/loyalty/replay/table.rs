//! The summary as tables that fit 80 columns.

use super::{Results, title};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use loyalty_rules::Program;
use std::fmt::Display;

/// Columns of the screen.
const WIDTH: u16 = 80;
/// A line below the head, and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
/// So many rules are shown for each unit.
const RULES_MOST: usize = 5;

/// So many notes are shown.
const NOTES_MOST: usize = 20;

/// The whole summary.
pub(crate) fn text(program: &Program, results: &Results) -> String {
    let mut out = format!("{}\n\n", title(program));
    events(results, &mut out);
    units(results, &mut out);
    tiers(results, &mut out);
    cards(results, &mut out);
    vouchers(results, &mut out);
    charities(results, &mut out);
    partners(results, &mut out);
    rules(results, &mut out);
    notes(results, &mut out);
    out.push_str(&format!("ledger sha256 {}\n", results.digest));
    out
}

/// A table whose columns behind the first `texts` hold numbers.
fn table(head: &[&str], texts: usize, rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).force_no_tty();
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(head);
    for row in rows {
        table.add_row(row);
    }
    for place in texts..head.len() {
        if let Some(column) = table.column_mut(place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n\n", lines.join("\n"))
}

fn events(results: &Results, out: &mut String) {
    let counts = &results.counts;
    let mut rows = vec![
        row("events in", counts.read),
        row("  applied", counts.applied),
        row("  repeated", counts.repeated),
        row("  refused", counts.refused),
    ];
    rows.extend(results.reasons.iter().map(|(reason, count)| row(&format!("    {reason}"), count)));
    rows.push(row("members", results.summary.members));
    if counts.undelivered > 0 {
        rows.push(row("messages to nobody", counts.undelivered));
    }
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let (names, numbers) = (width(0), width(1));
    for row in &rows {
        if let [name, number] = row.as_slice() {
            let space = " ".repeat(names - name.chars().count());
            out.push_str(&format!("{name}{space}  {number:>numbers$}\n"));
        }
    }
    out.push('\n');
}

fn row(name: &str, number: impl Display) -> Vec<String> {
    vec![name.to_owned(), number.to_string()]
}

fn units(results: &Results, out: &mut String) {
    let units = &results.summary.units;
    if units.is_empty() {
        return;
    }
    let any = |amount: &str| amount.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let owes = units.iter().any(|unit| any(&unit.debt));
    let travels = units.iter().any(|unit| any(&unit.on_the_way));
    let mut head = vec!["unit", "issued", "pending", "available", "redeemed", "expired", "taken back"];
    if owes {
        head.push("debt");
    }
    if travels {
        head.push("on the way");
    }
    let rows: Vec<Vec<String>> = units
        .iter()
        .map(|unit| {
            let mut row = vec![
                unit.name.clone(),
                unit.issued.clone(),
                unit.pending.clone(),
                unit.available.clone(),
                unit.redeemed.clone(),
                unit.expired.clone(),
                unit.taken_back.clone(),
            ];
            if owes {
                row.push(unit.debt.clone());
            }
            if travels {
                row.push(unit.on_the_way.clone());
            }
            row
        })
        .collect();
    out.push_str(&table(&head, 1, &rows));
}

fn tiers(results: &Results, out: &mut String) {
    let tiers = results.summary.tiers.iter();
    let rows: Vec<Vec<String>> = tiers
        .flat_map(|tiers| {
            tiers
                .levels
                .iter()
                .map(|(level, members)| vec![tiers.name.clone(), level.clone(), members.to_string()])
        })
        .collect();
    if !rows.is_empty() {
        out.push_str(&table(&["tiers", "level", "members"], 2, &rows));
    }
}

fn cards(results: &Results, out: &mut String) {
    let cards = results.summary.cards.iter();
    let rows: Vec<Vec<String>> = cards
        .map(|card| {
            vec![card.name.clone(), card.stamps.to_string(), card.open.to_string(), card.full.to_string()]
        })
        .collect();
    if !rows.is_empty() {
        out.push_str(&table(&["card", "stamps given", "on open cards", "full cards"], 1, &rows));
    }
}

fn vouchers(results: &Results, out: &mut String) {
    let vouchers = results.summary.vouchers.iter();
    let rows: Vec<Vec<String>> = vouchers
        .map(|voucher| {
            vec![
                voucher.name.clone(),
                voucher.issued.to_string(),
                voucher.held.to_string(),
                voucher.used.to_string(),
                voucher.expired.to_string(),
                voucher.cancelled.to_string(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        out.push_str(&table(&["voucher", "issued", "held", "used", "expired", "cancelled"], 1, &rows));
    }
}

fn charities(results: &Results, out: &mut String) {
    let charities = results.summary.charities.iter();
    let rows: Vec<Vec<String>> = charities
        .map(|charity| {
            vec![
                charity.name.clone(),
                charity.got.clone(),
                charity.by_members.clone(),
                charity.by_owner.clone(),
                charity.pledged.clone(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        out.push_str(&table(&["charity", "got", "of members", "of the owner", "pledged"], 1, &rows));
    }
}

fn partners(results: &Results, out: &mut String) {
    let statements = results.summary.partners.iter();
    let rows: Vec<Vec<String>> = statements
        .map(|statement| {
            let last = statement.closes.minus_days(1);
            let (owes, gets) = (statement.owes.clone(), statement.gets.clone());
            vec![statement.partner.clone(), statement.starts.to_string(), last.to_string(), owes, gets]
        })
        .collect();
    if !rows.is_empty() {
        out.push_str(&table(&["partner", "from", "to", "owes", "gets"], 3, &rows));
    }
}

fn rules(results: &Results, out: &mut String) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut shown: (&str, usize) = ("", 0);
    for rule in &results.summary.rules {
        if shown.0 != rule.gives {
            shown = (&rule.gives, 0);
        }
        shown.1 += 1;
        if shown.1 <= RULES_MOST {
            rows.push(vec![
                rule.rule.clone(),
                rule.gives.clone(),
                rule.amount.clone(),
                rule.times.to_string(),
            ]);
        }
    }
    if !rows.is_empty() {
        out.push_str(&table(&["gave most", "of", "amount", "times"], 2, &rows));
    }
}

fn notes(results: &Results, out: &mut String) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for note in results.notes.iter().take(NOTES_MOST) {
        let line = note.line.map_or_else(|| "at the end".to_owned(), |line| line.to_string());
        rows.push(vec![note.note.clone(), note.event.clone(), note.times.to_string(), line]);
    }
    if rows.is_empty() {
        return;
    }
    out.push_str(&table(&["to look at", "first event", "times", "first line"], 2, &rows));
    let more = results.notes.len().saturating_sub(NOTES_MOST);
    if more > 0 {
        // the table ends with an empty line
        out.pop();
        out.push_str(&format!(" and {more} more; `--json` lists all of them\n\n"));
    }
}
