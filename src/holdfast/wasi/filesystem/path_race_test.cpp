// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guests resolve paths while another thread exchanges directories for links.
#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <thread>

#include "holdfast/wasi/testing/filesystem_fixture.hpp"

namespace holdfast::wasi {
namespace {

using namespace testing;

/// Exchanges two names in a loop while it lives.
class Exchanger {
 public:
  Exchanger(std::filesystem::path first, std::filesystem::path second)
      : thread_([this, first = std::move(first), second = std::move(second)] {
          while (!stop_.load()) {
            if (::syscall(SYS_renameat2, AT_FDCWD, first.c_str(), AT_FDCWD, second.c_str(), RENAME_EXCHANGE) == 0) {
              exchanges_.fetch_add(1);
            }
          }
        }) {}
  ~Exchanger() {
    stop_.store(true);
    thread_.join();
  }
  int exchanges() const { return exchanges_.load(); }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<int> exchanges_ = 0;
  std::thread thread_;
};

class PathRace : public FilesystemTest {
 protected:
  /// "inside/swap" alternates between a folder with a harmless file "secret" and a link to the outside.
  PathRace() {
    folder.folder("inside/swap");
    folder.file("inside/swap/secret", "harmless");
    folder.link("../outside", "inside/other");
  }

  /// Repeats `attempt` while the names are exchanged.
  template <class Attempt>
  void race(Attempt attempt) {
    const Descriptor base = inside();
    Exchanger exchanger(folder / "inside/swap", folder / "inside/other");
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(400);
    int attempts = 0;
    while (std::chrono::steady_clock::now() < end) {
      attempt(base);
      ++attempts;
    }
    EXPECT_GT(attempts, 10);
    EXPECT_GT(exchanger.exchanges(), 10);
  }
};
HOLDFAST_BOTH_RESOLVERS(PathRace);

TEST_P(PathRace, ReadingNeverReachesTheOutside) {
  int reached = 0;
  race([&](const Descriptor& base) {
    const std::string read = content(base, "swap/secret");
    EXPECT_NE(read, "secret");
    if (read == "harmless") ++reached;
    EXPECT_NE(content(base, "swap/../swap/secret"), "secret");
  });
  EXPECT_GT(reached, 0) << "no attempt succeeded, so this test tests nothing";
}

TEST_P(PathRace, LastLinkIsNotFollowedOutside) {
  folder.file("inside/last", "harmless");
  folder.link("../outside/secret", "inside/last_link");
  const Descriptor base = inside();
  Exchanger exchanger(folder / "inside/last", folder / "inside/last_link");
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(400);
  while (std::chrono::steady_clock::now() < end) {
    EXPECT_NE(content(base, "last"), "secret");
    EXPECT_NE(content(base, "last", not_followed), "secret");
    const auto written = base.open_at(followed, "last", OpenFlags::create | OpenFlags::truncate, read_write_flags);
    if (written) {
      EXPECT_THAT(written->write(bytes("written"), 0), Succeeds());
    }
    ASSERT_EQ(folder.content("outside/secret"), "secret");
  }
}

TEST_P(PathRace, ChangesNeverReachTheOutside) {
  race([&](const Descriptor& base) {
    static_cast<void>(base.create_directory_at("swap/made"));
    static_cast<void>(base.symlink_at("x", "swap/made_link"));
    static_cast<void>(base.open_at(followed, "swap/made_file", OpenFlags::create, read_write_flags));
    static_cast<void>(base.link_at(not_followed, "swap/secret", base, "stolen"));
    static_cast<void>(base.rename_at("swap/secret", base, "swap/renamed"));
    static_cast<void>(base.rename_at("swap/renamed", base, "swap/secret"));
    static_cast<void>(base.set_times_at(followed, "swap/secret", NewTimestamp::at({1, 0}), NewTimestamp::at({1, 0})));
    static_cast<void>(base.unlink_file_at("swap/made_link"));
    static_cast<void>(base.remove_directory_at("swap/made"));
  });
  EXPECT_EQ(folder.content("outside/secret"), "secret");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "outside"), {}), 1);
  struct stat status{};
  ASSERT_EQ(::stat((folder / "outside/secret").c_str(), &status), 0);
  EXPECT_NE(status.st_mtim.tv_sec, 1);
  EXPECT_EQ(status.st_nlink, 1U);
}

TEST_P(PathRace, TheParentOfADirectoryThatIsMovedOutIsNotReached) {
  folder.folder("inside/deep/er");
  folder.folder("outside/place");
  const Descriptor base = inside();
  Exchanger exchanger(folder / "inside/deep/er", folder / "outside/place");
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(400);
  while (std::chrono::steady_clock::now() < end) {
    EXPECT_NE(content(base, "deep/er/../secret"), "secret");
    EXPECT_NE(content(base, "deep/er/../../secret"), "secret");
  }
}

}  // namespace
}  // namespace holdfast::wasi
