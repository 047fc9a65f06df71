//! L6: a level hangs on what its block counts and on nothing else.

use super::cases_per_law;
use super::histories::instant;
use super::shops::{Deed, Happening, MEMBERS, Story, shop, stories};
use super::world::{World, tick};
use loyalty_rules::calendar::Zone;
use loyalty_rules::{Account, Program};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

proptest! {
    #![proptest_config(cases_per_law())]

    /// L6: redeeming, giving away, getting, being corrected, and the end of points change no level, neither at once nor at
    /// any later review; nor do they change what has been counted.
    #[test]
    fn spending_gifts_and_expiry_leave_every_level(story in stories(16)) {
        let program = shop(story.shop);
        let counts = |deed: &Deed| matches!(deed, Deed::Joins { .. } | Deed::Buys(_) | Deed::Returns(..));
        let (mut all, mut plain) = (World::new(program), World::new(program));
        for happening in &story.told {
            let event = happening.build();
            let applied = all.deliver(&event).first().is_some_and(|told| told.result.is_ok());
            if counts(&happening.deed) {
                plain.deliver(&event);
            } else if applied {
                // something that counts for nothing, so that time passes and old counters are forgotten all the same
                plain.deliver(&Happening { deed: Deed::Nothing, ..happening.clone() }.build());
            }
            for world in [&mut all, &mut plain] {
                tick(program, world.accounts.get_mut(happening.member).expect("joined"), instant(happening.at));
            }
            prop_assert_eq!(level(program, &all, happening.member), level(program, &plain, happening.member));
        }
        for months in 1..=30 {
            let at = instant(story.told.last().map_or(0, |last| last.at) + months * 31 * 86_400);
            for member in MEMBERS {
                for world in [&mut all, &mut plain] {
                    tick(program, world.accounts.get_mut(member).expect("joined"), at);
                }
                prop_assert_eq!(level(program, &all, member), level(program, &plain, member), "{}", at);
            }
        }
        for member in MEMBERS {
            prop_assert_eq!(counted(program, &all.accounts[member]), counted(program, &plain.accounts[member]));
        }
    }

    /// L6: a return lowers what is counted by exactly what its purchase had added: after it, the level and the counters are
    /// those of a member who bought only what was kept.
    #[test]
    fn after_returns_the_level_is_that_of_what_was_kept(story in stories(16)) {
        // a review that took place before the return stays, and drops by one level from what was held then: see below
        let program = shop(SIMPLE[story.shop % SIMPLE.len()]);
        let story = only_trade(&story);
        let kept = only_kept(&story);
        let (mut all, mut net) = (World::new(program), World::new(program));
        for happening in &story {
            all.deliver(&happening.build());
        }
        for happening in &kept {
            net.deliver(&happening.build());
        }
        let at = instant(story.last().map_or(0, |last| last.at));
        for member in MEMBERS {
            for world in [&mut all, &mut net] {
                tick(program, world.accounts.get_mut(member).expect("joined"), at);
            }
            prop_assert_eq!(counted(program, &all.accounts[member]), counted(program, &net.accounts[member]));
            prop_assert_eq!(level(program, &all, member), level(program, &net, member));
        }
    }

    /// L6: where a level takes its threshold, the level is that of what was kept, and so is what counts for the next one,
    /// as long as no year is over and nothing was cut off by `carry at most`.
    #[test]
    fn thresholds_that_were_taken_come_back(mut story in stories(10)) {
        let program = shop(SINCE);
        story.told = only_trade(&story);
        let first = story.told[0].at;
        for happening in &mut story.told {
            // 300 days are no year
            happening.at = first + (happening.at - first) / 3;
        }
        prop_assume!(story.told.iter().all(|happening| happening.at - first < 300 * 86_400));
        let kept = only_kept(&story.told);
        let (mut all, mut net) = (World::new(program), World::new(program));
        for happening in &story.told {
            all.deliver(&happening.build());
        }
        for happening in &kept {
            net.deliver(&happening.build());
        }
        for member in MEMBERS {
            let name = |world: &World<'_>| level(program, world, member).map(|(level, _)| level);
            prop_assert_eq!(name(&all), name(&net), "{}", member);
        }
    }

    /// L6: however purchases of one moment are cut, the level is the same: it hangs on what was counted by its review.
    #[test]
    fn cutting_purchases_changes_no_level(story in stories(16)) {
        let program = shop(story.shop);
        let story = only_trade(&story);
        let (mut whole, mut cut) = (World::new(program), World::new(program));
        for happening in story.iter().filter(|happening| !matches!(happening.deed, Deed::Returns(..))) {
            whole.deliver(&happening.build());
            match happening.deed {
                Deed::Buys(euros) if euros > 1 => {
                    for (part, euros) in [("a", euros / 3), ("b", euros - euros / 3)] {
                        let id = format!("{}{part}", happening.id);
                        let part = Happening { id, deed: Deed::Buys(euros), ..happening.clone() };
                        if euros > 0 {
                            cut.deliver(&part.build());
                        }
                    }
                }
                _ => drop(cut.deliver(&happening.build())),
            }
            prop_assert_eq!(level(program, &whole, happening.member), level(program, &cut, happening.member));
        }
    }
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// L6 where a review drops one level: at every moment level and last day are those of a model that knows nothing but
    /// dates and what was bought and came back.
    #[test]
    fn levels_that_drop_by_one_follow_purchases_and_returns(story in stories(16)) {
        let program = shop(DROPS);
        let mut world = World::new(program);
        let mut models: BTreeMap<&str, Model> = MEMBERS.map(|member| (member, Model::default())).into();
        for happening in &story.told {
            let event = happening.build();
            world.deliver(&event);
            tick(program, world.accounts.get_mut(happening.member).expect("joined"), instant(happening.at));
            let model = models.get_mut(happening.member).expect("a model");
            model.happens(happening);
            prop_assert_eq!(level(program, &world, happening.member), Some(model.level()), "{}", &happening.id);
        }
        for months in 1..=30 {
            let at = story.told.last().map_or(0, |last| last.at) + months * 31 * 86_400;
            for (member, model) in &mut models {
                tick(program, world.accounts.get_mut(*member).expect("joined"), instant(at));
                model.runs_to(&Day::of(at));
                prop_assert_eq!(level(program, &world, member), Some(model.level()), "{} {}", member, instant(at));
            }
        }
    }
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// L6: what counts over the 60 days up to each one follows a model that adds up days.
    #[test]
    fn levels_over_a_time_that_rolls_follow_purchases(story in stories(20)) {
        let program = shop(ROLLING);
        let mut world = World::new(program);
        let mut models: BTreeMap<&str, Rolling> = MEMBERS.map(|member| (member, Rolling::default())).into();
        let day = |seconds| i64::from(ZONE.business_date(instant(seconds), 0).days());
        let all = only_trade(&story);
        let bought = all.iter().filter(|happening| !matches!(happening.deed, Deed::Returns(..)));
        for happening in bought {
            world.deliver(&happening.build());
            let model = models.get_mut(happening.member).expect("a model");
            model.runs_to(day(happening.at));
            if let Deed::Buys(euros) = happening.deed {
                model.buys(day(happening.at), euros);
            }
            prop_assert_eq!(rolled(program, &world, happening.member), model.best(), "{}", &happening.id);
        }
        let end = story.told.last().map_or(0, |last| last.at);
        for weeks in 1..=30 {
            let at = end + weeks * 7 * 86_400;
            for (member, model) in &mut models {
                tick(program, world.accounts.get_mut(*member).expect("joined"), instant(at));
                model.runs_to(day(at));
                prop_assert_eq!(rolled(program, &world, member), model.best(), "{} {}", member, instant(at));
            }
        }
    }
}

/// Place and last day of a level.
fn rolled(program: &Program, world: &World<'_>, member: &str) -> (usize, i64) {
    let level = world.accounts[member].tier(program, "Club").expect("the block");
    (level.place as usize, level.until.map_or(0, |until| i64::from(until.days())))
}

/// What is known of a member of the shop that counts over 60 days.
#[derive(Default)]
struct Rolling {
    /// By day.
    spent: BTreeMap<i64, i64>,
    /// Levels that are held, and their last days.
    held: Vec<(usize, i64)>,
}

impl Rolling {
    fn earned(&self, day: i64) -> usize {
        match self.spent.range(day - 59..=day).map(|(_, euros)| euros).sum::<i64>() {
            ..40 => 0,
            40..120 => 1,
            _ => 2,
        }
    }

    fn best(&self) -> (usize, i64) {
        self.held.iter().copied().max().unwrap_or((0, 0))
    }

    fn buys(&mut self, day: i64, euros: i64) {
        let before = self.earned(day);
        *self.spent.entry(day).or_default() += euros;
        let earned = self.earned(day);
        if earned > before || earned > self.best().0 {
            self.held.push((earned, day + 60));
        }
    }

    fn runs_to(&mut self, day: i64) {
        while let (level @ 1.., until) = self.best()
            && until < day
        {
            let earned = self.earned(until).min(level);
            self.held.retain(|(_, last)| *last > until);
            if earned > 0 {
                self.held.push((earned, until + 60));
            }
        }
        self.held.retain(|(_, until)| *until >= day);
    }
}

proptest! {
    #![proptest_config(cases_per_law())]

    /// L6: what is carried from a quarter into the next follows from what was counted in them and from the levels at their
    /// ends.
    #[test]
    fn surplus_follows_from_what_was_counted(story in stories(16)) {
        let program = shop(SURPLUS);
        let mut world = World::new(program);
        let mut counted: BTreeMap<(&str, i64), i64> = BTreeMap::new();
        let mut ends: BTreeMap<(&str, i64), u32> = BTreeMap::new();
        let all = only_trade(&story);
        let first = Day::of(all[0].at).quarter;
        for happening in all.iter().filter(|happening| !matches!(happening.deed, Deed::Returns(..))) {
            let member = happening.member;
            let quarter = Day::of(happening.at).quarter;
            for ended in first..quarter {
                // the level at the last moment of each quarter that has ended
                if let (None, Some(account)) = (ends.get(&(member, ended)), world.accounts.get_mut(member)) {
                    tick(program, account, instant(last_moment(ended)));
                    let held = account.tier(program, "Club").expect("the block").place;
                    ends.insert((member, ended), held);
                }
            }
            world.deliver(&happening.build());
            if let Deed::Buys(euros) = happening.deed {
                *counted.entry((member, quarter)).or_default() += euros;
            }
            let own = |quarter| counted.get(&(member, quarter)).copied().unwrap_or(0);
            let carried = (first..quarter).fold(0, |carried, quarter| {
                match ends.get(&(member, quarter)) {
                    Some(1) => (own(quarter) - (40 - carried).max(0)).max(0),
                    Some(2) => (own(quarter) - (120 - carried).max(0)).max(0),
                    _ => 0,
                }
            });
            let account = &world.accounts[member];
            let day = ZONE.business_date(instant(happening.at), 0);
            let told = account.standing(program, "Club", day).expect("the block");
            prop_assert_eq!(&told.counted[0].amount, &(own(quarter) + carried).to_string(), "{}", &happening.id);
        }
    }
}

/// 22:00 or 23:00 of the last day of a quarter, by the time of the year.
fn last_moment(quarter: i64) -> i64 {
    let end = ["03-31", "06-30", "09-30", "12-31"][(quarter % 4) as usize];
    let text = format!("{}-{end}T22:00:00+01:00", quarter / 4);
    let at: loyalty_rules::calendar::Instant = text.parse().expect("an instant");
    at.micros() / 1_000_000
}

/// Shops of which a level follows from one window, whatever was held before.
const SIMPLE: [usize; 6] = [0, 1, 2, 3, 5, 7];

/// The shop that counts since a level was reached, and where that takes the threshold.
const SINCE: usize = 9;
/// The shop of which surplus is carried.
const SURPLUS: usize = 8;
/// The shop that counts over 60 days up to each one, and keeps a level as long.
const ROLLING: usize = 10;

/// The shop whose levels drop by one: `count spend in membership year`, `keep until end of next quarter`, Silver from
/// 40 EUR, Gold from 120 EUR. Everybody joins on 5 January 2026.
const DROPS: usize = 4;

static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::from_name("Europe/Berlin").expect("a zone"));

/// A day by its numbers.
struct Day {
    /// Membership years since 5 January 2026; the first is 0.
    year: i64,
    /// Quarters since the year 0.
    quarter: i64,
}

impl Day {
    fn of(seconds: i64) -> Self {
        let text = ZONE.business_date(instant(seconds), 0).to_string();
        let numbers: Vec<i64> = text.split('-').map(|part| part.parse().expect("a number")).collect();
        let [year, month, day] = numbers[..] else { panic!("{text}") };
        let begun = i64::from((month, day) >= (1, 5));
        Self { year: year - 2027 + begun, quarter: year * 4 + (month - 1) / 3 }
    }
}

/// A level that is held: what for, how high (1 is Silver), and the last quarter.
struct Held {
    /// The membership year that earned it; none where a review only let it drop by one.
    year: Option<i64>,
    level: usize,
    until: i64,
}

/// What is known of one member.
#[derive(Default)]
struct Model {
    /// By membership year, the euros that were kept.
    spent: BTreeMap<i64, i64>,
    /// By purchase, its membership year and what is left of it.
    bought: BTreeMap<String, (i64, i64)>,
    held: Vec<Held>,
}

impl Model {
    fn happens(&mut self, happening: &Happening) {
        let day = Day::of(happening.at);
        self.runs_to(&day);
        match &happening.deed {
            Deed::Buys(euros) => {
                let before = self.earned(day.year);
                *self.spent.entry(day.year).or_default() += euros;
                self.bought.insert(happening.id.clone(), (day.year, *euros));
                let earned = self.earned(day.year);
                if earned > before || earned > self.best().0 {
                    self.reach(&day, earned);
                }
            }
            Deed::Returns(of, euros) => {
                let Some((year, left)) = self.bought.get_mut(of).filter(|(_, left)| left >= euros) else {
                    return;
                };
                *left -= euros;
                let year = *year;
                *self.spent.entry(year).or_default() -= euros;
                let earned = self.earned(year);
                for held in self.held.iter_mut().filter(|held| held.year == Some(year)) {
                    held.level = held.level.min(earned);
                }
            }
            _ => {}
        }
    }

    /// A level is reached: until the end of the next quarter, and never shorter than it was.
    fn reach(&mut self, day: &Day, level: usize) {
        let until = day.quarter + 1;
        match self.held.iter_mut().find(|held| held.year == Some(day.year)) {
            Some(held) => (held.level, held.until) = (level, held.until.max(until)),
            None => self.held.push(Held { year: Some(day.year), level, until }),
        }
    }

    /// All reviews up to a day, each on the first day of a quarter.
    fn runs_to(&mut self, day: &Day) {
        while let (level @ 1.., until) = self.best()
            && until < day.quarter
        {
            // at the start of a quarter in January, the membership year before the last one is the last complete one
            let quarter = until + 1;
            let year = quarter / 4 - 2026 - if quarter % 4 == 0 { 2 } else { 1 };
            let earned = self.earned(year);
            self.held.retain(|held| held.until >= quarter);
            if earned >= level {
                self.held.retain(|held| held.year != Some(year));
                self.held.push(Held { year: Some(year), level, until: quarter });
            } else {
                // by one level, but not below what was earned
                let year = (earned + 1 == level).then_some(year);
                self.held.retain(|held| held.year.is_none() || held.year != year);
                self.held.push(Held { year, level: level - 1, until: quarter });
            }
        }
        self.held.retain(|held| held.until >= day.quarter);
    }

    /// The level that is held, and its last quarter.
    fn best(&self) -> (usize, i64) {
        let held = self.held.iter().map(|held| (held.level, held.until));
        held.filter(|(level, _)| *level > 0).max().unwrap_or((0, 0))
    }

    fn earned(&self, year: i64) -> usize {
        match self.spent.get(&year).copied().unwrap_or(0) {
            ..40 => 0,
            40..120 => 1,
            _ => 2,
        }
    }

    fn level(&self) -> (String, Option<String>) {
        let (level, until) = self.best();
        let last = ["03-31", "06-30", "09-30", "12-31"][(until % 4) as usize];
        let until = (level > 0).then(|| format!("{}-{last}", until / 4));
        (["Basic", "Silver", "Gold"][level].to_owned(), until)
    }
}

/// Joinings, purchases and returns.
fn only_trade(story: &Story) -> Vec<Happening> {
    let trade = |happening: &&Happening| {
        matches!(happening.deed, Deed::Joins { .. } | Deed::Buys(_) | Deed::Returns(..))
    };
    story.told.iter().filter(trade).cloned().collect()
}

/// Purchases of what did not come back. Where something came back, time passes all the same.
fn only_kept(story: &[Happening]) -> Vec<Happening> {
    let mut left: BTreeMap<&str, i64> = BTreeMap::new();
    let mut kept: Vec<Happening> = Vec::new();
    for happening in story {
        match &happening.deed {
            Deed::Buys(euros) => drop(left.insert(&happening.id, *euros)),
            Deed::Returns(of, euros) => {
                // more than is left is refused as a whole
                let Some(left) = left.get_mut(of.as_str()).filter(|left| **left >= *euros) else { continue };
                *left -= euros;
                kept.push(Happening { deed: Deed::Nothing, ..happening.clone() });
                continue;
            }
            _ => {}
        }
        kept.push(happening.clone());
    }
    for happening in &mut kept {
        if let Deed::Buys(euros) = &mut happening.deed {
            *euros = left[happening.id.as_str()];
            if *euros == 0 {
                happening.deed = Deed::Nothing;
            }
        }
    }
    kept
}

/// The level and its last day.
fn level(program: &Program, world: &World<'_>, member: &str) -> Option<(String, Option<String>)> {
    let level = world.accounts.get(member)?.tier(program, "Club").expect("the block");
    Some((level.level, level.until.map(|day| day.to_string())))
}

/// The counters that levels ask for.
fn counted(program: &Program, account: &Account) -> Vec<String> {
    let snapshot = serde_json::to_value(account.snapshot(program)).expect("a snapshot");
    let counters = snapshot["counters"].as_array().expect("a list").iter();
    counters
        .map(ToString::to_string)
        .filter(|text| text.contains("stars") || text.contains("spend"))
        .collect()
}
