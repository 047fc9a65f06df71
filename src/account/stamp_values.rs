//! What the stamps of a card hold, where its reward is the average of them.

/// Stamps with what they hold in micro-units, the oldest first, in runs of stamps that share their sum evenly. What
/// came back of stamps that are on a full card is taken from what comes next: it stands at the beginning, as a run of no
/// stamps if there is no other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct StampValues(Option<Box<Runs>>);

/// Most cards hold no values, and an open card goes with every stamp: so this stands apart, and there only if there are
/// some.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Runs(Vec<(i64, i128)>);

impl StampValues {
    /// Runs as they were kept.
    pub(crate) fn of(runs: Vec<(i64, i128)>) -> Self {
        Self((!runs.is_empty()).then(|| Box::new(Runs(runs))))
    }

    pub(crate) fn runs(&self) -> &[(i64, i128)] {
        self.0.as_ref().map_or(&[], |runs| &runs.0)
    }

    fn change<R>(&mut self, change: impl FnOnce(&mut Vec<(i64, i128)>) -> R) -> R {
        let mut runs = self.0.take().unwrap_or_default();
        let result = change(&mut runs.0);
        self.0 = (!runs.0.is_empty()).then_some(runs);
        result
    }

    pub(crate) fn stamps(&self) -> i64 {
        self.runs().iter().map(|run| run.0).sum()
    }

    /// What all of them hold.
    pub(crate) fn value(&self) -> i128 {
        self.runs().iter().map(|run| run.1).sum()
    }

    /// Newest stamps. Those that hold as much as the ones before join their run.
    pub(crate) fn put(&mut self, stamps: i64, value: i128) {
        if stamps <= 0 {
            return;
        }
        self.change(|runs| match runs.last_mut() {
            Some(last) if last.0 > 0 && last.1 * i128::from(stamps) == value * i128::from(last.0) => {
                *last = (last.0 + stamps, last.1 + value);
            }
            _ => runs.push((stamps, value)),
        });
    }

    /// Oldest stamps.
    pub(crate) fn put_first(&mut self, stamps: i64, value: i128) {
        if stamps > 0 {
            self.change(|runs| runs.insert(0, (stamps, value)));
        }
    }

    /// Takes the oldest stamps, and what they hold.
    pub(crate) fn take_first(&mut self, stamps: i64) -> i128 {
        self.change(|runs| {
            let (mut rest, mut value, mut gone) = (stamps, 0, 0);
            for run in runs.iter_mut() {
                if run.0 > rest {
                    let part = share(*run, rest);
                    value += part;
                    *run = (run.0 - rest, run.1 - part);
                    break;
                }
                rest -= run.0;
                value += run.1;
                gone += 1;
            }
            runs.drain(..gone);
            value
        })
    }

    /// Takes the newest stamps, and what they hold.
    pub(crate) fn take_last(&mut self, stamps: i64) -> i128 {
        let (all, left) = (self.value(), self.stamps() - stamps);
        self.change(|runs| {
            let (mut rest, mut value) = (left.max(0), 0);
            for run in std::mem::take(runs) {
                // what stands at the beginning without stamps belongs to what comes next
                if run.0 > rest {
                    let part = share(run, rest);
                    if rest > 0 {
                        runs.push((rest, part));
                        value += part;
                    }
                    break;
                }
                rest -= run.0;
                value += run.1;
                runs.push(run);
            }
            all - value
        })
    }

    /// Lets the oldest of them hold so much more.
    pub(crate) fn shift(&mut self, by: i128) {
        self.change(|runs| {
            match runs.first_mut() {
                _ if by == 0 => {}
                Some(first) => first.1 += by,
                None => runs.push((0, by)),
            }
            runs.retain(|run| *run != (0, 0));
        });
    }
}

/// What the first stamps of a run hold.
fn share((stamps, value): (i64, i128), first: i64) -> i128 {
    (value * i128::from(first)).div_euclid(i128::from(stamps.max(1)))
}

#[cfg(test)]
mod tests {
    use super::StampValues;
    use pretty_assertions::assert_eq;

    #[test]
    fn the_oldest_go_first_and_the_newest_come_back() {
        let mut values = StampValues::default();
        values.put(3, 240);
        values.put(1, 80);
        values.put(3, 10);
        assert_eq!(values.runs(), [(4, 320), (3, 10)]);
        // 4 of 80 each, and a third of 10
        assert_eq!(values.take_first(5), 323);
        assert_eq!(values.runs(), [(2, 7)]);
        values.put_first(5, 323);
        assert_eq!((values.stamps(), values.value()), (7, 330));
        // of 323 the first three of five hold 193
        assert_eq!(values.take_last(4), 137);
        assert_eq!(values.runs(), [(3, 193)]);
    }

    #[test]
    fn what_is_owed_waits_for_the_next_stamps() {
        let mut values = StampValues::default();
        values.shift(-60);
        assert_eq!((values.stamps(), values.value()), (0, -60));
        values.put(2, 100);
        assert_eq!(values.runs(), [(0, -60), (2, 100)]);
        assert_eq!(values.take_last(2), 100);
        values.put(2, 100);
        assert_eq!(values.take_first(1), -10);
        values.shift(-50);
        assert_eq!(values.runs(), [(1, 0)]);
        values.shift(5);
        values.shift(-5);
        assert_eq!(values.take_first(1), 0);
        assert_eq!(values.runs(), []);
    }
}
