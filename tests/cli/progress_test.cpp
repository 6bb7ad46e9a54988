// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "console/progress.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace holdfast::cli {
namespace {

constexpr std::chrono::milliseconds at_once{0};
constexpr auto cleared = "\r\x1b[K";

/// A pseudo-terminal; the test is its screen.
class Terminal {
 public:
  Terminal() : screen_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    EXPECT_EQ(::grantpt(screen_), 0);
    EXPECT_EQ(::unlockpt(screen_), 0);
    program_ = ::open(::ptsname(screen_), O_RDWR | O_NOCTTY);
    EXPECT_GE(program_, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    ::close(program_);
    ::close(screen_);
  }

  int program() const { return program_; }

  /// Everything that was written so far. Waits until it ends with `expected`.
  std::string read_until(const std::string& expected) {
    constexpr int patience = 10'000;
    pollfd waiting{screen_, POLLIN, 0};
    while (!seen_.ends_with(expected) && ::poll(&waiting, 1, patience) == 1) {
      char buffer[256];
      const ssize_t count = ::read(screen_, buffer, sizeof buffer);
      if (count <= 0) break;
      seen_.append(buffer, static_cast<std::size_t>(count));
    }
    return seen_;
  }

 private:
  int screen_;
  int program_ = -1;
  std::string seen_;
};

class ProgressLine : public testing::Test {
 protected:
  void SetUp() override { ::setenv("TERM", "xterm", 1); }
};

TEST_F(ProgressLine, IsShownOnATerminalAndErased) {
  Terminal terminal;
  {
    const Progress progress(terminal.program(), "compiling x.wasm", at_once);
    EXPECT_TRUE(terminal.read_until(" s").starts_with(std::string(cleared) + "compiling x.wasm ... "));
  }
  EXPECT_TRUE(terminal.read_until(cleared).ends_with(cleared));
}

TEST_F(ProgressLine, IsNotShownForShortWork) {
  Terminal terminal;
  {
    const Progress progress(terminal.program(), "compiling x.wasm", std::chrono::hours(1));
  }
  ASSERT_EQ(::write(terminal.program(), "end", 3), 3);
  EXPECT_EQ(terminal.read_until("end"), "end");
}

TEST_F(ProgressLine, IsNotShownOnATerminalThatCannotEraseLines) {
  ::setenv("TERM", "dumb", 1);
  Terminal terminal;
  {
    const Progress progress(terminal.program(), "compiling x.wasm", at_once);
  }
  ASSERT_EQ(::write(terminal.program(), "end", 3), 3);
  EXPECT_EQ(terminal.read_until("end"), "end");
}

TEST_F(ProgressLine, IsNotShownInAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  {
    const Progress progress(ends[1], "compiling x.wasm", at_once);
  }
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0) << "the pipe is empty and closed";
  ::close(ends[0]);
}

}  // namespace
}  // namespace holdfast::cli
