// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory for views (std::string_view, std::span) that cannot point into the guest: transcoded text, and values that had
// to be made canonical. Belongs to the frame of one call and lives until the callee has returned. Allocates only when
// `allocate` is called.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace holdfast::abi {

class LiftScratch {
 public:
  LiftScratch() = default;
  LiftScratch(const LiftScratch&) = delete;
  LiftScratch& operator=(const LiftScratch&) = delete;

  /// Allocates `size` bytes, uninitialised and aligned for every scalar, which stay in place until the scratch is
  /// destroyed. Contract: the caller has charged them to the lift allowance.
  std::byte* allocate(std::size_t size) {
    return blocks_.emplace_back(std::make_unique_for_overwrite<std::byte[]>(size)).get();
  }

 private:
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace holdfast::abi
