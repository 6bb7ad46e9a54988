// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Core modules that components import from the host and from other components, and nested instances.
#include "holdfast/embed/core_module.hpp"

#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

/// Imports the module "m", which has the type `type`, and exports `run`, which is the module's "f".
std::string using_module(std::string_view type, std::string_view arguments = "") {
  return R"((component (import "m" (core module $m )" + std::string(type) + R"())
    (core module $host (func (export "two") (result i32) (i32.const 2)) (global (export "three") i32 (i32.const 3)))
    (core instance $host (instantiate $host))
    (core instance $i (instantiate $m )" +
         std::string(arguments) + R"())
    (func (export "run") (result u32) (canon lift (core func $i "f")))))";
}

constexpr std::string_view exports_f = R"((export "f" (func (result i32))))";

class CoreModules : public Api {
 protected:
  static CoreModule module(std::string_view text) { return need(CoreModule::from_text(engine(), text)); }
  HostResult<std::uint32_t> run(std::string_view text) {
    HOLDFAST_TRY_ASSIGN(const Instance instance, linker.instantiate(store, compile(text)));
    HOLDFAST_TRY_ASSIGN(const auto function, instance.func<std::uint32_t()>("run"));
    return function();
  }
  std::string refusal(std::string_view text) {
    const auto linked = linker.link(compile(text));
    return linked ? "it was linked" : linked.error().message();
  }
};

TEST_F(CoreModules, AreInstantiatedByTheComponent) {
  linker.module("m", module(R"((module (func (export "f") (result i32) (i32.const 7))))"));
  EXPECT_THAT(run(using_module(exports_f)), Gives(7U));
}

TEST_F(CoreModules, MayImportLessAndInAnotherOrder) {
  linker.module("m", module(R"((module
    (import "h" "three" (global i32)) (import "h" "two" (func $two (result i32)))
    (func (export "f") (result i32) (i32.add (call $two) (global.get 0)))))"));
  const std::string type = R"((import "h" "two" (func (result i32))) (import "h" "three" (global i32))
    (import "h" "one" (func)) )" +
                           std::string(exports_f);
  const std::string without_one =
      R"((import "h" "two" (func (result i32))) (import "h" "three" (global i32)) )" + std::string(exports_f);
  EXPECT_THAT(run(using_module(without_one, R"((with "h" (instance $host)))")), Gives(5U));
  EXPECT_THAT(refusal(R"((component (import "m" (core module )" + type + ")))"), "it was linked");
}

TEST_F(CoreModules, OfTheWrongTypeAreALinkError) {
  using ::testing::HasSubstr;
  linker.module("m", module(R"((module (import "h" "x" (func (param i64)))
    (func (export "f") (param i32)) (memory (export "mem") 1) (table (export "t") 1 2 funcref)
    (global (export "g") i32 (i32.const 1))))"));
  const auto with = [&](const std::string& type) {
    return refusal(R"((component (import "m" (core module (import "h" "x" (func (param i64))) )" + type + ")))");
  };
  EXPECT_EQ(with(R"((export "f" (func (param i32))) (export "mem" (memory 1)) (export "t" (table 1 funcref))
    (export "g" (global i32)))"),
            "it was linked");
  EXPECT_THAT(
      with(R"((export "f" (func)))"),
      HasSubstr("m: module export `f` has the wrong type: expected type `(func)`, found type `(func (param i32))`"));
  EXPECT_THAT(with(R"((export "more" (func)))"), HasSubstr("module export `more` not defined"));
  EXPECT_THAT(with(R"((export "mem" (func)))"), HasSubstr("expected func found memory"));
  EXPECT_THAT(with(R"((export "mem" (memory 2)))"),
              HasSubstr("module export `mem` has the wrong type: mismatch in memory limits"));
  EXPECT_THAT(with(R"((export "t" (table 1 1 funcref)))"),
              HasSubstr("module export `t` has the wrong type: mismatch in table limits"));
  EXPECT_THAT(with(R"((export "g" (global (mut i32))))"),
              HasSubstr("module export `g` has the wrong type: global types differ in mutability"));
  EXPECT_THAT(refusal(R"((component (import "m" (core module))))"), HasSubstr("module import `h::x` not defined"));
  EXPECT_THAT(
      refusal(R"((component (import "m" (core module (import "h" "x" (func))))))"),
      HasSubstr("module import `h::x` has the wrong type: expected type `(func (param i64))`, found type `(func)`"));
}

TEST_F(CoreModules, ThatNobodyProvidesAreALinkError) {
  linker.func("f", [] {});
  EXPECT_THAT(linker.link(compile(R"((component (import "m" (core module))))")),
              Fails(ErrorKind::link, "m: the core module was not found"));
  EXPECT_THAT(linker.link(compile(R"((component (import "f" (core module))))")),
              Fails(ErrorKind::link, "expected module found func"));
  linker.module("m", module("(module)"));
  EXPECT_THAT(linker.link(compile(R"((component (import "m" (func))))")),
              Fails(ErrorKind::link, "expected func found module"));
  linker.module("m", module("(module)"));
  EXPECT_THAT(linker.link(compile("(component)")), Misuse("m: is defined twice"));
}

TEST_F(CoreModules, OfAComponentAreUsableInAnyStore) {
  const std::string provider = R"((component
    (core module $m (func (export "f") (result i32) (i32.const 9))) (export "m" (core module $m))
    (instance (export "test:host/api") (export "m" (core module $m)))))";
  const CoreModule exported = [&] {
    Store other = need(Store::create(engine()));
    const Instance instance = need(linker.instantiate(other, compile(provider)));
    EXPECT_THAT(instance.module("nobody"), Misuse("nobody"));
    EXPECT_THAT(instance.module("test:host/api"), Misuse("is not a core module"));
    EXPECT_THAT(instance.module("test:host/api", "m"), Succeeds());
    return need(instance.module("m"));
  }();
  linker.module("m", exported);
  EXPECT_THAT(run(using_module(exports_f)), Gives(9U));
}

TEST_F(CoreModules, CanBeExportedAgain) {
  linker.module("m", module(R"((module (func (export "f") (result i32) (i32.const 7))))"));
  const Instance passing = start(R"((component (import "m" (core module $m )" + std::string(exports_f) +
                                 R"()) (export "again" (core module $m))))");
  Linker other(engine());
  other.module("m", need(passing.module("again")));
  const Instance instance = need(other.instantiate(store, compile(using_module(exports_f))));
  EXPECT_THAT(need(instance.func<std::uint32_t()>("run"))(), Gives(7U));
}

TEST_F(CoreModules, ComeFromAProvidingInstance) {
  const Instance provider = start(R"((component (core module $m (func (export "f") (result i32) (i32.const 4)))
    (instance $i (export "m" (core module $m))) (export "test:host/api" (instance $i))))");
  linker.instance("test:host/api", provider);
  const std::string text =
      R"((component (import "test:host/api" (instance $i (export "m" (core module )" + std::string(exports_f) + R"())))
    (alias export $i "m" (core module $m)) (core instance $c (instantiate $m))
    (func (export "run") (result u32) (canon lift (core func $c "f")))))";
  EXPECT_THAT(run(text), Gives(4U));
  EXPECT_THAT(linker.link(compile(
                  R"((component (import "test:host/api" (instance (export "m" (core module (export "g" (func))))))))")),
              Fails(ErrorKind::link, "test:host/api/m: module export `g` not defined"));
}

TEST_F(CoreModules, MustBeValid) {
  EXPECT_THAT(CoreModule::from_text(engine(), "(module (func (result i32)))"),
              Fails(ErrorKind::invalid, "type mismatch"));
  EXPECT_THAT(CoreModule::from_text(engine(), "(component)"), Fails(ErrorKind::invalid, ""));
}

// --- nested instances ---

constexpr std::string_view nested = R"((component
  (import "test:host/api" (instance $outer (export "inner" (instance (export "four" (func (result u32)))))))
  (alias export $outer "inner" (instance $inner))
  (core func $four (canon lower (func $inner "four")))
  (core module $m (import "" "four" (func $four (result i32))) (func (export "run") (result i32) (call $four)))
  (core instance $i (instantiate $m (with "" (instance (export "four" (func $four))))))
  (func (export "run") (result u32) (canon lift (core func $i "run")))))";

using NestedInstances = CoreModules;

TEST_F(NestedInstances, ComeFromTheHost) {
  EXPECT_THAT(refusal(nested), ::testing::HasSubstr("test:host/api: the instance was not found"));
  api().func("other", [] {});
  EXPECT_THAT(refusal(nested), ::testing::HasSubstr("test:host/api/inner: the instance was not found"));
  api().instance("inner").func("four", [] { return 4U; });
  EXPECT_THAT(run(nested), Gives(4U));
}

TEST_F(NestedInstances, ComeFromAProvidingInstance) {
  const Instance provider = start(R"((component
    (core module $m (func (export "four") (result i32) (i32.const 44))) (core instance $i (instantiate $m))
    (func $four (result u32) (canon lift (core func $i "four")))
    (instance $inner (export "four" (func $four))) (instance $outer (export "inner" (instance $inner)))
    (export "test:host/api" (instance $outer))))");
  linker.instance("test:host/api", provider);
  EXPECT_THAT(run(nested), Gives(44U));
}

TEST_F(NestedInstances, WithoutFunctionsNeedNoDefinition) {
  EXPECT_THAT(
      linker.link(compile(R"((component (import "a" (instance)) (import "b" (instance (export "x" (instance))))))")),
      Succeeds());
  linker.func("a", [] {});
  EXPECT_THAT(linker.link(compile(R"((component (import "a" (instance))))")),
              Fails(ErrorKind::link, "a: expected instance found func"));
}

// --- one type under two names ---

struct Token {};

TEST_F(NestedInstances, OneResourceTypeMayHaveTwoNames) {
  const auto type = std::make_shared<TypedHostResource<Token>>("token");
  api().resource("a", type).resource("b", type).resource<int*>("c");
  const auto same = [&](std::string_view first, std::string_view second) {
    return linker.link(compile(R"((component (import "test:host/api" (instance (export ")" + std::string(first) +
                               R"(" (type $t (sub resource))) (export ")" + std::string(second) +
                               R"(" (type (eq $t)))))))"));
  };
  EXPECT_THAT(same("a", "b"), Succeeds());
  EXPECT_THAT(same("a", "c"), Fails(ErrorKind::link, "mismatched resource types"));
}

}  // namespace
}  // namespace holdfast::embed_test
