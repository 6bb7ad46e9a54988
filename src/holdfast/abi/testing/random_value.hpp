// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: random types, and random values of a type. Deterministic: equal seeds yield equal sequences.
#pragma once

#include <random>

#include "holdfast/abi/testing/type_builder.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi::testing {

class RandomValues {
 public:
  explicit RandomValues(std::uint32_t seed) : engine_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
  std::uint64_t bits() { return engine_(); }

  /// A type without handles; `depth` limits its nesting.
  component::InterfaceTypeId type(TypeBuilder& builder, int depth);
  Val value(const component::InterfaceTypes& types, component::InterfaceTypeId type);

  char32_t character();
  std::string text();

 private:
  Val scalar(component::TypeKind kind);
  Val case_value(const component::InterfaceTypes& types, const component::InterfaceType& type);
  std::vector<Val> elements(const component::InterfaceTypes& types, component::InterfaceTypeId type,
                            std::uint32_t count);

  std::mt19937_64 engine_;
};

}  // namespace holdfast::abi::testing
