// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiled-code cache, alone and behind Module::compile.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <thread>

#include "holdfast/engine/code_cache.hpp"
#include "holdfast/engine/content_hash.hpp"
#include "holdfast/engine/testing/text_modules.hpp"

namespace holdfast::engine {
namespace {

namespace fs = std::filesystem;
using namespace testing_support;

constexpr std::uint64_t plenty = 1 << 20;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class CacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "holdfast-cache-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    directory_ = root_ / "cache";
  }
  void TearDown() override { fs::remove_all(root_); }

  std::vector<fs::path> files() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(directory_)) paths.push_back(entry.path());
    return paths;
  }
  Engine make_cached_engine(EngineSettings settings = {}) const {
    settings.cache_directory = directory_;
    return make_engine(settings);
  }
  /// The result of the function f of the module `text`, compiled by a new engine with this cache.
  std::uint32_t run(std::string_view text, const EngineSettings& settings = {}) const {
    const Engine engine = make_cached_engine(settings);
    Store store = make_store(engine);
    return *call(store, instantiate(store, compile(engine, text)), "f");
  }

  fs::path root_;
  fs::path directory_;
};

constexpr std::string_view answer = R"((module (func (export "f") (result i32) i32.const 42)))";
constexpr std::string_view other = R"((module (func (export "f") (result i32) i32.const 43)))";

TEST(ContentHash, IsSha256) {
  EXPECT_EQ(to_hex(*sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(*sha256(bytes_of("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(bytes_of("a"), bytes_of("bc")), sha256(bytes_of("abc")));
}

TEST(CodeCacheKey, CoversCompilerAndSourceSeparately) {
  const auto key = CodeCache::key_of("compiler 1", bytes_of("source"));
  EXPECT_EQ(key, CodeCache::key_of("compiler 1", bytes_of("source")));
  EXPECT_NE(key, CodeCache::key_of("compiler 2", bytes_of("source")));
  EXPECT_NE(key, CodeCache::key_of("compiler 1", bytes_of("source2")));
  EXPECT_NE(key, CodeCache::key_of("compiler ", bytes_of("1source")));
}

TEST_F(CacheTest, KeepsAndLoadsEntries) {
  const auto cache = CodeCache::open(directory_, plenty);
  ASSERT_TRUE(cache);
  const auto key = *CodeCache::key_of("c", bytes_of("s"));
  EXPECT_FALSE(cache->load(key));
  ASSERT_TRUE(cache->keep(key, bytes_of("code")));
  EXPECT_THAT(cache->load(key)->code(), ::testing::ElementsAreArray(bytes_of("code")));
  EXPECT_FALSE(cache->load(*CodeCache::key_of("c", bytes_of("t"))));
  ASSERT_TRUE(cache->keep(key, {}));
  EXPECT_TRUE(cache->load(key)->code().empty());
}

TEST_F(CacheTest, EveryDamagedByteIsDetected) {
  const auto cache = CodeCache::open(directory_, plenty);
  ASSERT_TRUE(cache);
  const auto key = *CodeCache::key_of("c", bytes_of("s"));
  ASSERT_TRUE(cache->keep(key, bytes_of("the code")));
  const fs::path path = files().front();
  const std::string whole = read_file(path);
  ASSERT_EQ(whole.size(), CodeCache::header_size + 8);
  for (std::size_t position = 0; position < whole.size(); ++position) {
    std::string damaged = whole;
    damaged[position] = static_cast<char>(damaged[position] ^ 0x10);
    write_file(path, damaged);
    EXPECT_FALSE(cache->load(key)) << position;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    EXPECT_FALSE(cache->load(key)) << size;
  }
  write_file(path, whole + "x");
  EXPECT_FALSE(cache->load(key));
  write_file(path, whole);
  EXPECT_TRUE(cache->load(key));
}

TEST_F(CacheTest, EntryUnderAnotherNameIsNotUsed) {
  const auto cache = CodeCache::open(directory_, plenty);
  ASSERT_TRUE(cache);
  const auto key = *CodeCache::key_of("c", bytes_of("s"));
  const auto other_key = *CodeCache::key_of("c", bytes_of("t"));
  ASSERT_TRUE(cache->keep(key, bytes_of("code")));
  fs::rename(files().front(), directory_ / (to_hex(other_key) + ".code"));
  EXPECT_FALSE(cache->load(other_key));
}

TEST_F(CacheTest, StaysBelowItsSize) {
  const auto cache = CodeCache::open(directory_, 3 * (CodeCache::header_size + 10));
  ASSERT_TRUE(cache);
  for (char name = 'a'; name < 'k'; ++name)
    ASSERT_TRUE(cache->keep(*CodeCache::key_of("c", bytes_of(std::string(1, name))), bytes_of("0123456789")));
  EXPECT_EQ(files().size(), 3u);
}

TEST_F(CacheTest, CompilingFillsTheCacheAndSecondCompilationUsesIt) {
  EXPECT_EQ(run(answer), 42u);
  ASSERT_EQ(files().size(), 1u);
  // Store the code of another module under this key as a valid entry, and expect that code to run.
  const auto foreign = compile(make_engine(), other).serialize();
  ASSERT_TRUE(foreign);
  const std::string name = files().front().filename().string();
  Digest key;
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::byte>(std::stoul(name.substr(2 * i, 2), nullptr, 16));
  ASSERT_TRUE(CodeCache::open(directory_, plenty)->keep(key, *foreign));
  EXPECT_EQ(run(answer), 43u);
}

TEST_F(CacheTest, ModulesAndSettingsHaveEntriesOfTheirOwn) {
  EXPECT_EQ(run(answer), 42u);
  EXPECT_EQ(run(other), 43u);
  EXPECT_EQ(files().size(), 2u);
  EXPECT_EQ(run(answer, {.fuel = true}), 42u);
  EXPECT_EQ(run(answer, {.deadlines = false}), 42u);
  EXPECT_EQ(files().size(), 4u);
  EXPECT_EQ(run(answer), 42u);
  EXPECT_EQ(files().size(), 4u);
}

TEST_F(CacheTest, DamagedFileIsCompiledAgainAndReplaced) {
  EXPECT_EQ(run(answer), 42u);
  const fs::path path = files().front();
  const std::string whole = read_file(path);
  std::string damaged = whole;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  for (const std::string& bytes : {damaged, whole.substr(0, whole.size() / 2), std::string()}) {
    write_file(path, bytes);
    EXPECT_EQ(run(answer), 42u);
    EXPECT_EQ(read_file(path).size(), whole.size());
    EXPECT_EQ(files().size(), 1u);
  }
}

TEST_F(CacheTest, CodeThatTheEngineRefusesIsCompiledAgainAndReplaced) {
  EXPECT_EQ(run(answer), 42u);
  const fs::path path = files().front();
  Digest key;
  const std::string name = path.filename().string();
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::byte>(std::stoul(name.substr(2 * i, 2), nullptr, 16));
  ASSERT_TRUE(CodeCache::open(directory_, plenty)->keep(key, bytes_of("whole, but not code")));
  EXPECT_EQ(run(answer), 42u);
  EXPECT_GT(fs::file_size(path), 1000u);
}

TEST_F(CacheTest, FileThatOthersCanWriteToIsReplacedInsteadOfLoaded) {
  EXPECT_EQ(run(answer), 42u);
  const fs::path path = files().front();
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_write);
  const auto before = fs::last_write_time(path);
  EXPECT_EQ(run(answer), 42u);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_GE(fs::last_write_time(path), before);
}

TEST_F(CacheTest, DirectoryThatOthersCanWriteToIsAClearError) {
  fs::create_directory(directory_);
  fs::permissions(directory_, fs::perms::owner_all | fs::perms::group_all);
  const auto engine = Engine::create({.cache_directory = directory_});
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().kind(), ErrorKind::io);
  EXPECT_THAT(engine.error().message(), ::testing::AllOf(::testing::HasSubstr(directory_.string()),
                                                         ::testing::HasSubstr("group or others may write")));
}

TEST_F(CacheTest, CompilingWorksAfterTheCacheDirectoryVanishes) {
  const Engine engine = make_cached_engine();
  fs::remove_all(directory_);
  Store store = make_store(engine);
  EXPECT_EQ(call(store, instantiate(store, compile(engine, answer)), "f"), 42u);
}

TEST_F(CacheTest, InvalidModulesAreNotKept) {
  const Engine engine = make_cached_engine();
  EXPECT_FALSE(Module::compile(engine, bytes_of("garbage")));
  EXPECT_TRUE(files().empty());
}

TEST_F(CacheTest, ConcurrentCompilationsShareOneCache) {
  const auto work = [&] {
    const Engine engine = make_cached_engine();
    for (std::uint32_t i = 0; i < 20; ++i) {
      Store store = make_store(engine);
      const std::string text = R"((module (func (export "f") (result i32) i32.const )" + std::to_string(i) + "))";
      const auto binary = text_to_binary(text);
      ASSERT_TRUE(binary) << binary.error().to_string();
      const auto module = Module::compile(engine, *binary);
      ASSERT_TRUE(module);
      EXPECT_EQ(call(store, instantiate(store, *module), "f"), i);
    }
  };
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  EXPECT_EQ(files().size(), 20u);
}

}  // namespace
}  // namespace holdfast::engine
