// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/link/trapping_import.hpp"

#include <utility>

#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {
namespace {

class TrappingFunction final : public HostFunction {
 public:
  explicit TrappingFunction(std::string name) : name_(std::move(name)) {}

  bool call(HostCall& call) const override {
    return call.store.raise(
        HostError(ErrorKind::trap, "the component called `" + name_ + "`, which the host does not provide")
            .with_context(call.instance.name));
  }
  std::optional<std::string> mismatch(const abi::TypeView&, const component::FunctionType&) const override {
    return std::nullopt;
  }

 private:
  std::string name_;
};

/// The C++ class of uninhabited resource types; no class of an embedder is equal to it.
struct UninhabitedResource {};

class EmptyTable final : public HostTable {
 public:
  HostResult<void> drop(std::uint32_t) noexcept override { return {}; }
  std::uint64_t creation_order(std::uint32_t) const noexcept override { return 0; }
  std::uint64_t size() const noexcept override { return 0; }
};

class UninhabitedResourceType final : public HostResourceType {
 public:
  explicit UninhabitedResourceType(std::string name)
      : HostResourceType(std::move(name), abi::cpp_type<UninhabitedResource>()) {}
  std::unique_ptr<HostTable> make_table(resource::Budget&, const Services&) const override {
    return std::make_unique<EmptyTable>();
  }
};

}  // namespace

std::shared_ptr<const HostFunction> make_trapping_function(std::string name) {
  return std::make_shared<TrappingFunction>(std::move(name));
}

std::shared_ptr<const HostResourceType> make_uninhabited_resource(std::string name) {
  return std::make_shared<UninhabitedResourceType>(std::move(name));
}

}  // namespace holdfast::runtime
