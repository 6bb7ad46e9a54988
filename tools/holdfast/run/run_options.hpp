// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options of `holdfast run`. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::cli {

enum class LeakPolicy : std::uint8_t { ignore, warn, error };

struct RunOptions {
  std::string file;
  std::vector<std::string> arguments;  ///< for the guest, without the program's name

  // What the guest can use.
  std::vector<std::string> directories;  ///< HOST[::GUEST[::ro]]
  std::vector<std::string> environment;  ///< K[=V]
  std::optional<std::string> argv0;
  std::vector<std::string> links;  ///< INTERFACE=FILE
  bool allow_missing = false;

  // What is run; a command when neither is set.
  std::optional<std::string> invoke;  ///< the statements
  std::optional<std::string> script;  ///< a file with statements

  // Limits.
  std::optional<std::uint64_t> fuel;
  std::optional<std::uint64_t> max_memory;  ///< bytes of each linear memory
  std::optional<double> timeout;            ///< seconds

  // What is reported at the end.
  bool report = false;
  bool json = false;
  LeakPolicy leaks = LeakPolicy::ignore;

  bool no_cache = false;
};

}  // namespace holdfast::cli
