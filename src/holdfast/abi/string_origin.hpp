// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a string was encoded where it comes from. Text is UTF-8 inside Holdfast; its origin decides which allocations
// another component sees when the string is lowered there (CanonicalABI.md, "Storing", store_string). Plain data.
#pragma once

#include <cstdint>

namespace holdfast {

enum class StringOrigin : std::uint8_t {
  utf8,  ///< also everything that the host makes
  utf16,
  latin1,        ///< latin1+utf16 without the tag
  tagged_utf16,  ///< latin1+utf16 with the tag
};

}  // namespace holdfast
