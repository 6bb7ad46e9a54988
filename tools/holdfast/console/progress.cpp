// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "console/progress.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace holdfast::cli {
namespace {

constexpr std::chrono::milliseconds refresh{250};
constexpr std::string_view clear_line = "\r\x1b[K";

bool understands_lines_that_go(int descriptor) {
  const char* const terminal = std::getenv("TERM");
  return ::isatty(descriptor) != 0 && terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
}

/// As much of `line` as fits: a line that was wrapped could not be taken away.
std::string_view fitting(int descriptor, std::string_view line) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return line;
  return line.substr(0, size.ws_col - 1U);
}

/// A terminal that is gone is no reason to stop working.
void write_all(int descriptor, std::string_view text) {
  static_cast<void>(!::write(descriptor, text.data(), text.size()));
}

}  // namespace

Progress::Progress(int descriptor, std::string what, std::chrono::milliseconds delay)
    : descriptor_(descriptor), what_(std::move(what)) {
  if (understands_lines_that_go(descriptor)) thread_ = std::jthread([this, delay] { run(delay); });
}

Progress::~Progress() {
  const std::scoped_lock lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

void Progress::run(std::chrono::milliseconds delay) {
  const auto started = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, delay, [this] { return done_; })) return;
  do {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - started;
    const std::string line = fmt::format("{} ... {:.0f} s", what_, spent.count());
    write_all(descriptor_, fmt::format("{}{}", clear_line, fitting(descriptor_, line)));
  } while (!changed_.wait_for(lock, refresh, [this] { return done_; }));
  write_all(descriptor_, clear_line);
}

}  // namespace holdfast::cli
