//! The tests of a rule file.

use super::*;

/// `test "…" { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestBlock {
    /// The name of the test.
    pub name: Name,
    /// Its lines, in order.
    pub lines: Vec<Line<TestLine>>,
}

/// A line of `test`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestLine {
    /// `given member Ann { … }`
    Given {
        /// The member.
        member: Name,
        /// What is known.
        facts: Vec<Line<GivenFact>>,
    },
    /// `when 2026-03-03 17:45 …`
    When {
        /// When it happens.
        at: Moment,
        /// What happens.
        step: Step,
        /// What it carries.
        facts: Vec<Line<StepFact>>,
    },
    /// `expect …`
    Expect(Expect),
}

/// A line of `given member`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenFact {
    /// `joined 2026-01-05`
    Joined(Moment),
    /// `tier Gold until 2027-12-31`
    Tier(Name, Option<Date>),
    /// `plan Gold since 2026-02-10`
    Plan(Name, Date),
    /// `card Kaffeekarte at 9 stamps`
    Card(Name, Amount),
    /// `streak Weekly at 3`
    Streak(Name, Number),
    /// `task Nights at 12`
    Task(Name, Number),
    /// `milestones Year at 480`
    Milestones(Name, Number),
    /// `cap Deckel used 950`, `cap Tickets used 95 for T-1`
    CapUsed(Name, Number, Option<Value>),
    /// `referred by Rosa`
    ReferredBy(Name),
    /// `account Firma`
    Account(Name),
    /// `balance 24 elite-nights expiring 2027-12-31`
    Balance(Amount, Option<Date>),
    /// `has 1 Weinhilfe until 2026-04-30`
    Has(Amount, Option<Date>),
    /// `spent 400 EUR on 2026-01-10`
    Spent(Amount, Date),
    /// `purchased 3 times on 2026-01-10`
    Purchased(Number, Date),
    /// `years of Gold at 9`
    Years(Name, Number),
    /// `household: "A-12"`
    Attribute(Name, Value),
}

/// What happens in a `when` of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `clock`
    Clock,
    /// `return "RT-1" of "K-1" by Ann`
    Return {
        /// The id of the return.
        id: Text,
        /// The purchase.
        of: Option<Text>,
        /// Who.
        by: Name,
    },
    /// `purchase "K-1" by Ann`, `delivery "D-1" of "K-1" by Ann`
    Event {
        /// Which event.
        event: Name,
        /// Its id.
        id: Text,
        /// The purchase that it names.
        of: Option<Text>,
        /// Who.
        by: Name,
    },
    /// `redeem 500 punkte "R-1" by Ann`
    Redeem {
        /// What is asked for.
        request: Request,
        /// Its id.
        id: Text,
        /// Who.
        by: Name,
    },
    /// `joining "J-1" by Ann`
    Joining {
        /// Its id.
        id: Text,
        /// Who.
        by: Name,
    },
    /// `choose 2 "Food voucher" "W-1" by Ann`
    Choose {
        /// What is taken from an open choice.
        amount: Amount,
        /// Its id.
        id: Text,
        /// Who.
        by: Name,
    },
    /// `announce dividend 10% for 2026-06-30 "N-1"`
    Announce {
        /// The parameter.
        parameter: Name,
        /// Its value.
        value: Announced,
        /// A day in the period that is meant.
        day: Option<Date>,
        /// The id of the event.
        id: Text,
    },
    /// `adjust plus 75 points "A-1" by Ann`
    Adjust {
        /// `plus` (true) or `minus`
        plus: bool,
        /// How much of which unit or voucher.
        amount: Amount,
        /// The id of the event.
        id: Text,
        /// The member.
        by: Name,
    },
    /// `transfer 50 points "T-1" from Ann to Bo`
    Transfer {
        /// How much of which unit.
        amount: Amount,
        /// The id of the event.
        id: Text,
        /// Who gives it.
        from: Name,
        /// Who gets it.
        to: Name,
    },
    /// `link friend Tan to Lee "L-1"`
    Link {
        /// Who was brought.
        friend: Name,
        /// Who brought that member.
        referrer: Name,
        /// The id of the event.
        id: Text,
    },
    /// `join plan Gold "M-1" by Ann`, `leave plan Gold "M-2" by Ann`
    Plan {
        /// `join` (true) or `leave`
        joins: bool,
        /// Which plan.
        plan: Name,
        /// The id of the event.
        id: Text,
        /// The member.
        by: Name,
    },
    /// `grant tier Gold for 120 days "G-1" to Ann`
    Grant {
        /// Which level.
        tier: Name,
        /// How long.
        span: GrantSpan,
        /// The id of the event.
        id: Text,
        /// Who gets it.
        to: Name,
    },
    /// `change "C-1" by Ann`
    Change {
        /// The id of the event.
        id: Text,
        /// The member.
        by: Name,
    },
    /// `cancel "C-1" of "K-1" by Ann`
    Cancel {
        /// The id of the event.
        id: Text,
        /// The event that was a mistake.
        of: Text,
        /// The member.
        by: Name,
    },
}

/// `200 punkte`, `up to 10_000 punkte`: what a member asks to spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whether `up to` is written: the largest acceptable amount is taken.
    pub up_to: bool,
    /// How much of what.
    pub amount: Amount,
}

/// A line of a `when`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepFact {
    /// `item Äpfel 2 x 4.98 EUR, category: Obst`
    Item(ItemLine),
    /// `total 19.99 EUR`
    Total(Amount),
    /// `payment Prepaid: 5 EUR`
    Payment(Name, Amount),
    /// `all items`, `all items of "P-2"`
    AllItems(Option<Text>),
    /// `redeem 200 punkte`
    Redeem(Request),
    /// `use 1 Willkommen`
    Use(Amount),
    /// `referred by Rosa`
    ReferredBy(Name),
    /// `channel: App`
    Attribute(Name, Value),
}

/// `item Brot line 1 2 x 4 EUR of "P-1", category: Brot`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// The name of the item.
    pub name: Name,
    /// `line 2`
    pub line: Option<Number>,
    /// `2 x`, or a quantity alone in a return.
    pub quantity: Option<Number>,
    /// The price of one piece.
    pub price: Option<Amount>,
    /// `of "P-1"`
    pub of: Option<Text>,
    /// What stands behind the commas.
    pub attributes: Vec<(Name, Value)>,
}

/// `expect …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// `refused "not enough"`
    Refused(Option<Text>),
    /// `card Kaffeekarte of Emil at 3 stamps`
    Card(Name, Name, Amount),
    /// `challenge "Forty nights" of Dana at 1`
    Challenge(Name, Name, Number),
    /// `streak Weekly of Uwe at 3`
    Streak(Name, Name, Number),
    /// `task Nights of Dana at 12`
    Task(Name, Name, Number),
    /// `milestones Year of Dana at 480`
    Milestones(Name, Name, Number),
    /// `cap Deckel of Ann has 20 left`, `cap Tickets has 5 left for T-1`
    CapLeft(Name, Option<Name>, Number, Option<Value>),
    /// `charity Kinderhilfe gets 0.65 EUR`
    Charity(Name, Amount),
    /// `partner Tankhof owes 0.288 EUR`
    PartnerOwes(Name, Amount),
    /// `partner Tankhof gets 0.95 EUR`
    PartnerGets(Name, Amount),
    /// `100 punkte of Ann expire`
    Expire(Amount, Option<Name>),
    /// `Ann earns nothing`
    EarnsNothing(Name),
    /// `Ann earns 14 punkte from Grundpunkte`
    Earns(Name, Amount, Option<Name>),
    /// `Ann has 14 punkte pending`
    Has(Name, Amount, HasKind),
    /// `Ann has benefit "Executive lounge" until 2027-12-31`
    Benefit(Name, Text, Option<Date>),
    /// `Ann has no benefit "Executive lounge"`
    NoBenefit(Name, Text),
    /// `Ann loses 10 punkte`
    Loses(Name, Amount),
    /// `Ann pays 28 EUR`
    Pays(Name, Amount),
    /// `Ann pays 5 EUR for plan Plus`: the fees that fall due
    PaysFees(Name, Amount, Name),
    /// `Ann owes 30 punkte`
    Owes(Name, Amount),
    /// `Ann tier of Status is Gold until 2027-12-31`
    Tier {
        /// Who.
        member: Name,
        /// `of Status`
        of: Option<Name>,
        /// The level.
        tier: Name,
        /// The last day.
        until: Option<Date>,
    },
}

/// Which part of a balance `has` speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HasKind {
    /// What can be used.
    Usable,
    /// `pending`
    Pending,
    /// `expiring D`: exactly that last day
    Expiring(Date),
    /// `until D`: vouchers with exactly that last day
    Until(Date),
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// `10%`
    Percent(Percent),
    /// `50 EUR`
    Amount(Amount),
}
