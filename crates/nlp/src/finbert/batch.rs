//! Texts of about the same length, padded to the longest of them.

/// The most tokens of a batch, its padding counted: more brings no speed, and costs memory.
const MOST_TOKENS: usize = 2048;
/// The most texts of a batch.
const MOST_ROWS: usize = 32;

/// Part of the texts, as the model takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Which texts it has.
    pub rows: Vec<usize>,
    /// How many rows it has, those counted that only fill it up.
    pub height: usize,
    /// How many tokens a row has.
    pub width: usize,
    /// Row after row; 0 where there is none.
    pub tokens: Vec<i64>,
    /// 1 where there is a token.
    pub mask: Vec<i64>,
}

impl Batch {
    /// Divides texts, the longest first; of models that insist on `height` or `width` each batch has those.
    pub fn all_of(texts: &[Vec<i64>], height: Option<usize>, width: Option<usize>) -> Vec<Self> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        // Stable, so that the same texts always make the same batches.
        order.sort_by_key(|text| std::cmp::Reverse(texts[*text].len()));
        let mut batches = Vec::new();
        let mut rest = order.as_slice();
        while let Some(longest) = rest.first() {
            let width = width.unwrap_or(texts[*longest].len()).max(1);
            let most = height.unwrap_or((MOST_TOKENS / width).clamp(1, MOST_ROWS)).max(1);
            let (rows, others) = rest.split_at(most.min(rest.len()));
            batches.push(Self::of(texts, rows, height.unwrap_or(rows.len()), width));
            rest = others;
        }
        batches
    }

    fn of(texts: &[Vec<i64>], rows: &[usize], height: usize, width: usize) -> Self {
        let (mut tokens, mut mask) = (vec![0; height * width], vec![0; height * width]);
        for (row, text) in rows.iter().enumerate() {
            let text = &texts[*text][..texts[*text].len().min(width)];
            let start = row * width;
            tokens[start..start + text.len()].copy_from_slice(text);
            mask[start..start + text.len()].fill(1);
        }
        // A row without any token would divide by nothing.
        for row in rows.len()..height {
            mask[row * width] = 1;
        }
        Self { rows: rows.to_vec(), height, width, tokens, mask }
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, MOST_ROWS, MOST_TOKENS};
    use proptest::{collection::vec, prelude::*};

    #[test]
    fn rows_are_padded_to_the_longest_and_marked() {
        let batches = Batch::all_of(&[vec![1], vec![2, 3, 4], vec![5, 6]], None, None);
        let expected = Batch {
            rows: vec![1, 2, 0],
            height: 3,
            width: 3,
            tokens: vec![2, 3, 4, 5, 6, 0, 1, 0, 0],
            mask: vec![1, 1, 1, 1, 1, 0, 1, 0, 0],
        };
        assert_eq!(batches, [expected]);
    }

    #[test]
    fn a_model_with_fixed_lengths_gets_them() {
        let batches = Batch::all_of(&[vec![1, 2, 3], vec![4], vec![5]], Some(2), Some(2));
        assert_eq!(batches.len(), 2);
        assert_eq!((&batches[0].tokens, &batches[0].mask), (&vec![1, 2, 4, 0], &vec![1, 1, 1, 0]));
        assert_eq!((&batches[1].rows, &batches[1].mask), (&vec![2], &vec![1, 0, 1, 0]));
    }

    proptest! {
        #[test]
        fn every_text_is_in_one_batch_and_no_batch_is_too_large(texts in vec(vec(1_i64..9, 1..600), 0..80)) {
            let batches = Batch::all_of(&texts, None, None);
            let mut rows: Vec<usize> = batches.iter().flat_map(|batch| batch.rows.clone()).collect();
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..texts.len()).collect::<Vec<_>>());
            for batch in &batches {
                prop_assert!(batch.height <= MOST_ROWS && batch.tokens.len() <= MOST_TOKENS.max(batch.width));
                for (row, text) in batch.rows.iter().enumerate() {
                    let start = row * batch.width;
                    prop_assert_eq!(&batch.tokens[start..start + texts[*text].len()], texts[*text].as_slice());
                    let marked: i64 = batch.mask[start..start + batch.width].iter().sum();
                    prop_assert_eq!(usize::try_from(marked).unwrap(), texts[*text].len());
                }
            }
        }
    }
}
