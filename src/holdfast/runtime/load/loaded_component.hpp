// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A component after reading, validation, flattening and compilation. Immutable; shared by stores and threads.
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

/// Checks that the engine accepts the core modules of `component`, which was read from `bytes` and may use `features`.
/// The engine does not support shared-everything-threads. When that feature is on, modules that consist only of
/// declarations are skipped, because component validation has checked those. Errors: invalid, with the offset in
/// `bytes`.
HostResult<void> validate_core_modules(const engine::Engine& engine, const component::ValidatedComponent& component,
                                       std::span<const std::byte> bytes, const component::Features& features);

/// `features`: what the component may use. The engine's settings decide what its core modules may use.
/// Errors: invalid, unsupported or limit, with the offset in `bytes`.
HostResult<std::shared_ptr<const LoadedComponent>> load_component(const engine::Engine& engine,
                                                                  std::span<const std::byte> bytes,
                                                                  const component::Features& features);

}  // namespace holdfast::runtime
