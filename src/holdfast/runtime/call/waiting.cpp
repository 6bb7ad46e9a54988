// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/call/waiting.hpp"

#include <ranges>

#include "holdfast/runtime/call/guest_call.hpp"
#include "holdfast/runtime/call/handle_error.hpp"

namespace holdfast::runtime {
namespace {

bool is_async(const Task& task) noexcept { return task.call != nullptr && task.call->type().is_async; }

}  // namespace

bool may_wait(const StoreState& store) noexcept { return is_async(*store.tasks.back()); }

bool raise_wait(StoreState& store) {
  for (const Task* task : store.tasks | std::views::reverse) {
    if (!is_async(*task)) {
      return store.raise(HostError(ErrorKind::trap, "cannot block a synchronous task before returning")
                             .with_rule(Rule::synchronous_calls_do_not_block));
    }
    if (!task->call->caller_waits() || task->call->is_resolved()) {
      return store.raise(HostError(ErrorKind::unsupported,
                                   "an async function waits for an event, which Holdfast does not support yet"));
    }
    if (task->call->is_from_host()) break;
  }
  return store.raise(HostError(ErrorKind::trap, "deadlock detected: event loop cannot make further progress"));
}

bool check_waitable_set(StoreState& store, const InstanceState& instance, std::uint32_t index) {
  return find_other(store, instance, index, handles::HandleKind::waitable_set, "a waitable set").has_value();
}

}  // namespace holdfast::runtime
