//! Test blocks: their names and values. They are run elsewhere.

use super::TestCase;
use super::lowering::Lowering;

impl<'f, 'a: 'f> Lowering<'f, 'a> {
    /// All tests, in the order of the files.
    pub(super) fn scenarios(&mut self) -> Vec<TestCase> {
        let all = self.all;
        all.tests
            .iter()
            .map(|(test, block)| TestCase { test: (*test).clone(), doc: Self::doc(block), span: block.head })
            .collect()
    }
}
