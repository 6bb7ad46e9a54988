// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/codec/strings.hpp"

#include "holdfast/abi/memory.hpp"

namespace holdfast::abi {

Result<std::string_view> lift_string_view(Context& context, LiftScratch& scratch, ContentRange range) {
  HOLDFAST_TRY_ASSIGN(const GuestString text, locate_string(context, range));
  HOLDFAST_TRY_ASSIGN(const std::size_t size, utf8_size(text));
  if (is_utf8_in_place(text, size)) return std::string_view(reinterpret_cast<const char*>(text.data), size);
  if (size == 0) return std::string_view();
  HOLDFAST_TRY(charge(context, size));
  char* const copy = reinterpret_cast<char*>(scratch.allocate(size));
  transcode_to_utf8(text, copy);
  return std::string_view(copy, size);
}

}  // namespace holdfast::abi
