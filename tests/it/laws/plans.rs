//! Laws of plans and granted levels: the level is the highest of what is earned, granted and paid, and a term is
//! billed once.

use super::cases_per_law;
use super::draw::Draw;
use super::histories::instant;
use super::shops::{Deed, Happening, MEMBERS, Story, rules, stories};
use super::world::{World, tick};
use loyalty_rules::account::{DueFee, FeeCause};
use loyalty_rules::calendar::{Date, Zone};
use loyalty_rules::{Compiled, Event, Limits, Program, Sources, compile};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The shops, with a plan for each level: one month by month that renews by itself, with a trial, and one for a quarter.
static SHOPS: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let compiled = |number| {
        let plans = "plan Half {\n  fee 5 EUR per month\n  renews by itself\n  trial 10 days\n}\n\n\
            plan Full {\n  fee 12 EUR per quarter\n  renews on request\n}\n\ntiers Club {";
        let text = rules(number).replace("tiers Club {", plans);
        let text = text
            .replace("tier Silver { ", "tier Silver {\n    paid by plan Half\n    benefit \"Late\"\n    ");
        let text =
            text.replace("tier Gold { ", "tier Gold {\n    paid by plan Full\n    benefit \"Lounge\"\n    ");
        compile(&Sources::single("shop.loyalty", text.as_str()), &Limits::default())
            .unwrap_or_else(|findings| panic!("{findings}\n{text}"))
    };
    (0..11).map(compiled).collect()
});

static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::from_name("Europe/Berlin").expect("a zone"));

proptest! {
    #![proptest_config(cases_per_law())]

    /// L6: at every moment the level is the highest of the one that purchases earn, the one that the plan pays, and those
    /// that were granted; and what is earned goes on as if there were no others.
    #[test]
    fn the_level_is_the_highest_of_three(story in stories(16)) {
        let program = &SHOPS[story.shop].program;
        let (mut all, mut plain) = (World::new(program), World::new(program));
        let mut beside: BTreeMap<&str, Beside> = MEMBERS.map(|member| (member, Beside::default())).into();
        for (happening, more) in with_plans(&story) {
            let model = beside.get_mut(happening.member).expect("a model");
            model.runs_to(day(happening.at));
            if let Some((event, what)) = more {
                let accepted = all.deliver(&event)[0].result.is_ok();
                prop_assert_eq!(accepted, model.happens(day(happening.at), &what), "{:?}", event);
                if accepted {
                    let nothing = Happening { id: event.id().to_owned(), deed: Deed::Nothing, ..happening.clone() };
                    plain.deliver(&nothing.build());
                }
            }
            for world in [&mut all, &mut plain] {
                world.deliver(&happening.build());
                tick(program, world.accounts.get_mut(happening.member).expect("joined"), instant(happening.at));
            }
            let earned = place(program, &plain, happening.member);
            prop_assert_eq!(place(program, &all, happening.member), earned.max(model.level()), "{}", &happening.id);
        }
        let end = story.told.last().map_or(0, |last| last.at);
        for months in 1..=16 {
            let at = end + months * 31 * 86_400;
            for (member, model) in &mut beside {
                for world in [&mut all, &mut plain] {
                    tick(program, world.accounts.get_mut(*member).expect("joined"), instant(at));
                }
                model.runs_to(day(at));
                let earned = place(program, &plain, member);
                prop_assert_eq!(place(program, &all, member), earned.max(model.level()), "{} {}", member, instant(at));
            }
        }
    }

    /// L6: who is told a yes for a day has the benefit on it if nothing happens up to then, to the last day that is told; and
    /// what is decided is so.
    #[test]
    fn a_yes_for_a_benefit_is_certain(story in stories(16), days in proptest::collection::vec(0_i32..500, 4)) {
        let program = &SHOPS[story.shop].program;
        let mut world = World::new(program);
        for (happening, more) in with_plans(&story) {
            for event in more.map(|(event, _)| event).into_iter().chain([happening.build()]) {
                world.deliver(&event);
            }
            let Some(account) = world.accounts.get(happening.member) else { continue };
            for days in &days {
                let later = instant(happening.at + i64::from(*days) * 86_400);
                let asked = ZONE.business_date(later, 0);
                let mut then = account.clone();
                tick(program, &mut then, later);
                let place = then.tier(program, "Club").expect("the block").place;
                for (least, benefit) in [(1, "Late"), (2, "Lounge")] {
                    let told = account.benefit(program, "Club", benefit, asked).expect("a benefit");
                    prop_assert!(!told.allowed || place >= least, "{} {} {:?}", &happening.id, asked, told);
                    if told.decided {
                        prop_assert_eq!(told.allowed, place >= least, "{} {} {:?}", &happening.id, asked, told);
                    }
                    if told.allowed {
                        prop_assert!(told.until.is_none_or(|until| until >= asked));
                        prop_assert!(told.why.is_some());
                    }
                    // the same of that day once it has come
                    let told = then.benefit(program, "Club", benefit, asked).expect("a benefit");
                    prop_assert_eq!((told.decided, told.allowed), (true, place >= least));
                }
            }
        }
    }

    /// However often the clock is run, the same fees fall due, each key once; and no day of a plan is paid twice while
    /// the member stays in it.
    #[test]
    fn a_term_is_billed_once(story in stories(16)) {
        let program = &SHOPS[story.shop].program;
        let (mut seldom, mut often) = (World::new(program), World::new(program));
        let (mut few, mut many): (Vec<DueFee>, Vec<DueFee>) = (Vec::new(), Vec::new());
        let mut last = story.told[0].at;
        for (happening, more) in with_plans(&story) {
            for member in MEMBERS {
                if let Some(account) = often.accounts.get_mut(member) {
                    many.extend(tick(program, account, instant((last + happening.at) / 2)).fees(program));
                }
            }
            last = happening.at;
            for event in more.map(|(event, _)| event).into_iter().chain([happening.build()]) {
                for (world, fees) in [(&mut seldom, &mut few), (&mut often, &mut many)] {
                    for delivery in world.deliver(&event).into_iter().chain(world.deliver(&event)) {
                        fees.extend(delivery.result.iter().flat_map(|outcome| outcome.fees(program)));
                    }
                }
            }
        }
        let end = instant(last + 400 * 86_400);
        for member in MEMBERS {
            few.extend(tick(program, seldom.accounts.get_mut(member).expect("joined"), end).fees(program));
            many.extend(tick(program, often.accounts.get_mut(member).expect("joined"), end).fees(program));
        }
        for fees in [&mut few, &mut many] {
            fees.sort_by(|one, two| (&one.member, one.due, &one.key).cmp(&(&two.member, two.due, &two.key)));
        }
        prop_assert_eq!(&few, &many);
        let keys: BTreeSet<(&str, &str)> = few.iter().map(|fee| (&*fee.member, &*fee.key)).collect();
        prop_assert_eq!(keys.len(), few.len());
        for pair in few.windows(2) {
            let [one, two] = pair else { continue };
            prop_assert!(one.from <= one.to);
            // who has left or changed may join again in a term that was paid
            let stays = two.cause != FeeCause::Joining;
            if stays && one.member == two.member && one.plan == two.plan && two.due > one.due {
                prop_assert!(two.from > one.to, "{one:?} {two:?}");
            }
        }
    }
}

fn day(seconds: i64) -> Date {
    ZONE.business_date(instant(seconds), 0)
}

fn place(program: &Program, world: &World<'_>, member: &str) -> u32 {
    world.accounts[member].tier(program, "Club").expect("the block").place
}

/// What else a member does.
pub(super) enum Step {
    Joins(u32),
    Leaves(u32),
    /// By its number.
    Granted(usize, u32, Option<i32>),
    /// A grant, by its number.
    Cancels(usize),
}

const PLANS: [&str; 3] = ["", "Half", "Full"];
const LEVELS: [&str; 3] = ["", "Silver", "Gold"];

/// The happenings of a story, some of them behind a step with plans.
pub(super) fn with_plans(story: &Story) -> Vec<(Happening, Option<(Event, Step)>)> {
    let mut draw = Draw::new(&story.spare);
    let mut all = Vec::new();
    let mut granted: Vec<(usize, &str)> = Vec::new();
    for (number, happening) in story.told.iter().enumerate() {
        let (id, member, at) = (format!("P{number}"), happening.member, instant(happening.at).to_string());
        let level = 1 + draw.below(2) as u32;
        let (plan, tier) = (PLANS[level as usize], LEVELS[level as usize]);
        let own = granted.iter().filter(|(_, to)| *to == member).map(|(number, _)| *number);
        let own: Vec<usize> = own.collect();
        let step = match draw.below(6) {
            _ if number < 3 => None,
            4 if !own.is_empty() => {
                let of = own[draw.below(own.len())];
                Some((Event::cancel(&id, member, &at, &format!("P{of}")), Step::Cancels(of)))
            }
            0 | 1 => Some((Event::join_plan(&id, member, &at, plan), Step::Joins(level))),
            2 => Some((Event::leave_plan(&id, member, &at, plan), Step::Leaves(level))),
            3 => Some(match [0, 5, 60][draw.below(3)] {
                0 => (Event::grant_tier(&id, member, &at, tier), Step::Granted(number, level, None)),
                days => (
                    Event::grant_tier_for(&id, member, &at, tier, &format!("{days} days")),
                    Step::Granted(number, level, Some(days)),
                ),
            }),
            _ => None,
        };
        let step = step.map(|(event, step)| (event.build().expect("an event"), step));
        if let Some((_, Step::Granted(..))) = &step {
            granted.push((number, member));
        }
        all.push((happening.clone(), step));
    }
    all
}

/// A model that knows nothing but dates.
#[derive(Default)]
struct Beside {
    /// The level that the plan pays, the last day of its term, and that of the next one if it was asked for.
    plan: Option<(u32, Date, Option<Date>)>,
    left: bool,
    tried: bool,
    /// By the number of what granted it.
    granted: Vec<(usize, u32, Option<Date>)>,
}

impl Beside {
    fn level(&self) -> u32 {
        let plan = self.plan.map(|(level, ..)| level);
        self.granted.iter().map(|(_, level, _)| *level).chain(plan).max().unwrap_or(0)
    }

    fn runs_to(&mut self, today: Date) {
        self.granted.retain(|(.., last)| last.is_none_or(|last| last >= today));
        while let Some((level, last, next)) = self.plan.filter(|(_, last, _)| *last < today) {
            self.plan = match next {
                Some(next) => Some((level, next, None)),
                None if level == 1 && !self.left => Some((level, end_of(1, tomorrow(last)), None)),
                None => None,
            };
        }
    }

    /// Whether it is accepted.
    fn happens(&mut self, today: Date, step: &Step) -> bool {
        match *step {
            Step::Cancels(number) => {
                let before = self.granted.len();
                self.granted.retain(|(granted, ..)| *granted != number);
                return self.granted.len() < before;
            }
            Step::Granted(number, level, days) => {
                let last = days.map(|days| Date::from_days(today.days() + days).expect("a day"));
                self.granted.push((number, level, last));
            }
            Step::Leaves(level) => {
                if self.plan.is_none_or(|(held, ..)| held != level) {
                    return false;
                }
                self.left = true;
            }
            Step::Joins(level) => match self.plan.filter(|(held, ..)| *held == level) {
                Some(_) if level == 1 => return std::mem::replace(&mut self.left, false),
                Some((_, _, Some(_))) => return false,
                Some((_, last, None)) => {
                    (self.plan, self.left) = (Some((level, last, Some(end_of(3, tomorrow(last))))), false);
                }
                None => {
                    self.left = false;
                    let last = match level {
                        1 if !std::mem::replace(&mut self.tried, true) => {
                            Date::from_days(today.days() + 10).expect("a day")
                        }
                        1 => end_of(1, today),
                        _ => end_of(3, today),
                    };
                    self.plan = Some((level, last, None));
                }
            },
        }
        true
    }
}

fn tomorrow(day: Date) -> Date {
    Date::from_days(day.days() + 1).expect("a day")
}

/// The last day of the month or of the quarter, which have so many months.
fn end_of(months: u32, mut day: Date) -> Date {
    let text = |day: Date| day.to_string();
    let month = |day: Date| text(day)[5..7].parse::<u32>().expect("a month");
    loop {
        let next = tomorrow(day);
        if month(next) != month(day) && month(day).is_multiple_of(months) {
            return day;
        }
        day = next;
    }
}
