// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one way by which the host calls a component's function, for typed and for dynamic values.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "holdfast/runtime/call/guest_call.hpp"

namespace holdfast::embed {

/// "instance: function", for messages.
std::string describe(const runtime::LiftedState& function);

/// Before the call: the store is open, used by this thread, and has nothing left to drop. Errors: closed.
HostResult<void> begin_host_call(runtime::StoreState& store);

/// The arguments could not be lowered. Says whether that is a mistake of the host, which leaves the guest as it was
/// (the call is abandoned, the error returned), or a trap (nullopt; the reason is raised in the store).
std::optional<HostError> refuse_arguments(runtime::StoreState& store, runtime::GuestCall& call,
                                          const runtime::LiftedState& callee, const Error& error);

/// After a call that failed: the reason, once what the closed instances held is given up.
HostError end_failed_call(runtime::StoreState& store, const runtime::LiftedState& callee);

/// `lower(call)` and `lift(call)` return Result<void>; `lift` takes call.result(). Errors: closed, misuse, trap, limit.
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
    store.release_closed();  // what was terminated, though this call came to its end
    store.run_drop_queue();
  }
  return {};
}

}  // namespace holdfast::embed
