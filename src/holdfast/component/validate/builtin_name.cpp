// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/builtin_name.hpp"

namespace holdfast::component {

std::string_view builtin_name(syntax::CanonicalOpcode opcode) noexcept {
  using Opcode = syntax::CanonicalOpcode;
  switch (opcode) {
    case Opcode::lift: return "lift";
    case Opcode::lower: return "lower";
    case Opcode::resource_new: return "resource.new";
    case Opcode::resource_drop: return "resource.drop";
    case Opcode::resource_rep: return "resource.rep";
    case Opcode::task_cancel: return "task.cancel";
    case Opcode::subtask_cancel: return "subtask.cancel";
    case Opcode::task_return: return "task.return";
    case Opcode::context_get: return "context.get";
    case Opcode::context_set: return "context.set";
    case Opcode::thread_yield: return "thread.yield";
    case Opcode::subtask_drop: return "subtask.drop";
    case Opcode::stream_new: return "stream.new";
    case Opcode::stream_read: return "stream.read";
    case Opcode::stream_write: return "stream.write";
    case Opcode::stream_cancel_read: return "stream.cancel-read";
    case Opcode::stream_cancel_write: return "stream.cancel-write";
    case Opcode::stream_drop_readable: return "stream.drop-readable";
    case Opcode::stream_drop_writable: return "stream.drop-writable";
    case Opcode::future_new: return "future.new";
    case Opcode::future_read: return "future.read";
    case Opcode::future_write: return "future.write";
    case Opcode::future_cancel_read: return "future.cancel-read";
    case Opcode::future_cancel_write: return "future.cancel-write";
    case Opcode::future_drop_readable: return "future.drop-readable";
    case Opcode::future_drop_writable: return "future.drop-writable";
    case Opcode::error_context_new: return "error-context.new";
    case Opcode::error_context_debug_message: return "error-context.debug-message";
    case Opcode::error_context_drop: return "error-context.drop";
    case Opcode::waitable_set_new: return "waitable-set.new";
    case Opcode::waitable_set_wait: return "waitable-set.wait";
    case Opcode::waitable_set_poll: return "waitable-set.poll";
    case Opcode::waitable_set_drop: return "waitable-set.drop";
    case Opcode::waitable_join: return "waitable.join";
    case Opcode::backpressure_inc: return "backpressure.inc";
    case Opcode::backpressure_dec: return "backpressure.dec";
    case Opcode::thread_index: return "thread.index";
    case Opcode::thread_new_indirect: return "thread.new-indirect";
    case Opcode::thread_resume_later: return "thread.resume-later";
    case Opcode::thread_suspend: return "thread.suspend";
    case Opcode::thread_suspend_then_resume: return "thread.suspend-then-resume";
    case Opcode::thread_yield_then_resume: return "thread.yield-then-resume";
    case Opcode::thread_suspend_then_promote: return "thread.suspend-then-promote";
    case Opcode::thread_yield_then_promote: return "thread.yield-then-promote";
    case Opcode::thread_spawn_ref: return "thread.spawn-ref";
    case Opcode::thread_spawn_indirect: return "thread.spawn-indirect";
    case Opcode::thread_available_parallelism: return "thread.available_parallelism";
  }
  return "unknown";
}

}  // namespace holdfast::component
