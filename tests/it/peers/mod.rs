//! Bugs that other systems had: each is a test named after what went wrong there.
//!
//! | what went wrong | tests |
//! | --- | --- |
//! | noise of numbers with a point, too many digits, tiny rests | `numbers` |
//! | rounding in steps of the currency, line by line, or in proportion instead of full steps | `numbers` |
//! | points against another total than the one to be paid; cents left over; refunds with more decimals | `numbers` |
//! | no points taken back, taken back twice, leaks by rounding, at the present level, spread over other lines | `returns` |
//! | spent points taken again, not given back, or paid out in money; what is bought again earns nothing | `returns` |
//! | retries, settled orders and logs played again award twice | `twice` |
//! | requests and gifts that are checked apart overdraw; a bonus of seven gets lost; no booking at all; a double minus | `twice` |
//! | limits without codes, used up for nothing or by cancelled orders; fixed amounts read as percentages | `limits`, `returns` |
//! | the highest level at zero, before or behind the lift, by the balance, by redemptions, kept after returns | `limits` |
//! | two zones, the last day as its first instant, a day early or late, an end in the code, spent points that end | `time` |
//! | tax, smallest amounts, goods left out, old balances, what points pay, other currencies | `wishes` |
//!
//! Not taken over, because nothing here could go wrong that way:
//!
//! * what only a screen or a payment does: store credit that grows with every click, the preview of a refund, what a payment
//!   provider pays back, and prices that are written with too many digits on a page;
//! * a promotion that flips on and off while an order is edited: an event is judged once, when it has happened;
//! * orders that are split or imported under another id: which events are one is for the host to say;
//! * points for birthdays, mails and the like: these are events of the host;
//! * how slow a large installation became: benchmarks watch that, not tests.

mod limits;
mod numbers;
mod returns;
mod time;
mod twice;
mod wishes;

use crate::returns::program;
use crate::rule_files::passes;

const FULL_ONES: &str = "earn Base {\n  on purchase\n  give 1 point per full 1 EUR\n}";
const BACK: &str = "take back earned in proportion";

/// Runs the steps of Ann, who joined in January and has so many points that never end.
fn with_balance(points: u32, blocks: &str, steps: &str) {
    let test = format!(
        "test \"the test\" {{\n  given member Ann {{\n    joined 2026-01-05\n    balance {points} points\n  }}\n{steps}\n}}"
    );
    passes(&format!("{}\n{test}\n", program(BACK, blocks)));
}
