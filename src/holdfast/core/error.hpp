// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The error value of the low layers: 16 plain bytes, no allocation. Only the outermost code turns it into text
// (`render`, or diagnostics/host_error.hpp in hosted programs). Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "holdfast/core/rules.hpp"

namespace holdfast {

/// What went wrong. The list with its texts is core/error_codes.def.
enum class ErrorCode : std::uint16_t {
  none = 0,
#define HOLDFAST_ERROR(code, rule, text) code,
#include "holdfast/core/error_codes.def"
#undef HOLDFAST_ERROR
};

/// An expected failure. Plain bytes: copying never fails and never allocates.
struct Error {
  ErrorCode code = ErrorCode::none;
  Rule rule = Rule::none;    ///< the broken rule, if it differs from the rule of `code`
  std::uint32_t offset = 0;  ///< byte offset in the input, or the second number in the text of `code`
  std::uint64_t detail = 0;  ///< the number in the text of `code`

  friend constexpr bool operator==(const Error&, const Error&) = default;
};
static_assert(sizeof(Error) == 16);

/// The states of a managed resource (resource/manager/state.hpp). Declared here because errors name them.
enum class ResourceState : std::uint8_t {
#define HOLDFAST_RESOURCE_STATE(state, text) state,
#include "holdfast/core/resource_states.def"
#undef HOLDFAST_RESOURCE_STATE
};
std::string_view name_of(ResourceState state) noexcept;

/// Error::detail of wrong_state for a resource that is in state `from` and cannot become `to`.
constexpr std::uint64_t state_pair(ResourceState from, ResourceState to) noexcept {
  return (std::uint64_t{static_cast<std::uint8_t>(from)} + 1) << 8 | (std::uint64_t{static_cast<std::uint8_t>(to)} + 1);
}

/// An error whose text mentions the number `detail`.
constexpr Error make_error(ErrorCode code, std::uint64_t detail = 0, std::uint32_t offset = 0) noexcept {
  return Error{code, Rule::none, offset, detail};
}

/// The name of `code` as it is written in error_codes.def. Never fails.
std::string_view name_of(ErrorCode code) noexcept;

/// The text of `code` from error_codes.def, with its placeholders ({d}, {x}, {o}, {s}) not filled in.
std::string_view text_of(ErrorCode code) noexcept;

/// The rule that `code` enforces; `Rule::none` if there is none.
Rule rule_of(ErrorCode code) noexcept;

/// Writes the text of `error`, with its numbers filled in, to `buffer` without a terminating NUL.
/// Returns the part of `buffer` that was written; text that does not fit is cut. Does not allocate.
std::string_view render(const Error& error, char* buffer, std::size_t size) noexcept;

}  // namespace holdfast
