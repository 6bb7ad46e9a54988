// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells on a terminal what takes long, and for how long already, in one line that is gone when it is done. Says nothing
// anywhere else: in a pipe or a file there is nobody who waits. One object at a time; it owns a thread, which writes to
// the terminal only after the delay.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace holdfast::cli {

/// What takes less is done before anybody wonders.
inline constexpr std::chrono::milliseconds progress_delay{500};

class Progress {
 public:
  /// `what` as in "compiling plugin.wasm". `descriptor` stays open as long as the object lives.
  Progress(int descriptor, std::string what, std::chrono::milliseconds delay = progress_delay);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Takes the line away again.
  ~Progress();

 private:
  void run(std::chrono::milliseconds delay);

  int descriptor_;
  std::string what_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace holdfast::cli
