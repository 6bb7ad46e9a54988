// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/host_entry.hpp"

namespace holdfast::embed {

HostResult<void> begin_host_call(runtime::StoreState& store) {
  if (store.closed) return host_fail(ErrorKind::closed, "the store is closed");
  store.check_thread();
  if (store.is_idle()) store.run_drop_queue();
  return {};
}

std::string describe(const runtime::LiftedState& function) { return function.instance->name + ": " + function.name; }

std::optional<HostError> refuse_arguments(runtime::StoreState& store, runtime::GuestCall& call,
                                          const runtime::LiftedState& callee, const Error& error) {
  switch (error.code) {
    case ErrorCode::call_failed:
    case ErrorCode::realloc_out_of_bounds:
    case ErrorCode::limit_traps:
    case ErrorCode::limit_terminates: store.raise(error); return std::nullopt;
    case ErrorCode::list_out_of_bounds:
    case ErrorCode::string_out_of_bounds: {
      // Nothing was read from the guest yet, so the range came from its realloc.
      HostError described = HostError::from(make_error(ErrorCode::realloc_out_of_bounds, error.offset));
      store.raise(std::move(described).with_context(HostError::from(error).cause()));
      return std::nullopt;
    }
    case ErrorCode::over_budget:
    case ErrorCode::handle_limit:
    case ErrorCode::table_full:
      call.abandon();
      return HostError::from(error, ErrorKind::limit).with_context(describe(callee));
    default: call.abandon(); return HostError::from(error, ErrorKind::misuse).with_context(describe(callee));
  }
}

HostError end_failed_call(runtime::StoreState& store, const runtime::LiftedState& callee) {
  HostError error = store.take_error();
  const std::string called = describe(callee);
  error.with_call(called).with_context(called);
  store.release_closed();
  // After a limit of the store was reached, destructors would fail too and close their instances. They run before the
  // next call instead; until then, the embedder may raise the limit.
  if (store.is_idle() && error.kind() != ErrorKind::limit) store.run_drop_queue();
  return error;
}

}  // namespace holdfast::embed
