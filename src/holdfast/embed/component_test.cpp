// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Engines and their options. Components from files, bytes and text: which are rejected, and how they describe their
// imports and exports.
#include <filesystem>
#include <fstream>

#include "holdfast/embed/testing/api_fixture.hpp"
#include "holdfast/engine/engine.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Files : public ::testing::Test {
 protected:
  Files() : folder(std::filesystem::path(::testing::TempDir()) / ("holdfast_" + test_name())) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~Files() override { std::filesystem::remove_all(folder); }

  static std::string test_name() { return ::testing::UnitTest::GetInstance()->current_test_info()->name(); }

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::ofstream(folder / name, std::ios::binary) << content;
    return folder / name;
  }

  std::filesystem::path folder;
};

constexpr std::string_view adder = R"((component
  (core module $M (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $m (instantiate $M))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $m "add")))))";

std::string as_characters(const std::vector<std::byte>& bytes) {
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// --- engines ---

TEST(Components, UseTheFeaturesOfTheirEngine) {
  constexpr std::string_view lists = "(component (import \"f\" (func (param \"x\" (list u8 4)))))";
  constexpr std::string_view references = "(component (core module (func (param externref))))";
  EXPECT_TRUE(Component::from_text(engine(), lists));
  EXPECT_TRUE(Component::from_text(engine(), references));

  const Engine strict = need(Engine::create({.features = need(component::parse_features("none"))}));
  const auto without_lists = Component::from_text(strict, lists);
  ASSERT_FALSE(without_lists);
  EXPECT_THAT(without_lists.error().message(), HasSubstr("fixed-length lists"));
  const auto without_references = Component::from_text(strict, references);
  ASSERT_FALSE(without_references);
  EXPECT_THAT(without_references.error().message(), HasSubstr("reference types"));
}

TEST(Engine, ReportsItsVersion) { EXPECT_THAT(Engine::version(), HasSubstr("wasmtime ")); }

TEST(Engine, MovingOneLeavesItUsable) {
  Engine first = engine();
  const Engine second = std::move(first);
  EXPECT_THAT(Component::from_text(first, adder), Succeeds());  // NOLINT(bugprone-use-after-move): that is the point
  EXPECT_THAT(Component::from_text(second, adder), Succeeds());
}

TEST(Engine, AnImpossibleStackSizeIsMisuse) { EXPECT_THAT(Engine::create({.max_wasm_stack = 0}), Misuse("stack")); }

TEST_F(Files, ACacheThatIsAFileIsAnIoError) {
  EXPECT_THAT(Engine::create({.cache_directory = write("file", "x")}), Fails(ErrorKind::io, folder.string()));
}

TEST_F(Files, ACacheThatOthersMayWriteToIsRefused) {
  std::filesystem::permissions(folder, std::filesystem::perms::all);
  EXPECT_THAT(Engine::create({.cache_directory = folder}), Fails(ErrorKind::io, folder.string()));
}

TEST_F(Files, ACacheDoesNotChangeResults) {
  const auto cache = folder / "cache";
  for (int run = 0; run < 2; ++run) {
    const Engine cached = need(Engine::create({.cache_directory = cache}));
    Store store = need(Store::create(cached));
    const Instance instance = need(Linker(cached).instantiate(store, need(Component::from_text(cached, adder))));
    EXPECT_THAT(need(instance.func<std::uint32_t(std::uint32_t, std::uint32_t)>("add"))(2, 3), Gives(5U));
  }
  EXPECT_FALSE(std::filesystem::is_empty(cache));
}

// --- loading ---

TEST_F(Files, AComponentIsLoadedFromTextAndFromBinary) {
  const auto binary = need(engine::text_to_binary(adder));
  for (const auto& path : {write("adder.wat", adder), write("adder.wasm", as_characters(binary))}) {
    const auto component = Component::load(engine(), path);
    ASSERT_THAT(component, Succeeds());
    EXPECT_EQ(component->name(), "adder");
  }
}

TEST_F(Files, AMissingFileIsAnIoErrorThatNamesIt) {
  EXPECT_THAT(Component::load(engine(), folder / "none.wasm"), Fails(ErrorKind::io, (folder / "none.wasm").string()));
}

TEST_F(Files, ADirectoryIsAnIoError) {
  EXPECT_THAT(Component::load(engine(), folder), Fails(ErrorKind::io, "is a directory"));
}

TEST_F(Files, AnErrorInAFileNamesTheFile) {
  EXPECT_THAT(Component::load(engine(), write("broken.wat", "(component (core module $M (func (local.get 0)))")),
              Fails(ErrorKind::invalid, "broken.wat"));
  EXPECT_THAT(Component::load(engine(), write("empty.wasm", "")), Fails(ErrorKind::invalid, "empty.wasm"));
}

TEST(Component, TheBytesMayChangeAfterwards) {
  auto bytes = need(engine::text_to_binary(adder));
  const Component component = need(Component::from_bytes(engine(), bytes));
  std::ranges::fill(bytes, std::byte{0xff});
  Store store = need(Store::create(engine()));
  const Instance instance = need(Linker(engine()).instantiate(store, component));
  EXPECT_THAT(need(instance.func<std::uint32_t(std::uint32_t, std::uint32_t)>("add"))(2, 3), Gives(5U));
}

TEST(Component, ACoreModuleIsNotAComponent) {
  const auto refused = Component::from_text(engine(), "(module)");
  EXPECT_THAT(refused, Fails(ErrorKind::invalid, "core module"));
}

TEST(Component, AnErrorInABinaryHasItsOffset) {
  auto bytes = need(engine::text_to_binary(adder));
  bytes.resize(bytes.size() - 5);
  const auto cut = Component::from_bytes(engine(), bytes);
  ASSERT_THAT(cut, Fails(ErrorKind::invalid, "at offset"));
  EXPECT_LE(cut.error().offset().value_or(UINT64_MAX), bytes.size());

  const auto missing =
      Component::from_text(engine(), "(component (type $r (resource (rep i32))) (export \"f\" (type 7)))");
  EXPECT_EQ(missing.error().kind(), ErrorKind::invalid) << describe(missing.error());
}

TEST(Component, AnErrorInsideACoreModuleHasTheOffsetInTheComponent) {
  const std::string text = "(component (core module (func (result i32) (i64.const 0))))";
  const auto bytes = need(engine::text_to_binary(text));
  const auto refused = Component::from_bytes(engine(), bytes);
  ASSERT_THAT(refused, Fails(ErrorKind::invalid, "type mismatch"));
  ASSERT_TRUE(refused.error().offset());
  EXPECT_GT(*refused.error().offset(), 8U);
  EXPECT_LT(*refused.error().offset(), bytes.size());
}

TEST(Component, BytesWithoutAHeaderAreInvalid) {
  EXPECT_THAT(Component::from_bytes(engine(), {}), Fails(ErrorKind::invalid, ""));
  const std::byte noise[] = {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}};
  EXPECT_THAT(Component::from_bytes(engine(), noise), Fails(ErrorKind::invalid, ""));
}

// --- descriptions ---

TEST(Component, DescribesItsImportsAsWit) {
  const Component component =
      compile(passing_on({{"get", R"((param "self" (borrow $bucket)) (param "key" string) (result (option (list u8))))",
                           "i32 i32 i32", "memory"},
                          {"move", R"((param "p" $point) (result (own $bucket)))", "f32 f32", "i32"}},
                         {{"bucket", "resource"}, {"point", R"((record (field "x" f32) (field "y" f32)))"}}));
  const auto imports = component.imports();
  ASSERT_EQ(imports.size(), 1U);
  EXPECT_EQ(imports[0].name, "test:host/api");
  EXPECT_EQ(imports[0].kind, ExternType::Kind::instance);
  std::vector<std::string> lines;
  for (const ExternType& member : imports[0].members) lines.push_back(member.name + ": " + member.wit);
  EXPECT_THAT(lines, ElementsAre("bucket: ", "point: record { x: f32, y: f32 }",
                                 "get: func(self: borrow<bucket>, key: string) -> option<list<u8>>",
                                 "move: func(p: record { x: f32, y: f32 }) -> bucket"));
  EXPECT_EQ(imports[0].members[0].kind, ExternType::Kind::resource);
  EXPECT_EQ(imports[0].members[1].kind, ExternType::Kind::type);
  EXPECT_EQ(imports[0].members[2].kind, ExternType::Kind::function);
}

TEST(Component, DescribesItsExportsAsWit) {
  const auto exports = compile(blobs()).exports();
  ASSERT_EQ(exports.size(), 1U);
  EXPECT_EQ(exports[0].name, blobs_interface);
  ASSERT_EQ(exports[0].members.size(), 9U);
  EXPECT_EQ(exports[0].members[0].kind, ExternType::Kind::resource);
  EXPECT_EQ(exports[0].members[4].name, "twice");
  EXPECT_EQ(exports[0].members[4].wit, "func(x: blob) -> tuple<blob, option<blob>>");
  const auto functions = compile(adder).exports();
  ASSERT_EQ(functions.size(), 1U);
  EXPECT_EQ(functions[0].wit, "func(a: u32, b: u32) -> u32");
}

}  // namespace
}  // namespace holdfast::embed_test
