//! Who waits for changes of which account: a change wakes those it concerns, however many others wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use tokio::sync::watch;
use uuid::Uuid;

/// All that wait; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Watches(Arc<Mutex<HashMap<Uuid, Weak<watch::Sender<()>>>>>);

/// Waits for changes of one account.
#[derive(Debug)]
pub struct Watch {
    changes: watch::Receiver<()>,
    // Shared by all that watch the account; the last one takes it along.
    _account: Arc<watch::Sender<()>>,
}

impl Watch {
    /// Returns after the next change, or at once after one since the last call.
    pub async fn changed(&mut self) {
        // The sender lives as long as this does.
        let _ = self.changes.changed().await;
    }
}

impl Watches {
    pub(super) fn add(&self, account: Uuid) -> Watch {
        let mut watches = self.lock();
        let known = watches.get(&account).and_then(Weak::upgrade);
        let sender = known.unwrap_or_else(|| {
            let sender = Arc::new(watch::Sender::new(()));
            watches.insert(account, Arc::downgrade(&sender));
            sender
        });
        Watch { changes: sender.subscribe(), _account: sender }
    }

    /// Wakes those who watch `account`.
    pub(super) fn wake(&self, account: Uuid) {
        let sender = self.lock().get(&account).and_then(Weak::upgrade);
        if let Some(sender) = sender {
            sender.send_replace(());
        }
    }

    /// Wakes everyone.
    pub(super) fn wake_all(&self) {
        let senders: Vec<_> = self.lock().values().filter_map(Weak::upgrade).collect();
        for sender in senders {
            sender.send_replace(());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Lets go of accounts that nobody watches any more.
    pub(super) fn forget(&self) {
        self.lock().retain(|_, sender| sender.strong_count() > 0);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Weak<watch::Sender<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
