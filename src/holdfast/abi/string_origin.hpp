// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The encoding that a string had where it comes from. Inside Holdfast all text is UTF-8; the origin decides which
// allocations a component sees when the string is lowered into it (CanonicalABI.md, store_string). Plain data.
#pragma once

#include <cstdint>

namespace holdfast {

enum class StringOrigin : std::uint8_t {
  utf8,  ///< also all text of the host
  utf16,
  latin1,        ///< latin1+utf16 without the tag
  tagged_utf16,  ///< latin1+utf16 with the tag
};

}  // namespace holdfast
