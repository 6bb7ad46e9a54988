// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host side of scripts: the functions, resources and core module that the harness of the public suites provides as
// `host-return-two`, `host-echo-u32` and in the instances `host` and `wasmtime`. Belongs to one script; used by one
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "holdfast/embed/core_module.hpp"
#include "holdfast/embed/linker.hpp"

namespace holdfast::cli::wast {

class Harness {
 public:
  /// Errors: those of CoreModule::from_text.
  static HostResult<Harness> create(const Engine& engine);

  /// Whether `link` defines `name`.
  static bool provides(std::string_view name) noexcept;

  /// Defines everything in `linker`, which may outlive this object.
  void link(Linker& linker) const;

  /// The drops of `resource1` by all instances of the script.
  struct Counters {
    std::uint32_t drops = 0;
    std::uint32_t last_drop = 0;  ///< the rep of the last one
  };

 private:
  explicit Harness(const CoreModule& simple_module);

  CoreModule simple_module_;
  std::shared_ptr<Counters> counters_;
  std::shared_ptr<const HostResourceType> resource1_;
};

}  // namespace holdfast::cli::wast
