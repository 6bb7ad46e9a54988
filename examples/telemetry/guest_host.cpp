// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// telemetry_guest SPANS.wasm: uses the spans of a component. `finish` consumes its span, so a finished span cannot be
// used again, neither by the host nor by the component.
#include <cstdint>
#include <fmt/core.h>
#include <string>
#include <utility>

#include <holdfast/holdfast.hpp>

namespace {

struct Span;  // stands for the component's resource type

struct FinishedSpan {
  std::string name;
  std::uint64_t duration = 0;
  std::uint32_t events = 0;
};

}  // namespace

template <>
struct holdfast::TypeTraits<FinishedSpan> {
  static constexpr auto fields =
      std::tuple{field("name", &FinishedSpan::name), field("duration", &FinishedSpan::duration),
                 field("events", &FinishedSpan::events)};
};

namespace {

using holdfast::Borrow, holdfast::Own;

holdfast::HostResult<void> run(const char* file) {
  HOLDFAST_TRY_ASSIGN(const auto engine, holdfast::Engine::create());
  HOLDFAST_TRY_ASSIGN(const auto component, holdfast::Component::load(engine, file));
  HOLDFAST_TRY_ASSIGN(auto store, holdfast::Store::create(engine));
  HOLDFAST_TRY_ASSIGN(const auto guest, holdfast::Linker(engine).instantiate(store, component));

  constexpr auto spans = "demo:telemetry/spans@0.1.0";
  HOLDFAST_TRY(guest.resource_type<Span>(spans, "span"));
  HOLDFAST_TRY_ASSIGN(const auto start, guest.func<Own<Span>(std::string, std::uint64_t)>(spans, "[constructor]span"));
  HOLDFAST_TRY_ASSIGN(const auto add_event, guest.func<void(Borrow<Span>)>(spans, "[method]span.add-event"));
  HOLDFAST_TRY_ASSIGN(const auto finish,
                      guest.func<FinishedSpan(Own<Span>, std::uint64_t)>(spans, "[static]span.finish"));
  HOLDFAST_TRY_ASSIGN(const auto count_open, guest.func<std::uint32_t()>(spans, "[static]span.open"));

  HOLDFAST_TRY_ASSIGN(Own<Span> request, start("request", 1'000));
  HOLDFAST_TRY_ASSIGN(Own<Span> query, start("query", 1'010));
  HOLDFAST_TRY(add_event(query));
  HOLDFAST_TRY(add_event(query));
  HOLDFAST_TRY_ASSIGN(std::uint32_t open, count_open());
  fmt::print("open: {}\n", open);

  HOLDFAST_TRY_ASSIGN(const FinishedSpan done, finish(std::move(query), 1'250));
  fmt::print("{} took {}, {} events\n", done.name, done.duration, done.events);
  if (const auto again = finish(std::move(query), 1'300); !again) fmt::print("again: {}\n", again.error().message());

  HOLDFAST_TRY(request.close());  // dropped without `finish`: the component abandons it
  HOLDFAST_TRY_ASSIGN(open, count_open());
  fmt::print("open: {}\n", open);
  HOLDFAST_TRY_ASSIGN(const auto report, store.close());
  fmt::print("leaked: {}\n", report.leaks.size());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: telemetry_guest SPANS.wasm\n");
    return 64;
  }
  if (const auto done = run(argv[1]); !done) {
    fmt::print(stderr, "telemetry_guest: {}\n", done.error().message());
    return 1;
  }
  return 0;
}
