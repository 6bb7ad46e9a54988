// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cases whose loop runs in a guest: its export `run(n)` performs n operations. peers/wasmtime has the same list.
#pragma once

namespace holdfast::bench {

struct GuestLoop {
  const char* name;
  const char* file;
};

inline constexpr GuestLoop guest_loops[] = {
    {"resource.rep", "resource_rep.wat"},         {"new + drop", "new_drop.wat"},
    {"own ping-pong", "own_ping_pong.wat"},       {"borrow to the implementer", "borrow_call.wat"},
    {"guest to host method", "host_counter.wat"},
};

}  // namespace holdfast::bench
