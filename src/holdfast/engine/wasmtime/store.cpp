// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stores: creation, calls and their failures, fuel, deadlines, interruption. Items are in items.cpp.
#include "holdfast/engine/store.hpp"

#include <chrono>
#include <string_view>
#include <thread>
#include <utility>
#include <wasmtime.h>

#include "holdfast/engine/wasmtime/failure.hpp"
#include "holdfast/engine/wasmtime/store_impl.hpp"

namespace holdfast::engine {
namespace {

using wasmtime::ErrorPointer;
using wasmtime::TrapPointer;

// Limits are signed in the C API; a negative one means no limit.
std::int64_t to_limit(const std::optional<std::uint64_t>& limit) noexcept {
  constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
  return limit ? static_cast<std::int64_t>(std::min(*limit, largest)) : -1;
}

const char* reason_to_stop(bool is_interrupted) noexcept {
  return is_interrupted ? "the store was interrupted" : "the deadline has passed";
}

// The engine calls this when guest code passes its epoch deadline, which is always the next epoch. An epoch counts for
// the whole engine, so the guest continues unless its own store is interrupted or past its deadline.
// A template, because `Context` is const in some versions of the C API and not in others.
template <class Context>
wasmtime_error_t* on_epoch(Context*, void* data, std::uint64_t* delta, wasmtime_update_deadline_kind_t* kind) {
  auto& store = *static_cast<Store::Impl*>(data);
  auto& interruption = *store.interruption;
  const bool is_interrupted = interruption.requested.load();
  if (is_interrupted || store.engine->ticks.load() >= store.deadline) {
    store.stopped_by = Store::Impl::Stopper::interruption;
    if (is_interrupted) interruption.noticed.store(true);
    return wasmtime_error_new(reason_to_stop(is_interrupted));
  }
  *delta = 1;
  *kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
  return nullptr;
}

CallFailure::Cause cause_of_code(wasmtime_trap_code_t code) noexcept {
  switch (code) {
    case WASMTIME_TRAP_CODE_STACK_OVERFLOW: return CallFailure::Cause::stack;
    case WASMTIME_TRAP_CODE_OUT_OF_FUEL: return CallFailure::Cause::fuel;
    case WASMTIME_TRAP_CODE_INTERRUPT: return CallFailure::Cause::interrupted;
    case WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION: return CallFailure::Cause::exception;
    default: return CallFailure::Cause::trap;
  }
}

bool take_exception(wasmtime_context_t* context) noexcept {
  wasmtime_exnref_t exception;
  if (!wasmtime_context_take_exception(context, &exception)) return false;
  wasmtime_exnref_unroot(&exception);
  return true;
}

}  // namespace

CallFailure Store::Impl::failure(wasmtime_error_t* error, wasm_trap_t* trap) {
  const ErrorPointer owned_error(error);
  const TrapPointer owned_trap(trap);
  const bool had_exception = take_exception(context);
  const Stopper stopper = std::exchange(stopped_by, Stopper::nobody);

  CallFailure failure;
  wasmtime_trap_code_t code = 0;
  if (trap != nullptr && wasmtime_trap_code(trap, &code))
    failure.cause = cause_of_code(code);
  else if (stopper == Stopper::host)
    failure.cause = CallFailure::Cause::host;
  else if (stopper == Stopper::interruption)
    failure.cause = CallFailure::Cause::interrupted;
  else if (had_exception)
    failure.cause = CallFailure::Cause::exception;
  else
    failure.cause = CallFailure::Cause::engine;

  const bool is_engine = failure.cause == CallFailure::Cause::engine;
  if (trap != nullptr) {
    failure.message = wasmtime::cause_of(*trap);
    failure.frames = wasmtime::frames_of(*trap);
  } else {
    failure.message = is_engine ? wasmtime::message_of(*error) : wasmtime::cause_of(*error);
    failure.frames = wasmtime::frames_of(*error);
  }
  return failure;
}

HostResult<Store> Store::create(const Engine& engine, const EngineLimits& limits) {
  auto impl = std::make_unique<Impl>();
  impl->engine = engine.impl();
  impl->interruption = std::make_shared<InterruptHandle::Impl>(engine.impl());
  impl->store.reset(wasmtime_store_new(engine.impl()->engine.get(), nullptr, nullptr));
  impl->context = wasmtime_store_context(impl->store.get());
  wasmtime_store_limiter(impl->store.get(), to_limit(limits.memory_bytes), to_limit(limits.table_elements),
                         to_limit(limits.instances), to_limit(limits.tables), to_limit(limits.memories));
  if (engine.settings().deadlines) {
    wasmtime_store_epoch_deadline_callback(impl->store.get(), &on_epoch, impl.get(), nullptr);
    impl->arm_epoch();
  }
  Store store(std::move(impl));
  if (engine.settings().fuel) HOLDFAST_TRY(store.set_fuel(std::numeric_limits<std::uint64_t>::max()));
  return store;
}

Store::Store(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

std::expected<void, CallFailure> Store::call(const Function& function, std::span<RawValue> values) {
  Impl& store = *impl_;
  const Impl::Running running(store);
  const auto callee = wasmtime::to_c<wasmtime_func_t>(function);
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* const error =
      wasmtime_func_call_unchecked(store.context, &callee, wasmtime::to_raw(values.data()), values.size(), &trap);
  if (error == nullptr && trap == nullptr) [[likely]]
    return {};
  return std::unexpected(store.failure(error, trap));
}

HostResult<void> Store::set_fuel(std::uint64_t fuel) {
  const ErrorPointer error(wasmtime_context_set_fuel(impl_->context, fuel));
  if (error) return host_fail(ErrorKind::misuse, wasmtime::message_of(*error));
  return {};
}

HostResult<std::uint64_t> Store::fuel() const {
  std::uint64_t fuel = 0;
  const ErrorPointer error(wasmtime_context_get_fuel(impl_->context, &fuel));
  if (error) return host_fail(ErrorKind::misuse, wasmtime::message_of(*error));
  return fuel;
}

void Store::Impl::arm_epoch() noexcept {
  // This order loses no interruption: an interruption or tick that comes after the check advances the epoch after the
  // epoch deadline was set.
  wasmtime_context_set_epoch_deadline(context, 1);
  if (interruption->requested.load() || engine->ticks.load() >= deadline)
    wasmtime_context_set_epoch_deadline(context, 0);
}

HostResult<void> Store::set_deadline(std::uint64_t ticks) {
  if (!impl_->engine->settings.deadlines)
    return host_fail(ErrorKind::misuse, "the engine was created without deadlines");
  const std::uint64_t now = impl_->engine->ticks.load();
  impl_->deadline = ticks < Impl::no_deadline - now ? now + ticks : Impl::no_deadline;
  impl_->arm_epoch();
  return {};
}

void Store::clear_deadline() noexcept { impl_->deadline = Impl::no_deadline; }

HostResult<void> Store::check_interruption() const {
  const bool is_interrupted = impl_->interruption->requested.load();
  if (!is_interrupted && impl_->engine->ticks.load() < impl_->deadline) return {};
  return host_fail(ErrorKind::limit, reason_to_stop(is_interrupted));
}

Store::InterruptHandle Store::interrupt_handle() const { return InterruptHandle(impl_->interruption); }

void Store::clear_interrupt() noexcept {
  impl_->interruption->requested.store(false);
  impl_->interruption->noticed.store(false);
}

void Store::InterruptHandle::interrupt() const noexcept {
  if (!impl_->engine->settings.deadlines) return;
  impl_->requested.store(true);
  impl_->engine->bump();
  // A guest may have checked its request for another reason just before it was set. It then sets its deadline to the
  // epoch after the current one, which may already be the new epoch, and so misses this one. So the epoch is advanced
  // until the guest has noticed.
  const auto is_unnoticed = [&] { return impl_->requested.load() && impl_->running.load() && !impl_->noticed.load(); };
  for (int attempt = 0; attempt < 100 && is_unnoticed(); ++attempt) {
    std::this_thread::sleep_for(std::chrono::microseconds(20));
    impl_->engine->bump();
  }
}

}  // namespace holdfast::engine
