//! The job card: what runs, how far it is, its log and a way to cancel. It asks once a second until the job ends.

use super::basic::{Look, badge, button_when, fact, facts, failure, instant, link, skeleton, text};
use super::form::Form;
use crate::api::{self, Load};
use crate::format;
use crate::paths::Place;
use crate::state;
use api_types::job::JobView;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// Whether the job is still going to change.
pub fn open(job: &JobView) -> bool {
    matches!(job.state.as_str(), "queued" | "running")
}

/// The card of a job; `ended` runs once when it ends while the card is shown.
pub fn job_card(id: Uuid, ended: Option<Callback<JobView>>) -> AnyView {
    let job = RwSignal::new(Load::<JobView>::Waiting);
    follow(id, job, ended);
    let form = Form::new("job");
    // The frame is drawn once; each part changes on its own, so that focus and scrolling survive the next second.
    let phase = Memo::new(move |_| job.with(|state| matches!(state, Load::Ready(_))));
    (move || {
        if phase.get() {
            card(id, job, form)
        } else {
            untrack_state(id, job, ended)
        }
    })
    .into_any()
}

fn untrack_state(id: Uuid, job: RwSignal<Load<JobView>>, ended: Option<Callback<JobView>>) -> AnyView {
    job.with(|state| match state {
        Load::Failed(error) => failure(error, Some(Callback::new(move |()| follow(id, job, ended)))),
        _ => skeleton(),
    })
}

/// A part of the card that follows the job.
fn part(job: RwSignal<Load<JobView>>, view: fn(&JobView) -> AnyView) -> AnyView {
    (move || {
        job.with(|state| match state {
            Load::Ready(job) => view(job),
            _ => ().into_any(),
        })
    })
    .into_any()
}

/// Reads the job once a second until it has ended or the card is gone.
fn follow(id: Uuid, job: RwSignal<Load<JobView>>, ended: Option<Callback<JobView>>) {
    spawn_local(async move {
        let mut was_open = false;
        let mut lost = 0_u8;
        loop {
            match api::get::<JobView>(&format!("/jobs/{id}")).await {
                Ok(view) => {
                    lost = 0;
                    let again = open(&view);
                    if job.try_set(Load::Ready(view.clone())).is_some() {
                        return;
                    }
                    if !again {
                        if was_open {
                            state::announce(format!("{}: {}", view.title, format::words(&view.state)));
                            state::alerts_changed();
                            if let Some(ended) = ended {
                                ended.try_run(view);
                            }
                        }
                        return;
                    }
                    was_open = true;
                }
                // A short loss of connection does not end the watch.
                Err(api::ApiError::Offline) if lost < 30 => lost += 1,
                Err(error) => {
                    job.try_set(Load::Failed(error));
                    return;
                }
            }
            TimeoutFuture::new(1000).await;
            if job.try_with_untracked(|_| ()).is_none() {
                return;
            }
        }
    });
}

fn card(id: Uuid, job: RwSignal<Load<JobView>>, form: Form) -> AnyView {
    let now = move |test: fn(&JobView) -> bool| job.with(|state| matches!(state, Load::Ready(job) if test(job)));
    let running = Memo::new(move |_| now(open));
    let asked = Memo::new(move |_| now(|job| job.cancel_requested));
    let cancel = move || {
        (running.get() && state::can("job.cancel")).then(|| {
            button_when(
                "Cancel",
                Look::Plain,
                move || asked.get() || form.busy.get(),
                move || {
                    form.run(
                        async move { api::post_empty(&format!("/jobs/{id}/cancel")).await },
                        |()| {},
                    );
                },
            )
        })
    };
    view! {
        <section class="card job" aria-label="Job">
            <header class="card-head">
                <h2>{part(job, |job| link(&job.title, Place::Job(job.id).path()))}</h2>
                {cancel}
            </header>
            {part(job, bar)}
            {part(job, figures)}
            {part(job, outcome)}
            {move || form.error.with(|error| error.as_ref().map(|error| failure(error, None)))}
            <details open>
                <summary>"Log"</summary>
                <ol class="log" tabindex="0" aria-label="Log">{part(job, log)}</ol>
            </details>
        </section>
    }
    .into_any()
}

fn figures(job: &JobView) -> AnyView {
    let mut items = vec![fact("State", badge(&job.state)), fact("Progress", text(&progress(job)))];
    if let Some(rate) = job.rate_per_s {
        items.push(fact("Rows per second", text(&format::count(rate))));
    }
    if let Some(left) = seconds_left(job) {
        items.push(fact("Time left", text(&left)));
    }
    items.push(fact("Started", instant(job.started_at.as_deref())));
    if let Some(end) = &job.finished_at {
        items.push(fact("Ended", instant(Some(end))));
    }
    facts(items)
}

fn outcome(job: &JobView) -> AnyView {
    let reason = job.reason.as_deref().map(format::words);
    let message = [reason, job.message.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(". ");
    let asked = (job.cancel_requested && open(job))
        .then_some("Cancel was asked; the job stops at the end of its current step.");
    view! {
        {(!message.is_empty()).then(|| view! { <p>{message}</p> })}
        {asked.map(|asked| view! { <p class="muted">{asked}</p> })}
        {results(&job.result)}
    }
    .into_any()
}

fn progress(job: &JobView) -> String {
    let done = format::count(job.progress_done);
    match job.progress_total {
        Some(total) => format!("{done} of {} {}", format::count(total), job.progress_unit),
        None => format!("{done} {}", job.progress_unit),
    }
}

fn bar(job: &JobView) -> AnyView {
    let total = job.progress_total.map(|total| total.max(1).to_string());
    let done = total.as_ref().map(|_| job.progress_done.to_string());
    if total.is_none() && !open(job) {
        return ().into_any();
    }
    view! { <progress aria-label="Progress" max=total value=done></progress> }.into_any()
}

/// What is left at the pace so far, in whole seconds; both instants are UTC.
fn seconds_left(job: &JobView) -> Option<String> {
    if job.state != "running" || job.progress_done == 0 {
        return None;
    }
    let left = job.progress_total?.checked_sub(job.progress_done)?;
    let started = seconds(job.started_at.as_deref()?)?;
    let spent = seconds(&state::now())?.checked_sub(started)?;
    let rest = spent.checked_mul(left)? / job.progress_done;
    Some(if rest < 120 {
        format!("{rest} s")
    } else {
        format!("{} min", rest / 60)
    })
}

/// Seconds since the start of the month: enough for the length of a job that runs for hours.
fn seconds(instant: &str) -> Option<u64> {
    let part = |from: usize| instant.get(from..from + 2)?.parse::<u64>().ok();
    Some(((part(8)? * 24 + part(11)?) * 60 + part(14)?) * 60 + part(17)?)
}

fn results(result: &serde_json::Value) -> AnyView {
    let Some(counters) = result.as_object() else {
        return ().into_any();
    };
    let items = counters
        .iter()
        .filter_map(|(name, value)| {
            let shown = match value {
                serde_json::Value::Number(number) => format::group(&number.to_string()),
                serde_json::Value::String(text) => text.clone(),
                _ => return None,
            };
            Some(fact(&format::words(name), text(&shown)))
        })
        .collect::<Vec<_>>();
    if items.is_empty() { ().into_any() } else { facts(items) }
}

fn log(job: &JobView) -> AnyView {
    job.log
        .iter()
        .map(|line| {
            let time = format::time_of_day(&line.at);
            let level = (line.level != "information").then(|| format!("{}: ", format::words(&line.level)));
            view! { <li><time>{time}</time>" "{level}{line.message.clone()}</li> }.into_any()
        })
        .collect::<Vec<_>>()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_run_is_counted_in_whole_seconds() {
        let from = seconds("2026-11-05T23:59:50Z").unwrap();
        let to = seconds("2026-11-06T00:01:05.5Z").unwrap();
        assert_eq!(to - from, 75);
        assert_eq!(seconds("soon"), None);
    }
}
