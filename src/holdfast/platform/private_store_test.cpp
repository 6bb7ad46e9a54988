// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/platform/private_store.hpp"

#include <chrono>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace holdfast::platform {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

class PrivateStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "holdfast-private-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    directory_ = root_ / "a" / "cache";
  }
  void TearDown() override { fs::remove_all(root_); }

  std::size_t count_files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_), fs::directory_iterator{}));
  }

  fs::path root_;
  fs::path directory_;
};

TEST_F(PrivateStoreTest, CreatesItsDirectoryForTheUserOnly) {
  ASSERT_TRUE(PrivateStore::open(directory_));
  EXPECT_EQ(fs::status(directory_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(directory_.parent_path()).permissions(), fs::perms::owner_all);
}

TEST_F(PrivateStoreTest, ReadsWrittenFiles) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  EXPECT_EQ(store->read("x"), std::nullopt);
  ASSERT_TRUE(store->write("x", bytes_of("one")));
  EXPECT_EQ(store->read("x"), bytes_of("one"));
  ASSERT_TRUE(store->write("x", bytes_of("a longer two")));
  EXPECT_EQ(store->read("x"), bytes_of("a longer two"));
  ASSERT_TRUE(store->write("empty", {}));
  EXPECT_EQ(store->read("empty"), std::vector<std::byte>{});
  store->remove("x");
  EXPECT_EQ(store->read("x"), std::nullopt);
  EXPECT_EQ(count_files(), 1u);
}

TEST_F(PrivateStoreTest, KeepsItsFilesBetweenOpenings) {
  {
    ASSERT_TRUE(PrivateStore::open(directory_)->write("x", bytes_of("kept")));
  }
  EXPECT_EQ(PrivateStore::open(directory_)->read("x"), bytes_of("kept"));
  EXPECT_EQ(PrivateStore::open(directory_ / "")->read("x"), bytes_of("kept"));
}

TEST_F(PrivateStoreTest, NamesThatLeaveTheDirectoryAreRefused) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  for (const std::string& name : {std::string(), std::string(".."), std::string("../x"), std::string("a/b"),
                                  std::string(".hidden"), std::string("a\0b", 3), std::string(201, 'a')}) {
    const auto written = store->write(name, bytes_of("x"));
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().kind(), ErrorKind::misuse);
    EXPECT_EQ(store->read(name), std::nullopt);
  }
  EXPECT_TRUE(store->write(std::string(200, 'a'), bytes_of("x")));
}

TEST_F(PrivateStoreTest, DirectoryThatOthersCanWriteToIsRefused) {
  fs::create_directories(directory_);
  for (const auto mode : {0770u, 0720u, 0702u, 0777u, 01777u}) {
    ASSERT_EQ(::chmod(directory_.c_str(), mode), 0);
    const auto store = PrivateStore::open(directory_);
    ASSERT_FALSE(store) << std::oct << mode;
    EXPECT_EQ(store.error().kind(), ErrorKind::io);
    EXPECT_THAT(store.error().message(), testing::HasSubstr(directory_.string()));
  }
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
  EXPECT_TRUE(PrivateStore::open(directory_));
}

TEST_F(PrivateStoreTest, DirectoryOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  fs::create_directories(directory_);
  ASSERT_EQ(::chown(directory_.c_str(), 12345, 12345), 0);
  const auto store = PrivateStore::open(directory_);
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message(), testing::HasSubstr("another user"));
}

TEST_F(PrivateStoreTest, DirectoryBelowAWorldWritableOneIsRefusedUnlessSticky) {
  fs::create_directories(directory_);
  ASSERT_EQ(::chmod(directory_.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(directory_.parent_path().c_str(), 0777), 0);
  EXPECT_FALSE(PrivateStore::open(directory_));
  ASSERT_EQ(::chmod(directory_.parent_path().c_str(), 01777), 0);
  EXPECT_TRUE(PrivateStore::open(directory_));
}

TEST_F(PrivateStoreTest, PathThatIsAFileIsRefused) {
  std::ofstream(root_ / "file") << "x";
  const auto store = PrivateStore::open(root_ / "file");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind(), ErrorKind::io);
  EXPECT_FALSE(PrivateStore::open(root_ / "file" / "below"));
  EXPECT_FALSE(PrivateStore::open(""));
}

TEST_F(PrivateStoreTest, FilesThatOtherUsersCouldHaveWrittenAreNotRead) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->write("x", bytes_of("secret")));
  ASSERT_EQ(::chmod((directory_ / "x").c_str(), 0620), 0);
  EXPECT_EQ(store->read("x"), std::nullopt);
  ASSERT_EQ(::chmod((directory_ / "x").c_str(), 0602), 0);
  EXPECT_EQ(store->read("x"), std::nullopt);
  ASSERT_EQ(::chmod((directory_ / "x").c_str(), 0644), 0);
  EXPECT_EQ(store->read("x"), bytes_of("secret"));
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown((directory_ / "x").c_str(), 12345, 12345), 0);
    EXPECT_EQ(store->read("x"), std::nullopt);
  }
}

TEST_F(PrivateStoreTest, LinksDirectoriesAndPipesAreNotRead) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  std::ofstream(root_ / "elsewhere") << "foreign";
  fs::create_symlink(root_ / "elsewhere", directory_ / "link");
  fs::create_directory(directory_ / "folder");
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(store->read("link"), std::nullopt);
  EXPECT_EQ(store->read("folder"), std::nullopt);
  EXPECT_EQ(store->read("pipe"), std::nullopt);
  // Writing replaces the link itself, never what it points to.
  ASSERT_TRUE(store->write("link", bytes_of("own")));
  EXPECT_EQ(store->read("link"), bytes_of("own"));
  EXPECT_EQ(fs::file_size(root_ / "elsewhere"), 7u);
}

TEST_F(PrivateStoreTest, FailedWriteLeavesNothingBehind) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  fs::create_directories(directory_ / "taken" / "full");
  const auto written = store->write("taken", bytes_of("x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::io);
  EXPECT_EQ(count_files(), 1u);
}

TEST_F(PrivateStoreTest, TrimRemovesTheLeastRecentlyUsedFiles) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  const auto now = fs::file_time_type::clock::now();
  for (const int age : {1, 2, 3, 4}) {
    const std::string name = "age" + std::to_string(age);
    ASSERT_TRUE(store->write(name, bytes_of("0123456789")));
    fs::last_write_time(directory_ / name, now - std::chrono::minutes(age));
  }
  ASSERT_TRUE(store->read("age4"));  // used just now
  store->trim(20);
  EXPECT_TRUE(store->read("age4"));
  EXPECT_TRUE(store->read("age1"));
  EXPECT_FALSE(store->read("age2"));
  EXPECT_FALSE(store->read("age3"));
  store->trim(0);
  EXPECT_EQ(count_files(), 0u);
}

TEST_F(PrivateStoreTest, TrimRemovesOnlyOldTemporaryFiles) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  std::ofstream(directory_ / ".temporary-1-1") << "old";
  std::ofstream(directory_ / ".temporary-1-2") << "being written";
  fs::last_write_time(directory_ / ".temporary-1-1", fs::file_time_type::clock::now() - std::chrono::hours(2));
  store->trim(1000);
  EXPECT_FALSE(fs::exists(directory_ / ".temporary-1-1"));
  EXPECT_TRUE(fs::exists(directory_ / ".temporary-1-2"));
}

TEST_F(PrivateStoreTest, ConcurrentWritersAndReadersSeeWholeFiles) {
  auto store = PrivateStore::open(directory_);
  ASSERT_TRUE(store);
  const auto write_many = [&](char fill) {
    const std::vector<std::byte> bytes(50'000, static_cast<std::byte>(fill));
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(store->write("shared", bytes));
  };
  std::thread first(write_many, 'a');
  std::thread second(write_many, 'b');
  for (int i = 0; i < 100; ++i) {
    if (const auto bytes = store->read("shared")) {
      ASSERT_EQ(bytes->size(), 50'000u);
      EXPECT_THAT(*bytes, testing::Each(bytes->front()));
    }
  }
  first.join();
  second.join();
  EXPECT_EQ(count_files(), 1u);
}

TEST_F(PrivateStoreTest, MovedStoreKeepsTheDirectory) {
  auto first = PrivateStore::open(directory_);
  ASSERT_TRUE(first);
  PrivateStore second = std::move(*first);
  EXPECT_TRUE(second.write("x", bytes_of("1")));
  PrivateStore third = *PrivateStore::open(root_ / "other");
  third = std::move(second);
  EXPECT_EQ(third.read("x"), bytes_of("1"));
}

}  // namespace
}  // namespace holdfast::platform
