// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guests that pass invalid values: bad pointers, lengths, encodings and discriminants, and small memories that encode
// huge values. Each causes a trap with its reason, or exceeds the limit of what a call may lift. The store stays
// usable.
#include "peak_memory.hpp"
#include "rules_fixture.hpp"
#include "standard_guests.hpp"

namespace holdfast::regress {
namespace {

using rules::call;
using rules::component;
using rules::Function;
using rules::Returns;
using rules::run;
using rules::simple;
using rules::Traps;

class Values : public rules::Rules {
 protected:
  explicit Values(const StoreOptions& options = {}) : Rules(options) {
    host().func("echo", [](std::string text) { return text; });
    host().func("swallow", [](std::string_view text) { return static_cast<std::uint32_t>(text.size()); });
  }
  void expect_usable_store() { EXPECT_THAT(call(start(simple), "run"), Returns(42)); }
};

std::string number(std::uint64_t value) { return std::to_string(value); }

const Function swallow{"swallow", R"((param "s" string) (result u32))", "(param i32 i32) (result i32)"};
const Function echo{"echo", R"((param "s" string) (result string))", "(param i32 i32 i32)"};

/// A guest that claims to have a string of `length` at `pointer`. `run` passes it to the host; `give` returns it.
std::string string_at(std::uint64_t pointer, std::uint64_t length, const std::string& encoding) {
  return component({.host = {swallow},
                    .exports = {run, {"give", "(result string)", "", "string-encoding=" + encoding}},
                    .core = "(func (export \"run\") (result i32) (call $swallow (i32.const " + number(pointer) +
                            ") (i32.const " + number(length) +
                            ")))"
                            "(func (export \"give\") (result i32) (i32.store (i32.const 16) (i32.const " +
                            number(pointer) + ")) (i32.store (i32.const 20) (i32.const " + number(length) +
                            ")) (i32.const 16))"});
}

TEST_F(Values, StringsOutOfBounds) {
  constexpr std::uint64_t end = 65'536;
  constexpr std::uint64_t all = UINT32_MAX;
  for (const std::string encoding : {"utf8", "utf16", "latin1+utf16"}) {
    for (const auto& [pointer, length] : {std::pair<std::uint64_t, std::uint64_t>{0, all},
                                          {all, all},
                                          {all, 1},
                                          {all - 1, 2},
                                          {end, 1 << 28},
                                          {2, (1U << 31) | 0x7fff'ffff},
                                          {2, 1U << 30},
                                          {2, (1U << 28) - 1},
                                          {end - 2, 4}}) {
      const Cost cost;
      EXPECT_THAT(
          call(start(string_at(pointer, length, "utf8")), "run"),
          rules::Fails(ErrorKind::trap, length >= 1 << 28 ? Rule::strings_and_lists_are_bounded : Rule::none, ""));
      const auto returned = call(start(string_at(pointer, length, encoding)), "give");
      ASSERT_FALSE(returned) << encoding << ' ' << pointer << ' ' << length;
      EXPECT_EQ(returned.error().kind(), ErrorKind::trap) << returned.error().message();
      expect_cheap(cost, 64 << 20, std::chrono::seconds(10));
    }
  }
  expect_usable_store();
}

TEST_F(Values, EmptyStringsMayBeAtTheEndOfMemoryButNotBeyond) {
  EXPECT_THAT(call(start(string_at(65'536, 0, "utf8")), "run"), Returns(0));
  EXPECT_THAT(call(start(string_at(65'537, 0, "utf8")), "run"), Traps(Rule::none, "out-of-bounds"));
  EXPECT_THAT(call(start(string_at(UINT32_MAX, 0, "utf8")), "run"), Traps(Rule::none, "out-of-bounds"));
}

/// A guest whose `give` returns these bytes as a string of `length`.
std::string string_of(const std::string& bytes, std::uint64_t length, const std::string& encoding) {
  return component({.exports = {{"give", "(result string)", "", "string-encoding=" + encoding}},
                    .core = "(data (i32.const 64) \"" + bytes +
                            "\") (func (export \"give\") (result i32) (i32.store (i32.const 16) (i32.const 64))"
                            "(i32.store (i32.const 20) (i32.const " +
                            number(length) + ")) (i32.const 16))"});
}

TEST_F(Values, BytesThatAreNotUtf8) {
  for (const std::string bytes :
       {R"(\80)", R"(\ff)", R"(\c0\80)", R"(\c3)", R"(\e2\82)", R"(\e0\80\80)", R"(\ed\a0\80)", R"(\ed\bf\bf)",
        R"(\f0\80\80\80)", R"(\f4\90\80\80)", R"(\f8\88\80\80\80)", R"(\fe)", R"(a\e2\28\a1)",
        R"(abcdefghijklmnopqrstuvwxyz\c3)"}) {
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < bytes.size(); ++length) i += bytes[i] == '\\' ? 3 : 1;
    EXPECT_THAT(call(start(string_of(bytes, length, "utf8")), "give"), Traps(Rule::none, "invalid utf-8")) << bytes;
  }
  expect_usable_store();
}

TEST_F(Values, CodeUnitsThatAreNotUtf16) {
  for (const std::string bytes : {R"(\00\d8)", R"(\00\dc)", R"(\00\d8a\00)", R"(\00\dc\00\d8)", R"(\00\d8\00\d8)"}) {
    const std::uint64_t units = bytes.size() == 6 ? 1 : 2;
    EXPECT_THAT(call(start(string_of(bytes, units, "utf16")), "give"), Traps(Rule::none, "invalid utf-16")) << bytes;
    EXPECT_THAT(call(start(string_of(bytes, units | 1U << 31, "latin1+utf16")), "give"),
                Traps(Rule::none, "invalid utf-16"))
        << bytes;
  }
  EXPECT_THAT(call(start(string_of(R"(\ff\80)", 2, "latin1+utf16")), "give"), rules::Succeeds());
  expect_usable_store();
}

TEST_F(Values, BetweenComponentsBadStringsTrapToo) {
  const Function take{"take", R"((param "s" string))", "(param i32 i32)"};
  const auto passing = [&](const std::string& bytes, std::uint64_t length, const std::string& encoding) {
    return rules::pair({.defines = true,
                        .exports = {{"take", R"((param "s" string))", "", "string-encoding=" + encoding}},
                        .core = R"((func (export "take") (param i32 i32)))"},
                       {.peer = {take},
                        .exports = {run},
                        .core = "(data (i32.const 64) \"" + bytes +
                                "\") (func (export \"run\") (result i32) (call $take (i32.const 64) (i32.const " +
                                number(length) + ")) (i32.const 1))"});
  };
  for (const std::string encoding : {"utf8", "utf16", "latin1+utf16"}) {
    EXPECT_THAT(call(start(passing("abc", 3, encoding)), "client/run"), Returns(1)) << encoding;
    EXPECT_THAT(call(start(passing(R"(\ed\a0\80)", 3, encoding)), "client/run"), Traps(Rule::none, "invalid utf-8"))
        << encoding;
    EXPECT_THAT(call(start(passing("abc", 70'000, encoding)), "client/run"), Traps(Rule::none, "out-of-bounds"))
        << encoding;
  }
}

// --- realloc ---

/// A guest with the realloc body `body`, which receives a string, a list of u64, and a string from the host.
std::string with_realloc(const std::string& body) {
  return component(
      {.host = {echo},
       .exports = {{"text", R"((param "s" string))"}, {"list", R"((param "l" (list u64)))"}, run},
       .core = "(func $wild (param i32 i32 i32 i32) (result i32) " + body +
               ") (elem (i32.const 1) func $wild)"
               "(func (export \"text\") (param i32 i32)) (func (export \"list\") (param i32 i32))"
               "(func (export \"run\") (result i32) (call $echo (i32.const 0) (i32.const 8) (i32.const 64))"
               "(i32.load (i32.const 64)))"});
}

TEST_F(Values, ReallocsThatReturnWildPointers) {
  for (const std::uint64_t pointer : {std::uint64_t{UINT32_MAX}, std::uint64_t{UINT32_MAX} - 7, std::uint64_t{65'536},
                                      std::uint64_t{65'530}, std::uint64_t{1} << 31}) {
    const std::string text = with_realloc("(i32.const " + number(pointer) + ")");
    EXPECT_THAT(call(start(text), "text", {Val::string("01234567")}),
                rules::Fails(ErrorKind::trap, Rule::realloc_is_confined, "realloc"))
        << pointer;
    EXPECT_THAT(call(start(text), "list", {Val::list({Val::u64(1)})}),
                rules::Fails(ErrorKind::trap, Rule::realloc_is_confined, "realloc"))
        << pointer;
    EXPECT_THAT(call(start(text), "run"), Traps(Rule::realloc_is_confined, "string content out-of-bounds")) << pointer;
  }
  EXPECT_THAT(call(start(with_realloc("(i32.const 1001)")), "list", {Val::list({Val::u64(1)})}),
              Traps(Rule::realloc_is_confined, "not aligned"));
  expect_usable_store();
}

TEST_F(Values, AReallocThatTraps) {
  for (const std::string name : {"text", "list"}) {
    const Val argument = name == "text" ? Val::string("x") : Val::list({Val::u64(1)});
    EXPECT_THAT(call(start(with_realloc("unreachable")), name, {argument}),
                rules::Fails(ErrorKind::trap, Rule::none, "unreachable"));
  }
  expect_usable_store();
}

TEST_F(Values, AReallocThatGrowsTheMemoryAndReturnsItsEnd) {
  const Instance instance = start(with_realloc("(i32.mul (memory.grow (i32.const 16)) (i32.const 65536))"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(call(instance, "text", {Val::string(std::string(100'000, 'x'))}), rules::Succeeds());
    EXPECT_THAT(call(instance, "run"), rules::Succeeds());
  }
}

TEST_F(Values, AReallocThatAlwaysReturnsTheSameAddress) {
  EXPECT_THAT(call(start(with_realloc("(i32.const 0)")), "text", {Val::string("over the guest's own data")}),
              rules::Succeeds());
  EXPECT_THAT(call(start(with_realloc("(i32.const 64)")), "run"), rules::Succeeds())
      << "over the address of the result";
}

// --- lists ---

/// A guest whose `give` returns a value of the list type `type`, at address 1024 with `length` elements. The whole
/// memory consists of pairs (1024, `length`), so every inner list is the whole list again.
std::string full_of_lists(const std::string& type, std::uint64_t length) {
  return component(
      {.exports = {{"give", "(result " + type + ")"}},
       .core = "(func (export \"give\") (result i32) (local $i i32) (loop $more"
               "(i32.store (local.get $i) (i32.const 1024)) (i32.store offset=4 (local.get $i) (i32.const " +
               number(length) +
               ")) (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const "
               "65536)))) (i32.const 16))"});
}

/// A length whose bytes are also valid UTF-8.
constexpr std::uint64_t some = 0x0f0f;

class SomeLifted : public Values {
 protected:
  SomeLifted() : Values({.limits = {.lifted_bytes_per_call = 8 << 20}}) {}
};

TEST_F(SomeLifted, ASmallMemoryThatEncodesAHugeValue) {
  for (const std::string type : {"(list u8)", "(list (list u8))", "(list (list (list (list u8))))",
                                 "(list (list string))", "(list (tuple (list u16) (list u64)))"}) {
    const Instance instance = start(full_of_lists(type, some));
    const Cost cost;
    const auto returned = call(instance, "give");
    expect_cheap(cost, 32 << 20);
    if (type == "(list u8)") {
      EXPECT_TRUE(returned) << returned.error().message();
    } else {
      ASSERT_FALSE(returned) << type;
      EXPECT_EQ(returned.error().kind(), ErrorKind::limit) << returned.error().message();
    }
  }
  expect_usable_store();
}

TEST_F(SomeLifted, TypedListsAreBoundedToo) {
  using Nested = std::vector<std::vector<std::vector<std::uint8_t>>>;
  const Instance instance = start(full_of_lists("(list (list (list u8)))", some));
  const auto give = instance.func<Nested()>("give");
  ASSERT_TRUE(give) << give.error().message();
  const Cost cost;
  const auto returned = (*give)();
  expect_cheap(cost, 32 << 20);
  ASSERT_FALSE(returned);
  EXPECT_EQ(returned.error().kind(), ErrorKind::limit) << returned.error().message();
  const Instance texts = start(full_of_lists("(list string)", some));
  const auto all = texts.func<std::vector<std::string>()>("give");
  ASSERT_TRUE(all);
  EXPECT_FALSE((*all)());
}

TEST_F(SomeLifted, BetweenComponentsHugeValuesAreBoundedToo) {
  const Function take{"take", R"((param "l" (list (list (list u8)))))", "(param i32 i32)"};
  const std::string text =
      rules::pair({.defines = true, .exports = {take}, .core = R"((func (export "take") (param i32 i32)))"},
                  {.peer = {take}, .exports = {run}, .core = R"((func (export "run") (result i32) (local $i i32)
        (loop $more (i32.store (local.get $i) (i32.const 1024)) (i32.store offset=4 (local.get $i) (i32.const 3855))
          (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 65536))))
        (call $take (i32.const 1024) (i32.const 3855)) (i32.const 0)))"});
  const Instance instance = start(text);
  const Cost cost;
  EXPECT_THAT(call(instance, "client/run"), rules::Fails(ErrorKind::limit, Rule::none, "host memory"));
  expect_cheap(cost, 32 << 20);
  expect_usable_store();
}

TEST_F(Values, TheDefaultLimitBoundsLiftedMemory) {
  const Instance instance = start(full_of_lists("(list (list (list u8)))", 6000));
  const Cost cost;
  const auto returned = call(instance, "give");
  expect_cheap(cost, std::uint64_t{400} << 20, std::chrono::seconds(20));
  ASSERT_FALSE(returned);
  EXPECT_EQ(returned.error().kind(), ErrorKind::limit) << returned.error().message();
  expect_usable_store();
}

TEST_F(Values, ListsWhoseElementsAreNothingButPadding) {
  for (const std::string type : {"(list (option (tuple u8)))", "(list (result))", "(list (tuple bool))"}) {
    const Cost cost;
    EXPECT_THAT(call(start(full_of_lists(type, UINT32_MAX)), "give"),
                rules::Fails(ErrorKind::trap, Rule::strings_and_lists_are_bounded, "2^28 - 1"))
        << type;
    expect_cheap(cost);
  }
}

// --- numbers that are not valid values ---

std::string flat_result(const std::string& type, const std::string& value,
                        const std::vector<rules::NamedType>& types = {}) {
  return component({.defines = !types.empty(),
                    .types = types,
                    .exports = {{"give", "(result " + type + ")"}},
                    .core = "(func (export \"give\") (result i32) (i32.const " + value + "))"});
}

TEST_F(Values, InvalidChars) {
  for (const char* value : {"0xd800", "0xdfff", "0x110000", "-1"})
    EXPECT_THAT(call(start(flat_result("char", value)), "give"), Traps(Rule::none, "invalid `char`")) << value;
  EXPECT_THAT(call(start(flat_result("char", "0x10ffff")), "give"), rules::Succeeds());
}

TEST_F(Values, CasesThatDoNotExist) {
  for (const char* value : {"2", "255", "256", "-1", "0x80000000"})
    EXPECT_THAT(call(start(flat_result("(result)", value)), "give"), Traps(Rule::none, "invalid variant discriminant"))
        << value;
  for (const char* value : {"3", "-1"})
    EXPECT_THAT(call(start(flat_result("$e", value, {{"e", "(enum \"a\" \"b\" \"c\")"}})), "give"),
                Traps(Rule::none, "invalid variant discriminant"))
        << value;
  EXPECT_THAT(call(start(flat_result("$f", "-1", {{"f", "(flags \"a\" \"b\")"}})), "give"), rules::Succeeds())
      << "bits beyond the last flag are ignored";
  EXPECT_THAT(call(start(flat_result("bool", "77")), "give"), rules::Succeeds()) << "any non-zero value is true";
  expect_usable_store();
}

TEST_F(Values, ResultsOutOfBounds) {
  const auto at = [](const std::string& pointer) {
    return component({.exports = {{"give", "(result (tuple u64 u64))"}},
                      .core = "(func (export \"give\") (result i32) (i32.const " + pointer + "))"});
  };
  for (const char* pointer : {"-1", "-8", "65536", "65528", "0x7ffffff8"})
    EXPECT_THAT(call(start(at(pointer)), "give"), rules::Fails(ErrorKind::trap, Rule::none, "")) << pointer;
  EXPECT_THAT(call(start(at("4")), "give"), Traps(Rule::none, "unaligned"));
  EXPECT_THAT(call(start(at("65520")), "give"), rules::Succeeds());
}

}  // namespace
}  // namespace holdfast::regress
