//! What members play: challenges, worked out by hand.

mod challenges;
mod stored;
