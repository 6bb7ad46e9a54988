// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens to a call that has to wait. Tasks run nested on one stack, so no other task can produce the event that a
// task waits for. In most such cases the specification requires a trap; the others fail as unsupported.
// Source: CanonicalABI.md, "canon lift"; Concurrency.md, "Blocking"; rule 27.
#pragma once

#include <cstdint>

#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

/// Call it when the innermost task has to wait. Raises a trap if the task may not wait (its function is not async) or
/// would wait forever, and `unsupported` if its caller would continue in the meantime. Always returns false.
bool raise_wait(StoreState& store);

/// Whether the innermost task runs an async function.
bool may_wait(const StoreState& store) noexcept;

/// Checks that `index` is a waitable set of `instance`. False: a trap was raised.
bool check_waitable_set(StoreState& store, const InstanceState& instance, std::uint32_t index);

}  // namespace holdfast::runtime
