// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules of validation: which components are accepted, and which errors and offsets the others get.
#include <gtest/gtest.h>

#include "holdfast/component/testing/text_components.hpp"

namespace holdfast::component {
namespace {

using component::testing::read_text;
using component::testing::validate_text;

void expect_valid(std::string_view text) {
  const auto result = validate_text(text);
  EXPECT_TRUE(result.has_value()) << text << "\n" << (result ? "" : result.error().to_string());
}

std::string error_of(std::string_view text, const Features& features = {}) {
  const auto result = validate_text(text, features);
  return result ? "valid" : result.error().message();
}

TEST(Validator, AcceptsAllValueTypes) {
  expect_valid(R"((component
    (type (record (field "a" bool) (field "b" s8) (field "c" u8) (field "d" s16) (field "e" u16) (field "f" s32)
      (field "g" u32) (field "h" s64) (field "i" u64) (field "j" f32) (field "k" f64) (field "l" char) (field "m" string)))
    (type (variant (case "a") (case "b" u8)))
    (type (list u8)) (type (list u8 4)) (type (map string u8)) (type (tuple u8 u8)) (type (flags "a" "b"))
    (type (enum "a" "b")) (type (option u8)) (type (result)) (type (result u8 (error string)))
    (type $r (resource (rep i32))) (type (own $r)) (type (borrow $r)) (type (stream u8)) (type (future))))");
}

TEST(Validator, SignaturesOfLiftsFollowTheTypes) {
  expect_valid(R"((component
    (core module $m
      (memory (export "m") 1)
      (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable)
      (func (export "f") (param i32 i64 f32 f64 i32 i32) (result i32) unreachable)
      (func (export "p") (param i32)))
    (core instance $i (instantiate $m))
    (func (param "a" u8) (param "b" s64) (param "c" f32) (param "d" f64) (param "e" string) (result (tuple u32 u32))
      (canon lift (core func $i "f") (memory $i "m") (realloc (core func $i "r")) (post-return (core func $i "p"))))))");
}

TEST(Validator, SeventeenFlatParametersArePassedByPointer) {
  std::string parameters, flat;
  for (int i = 0; i < 16; ++i) {
    parameters += "(param \"a" + std::to_string(i) + "\" u32)";
    flat += " i32";
  }
  const auto component = [](const std::string& types, const std::string& core) {
    return "(component (core module $m (memory (export \"m\") 1) (func (export \"r\") (param i32 i32 i32 i32) "
           "(result i32) unreachable) (func (export \"f\") (param" +
           core + "))) (core instance $i (instantiate $m)) (func " + types +
           " (canon lift (core func $i \"f\") (memory $i \"m\") (realloc (core func $i \"r\")))))";
  };
  expect_valid(component(parameters, flat));
  expect_valid(component(parameters + "(param \"b\" u32)", " i32"));
  EXPECT_NE(error_of(component(parameters + "(param \"b\" u32)", flat + " i32")), "valid");
}

TEST(Validator, ResourcesKeepTheirIdentityThroughInstantiation) {
  expect_valid(R"((component
    (component $c
      (import "r" (type $r (sub resource)))
      (import "f" (func (param "x" (own $r)))))
    (type $r (resource (rep i32)))
    (core module $m (func (export "f") (param i32)))
    (core instance $i (instantiate $m))
    (func $f (param "x" (own $r)) (canon lift (core func $i "f")))
    (instance (instantiate $c (with "r" (type $r)) (with "f" (func $f))))))");
  EXPECT_NE(error_of(R"((component
    (component $c
      (import "r" (type $r (sub resource)))
      (import "f" (func (param "x" (own $r)))))
    (type $r (resource (rep i32)))
    (type $s (resource (rep i32)))
    (core module $m (func (export "f") (param i32)))
    (core instance $i (instantiate $m))
    (func $f (param "x" (own $s)) (canon lift (core func $i "f")))
    (instance (instantiate $c (with "r" (type $r)) (with "f" (func $f))))))")
                .find("resource types are not the same"),
            std::string::npos);
}

TEST(Validator, TwoInstancesOfOneComponentHaveDifferentResources) {
  EXPECT_NE(error_of(R"((component
    (component $c (type $r (resource (rep i32))) (export "r" (type $r)))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (component $same
      (import "x" (type $x (sub resource)))
      (import "y" (type (eq $x))))
    (alias export $a "r" (type $ra))
    (alias export $b "r" (type $rb))
    (instance (instantiate $same (with "x" (type $ra)) (with "y" (type $rb))))))")
                .find("resource types are not the same"),
            std::string::npos);
}

TEST(Validator, Rule28_BorrowInResultIsRefused) {
  EXPECT_NE(error_of(R"((component (type $r (resource (rep i32))) (type (func (result (option (borrow $r)))))))")
                .find("cannot contain a `borrow`"),
            std::string::npos);
}

TEST(Validator, ExportedTypesAreKnownByTheirNewNames) {
  expect_valid(R"((component
    (import "f" (func $f (result string)))
    (type $t (record (field "a" u32)))
    (export $e "t" (type $t))
    (type $u (record (field "b" $e)))
    (export "u" (type $u))))");
}

TEST(Validator, DefaultFeaturesRefuseUnfinishedProposalsByName) {
  EXPECT_NE(error_of("(component (import \"v\" (value u32)))").find("component model `value`s"), std::string::npos);
  EXPECT_NE(error_of("(component (type error-context))").find("error-context feature"), std::string::npos);
  EXPECT_NE(error_of("(component (core func (canon thread.index)))").find("threading feature"), std::string::npos);
  Features none;
  none.async = false;
  EXPECT_NE(error_of("(component (type (stream u8)))", none).find("async feature"), std::string::npos);
}

TEST(Validator, VersionSuffixesCompleteCanonicalVersions) {
  Features names;
  names.canonical_names = true;
  const auto error = [&](std::string_view import) {
    return error_of("(component (import " + std::string(import) + " (instance)))", names);
  };
  EXPECT_EQ(error(R"("a:b/c@1" (versionsuffix ".2.3"))"), "valid");
  EXPECT_EQ(error(R"("a:b/c@0.2" (versionsuffix ".6-rc.1+b"))"), "valid");
  EXPECT_EQ(error(R"("a:b/c@0.0.1" (versionsuffix "-alpha"))"), "valid");
  EXPECT_EQ(error(R"("a:b/c@0.0.0" (versionsuffix ""))"), "valid");
  EXPECT_EQ(error(R"("a:b/c@1.2.3-rc.1")"), "valid");
  // The suffix may also belong to the interface that a label implements.
  EXPECT_EQ(error(R"("a" (implements "a:b/c@1") (versionsuffix ".2.3"))"), "valid");
  EXPECT_NE(error(R"("a" (implements "a:b/c@1") (versionsuffix ".2"))").find("invalid interface version"),
            std::string::npos);
  EXPECT_NE(error(R"("a" (implements "a:b/c") (versionsuffix ".2.3"))").find("requires a name with a version"),
            std::string::npos);
}

TEST(Validator, GcOptionsTakeEachValueInItsShape) {
  Features gc;
  gc.gc = gc.error_context = true;
  const auto component = [](std::string_view core) {
    return R"((component
      (core type $bytes (array i8)) (core type $words (array i16)) (core type $case (struct))
      (core type $record (struct (field i8) (field i16) (field i32) (field (ref $bytes))))
      (core type $list (array (ref null $record)))
      (core type $t (func )" +
           std::string(core) + R"())
      (import "i" (instance $i
        (export "r" (type $r (sub resource)))
        (type $record' (record (field "a" bool) (field "b" u16) (field "c" char) (field "d" string)))
        (export "record" (type $record (eq $record')))
        (type $enum' (enum "a" "b"))
        (export "enum" (type $enum (eq $enum')))
        (export "f" (func (param "a" (list $record)) (param "b" (own $r)) (param "c" $enum) (param "d" (result u8))
                          (param "e" (list u64 3)) (result error-context)))))
      (core func (canon lower (func $i "f") gc (core-type $t)))))";
  };
  constexpr std::string_view longs = "(core type $longs (array i64))";
  std::string text = component("(param (ref $list) externref i32 (ref $case) (ref $longs)) (result (ref extern))");
  text.insert(text.find("(core type"), longs);
  const auto valid = validate_text(text, gc);
  ASSERT_TRUE(valid.has_value()) << valid.error().message();
  EXPECT_FALSE(valid->scope().not_runnable.has_value()) << "flattening reports the parts that cannot run";

  // The string in the record now has the shape of the other encoding.
  const std::size_t bytes = text.find("(ref $bytes)");
  text.replace(bytes, 12, "(ref $words)");
  EXPECT_NE(error_of(text, gc).find("component `string` type to core `(ref null? (array (mut? i8)))`"),
            std::string::npos);
}

TEST(Validator, LiftingWithGcTakesTheTypeOfTheCoreFunction) {
  Features gc;
  gc.gc = true;
  const auto valid = validate_text(R"((component
    (core module $m (type $s (array i8)) (func (export "f") (param (ref $s) i32) (result i64) unreachable))
    (core instance $i (instantiate $m))
    (func (param "a" string) (param "b" s8) (result u64) (canon lift (core func $i "f") gc))))",
                                   gc);
  EXPECT_TRUE(valid.has_value()) << valid.error().message();
}

TEST(Validator, BuiltinsOfSharedThreadsHaveTheirSignatures) {
  Features shared;
  shared.core.shared_everything_threads = true;
  const auto valid = validate_text(R"((component
    (core type $start (shared (func (param i32))))
    (core func $spawn (canon thread.spawn-ref $start))
    (core func $count (canon thread.available_parallelism))
    (core module $m
      (type $start (shared (func (param i32))))
      (import "" "spawn" (func (param (ref null $start) i32) (result i32)))
      (import "" "count" (func (result i32))))
    (core instance (instantiate $m (with "" (instance
      (export "spawn" (func $spawn)) (export "count" (func $count))))))))",
                                   shared);
  ASSERT_TRUE(valid.has_value()) << valid.error().message();
  EXPECT_TRUE(valid->scope().not_runnable.has_value());
}

/// A component whose core module imports the built-in `builtin` with the signature `signature`.
std::string imports_builtin(std::string_view builtin, std::string_view signature) {
  return R"((component
    (core module $m
      (memory (export "m") i64 1)
      (func (export "r") (param i64 i64 i64 i64) (result i64) unreachable)
      (table (export "t") i64 1 funcref)
      (table (export "s") shared i64 1 (ref null (shared func))))
    (core instance $i (instantiate $m))
    (alias core export $i "m" (core memory $m))
    (alias core export $i "r" (core func $r))
    (alias core export $i "t" (core table $t))
    (alias core export $i "s" (core table $s))
    (type $stream (stream u8))
    (type $future (future u8))
    (core type $narrow (func (param i32)))
    (core type $wide (func (param i64)))
    (core type $shared (shared (func (param i32))))
    (core func $f (canon )" +
         std::string(builtin) + R"())
    (core module $n (import "" "f" (func )" +
         std::string(signature) + R"()))
    (core instance (instantiate $n (with "" (instance (export "f" (func $f))))))))";
}

void expect_signature(std::string_view builtin, std::string_view signature) {
  const std::string text = imports_builtin(builtin, signature);
  EXPECT_EQ(error_of(text, component::testing::all_features()), "valid") << text;
}

TEST(Validator, BuiltinsTakeAddressesOfTheMemory) {
  expect_signature("stream.read $stream async (memory $m)", "(param i32 i64 i64) (result i64)");
  expect_signature("stream.write $stream (memory $m)", "(param i32 i64 i64) (result i64)");
  expect_signature("stream.cancel-read $stream", "(param i32) (result i32)");
  expect_signature("future.read $future async (memory $m)", "(param i32 i64) (result i32)");
  expect_signature("future.write $future (memory $m)", "(param i32 i64) (result i32)");
  expect_signature("error-context.new (memory $m)", "(param i64 i64) (result i32)");
  expect_signature("error-context.debug-message (memory $m) (realloc $r)", "(param i32 i64)");
  expect_signature("waitable-set.wait (memory $m)", "(param i32 i64) (result i32)");
  expect_signature("waitable-set.poll (memory $m)", "(param i32 i64) (result i32)");
  expect_signature("task.return (result string) (memory $m)", "(param i64 i64)");
}

TEST(Validator, BuiltinsHaveTheirDeclaredType) {
  const auto expect_valid_as = [](std::string_view builtin, std::string_view type) {
    std::string text = imports_builtin(std::string(builtin) + " (memory $m) gc (core-type $declared)", type);
    text.insert(text.find("(core type"), "(core type $declared (func " + std::string(type) + "))");
    EXPECT_EQ(error_of(text, component::testing::all_features()), "valid") << text;
  };
  expect_valid_as("stream.read $stream", "(param i32 i64 i64) (result i64)");
  expect_valid_as("stream.write $stream async", "(param i32 i64 i64) (result i64)");
  expect_valid_as("future.read $future", "(param i32 i64) (result i32)");
  expect_valid_as("error-context.debug-message (realloc $r)", "(param i32 i64)");
  expect_valid_as("task.return (result u64)", "(param i64)");
}

TEST(Validator, ThreadsTakeATableIndexAndTheArgumentOfTheirFunction) {
  expect_signature("thread.new-indirect $narrow (table $t)", "(param i64 i32) (result i32)");
  expect_signature("thread.new-indirect $wide (table $t)", "(param i64 i64) (result i32)");
  expect_signature("thread.spawn-indirect $shared (table $s)", "(param i64 i32) (result i32)");

  const auto is_runnable = [](std::string_view start, std::string_view table) {
    const auto valid =
        validate_text("(component (core module $m (table (export \"t\") " + std::string(table) +
                          " 1 funcref)) (core instance $i (instantiate $m)) (core type $f (func (param " +
                          std::string(start) + "))) (core func (canon thread.new-indirect $f (table $i \"t\"))))",
                      component::testing::all_features());
    EXPECT_TRUE(valid.has_value()) << valid.error().message();
    return valid && !valid->scope().not_runnable;
  };
  EXPECT_TRUE(is_runnable("i32", ""));
  EXPECT_FALSE(is_runnable("i64", ""));
  EXPECT_FALSE(is_runnable("i32", "i64"));

  Features narrow = component::testing::all_features();
  narrow.memory64 = false;
  EXPECT_NE(error_of(imports_builtin("thread.new-indirect $narrow (table $t)", ""), narrow)
                .find("table is not a 32-bit table"),
            std::string::npos);
  EXPECT_NE(error_of(imports_builtin("thread.new-indirect $wide (table $t)", ""), narrow)
                .find("start function must take a single `i32` argument"),
            std::string::npos);
}

TEST(Validator, ErrorsHaveOffsets) {
  const auto result = validate_text("(component (type (list u8)) (export \"a\" (type 7)))");
  ASSERT_FALSE(result.has_value());
  ASSERT_TRUE(result.error().offset().has_value());
  EXPECT_GT(*result.error().offset(), 8u);
}

TEST(Validator, TheLowestOffsetWins) {
  // A type index that is out of bounds, then a section that is cut off.
  auto bytes = engine::text_to_binary("(component (type (option u8)))");
  ASSERT_TRUE(bytes.has_value());
  const auto append = [&](std::initializer_list<unsigned char> added) {
    for (const unsigned char byte : added) bytes->push_back(std::byte{byte});
  };
  append({0x07, 0x03, 0x01, 0x6b, 0x09});  // (type (option 9))
  append({0x07, 0x05, 0x01});
  const auto both = validate_component(read_component_prefix(*bytes));
  ASSERT_FALSE(both.has_value());
  EXPECT_NE(both.error().message().find("unknown type 9"), std::string::npos) << both.error().message();

  auto cut = engine::text_to_binary("(component (type (option u8)))");
  ASSERT_TRUE(cut.has_value());
  cut->push_back(std::byte{0x07});
  const auto reading = read_component_prefix(*cut);
  ASSERT_TRUE(reading.error.has_value());
  const std::string message = reading.error->message();
  const auto result = validate_component(read_component_prefix(*cut));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message(), message);
}

TEST(Validator, ListsTheCoreModulesOfNestedComponents) {
  const auto result = validate_text("(component (core module) (component (core module (func))))");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->core_modules().size(), 2u);
}

TEST(Validator, TypesThatGrowExponentiallyAreRefusedQuickly) {
  // Each level has the resource type of the level below twice. Resource types cannot be shared, so their number
  // doubles.
  std::string text = "(component (type $t0 (instance (export \"r\" (type (sub resource)))))";
  for (int i = 1; i < 25; ++i)
    text += "(type $t" + std::to_string(i) + " (instance (alias outer 1 $t" + std::to_string(i - 1) +
            " (type $p)) (export \"a\" (instance (type $p))) (export \"b\" (instance (type $p)))))";
  const auto result = validate_text(text + ")");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::limit);
}

TEST(Validator, GcShapesThatDoubleAreRefusedQuickly) {
  std::string text = "(component (type $t0 (tuple u8 u8)) (core type $s0 (struct (field i8) (field i8)))";
  for (int i = 1; i < 18; ++i) {
    const std::string below = std::to_string(i - 1);
    const std::string level = std::to_string(i);
    text += "(type $t" + level + " (tuple $t" + below + " $t" + below + ")) (core type $s" + level +
            " (struct (field (ref $s" + below + ")) (field (ref $s" + below + "))))";
  }
  text += "(core type $f (func (param (ref $s17)))) (import \"f\" (func $f (param \"a\" $t17)))";
  for (int i = 0; i < 20; ++i) text += "(core func (canon lower (func $f) gc (core-type $f)))";
  Features gc;
  gc.gc = true;
  const auto result = validate_text(text + ")", gc);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::limit) << result.error().message();
}

TEST(Validator, ImportedInstancesMayHaveValuesThatBorrow) {
  Features values;
  values.values = true;
  EXPECT_TRUE(validate_text(R"((component (import "r" (type $r (sub resource)))
    (import "i" (instance (alias outer 1 $r (type $q)) (export "v" (value (borrow $q)))))))",
                            values));
}

TEST(Validator, MutatedComponentsNeverCrash) {
  const auto bytes = engine::text_to_binary(R"((component
    (import "i" (instance $i (export "r" (type (sub resource))) (export "f" (func (param "a" (list string)) (result u8)))))
    (alias export $i "r" (type $r))
    (component $c (import "r" (type $r (sub resource))) (type $t (record (field "a" (own $r)))) (export "t" (type $t)))
    (core module $m (memory (export "m") 1) (func (export "f") (param i32 i32) (result i32) unreachable))
    (core instance $x (instantiate $m))
    (core func (canon lower (func $i "f") (memory $x "m")))
    (instance $n (instantiate $c (with "r" (type $r))))
    (export "n" (instance $n))))");
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message();
  std::size_t refused = 0;
  for (std::size_t position = 8; position < bytes->size(); ++position) {
    for (const std::uint8_t change : {std::uint8_t{0x01}, std::uint8_t{0x02}, std::uint8_t{0x40}, std::uint8_t{0xff}}) {
      std::vector<std::byte> mutated = *bytes;
      mutated[position] ^= std::byte{change};
      refused += validate_component(read_component_prefix(mutated)).has_value() ? 0 : 1;
    }
  }
  EXPECT_GT(refused, bytes->size());
}

}  // namespace
}  // namespace holdfast::component
