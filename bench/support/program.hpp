// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shared by the benchmark programs: options, files, and stopping with a message if a case cannot be set up. A benchmark
// is named "CASE|WHO"; bench/report.py compares the benchmarks of the same case.
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

/// The number of operations that a guest performs in one call: enough to make the time of the call itself negligible.
inline constexpr std::uint32_t batch = 10'000;

/// The command line, without google-benchmark's own options.
struct Options {
  std::string who = "holdfast";
  std::filesystem::path components;          ///< folder of the components in text format
  std::filesystem::path work;                ///< existing folder for files that this program writes
  bool concurrency = true;                   ///< option of the peer's engine
  std::vector<std::filesystem::path> files;  ///< further components
};

[[noreturn]] inline void stop(std::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
  std::exit(1);
}

/// Returns the value, or stops the program with the text of the error.
template <class Result>
auto need(Result&& result) {
  if (!result) stop(result.error().to_string());
  if constexpr (requires { *std::forward<Result>(result); }) return *std::forward<Result>(result);
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) stop("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  if (!file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) stop("cannot write " + path.string());
}

/// Removes google-benchmark's options and parses the rest: --who=NAME --components=DIR --work=DIR
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
