// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CoreModule`: a compiled core module, for components that import one. Immutable. A cheap shared handle; any thread
// may use it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "holdfast/embed/engine.hpp"

namespace holdfast {
namespace runtime {
struct CoreModule;
}

class CoreModule {
 public:
  // A move copies, so a CoreModule is never empty.
  CoreModule(const CoreModule&) = default;
  CoreModule& operator=(const CoreModule&) = default;

  /// Compiles a core module; `bytes` may be freed afterwards. Errors: invalid, with the offset if it is known.
  static HostResult<CoreModule> from_bytes(const Engine& engine, std::span<const std::byte> bytes);
  /// Compiles the text of a core module (WAT). Errors: invalid.
  static HostResult<CoreModule> from_text(const Engine& engine, std::string_view text);

  /// Checks that `bytes` are a valid core module; compiles nothing. Errors: as from_bytes.
  static HostResult<void> validate(const Engine& engine, std::span<const std::byte> bytes);

  // For other parts of Holdfast.
  explicit CoreModule(std::shared_ptr<const runtime::CoreModule> module) noexcept : module_(std::move(module)) {}
  const std::shared_ptr<const runtime::CoreModule>& shared() const noexcept { return module_; }

 private:
  std::shared_ptr<const runtime::CoreModule> module_;
};

}  // namespace holdfast
