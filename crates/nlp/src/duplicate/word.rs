/// What stands for every cashtag, and for every number: copies differ in them first.
const CASHTAG: u64 = 1;
const NUMBER: u64 = 2;

/// The words of `text` as hashes, in text order: case, punctuation, URLs and user names do not count.
pub(super) fn hashes(text: &str) -> impl Iterator<Item = u64> {
    text.split_whitespace().filter(|token| !is_noise(token)).flat_map(|token| {
        let is_cashtag = token.starts_with('$') && token[1..].starts_with(char::is_alphabetic);
        let words = token.split(|character: char| !character.is_alphanumeric() && character != '\'');
        let words = words.map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty());
        words.map(move |word| if is_cashtag { CASHTAG } else { hash(word) })
    })
}

/// Whether `token` is a user name or URL, or marks a retweet.
fn is_noise(token: &str) -> bool {
    token == "RT" || token.starts_with('@') || token.contains("://") || token.starts_with("www.")
}

fn hash(word: &str) -> u64 {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return NUMBER;
    }
    // FNV-1a over characters: unlike the hashers of libraries it never changes, and fingerprints are stored.
    word.chars().flat_map(char::to_lowercase).fold(0xcbf2_9ce4_8422_2325, |hash, character| {
        (hash ^ u64::from(character)).wrapping_mul(0x0100_0000_01b3)
    })
}
