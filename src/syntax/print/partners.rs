//! The lines of partners, and who pays for what a rule gives.

use super::doc::words;
use super::literals::{name, percent, period};
use super::{Printer, Statement, Written, order};
use crate::diagnostics::Span;
use crate::syntax::ast::{FundedBy, Name, PartnerLine};

impl<'a> Statement<'a> for PartnerLine {
    fn rank(&self) -> u8 {
        order::partner(self)
    }

    fn write(&'a self, printer: &mut Printer<'a>, _span: Span, _indent: usize) -> Written {
        Written::Doc(match self {
            Self::Pays(of) => words!["pays", printer.amount(&of.price), "per", name(&of.unit), "earned"],
            Self::Gets(of) => words!["gets", printer.amount(&of.price), "per", name(&of.unit), "redeemed"],
            Self::Settles(every) => words!["settles every", period(every)],
            Self::Budget { amount, per } => words!["budget", printer.amount(amount), "per", period(per)],
        })
    }
}

/// `at partner Tankhof`
pub(super) fn at_partner(partner: &Name) -> String {
    format!("at partner {}", name(partner))
}

/// `funded by Brauerei 70%, Donaumarkt 30%`
pub(super) fn funded(funded: &FundedBy) -> String {
    let shares = funded.shares.iter().map(|part| match part.share {
        Some(share) => format!("{} {}", name(&part.partner), percent(&share)),
        None => name(&part.partner),
    });
    format!("funded by {}", shares.collect::<Vec<_>>().join(", "))
}
