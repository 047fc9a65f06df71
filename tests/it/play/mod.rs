//! What members play: challenges and streaks, worked out by hand.

mod challenges;
mod stored;
mod streaks;
