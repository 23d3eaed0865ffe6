//! Speaking to a DNOS device: transport, channel, driver.
