//! A fresh proof of identity: requests wait here while the person gives one (S-28).
//!
//! The dialog is in [`forms::step_up`](crate::forms::step_up); this file only connects it with the requests that wait.

use crate::state;
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

#[derive(Default)]
struct Waiting {
    /// Raised with each answer, so that a request knows that its question was answered.
    turn: u64,
    answer: bool,
    wakers: Vec<Waker>,
}

thread_local! {
    static WAITING: RefCell<Waiting> = RefCell::default();
}

/// Opens the dialog, or joins the question that is open; whether the person gave the proof.
pub async fn ask() -> bool {
    let mine = WAITING.with_borrow(|waiting| waiting.turn);
    state::set_proving(true);
    poll_fn(move |context| {
        WAITING.with_borrow_mut(|waiting| {
            if waiting.turn == mine {
                waiting.wakers.push(context.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(waiting.answer)
            }
        })
    })
    .await
}

/// Ends the question for every request that waits; nothing happens when none does.
pub fn answer(given: bool) {
    let wakers = WAITING.with_borrow_mut(|waiting| {
        if waiting.wakers.is_empty() {
            return Vec::new();
        }
        waiting.turn = waiting.turn.wrapping_add(1);
        waiting.answer = given;
        std::mem::take(&mut waiting.wakers)
    });
    state::set_proving(false);
    wakers.into_iter().for_each(Waker::wake);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::Context;

    #[test]
    fn every_request_that_waits_gets_the_one_answer() {
        for given in [true, false] {
            let (mut first, mut second) = (pin!(ask()), pin!(ask()));
            let mut context = Context::from_waker(Waker::noop());
            assert!(first.as_mut().poll(&mut context).is_pending());
            assert!(second.as_mut().poll(&mut context).is_pending());
            answer(given);
            assert_eq!(first.as_mut().poll(&mut context), Poll::Ready(given));
            assert_eq!(second.as_mut().poll(&mut context), Poll::Ready(given));
        }
    }

    #[test]
    fn a_later_request_asks_again() {
        let mut context = Context::from_waker(Waker::noop());
        {
            let mut first = pin!(ask());
            assert!(first.as_mut().poll(&mut context).is_pending());
            answer(true);
            assert_eq!(first.as_mut().poll(&mut context), Poll::Ready(true));
        }
        let mut second = pin!(ask());
        assert!(second.as_mut().poll(&mut context).is_pending());
        answer(false);
        assert_eq!(second.as_mut().poll(&mut context), Poll::Ready(false));
    }
}
