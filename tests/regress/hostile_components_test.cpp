// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small files that expand to a lot. Each is refused or loaded within bounded time and memory.
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "holdfast/component/binary/test_bytes.hpp"
#include "peak_memory.hpp"
#include "rules_fixture.hpp"

namespace holdfast::regress {
namespace {

using component::preamble;
using component::section;
using component::u32;
using ::testing::HasSubstr;

std::string binary_of(const std::string& text) {
  const auto bytes = engine::text_to_binary(text);
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().message());
  return bytes ? std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()) : std::string();
}

/// Loads `bytes` and checks that this is cheap, whether it succeeds or not.
HostResult<Component> load_cheaply(const std::string& bytes) {
  static_cast<void>(Component::from_bytes(rules::engine(), std::as_bytes(std::span(preamble))));  // warm up
  const Cost cost;
  auto loaded = Component::from_bytes(rules::engine(), std::as_bytes(std::span(bytes)));
  expect_cheap(cost);
  return loaded;
}

void expect_refused(const std::string& bytes, ErrorKind kind, const std::string& words) {
  const auto loaded = load_cheaply(bytes);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(name_of(loaded.error().kind()), name_of(kind)) << loaded.error().message();
  EXPECT_THAT(loaded.error().message(), HasSubstr(words));
  ASSERT_TRUE(loaded.error().offset());
  EXPECT_LE(*loaded.error().offset(), bytes.size());
}

std::string name(char letter, int level) { return letter + std::to_string(level); }

/// `first`, wrapped in `levels` components. Each instantiates the component inside it twice.
std::string doubled(int levels, const std::string& first, const std::string& id = {}) {
  std::string text = first;
  for (int level = 1; level <= levels; ++level) {
    const std::string inner = id + name('c', level - 1);
    text = "(component $" + id + name('c', level) + text + "(instance (instantiate $" + inner +
           "))(instance (instantiate $" + inner + ")))";
  }
  return text;
}

/// `first`, then `each` for the levels 1 to `levels`, with %n replaced by the level and %m by the level before it.
std::string repeated(int levels, const std::string& first, const std::string& each) {
  std::string text = first;
  for (int level = 1; level <= levels; ++level) {
    for (std::size_t i = 0; i < each.size(); ++i) {
      if (each[i] != '%') {
        text += each[i];
      } else {
        text += std::to_string(each[++i] == 'n' ? level : level - 1);
      }
    }
  }
  return text;
}

const std::string a_function =
    "(core module $m (func (export \"f\")))(core instance $i (instantiate $m))"
    "(func $f (canon lift (core func $i \"f\")))";

// --- instances ---

TEST(HostileComponents, AKilobyteThatAsksForAMillionInstances) {
  for (const int levels : {14, 21, 40, 90}) {
    const std::string bytes = binary_of(doubled(levels, "(component $c0)"));
    if (levels == 21) {
      EXPECT_LT(bytes.size(), 1200U);
    }
    expect_refused(bytes, ErrorKind::limit, "component instances");
  }
}

TEST(HostileComponents, DoublingInSiblings) {
  const std::string text = repeated(40, "(component (component $c0)",
                                    "(component $c%n (alias outer 1 $c%m (component $c))"
                                    "(instance (instantiate $c))(instance (instantiate $c)))");
  expect_refused(binary_of(text + "(instance (instantiate $c40)))"), ErrorKind::limit, "component instances");
}

TEST(HostileComponents, AMillionCoreInstances) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "(core instance (instantiate $m))";
  expect_refused(binary_of(doubled(20, "(component $c0 (core module $m)" + many + ")")), ErrorKind::limit,
                 "core instances");
}

TEST(HostileComponents, AMillionCoreArguments) {
  std::string imports;
  for (int i = 0; i < 100; ++i) imports += "(import \"\" \"" + std::to_string(i) + "\" (func))";
  std::string exports;
  for (int i = 0; i < 100; ++i) exports += "(func (export \"" + std::to_string(i) + "\"))";
  expect_refused(binary_of(doubled(13, "(component $c0 (core module $m " + exports + ")(core module $n " + imports +
                                           ")(core instance $i (instantiate $m))"
                                           "(core instance (instantiate $n (with \"\" (instance $i)))))")),
                 ErrorKind::limit, "imports and exports");
}

TEST(HostileComponents, AMillionTrampolinesAndLiftedFunctions) {
  const std::string many = repeated(50, "(component $c0 " + a_function,
                                    "(func $f%n (canon lift (core func $i \"f\")))(core func (canon lower (func $f%n)))"
                                    "(type $t%n (resource (rep i32)))(core func (canon resource.new $t%n))");
  expect_refused(binary_of(doubled(13, many + ")")), ErrorKind::limit, "expands to more than");
}

// --- instances made of exports ---

std::string bags(int levels) {
  return repeated(levels, "(component " + a_function + "(instance $i0 (export \"a\" (func $f)))",
                  "(instance $i%n (export \"a\" (instance $i%m)) (export \"b\" (instance $i%m)))") +
         "(export \"e\" (instance $i" + std::to_string(levels) + ")))";
}

TEST(HostileComponents, NestedInstancesOfExportsAreBoundedByTheirTypes) {
  for (const int levels : {22, 60}) expect_refused(binary_of(bags(levels)), ErrorKind::invalid, "effective type size");
}

TEST(HostileComponents, TheTreeOfExportsIsBounded) {
  for (const int levels : {12, 16, 18}) {
    const auto loaded = load_cheaply(binary_of(bags(levels)));
    if (loaded) continue;
    EXPECT_EQ(loaded.error().kind(), ErrorKind::limit) << loaded.error().message();
  }
}

// --- types ---

TEST(HostileComponents, DoublingTuples) {
  const std::string tuples = repeated(40, "(component (type $t0 (tuple u8 u8))", "(type $t%n (tuple $t%m $t%m))");
  expect_refused(binary_of(tuples + ")"), ErrorKind::invalid, "effective type size");
}

TEST(HostileComponents, TuplesJustBelowTheLimit) {
  const std::string tuples = repeated(17, "(component (type $t0 (tuple u8 string))", "(type $t%n (tuple $t%m $t%m))");
  const auto loaded = load_cheaply(binary_of(tuples + "(import \"f\" (func (param \"x\" $t17))))"));
  ASSERT_TRUE(loaded) << loaded.error().message();
  const Cost cost;
  EXPECT_EQ(loaded->imports().size(), 1U);
  expect_cheap(cost);
}

TEST(HostileComponents, DoublingInstanceTypes) {
  const auto text = [](int levels) {
    return repeated(levels, "(component (type $t0 (instance (export \"f\" (func))))",
                    "(type $t%n (instance (alias outer 1 $t%m (type $t))"
                    "(export \"a\" (instance (type $t))) (export \"b\" (instance (type $t)))))") +
           "(import \"i\" (instance (type $t" + std::to_string(levels) + "))))";
  };
  expect_refused(binary_of(text(40)), ErrorKind::invalid, "effective type size");
  for (const int levels : {12, 16, 18}) {
    const auto loaded = load_cheaply(binary_of(text(levels)));
    if (!loaded) {
      EXPECT_EQ(loaded.error().kind(), ErrorKind::limit) << loaded.error().message();
    }
  }
}

TEST(HostileComponents, DoublingComponentTypes) {
  const std::string text = repeated(40, "(component (type $t0 (component))",
                                    "(type $t%n (component (alias outer 1 $t%m (type $t))"
                                    "(import \"a\" (component (type $t))) (export \"b\" (component (type $t)))))");
  expect_refused(binary_of(text + ")"), ErrorKind::invalid, "effective type size");
}

TEST(HostileComponents, ResourcesThatMultiply) {
  const std::string text = repeated(16, "(component (type $t0 (instance (export \"r\" (type (sub resource)))))",
                                    "(type $t%n (instance (alias outer 1 $t%m (type $t))"
                                    "(export \"a\" (instance (type $t))) (export \"b\" (instance (type $t)))))");
  const auto loaded = load_cheaply(binary_of(text + "(import \"i\" (instance (type $t16))))"));
  if (!loaded) {
    EXPECT_EQ(loaded.error().kind(), ErrorKind::limit) << loaded.error().message();
  }
}

TEST(HostileComponents, DeepValueTypes) {
  const std::string text = repeated(200, "(component (type $t0 (option u8))", "(type $t%n (option $t%m))");
  expect_refused(binary_of(text + ")"), ErrorKind::invalid, "nesting");
}

TEST(HostileComponents, FixedLengthListsOfFixedLengthLists) {
  const std::string text =
      repeated(60, "(component (type $t0 (list u64 4294967295))", "(type $t%n (list $t%m 4294967295))");
  const auto loaded = load_cheaply(binary_of(text + "(import \"f\" (func (param \"x\" $t60) (result $t60))))"));
  EXPECT_FALSE(loaded) << "a value of that type would need 2^1900 bytes";
}

TEST(HostileComponents, LongChainsOfAliases) {
  const std::string chain = repeated(900, "(component " + a_function + "(instance $i0 (export \"f\" (func $f)))",
                                     "(alias export $i%m \"f\" (func $f%n))(instance $i%n (export \"f\" (func $f%n)))");
  const auto loaded = load_cheaply(binary_of(chain + "(export \"f\" (func $f900)))"));
  EXPECT_TRUE(loaded) << loaded.error().message();
  const std::string outer = repeated(10'000, "(component (type $t0 (tuple u8))", "(alias outer 0 $t%m (type $t%n))");
  EXPECT_TRUE(load_cheaply(binary_of(outer + ")")));
}

TEST(HostileComponents, TypesThatDifferInEachOfManyInstances) {
  std::string fields;
  for (int i = 0; i < 100; ++i) fields += "(field \"f" + std::to_string(i) + "\" (own $r))";
  const std::string text =
      "(component $c0 (core module $m (func (export \"f\") (param i32)) (memory (export \"m\") 1)"
      "(func (export \"r\") (param i32 i32 i32 i32) (result i32) unreachable))"
      "(core instance $i (instantiate $m)) (type $r (resource (rep i32)))"
      "(type $big (record " +
      fields +
      "))"
      "(func (param \"x\" $big) (canon lift (core func $i \"f\") (memory (core memory $i \"m\"))"
      "(realloc (core func $i \"r\")))))";
  expect_refused(binary_of(doubled(13, text)), ErrorKind::limit, "types");
}

// --- depth ---

TEST(HostileComponents, ComponentsNestedDeeply) {
  std::string bytes = preamble;
  for (int level = 0; level < 3'000; ++level) bytes = preamble + section(4, bytes);
  expect_refused(bytes, ErrorKind::limit, "nested more deeply");
}

TEST(HostileComponents, TypesNestedDeeply) {
  for (const char* opener : {"\x41\x01\x01", "\x42\x01\x01", "\x50\x01\x01"}) {
    std::string contents = "\x01";
    for (int level = 0; level < 200'000; ++level) contents += opener;
    const auto loaded = load_cheaply(preamble + section(opener[0] == '\x50' ? 3 : 7, contents));
    EXPECT_FALSE(loaded);
  }
}

// --- counts and names ---

TEST(HostileComponents, HugeCountsInEverySection) {
  for (unsigned id = 2; id <= 12; ++id) {
    if (id == 4 || id == 9) continue;  // no vectors: a component, a start function
    const auto loaded = load_cheaply(preamble + section(id, "\xff\xff\xff\xff\x0f"));
    ASSERT_FALSE(loaded) << id;
    EXPECT_EQ(loaded.error().kind(), ErrorKind::invalid) << loaded.error().message();
  }
}

TEST(HostileComponents, ManyImports) {
  std::string contents = u32(60'000);
  for (int i = 10'000; i < 70'000; ++i)
    contents += std::string("\x00\x06", 2) + "f" + std::to_string(i) + std::string("\x01\x00", 2);
  const std::string bytes = preamble + section(7, std::string("\x01\x40\x00\x01\x00", 5)) + section(10, contents);
  const auto loaded = load_cheaply(bytes);
  ASSERT_TRUE(loaded) << loaded.error().message();
  const Cost cost;
  const auto linked = Linker(rules::engine()).link(*loaded);
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().kind(), ErrorKind::link);
  expect_cheap(cost);
}

TEST(HostileComponents, NamesAreBounded) {
  const std::string long_name(100'001, 'a');
  expect_refused(preamble + section(10, "\x01" + std::string(1, '\0') + u32(long_name.size()) + long_name),
                 ErrorKind::limit, "names are limited");
}

const std::string long_id(90'000, 'n');

TEST(HostileComponents, NamesOfManyInstances) {
  expect_refused(binary_of(doubled(12, "(component $" + long_id + "c0)", long_id)), ErrorKind::limit, "bytes of names");
}

TEST(HostileComponents, NamesInArgumentsOfManyModules) {
  const std::string text = "(component $c0 (core module $m (func (export \"" + long_id +
                           "\")))(core module $n (import \"" + long_id + "\" \"" + long_id +
                           "\" (func)))(core instance $i (instantiate $m))(core instance (instantiate $n (with \"" +
                           long_id + "\" (instance $i)))))";
  expect_refused(binary_of(doubled(12, text)), ErrorKind::limit, "bytes of names");
}

TEST(HostileComponents, NamesOfManyFunctions) {
  const std::string id = "n" + long_id;
  const std::string text = "(component $c0 " + a_function + "(func $g (export \"" + id +
                           "\") (canon lift (core func $i \"f\")))(core func (canon lower (func $g))))";
  expect_refused(binary_of(doubled(12, text)), ErrorKind::limit, "bytes of names");
}

TEST(HostileComponents, NamesOfManyResources) {
  const std::string text = "(component $c0 (type $t (resource (rep i32)))(export \"" + long_id + "\" (type $t)))";
  expect_refused(binary_of(doubled(12, text)), ErrorKind::limit, "bytes of names");
}

TEST(HostileComponents, NamesOfManyItems) {
  const std::string module = "(component (core module $m (func (export \"" + long_id + "\")) (memory (export \"n" +
                             long_id + "\") 1))(core instance $i (instantiate $m))(alias core export $i \"" + long_id +
                             "\" (core func $f))(alias core export $i \"n" + long_id + "\" (core memory $n))";
  std::string bag = module + "(core instance";
  for (int i = 0; i < 2000; ++i) bag += "(export \"f" + std::to_string(i) + "\" (func $f))";
  expect_refused(binary_of(bag + "))"), ErrorKind::limit, "bytes of names");
  const std::string lifts = repeated(2000, module, "(func (canon lift (core func $f) (memory $n)))");
  expect_refused(binary_of(lifts + ")"), ErrorKind::limit, "bytes of names");
}

TEST(HostileComponents, NamesOfTypesOfManyInstances) {
  const std::string text =
      "(component $c0 (core module $m (func (export \"f\") (param i32)))"
      "(core instance $i (instantiate $m)) (type $r (resource (rep i32)))"
      "(func (param \"" +
      long_id + "\" (own $r)) (canon lift (core func $i \"f\"))))";
  expect_refused(binary_of(doubled(12, text)), ErrorKind::limit, "bytes of names");
}

TEST(HostileComponents, NamesOfManyExports) {
  const std::string text =
      repeated(16, "(component " + a_function + "(instance $i0 (export \"" + long_id + "\" (func $f)))",
               "(instance $i%n (export \"a\" (instance $i%m)) (export \"b\" (instance $i%m)))");
  expect_refused(binary_of(text + "(export \"e\" (instance $i16)))"), ErrorKind::limit, "expands to more than");
}

TEST(HostileComponents, NamesInThePathsOfManyExports) {
  std::string text = "(component " + a_function + "(instance $i0";
  for (int i = 0; i < 1000; ++i) text += "(export \"f" + std::to_string(i) + "\" (func $f))";
  text += ")";
  for (int level = 1; level <= 20; ++level)
    text +=
        "(instance $" + name('i', level) + " (export \"" + long_id + "\" (instance $" + name('i', level - 1) + ")))";
  expect_refused(binary_of(text + "(export \"e\" (instance $i20)))"), ErrorKind::limit, "expands to more than");
}

// --- after refusals ---

TEST(HostileComponents, TheEngineStaysUsable) {
  for (int round = 0; round < 20; ++round) {
    ASSERT_FALSE(Component::from_text(rules::engine(), doubled(21, "(component $c0)")));
  }
  const Cost cost;
  for (int round = 0; round < 20; ++round) {
    ASSERT_FALSE(Component::from_text(rules::engine(), doubled(21, "(component $c0)")));
  }
  expect_cheap(cost, 8 << 20, std::chrono::seconds(10));
  auto store = Store::create(rules::engine());
  ASSERT_TRUE(store);
  const auto loaded = Component::from_text(rules::engine(), "(component " + a_function + "(export \"f\" (func $f)))");
  ASSERT_TRUE(loaded) << loaded.error().message();
  const auto instance = Linker(rules::engine()).instantiate(*store, *loaded);
  ASSERT_TRUE(instance);
  EXPECT_TRUE(instance->call("f", {}));
}

}  // namespace
}  // namespace holdfast::regress
