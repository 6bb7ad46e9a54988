// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/validated_component.hpp"

#include <utility>
#include <variant>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component {
namespace {

// The work that the types of a file may cost: a base that is enough for the output of any toolchain, and more for each
// byte of the file.
constexpr std::uint64_t work_for_any_file = 400'000;
constexpr std::uint64_t work_per_byte = 16;

void collect_modules(const syntax::Component& component, std::vector<const syntax::CoreModule*>& modules) {
  for (const syntax::Definition& definition : component.definitions) {
    if (const auto* module = std::get_if<syntax::CoreModule>(&definition.value)) modules.push_back(module);
    if (const auto* nested = std::get_if<syntax::NestedComponent>(&definition.value))
      collect_modules(*nested->component, modules);
  }
}

}  // namespace

std::vector<const syntax::CoreModule*> ValidatedComponent::core_modules() const {
  std::vector<const syntax::CoreModule*> modules;
  collect_modules(*syntax_, modules);
  return modules;
}

HostResult<ValidatedComponent> validate_component(syntax::Component component, const Features& features) {
  auto tree = std::make_unique<syntax::Component>(std::move(component));
  auto engine = std::make_unique<types::TypeEngine>(work_for_any_file + work_per_byte * tree->size);
  validation::Validator validator(*engine, features);
  HOLDFAST_TRY_ASSIGN(auto scope, validator.validate(*tree));
  return ValidatedComponent(std::move(tree), std::move(scope), std::move(engine));
}

HostResult<ValidatedComponent> validate_component(ReadOutcome outcome, const Features& features) {
  const auto& reading = outcome.error;
  auto result = validate_component(std::move(outcome.component), features);
  if (!reading) return result;
  if (!result && result.error().offset() && reading->offset() && *result.error().offset() < *reading->offset())
    return result;
  return std::unexpected(*reading);
}

}  // namespace holdfast::component
