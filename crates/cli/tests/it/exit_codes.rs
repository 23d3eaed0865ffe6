//! Every documented exit code, each by the command that ends with it.
