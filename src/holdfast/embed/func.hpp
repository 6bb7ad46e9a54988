// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Func<R(A...)>`: a component's function with its C++ types, checked once when it is looked up (Instance::func).
// A cheap handle; belongs to its store, whose closing makes calling it an error.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "holdfast/embed/host_entry.hpp"
#include "holdfast/embed/host_func.hpp"

namespace holdfast {

namespace embed {

/// Which C++ types stand for the resources of an instance: host classes, and tag types bound to what it exports.
class InstanceMatcher final : public abi::ResourceMatcher {
 public:
  explicit InstanceMatcher(const runtime::RootInstance& root) noexcept : root_(root) {}
  bool stands_for(abi::CppType type, component::ResourceSlot slot) const override;

 private:
  const runtime::RootInstance& root_;
};

/// The error of a function that was asked for with other C++ types.
HostError signature_mismatch(const runtime::LiftedState& function, const std::string& why);

}  // namespace embed

template <class Signature>
class Func;

template <class R, class... A>
class Func<R(A...)> {
  static_assert(!std::is_reference_v<R>, "a result is a value");

 public:
  /// Errors: misuse, when the component's function has other types.
  static HostResult<Func> create(std::shared_ptr<runtime::StoreState> store, runtime::LiftedState& function) {
    const embed::InstanceMatcher resources(*function.root);
    const abi::TypeView types(function.root->program().types, resources);
    const auto why = abi::signature_mismatch<R, std::remove_cvref_t<A>...>(types, *function.type);
    if (why) return std::unexpected(embed::signature_mismatch(function, *why));
    return Func(std::move(store), function);
  }

  // Moving is copying, so that there is no empty one.
  Func(const Func&) = default;
  Func& operator=(const Func&) = default;

  /// Errors: closed, misuse (a handle that cannot be passed; the guest is as before), trap, limit.
  HostResult<R> operator()(A... arguments) const {
    const component::FunctionType& type = *function_->type;
    const auto lower = [&](runtime::GuestCall& call) {
      return abi::lower_arguments(call.side().context(), type, call.values(), std::forward<A>(arguments)...);
    };
    if constexpr (std::is_void_v<R>) {
      return embed::call_from_host(*store_, *function_, lower, [](runtime::GuestCall&) { return Result<void>(); });
    } else {
      std::optional<R> result;
      const auto lift = [&](runtime::GuestCall& call) -> Result<void> {
        abi::LiftScratch scratch;
        auto lifted = abi::lift_result_as<R>(call.side().context(), scratch, type, call.result());
        if (!lifted) return std::unexpected(lifted.error());
        result.emplace(*std::move(lifted));
        return {};
      };
      HOLDFAST_TRY(embed::call_from_host(*store_, *function_, lower, lift));
      return *std::move(result);
    }
  }

 private:
  Func(std::shared_ptr<runtime::StoreState> store, runtime::LiftedState& function) noexcept
      : store_(std::move(store)), function_(&function) {}

  std::shared_ptr<runtime::StoreState> store_;
  runtime::LiftedState* function_;
};

}  // namespace holdfast
