//! The words of the domain: names, VLANs, encapsulation, attachments, bridge domains, fabric.
