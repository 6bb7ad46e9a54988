// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Func<R(A...)>`: a function of a component, with C++ types. Instance::func looks it up and checks the types once.
// A cheap handle that belongs to its store. Calling it after the store was closed is an error.
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

/// Tells which C++ type stands for a resource type of an instance: the class of a host resource, or the tag type that
/// was bound to an exported resource type.
class InstanceMatcher final : public abi::ResourceMatcher {
 public:
  explicit InstanceMatcher(const runtime::RootInstance& root) noexcept : root_(root) {}
  bool stands_for(abi::CppType type, component::ResourceSlot slot) const override;

 private:
  const runtime::RootInstance& root_;
};

/// The error for a function that was looked up with C++ types that do not fit; `why` names the first that does not.
HostError signature_mismatch(const runtime::LiftedState& function, const std::string& why);

}  // namespace embed

template <class Signature>
class Func;

template <class R, class... A>
class Func<R(A...)> {
  static_assert(!std::is_reference_v<R>, "the result of a component's function is a value, not a reference");

 public:
  /// Used by Instance::func. Errors: misuse (the C++ types do not fit the function's type).
  static HostResult<Func> create(std::shared_ptr<runtime::StoreState> store, runtime::LiftedState& function) {
    const embed::InstanceMatcher resources(*function.root);
    const abi::TypeView types(function.root->types(), resources);
    const auto why = abi::signature_mismatch<R, std::remove_cvref_t<A>...>(types, *function.type);
    if (why) return std::unexpected(embed::signature_mismatch(function, *why));
    return Func(std::move(store), function);
  }

  // A move copies, so a Func is never empty.
  Func(const Func&) = default;
  Func& operator=(const Func&) = default;

  /// Calls the function. Own arguments are given away when the call begins.
  /// Errors: closed; misuse (an argument cannot be passed; the guest's code did not run); trap; limit.
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
