//! Random choices that are the same for the same seed everywhere.

/// SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// 0 to `bound` − 1; 0 for a bound of 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.word().checked_rem(bound).unwrap_or(0)
    }

    /// A place in a list of this length; 0 for an empty one.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or(0)
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.once_in(2)
    }

    pub(crate) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let index = self.below(u64::try_from(choices.len()).unwrap_or(1));
        choices
            .get(usize::try_from(index).unwrap_or(0))
            .copied()
            .unwrap_or_default()
    }

    /// A decimal with at most so many digits before and after the point; half of them short, many of them round.
    pub(crate) fn decimal(&mut self, whole_digits: u64, fraction_digits: u64) -> String {
        let most = if self.flag() { whole_digits } else { whole_digits.min(3) };
        let length = 1 + self.below(most);
        let mut whole = String::new();
        for _ in 0..length {
            whole.push(self.digit());
        }
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            digits => digits,
        };
        if fraction_digits == 0 || self.once_in(3) {
            return whole.to_owned();
        }
        let length = 1 + self.below(fraction_digits);
        let repeated = self.once_in(4).then(|| self.digit());
        let fraction: String = (0..length)
            .map(|_| match repeated {
                Some(digit) => digit,
                None => self.digit(),
            })
            .collect();
        format!("{whole}.{fraction}")
    }

    fn digit(&mut self) -> char {
        let digits = ['0', '1', '2', '3', '4', '5', '5', '6', '7', '8', '9', '9', '0'];
        let index = usize::try_from(self.below(13)).unwrap_or(0);
        digits.get(index).copied().unwrap_or('0')
    }
}
