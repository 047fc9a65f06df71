//! What members play: challenges, streaks and draws, worked out by hand.

mod caps;
mod challenges;
mod draws;
mod explained;
mod stored;
mod streak_versions;
mod streaks;
mod tasks;
