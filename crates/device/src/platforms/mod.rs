//! What differs between platforms, as data. One exists: [`dnos`].

pub mod dnos;
