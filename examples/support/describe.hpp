// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns a low-level error into text, for the output of the examples.
#pragma once

#include <string>

#include <holdfast/resource.hpp>

inline std::string describe(const holdfast::Error& error) {
  char buffer[200];
  return std::string(holdfast::render(error, buffer, sizeof buffer));
}
