// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components built with foreign toolchains, linked with a `kv` in C++ and with each other.
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "holdfast/holdfast.hpp"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr auto kv = "demo:store/kv@0.1.0";
constexpr auto blobs = "demo:store/blobs@0.1.0";

struct Blob;

Bytes bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }
std::string text(const Bytes& content) { return std::string(content.begin(), content.end()); }

/// The calls that the host's buckets received. Buckets are numbered in the order in which they were constructed.
struct Log {
  std::vector<std::string> lines;
  int buckets = 0;
};

class Bucket {
 public:
  Bucket(Log& log, const std::string& name) : log_(&log), number_(++log.buckets) {
    log.lines.push_back("constructor(" + name + ") -> " + std::to_string(number_));
  }
  Bucket(Bucket&& other) noexcept : log_(std::exchange(other.log_, nullptr)), number_(other.number_) {}
  ~Bucket() {
    if (log_ != nullptr) log_->lines.push_back("drop " + std::to_string(number_));
  }

  std::optional<Bytes> get(std::string_view) const { return std::nullopt; }
  std::expected<void, std::string> set(std::string_view key, std::span<const std::uint8_t> value) {
    log_->lines.push_back("set(" + std::to_string(number_) + ", " + std::string(key) + ", " +
                          std::to_string(value.size()) + " bytes)");
    return {};
  }

 private:
  Log* log_;
  int number_;
};

/// The exports of the world `plugin`, as C++ functions.
struct Plugin {
  explicit Plugin(const Instance& instance) {
    value_or_throw(instance.resource_type<Blob>(blobs, "blob"));
    blob = value_or_throw(instance.func<Own<Blob>(Bytes)>(blobs, "[constructor]blob"));
    write = value_or_throw(instance.func<void(Borrow<Blob>, Bytes)>(blobs, "[method]blob.write"));
    read = value_or_throw(instance.func<Bytes(Borrow<Blob>, std::uint32_t)>(blobs, "[method]blob.read"));
    merge = value_or_throw(instance.func<Own<Blob>(Own<Blob>, Own<Blob>)>(blobs, "[static]blob.merge"));
  }
  std::function<HostResult<Own<Blob>>(Bytes)> blob;
  std::function<HostResult<void>(Borrow<Blob>, Bytes)> write;
  std::function<HostResult<Bytes>(Borrow<Blob>, std::uint32_t)> read;
  std::function<HostResult<Own<Blob>>(Own<Blob>, Own<Blob>)> merge;
};

class Guests : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GUESTS_DIR)) GTEST_SKIP() << "the folder " << GUESTS_DIR << " does not exist";
  }

  static const Engine& engine() {
    static const Engine shared_engine = value_or_throw(Engine::create());
    return shared_engine;
  }
  static Component load(const std::string& file) {
    return value_or_throw(Component::load(engine(), std::filesystem::path(GUESTS_DIR) / file));
  }
  /// `log` must outlive the stores into which the linker instantiates.
  static Linker host_kv(Log& log) {
    Linker linker(engine());
    linker.instance(kv)
        .resource<Bucket>("bucket")
        .func("[constructor]bucket", [&log](const std::string& name) { return Bucket(log, name); })
        .func("[method]bucket.get", &Bucket::get)
        .func("[method]bucket.set", &Bucket::set)
        .func("[static]bucket.open-count", [] { return std::uint32_t{0}; });
    return linker;
  }

  /// Uses every function of a plugin except `merge`. Returns the blob that it created.
  static Own<Blob> write_and_read(const Plugin& plugin) {
    Own<Blob> blob = value_or_throw(plugin.blob(bytes("wor")));
    value_or_throw(plugin.write(blob, bytes("ld")));
    EXPECT_EQ(text(value_or_throw(plugin.read(blob, 100))), "world");
    EXPECT_EQ(text(value_or_throw(plugin.read(blob, 2))), "wo");
    return blob;
  }
  static void merge_hello_world(const Plugin& plugin) {
    Own<Blob> a = value_or_throw(plugin.blob(bytes("hello")));
    Own<Blob> b = write_and_read(plugin);
    Own<Blob> merged = value_or_throw(plugin.merge(std::move(a), std::move(b)));
    EXPECT_EQ(text(value_or_throw(plugin.read(merged, 100))), "helloworld");
  }
};

TEST_F(Guests, CStoreUsesTheHostsBuckets) {
  Log log;
  Store store = value_or_throw(Store::create(engine()));
  const Instance instance = value_or_throw(host_kv(log).instantiate(store, load("c-store.wasm")));
  merge_hello_world(Plugin(instance));
  EXPECT_THAT(log.lines,
              ElementsAre("constructor(blobs) -> 1", "constructor(blobs) -> 2", "set(2, last, 5 bytes)",
                          "constructor(blobs) -> 3", "set(3, last, 10 bytes)", "drop 1", "drop 2", "drop 3"));
  const StoreReport report = value_or_throw(store.close());
  EXPECT_EQ(to_string(report), "");
}

TEST_F(Guests, CStoreWorksWithDynamicValues) {
  Log log;
  Store store = value_or_throw(Store::create(engine()));
  const Instance instance = value_or_throw(host_kv(log).instantiate(store, load("c-store.wasm")));
  const auto list = [](std::string_view content) {
    std::vector<Val> elements;
    for (const char c : content) elements.push_back(Val::u8(static_cast<std::uint8_t>(c)));
    return Val::list(std::move(elements));
  };
  const auto make = [&](std::string_view content) {
    return *value_or_throw(instance.call(blobs, "[constructor]blob", std::vector{list(content)}));
  };
  const Val a = make("hello");
  const Val b = make("world");
  const auto merged = value_or_throw(instance.call(blobs, "[static]blob.merge", std::vector{a, b}));
  const auto again = instance.call(blobs, "[static]blob.merge", std::vector{a, b});
  ASSERT_FALSE(again) << "the first call took both handles";
  EXPECT_EQ(again.error().kind(), ErrorKind::misuse);
}

TEST_F(Guests, AMovedHandleIsRefusedAndTheGuestStaysUsable) {
  Log log;
  Store store = value_or_throw(Store::create(engine()));
  const Plugin plugin(value_or_throw(host_kv(log).instantiate(store, load("c-store.wasm"))));
  Own<Blob> a = value_or_throw(plugin.blob(bytes("a")));
  Own<Blob> b = value_or_throw(plugin.blob(bytes("b")));
  const Own<Blob> merged = value_or_throw(plugin.merge(std::move(a), std::move(b)));
  const auto refused = plugin.write(a, bytes("x"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::misuse);
  EXPECT_EQ(text(value_or_throw(plugin.read(merged, 9))), "ab");
}

TEST_F(Guests, HandlesOfAnotherInstanceAreRefused) {
  Log log;
  Store store = value_or_throw(Store::create(engine()));
  const Linker linker = host_kv(log);
  const Component component = load("c-store.wasm");
  const Plugin first(value_or_throw(linker.instantiate(store, component)));
  const Plugin second(value_or_throw(linker.instantiate(store, component)));
  const Own<Blob> blob = value_or_throw(first.blob(bytes("a")));
  const auto refused = second.read(blob, 9);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::wrong_type);
  EXPECT_EQ(text(value_or_throw(first.read(blob, 9))), "a");
}

TEST_F(Guests, QuickJsUsesTheHostsBucketsAndItsPanicIsATrap) {
  Log log;
  Store store = value_or_throw(Store::create(engine()));
  const Instance instance = value_or_throw(host_kv(log).instantiate(store, load("js-qjs-nowasi.wasm")));
  const Plugin plugin(instance);
  Own<Blob> a = value_or_throw(plugin.blob(bytes("hello")));
  Own<Blob> b = write_and_read(plugin);
  const auto merged = plugin.merge(std::move(a), std::move(b));
  ASSERT_FALSE(merged) << "this toolchain's merge panics";
  EXPECT_EQ(merged.error().kind(), ErrorKind::trap);
  EXPECT_FALSE(merged.error().backtrace().empty());
  EXPECT_THAT(log.lines, testing::IsSupersetOf({"drop 1", "drop 2"}))
      << "the handles that the instance held are dropped";

  const auto closed = plugin.blob(bytes("x"));
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message(), HasSubstr("cannot enter component instance"));
}

TEST_F(Guests, AJavaScriptProviderServesTheCPluginInOneStore) {
  Store store = value_or_throw(Store::create(engine()));
  const Instance provider = value_or_throw(Linker(engine()).instantiate(store, load("js-kv.wasm")));
  Linker linker(engine());
  linker.instance(kv, provider);
  merge_hello_world(Plugin(value_or_throw(linker.instantiate(store, load("c-store.wasm")))));
  EXPECT_EQ(to_string(value_or_throw(store.close())), "");
}

TEST_F(Guests, AJavaScriptProviderServesTheJavaScriptPlugin) {
  Store store = value_or_throw(Store::create(engine()));
  const Instance provider = value_or_throw(Linker(engine()).instantiate(store, load("js-kv.wasm")));
  Linker linker(engine());
  linker.instance(kv, provider);
  const Plugin plugin(value_or_throw(linker.instantiate(store, load("js-qjs-nowasi.wasm"))));
  EXPECT_TRUE(write_and_read(plugin).close());
}

TEST_F(Guests, TheComposedPairNeedsNoHost) {
  Store store = value_or_throw(Store::create(engine()));
  merge_hello_world(Plugin(value_or_throw(Linker(engine()).instantiate(store, load("composed-c-js.wasm")))));
  EXPECT_EQ(to_string(value_or_throw(store.close())), "");
}

TEST_F(Guests, AllMissingImportsAreListedWithTheirTypes) {
  const auto linked = Linker(engine()).link(load("c-store.wasm"));
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().kind(), ErrorKind::link);
  for (const char* part :
       {"demo:store/kv@0.1.0", "resource bucket", "[constructor]bucket: func(name: string) -> bucket",
        "[method]bucket.set", "result<_, string>"}) {
    EXPECT_THAT(linked.error().message(), HasSubstr(part));
  }
}

}  // namespace
}  // namespace holdfast
