//! Referrals.

use super::caps::Capped;
use super::lowering::Lowering;
use super::money;
use super::report::Once;
use super::times;
use crate::diagnostics::Span;
use crate::program::{Award, CapId, CapLimit, CapWindow, Qualifies, Referral, Validity};
use crate::syntax::ast::{self, Block, CapPer, Name, ReferralBlock, ReferralLine, Side};
use std::collections::BTreeMap;

/// What the two sides get at one moment.
#[derive(Default)]
struct Gifts {
    friend: Vec<Option<Award>>,
    referrer: Vec<Option<Award>>,
    first: Option<Span>,
}

/// The lines of a referral.
struct Lines<'a> {
    valid: Once<&'a ast::Valid>,
    qualifies: Once<Option<Qualifies>>,
    wait: Once<Option<crate::calendar::Duration>>,
    joining: Gifts,
    qualifying: Gifts,
    caps: Vec<(&'a ast::Cap, Span)>,
    not_same: Vec<Option<u16>>,
}

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// The table of referrals, by name; nothing if one of them has an error.
    pub(super) fn referrals(&mut self) -> Option<Vec<Referral>> {
        let all = self.all;
        let found: Vec<Option<Referral>> =
            all.referrals.iter().map(|entry| self.referral(entry.node, entry.block)).collect();
        found.into_iter().collect()
    }

    fn referral(&mut self, block: &'a ReferralBlock, whole: &'a Block) -> Option<Referral> {
        let lines = self.referral_lines(block);
        let valid_span = lines.valid.span();
        let valid = self.validity(lines.valid.take());
        if let (None, Some(place)) = (lines.qualifies.get(), lines.qualifying.first) {
            self.report.missing(
                place,
                "it is not said when a friend qualifies",
                "add a line, for example `friend qualifies with purchase of at least 30 EUR within 60 days of joining`",
            );
        }
        if lines.joining.first.is_none() && lines.qualifying.first.is_none() {
            self.needed::<()>(whole.head, "what is given", "on qualifying give 500 points to referrer");
        }
        let capped = Capped {
            thing: None,
            on: None,
            counts_spend: false,
            pieces: false,
            several: false,
            campaign: valid_span.is_some() && !matches!(valid, Some(Validity::EveryYear(..))),
            gives: whole.head,
        };
        let caps = self.referral_caps(&block.name, &lines.caps, capped);
        let qualifies = match lines.qualifies.value() {
            None => Some(None),
            Some(found) => found.map(Some),
        };
        let wait = match lines.wait.value() {
            None => Some(None),
            Some(found) => found.map(Some),
        };
        let (referrer_caps, friend_caps) = caps?;
        let mut not_same = lines.not_same.into_iter().collect::<Option<Vec<u16>>>()?;
        not_same.sort_unstable();
        not_same.dedup();
        Some(Referral {
            name: block.name.text.as_str().into(),
            valid: valid?,
            qualifies: qualifies?,
            wait: wait?,
            joining_friend: lines.joining.friend.into_iter().collect::<Option<_>>()?,
            joining_referrer: lines.joining.referrer.into_iter().collect::<Option<_>>()?,
            qualifying_friend: lines.qualifying.friend.into_iter().collect::<Option<_>>()?,
            qualifying_referrer: lines.qualifying.referrer.into_iter().collect::<Option<_>>()?,
            referrer_caps: referrer_caps.into(),
            friend_caps: friend_caps.into(),
            not_same: not_same.into(),
        })
    }

    fn referral_lines(&mut self, block: &'a ReferralBlock) -> Lines<'a> {
        let mut lines = Lines {
            valid: Once::new("valid"),
            qualifies: Once::new("friend qualifies"),
            wait: Once::new("wait"),
            joining: Gifts::default(),
            qualifying: Gifts::default(),
            caps: Vec::new(),
            not_same: Vec::new(),
        };
        for line in &block.lines {
            let span = line.span;
            match &line.kind {
                ReferralLine::Valid(valid) => lines.valid.set(valid, span, &mut self.report),
                ReferralLine::Qualifies { event, at_least, within } => {
                    let found = self.qualifies(event, at_least.as_ref(), *within);
                    lines.qualifies.set(found, span, &mut self.report);
                }
                ReferralLine::Wait(duration) => {
                    let found = times::days(*duration, &mut self.report);
                    lines.wait.set(found, span, &mut self.report);
                }
                ReferralLine::OnJoining(give, side) => {
                    let gift = self.gift(give, span);
                    lines.joining.add(gift, *side, span);
                }
                ReferralLine::OnQualifying(give, side) => {
                    let gift = self.gift(give, span);
                    lines.qualifying.add(gift, *side, span);
                }
                ReferralLine::Cap(cap) => lines.caps.push((cap, span)),
                ReferralLine::NotWithinSame(name) => {
                    let found = self.member_attribute(name);
                    lines.not_same.push(found);
                }
            }
        }
        lines
    }

    fn qualifies(
        &mut self,
        event: &Name,
        at_least: Option<&ast::Amount>,
        within: Option<ast::Duration>,
    ) -> Option<Qualifies> {
        let event = self.event(event);
        let at_least = match at_least {
            None => Some(0),
            Some(amount) => money::above_zero(amount, self.settings(), &mut self.report),
        };
        let within = match within {
            None => Some(None),
            Some(written) => times::days(written, &mut self.report).map(Some),
        };
        Some(Qualifies { event: event?, at_least: at_least?, within: within? })
    }

    fn member_attribute(&mut self, name: &Name) -> Option<u16> {
        let facts = self.facts;
        match facts.member.peek(&name.text) {
            Some(attribute) => {
                attribute.used.set(true);
                Some(attribute.place)
            }
            None => {
                let candidates = facts.member.candidates();
                self.report.unknown("attribute of the member", &name.text, name.span, candidates, "");
                None
            }
        }
    }

    /// Caps of the referrer and of the friend.
    fn referral_caps(
        &mut self,
        name: &Name,
        lines: &[(&'a ast::Cap, Span)],
        capped: Capped,
    ) -> Option<(Vec<CapId>, Vec<CapId>)> {
        let (mut referrer, mut friend, mut good) = (Vec::new(), Vec::new(), true);
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for (cap, span) in lines {
            let Some((limit, window)) = self.referral_cap(cap, *span, capped) else {
                good = false;
                continue;
            };
            let (word, ids) = match cap.side {
                Some(Side::Friend) => ("friend", &mut friend),
                Some(Side::Referrer) | None => ("referrer", &mut referrer),
            };
            let key = format!("cap of referral {:?}, {word}, {}", name.text, self.limit_word(limit));
            if let Some(first) = seen.insert(format!("{key} {window:?}"), *span) {
                self.report.twice("cap", *span, first);
                good = false;
                continue;
            }
            let text = self.cap_text(*span);
            ids.push(self.add_cap((&name.text, &key), text, (limit, window), None, false));
        }
        good.then_some((referrer, friend))
    }

    fn referral_cap(&mut self, cap: &ast::Cap, span: Span, capped: Capped) -> Option<(CapLimit, CapWindow)> {
        if !matches!(cap.limit, ast::CapLimit::Times(_)) || matches!(cap.per, Some(CapPer::Item)) {
            self.report.misplaced(
                span,
                "a referral is capped by times: one pay-out is one time",
                "write for example `cap referrer 10 times per calendar year`",
            );
            return None;
        }
        // the side was read by the caller
        let plain = ast::Cap { side: None, limit: cap.limit.clone(), per: cap.per.clone() };
        match self.read_cap(&plain, span, &[capped])? {
            super::caps::Read::Cap(_, CapWindow::Event) => {
                self.report.misplaced(
                    span,
                    "a referral pays once for each friend anyway",
                    "name a period, for example `per calendar year` or `per lifetime`",
                );
                None
            }
            super::caps::Read::Cap(limit, window) => Some((limit, window)),
            super::caps::Read::Piece(_) => None,
        }
    }
}

impl Gifts {
    fn add(&mut self, gift: Option<Award>, side: Side, span: Span) {
        self.first.get_or_insert(span);
        match side {
            Side::Friend => self.friend.push(gift),
            Side::Referrer => self.referrer.push(gift),
        }
    }
}
