// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/command_wast.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include "console/exit_code.hpp"
#include "console/output.hpp"
#include "holdfast/embed/engine.hpp"
#include "wast/features.hpp"
#include "wast/report.hpp"
#include "wast/runner.hpp"
#include "wast/script.hpp"

namespace holdfast::cli {
namespace {

constexpr std::chrono::milliseconds tick{100};

/// Ticks an engine while this object exists, so that the deadlines of its stores expire.
class Ticker {
 public:
  explicit Ticker(const Engine& engine)
      : thread_([this, engine](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!wake_.wait_for(lock, stop, tick, [&] { return stop.stop_requested(); })) engine.tick();
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

/// Errors, without the path: io.
HostResult<std::string> read_text(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return host_fail(ErrorKind::io, "expected a file, found a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) return host_fail(ErrorKind::io, "the file cannot be opened");
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return host_fail(ErrorKind::io, "the file cannot be read");
  return content;
}

HostResult<wast::FileResult> run_script(const std::string& path, const WastOptions& options) {
  HOLDFAST_TRY_ASSIGN(std::string source, read_text(path));
  HOLDFAST_TRY_ASSIGN(const auto text, wast::ScriptText::read(std::move(source)));
  HOLDFAST_TRY_ASSIGN(const auto directives, wast::read_directives(text));
  HOLDFAST_TRY_ASSIGN(const auto features, wast::choose_features(options.features, text.source()));
  HOLDFAST_TRY_ASSIGN(const Engine engine, Engine::create({.features = features}));
  HOLDFAST_TRY_ASSIGN(wast::Harness harness, wast::Harness::create(engine));
  const Ticker ticker(engine);
  wast::Runner runner(engine, std::move(harness), {.validate_only = options.validate_only}, tick);
  wast::FileResult result{path, {}, {}};
  for (const wast::Directive& directive : directives) {
    result.directives.push_back({directive.line, directive.kind, runner.carry_out(directive)});
  }
  return result;
}

/// False: the file could not be written, and an error was printed.
bool write_json(const std::string& path, std::span<const wast::FileResult> results) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << wast::to_json(results) << '\n';
  if (file.flush()) return true;
  print_error("the file " + path + " cannot be written");
  return false;
}

}  // namespace

int run_scripts(const WastOptions& options) {
  int code = 0;
  std::vector<wast::FileResult> results;
  for (const std::string& path : options.files) {
    auto result = run_script(path, options);
    if (!result) {
      const HostError error = HostError(result.error()).with_context(path);
      code = std::max(code, report_error(error));
      results.push_back({path, {}, result.error().message()});
      continue;
    }
    if (wast::has_failure(*result)) code = std::max(code, number(ExitCode::failed));
    print(wast::failures_text(*result));
    results.push_back(*std::move(result));
  }
  print(wast::summary_text(results));
  if (!options.json.empty() && !write_json(options.json, results)) code = number(ExitCode::environment);
  return code;
}

}  // namespace holdfast::cli
