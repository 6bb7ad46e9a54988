// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers for the reader's tests, which write components byte by byte.
#pragma once

#include <string>

#include "holdfast/component/binary/reader.hpp"

namespace holdfast::component {

inline const std::string preamble("\0asm\x0d\0\x01\0", 8);
inline const std::string core_preamble("\0asm\x01\0\0\0", 8);

/// An unsigned LEB128 integer.
inline std::string u32(std::size_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

inline std::string section(unsigned id, const std::string& contents) {
  return static_cast<char>(id) + u32(contents.size()) + contents;
}

inline HostResult<syntax::Component> read(const std::string& bytes, const ReadLimits& limits = {}) {
  return read_component(std::as_bytes(std::span(bytes)), limits);
}

}  // namespace holdfast::component
