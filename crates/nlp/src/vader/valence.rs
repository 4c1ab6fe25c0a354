use super::lexicon::{DAMP, Name};
use super::token::{Token, Tokens};

/// What capitals add to the strength of a word among words that are not in capitals.
const CAPITALS: f64 = 0.733;
/// What is left of a negated word: it turns, and weakens.
const NEGATION: f64 = -0.74;
/// How a degree adverb fades with its distance from the word: one, two and three tokens before it.
const FADING: [f64; 3] = [1.0, 0.95, 0.9];

/// The rating of each token in its surroundings; 0 for all that the lexicon does not know.
pub(super) fn rate(tokens: &Tokens) -> Vec<f64> {
    let list = &tokens.list;
    let rating = |(position, token): (usize, &Token)| {
        let kind_of = token.word.name == Name::Kind && name_at(list, position + 1) == Name::Of;
        match token.word.valence {
            Some(valence) if token.word.boost == 0.0 && !kind_of => Rule { tokens, position }.apply(valence),
            _ => 0.0,
        }
    };
    list.iter().enumerate().map(rating).collect()
}

fn name_at(list: &[Token], position: usize) -> Name {
    list.get(position).map_or(Name::Other, |token| token.word.name)
}

/// The rules for the rated token at `position`, in the order of the reference, on which the result depends.
struct Rule<'tokens> {
    tokens: &'tokens Tokens,
    position: usize,
}

impl Rule<'_> {
    fn apply(&self, lexicon_valence: f64) -> f64 {
        let mut valence = self.unless_no(lexicon_valence);
        if self.tokens.list[self.position].uppercase && self.tokens.mixed_case {
            valence += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        for distance in 1..=3 {
            if let Some(before) = self.before(distance)
                && before.word.valence.is_none()
            {
                valence += self.boost(before, valence) * FADING[distance - 1];
                valence *= self.negation(before, distance);
                if distance == 3 {
                    valence = self.idiom(valence);
                }
            }
        }
        if self.negated_by_least() { valence * NEGATION } else { valence }
    }

    fn before(&self, distance: usize) -> Option<&Token> {
        self.position.checked_sub(distance).map(|position| &self.tokens.list[position])
    }

    fn name_before(&self, distance: usize) -> Name {
        self.before(distance).map_or(Name::Other, |token| token.word.name)
    }

    fn name_after(&self, distance: usize) -> Name {
        name_at(&self.tokens.list, self.position + distance)
    }

    /// "no" negates a rated word after it instead of counting itself.
    fn unless_no(&self, valence: f64) -> f64 {
        let next = self.tokens.list.get(self.position + 1);
        let distant_no =
            self.name_before(3) == Name::No && matches!(self.name_before(1), Name::Or | Name::Nor);
        if self.name_before(1) == Name::No || self.name_before(2) == Name::No || distant_no {
            valence * NEGATION
        } else if self.name_after(0) == Name::No && next.is_some_and(|next| next.word.valence.is_some()) {
            0.0
        } else {
            valence
        }
    }

    fn boost(&self, before: &Token, valence: f64) -> f64 {
        let mut boost = before.word.boost;
        if boost == 0.0 {
            return 0.0;
        }
        if valence < 0.0 {
            boost = -boost;
        }
        if before.uppercase && self.tokens.mixed_case {
            boost += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        boost
    }

    /// The factor by which a negation `distance` tokens before turns the rating.
    fn negation(&self, before: &Token, distance: usize) -> f64 {
        let name = before.word.name;
        let nearer = |names: [Name; 2]| {
            (1..distance).map(|near| self.name_before(near)).any(|near| names.contains(&near))
        };
        // The reference groups "never" with only one of the words at distance three: any "so" or "this" just
        // before the rated word will do there.
        let emphatic = match distance {
            2 => name == Name::Never && nearer([Name::So, Name::This]),
            3 => {
                matches!(self.name_before(1), Name::So | Name::This)
                    || name == Name::Never && nearer([Name::So, Name::This])
            }
            _ => false,
        };
        if emphatic {
            1.25
        } else if before.word.negates && !(name == Name::Without && nearer([Name::Doubt, Name::Doubt])) {
            NEGATION
        } else {
            1.0
        }
    }

    /// Idioms around the word have a rating of their own; "kind of" and its like dampen.
    fn idiom(&self, valence: f64) -> f64 {
        let before = [self.name_before(3), self.name_before(2), self.name_before(1)];
        let [third, second, first] = before;
        let (here, next, after_next) = (self.name_after(0), self.name_after(1), self.name_after(2));
        let special = bigram(here, next)
            .or_else(|| bigram(first, here))
            .or_else(|| trigram(second, first, here))
            .or_else(|| bigram(second, first))
            .or_else(|| trigram(third, second, first))
            .or_else(|| bigram(third, second));
        let valence = trigram(here, next, after_next).or(special).unwrap_or(valence);
        let dampened = before.windows(2).filter(|pair| is_dampening(pair[0], pair[1])).count();
        (0..dampened).fold(valence, |valence, _| valence + DAMP)
    }

    fn negated_by_least(&self) -> bool {
        self.name_before(1) == Name::Least && !matches!(self.name_before(2), Name::At | Name::Very)
    }
}

fn bigram(first: Name, second: Name) -> Option<f64> {
    match (first, second) {
        (Name::The, Name::Shit | Name::Bomb) => Some(3.0),
        (Name::Bad, Name::Ass) => Some(1.5),
        (Name::Bus, Name::Stop) => Some(0.0),
        (Name::Yeah, Name::Right) => Some(-2.0),
        (Name::Beating, Name::Heart) => Some(3.5),
        _ => None,
    }
}

fn trigram(first: Name, second: Name, third: Name) -> Option<f64> {
    match (first, second, third) {
        (Name::Kiss, Name::Of, Name::Death) => Some(-1.5),
        (Name::To, Name::Die, Name::For) => Some(3.0),
        _ => None,
    }
}

fn is_dampening(first: Name, second: Name) -> bool {
    matches!((first, second), (Name::Kind | Name::Sort, Name::Of) | (Name::Just, Name::Enough))
}
