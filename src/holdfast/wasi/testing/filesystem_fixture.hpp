// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of descriptors: a folder with a part "inside", which a guest may use, and a part "outside", which it must
// not reach. The tests run with both ways of resolving paths.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/testing/matchers.hpp"
#include "holdfast/wasi/filesystem/descriptor.hpp"
#include "holdfast/wasi/testing/temporary_folder.hpp"

namespace holdfast::wasi::testing {

inline constexpr auto followed = PathFlags::symlink_follow;
inline constexpr auto not_followed = PathFlags::none;
inline constexpr auto read_write_flags = DescriptorFlags::read | DescriptorFlags::write;

/// Matches a FileResult that failed with `error`.
MATCHER_P(FailsWith, error, std::string("fails with ") + std::string(name_of(error))) {
  if (arg.has_value()) {
    *result_listener << "succeeds";
    return false;
  }
  *result_listener << "fails with " << name_of(arg.error());
  return arg.error() == error;
}
using matchers::Succeeds;

inline std::string text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }
inline std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

class FilesystemTest : public ::testing::TestWithParam<PathResolver::Strategy> {
 protected:
  FilesystemTest() {
    folder.folder("inside");
    folder.folder("outside");
    folder.file("outside/secret", "secret");
    if (GetParam() == PathResolver::Strategy::kernel && PathResolver::probe().strategy() != GetParam()) {
      skip_ = true;
    }
  }
  void SetUp() override {
    if (skip_) GTEST_SKIP() << "the kernel has no openat2";
  }

  Descriptor open_folder(std::string_view name, Access access = read_write) const {
    auto opened = Descriptor::open_folder({folder / name, "/", access}, settings);
    if (!opened) throw std::runtime_error(opened.error().message());
    return *std::move(opened);
  }
  Descriptor inside(Access access = read_write) const { return open_folder("inside", access); }

  /// Opens `path` and returns its whole content, or the name of the error.
  static std::string content(const Descriptor& base, std::string_view path, PathFlags path_flags = followed) {
    const auto file = base.open_at(path_flags, path, OpenFlags::none, DescriptorFlags::read);
    if (!file) return std::string(name_of(file.error()));
    const auto read = file->read(1000, 0);
    if (!read) return std::string(name_of(read.error()));
    return text(std::get<0>(*read));
  }

  TemporaryFolder folder;
  std::shared_ptr<const FilesystemSettings> settings =
      std::make_shared<FilesystemSettings>(FilesystemSettings{PathResolver(GetParam()), HashKey::generate()});

 private:
  bool skip_ = false;
};

inline std::string strategy_name(const ::testing::TestParamInfo<PathResolver::Strategy>& info) {
  return info.param == PathResolver::Strategy::kernel ? "Kernel" : "Walk";
}

}  // namespace holdfast::wasi::testing

/// Runs the tests of `Suite` with both ways of resolving paths.
#define HOLDFAST_BOTH_RESOLVERS(Suite)                                                         \
  INSTANTIATE_TEST_SUITE_P(, Suite,                                                            \
                           ::testing::Values(::holdfast::wasi::PathResolver::Strategy::kernel, \
                                             ::holdfast::wasi::PathResolver::Strategy::walk),  \
                           ::holdfast::wasi::testing::strategy_name)
