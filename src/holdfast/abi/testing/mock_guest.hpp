// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: a guest over a buffer. Its realloc is a bump allocator that records its calls. Each call moves the memory
// to a new address and makes the old memory unusable, so that tests catch views that were not refreshed. Its handle
// table has the index n + 100 for the token n, and rejects indices that are not in `owned` or `borrowed`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "holdfast/abi/context.hpp"

namespace holdfast::abi::testing {

struct ReallocCall {
  std::uint32_t old_pointer = 0;
  std::uint32_t old_size = 0;
  std::uint32_t alignment = 0;
  std::uint32_t new_size = 0;
  friend bool operator==(const ReallocCall&, const ReallocCall&) = default;
};

class MockGuest final : public Guest {
 public:
  MockGuest(const component::InterfaceTypes& types, std::size_t memory_size = 4096,
            component::StringEncoding encoding = component::StringEncoding::utf8);

  Context& context() { return context_; }

  Result<std::uint32_t> reallocate(std::uint32_t old_pointer, std::uint32_t old_size, std::uint32_t alignment,
                                   std::uint32_t new_size) override;
  Result<HandleToken> lift_own(component::ResourceSlot resource, std::uint32_t index) override;
  Result<HandleToken> lift_borrow(component::ResourceSlot resource, std::uint32_t index) override;
  Result<std::uint32_t> lower_own(component::ResourceSlot resource, HandleToken token) override;
  Result<std::uint32_t> lower_borrow(component::ResourceSlot resource, HandleToken token) override;

  /// The `size` bytes of memory from `pointer`.
  std::vector<std::uint8_t> bytes(std::uint32_t pointer, std::size_t size) const;
  void write(std::uint32_t pointer, const std::vector<std::uint8_t>& bytes);

  /// The address of the next allocation, before alignment.
  std::uint32_t next_free = 0x100;
  std::vector<ReallocCall> calls;
  /// After this many further calls, realloc fails; 0: the next call fails.
  std::optional<std::size_t> fail_after;
  std::set<std::uint32_t> owned;     ///< indices that lift_own removes and lower_own adds
  std::set<std::uint32_t> borrowed;  ///< indices that lift_borrow accepts beside the owned ones

 private:
  void move_memory(std::size_t size);

  std::unique_ptr<std::byte[]> memory_;
  Context context_;
};

}  // namespace holdfast::abi::testing
