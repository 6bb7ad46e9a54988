// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/host_func.hpp"

#include "holdfast/abi/check.hpp"
#include "holdfast/embed/val_handles.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast {
namespace embed {
namespace {

/// A guest's call ends with a trap or a limit, whatever the kind of the host's error.
HostError as_trap(HostError error) {
  if (error.kind() == ErrorKind::trap || error.kind() == ErrorKind::limit) return error;
  return std::move(HostError(ErrorKind::trap, error.message()).with_code(error.code()).with_rule(error.rule()));
}

class DynamicFunction final : public runtime::HostFunction {
 public:
  explicit DynamicFunction(DynamicHostFunction function) : function_(std::move(function)) {}

  bool call(runtime::HostCall& call) const override {
    auto arguments = abi::lift_parameters(call.side.context(), call.type, call.values);
    if (!arguments) return call.store.raise(arguments.error());
    const auto store = call.store.shared_from_this();
    for (Val& argument : *arguments) argument = adopt_handles(store, call.side, std::move(argument));

    Caller caller(call.store, call.instance);
    auto result = function_(caller, *arguments);
    if (!result) return call.store.raise(as_trap(std::move(result).error()));
    return lower_result(call, result->has_value() ? &**result : nullptr);
  }

  std::optional<std::string> mismatch(const abi::TypeView&, const component::FunctionType&) const override {
    return std::nullopt;
  }

 private:
  static bool lower_result(runtime::HostCall& call, const Val* result) {
    abi::Context& context = call.side.context();
    if (auto checked = abi::check_result(context.types, call.type, result); !checked) {
      return call.store.raise(
          as_trap(std::move(checked).error()).with_context("the host function returned a wrong value"));
    }
    if (result != nullptr) {
      if (auto checked = check_store(call.store, *result); !checked)
        return call.store.raise(as_trap(std::move(checked).error()));
    }
    const auto lowered = abi::lower_result(context, call.type, result, call.values);
    return lowered || call.store.raise(lowered.error());
  }

  DynamicHostFunction function_;
};

}  // namespace

}  // namespace embed

std::shared_ptr<const runtime::HostFunction> make_dynamic_host_function(DynamicHostFunction function) {
  return std::make_shared<embed::DynamicFunction>(std::move(function));
}

}  // namespace holdfast
