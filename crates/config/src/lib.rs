//! The lossless configuration tree: readers, print, apply, diff, inverse, line grammar.
