//! Between window and core: the state that commands work on, errors, events, and the bindings made from them.

mod bindings;
mod events;

use std::error::Error;

use bk_app::views::ErrorView;
use bk_app::{App, AppError};
use tauri::State;

pub(crate) use bindings::builder;
pub use bindings::export_bindings;
pub(crate) use events::emit;

/// What a command gives back.
pub(crate) type Answer<T> = Result<T, ErrorView>;

/// The core as a command receives it.
pub(crate) type Core<'a> = State<'a, OpenedCore>;

/// The core, or why it could not be opened: the window opens in either case and shows which.
pub(crate) struct OpenedCore(Result<App, ErrorView>);

impl OpenedCore {
    pub(crate) fn new(opened: Result<App, AppError>) -> Self {
        Self(answer(opened))
    }

    /// The core, or the error with which it failed to open.
    pub(crate) fn app(&self) -> Answer<&App> {
        self.0.as_ref().map_err(Clone::clone)
    }
}

/// Turns a result of the core into what the window sees, and logs the whole chain of causes of an error.
pub(crate) fn answer<T>(result: Result<T, AppError>) -> Answer<T> {
    result.map_err(|error| {
        let view = error.view();
        tracing::warn!(
            code = view.code,
            device = view.device,
            causes = causes(&error),
            "{error}"
        );
        view
    })
}

fn causes(error: &dyn Error) -> String {
    let chain = std::iter::successors(error.source(), |cause| (*cause).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
