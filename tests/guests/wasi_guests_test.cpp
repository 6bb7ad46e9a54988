// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Components built with foreign toolchains that use WASI: commands, and plugins whose language runtimes need it.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/holdfast.hpp"
#include "holdfast/wasi.hpp"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr auto kv = "demo:store/kv@0.1.0";
constexpr auto blobs = "demo:store/blobs@0.1.0";

struct Blob;

Bytes bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }

/// Stores nothing: the tests only look at which buckets are leaked.
struct Bucket {
  explicit Bucket(std::string_view) {}
  static std::optional<Bytes> get(Bucket&, std::string_view) { return std::nullopt; }
  static std::expected<void, std::string> set(Bucket&, std::string_view, std::span<const std::uint8_t>) { return {}; }
};

class WasiGuests : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GUESTS_DIR)) GTEST_SKIP() << "the folder " << GUESTS_DIR << " does not exist";
    folder = std::filesystem::path(testing::TempDir()) /
             (std::string("holdfast_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "f.txt") << "from a file\n";
    wasi.stdout_to(output).stderr_to(errors);
  }
  void TearDown() override {
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }

  static const Engine& engine() {
    static const Engine shared_engine = value_or_throw(Engine::create());
    return shared_engine;
  }
  Instance start(const std::string& file) {
    Linker linker(engine());
    value_or_throw(wasi.link(linker));
    linker.instance(kv)
        .resource<Bucket>("bucket")
        .func("[constructor]bucket", [](std::string_view name) { return Bucket(name); })
        .func("[method]bucket.get", &Bucket::get)
        .func("[method]bucket.set", &Bucket::set)
        .func("[static]bucket.open-count", [] { return std::uint32_t{0}; });
    return value_or_throw(
        linker.instantiate(store, value_or_throw(Component::load(engine(), std::filesystem::path(GUESTS_DIR) / file))));
  }
  /// Runs a command. Returns the exit code that it set; if it set none, 0 or 1 for its result.
  int run(const std::string& file) {
    const auto main =
        value_or_throw(start(file).func<std::expected<void, std::monostate>()>("wasi:cli/run@0.2.0", "run"));
    const auto done = main();
    if (done) return *done ? 0 : 1;
    if (const auto code = done.error().exit_code()) return *code;
    throw HostException(done.error());
  }
  /// Uses every function of a plugin except `merge`, which does not work in some plugins.
  void use_plugin(const std::string& file) {
    const Instance plugin = start(file);
    value_or_throw(plugin.resource_type<Blob>(blobs, "blob"));
    const auto make = value_or_throw(plugin.func<Own<Blob>(Bytes)>(blobs, "[constructor]blob"));
    const auto write = value_or_throw(plugin.func<void(Borrow<Blob>, Bytes)>(blobs, "[method]blob.write"));
    const auto read = value_or_throw(plugin.func<Bytes(Borrow<Blob>, std::uint32_t)>(blobs, "[method]blob.read"));
    const Own<Blob> blob = value_or_throw(make(bytes("hello ")));
    value_or_throw(write(blob, bytes("world")));
    EXPECT_EQ(value_or_throw(read(blob, 100)), bytes("hello world"));
    EXPECT_EQ(value_or_throw(read(blob, 2)), bytes("he"));
  }

  std::filesystem::path folder;
  std::string output;
  std::string errors;
  wasi::Context wasi;
  Store store = value_or_throw(Store::create(engine()));
};

TEST_F(WasiGuests, ACommandInCReadsAFileAndPrints) {
  wasi.args({"prog", "a1"}).preopen(folder, "/data", wasi::read_only);
  EXPECT_EQ(run("c-hello-cmd.wasm"), 0) << errors;
  EXPECT_EQ(output, "hello 2 prog\nfrom a file\n\n");
}

TEST_F(WasiGuests, ACommandInGoReadsAFileAndPrints) {
  wasi.args({"prog", "a1", "a2"}).env("X", "y").preopen(folder, "/data", wasi::read_only);
  EXPECT_EQ(run("go-hello-cmd.wasm"), 0) << errors;
  EXPECT_THAT(output, HasSubstr("hello [prog a1 a2] y"));
  EXPECT_THAT(output, HasSubstr("from a file"));
}

TEST_F(WasiGuests, ACommandReportsThatItsFolderIsMissing) {
  wasi.args({"prog"});
  run("go-hello-cmd.wasm");
  EXPECT_EQ(output, "hello [prog] \n open /data/f.txt: Bad file number\n");
}

TEST_F(WasiGuests, APluginInJavaScriptWorks) { use_plugin("js-qjs-sync.wasm"); }

TEST_F(WasiGuests, APluginInJavaScriptThatImportsAsynchronousBuiltInsWorks) { use_plugin("js-qjs.wasm"); }

TEST_F(WasiGuests, APluginInPythonWorksAndItsLeaksAreReported) {
  use_plugin("py-store.wasm");
  EXPECT_THAT(to_string(value_or_throw(store.close())), HasSubstr("demo:store/kv/bucket"));
}

}  // namespace
}  // namespace holdfast
