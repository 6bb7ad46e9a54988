// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the options --link INTERFACE=FILE say: which components are made besides the main one, what each gives, and in
// which order they are made. Plain values.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "holdfast/embed/component.hpp"

namespace holdfast::cli {

/// One component, however many interfaces it gives.
struct Provider {
  std::string option;  ///< the first --link that names it, for messages
  std::string file;
  Component component;
  std::vector<std::string> interfaces;  ///< as it exports them
};

/// Loads what `options` name, a file once, and puts providers before those that import from them; else they stay as
/// they were given. Errors: of loading; misuse for an option that is not written so, an interface that the component
/// does not export or that was given before, and for providers that need each other.
HostResult<std::vector<Provider>> load_providers(const Engine& engine, std::span<const std::string> options);

}  // namespace holdfast::cli
