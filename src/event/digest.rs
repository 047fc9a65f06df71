//! A 128-bit digest of an event's content, so that the same id with other content is noticed.
//!
//! Two lanes of multiply-and-fold over 64-bit little-endian words, with fixed keys. It is an identity check between
//! honest parties, not a cryptographic hash; it is the same on every machine.

const KEYS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];

/// Adds up words and texts into a digest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest {
    lanes: [u64; 2],
}

impl Digest {
    /// An empty digest.
    pub(crate) const fn new() -> Self {
        Self { lanes: [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344] }
    }

    /// Adds a word.
    pub(crate) fn word(&mut self, word: u64) {
        let [first, second] = self.lanes;
        let [key_one, key_two] = KEYS;
        self.lanes = [fold(first ^ word, key_one), fold(second ^ word.rotate_left(32), key_two)];
    }

    /// Adds a signed number.
    pub(crate) fn number(&mut self, number: i64) {
        self.word(number.cast_unsigned());
    }

    /// Adds a text and its length, so that texts do not run into each other.
    pub(crate) fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        let mut chunks = text.as_bytes().chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(rest) {
                *to = *from;
            }
            self.word(u64::from_le_bytes(word));
        }
    }

    /// The digest.
    pub(crate) fn finish(self) -> u128 {
        let [first, second] = self.lanes;
        (u128::from(first) << 64) | u128::from(second)
    }
}

/// Multiplies to 128 bits and folds both halves; the odd constant keeps zero from sticking.
fn fold(word: u64, key: u64) -> u64 {
    let product = u128::from(word ^ 0xa076_1d64_78bd_642f) * u128::from(key);
    (product as u64) ^ ((product >> 64) as u64).rotate_left(17)
}

#[cfg(test)]
mod tests {
    use super::Digest;

    fn of(texts: &[&str]) -> u128 {
        let mut digest = Digest::new();
        for text in texts {
            digest.text(text);
        }
        digest.finish()
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["", "a"]), of(&["a", ""]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["12345678"]), of(&["12345679"]));
    }
}
