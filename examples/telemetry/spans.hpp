// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Spans of time, found by plain ids. The same source serves a host with threads and a guest without a heap: only the
// storage and the kind of concurrency differ.
#pragma once

#include <cstdint>
#include <string_view>

#include <holdfast/core/bounded_string.hpp>
#include <holdfast/resource/tables/locked.hpp>
#include <holdfast/resource/tables/registry.hpp>

namespace telemetry {

/// At most 31 bytes of text, stored in the object itself.
using Name = holdfast::core::BoundedString<31>;

struct Span {
  Name name;
  std::uint64_t started;
  std::uint32_t events = 0;
};

/// The data of a finished span.
struct FinishedSpan {
  Name name;
  std::uint64_t duration;
  std::uint32_t events;
};

template <class Storage = holdfast::core::Dynamic, class Concurrency = holdfast::core::DefaultConcurrency>
class Spans {
 public:
  using Id = std::uint32_t;

  /// Errors: capacity_exhausted (also when the name is longer than 31 bytes), out_of_memory.
  holdfast::Result<Id> start(std::string_view name, std::uint64_t now) {
    HOLDFAST_TRY_ASSIGN(const Name short_name, Name::from(name));
    HOLDFAST_TRY_ASSIGN(const Id id, spans_.register_(LockedSpan(Span{short_name, now})));
    return id;
  }

  /// Errors: unknown_id.
  holdfast::Result<void> add_event(Id id) {
    HOLDFAST_TRY_ASSIGN(const auto span, spans_.get(id));
    ++span->lock()->events;
    return {};
  }

  /// Consumes the span: its id is invalid from now on. Errors: unknown_id; resource_lent while another thread uses it.
  holdfast::Result<FinishedSpan> finish(Id id, std::uint64_t now) {
    HOLDFAST_TRY_ASSIGN(const LockedSpan span, spans_.take(id));
    return span.with([now](const Span& done) { return FinishedSpan{done.name, now - done.started, done.events}; });
  }

  /// Forgets a span that nobody will finish. Errors: unknown_id.
  holdfast::Result<void> abandon(Id id) {
    HOLDFAST_TRY(spans_.remove(id));
    return {};
  }

  /// The number of spans that are started and not finished.
  std::uint32_t open() const { return spans_.len(); }

 private:
  using LockedSpan = holdfast::resource::Locked<Span, Concurrency>;
  holdfast::resource::ResourceRegistry<LockedSpan, Id, Storage, Concurrency> spans_;
};

}  // namespace telemetry
