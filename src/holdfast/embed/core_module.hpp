// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CoreModule`: a compiled core module, to give to components that import one. Immutable; a cheap shared handle,
// usable from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "holdfast/embed/engine.hpp"
#include "holdfast/runtime/load/core_module.hpp"

namespace holdfast {

class CoreModule {
 public:
  // Moving is copying, so that there is no empty one.
  CoreModule(const CoreModule&) = default;
  CoreModule& operator=(const CoreModule&) = default;

  /// `bytes` are not needed afterwards. Errors: invalid, with the offset where it is known.
  static HostResult<CoreModule> from_bytes(const Engine& engine, std::span<const std::byte> bytes);
  /// From the text of a module (WAT). Errors: invalid.
  static HostResult<CoreModule> from_text(const Engine& engine, std::string_view text);

  /// Checks that `bytes` are a valid core module; compiles nothing. Errors: as from_bytes.
  static HostResult<void> validate(const Engine& engine, std::span<const std::byte> bytes);

  explicit CoreModule(runtime::CoreModulePointer module) noexcept : module_(std::move(module)) {}
  const runtime::CoreModulePointer& shared() const noexcept { return module_; }

 private:
  runtime::CoreModulePointer module_;
};

}  // namespace holdfast
