// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The seam to the engine that runs core modules. The implementation is in engine/wasmtime/, the only folder that knows
// which engine it is. `Engine` and `Module` are cheap shared handles, usable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/core_value.hpp"
#include "holdfast/wasm/core_features.hpp"

namespace holdfast::engine {

/// Settings of an engine, fixed for its lifetime. Compiled code depends on them.
struct EngineSettings {
  bool fuel = false;      ///< stores may have a fuel limit
  bool deadlines = true;  ///< stores may have deadlines and be interrupted from other threads
  /// Bytes of native stack that guest code may use, including host functions between guests. 16 KiB to 256 MiB, and
  /// well below the stack size of every thread that runs guests, because the innermost host functions need stack too.
  std::size_t max_wasm_stack = 512 * 1024;
  wasm::CoreFeatures features = {};  ///< the proposals that modules may use, if the engine supports them
  /// The folder of the compiled-code cache; nullopt: no cache. platform/private_store.hpp documents which directories
  /// are refused.
  std::optional<std::string> cache_directory = std::nullopt;
  std::uint64_t max_cache_bytes = std::uint64_t{1} << 30;  ///< past this size, the least recently used code is removed
};

class Engine {
 public:
  /// Errors: misuse for settings that are not available; io, with the directory, for a cache directory that cannot be
  /// used or cannot be trusted.
  static HostResult<Engine> create(const EngineSettings& settings);

  /// Name and version of the engine for display, such as "wasmtime 48.0.0".
  static std::string version();

  const EngineSettings& settings() const noexcept;

  /// Advances the clock of every store's deadline by one tick (see Store::set_deadline). Any thread; async-signal-safe.
  void tick() const noexcept;

  struct Impl;
  explicit Engine(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
  const std::shared_ptr<Impl>& impl() const noexcept { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

/// Converts the text of a module or component to binary. Input that is already binary (it begins with "\0asm") is
/// returned unchanged. Errors: invalid, with line and column in the text.
HostResult<std::vector<std::byte>> text_to_binary(std::string_view text);

/// A compiled core module.
class Module {
 public:
  /// Validates and compiles `wasm`. Uses the engine's cache if there is one; a cache that cannot be read or written is
  /// ignored. Errors: invalid, with the engine's message and, if the engine reports it, the offset in `wasm`.
  static HostResult<Module> compile(const Engine& engine, std::span<const std::byte> wasm);

  /// Validates only. Errors: as `compile`.
  static HostResult<void> validate(const Engine& engine, std::span<const std::byte> wasm);

  /// The compiled code as bytes. They are usable with the same engine version, settings and kind of processor only.
  /// Errors: unsupported, with the engine's message.
  HostResult<std::vector<std::byte>> serialize() const;

  /// Loads compiled code. The code is trusted: `bytes` must come from `serialize`, never from another source.
  /// Errors: invalid for bytes of another engine version, other settings or another kind of processor.
  static HostResult<Module> deserialize(const Engine& engine, std::span<const std::byte> bytes);

  struct Impl;
  explicit Module(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
  Impl& impl() const noexcept { return *impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace holdfast::engine
