// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `TypeConverter`: types of the type engine, in which resources are identities, become types of a program, in which
// they are slots. Layouts are copied. Refers to the engine and the program; used by one thread.
#pragma once

#include <unordered_map>
#include <vector>

#include "holdfast/component/program/item.hpp"
#include "holdfast/component/types/type_engine.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component::flattening {

class TypeConverter {
 public:
  TypeConverter(const types::TypeEngine& engine, Program& program, const ExpansionLimits& limits)
      : engine_(engine), program_(program), limits_(limits) {}

  /// The type, with the resources of `frame`. Errors: limit.
  HostResult<InterfaceTypeId> convert(types::DefinedTypeId id, Frame& frame);
  HostResult<FunctionTypeId> convert(types::FunctionTypeId id, Frame& frame);

 private:
  HostResult<InterfaceType> make(types::DefinedTypeId id, Frame& frame);
  HostResult<void> count(std::size_t parts, const std::vector<types::NameId>& names);
  HostResult<std::vector<InterfaceTypeId>> members(const types::DefinedType& node, Frame& frame);

  const types::TypeEngine& engine_;
  Program& program_;
  const ExpansionLimits& limits_;
  std::unordered_map<types::DefinedTypeId, InterfaceTypeId> closed_types_;  // without resources: the same everywhere
  std::uint64_t types_ = 0;
  std::uint64_t name_bytes_ = 0;
};

/// A core function type over the four number types.
engine::FunctionType to_engine(const wasm::CoreFunctionType& type);

}  // namespace holdfast::component::flattening
