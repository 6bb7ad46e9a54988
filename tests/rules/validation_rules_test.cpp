// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule 28, and the parts of rules 19 to 21 that validation checks: components that are refused before linking.
#include "rules_fixture.hpp"

namespace holdfast::rules {
namespace {

auto Invalid(std::string_view words) { return Fails(ErrorKind::invalid, Rule::none, std::string(words)); }

/// A component that imports the resource type $r and has a core instance $m with some functions, then `text`.
HostResult<Component> with_r(const std::string& text) {
  return load(R"((component
    (import "r" (type $r (sub resource)))
    (core module $M
      (func (export "f") (param i32))
      (func (export "no-parameter"))
      (func (export "with-result") (param i32) (result i32) (local.get 0))
      (func (export "wide") (param i64))
      (func (export "get") (result i32) (i32.const 0)))
    (core instance $m (instantiate $M)) )" +
              text + ")");
}

TEST_F(Rules, Rule28_AProperUseOfAResourceTypeIsValid) {
  EXPECT_THAT(with_r(R"((type $own (resource (rep i32) (dtor (core func $m "f"))))
    (import "take" (func (param "a" (own $r)) (param "b" (borrow $r)) (result (own $r))))
    (canon resource.new $own (core func)) (canon resource.rep $own (core func))
    (canon resource.drop $own (core func)) (canon resource.drop $r (core func)))"),
              Succeeds());
}

TEST_F(Rules, Rule28_NoBorrowInResults) {
  EXPECT_THAT(with_r(R"((import "f" (func (result (borrow $r)))))"), Invalid("borrow"));
  EXPECT_THAT(
      with_r(R"((func (param "x" (borrow $r)) (result (borrow $r)) (canon lift (core func $m "with-result"))))"),
      Invalid("borrow"));
}

TEST_F(Rules, Rule28_NoBorrowInsideTypesOfResults) {
  for (const std::string type :
       {"(list (borrow $r))", "(option (borrow $r))", "(result (borrow $r))", "(result (error (borrow $r)))",
        "(tuple u32 (borrow $r))", "(tuple (list (option (borrow $r))))"}) {
    EXPECT_THAT(with_r("(import \"f\" (func (result " + type + ")))"), Invalid("borrow")) << type;
    EXPECT_THAT(with_r("(import \"f\" (func (param \"x\" " + type + ")))"), Succeeds()) << type << " as parameter";
  }
}

TEST_F(Rules, Rule28_NoBorrowInNamedTypesOfResults) {
  EXPECT_THAT(with_r(R"((type $record (record (field "h" (borrow $r)))) (import "t" (type $named (eq $record)))
    (import "f" (func (result $named))))"),
              Invalid("borrow"));
  EXPECT_THAT(with_r(R"((type $variant (variant (case "h" (borrow $r)))) (import "t" (type $named (eq $variant)))
    (import "f" (func (result $named))))"),
              Invalid("borrow"));
}

TEST_F(Rules, Rule28_HandlesNeedAResourceType) {
  EXPECT_THAT(with_r(R"((type $u u32) (import "f" (func (param "x" (own $u)))))"), Invalid("not a resource type"));
  EXPECT_THAT(with_r(R"((type $u u32) (import "f" (func (param "x" (borrow $u)))))"), Invalid("not a resource type"));
  EXPECT_THAT(with_r(R"((type $f (func)) (type $t (own $f)))"), Invalid("not a resource type"));
}

TEST_F(Rules, Rule28_ResourcesAreDefinedInConcreteComponentsOnly) {
  EXPECT_THAT(with_r(R"((type (component (type (resource (rep i32))))))"),
              Invalid("resources can only be defined within a concrete component"));
  EXPECT_THAT(with_r(R"((type (instance (type (resource (rep i32))))))"),
              Invalid("resources can only be defined within a concrete component"));
}

TEST_F(Rules, Rule28_TheDestructorTakesTheRepAndReturnsNothing) {
  for (const std::string function : {"no-parameter", "with-result", "wide", "get"}) {
    EXPECT_THAT(with_r("(type (resource (rep i32) (dtor (core func $m \"" + function + "\"))))"),
                Invalid("wrong signature for a destructor"))
        << function;
  }
}

TEST_F(Rules, Rule28_TheRefusalOfA64BitRepNamesTheFeature) {
  const auto loaded = with_r("(type (resource (rep i64)))");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message(),
              ::testing::AnyOf(::testing::HasSubstr("cm64"), ::testing::HasSubstr("memory64")))
      << describe(loaded.error());
}

TEST_F(Rules, Rule28_RepsOfOtherTypesAreInvalid) {
  EXPECT_THAT(with_r("(type (resource (rep f32)))"), Invalid("resources can only be represented by"));
}

/// $C imports a resource type and a function that uses it. Here the type comes from `$a`, the function from `second`.
std::string two_places(const std::string& second) {
  return R"((component
    (component $P
      (type $r' (resource (rep i32)))
      (export $r "r" (type $r'))
      (core module $M (func (export "take") (param i32)))
      (core instance $m (instantiate $M))
      (func (export "take") (param "x" (own $r)) (canon lift (core func $m "take"))))
    (component $C
      (import "r" (type $r (sub resource)))
      (import "take" (func (param "x" (own $r)))))
    (instance $a (instantiate $P))
    (instance $b (instantiate $P))
    (instance (instantiate $C (with "r" (type $a "r")) (with "take" (func $)" +
         second + R"( "take"))))))";
}

TEST_F(Rules, Rule28_LinkedComponentsMustAgreeOnTheResourceType) {
  EXPECT_THAT(load(two_places("a")), Succeeds());
  EXPECT_THAT(load(two_places("b")), Invalid("resource types are not the same"));
}

TEST_F(Rules, Rule19_NewOfAnImportedTypeIsInvalid) {
  EXPECT_THAT(with_r("(canon resource.new $r (core func))"), Invalid("not a local resource"));
}

TEST_F(Rules, Rule20_RepOfAnImportedTypeIsInvalid) {
  EXPECT_THAT(with_r("(canon resource.rep $r (core func))"), Invalid("not a local resource"));
}

TEST_F(Rules, Rule19_NewOfAChildsTypeIsInvalid) {
  const std::string child = R"((component $P (type $r' (resource (rep i32))) (export "r" (type $r')))
    (instance $p (instantiate $P)) (alias export $p "r" (type $child)) )";
  EXPECT_THAT(with_r(child + "(canon resource.new $child (core func))"), Invalid("not a local resource"));
  EXPECT_THAT(with_r(child + "(canon resource.drop $child (core func))"), Succeeds());
}

TEST_F(Rules, Rule21_DropOfATypeThatIsNotAResourceIsInvalid) {
  EXPECT_THAT(with_r("(type $u u32) (canon resource.drop $u (core func))"), Invalid("not a resource type"));
}

}  // namespace
}  // namespace holdfast::rules
