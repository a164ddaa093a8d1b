//! Data that is being read, shown as soon as it arrives and kept while it is read again.

use super::errors::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use std::future::Future;

/// How far reading is.
#[derive(Clone, Debug)]
pub enum Load<T> {
    /// Not here yet.
    Waiting,
    /// Here.
    Ready(T),
    /// Refused or not reachable.
    Failed(ApiError),
}

/// A resource at an address that may change.
pub struct Loader<T: Send + Sync + 'static> {
    /// What is known.
    pub state: RwSignal<Load<T>>,
    /// Reads again when it changes.
    pub again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}

impl<T: Send + Sync + 'static> Loader<T> {
    /// Reads again.
    pub fn reload(self) {
        self.again.try_update(|count| *count = count.wrapping_add(1));
    }

    /// Shows an answer that came another way.
    pub fn set(self, value: T) {
        self.state.try_set(Load::Ready(value));
    }
}

/// Reads what `address` names, again whenever it changes. A slow answer never replaces a newer one.
pub fn load<T>(address: impl Fn() -> String + 'static) -> Loader<T>
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    let state = RwSignal::new(Load::Waiting);
    let again = RwSignal::new(0_u32);
    let turn = StoredValue::new(0_u32);
    Effect::new(move |_| {
        again.track();
        let path = address();
        let mine = turn.get_value().wrapping_add(1);
        turn.set_value(mine);
        spawn_local(async move {
            let answer = super::client::get::<T>(&path).await;
            if turn.try_get_value() == Some(mine) {
                state.try_set(match answer {
                    Ok(value) => Load::Ready(value),
                    Err(error) => Load::Failed(error),
                });
            }
        });
    });
    Loader { state, again }
}

/// Asks once for something that is not a plain read.
pub fn load_once<T>(call: impl Future<Output = Result<T, ApiError>> + 'static) -> RwSignal<Load<T>>
where
    T: Send + Sync + 'static,
{
    let state = RwSignal::new(Load::Waiting);
    spawn_local(async move {
        let answer = call.await;
        state.try_set(match answer {
            Ok(value) => Load::Ready(value),
            Err(error) => Load::Failed(error),
        });
    });
    state
}
