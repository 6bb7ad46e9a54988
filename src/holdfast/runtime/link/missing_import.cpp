// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/link/missing_import.hpp"

#include <utility>

#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {
namespace {

class MissingFunction final : public HostFunction {
 public:
  explicit MissingFunction(std::string name) : name_(std::move(name)) {}

  bool call(HostCall& call) const override {
    return call.store.raise(
        HostError(ErrorKind::trap, "the function " + name_ + " was called, which the host does not give")
            .with_context(call.instance.name));
  }
  std::optional<std::string> mismatch(const abi::TypeView&, const component::FunctionType&) const override {
    return std::nullopt;
  }

 private:
  std::string name_;
};

/// Stands for no C++ class of a user's.
struct MissingResource {};

class EmptyTable final : public HostTable {
 public:
  HostResult<void> drop(std::uint32_t) noexcept override { return {}; }
  std::uint64_t creation_order(std::uint32_t) const noexcept override { return 0; }
  std::uint64_t size() const noexcept override { return 0; }
};

class MissingResourceType final : public HostResourceType {
 public:
  explicit MissingResourceType(std::string name)
      : HostResourceType(std::move(name), abi::cpp_type<MissingResource>()) {}
  std::unique_ptr<HostTable> make_table(resource::Budget&, const Services&) const override {
    return std::make_unique<EmptyTable>();
  }
};

}  // namespace

std::shared_ptr<const HostFunction> make_missing_function(std::string name) {
  return std::make_shared<MissingFunction>(std::move(name));
}

std::shared_ptr<const HostResourceType> make_missing_resource(std::string name) {
  return std::make_shared<MissingResourceType>(std::move(name));
}

}  // namespace holdfast::runtime
