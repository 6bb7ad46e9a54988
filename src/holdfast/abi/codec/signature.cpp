// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/abi/codec/signature.hpp"

#include "holdfast/component/program/wit_text.hpp"

namespace holdfast::abi {

std::string parameter_count_mismatch(const component::FunctionType& function, std::size_t count) {
  return "the function has " + std::to_string(function.parameters.size()) + " parameters, but the C++ signature has " +
         std::to_string(count);
}

std::string parameter_mismatch(const component::InterfaceTypes& types, const component::FunctionType& function,
                               std::size_t index) {
  const component::FunctionParameter& parameter = function.parameters[index];
  return "parameter " + std::to_string(index + 1) + " (" + parameter.name + ") is " + type_text(types, parameter.type) +
         ", but its C++ type does not match";
}

std::string result_mismatch(const component::InterfaceTypes& types, const component::FunctionType& function) {
  if (!function.result) return "the function has no result, but the C++ signature has one";
  return "the result is " + type_text(types, *function.result) + ", but the C++ result type does not match";
}

}  // namespace holdfast::abi
