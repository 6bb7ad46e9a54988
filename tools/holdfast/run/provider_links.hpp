// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The components that --link INTERFACE=FILE adds to a run: what each provides, and in which order they are
// instantiated. Plain values.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "holdfast/embed/component.hpp"

namespace holdfast::cli {

/// A component that provides one or more interfaces.
struct Provider {
  std::string option;  ///< the first --link that names the file, for messages
  std::string file;
  Component component;
  std::vector<std::string> interfaces;  ///< the exported names
};

/// Loads the files that `options` name, each file once. A provider comes before the providers that import from it;
/// otherwise the order of the options is kept. Errors: those of loading; misuse (an option has the wrong form, the
/// component does not export the interface, another one provides it already, or providers import from each other).
HostResult<std::vector<Provider>> load_providers(const Engine& engine, std::span<const std::string> options);

}  // namespace holdfast::cli
