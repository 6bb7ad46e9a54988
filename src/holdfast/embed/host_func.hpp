// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host functions from C++ callables. A call lifts the arguments by their C++ types, calls the callable, and lowers its
// result. Nothing is allocated beyond what the types need.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "holdfast/abi/codec/all.hpp"
#include "holdfast/embed/callable.hpp"
#include "holdfast/embed/caller.hpp"
#include "holdfast/embed/resource_codecs.hpp"
#include "holdfast/runtime/call/trap.hpp"
#include "holdfast/runtime/store/host_function.hpp"

namespace holdfast {

/// A host function with dynamic values; returns nullopt if the imported function has no result. Owns among the
/// arguments belong to the function. An error that it returns traps the guest; an error of kind `limit` keeps its kind.
using DynamicHostFunction = std::function<HostResult<std::optional<Val>>(Caller&, std::span<const Val>)>;

/// Used by Linker::InstanceBuilder::dynamic_func.
std::shared_ptr<const runtime::HostFunction> make_dynamic_host_function(DynamicHostFunction function);

namespace embed {

/// How a declared parameter P is lifted (as a `Value`) and passed to the callable.
template <class P>
struct Parameter {
  using Value = std::remove_cvref_t<P>;
  static decltype(auto) pass(Value& value) {
    if constexpr (std::is_lvalue_reference_v<P>) {
      return static_cast<P>(value);
    } else {
      return std::move(value);
    }
  }
};

/// A reference to a host class takes a borrow.
template <class P>
  requires std::is_lvalue_reference_v<P> && IsHostClass<std::remove_cvref_t<P>>
struct Parameter<P> {
  using Value = std::reference_wrapper<std::remove_reference_t<P>>;
  static P pass(Value& value) { return value.get(); }
};

/// What a callable returns: a T, or a std::expected<T, Trap> where it may trap.
template <class R>
struct Returned {
  using Value = R;
  static constexpr bool may_trap = false;
};
template <class T>
struct Returned<std::expected<T, Trap>> {
  using Value = T;
  static constexpr bool may_trap = true;
};

template <class F, class Result, class Parameters>
class TypedHostFunction;

template <class F, class R, class... P>
class TypedHostFunction<F, R, std::tuple<P...>> : public runtime::HostFunction {
 public:
  explicit TypedHostFunction(F function) : function_(std::move(function)) {}

  bool call(runtime::HostCall& call) const override {
    abi::LiftScratch scratch;
    auto arguments =
        abi::lift_arguments<typename Parameter<P>::Value...>(call.side.context(), scratch, call.type, call.values);
    if (!arguments) return call.store.raise(arguments.error());
    return std::apply([&](auto&... value) { return run(call, Parameter<P>::pass(value)...); }, *arguments);
  }

  std::optional<std::string> mismatch(const abi::TypeView& types, const component::FunctionType& type) const override {
    return abi::signature_mismatch<Value, typename Parameter<P>::Value...>(types, type);
  }

 private:
  using Value = typename Returned<R>::Value;

  template <class... Passed>
  bool run(runtime::HostCall& call, Passed&&... passed) const {
    if constexpr (Returned<R>::may_trap) {
      auto returned = invoke(call, std::forward<Passed>(passed)...);
      if (!returned) return call.store.raise(HostError(returned.error().kind(), returned.error().message()));
      if constexpr (std::is_void_v<Value>) {
        return true;
      } else {
        return lower_result(call, *std::move(returned));
      }
    } else if constexpr (std::is_void_v<R>) {
      invoke(call, std::forward<Passed>(passed)...);
      return true;
    } else {
      return lower_result(call, invoke(call, std::forward<Passed>(passed)...));
    }
  }

  template <class Lowered>
  static bool lower_result(runtime::HostCall& call, Lowered&& value) {
    const auto lowered =
        abi::lower_result_from(call.side.context(), call.type, std::forward<Lowered>(value), call.values);
    return lowered || call.store.raise(lowered.error());
  }

  template <class... Passed>
  R invoke(runtime::HostCall& call, Passed&&... passed) const {
    if constexpr (std::is_invocable_v<const F&, Caller&, Passed...>) {
      Caller caller(call.store, call.instance);
      return std::invoke(function_, caller, std::forward<Passed>(passed)...);
    } else {
      return std::invoke(function_, std::forward<Passed>(passed)...);
    }
  }

  F function_;
};

/// Removes a leading Caller&, which the component's function does not have.
template <class Parameters>
struct WithoutCaller {
  using Type = Parameters;
};
template <class... P>
struct WithoutCaller<std::tuple<Caller&, P...>> {
  using Type = std::tuple<P...>;
};

}  // namespace embed

/// Used by Linker::func and Linker::InstanceBuilder::func.
template <class F>
std::shared_ptr<const runtime::HostFunction> make_host_function(F function) {
  using Callable = embed::Callable<F>;
  using Parameters = typename embed::WithoutCaller<typename Callable::Parameters>::Type;
  return std::make_shared<embed::TypedHostFunction<F, typename Callable::Result, Parameters>>(std::move(function));
}

}  // namespace holdfast
