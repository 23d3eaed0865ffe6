//! Logins and channels (REF 1.1).
