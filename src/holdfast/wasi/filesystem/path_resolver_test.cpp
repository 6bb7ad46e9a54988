// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/path_resolver.hpp"

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "holdfast/wasi/testing/filesystem_fixture.hpp"

namespace holdfast::wasi {
namespace {

using namespace testing;

class PathResolving : public FilesystemTest {
 protected:
  PathResolving() {
    folder.folder("inside/a/b");
    folder.file("inside/a/b/file", "content");
    base_ = UniqueFd(::open((folder / "inside").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

  FileResult<UniqueFd> open(std::string_view path, LastLink last_link = LastLink::followed,
                            int flags = O_RDONLY) const {
    return settings->resolver.open(base_.get(), path, flags, last_link);
  }
  FileResult<ParentPath> parent(std::string_view path) const {
    return settings->resolver.open_parent(base_.get(), path);
  }

  UniqueFd base_;
};
HOLDFAST_BOTH_RESOLVERS(PathResolving);

TEST_P(PathResolving, OpensPathsBelowTheBase) {
  for (const char* path : {"a/b/file", "./a/b/file", "a//b///file", "a/./b/./file", "a/b/../b/file", "a/../a/b/file"}) {
    EXPECT_THAT(open(path), Succeeds()) << path;
  }
  for (const char* path : {".", "./", "a", "a/", "a/b/", "a/b/.", "a/b/..", "a/..", "a/../"}) {
    EXPECT_THAT(open(path, LastLink::not_followed, O_RDONLY | O_DIRECTORY), Succeeds()) << path;
  }
}

TEST_P(PathResolving, RefusesPathsThatLeadOut) {
  for (const char* path : {"..", "../", "../outside/secret", "../inside/a", "a/../..", "a/../../outside/secret",
                           "a/b/../../../outside/secret", "./..", "a/../../inside/a/b/file"}) {
    EXPECT_THAT(open(path), FailsWith(FileError::not_permitted)) << path;
    EXPECT_THAT(open(path, LastLink::not_followed, O_PATH), FailsWith(FileError::not_permitted)) << path;
  }
}

TEST_P(PathResolving, RefusesAbsolutePaths) {
  const std::string inside_file = (folder / "inside/a/b/file").string();
  for (const std::string& path : {std::string("/"), std::string("//"), std::string("/etc/passwd"), inside_file}) {
    EXPECT_THAT(open(path), FailsWith(FileError::not_permitted)) << path;
    EXPECT_THAT(parent(path), FailsWith(FileError::not_permitted)) << path;
  }
}

TEST_P(PathResolving, RefusesInvalidPaths) {
  EXPECT_THAT(open(""), FailsWith(FileError::no_entry));
  EXPECT_THAT(parent(""), FailsWith(FileError::no_entry));
  using namespace std::string_view_literals;
  for (const auto path : {"\0"sv, "a\0"sv, "a/b/file\0"sv, "a/\0/../b"sv, "a/b/file\0/../../../.."sv}) {
    EXPECT_THAT(open(path), FailsWith(FileError::invalid));
    EXPECT_THAT(parent(path), FailsWith(FileError::invalid));
  }
}

TEST_P(PathResolving, RefusesPathsThatAreTooLong) {
  EXPECT_THAT(open(std::string(256, 'x')), FailsWith(FileError::name_too_long));
  EXPECT_THAT(open(std::string(255, 'x')), FailsWith(FileError::no_entry));
  EXPECT_THAT(open("a/" + std::string(256, 'x') + "/b"), FailsWith(FileError::name_too_long));
  std::string path = "a/b/file";
  while (path.size() < 4095) path.insert(0, "./");
  path.resize(4095, 'x');
  EXPECT_FALSE(open(path).has_value());
  for (const std::size_t size : {std::size_t{4096}, std::size_t{5000}, std::size_t{1} << 20}) {
    std::string dots;
    while (dots.size() < size) dots += "./";
    dots.resize(size);
    EXPECT_THAT(open(dots), FailsWith(FileError::name_too_long)) << size;
    EXPECT_THAT(parent(dots), FailsWith(FileError::name_too_long)) << size;
  }
}

TEST_P(PathResolving, LongestPathIsResolved) {
  std::string path = "a/b/file";
  while (path.size() + 2 <= 4095) path.insert(0, "./");
  EXPECT_THAT(open(path), Succeeds()) << path.size();
}

TEST_P(PathResolving, FollowsLinksThatStayBelow) {
  folder.link("b", "inside/a/to_b");
  folder.link("a/b/file", "inside/to_file");
  folder.link("to_file", "inside/to_link");
  folder.link("../a/b/file", "inside/a/up");
  folder.link("../../a/./b/../b//file", "inside/a/b/winding");
  for (const char* path :
       {"a/to_b/file", "to_file", "to_link", "a/up", "a/b/winding", "a/to_b/winding", "a/to_b/../b/file"}) {
    EXPECT_THAT(open(path), Succeeds()) << path;
  }
  EXPECT_THAT(open("a/to_b/file", LastLink::not_followed), Succeeds());
  EXPECT_THAT(open("a/to_b/", LastLink::not_followed), Succeeds()) << "a slash at the end follows the link";
  EXPECT_THAT(open("to_file/"), FailsWith(FileError::not_directory));
}

TEST_P(PathResolving, RefusesLinksThatLeadOut) {
  folder.link("../outside", "inside/out");
  folder.link("../outside/secret", "inside/out_file");
  folder.link("..", "inside/up");
  folder.link("../../..", "inside/a/b/top");
  folder.link((folder / "outside").string(), "inside/absolute");
  folder.link((folder / "inside/a").string(), "inside/absolute_inside");
  folder.link("/", "inside/root");
  folder.link("out_file", "inside/chain");
  folder.link("../inside/a/b/file", "inside/out_and_in");
  for (const char* path : {"out", "out/", "out/secret", "out_file", "up", "up/outside/secret", "up/inside/a/b/file",
                           "a/b/top/outside/secret", "absolute/secret", "absolute", "absolute_inside", "root",
                           "root/etc/passwd", "chain", "out_and_in", "a/../out/secret", "out/../a/b/file"}) {
    EXPECT_THAT(open(path), FailsWith(FileError::not_permitted)) << path;
    EXPECT_THAT(open(path, LastLink::followed, O_PATH), FailsWith(FileError::not_permitted)) << path;
  }
  EXPECT_THAT(parent("out/new"), FailsWith(FileError::not_permitted));
  EXPECT_THAT(parent("root/etc"), FailsWith(FileError::not_permitted));
  EXPECT_THAT(parent("up/."), FailsWith(FileError::not_permitted));
}

TEST_P(PathResolving, CreatingAFileThroughALinkStaysBelow) {
  folder.link("../outside/made", "inside/out");
  folder.link("made", "inside/in");
  constexpr int create = O_WRONLY | O_CREAT;
  EXPECT_THAT(settings->resolver.open(base_.get(), "out", create, LastLink::followed, 0600),
              FailsWith(FileError::not_permitted));
  EXPECT_FALSE(folder.exists("outside/made"));
  EXPECT_THAT(settings->resolver.open(base_.get(), "in", create, LastLink::followed, 0600), Succeeds());
  EXPECT_TRUE(folder.exists("inside/made"));
  EXPECT_THAT(settings->resolver.open(base_.get(), "in", create | O_EXCL, LastLink::followed, 0600),
              FailsWith(FileError::exist));
  EXPECT_THAT(settings->resolver.open(base_.get(), "new/", create, LastLink::followed, 0600),
              FailsWith(FileError::is_directory));
}

TEST_P(PathResolving, LastLinkIsNotFollowedUnlessAsked) {
  folder.link("a/b/file", "inside/link");
  EXPECT_THAT(open("link", LastLink::not_followed), FailsWith(FileError::loop));
  const auto link = open("link", LastLink::not_followed, O_PATH);
  ASSERT_THAT(link, Succeeds());
  struct stat status{};
  ASSERT_EQ(fstat(link->get(), &status), 0);
  EXPECT_TRUE(S_ISLNK(status.st_mode));
}

TEST_P(PathResolving, FollowsFortyLinksAndNoMore) {
  folder.link("a/b/file", "inside/link1");
  for (int i = 2; i <= 41; ++i) folder.link("link" + std::to_string(i - 1), "inside/link" + std::to_string(i));
  EXPECT_THAT(open("link40"), Succeeds());
  EXPECT_THAT(open("link41"), FailsWith(FileError::loop));
  folder.link("circle", "inside/circle");
  folder.link("ping", "inside/pong");
  folder.link("pong", "inside/ping");
  folder.link("deeper/x", "inside/deeper");
  for (const char* path : {"circle", "ping", "circle/x", "deeper", "deeper/y"}) {
    EXPECT_THAT(open(path), FailsWith(FileError::loop)) << path;
  }
}

TEST_P(PathResolving, RefusesMagicLinks) {
  // Links in /proc lead to the object itself, wherever it is. A host may have granted /proc to a guest.
  const UniqueFd proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!proc) GTEST_SKIP() << "no /proc";
  const std::string path = "self/fd/" + std::to_string(base_.get());
  EXPECT_FALSE(settings->resolver.open(proc.get(), path + "/a/b/file", O_RDONLY, LastLink::followed).has_value());
  EXPECT_FALSE(settings->resolver.open(proc.get(), path, O_RDONLY, LastLink::followed).has_value());
  EXPECT_FALSE(settings->resolver.open(proc.get(), "self/root/etc", O_RDONLY, LastLink::followed).has_value());
  EXPECT_FALSE(settings->resolver.open(proc.get(), "self/cwd", O_RDONLY, LastLink::followed).has_value());
}

TEST_P(PathResolving, ReportsMissingFilesAndNonDirectories) {
  EXPECT_THAT(open("missing"), FailsWith(FileError::no_entry));
  EXPECT_THAT(open("missing/x"), FailsWith(FileError::no_entry));
  EXPECT_THAT(open("missing/../a"), FailsWith(FileError::no_entry));
  EXPECT_THAT(open("a/b/file/x"), FailsWith(FileError::not_directory));
  EXPECT_THAT(open("a/b/file/.."), FailsWith(FileError::not_directory));
  EXPECT_THAT(open("a/b/file/."), FailsWith(FileError::not_directory));
  EXPECT_THAT(open("a/b/file/"), FailsWith(FileError::not_directory));
}

TEST_P(PathResolving, ParentIsOpenedAndTheNameKept) {
  const auto file = parent("a/b/file");
  ASSERT_THAT(file, Succeeds());
  EXPECT_STREQ(file->name(), "file");
  EXPECT_FALSE(file->names_directory());
  EXPECT_EQ(::faccessat(file->directory(), "file", F_OK, 0), 0);

  const auto in_base = parent("new//");
  ASSERT_THAT(in_base, Succeeds());
  EXPECT_STREQ(in_base->name(), "new");
  EXPECT_TRUE(in_base->names_directory());
  EXPECT_EQ(in_base->directory(), base_.get());

  for (const char* path : {".", "./.", "a/..", "a/b/../.."}) {
    const auto self = parent(path);
    ASSERT_THAT(self, Succeeds()) << path;
    EXPECT_STREQ(self->name(), ".") << path;
  }
  EXPECT_THAT(parent(".."), FailsWith(FileError::not_permitted));
  EXPECT_THAT(parent("a/../.."), FailsWith(FileError::not_permitted));
  EXPECT_THAT(parent("../x"), FailsWith(FileError::not_permitted));
  EXPECT_THAT(parent("missing/x"), FailsWith(FileError::no_entry));
}

TEST_P(PathResolving, DeepPathsUseALimitedNumberOfDescriptors) {
  std::string path;
  for (int i = 0; i < 300; ++i) path += "d/";
  folder.folder("inside/" + path);
  const auto opened = open(path);
  if (GetParam() == PathResolver::Strategy::walk) {
    EXPECT_THAT(opened, FailsWith(FileError::name_too_long));
  } else {
    EXPECT_THAT(opened, Succeeds());
  }
  EXPECT_THAT(open(path.substr(0, 2 * 250)), Succeeds());
}

/// Makes openat2 fail with `error` in this process from now on, as containers do.
bool filter_openat2(int error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(PathResolverProbe, FallsBackToWalkingWhereOpenat2IsMissingOrFiltered) {
  constexpr int as_walk = 1, as_kernel = 2, no_filter = 3;
  for (const int error : {ENOSYS, EPERM}) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      if (!filter_openat2(error)) ::_exit(no_filter);
      ::_exit(PathResolver::probe().strategy() == PathResolver::Strategy::walk ? as_walk : as_kernel);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == no_filter) GTEST_SKIP() << "this system cannot filter system calls";
    EXPECT_EQ(WEXITSTATUS(status), as_walk) << error;
  }
}

}  // namespace
}  // namespace holdfast::wasi
