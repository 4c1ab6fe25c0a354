use super::character::{self, Verdict};
use super::emphasis::Openers;
use super::link::Bracket;
use super::{block, emphasis, entity, html, link, url};

/// Stands for output that turned out to be markup; cannot come from the input, whose controls are dropped.
pub(super) const MARK: u8 = 1;

/// One walk over a text from left to right.
///
/// Invariant: `at` is on a character boundary of `text`, and `out` holds whole characters.
pub(super) struct Pass<'text> {
    pub(super) text: &'text str,
    pub(super) at: usize,
    pub(super) out: Vec<u8>,
    pub(super) brackets: Vec<Bracket>,
    pub(super) openers: Openers,
    pub(super) unclosed: html::Unclosed,
    pub(super) in_table_row: bool,
    pub(super) has_marks: bool,
}

impl<'text> Pass<'text> {
    pub(super) fn over(text: &'text str) -> String {
        let mut pass = Self {
            text,
            at: 0,
            out: Vec::with_capacity(text.len()),
            brackets: Vec::new(),
            openers: Openers::default(),
            unclosed: html::Unclosed::default(),
            in_table_row: false,
            has_marks: false,
        };
        block::start_line(&mut pass);
        while pass.at < text.len() {
            pass.copy_plain();
            pass.step();
        }
        pass.finish()
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    /// The character before the one being read.
    pub(super) fn previous(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// Writes a space, unless at the start or after another one.
    pub(super) fn push_space(&mut self) {
        if self.out.last().is_some_and(|last| *last != b' ') {
            self.out.push(b' ');
        }
    }

    /// Writes the next `length` bytes as they are.
    pub(super) fn keep(&mut self, length: usize) {
        self.out.extend_from_slice(&self.text.as_bytes()[self.at..self.at + length]);
        self.at += length;
    }

    /// Takes back everything written from `length` on.
    pub(super) fn truncate(&mut self, length: usize) {
        self.out.truncate(length);
        self.openers.truncate(length);
    }

    /// Takes back `length` bytes written at `position`.
    pub(super) fn mark(&mut self, position: usize, length: usize) {
        self.out[position..position + length].fill(MARK);
        self.has_marks = true;
    }

    /// Writes `character`, unless it is noise; `next` is the one after it.
    pub(super) fn push(&mut self, character: char, next: Option<char>) {
        match character::judge(character, character::last_of(&self.out), next) {
            Verdict::Keep => self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Verdict::Space => self.push_space(),
            Verdict::Drop => {}
        }
    }

    fn copy_plain(&mut self) {
        let plain = self.rest().bytes().take_while(|byte| PLAIN[usize::from(*byte)]).count();
        self.keep(plain);
    }

    /// Reads one character that may mean something, and whatever it begins.
    fn step(&mut self) {
        let Some(&byte) = self.text.as_bytes().get(self.at) else { return };
        match byte {
            b'\n' => {
                self.at += 1;
                self.push_space();
                block::start_line(self);
            }
            b'<' => html::read(self),
            b'&' => entity::read(self),
            b'[' | b']' | b'!' => link::read(self),
            b'*' | b'_' | b'~' => emphasis::read(self),
            b'`' => emphasis::read_backtick(self),
            b'\\' => emphasis::read_escape(self),
            b':' | b'.' | b'/' => url::read(self),
            b'|' => block::read_pipe(self),
            _ => self.read_character(),
        }
    }

    fn read_character(&mut self) {
        let mut characters = self.rest().chars();
        let Some(character) = characters.next() else { return };
        let next = characters.next();
        self.at += character.len_utf8();
        if character == '…' && url::take_back_cut_off(self) {
            self.push_space();
        } else {
            self.push(character, next);
        }
    }

    fn finish(mut self) -> String {
        if self.has_marks {
            self.out.retain(|byte| *byte != MARK);
        }
        while self.out.last() == Some(&b' ') {
            self.out.pop();
        }
        String::from_utf8(self.out).expect("only whole characters are written and taken back")
    }
}

/// The ASCII characters that never begin, end or separate anything.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte < 0x7f {
        plain[byte as usize] = !matches!(
            byte,
            b'<' | b'&' | b'[' | b']' | b'!' | b'*' | b'_' | b'~' | b'`' | b'\\' | b':' | b'.' | b'/' | b'|'
        );
        byte += 1;
    }
    plain
};
