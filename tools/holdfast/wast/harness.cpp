// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/harness.hpp"

#include <algorithm>
#include <array>
#include <expected>
#include <string>
#include <utility>

#include "holdfast/runtime/call/trap.hpp"

namespace holdfast::cli::wast {
namespace {

using Counters = std::shared_ptr<Harness::Counters>;

/// Counts how often a component dropped one. Resources that the host received and destroys are not counted.
class Resource1 {
 public:
  Resource1(std::uint32_t rep, Counters counters) noexcept : rep_(rep), counters_(std::move(counters)) {}

  std::uint32_t rep() const noexcept { return rep_; }
  std::expected<void, Trap> simple(std::uint32_t rep) const { return expect(rep); }
  std::expected<void, Trap> expect(std::uint32_t rep) const {
    if (rep == rep_) return {};
    return std::unexpected(Trap("expected the rep " + std::to_string(rep) + ", found " + std::to_string(rep_)));
  }

  std::expected<void, Trap> cleanup() {
    ++counters_->drops;
    counters_->last_drop = rep_;
    return {};
  }

 private:
  std::uint32_t rep_;
  Counters counters_;
};

struct Resource2 {};

constexpr auto simple_module_text = R"((module
  (global (export "g") i32 i32.const 100)
  (func (export "f") (result i32) i32.const 101)))";

}  // namespace

HostResult<Harness> Harness::create(const Engine& engine) {
  HOLDFAST_TRY_ASSIGN(const CoreModule module, CoreModule::from_text(engine, simple_module_text));
  return Harness(module);
}

Harness::Harness(const CoreModule& simple_module)
    : simple_module_(simple_module),
      counters_(std::make_shared<Counters>()),
      resource1_(std::make_shared<TypedHostResource<Resource1>>("host/resource1")) {}

bool Harness::provides(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 4> names{"host-return-two", "host-echo-u32", "host", "wasmtime"};
  return std::ranges::find(names, name) != names.end();
}

void Harness::link(Linker& linker) const {
  linker.func("host-return-two", [] { return std::uint32_t{2}; });
  linker.func("host-echo-u32", [](std::uint32_t value) { return value; });
  auto host = linker.instance("host");
  host.func("return-three", [] { return std::uint32_t{3}; })
      .func("return-hi", [] { return std::string("hi"); })
      .module("simple-module", simple_module_)
      .resource("resource1", resource1_)
      .resource("resource1-again", resource1_)
      .resource<Resource2>("resource2")
      .func("[constructor]resource1", [counters = counters_](std::uint32_t rep) { return Resource1(rep, counters); })
      // NOLINTNEXTLINE(performance-unnecessary-value-param): the function takes the resource
      .func("[static]resource1.assert", [](Resource1 self, std::uint32_t rep) { return self.expect(rep); })
      .func("[static]resource1.last-drop", [counters = counters_] { return counters->last_drop; })
      .func("[static]resource1.drops", [counters = counters_] { return counters->drops; })
      .func("[method]resource1.simple", &Resource1::simple)
      .func("[method]resource1.take-borrow", [](const Resource1&, const Resource1&) {})
      // NOLINTNEXTLINE(performance-unnecessary-value-param): the function takes the resource
      .func("[method]resource1.take-own", [](const Resource1&, Resource1) {});
  host.instance("nested").func("return-four", [] { return std::uint32_t{4}; });
  linker.instance("wasmtime").func("gc", [] {}).func("set-max-table-capacity", [](std::uint32_t) {});
}

}  // namespace holdfast::cli::wast
