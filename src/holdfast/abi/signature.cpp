// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/signature.hpp"

#include "holdfast/abi/lift.hpp"
#include "holdfast/abi/lower.hpp"
#include "holdfast/abi/memory.hpp"

namespace holdfast::abi {

using component::FunctionParameter;
using component::FunctionType;
using engine::RawValue;

std::size_t flat_argument_count(const FunctionType& function) noexcept {
  return function.parameters_spill ? 1 : function.flat_parameters.size();
}

Result<std::uint32_t> spilled_parameters(const Context& context, const FunctionType& function,
                                         std::span<const RawValue> values) {
  const std::uint32_t pointer = values[0].i32();
  HOLDFAST_TRY(check_range(context, pointer, function.parameters_size, function.parameters_alignment,
                           ErrorCode::pointer_out_of_bounds));
  return pointer;
}

Result<std::uint32_t> allocate_parameters(Context& context, const FunctionType& function) {
  return context.guest->reallocate(0, 0, function.parameters_alignment, function.parameters_size);
}

Result<std::uint32_t> spilled_result(const Context& context, const FunctionType& function, RawValue pointer) {
  const component::InterfaceType& type = context.types[*function.result];
  HOLDFAST_TRY(check_range(context, pointer.i32(), type.size, type.alignment, ErrorCode::pointer_out_of_bounds));
  return pointer.i32();
}

Result<std::vector<Val>> lift_parameters(Context& context, const FunctionType& function,
                                         std::span<const RawValue> values) {
  std::vector<Val> parameters;
  parameters.reserve(function.parameters.size());
  if (function.parameters_spill) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t pointer, spilled_parameters(context, function, values));
    for (const FunctionParameter& parameter : function.parameters) {
      HOLDFAST_TRY_ASSIGN(Val value, load(context, parameter.type, pointer + parameter.offset));
      parameters.push_back(std::move(value));
    }
    return parameters;
  }
  FlatReader reader(values);
  for (const FunctionParameter& parameter : function.parameters) {
    HOLDFAST_TRY_ASSIGN(Val value, lift_flat(context, parameter.type, reader));
    parameters.push_back(std::move(value));
  }
  return parameters;
}

Result<void> lower_parameters(Context& context, const FunctionType& function, std::span<const Val> arguments,
                              std::span<RawValue> values) {
  HOLDFAST_ASSERT(arguments.size() == function.parameters.size(), "there is one argument for each parameter");
  if (function.parameters_spill) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t pointer, allocate_parameters(context, function));
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const FunctionParameter& parameter = function.parameters[i];
      HOLDFAST_TRY(store(context, parameter.type, arguments[i], pointer + parameter.offset));
    }
    values[0] = RawValue::from_i32(pointer);
    return {};
  }
  FlatWriter writer(values);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    HOLDFAST_TRY(lower_flat(context, function.parameters[i].type, arguments[i], writer));
  }
  return {};
}

Result<std::optional<Val>> lift_result(Context& context, const FunctionType& function,
                                       std::span<const RawValue> values) {
  if (!function.result) return std::nullopt;
  if (function.result_spills) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t pointer, spilled_result(context, function, values[0]));
    return load(context, *function.result, pointer);
  }
  FlatReader reader(values);
  return lift_flat(context, *function.result, reader);
}

Result<void> lower_result(Context& context, const FunctionType& function, const Val* result,
                          std::span<RawValue> values) {
  HOLDFAST_ASSERT((result != nullptr) == function.result.has_value(),
                  "a value is passed exactly if the function has a result");
  if (!result) return {};
  if (function.result_spills) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t pointer,
                        spilled_result(context, function, values[flat_argument_count(function)]));
    return store(context, *function.result, *result, pointer);
  }
  FlatWriter writer(values);
  return lower_flat(context, *function.result, *result, writer);
}

}  // namespace holdfast::abi
