// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shell scripts that complete commands and options, generated from the declared command line. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::cli {

enum class CompletedValue : std::uint8_t { none, text, file, folder, variable, word };

struct CompletedOption {
  std::string name;  ///< "--dir"; empty for a positional argument
  std::string description;
  CompletedValue value = CompletedValue::none;
  std::vector<std::string> words;  ///< the choices of CompletedValue::word
};

struct CompletedCommand {
  std::string name;
  std::string description;
  std::vector<CompletedOption> options;
};

inline constexpr std::string_view completed_shells[] = {"bash", "zsh", "fish"};

/// The script for `shell`; nullopt if it is not one of completed_shells.
std::optional<std::string> completion_script(std::string_view shell, std::span<const CompletedCommand> commands);

}  // namespace holdfast::cli
