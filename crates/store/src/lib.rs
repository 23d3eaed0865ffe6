//! State in one embedded SQLite file.
