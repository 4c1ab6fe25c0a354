//! Brakes on guessing.
//!
//! Each key refills evenly, so nobody is locked out for good; who guesses on waits longer and longer.

use super::{Error, Origin};
use platform::{Platform, limit::Quota};
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Of one account from one address.
const PAIR: [Quota; 3] =
    [Quota::new(5, MINUTE), Quota::new(15, Duration::from_mins(15)), Quota::new(60, DAY)];
/// Of one address, whatever the accounts.
const ADDRESS: [Quota; 2] = [Quota::new(30, MINUTE), Quota::new(200, HOUR)];
/// Of one account from all addresses that have never signed in to it.
const STRANGERS: [Quota; 1] = [Quota::new(100, HOUR)];

/// Wrong answers about one account in a day, from where nobody ever gave a right one: of six digits that are good for
/// three steps, so many find one in 18 years.
const WRONG: Quota = Quota::new(50, DAY);

/// Letters to one address, whoever asks for them.
const LETTERS: [Quota; 2] = [Quota::new(5, HOUR), Quota::new(20, DAY)];

/// Whether the account knows the address from an earlier sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Familiar {
    Known,
    Stranger,
}

/// Counts a try at the secrets of `account`, whatever its outcome.
///
/// An attacker who uses up what strangers have leaves the owner's own addresses alone.
pub(super) async fn count(
    platform: &Platform,
    what: &str,
    account: &str,
    origin: &Origin,
    familiar: Familiar,
) -> Result<(), Error> {
    let address = origin.counted();
    take(platform, &format!("{what}:from:{address}"), &ADDRESS).await?;
    take(platform, &format!("{what}:pair:{account}:{address}"), &PAIR).await?;
    if familiar == Familiar::Stranger {
        take(platform, &format!("{what}:strangers:{account}"), &STRANGERS).await?;
    }
    Ok(())
}

/// Refuses strangers once they were wrong too often; what comes back in a day lets its share of them in again.
pub(super) async fn refuse_after_wrong(platform: &Platform, what: &str, account: &str) -> Result<(), Error> {
    let found = platform.limiter.take(&wrong(what, account), &[WRONG], 0).await;
    if found.remaining > 0 {
        return Ok(());
    }
    // Until the first of them is back.
    let all_but_one = WRONG.per / WRONG.burst * (WRONG.burst - 1);
    Err(Error::TooManyTries(found.reset_after.saturating_sub(all_but_one)))
}

/// Counts a stranger's wrong answer.
pub(super) async fn count_wrong(platform: &Platform, what: &str, account: &str) {
    platform.limiter.take(&wrong(what, account), &[WRONG], 1).await;
}

fn wrong(what: &str, account: &str) -> String {
    format!("{what}:wrong:{account}")
}

/// Counts something that an address does, such as asking for mails.
pub(super) async fn count_address(platform: &Platform, what: &str, origin: &Origin) -> Result<(), Error> {
    let address = origin.counted();
    take(platform, &format!("{what}:from:{address}"), &ADDRESS).await
}

async fn take(platform: &Platform, key: &str, quotas: &[Quota]) -> Result<(), Error> {
    let decision = platform.limiter.take(key, quotas, 1).await;
    if decision.allowed {
        return Ok(());
    }
    Err(Error::TooManyTries(decision.retry_after.unwrap_or(MINUTE)))
}

/// Whether one more letter may go to an address: nobody's mailbox is filled by others. Who asked is not told.
pub(super) async fn may_write_to(platform: &Platform, email: &str) -> bool {
    take(platform, &format!("letters:{email}"), &LETTERS).await.is_ok()
}
