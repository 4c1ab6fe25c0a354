//! How many sockets one client may hold.

use domain::identity::Origin;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts sockets by the address they come from; clones share the counts.
#[derive(Clone, Debug)]
pub struct Places {
    /// `None`: as many as they like.
    most: Option<u32>,
    taken: Arc<Mutex<HashMap<String, u32>>>,
}

/// Of one socket; given back when dropped.
#[derive(Debug)]
pub struct Place {
    places: Places,
    client: String,
}

impl Places {
    pub fn new(most: Option<u32>) -> Self {
        Self { most, taken: Arc::default() }
    }

    /// `None` if the client has all it may.
    pub fn take(&self, origin: &Origin) -> Option<Place> {
        let client = origin.counted();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(client.clone()).or_default();
        if self.most.is_some_and(|most| *count >= most) {
            return None;
        }
        *count += 1;
        Some(Place { places: self.clone(), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}
