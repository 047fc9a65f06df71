//! What a host may read of an account.
