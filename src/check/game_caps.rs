//! Caps of challenges and streaks: how often, and how much, they pay in a period.

use super::caps::{Capped, Read};
use super::lowering::Lowering;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::program::{Award, AwardThing, CapId, CapLimit, CapWindow};
use crate::syntax::ast::{self, CapPer, Name};

/// What a challenge or a streak pays, for the checks of its caps.
pub(super) struct Game<'g> {
    /// `challenge` or `streak`.
    pub(super) kind: &'static str,
    pub(super) name: &'g Name,
    /// What it gives, and where that stands. Nothing for one with an error.
    pub(super) gifts: &'g [(Option<Award>, Span)],
    /// Whether it has a `valid` span that does not come again every year.
    pub(super) campaign: bool,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// Reads the caps of a game, each of another measure or window, and adds them.
    pub(super) fn game_caps(
        &mut self,
        game: &Game<'_>,
        lines: &[(&'a ast::Cap, Span)],
    ) -> Option<Box<[CapId]>> {
        self.caps_of((game.kind, &game.name.text), lines, |this, cap, span| {
            this.game_cap(game, cap, span).map(|(limit, window)| (limit, window, None))
        })
    }

    fn game_cap(&mut self, game: &Game<'_>, cap: &'a ast::Cap, span: Span) -> Option<(CapLimit, CapWindow)> {
        let help = "name a period, for example `cap 5 times per month`";
        if matches!(cap.per, Some(CapPer::Item)) {
            let message =
                format!("a {} pays for what several events have brought, not for a piece", game.kind);
            self.report.misplaced(span, message, help);
            return None;
        }
        self.never_each(cap, "what finishes it are several events, and no value of one of them")?;
        let gives = game.gifts.first().map_or(game.name.span, |(_, gives)| *gives);
        let capped = Capped::of_event(None, game.campaign, gives);
        match self.read_cap(cap, span, &[capped])? {
            Read::Cap(_, CapWindow::Event) => {
                let message = format!("a {} pays at most once for an event anyway", game.kind);
                self.report.misplaced(span, message, help);
                None
            }
            Read::Cap(CapLimit::Amount(thing, most), window) => {
                self.is_given(game, span, (thing, most))?;
                Some((CapLimit::Amount(thing, most), window))
            }
            Read::Cap(limit, window) => Some((limit, window)),
            Read::Piece(_) => None,
        }
    }

    /// U201: a cap in something that the game does not give. C401: one that is smaller than one gift.
    fn is_given(&mut self, game: &Game<'_>, span: Span, (thing, most): (AwardThing, i64)) -> Option<()> {
        let of_thing = game.gifts.iter().filter_map(|(gift, place)| Some(((*gift)?, *place)));
        let largest = of_thing.filter(|(gift, _)| gift.thing == thing).max_by_key(|(gift, _)| gift.amount);
        let Some((gift, place)) = largest else {
            if game.gifts.is_empty() || game.gifts.iter().any(|(gift, _)| gift.is_none()) {
                // what it gives is not known
                return None;
            }
            let (name, gives) =
                (self.thing_name(thing), game.gifts.first().map_or(span, |(_, gives)| *gives));
            let message = format!("this {} gives no {name}", game.kind);
            let finding = Diagnostic::new(Code::U201, span, message)
                .label(format!("counts {name}"))
                .other(gives, "this is what it gives")
                .help("write the cap in what is given, or cap the number of times: `cap 5 times per month`");
            self.report.push(finding);
            return None;
        };
        if gift.amount > most {
            let finding = Diagnostic::new(Code::C401, span, "the cap is smaller than one award")
                .label("allows less")
                .other(place, "than this gives at once")
                .note("effect: what is above is never paid")
                .help("raise the cap, or write `cap 1 time per …`");
            self.report.push(finding);
        }
        Some(())
    }
}
