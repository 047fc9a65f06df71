//! Choices: `choice of 2 from [500 points, 1 Upgrade, 2 Drink] within 3 months otherwise give 500 points`.

use super::lowering::Lowering;
use super::numbers;
use super::say;
use super::times;
use crate::calendar::Duration;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Award, AwardThing, Choice, ChoiceId, ENTRIES_MOST};
use crate::syntax::ast;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The right to choose, as an award: its amount is the number of entries that may be taken.
    pub(super) fn choice(&mut self, written: &ast::Choice, span: Span) -> Option<Award> {
        let entries: Vec<Option<Award>> = written.entries.iter().map(|entry| self.award(entry)).collect();
        let within = times::days(written.within, &mut self.report);
        let otherwise = match &written.otherwise {
            None => Some(None),
            Some(amount) => self.award(amount).map(Some),
        };
        let count = self.entry_count(entries.len(), span);
        let picks = self.picks(written, count?);
        let entries = entries.into_iter().collect::<Option<Box<[Award]>>>()?;
        let picks = picks?;
        self.no_doubles(written, &entries, picks)?;
        let (within, otherwise) = (within?, otherwise?);
        let name = self.choice_name(picks, &entries, within, otherwise).into_boxed_str();
        let choice = Choice { name, picks, entries, within, otherwise };
        Some(Award { thing: AwardThing::Choice(self.add_choice(choice)), amount: picks })
    }

    fn entry_count(&mut self, count: usize, span: Span) -> Option<i64> {
        if count < 2 {
            self.report.outside(
                span,
                "with one entry there is nothing to choose",
                "offer at least two, or give it at once",
            );
            return None;
        }
        if count > ENTRIES_MOST {
            let most = format!("a choice offers at most {ENTRIES_MOST} entries");
            self.report.outside(span, format!("{count} entries are too many"), most);
            return None;
        }
        i64::try_from(count).ok()
    }

    fn picks(&mut self, written: &ast::Choice, count: i64) -> Option<i64> {
        let Some(number) = &written.picks else { return Some(1) };
        let picks = numbers::whole(
            number.value,
            (0, 1_000_000),
            ("a number of entries", number.span),
            &mut self.report,
        )?;
        if picks == 0 {
            self.report.zero(number.span, "nothing may be chosen", "write how many entries may be taken");
            return None;
        }
        if picks >= count {
            self.report.outside(
                number.span,
                format!("with {picks} of {count} entries there is nothing to choose"),
                "offer more entries than may be taken, or give them at once",
            );
            return None;
        }
        Some(picks)
    }

    /// U215: an entry may stand as often as it may be taken, and no more often.
    fn no_doubles(&mut self, written: &ast::Choice, entries: &[Award], picks: i64) -> Option<()> {
        let most = usize::try_from(picks).unwrap_or(ENTRIES_MOST);
        for (place, (entry, amount)) in entries.iter().zip(&written.entries).enumerate() {
            let mut before =
                entries.iter().take(place).zip(&written.entries).filter(|(known, _)| *known == entry);
            let Some((_, first)) = before.next() else { continue };
            if before.count() + 2 <= most {
                continue;
            }
            let message = "this entry stands more often than it can be chosen";
            let times = if most == 1 { "once".to_owned() } else { format!("{most} times") };
            self.report.push(
                Diagnostic::new(Code::U215, amount.span, message)
                    .label(format!("can be chosen {times} at most"))
                    .other(first.span, "it stands here already")
                    .help("remove one of them, or offer something else"),
            );
            return None;
        }
        Some(())
    }

    /// The phrase by which ledgers name a choice. What reads the same is the same choice.
    fn choice_name(
        &self,
        picks: i64,
        entries: &[Award],
        within: Duration,
        otherwise: Option<Award>,
    ) -> String {
        let list: Vec<String> = entries.iter().map(|entry| self.award_text(*entry)).collect();
        let from = if picks == 1 { String::new() } else { format!("{picks} from ") };
        let otherwise =
            otherwise.map_or(String::new(), |award| format!(" otherwise give {}", self.award_text(award)));
        format!("choice of {from}[{}] within {}{otherwise}", list.join(", "), length(within))
    }

    fn award_text(&self, award: Award) -> String {
        let decimals = match award.thing {
            AwardThing::Unit(unit) => self.facts.unit(unit).map_or(0, |facts| facts.decimals),
            AwardThing::Voucher(_) | AwardThing::Choice(_) => 0,
        };
        format!("{} {}", say::scaled(award.amount, decimals), say::written(self.thing_name(award.thing)))
    }

    fn add_choice(&mut self, choice: Choice) -> ChoiceId {
        let next = ChoiceId(self.choices.len() as u32);
        let id = *self.choice_ids.entry(choice.name.clone()).or_insert(next);
        if id == next {
            self.choices.push(choice);
        }
        id
    }
}

/// `2 months`
fn length(duration: Duration) -> String {
    format!("{} {}{}", duration.count, duration.unit.word(), if duration.count == 1 { "" } else { "s" })
}
