use super::{Key, Model, Moment, Stock, Voice};

/// How far the mood must lie from nought to be heard.
const THRESHOLD: f64 = 0.55;

/// How a post sees its stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    Bullish,
    Bearish,
    Neutral,
}

impl Mood {
    /// What `voice` feels at `moment`: partly its own noise, partly moves of the price in daily standard deviations.
    pub(super) fn of(model: &Model, (stock, moment): (&Stock, &Moment), voice: Voice, key: Key) -> Self {
        let moves = Moves::new(model, stock, moment);
        let signal = match voice {
            Voice::Forum => 0.7 * moves.yesterday + 0.4 * moves.today,
            Voice::Emoji => 0.9 * moves.today + 0.2 * moves.yesterday,
            // Pure functions may look ahead; real analysts would like to.
            Voice::Analyst => 0.25 * moves.rest + 0.25 * moves.tomorrow,
            Voice::Press => 1.2 * moves.today,
        };
        // People who write like the stock a little more often than not.
        let mood = signal + 0.9 * key.normal() + 0.1;
        if mood > THRESHOLD {
            Self::Bullish
        } else if mood < -THRESHOLD {
            Self::Bearish
        } else {
            Self::Neutral
        }
    }
}

/// Moves of the log price around a moment, in daily standard deviations.
struct Moves {
    /// Over the last closed session and the night before it.
    yesterday: f64,
    /// Since the last close.
    today: f64,
    /// From the moment to the next close.
    rest: f64,
    /// From the next close to that after it.
    tomorrow: f64,
}

impl Moves {
    fn new(model: &Model, stock: &Stock, moment: &Moment) -> Self {
        let close = |session| model.log_close(stock, session);
        let before = moment.session.saturating_sub(1);
        let (last, now, next) = (close(before), model.log_price(stock, moment), close(moment.session));
        let scaled = |from: f64, to: f64| (to - from) / stock.listing.volatility;
        Self {
            yesterday: scaled(close(before.saturating_sub(1)), last),
            today: scaled(last, now),
            rest: scaled(now, next),
            tomorrow: scaled(next, close(moment.session + 1)),
        }
    }
}
