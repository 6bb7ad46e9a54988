// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `HostError`: the error type of all layers above the freestanding ones. A value that owns its text, safe to keep and
// to pass to another thread. Public functions return `HostResult<T>`.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/core/result.hpp"

namespace holdfast {

/// The kind of failure of a `HostError`. Programs should decide by the kind, never by the text.
enum class ErrorKind : std::uint8_t {
  invalid,      ///< the bytes are not a valid component (or not valid text)
  unsupported,  ///< valid, but uses a feature that Holdfast does not run; the message names it
  link,         ///< imports are missing or have the wrong type
  trap,         ///< a guest broke a rule, or executed an instruction that traps
  limit,        ///< a limit or budget was reached
  closed,       ///< the store, instance or handle is closed
  io,           ///< a file could not be read or written
  misuse,       ///< the embedder broke a contract of the API
};
std::string_view name_of(ErrorKind kind) noexcept;

/// One frame of a backtrace.
struct Frame {
  std::string module;    ///< name of the core module or of the component instance; may be empty
  std::string function;  ///< name of the function; may be empty
  std::uint32_t function_index = 0;
  std::uint64_t offset = 0;  ///< byte offset in the core module
};

class HostError {
 public:
  HostError(ErrorKind kind, std::string message);

  /// Converts `error`, with its text, code and rule.
  static HostError from(const Error& error, ErrorKind kind = ErrorKind::trap);

  ErrorKind kind() const noexcept { return details_->kind; }
  /// The rule that was broken (docs/rules.md); `Rule::none` if there is none.
  Rule rule() const noexcept { return details_->rule; }
  /// The code of the low layers; `ErrorCode::none` if there is none.
  ErrorCode code() const noexcept { return details_->code; }
  /// The innermost cause without contexts, in one line.
  const std::string& cause() const noexcept { return details_->message; }
  /// The contexts, outermost first, and then the cause, in one line.
  std::string message() const;
  /// Set when the guest asked to exit. The call has ended, no rule was broken, and the instance may be called again.
  std::optional<int> exit_code() const noexcept { return details_->exit_code; }
  /// Byte offset in the component, if the error has one.
  std::optional<std::uint64_t> offset() const noexcept { return details_->offset; }
  /// The calls between components that were active, innermost first, each as "instance: function".
  const std::vector<std::string>& call_path() const noexcept { return details_->call_path; }
  /// The engine's frames, innermost first; empty when no guest code was running.
  const std::vector<Frame>& backtrace() const noexcept { return details_->backtrace; }

  // Each of these returns the error itself, so that calls can be chained.

  /// Adds a context, which becomes the outermost one.
  HostError& with_context(std::string context) &;
  HostError&& with_context(std::string context) &&;
  HostError& with_rule(Rule rule) noexcept;
  HostError& with_code(ErrorCode code) noexcept;
  HostError& with_offset(std::uint64_t offset) noexcept;
  HostError& with_exit_code(int code) noexcept;
  HostError& with_call(std::string call);
  HostError& with_backtrace(std::vector<Frame> frames);

  /// message(), then the broken rule, the call path and the backtrace, one line each.
  std::string to_string() const;

 private:
  struct Details {
    ErrorKind kind;
    ErrorCode code = ErrorCode::none;
    Rule rule = Rule::none;
    std::string message;
    std::vector<std::string> contexts;  // innermost first
    std::optional<std::uint64_t> offset;
    std::optional<int> exit_code;
    std::vector<std::string> call_path;
    std::vector<Frame> backtrace;
  };
  // A pointer, so that std::expected<small, HostError> stays small when the call succeeds.
  struct Holder {
    explicit Holder(Details details) : value(std::make_unique<Details>(std::move(details))) {}
    Holder(const Holder& other) : value(std::make_unique<Details>(*other.value)) {}
    Holder(Holder&&) noexcept = default;
    Holder& operator=(Holder other) noexcept {
      value = std::move(other.value);
      return *this;
    }
    ~Holder() = default;
    Details* operator->() const noexcept { return value.get(); }
    std::unique_ptr<Details> value;
  };
  Holder details_;
};

template <class T>
using HostResult = std::expected<T, HostError>;

/// The failure half of a `HostResult`.
std::unexpected<HostError> host_fail(ErrorKind kind, std::string message);

}  // namespace holdfast
