// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a linker reports definitions that are missing, wrong or duplicate, and which versions satisfy an import.
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct PlainBucket {
  std::uint32_t number = 0;
};
struct OtherResource {};

class Link : public Api {
 protected:
  std::string refusal(std::string_view text, ErrorKind kind = ErrorKind::link) {
    const auto linked = linker.link(compile(text));
    if (linked) return "it was linked";
    EXPECT_EQ(linked.error().kind(), kind) << describe(linked.error());
    return linked.error().message();
  }

  const std::string kv =
      passing_on({{"get", R"((param "self" (borrow $bucket)) (param "key" string) (result u32))", "i32 i32 i32", "i32"},
                  {"make", R"((param "n" u32) (result (own $bucket)))", "i32", "i32"},
                  {"log", R"((param "line" string))", "i32 i32"}},
                 {{"bucket", "resource"}});
};

// --- missing definitions ---

TEST_F(Link, AMissingInterfaceIsListedWithItsFunctions) {
  EXPECT_THAT(refusal(kv), AllOf(HasSubstr("test:host/api: the instance was not found"), HasSubstr("resource bucket"),
                                 HasSubstr("get: func(self: borrow<bucket>, key: string) -> u32"),
                                 HasSubstr("make: func(n: u32) -> bucket"), HasSubstr("log: func(line: string)")));
}

TEST_F(Link, EverythingThatIsMissingIsListedAtOnce) {
  api().func("log", [](std::string_view) {});
  EXPECT_THAT(
      refusal(kv),
      AllOf(HasSubstr("test:host/api/bucket: the resource type was not found"),
            HasSubstr("test:host/api/get: the function was not found: func(self: borrow<bucket>, key: string) -> u32"),
            HasSubstr("test:host/api/make: the function was not found: func(n: u32) -> bucket"),
            Not(HasSubstr("api/log"))));
}

TEST_F(Link, DefinitionsThatNobodyImportsAreAllowed) {
  api().func("f", [] {}).func("g", [] {}).resource<PlainBucket>("bucket");
  linker.instance("test:host/unused").func("h", [](std::string) {});
  EXPECT_THAT(linker.link(compile(running(""))), Succeeds());
}

// --- wrong types ---

TEST_F(Link, AWrongParameterIsNamedWithBothTypes) {
  api()
      .resource<PlainBucket>("bucket")
      .func("get", [](const PlainBucket&, std::uint32_t) { return 1U; })
      .func("make", [](std::uint32_t n) { return PlainBucket{n}; })
      .func("log", [](std::string_view) {});
  EXPECT_THAT(refusal(kv), AllOf(HasSubstr("test:host/api/get: parameter 2 (key) is string"),
                                 HasSubstr("the component expects func(self: borrow<bucket>, key: string) -> u32"),
                                 Not(HasSubstr("api/make")), Not(HasSubstr("api/log"))));
}

TEST_F(Link, EveryWrongTypeIsListedAtOnce) {
  api()
      .resource<PlainBucket>("bucket")
      .func("get", [](const PlainBucket&, std::string_view) { return std::uint64_t{1}; })
      .func("make", [](std::uint32_t) { return OtherResource(); })
      .func("log", [](std::string_view, bool) {});
  EXPECT_THAT(refusal(kv),
              AllOf(HasSubstr("test:host/api/get: the result is u32"), HasSubstr("test:host/api/make: the result is "),
                    HasSubstr("test:host/api/log: the function has 1 parameters, but the C++ signature has 2")));
}

TEST_F(Link, AMissingOrExtraResultIsAWrongType) {
  api()
      .resource<PlainBucket>("bucket")
      .func("get", [](const PlainBucket&, std::string_view) {})
      .func("make", [](std::uint32_t n) { return PlainBucket{n}; })
      .func("log", [](std::string_view) { return true; });
  EXPECT_THAT(refusal(kv),
              AllOf(HasSubstr("api/get: the result is u32"), HasSubstr("api/log: the function has no result")));
}

TEST_F(Link, AnOwnDoesNotFitABorrow) {
  api()
      .resource<PlainBucket>("bucket")
      .func("get", [](PlainBucket, std::string_view) { return 1U; })
      .func("make", [](std::uint32_t n) { return PlainBucket{n}; })
      .func("log", [](std::string_view) {});
  EXPECT_THAT(refusal(kv), HasSubstr("api/get: parameter 1 (self) is borrow"));
}

TEST_F(Link, AClassThatIsNotTheResourceIsRefused) {
  api()
      .resource<OtherResource>("bucket")
      .func("get", [](const PlainBucket&, std::string_view) { return 1U; })
      .func("make", [](std::uint32_t n) { return PlainBucket{n}; })
      .func("log", [](std::string_view) {});
  EXPECT_THAT(refusal(kv), AllOf(HasSubstr("parameter 1 (self)"), HasSubstr("api/make: the result is")));
}

// --- mistakes in definitions ---

TEST_F(Link, DuplicateDefinitionsAreCollected) {
  api().func("f", [] {}).func("f", [] {}).resource<PlainBucket>("bucket").resource<OtherResource>("bucket");
  linker.func("root", [] {}).func("root", [] {});
  EXPECT_THAT(refusal(running(""), ErrorKind::misuse),
              AllOf(HasSubstr("test:host/api/f: is defined twice"), HasSubstr("test:host/api/bucket: is defined twice"),
                    HasSubstr("root: is defined twice")));
}

TEST_F(Link, AnInterfaceMayBeDefinedInSteps) {
  api().func("f", [] {});
  api().func("g", [] {});
  EXPECT_THAT(linker.link(compile(running(""))), Succeeds());
}

// --- without an interface ---

TEST_F(Link, FunctionsAndResourcesAtTheRoot) {
  constexpr std::string_view text = R"((component
    (import "bucket" (type $bucket (sub resource)))
    (import "make" (func $make (param "n" u32) (result (own $bucket))))
    (import "look" (func $look (param "b" (borrow $bucket)) (result u32)))
    (core func $make (canon lower (func $make)))
    (core func $look (canon lower (func $look)))
    (core module $M (import "" "make" (func $make (param i32) (result i32))) (import "" "look" (func $look (param i32) (result i32)))
      (func (export "run") (param i32) (result i32) (call $look (call $make (local.get 0)))))
    (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "look" (func $look))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run")))))";
  EXPECT_THAT(refusal(text), AllOf(HasSubstr("\n  bucket: the resource type was not found"),
                                   HasSubstr("\n  make: the function was not found")));
  linker.resource<PlainBucket>("bucket");
  linker.func("make", [](std::uint32_t n) { return PlainBucket{n}; }).func("look", [](const PlainBucket& bucket) {
    return bucket.number;
  });
  const Instance instance = start(text);
  EXPECT_THAT(need(instance.func<std::uint32_t(std::uint32_t)>("run"))(7), Gives(7U));
}

// --- versions ---

class Versions : public Api {
 protected:
  /// Imports this version of test:host/v and calls its `which`.
  static std::string importing(const std::string& version) {
    return R"((component (import "test:host/v@)" + version + R"(" (instance $v (export "which" (func (result u32)))))
      (core func $which (canon lower (func $v "which")))
      (core module $M (import "" "which" (func $which (result i32))) (func (export "run") (result i32) (call $which)))
      (core instance $m (instantiate $M (with "" (instance (export "which" (func $which))))))
      (func (export "run") (result u32) (canon lift (core func $m "run")))))";
  }
  void define(const std::string& version, std::uint32_t which) {
    linker.instance("test:host/v@" + version).func("which", [which] { return which; });
  }
  HostResult<std::uint32_t> which(const std::string& version) {
    HOLDFAST_TRY_ASSIGN(const Instance instance, linker.instantiate(store, compile(importing(version))));
    HOLDFAST_TRY_ASSIGN(const auto run, instance.func<std::uint32_t()>("run"));
    return run();
  }
};

TEST_F(Versions, ALaterPatchSatisfies) {
  define("0.2.12", 12);
  EXPECT_THAT(which("0.2.3"), Gives(12U));
  EXPECT_THAT(which("0.2.12"), Gives(12U));
  EXPECT_THAT(which("0.3.0"), Fails(ErrorKind::link, "not found"));
  EXPECT_THAT(which("0.1.0"), Fails(ErrorKind::link, "not found"));
}

TEST_F(Versions, FromVersionOneTheMajorVersionDecides) {
  define("1.4.0", 14);
  EXPECT_THAT(which("1.0.7"), Gives(14U));
  EXPECT_THAT(which("2.0.0"), Fails(ErrorKind::link, "not found"));
}

TEST_F(Versions, ZeroZeroPatchesAreAllDifferent) {
  define("0.0.2", 2);
  EXPECT_THAT(which("0.0.2"), Gives(2U));
  EXPECT_THAT(which("0.0.1"), Fails(ErrorKind::link, "not found"));
}

TEST_F(Versions, APrereleaseIsOnlyItself) {
  define("0.2.0-rc-2023-11-10", 10);
  EXPECT_THAT(which("0.2.0-rc-2023-11-10"), Gives(10U));
  EXPECT_THAT(which("0.2.0"), Fails(ErrorKind::link, "not found"));
  EXPECT_THAT(which("0.2.0-rc-2023-12-05"), Fails(ErrorKind::link, "not found"));
}

TEST_F(Versions, TheExactVersionIsPreferredThenTheNewest) {
  define("0.2.3", 3);
  define("0.2.12", 12);
  define("0.2.9", 9);
  EXPECT_THAT(which("0.2.9"), Gives(9U));
  EXPECT_THAT(which("0.2.4"), Gives(12U));
}

TEST_F(Versions, MixedVersionsInOneComponentShareOneResource) {
  constexpr std::string_view text = R"((component
    (import "test:host/v@0.2.3" (instance $old (export "bucket" (type $bucket (sub resource)))
      (export "make" (func (param "n" u32) (result (own $bucket))))))
    (import "test:host/v@0.2.5" (instance $new (export "bucket" (type $bucket (sub resource)))
      (export "look" (func (param "b" (borrow $bucket)) (result u32)))))
    (core func $make (canon lower (func $old "make")))
    (core func $look (canon lower (func $new "look")))
    (core module $M (import "" "make" (func $make (param i32) (result i32))) (import "" "look" (func $look (param i32) (result i32)))
      (func (export "run") (param i32) (result i32) (call $look (call $make (local.get 0)))))
    (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "look" (func $look))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run")))))";
  linker.instance("test:host/v@0.2.6")
      .resource<PlainBucket>("bucket")
      .func("make", [](std::uint32_t n) { return PlainBucket{n}; })
      .func("look", [](const PlainBucket& bucket) { return bucket.number; });
  EXPECT_THAT(need(start(text).func<std::uint32_t(std::uint32_t)>("run"))(7), Gives(7U));
}

}  // namespace
}  // namespace holdfast::embed_test
