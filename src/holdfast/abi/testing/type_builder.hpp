// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: makes interface types with their layout and flattening. It implements the specification (CanonicalABI.md,
// "Alignment", "Element Size", "Flattening") independently of the type engine. Owns the types that it makes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/component/program/interface_type.hpp"

namespace holdfast::abi::testing {

class TypeBuilder {
 public:
  using Id = component::InterfaceTypeId;
  using OptionalId = std::optional<Id>;
  using NamedTypes = std::vector<std::pair<std::string, Id>>;
  using Cases = std::vector<std::pair<std::string, OptionalId>>;

  const component::InterfaceTypes& types() const { return types_; }

  /// A type without parts: boolean to string, error_context, stream or future.
  Id simple(component::TypeKind kind);
  Id list(Id element);
  Id fixed_list(Id element, std::uint32_t length);
  Id map(Id key, Id value);
  Id record(NamedTypes fields);
  Id tuple(std::vector<Id> elements);
  Id variant(Cases cases);
  Id enumeration(std::vector<std::string> names);
  Id option(Id some);
  Id result(OptionalId ok, OptionalId error);
  Id flags(std::vector<std::string> labels);
  Id own(std::uint32_t slot = 0);
  Id borrow(std::uint32_t slot = 0);

  component::FunctionType function(NamedTypes parameters, OptionalId result);

 private:
  Id with_fields(component::TypeKind kind, NamedTypes fields);
  Id with_cases(component::TypeKind kind, Cases cases);
  Id handle(component::TypeKind kind, std::uint32_t slot);

  component::InterfaceTypes types_;
};

}  // namespace holdfast::abi::testing
