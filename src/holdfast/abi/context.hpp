// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lifting and lowering need from the component instance whose memory they read or write: its memory, its realloc
// and its handles. The runtime implements `Guest`; tests implement it over a plain buffer.
// Nothing here owns anything. A context belongs to one call and stays on one thread.
#pragma once

#include <cstdint>

#include "holdfast/component/program/interface_type.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/engine/store.hpp"

namespace holdfast::runtime {
class GuestSide;
}

namespace holdfast::abi {

/// A resource between two handle tables. Only the runtime interprets the bits. A token that was lifted but is never
/// lowered is released at the end of the call that lifted it.
struct HandleToken {
  std::uint64_t bits = 0;
  friend bool operator==(const HandleToken&, const HandleToken&) = default;
};

/// The guest's side of lifting and lowering. Every error is a trap of the call. `ErrorCode::call_failed` means that the
/// implementer keeps the details because they do not fit in an `Error`, as when the guest's realloc trapped.
class Guest {
 public:
  /// Calls the guest's realloc (rule 14), then refreshes the memory view in the context. Sizes are bytes. The returned
  /// pointer is aligned, and `new_size` bytes from it are in bounds.
  virtual Result<std::uint32_t> reallocate(std::uint32_t old_pointer, std::uint32_t old_size, std::uint32_t alignment,
                                           std::uint32_t new_size) = 0;
  virtual Result<HandleToken> lift_own(component::ResourceSlot resource, std::uint32_t index) = 0;      // rule 6
  virtual Result<HandleToken> lift_borrow(component::ResourceSlot resource, std::uint32_t index) = 0;   // rule 7
  virtual Result<std::uint32_t> lower_own(component::ResourceSlot resource, HandleToken token) = 0;     // rule 9
  virtual Result<std::uint32_t> lower_borrow(component::ResourceSlot resource, HandleToken token) = 0;  // rule 10

 protected:
  ~Guest() = default;
};

struct Context {
  const component::InterfaceTypes& types;
  engine::MemoryView memory;  ///< empty when the canonical options name no memory
  component::StringEncoding encoding = component::StringEncoding::utf8;
  Guest* guest = nullptr;
  /// `guest` by its own type, for the codecs that need the runtime: those of handles and host resources
  /// (embed/resource_codecs.hpp). Null when another class implements `guest`.
  runtime::GuestSide* guest_side = nullptr;
  /// Bytes of host memory that this call may still allocate for lifted values; reduced before each allocation.
  std::uint64_t lift_allowance = 0;
};

}  // namespace holdfast::abi
