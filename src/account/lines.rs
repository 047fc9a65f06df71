//! Some lines of a purchase, one bit a line.

/// Some lines of a purchase, one bit a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Lines {
    /// The first 64 lines.
    first: u64,
    /// Further lines, 64 at a time; hardly any basket has them. One pointer, so that lines are handed over in registers.
    #[allow(clippy::box_collection, reason = "a slice takes two pointers")]
    further: Option<Box<Vec<u64>>>,
}

impl Lines {
    /// Those of so many lines of which a question says yes.
    pub(crate) fn of(width: usize, has: impl Fn(usize) -> bool) -> Self {
        let word = |from: usize| {
            let bits = (from..width.min(from + 64)).map(|line| u64::from(has(line)) << (line - from));
            bits.fold(0, |word, bit| word | bit)
        };
        let further = || Box::new((1..width.div_ceil(64)).map(|place| word(place * 64)).collect());
        Self { first: word(0), further: (width > 64).then(further) }
    }

    /// The lines for whose rows a question says yes.
    pub(crate) fn with<T>(rows: &[T], has: impl Fn(&T) -> bool) -> Self {
        let word = |rows: &[T]| rows.iter().rev().fold(0, |word, row| word << 1 | u64::from(has(row)));
        match rows.split_at_checked(64) {
            None | Some((_, [])) => Self { first: word(rows), further: None },
            Some((first, further)) => {
                Self { first: word(first), further: Some(Box::new(further.chunks(64).map(word).collect())) }
            }
        }
    }

    /// All of so many lines.
    pub(crate) fn all(width: usize) -> Self {
        match width {
            0..64 => Self { first: (1 << width) - 1, further: None },
            _ => Self::of(width, |_| true),
        }
    }

    /// Whether a line is among them.
    pub(crate) fn has(&self, line: usize) -> bool {
        let word = match line / 64 {
            0 => self.first,
            place => self.further().get(place - 1).copied().unwrap_or(0),
        };
        word >> (line % 64) & 1 == 1
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0 && self.further().iter().all(|word| *word == 0)
    }

    /// Those that are also among others.
    pub(crate) fn and(&self, others: &Self) -> Self {
        self.with_others(others, |one, other| one & other)
    }

    /// Those that are not among others.
    pub(crate) fn without(&self, others: &Self) -> Self {
        self.with_others(others, |one, other| one & !other)
    }

    fn with_others(&self, others: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        let join_further = |words: &Vec<u64>| {
            let words = words.iter().zip(others.further());
            Box::new(words.map(|(one, other)| join(*one, *other)).collect())
        };
        Self { first: join(self.first, others.first), further: self.further.as_deref().map(join_further) }
    }

    fn further(&self) -> &[u64] {
        self.further.as_deref().map_or(&[], |further| further)
    }

    /// The sum of a number over the lines, of all rows of a basket. The caller knows that it cannot overflow.
    pub(crate) fn sum_of<T>(&self, rows: &[T], number: impl Fn(&T) -> i64) -> i64 {
        let sum = |rows: &[T], word: u64| {
            let numbers = rows.iter().enumerate();
            // a mask instead of a branch: which lines pass is hard to foresee
            numbers.map(|(place, row)| number(row) & -((word >> place & 1).cast_signed())).sum::<i64>()
        };
        match rows.split_at_checked(64) {
            None => sum(rows, self.first),
            Some((first, further)) => {
                let rest = further.chunks(64).zip(self.further()).map(|(rows, word)| sum(rows, *word));
                sum(first, self.first) + rest.sum::<i64>()
            }
        }
    }

    /// The numbers of the lines, counted from 0, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = std::iter::once(&self.first).chain(self.further()).enumerate();
        words.flat_map(|(place, word)| Bits(*word).map(move |bit| place * 64 + bit))
    }
}

/// The places of the bits of a word.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_by_hand() {
        for width in [0, 1, 5, 63, 64, 65, 130] {
            let all = Lines::all(width);
            assert_eq!(all, Lines::of(width, |_| true));
            assert_eq!(all.iter().collect::<Vec<_>>(), (0..width).collect::<Vec<_>>());
            assert_eq!(all.is_empty(), width == 0);
            assert!(!all.has(width));
            assert_eq!(all.without(&all), Lines::of(width, |_| false));
            let rows: Vec<usize> = (0..width).collect();
            assert_eq!(Lines::with(&rows, |row| row % 7 == 3), Lines::of(width, |line| line % 7 == 3));
        }
        let rows: Vec<i64> = (0..130).collect();
        // 0 + 50 + 100, and 64 + 128 alone
        assert_eq!(Lines::of(130, |line| line % 50 == 0).sum_of(&rows, |row| *row), 150);
        assert_eq!(Lines::of(130, |line| line == 64 || line == 128).sum_of(&rows, |row| -row), -192);
        assert_eq!(Lines::all(5).sum_of(&[1, 2, 3, 4, 5], |row| *row), 15);
        let (third, fifth) = (Lines::of(130, |line| line % 3 == 0), Lines::of(130, |line| line % 5 == 0));
        assert_eq!(third.and(&fifth).iter().collect::<Vec<_>>(), [0, 15, 30, 45, 60, 75, 90, 105, 120]);
        assert!(third.without(&fifth).has(129) && !third.without(&fifth).has(120));
    }
}
