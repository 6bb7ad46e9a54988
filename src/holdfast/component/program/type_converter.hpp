// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `TypeConverter`: converts types of the type engine, whose resources are identities, into types of a program, whose
// resources are slots. Layouts are copied. Refers to the engine and the program, which must outlive it; used by one
// thread.
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

  /// The type `id` with the resources of `frame`. Errors: limit; unsupported.
  HostResult<InterfaceTypeId> convert(types::DefinedTypeId id, Frame& frame);
  HostResult<FunctionTypeId> convert(types::FunctionTypeId id, Frame& frame);

 private:
  HostResult<InterfaceType> make(types::DefinedTypeId id, Frame& frame);
  HostResult<void> count(std::size_t parts, const std::vector<types::NameId>& names);
  HostResult<std::vector<InterfaceTypeId>> members(const types::DefinedType& node, Frame& frame);

  const types::TypeEngine& engine_;
  Program& program_;
  const ExpansionLimits& limits_;
  std::unordered_map<types::DefinedTypeId, InterfaceTypeId>
      closed_types_;  // types without resources, which are the same in all frames
  std::uint64_t types_ = 0;
  std::uint64_t name_bytes_ = 0;
};

/// `type` as the engine's function type. All its parameters and results must be number types.
engine::FunctionType to_engine(const wasm::CoreFunctionType& type);

}  // namespace holdfast::component::flattening
