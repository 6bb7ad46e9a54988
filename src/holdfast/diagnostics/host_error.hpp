// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `HostError`: the error of everything above the freestanding layers. Owns its text; a value, safe to keep
// and to hand to another thread. `HostResult<T>` is what public functions return.
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

/// What kind of failure a `HostError` is; a program decides by this, never by the text.
enum class ErrorKind : std::uint8_t {
  invalid,      ///< the bytes are not a valid component (or not valid text)
  unsupported,  ///< valid, but uses something that Holdfast names and does not run
  link,         ///< imports are missing or have the wrong type
  trap,         ///< a guest broke a rule, or trapped by itself
  limit,        ///< a limit or budget was reached
  closed,       ///< the store, instance or handle was closed before
  io,           ///< a file could not be read or written
  misuse,       ///< the embedder used the API in a way that its contract excludes
};
std::string_view name_of(ErrorKind kind) noexcept;

/// One frame of a backtrace, innermost first.
struct Frame {
  std::string module;    ///< name of the core module, or of the component instance; may be empty
  std::string function;  ///< name, or empty
  std::uint32_t function_index = 0;
  std::uint64_t offset = 0;  ///< in the core module, bytes
};

class HostError {
 public:
  HostError(ErrorKind kind, std::string message);

  /// The trap or limit that `error` stands for, with its text and rule.
  static HostError from(const Error& error, ErrorKind kind = ErrorKind::trap);

  ErrorKind kind() const noexcept { return details_->kind; }
  /// The rule of handle tables that was broken (docs/rules.md); `Rule::none` where there is none.
  Rule rule() const noexcept { return details_->rule; }
  /// The low-level code, `ErrorCode::none` where there is none.
  ErrorCode code() const noexcept { return details_->code; }
  /// The innermost cause, one line, without contexts.
  const std::string& cause() const noexcept { return details_->message; }
  /// Everything: contexts from the outermost in, then the cause; one line.
  std::string message() const;
  /// Set when the guest asked to exit: the call ended, nothing was broken, and the instance may be called again.
  std::optional<int> exit_code() const noexcept { return details_->exit_code; }
  /// Offset in the component's bytes where there is one.
  std::optional<std::uint64_t> offset() const noexcept { return details_->offset; }
  /// The calls between components that led here, innermost first: "instance: function".
  const std::vector<std::string>& call_path() const noexcept { return details_->call_path; }
  /// The engine's frames, innermost first; empty when no guest code was running.
  const std::vector<Frame>& backtrace() const noexcept { return details_->backtrace; }

  /// Each returns the error itself, so that they chain.
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
  // Behind a pointer so that std::expected<small, HostError> stays small on the path that succeeds.
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
