// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scripts that complete commands and options in a shell, made from what the command line declares. Pure functions.
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
  std::string name;  ///< "--dir"; empty for what stands without a name
  std::string description;
  CompletedValue value = CompletedValue::none;
  std::vector<std::string> words;  ///< of CompletedValue::word
};

struct CompletedCommand {
  std::string name;
  std::string description;
  std::vector<CompletedOption> options;
};

inline constexpr std::string_view completed_shells[] = {"bash", "zsh", "fish"};

/// nullopt for a shell that is not one of completed_shells.
std::optional<std::string> completion_script(std::string_view shell, std::span<const CompletedCommand> commands);

}  // namespace holdfast::cli
