// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters and results of whole calls as typed C++ values. The counterpart of abi/signature.hpp: slots, spilling and
// errors are the same. C++ types are named without const and references; void stands for no result.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "holdfast/abi/check.hpp"
#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/codec/records.hpp"
#include "holdfast/abi/signature.hpp"

namespace holdfast::abi {

/// Messages for C++ types that do not fit a function's type; `index` is that of the first parameter that does not fit.
std::string parameter_count_mismatch(const component::FunctionType& function, std::size_t count);
std::string parameter_mismatch(const component::InterfaceTypes& types, const component::FunctionType& function,
                               std::size_t index);
std::string result_mismatch(const component::InterfaceTypes& types, const component::FunctionType& function);

/// Compares the C++ type R(A...) with `function`, for a caller or an implementer. Returns nullopt if they fit,
/// otherwise a message with the first difference. The functions below rely on this check.
template <class R, class... A>
std::optional<std::string> signature_mismatch(const TypeView& types, const component::FunctionType& function) {
  if (function.parameters.size() != sizeof...(A)) return parameter_count_mismatch(function, sizeof...(A));
  std::size_t index = 0;
  [[maybe_unused]] const auto note = [&index](bool matches) {
    if (matches) ++index;
    return matches;
  };
  const bool parameters_match = (... && note(Codec<A>::matches(types, function.parameters[index].type)));
  if (!parameters_match) return parameter_mismatch(types.all(), function, index);
  if constexpr (std::is_void_v<R>) {
    if (function.result) return result_mismatch(types.all(), function);
  } else {
    if (!function.result || !Codec<R>::matches(types, *function.result)) return result_mismatch(types.all(), function);
  }
  return std::nullopt;
}

/// Lifts all parameters, left to right, up to the first that fails.
template <class... A>
Result<std::tuple<A...>> lift_arguments(Context& context, LiftScratch& scratch, const component::FunctionType& function,
                                        std::span<const engine::RawValue> values) {
  std::uint32_t pointer = 0;
  if (function.parameters_spill) {
    HOLDFAST_TRY_ASSIGN(pointer, spilled_parameters(context, function, values));
  }
  FlatReader reader(values);
  PartLifter lifter;
  const auto lift_parameter = [&]<class T>(std::size_t index) {
    return lifter.template next<T>([&]() -> Result<T> {
      const component::FunctionParameter& parameter = function.parameters[index];
      if (function.parameters_spill) {
        return Codec<T>::load(context, scratch, parameter.type, pointer + parameter.offset);
      }
      return Codec<T>::lift_flat(context, scratch, parameter.type, reader);
    });
  };
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> Result<std::tuple<A...>> {
    std::tuple<Result<A>...> parts { lift_parameter.template operator()<A>(I)... };
    if (lifter.error()) return std::unexpected(*lifter.error());
    return std::tuple<A...>(std::move(*std::get<I>(parts))...);
  }(std::index_sequence_for<A...>());
}

/// Lowers all arguments, left to right, up to the first that fails. Arguments that are rvalues may be moved from.
template <class... A>
Result<void> lower_arguments(Context& context, const component::FunctionType& function,
                             std::span<engine::RawValue> values, A&&... arguments) {
  std::uint32_t pointer = 0;
  if (function.parameters_spill) {
    HOLDFAST_TRY_ASSIGN(pointer, allocate_parameters(context, function));
  }
  FlatWriter writer(values);
  std::size_t index = 0;
  [[maybe_unused]] const auto lower_argument = [&]<class T>(T&& argument) -> Result<void> {
    using ArgumentCodec = Codec<std::remove_cvref_t<T>>;
    const component::FunctionParameter& parameter = function.parameters[index++];
    if (function.parameters_spill) {
      return ArgumentCodec::store(context, parameter.type, std::forward<T>(argument), pointer + parameter.offset);
    }
    return ArgumentCodec::lower_flat(context, parameter.type, std::forward<T>(argument), writer);
  };
  Result<void> done;
  static_cast<void>(((done = lower_argument(std::forward<A>(arguments))).has_value() && ...));
  if (done && function.parameters_spill) values[0] = engine::RawValue::from_i32(pointer);
  return done;
}

/// Lifts the result of a core call into the guest. R is not void.
template <class R>
Result<R> lift_result_as(Context& context, LiftScratch& scratch, const component::FunctionType& function,
                         std::span<const engine::RawValue> values) {
  if (function.result_spills) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t pointer, spilled_result(context, function, values[0]));
    return Codec<R>::load(context, scratch, *function.result, pointer);
  }
  FlatReader reader(values);
  return Codec<R>::lift_flat(context, scratch, *function.result, reader);
}

/// Lowers the result of a host function. `values` still holds the arguments, see abi::lower_result.
template <class R>
Result<void> lower_result_from(Context& context, const component::FunctionType& function, R&& result,
                               std::span<engine::RawValue> values) {
  using ResultCodec = Codec<std::remove_cvref_t<R>>;
  if (function.result_spills) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t pointer,
                        spilled_result(context, function, values[flat_argument_count(function)]));
    return ResultCodec::store(context, *function.result, std::forward<R>(result), pointer);
  }
  FlatWriter writer(values);
  return ResultCodec::lower_flat(context, *function.result, std::forward<R>(result), writer);
}

}  // namespace holdfast::abi
