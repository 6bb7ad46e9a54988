// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The spans as a component (its interface is in component.wat): the same code as in the host, compiled for wasm32, with
// 64 fixed slots, without heap and threads. The rep of a span is its id in the registry.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spans.hpp"
#include <holdfast/core/concurrency.hpp>
#include <holdfast/core/storage.hpp>

#define SPANS "demo:telemetry/spans@0.1.0"
#define EXPORT(name) extern "C" __attribute__((export_name(name)))
#define IMPORT(name) extern "C" __attribute__((import_module("[export]" SPANS), import_name(name)))

namespace {

using GuestSpans = telemetry::Spans<holdfast::core::Static<64>, holdfast::core::Unsynchronized>;

GuestSpans& spans() {
  [[clang::no_destroy]] static GuestSpans instance;
  return instance;
}

/// Returns the value, or traps on an error: the functions below have no other way to report one.
template <class T>
T or_trap(const holdfast::Result<T>& result) {
  if (!result) __builtin_trap();
  return *result;
}

// The host lowers arguments into this buffer. They are valid until the next call; each function copies them.
constexpr std::size_t scratch_size = 1024;
alignas(8) std::byte scratch[scratch_size];

/// record finished-span { name: string, duration: u64, events: u32 }, as it is stored in memory.
struct StoredSpan {
  const char* name;
  std::uint32_t name_size;
  std::uint64_t duration;
  std::uint32_t events;
};

}  // namespace

using Handle = std::uint32_t;
using Id = GuestSpans::Id;
IMPORT("[resource-new]span") Handle new_handle(Id id);
IMPORT("[resource-rep]span") Id rep_of(Handle handle);
IMPORT("[resource-drop]span") void drop_handle(Handle handle);

EXPORT(SPANS "#[constructor]span") Handle start(const char* name, std::size_t size, std::uint64_t now) {
  return new_handle(or_trap(spans().start(std::string_view(name, size), now)));
}

EXPORT(SPANS "#[method]span.add-event") void add_event(Id self) {
  if (!spans().add_event(self)) __builtin_trap();
}

/// The handle arrives as an own: this function owns it and drops it.
EXPORT(SPANS "#[static]span.finish") const StoredSpan* finish(Handle self, std::uint64_t now) {
  static telemetry::FinishedSpan done;
  static StoredSpan stored;
  done = or_trap(spans().finish(rep_of(self), now));
  drop_handle(self);
  stored = {done.name.view().data(), done.name.view().size(), done.duration, done.events};
  return &stored;
}

EXPORT(SPANS "#[static]span.open") std::uint32_t open() { return spans().open(); }

/// If the span was finished, it is no longer in the registry and there is nothing to do.
EXPORT(SPANS "#[dtor]span") void end(Id self) { static_cast<void>(spans().abandon(self)); }

EXPORT("cabi_realloc") void* cabi_realloc(void*, std::size_t, std::size_t, std::size_t size) {
  if (size > scratch_size) __builtin_trap();
  return scratch;
}
