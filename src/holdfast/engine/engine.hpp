// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The seam to what runs core modules. Everything here is implemented in engine/wasmtime/, the only place that
// knows which engine it is. `Engine` and `Module` are cheap shared handles, usable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
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

/// Fixed for the life of an engine, and part of what compiled code depends on.
struct EngineSettings {
  bool fuel = false;      ///< stores may have a fuel limit
  bool deadlines = true;  ///< stores may have deadlines and be interrupted from other threads
  /// Bytes of native stack that guest code may use, host functions between guests included: 16 KiB to 256 MiB, and well
  /// below the stack of every thread that runs guests (host functions at the bottom need room too).
  std::size_t max_wasm_stack = 512 * 1024;
  wasm::CoreFeatures features = {};  ///< what modules may use, as far as the engine has it
  /// Compiled code is kept in files here; none: no cache. platform/private_store.hpp says which directories are
  /// refused.
  std::optional<std::filesystem::path> cache_directory = std::nullopt;
  std::uint64_t max_cache_bytes = std::uint64_t{1} << 30;  ///< what was used longest ago is removed beyond that
};

class Engine {
 public:
  /// Errors: misuse for settings that cannot be had; io, naming the directory, for a cache directory that cannot be
  /// used or cannot be trusted.
  static HostResult<Engine> create(const EngineSettings& settings);

  /// Name and version of the engine, for people: "wasmtime 48.0.0".
  static std::string version();

  const EngineSettings& settings() const noexcept;

  /// Lets one tick pass for every store's deadline (see Store::set_deadline). Any thread; async-signal-safe.
  void tick() const noexcept;

  struct Impl;
  explicit Engine(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
  const std::shared_ptr<Impl>& impl() const noexcept { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

/// The binary form of a module's or component's text. Bytes that are binary already (they begin with "\0asm") are
/// returned as they are. Errors: invalid, with line and column in the text.
HostResult<std::vector<std::byte>> text_to_binary(std::string_view text);

/// A compiled core module.
class Module {
 public:
  /// Validates and compiles; uses the engine's cache when there is one (a cache that cannot be read or written is the
  /// same as none). Errors: invalid, with the engine's words and the offset in `wasm` where the engine knows it.
  static HostResult<Module> compile(const Engine& engine, std::span<const std::byte> wasm);

  /// Validates only. Errors: as `compile`.
  static HostResult<void> validate(const Engine& engine, std::span<const std::byte> wasm);

  /// Compiled code as bytes, for this engine version and these settings on this kind of machine.
  HostResult<std::vector<std::byte>> serialize() const;

  /// Compiled code is trusted code: `bytes` must come from `serialize` and from nowhere else.
  /// Errors: invalid for bytes of another engine version, other settings or another kind of machine.
  static HostResult<Module> deserialize(const Engine& engine, std::span<const std::byte> bytes);

  struct Impl;
  explicit Module(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
  Impl& impl() const noexcept { return *impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace holdfast::engine
