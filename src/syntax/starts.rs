//! Which lines begin a block.

use super::lexemes::{Kind, Lexeme};

/// Whether a line at the left margin is the head of a block.
///
/// Many kind words begin lines inside blocks as well (`cap`, `card`, `item`, `reward`, …), so the shape of the
/// line decides, and no correct line inside a block has the shape of a head, however it is indented.
pub(super) fn starts_block(line: &[Lexeme<'_>]) -> bool {
    let Some(first) = line.first().filter(|lexeme| lexeme.kind == Kind::Word) else { return false };
    let sign_at = |index: usize, sign: &str| line.get(index).is_some_and(|lexeme| lexeme.is_sign(sign));
    let word_at = |index: usize, word: &str| line.get(index).is_some_and(|lexeme| lexeme.is_word(word));
    match first.text {
        "cap" | "parameter" => sign_at(2, ":"),
        "import" => line.get(1).is_some_and(|lexeme| lexeme.kind == Kind::Quoted),
        "unit" => word_at(2, "is"),
        "categories" | "channels" | "stores" | "payments" | "charities" => sign_at(1, "["),
        "list" => sign_at(2, "[") || sign_at(2, "{") || word_at(2, "from"),
        "period" => word_at(2, "starts"),
        "convert" => line.iter().any(|lexeme| lexeme.is_word("into")),
        "reward" => word_at(2, "costs"),
        "member" | "item" | "returns" => sign_at(1, "{"),
        "redeem" => line.get(1).is_some_and(|l| l.kind != Kind::Number) && sign_at(2, "{"),
        "program" | "event" | "earn" | "bonus" | "award" | "tiers" | "plan" | "milestones" | "card"
        | "challenge" | "streak" | "draw" | "voucher" | "referral" | "rebate" | "partner" | "donate"
        | "test" => line.iter().any(|lexeme| lexeme.is_sign("{")),
        _ => false,
    }
}
