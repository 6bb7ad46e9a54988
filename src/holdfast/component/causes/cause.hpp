// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Cause`: everything for which types, names and definitions are refused; the texts stand in messages.def.
// Free functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

enum class Cause : std::uint16_t {
#define HOLDFAST_CAUSE(cause, kind, text) cause,
#include "holdfast/component/causes/messages.def"
#undef HOLDFAST_CAUSE
};

/// As it stands in messages.def.
std::string_view name_of(Cause cause) noexcept;
/// The text of `cause`, with its placeholders.
std::string_view text_of(Cause cause) noexcept;

/// The failure `cause`, with {0}, {1}, … in its text replaced by `arguments`.
std::unexpected<HostError> refuse(Cause cause, std::initializer_list<std::string_view> arguments = {});

/// The same, at `offset` bytes from the start of the file.
std::unexpected<HostError> refuse_at(std::size_t offset, Cause cause,
                                     std::initializer_list<std::string_view> arguments = {});

/// `value` in decimal.
std::string number(std::uint64_t value);

/// `result`, its error (if it is one) at `offset`.
template <class T>
HostResult<T> at_offset(HostResult<T> result, std::size_t offset) {
  if (!result) result.error().with_offset(offset);
  return result;
}

}  // namespace holdfast::component
