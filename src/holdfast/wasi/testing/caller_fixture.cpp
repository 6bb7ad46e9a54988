// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/testing/caller_fixture.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::wasi_test {
namespace {

constexpr std::string_view calls_host = R"((component
  (import "run" (func $run))
  (core func $run (canon lower (func $run)))
  (core module $m (import "" "run" (func $run)) (func (export "run") call $run))
  (core instance $i (instantiate $m (with "" (instance (export "run" (func $run))))))
  (func (export "start") (canon lift (core func $i "run")))))";

}  // namespace

const Engine& engine() {
  static const Engine instance = value_or_throw(Engine::create());
  return instance;
}

WithCaller::WithCaller() : store(value_or_throw(Store::create(engine()))) {}

HostResult<void> WithCaller::call(std::function<void(Caller&)> body) {
  body_ = std::move(body);
  Linker linker(engine());
  linker.func("run", [this](Caller& caller) { body_(caller); });
  HOLDFAST_TRY_ASSIGN(const Instance instance,
                      linker.instantiate(store, value_or_throw(Component::from_text(engine(), calls_host))));
  return value_or_throw(instance.func<void()>("start"))();
}

wasi::StreamResult<std::size_t> PiecewiseSource::read(std::span<std::uint8_t> buffer) {
  if (pieces_.empty()) return std::unexpected(end_);
  std::string& piece = pieces_.front();
  const std::size_t count = std::min(buffer.size(), piece.size());
  std::copy_n(piece.begin(), count, buffer.begin());
  piece.erase(0, count);
  if (piece.empty()) pieces_.pop_front();
  return count;
}

wasi::StreamResult<std::size_t> LimitedSink::write(std::span<const std::uint8_t> written) {
  if (state_->error) return std::unexpected(*state_->error);
  const auto part = written.first(std::min(written.size(), state_->room));
  state_->accepted.append(part.begin(), part.end());
  state_->room -= part.size();
  return part.size();
}

wasi::WaitFor LimitedSink::writable() {
  state_->room += state_->room_for_each_wait;
  return state_->room > 0 || state_->error ? wasi::WaitFor::nothing() : wasi::WaitFor::never();
}

}  // namespace holdfast::wasi_test
