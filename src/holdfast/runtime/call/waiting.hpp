// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of a call that has to wait. Tasks run one inside the other, on one stack, so that nothing else can bring
// about what is waited for: the specification says "trap" for most of that, and the rest is refused by name.
// Source: CanonicalABI.md, "canon lift"; Concurrency.md, "Blocking"; rule 27.
#pragma once

#include <cstdint>

#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {

/// The innermost task waits. Raises a trap where no one may wait (a function that is not async) or where waiting would
/// never end, and `unsupported` where its caller would go on meanwhile. Always returns false.
bool raise_wait(StoreState& store);

/// Whether the task that runs belongs to an async function.
bool may_wait(const StoreState& store) noexcept;

/// Whether `index` is a waitable set of `instance`. False: a trap was raised.
bool check_waitable_set(StoreState& store, const InstanceState& instance, std::uint32_t index);

}  // namespace holdfast::runtime
