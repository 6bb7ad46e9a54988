// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Cause`: the reasons to refuse a type, a name or a definition. Their texts are in messages.def.
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

/// The name of `cause` in messages.def.
std::string_view name_of(Cause cause) noexcept;
/// The text of `cause`, placeholders not filled in.
std::string_view text_of(Cause cause) noexcept;

/// An error with the kind and text of `cause`; `arguments` replace {0}, {1}, ... in the text.
std::unexpected<HostError> refuse(Cause cause, std::initializer_list<std::string_view> arguments = {});

/// Like `refuse`; the error is at `offset`, in bytes from the start of the file.
std::unexpected<HostError> refuse_at(std::size_t offset, Cause cause,
                                     std::initializer_list<std::string_view> arguments = {});

/// `value` in decimal.
std::string number(std::uint64_t value);

/// Returns `result`; if it is an error, sets the error's offset to `offset` (bytes from the start of the file).
template <class T>
HostResult<T> at_offset(HostResult<T> result, std::size_t offset) {
  if (!result) result.error().with_offset(offset);
  return result;
}

}  // namespace holdfast::component
