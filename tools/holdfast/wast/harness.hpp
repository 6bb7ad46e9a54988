// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What scripts may import from the host: the functions and resources that the harness of the public
// suites provides under `host-return-two`, `host-echo-u32` and in the instances `host` and `wasmtime`. Belongs to one
// script; used by one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "holdfast/embed/linker.hpp"

namespace holdfast::cli::wast {

class Harness {
 public:
  Harness() : counters_(std::make_shared<Counters>()) {}

  /// Adds everything to `linker`, which may outlive this object.
  void link(Linker& linker) const;

  /// Of `resource1`, in all instances of the script.
  struct Counters {
    std::uint32_t drops = 0;
    std::uint32_t last_drop = 0;  ///< the rep of the resource that was dropped last
  };

 private:
  std::shared_ptr<Counters> counters_;
};

}  // namespace holdfast::cli::wast
