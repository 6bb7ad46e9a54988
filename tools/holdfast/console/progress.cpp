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

bool can_erase_lines(int descriptor) {
  const char* const terminal = std::getenv("TERM");
  return ::isatty(descriptor) != 0 && terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
}

/// The part of `line` that fits on the terminal: a wrapped line cannot be erased.
std::string_view fitting(int descriptor, std::string_view line) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return line;
  return line.substr(0, size.ws_col - 1U);
}

/// Ignores failures: work continues without a terminal.
void write_all(int descriptor, std::string_view text) {
  static_cast<void>(!::write(descriptor, text.data(), text.size()));
}

}  // namespace

Progress::Progress(int descriptor, std::string activity, std::chrono::milliseconds delay)
    : descriptor_(descriptor), activity_(std::move(activity)) {
  if (can_erase_lines(descriptor)) thread_ = std::jthread([this, delay] { run(delay); });
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
    const std::string line = fmt::format("{} ... {:.0f} s", activity_, spent.count());
    write_all(descriptor_, fmt::format("{}{}", clear_line, fitting(descriptor_, line)));
  } while (!changed_.wait_for(lock, refresh, [this] { return done_; }));
  write_all(descriptor_, clear_line);
}

}  // namespace holdfast::cli
