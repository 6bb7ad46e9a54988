// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lifting and lowering know about the component instance whose memory they read or write: abstract memory,
// realloc and handles. The runtime implements `Guest`; tests implement it over a plain buffer.
// Nothing here owns anything; a context lives for one lift or lower of one call, on one thread.
#pragma once

#include <cstdint>

#include "holdfast/component/program/interface_type.hpp"
#include "holdfast/component/program/program.hpp"
#include "holdfast/core/result.hpp"
#include "holdfast/engine/store.hpp"

namespace holdfast::abi {

/// A resource on its way from one table to another. What the bits mean is the runtime's business; a token that was
/// lifted and is never lowered is released with the call that lifted it.
struct HandleToken {
  std::uint64_t bits = 0;
  friend bool operator==(const HandleToken&, const HandleToken&) = default;
};

/// The guest's side of lifting and lowering. Errors are traps of the call; a failure whose details do not fit an
/// `Error` (the guest's realloc trapped) is `ErrorCode::call_failed`, its details are kept by the implementer.
class Guest {
 public:
  /// Calls the guest's realloc (rule 14) and updates the memory view of the context that it was made for.
  /// The result was checked: aligned, and `new_size` bytes in bounds.
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
  engine::MemoryView memory;  ///< empty when the options name no memory
  component::StringEncoding encoding = component::StringEncoding::utf8;
  Guest* guest = nullptr;
  /// Host memory that this call may still allocate for lifted values, bytes; counted down before allocating.
  std::uint64_t lift_allowance = 0;
};

}  // namespace holdfast::abi
