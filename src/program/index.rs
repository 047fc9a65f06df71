//! Which rules can match an event, found without trying the others.
//!
//! A rule that demands one of some articles, brands, categories, stores or channels is filed under each of them; any
//! other is filed under its event kind alone. Within a file, rules that are valid for a limited time lie in buckets
//! of 32 days, so that promotions of other seasons cost nothing.

use super::ids::{EventKindId, FilterId, RuleId, Symbol};
use super::lookup::SymbolMap;
use super::rule::{Rule, Validity};
use super::test::{NumSubject, SymSubject, Test};

/// Up to so many rules of an event kind are tried one after the other: that costs less than looking for them.
const TRIED: usize = 8;

/// A rule that is valid for longer than this many buckets is not filed by date.
const BUCKETS_MOST: i32 = 64;

/// What an event offers to the index: names of an item and of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dimension {
    /// An article number: the fewest rules hang on one.
    Sku,
    /// A brand.
    Brand,
    /// A category.
    Category,
    /// A partner.
    Partner,
    /// A store.
    Store,
    /// A channel.
    Channel,
}

const DIMENSIONS: usize = 6;

/// Rules of one file.
#[derive(Debug, Clone, Default)]
struct File {
    /// Valid always or for long.
    undated: Vec<RuleId>,
    /// By bucket of 32 days, sorted.
    dated: Vec<(i32, Vec<RuleId>)>,
}

impl File {
    fn add(&mut self, rule: RuleId, valid: Validity) {
        let (from, to) = match valid {
            Validity::Days(from, to) => (from.days(), to.days()),
            // the event's day may be the one before, if days start later than midnight
            Validity::Minutes { from, to } => (from.0.days() - 1, to.0.days()),
            Validity::Always | Validity::EveryYear(..) => {
                self.undated.push(rule);
                return;
            }
        };
        let (first, last) = (from >> 5, to >> 5);
        if last - first > BUCKETS_MOST {
            self.undated.push(rule);
            return;
        }
        for bucket in first..=last {
            match self.dated.binary_search_by_key(&bucket, |(known, _)| *known) {
                Ok(place) => {
                    if let Some((_, rules)) = self.dated.get_mut(place) {
                        rules.push(rule);
                    }
                }
                Err(place) => self.dated.insert(place, (bucket, vec![rule])),
            }
        }
    }

    fn collect(&self, bucket: i32, into: &mut Vec<RuleId>) {
        into.extend_from_slice(&self.undated);
        if let Ok(place) = self.dated.binary_search_by_key(&bucket, |(known, _)| *known)
            && let Some((_, rules)) = self.dated.get(place)
        {
            into.extend_from_slice(rules);
        }
    }
}

/// The files of one event kind.
#[derive(Debug, Clone, Default)]
struct KindFiles {
    any: File,
    by_name: [SymbolMap<File>; DIMENSIONS],
    /// By dimension a bit for each name that has a file, modulo 64: most names of an event have none.
    filed: [u64; DIMENSIONS],
}

/// The index of rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleIndex {
    kinds: Vec<KindFiles>,
}

impl RuleIndex {
    /// Builds the index of a program's rules.
    pub(crate) fn build(rules: &[Rule], filters: &[Test], events: usize) -> Self {
        let mut kinds = vec![KindFiles::default(); events];
        let mut counts = vec![0; events];
        for rule in rules {
            if let Some(count) = counts.get_mut(rule.on.index()) {
                *count += 1;
            }
        }
        for (place, rule) in rules.iter().enumerate() {
            let id = RuleId(place as u32);
            let Some(files) = kinds.get_mut(rule.on.index()) else { continue };
            let few = counts.get(rule.on.index()).is_some_and(|count| *count <= TRIED);
            match if few { None } else { demanded(rule, filters) } {
                Some((dimension, names)) => {
                    for name in names {
                        let place = dimension as usize;
                        if let (Some(map), Some(filed)) =
                            (files.by_name.get_mut(place), files.filed.get_mut(place))
                        {
                            map.entry(name).add(id, rule.valid);
                            *filed |= bit(name);
                        }
                    }
                }
                None => files.any.add(id, rule.valid),
            }
        }
        Self { kinds }
    }

    /// The files that an event opens. Ends with [`sort_candidates`].
    pub(crate) fn open(&self, kind: EventKindId, day: i32) -> Option<Opened<'_>> {
        self.kinds.get(kind.index()).map(|files| Opened { files, bucket: day >> 5 })
    }
}

/// The files of an event kind on a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened<'a> {
    files: &'a KindFiles,
    bucket: i32,
}

impl Opened<'_> {
    /// Adds the rules that demand nothing.
    pub(crate) fn collect_any(&self, into: &mut Vec<RuleId>) {
        self.files.any.collect(self.bucket, into);
    }

    /// Whether any rule demands a name of a dimension.
    pub(crate) fn asks(&self, dimension: Dimension) -> bool {
        self.filed(dimension) != 0
    }

    fn filed(&self, dimension: Dimension) -> u64 {
        self.files.filed.get(dimension as usize).copied().unwrap_or(0)
    }

    /// Adds the rules that demand a name.
    #[inline]
    pub(crate) fn collect(&self, dimension: Dimension, name: Symbol, into: &mut Vec<RuleId>) {
        if self.filed(dimension) & bit(name) != 0 {
            self.collect_filed(dimension, name, into);
        }
    }

    fn collect_filed(&self, dimension: Dimension, name: Symbol, into: &mut Vec<RuleId>) {
        if let Some(file) = self.files.by_name.get(dimension as usize).and_then(|map| map.get(name)) {
            file.collect(self.bucket, into);
        }
    }
}

/// The bit of a name among those that have a file.
const fn bit(name: Symbol) -> u64 {
    1 << (name.0 % 64)
}

/// The names of which an event must have one for a rule to match, in the dimension that leaves the fewest.
fn demanded(rule: &Rule, filters: &[Test]) -> Option<(Dimension, Vec<Symbol>)> {
    let of_items = rule.items.as_ref().into_iter().flat_map(|test| demands(test, filters));
    let of_event = rule.when.as_ref().into_iter().flat_map(|test| {
        // item subjects can stand in `when` only inside `any item` and `… on`
        demands(test, filters)
    });
    of_items.chain(of_event).min_by_key(|(dimension, names)| (*dimension, names.len()))
}

/// All demands of a condition: it cannot hold unless one of the names is there.
fn demands(test: &Test, filters: &[Test]) -> Vec<(Dimension, Vec<Symbol>)> {
    match test {
        Test::And(parts) => parts.iter().flat_map(|part| demands(part, filters)).collect(),
        Test::Or(parts) => alternatives(parts, filters),
        Test::Sym(subject, names) => {
            dimension(*subject).map(|dimension| (dimension, names.to_vec())).into_iter().collect()
        }
        Test::DatedSym(subject, ranges) => {
            let names = ranges.iter().flat_map(|(_, _, names)| names.iter().copied()).collect();
            dimension(*subject).map(|dimension| (dimension, names)).into_iter().collect()
        }
        Test::AnyItem(inner) => demands(inner, filters),
        Test::Num(NumSubject::SpendOn(filter) | NumSubject::QuantityOn(filter), low, _) if *low > 0 => {
            filter_demands(*filter, filters)
        }
        _ => Vec::new(),
    }
}

fn filter_demands(filter: FilterId, filters: &[Test]) -> Vec<(Dimension, Vec<Symbol>)> {
    filters.get(filter.index()).map(|test| demands(test, filters)).unwrap_or_default()
}

/// What all parts of an `or` demand in one dimension, together.
fn alternatives(parts: &[Test], filters: &[Test]) -> Vec<(Dimension, Vec<Symbol>)> {
    let mut parts = parts.iter().map(|part| demands(part, filters));
    let mut common = parts.next().unwrap_or_default();
    for more in parts {
        common.retain_mut(|(dimension, names)| match more.iter().find(|(other, _)| other == dimension) {
            Some((_, others)) => {
                names.extend_from_slice(others);
                true
            }
            None => false,
        });
    }
    for (_, names) in &mut common {
        names.sort_unstable();
        names.dedup();
    }
    common
}

const fn dimension(subject: SymSubject) -> Option<Dimension> {
    match subject {
        SymSubject::Sku => Some(Dimension::Sku),
        SymSubject::Brand => Some(Dimension::Brand),
        SymSubject::Category => Some(Dimension::Category),
        SymSubject::Partner => Some(Dimension::Partner),
        SymSubject::Store => Some(Dimension::Store),
        SymSubject::Channel => Some(Dimension::Channel),
        SymSubject::Plan | SymSubject::Item(_) | SymSubject::Event(_) | SymSubject::Member(_) => None,
    }
}

/// Sorts candidates into the order of rule ids and drops doubles.
pub(crate) fn sort_candidates(candidates: &mut Vec<RuleId>) {
    // mostly nothing joined the rules that demand nothing
    if candidates.is_sorted_by(|one, other| one < other) {
        return;
    }
    candidates.sort_unstable();
    candidates.dedup();
}
