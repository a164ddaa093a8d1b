//! Texts near the grammars of the parsers: seeds and accepted texts, changed in a few places.

use crate::random::Random;

/// Characters that parsers trip over: signs, separators, controls, digits that are not ASCII, characters of many bytes.
const CHARACTERS: [char; 40] = [
    '0',
    '1',
    '9',
    '5',
    '-',
    '+',
    '.',
    ',',
    'e',
    'E',
    '/',
    ':',
    'T',
    'Z',
    ' ',
    '\t',
    '\r',
    '\n',
    '\0',
    '"',
    '\'',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '=',
    '@',
    '_',
    'a',
    'F',
    'z',
    '\u{661}',
    '\u{a0}',
    '\u{200b}',
    '\u{feff}',
    '\u{ff1d}',
    'é',
    'İ',
    '\u{1f600}',
];

/// How many accepted texts are kept.
const KEPT: usize = 64;
/// Longest text, in characters.
const LONGEST: usize = 1_500;

/// What the next text is made from.
#[derive(Debug)]
pub(super) struct Texts {
    seeds: &'static [&'static str],
    kept: Vec<String>,
}

impl Texts {
    pub(super) const fn new(seeds: &'static [&'static str]) -> Self {
        Self {
            seeds,
            kept: Vec::new(),
        }
    }

    /// Remembers an accepted text in a random place.
    pub(super) fn keep(&mut self, random: &mut Random, text: String) {
        if text.len() > LONGEST {
            return;
        }
        if self.kept.len() < KEPT {
            self.kept.push(text);
        } else if let Some(place) = self.kept.get_mut(random.index(KEPT)) {
            *place = text;
        }
    }

    /// A text changed in up to six places.
    pub(super) fn next(&self, random: &mut Random) -> String {
        let mut text = self.base(random);
        for _ in 0..random.below(7) {
            self.change(random, &mut text);
        }
        text.truncate(LONGEST);
        text.into_iter().collect()
    }

    fn base(&self, random: &mut Random) -> Vec<char> {
        let kept = self.kept.get(random.index(self.kept.len()));
        let seed = self.seeds.get(random.index(self.seeds.len())).copied();
        match kept {
            Some(kept) if random.flag() => kept.chars().collect(),
            _ => seed.unwrap_or_default().chars().collect(),
        }
    }

    fn change(&self, random: &mut Random, text: &mut Vec<char>) {
        let place = random.index(text.len().saturating_add(1));
        let end = place.saturating_add(random.index(8)).saturating_add(1).min(text.len());
        match random.below(7) {
            0 => text.insert(place, character(random)),
            1 if place < text.len() => drop(text.remove(place)),
            2 => {
                if let Some(one) = text.get_mut(place) {
                    *one = character(random);
                }
            }
            3 if place < end => {
                let part: Vec<char> = text.get(place..end).unwrap_or_default().to_vec();
                text.splice(place..place, part);
            }
            4 if place < end => drop(text.drain(place..end)),
            5 => {
                let (one, times) = (character(random), random.index(60));
                text.splice(place..place, std::iter::repeat_n(one, times));
            }
            _ => {
                let other = self.base(random);
                text.splice(place.., other);
            }
        }
    }
}

fn character(random: &mut Random) -> char {
    let any = u32::try_from(random.below(0x11_0000)).ok().and_then(char::from_u32);
    match any {
        Some(any) if random.once_in(8) => any,
        _ => CHARACTERS.get(random.index(CHARACTERS.len())).copied().unwrap_or('0'),
    }
}
