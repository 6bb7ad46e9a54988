// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the benchmark programs share: their options, names of cases, and ending with a message when a case cannot be
// set up. A benchmark is called "CASE|WHO"; bench/report.py puts those of one case side by side.
#pragma once

#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::bench {

/// Operations that a guest does in one call, so that entering it does not count.
inline constexpr std::uint32_t batch = 10'000;

/// What stands on the command line beside google-benchmark's own options.
struct Options {
  std::string who = "holdfast";
  std::filesystem::path components;          ///< folder of the text components
  std::filesystem::path work;                ///< folder for files that this program makes; exists
  bool concurrency = true;                   ///< of the peer's engine
  std::vector<std::filesystem::path> files;  ///< further components
};

[[noreturn]] inline void stop(std::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
  std::exit(1);
}

/// The value, or the end of the program with the error's text.
template <class Result>
auto need(Result&& result) {
  if (!result) stop(result.error().to_string());
  if constexpr (requires { *std::forward<Result>(result); }) return *std::forward<Result>(result);
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) stop(path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  if (!file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) stop(path.string() + " cannot be written");
}

/// Takes google-benchmark's options away and reads the rest: --who=NAME --components=DIR --work=DIR
/// --concurrency=on|off FILE…
inline Options parse_options(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto value = argument.substr(argument.find('=') + 1);
    if (argument.starts_with("--who=")) {
      options.who = value;
    } else if (argument.starts_with("--components=")) {
      options.components = value;
    } else if (argument.starts_with("--work=")) {
      options.work = value;
    } else if (argument.starts_with("--concurrency=")) {
      options.concurrency = value == "on";
    } else if (argument.starts_with("--")) {
      stop("unknown option " + std::string(argument));
    } else {
      options.files.emplace_back(argument);
    }
  }
  return options;
}

inline int run_all() {
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace holdfast::bench
