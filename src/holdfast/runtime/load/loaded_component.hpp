// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component that was read, validated, flattened and compiled. Immutable; shared by stores and threads.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "holdfast/component/program/program.hpp"
#include "holdfast/component/validate/features.hpp"
#include "holdfast/engine/engine.hpp"

namespace holdfast::component {
class ValidatedComponent;
}

namespace holdfast::runtime {

struct LoadedComponent {
  component::Program program;
  std::vector<engine::Module> modules;  ///< by CoreModuleId
};

/// Whether the engine accepts the core modules of `component`, which was read from `bytes` and may use `features`.
/// Modules with shared-everything-threads, which the engine does not have, are valid if they only declare what
/// validating the component has checked. Errors: invalid, with the offset in `bytes`.
HostResult<void> validate_core_modules(const engine::Engine& engine, const component::ValidatedComponent& component,
                                       std::span<const std::byte> bytes, const component::Features& features);

/// `features`: what the component may use; for its core modules the engine's settings decide.
/// Errors: invalid, unsupported or limit, with the offset in `bytes`.
HostResult<std::shared_ptr<const LoadedComponent>> load_component(const engine::Engine& engine,
                                                                  std::span<const std::byte> bytes,
                                                                  const component::Features& features);

}  // namespace holdfast::runtime
