// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers for the tests of this layer. The fixture owns everything; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/testing/matchers.hpp"
#include "holdfast/embed/component.hpp"
#include "holdfast/embed/engine.hpp"
#include "holdfast/embed/instance.hpp"
#include "holdfast/embed/linker.hpp"
#include "holdfast/embed/store.hpp"
#include "holdfast/embed/value_or_throw.hpp"
#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi_test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }
inline std::string text(const Bytes& content) { return std::string(content.begin(), content.end()); }

/// One engine for all tests of the program.
const Engine& engine();

/// Runs code as a host function that a guest calls, because only such code has a Caller.
class WithCaller : public ::testing::Test {
 protected:
  WithCaller();

  /// Runs `body` inside a guest's call. Errors: those of the guest's call.
  HostResult<void> call(std::function<void(Caller&)> body);
  /// The same with a body that may trap the guest.
  template <class T>
  HostResult<T> traps_or(std::function<wasi::OrTrap<T>(Caller&)> body) {
    std::optional<wasi::OrTrap<T>> outcome;
    HOLDFAST_TRY(call([&](Caller& caller) { outcome.emplace(body(caller)); }));
    if (!*outcome) return host_fail(outcome->error().kind(), outcome->error().message());
    if constexpr (!std::is_void_v<T>) {
      return **std::move(outcome);
    } else {
      return {};
    }
  }

  Store store;

 private:
  std::function<void(Caller&)> body_;
};

/// Delivers one piece per read; an empty piece means that no bytes are available at the moment. After the last piece it
/// ends or fails.
class PiecewiseSource final : public wasi::ByteSource {
 public:
  explicit PiecewiseSource(std::deque<std::string> pieces, wasi::StreamError end = {})
      : pieces_(std::move(pieces)), end_(std::move(end)) {}
  wasi::StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) override;

 private:
  std::deque<std::string> pieces_;
  wasi::StreamError end_;
};

/// The state of a LimitedSink, which accepts as many bytes as `room` says.
struct SinkState {
  std::string accepted = {};
  std::size_t room = 0;
  std::size_t room_for_each_wait = 0;  ///< added to `room` at each wait
  std::optional<wasi::StreamError> error = {};
};
class LimitedSink final : public wasi::ByteSink {
 public:
  explicit LimitedSink(SinkState& state) : state_(&state) {}
  wasi::StreamResult<std::size_t> write(std::span<const std::uint8_t> written) override;
  wasi::WaitFor writable() override;

 private:
  SinkState* state_;
};

using matchers::Fails;
using matchers::Gives;
using matchers::Succeeds;
using matchers::Traps;

MATCHER(IsClosed, "is closed") { return !arg && arg.error().is_closed(); }
MATCHER_P(FailedWith, system_error, "failed with the system's error " + std::to_string(system_error)) {
  const auto* error = arg ? nullptr : std::get_if<wasi::IoError>(&arg.error().value);
  return error != nullptr && error->system_error() == system_error;
}

}  // namespace holdfast::wasi_test
