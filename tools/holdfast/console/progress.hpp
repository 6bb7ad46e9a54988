// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A progress line for long work: what the command is doing and for how long. The line is erased when the work is done.
// Nothing is written to pipes and files. One object at a time. It owns a thread, which writes only after the delay.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace holdfast::cli {

/// Work that takes less time shows no progress line.
inline constexpr std::chrono::milliseconds progress_delay{500};

class Progress {
 public:
  /// `activity`: "compiling plugin.wasm". `descriptor` must stay open while this object exists.
  Progress(int descriptor, std::string activity, std::chrono::milliseconds delay = progress_delay);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Erases the line.
  ~Progress();

 private:
  void run(std::chrono::milliseconds delay);

  int descriptor_;
  std::string activity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace holdfast::cli
