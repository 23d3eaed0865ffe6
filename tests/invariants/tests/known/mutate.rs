//! Mutations by a fixed sequence of numbers, the same in every run.

/// Numbers that look like chance.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit.max(1)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        (self.next() >> 24) as u8
    }
}

/// What breaks readers.
const SPICE: &[&str] = &[
    " ",
    "  ",
    "\t",
    "\r",
    "\r\n",
    "\n",
    "\n\n",
    "\"",
    "\\\"",
    " ^",
    "^",
    "!",
    "\n!\n",
    "#",
    "\n# x\n",
    "|",
    "| | ",
    "\n|--+--|\n",
    "\n| a | b | c | d | e | f |\n",
    "(L2)",
    "99999999999999999999",
    "0",
    "-",
    "\u{a0}",
    "\u{2028}",
    "\u{202e}",
    "\u{85}",
    "\u{b}",
    "\u{0}",
    "\x1b[0m",
    "\x1b[F",
    "\x08",
    "\u{fffd}",
    "LEAF-A01# ",
    "\nLEAF-A01(cfg)# ",
    "\nSPINE-1# \n",
    "-- More -- (Press q to quit)",
    "\nCommit succeeded by birch at 09-Mar-2026 19:09:18 UTC\n",
    "show x y\r\n",
    "\nERROR: Unknown word: 'interfaces'.\n",
    "\n# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC+02:00 (Israel)]\n",
    "\n# LEAF-A01 config-end\n",
    "\n%%\n",
    "\nAggregate Interface: bundle-9\n",
    "\nAggregate Interface: 9\n",
    "\n  Local:\n    Mode: active, Key: 7\n",
    "\n  Peer:\n    Mode: active, Key: 8\n",
    "\nno commit confirm scheduled\n",
    "\nCommit confirmed\n",
    "interfaces ge100-0/0/1.7 vlan-id 7\n",
    "interfaces ge100-0/0/1.7 vlan-id list 7,9\n",
    "network-services bridge-domain instance g_kestrel_v7 interface ge100-0/0/1.7 ^\n",
    "interfaces\n  bundle-3.9\n    vlan-id 9\n",
    "storm-control",
    "vlan-manipulation",
];

/// A piece of `bytes`, at most `longest` long, with some changes; now and then with a piece of `other` in it.
pub(crate) fn mutated(bytes: &[u8], other: &[u8], longest: usize, chance: &mut Chance) -> Vec<u8> {
    let mut piece = cut(bytes, longest, chance);
    for _ in 0..=chance.below(6) {
        let at = chance.below(piece.len() + 1);
        match chance.below(8) {
            0 => {
                let end = (at + chance.below(24)).min(piece.len());
                piece.drain(at..end);
            }
            1 if at < piece.len() => piece[at] = chance.byte(),
            2 => {
                let added = cut(other, 200, chance);
                piece.splice(at..at, added);
            }
            3 => repeat_a_line(&mut piece, chance),
            _ => {
                let added = SPICE[chance.below(SPICE.len())].bytes();
                piece.splice(at..at, added);
            }
        }
    }
    piece
}

fn cut(bytes: &[u8], longest: usize, chance: &mut Chance) -> Vec<u8> {
    let start = if bytes.len() <= longest {
        0
    } else {
        let start = chance.below(bytes.len() - longest);
        bytes[..start]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1)
    };
    bytes[start..(start + longest).min(bytes.len())].to_vec()
}

fn repeat_a_line(piece: &mut Vec<u8>, chance: &mut Chance) {
    let lines: Vec<Vec<u8>> = piece
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.is_empty() {
        return;
    }
    let line = lines[chance.below(lines.len())].clone();
    let at: usize = lines[..chance.below(lines.len())].iter().map(Vec::len).sum();
    piece.splice(at..at, line);
}
