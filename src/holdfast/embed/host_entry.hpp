// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the host calls a component's function, with typed and with dynamic values.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "holdfast/runtime/call/guest_call.hpp"

namespace holdfast::embed {

/// The function's name in messages: "instance: function".
std::string describe(const runtime::LiftedState& function);

/// Prepares a call: checks that the store is open and (in debug builds) that no other thread uses it, and runs the drop
/// queue if the store is idle. Errors: closed.
HostResult<void> begin_host_call(runtime::StoreState& store);

/// Decides what follows when the arguments could not be lowered. After a mistake of the host the call is abandoned, the
/// guest is unchanged, and the error is returned. Otherwise it is a trap: the reason is raised in the store, and the
/// result is nullopt.
std::optional<HostError> refuse_arguments(runtime::StoreState& store, runtime::GuestCall& call,
                                          const runtime::LiftedState& callee, const Error& error);

/// Ends a call that failed: releases what the closed instances held, and returns the reason.
HostError end_failed_call(runtime::StoreState& store, const runtime::LiftedState& callee);

/// Calls `callee`. `lower(call)` lowers the arguments into call.values(), `lift(call)` lifts call.result(); both return
/// Result<void>. Errors: closed, misuse, trap, limit.
template <class Lower, class Lift>
HostResult<void> call_from_host(runtime::StoreState& store, runtime::LiftedState& callee, Lower&& lower, Lift&& lift) {
  HOLDFAST_TRY(begin_host_call(store));
  const runtime::StoreState::InUse in_use(store);
  bool done = false;
  {
    runtime::GuestCall call(store, callee, nullptr);
    if (call.enter()) {
      if (Result<void> lowered = lower(call); !lowered) {
        if (auto refused = refuse_arguments(store, call, callee, lowered.error()))
          return std::unexpected(*std::move(refused));
      } else {
        done = call.run([&] {
          const Result<void> lifted = lift(call);
          return (lifted || store.raise(lifted.error())) && call.check_borrows();
        });
      }
    }
  }
  if (!done) return std::unexpected(end_failed_call(store, callee));
  if (store.is_idle()) {
    store.release_closed();  // a component may have been terminated although this call succeeded
    store.run_drop_queue();
  }
  return {};
}

}  // namespace holdfast::embed
