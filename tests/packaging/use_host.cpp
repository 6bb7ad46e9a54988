// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A user of holdfast::holdfast. It runs a component, so it needs the engine as well.
#include <cstdio>

#include <holdfast/holdfast.hpp>

namespace {

constexpr auto component_text = R"((component
  (core module $m (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))))";

holdfast::HostResult<std::uint32_t> add(std::uint32_t a, std::uint32_t b) {
  HOLDFAST_TRY_ASSIGN(const auto engine, holdfast::Engine::create());
  HOLDFAST_TRY_ASSIGN(const auto component, holdfast::Component::from_text(engine, component_text));
  HOLDFAST_TRY_ASSIGN(auto store, holdfast::Store::create(engine));
  HOLDFAST_TRY_ASSIGN(const auto instance, holdfast::Linker(engine).instantiate(store, component));
  HOLDFAST_TRY_ASSIGN(const auto sum, instance.func<std::uint32_t(std::uint32_t, std::uint32_t)>("add"));
  return sum(a, b);
}

}  // namespace

int main() {
  const auto sum = add(40, 2);
  if (!sum) std::fprintf(stderr, "%s\n", sum.error().message().c_str());
  if (!sum || *sum != 42) return 1;
  std::puts("holdfast::holdfast works");
}
