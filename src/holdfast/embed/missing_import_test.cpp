// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Linker::missing_as_traps: imports that nobody defines.
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast {
namespace {

using embed_test::compile;
using embed_test::engine;
using embed_test::Fails;
using embed_test::need;
using embed_test::Succeeds;
using embed_test::Traps;

/// Imports a resource and functions from two versions of one interface, and a function without an interface.
constexpr std::string_view guest = R"((component
  (import "test:net/api@1.2.0" (instance $old
    (export "socket" (type $s (sub resource)))
    (export "open" (func (result (own $s))))
    (export "known" (func (result u32)))))
  (import "test:net/api@1.3.0" (instance $new (export "close" (func))))
  (import "alone" (func $alone))
  (core func $known (canon lower (func $old "known")))
  (core func $open (canon lower (func $old "open")))
  (core func $close (canon lower (func $new "close")))
  (core func $alone (canon lower (func $alone)))
  (core module $m
    (import "" "known" (func $known (result i32)))
    (import "" "open" (func $open (result i32)))
    (import "" "close" (func $close))
    (import "" "alone" (func $alone))
    (func (export "known") (result i32) call $known)
    (func (export "open") call $open drop)
    (func (export "close") call $close)
    (func (export "alone") call $alone))
  (core instance $i (instantiate $m (with "" (instance
    (export "known" (func $known)) (export "open" (func $open)) (export "close" (func $close))
    (export "alone" (func $alone))))))
  (func (export "known") (result u32) (canon lift (core func $i "known")))
  (func (export "open") (canon lift (core func $i "open")))
  (func (export "close") (canon lift (core func $i "close")))
  (func (export "alone") (canon lift (core func $i "alone")))))";

class MissingImports : public embed_test::Api {
 protected:
  /// Calls a function of a fresh instance, because a trap closes the instance.
  HostResult<void> call(std::string_view name) {
    return need(need(linker.instantiate(store, compile(guest))).func<void()>(name))();
  }
};

TEST_F(MissingImports, AreALinkErrorUnlessAllowed) {
  EXPECT_THAT(linker.link(compile(guest)), Fails(ErrorKind::link, "test:net/api@1.2.0"));
  linker.missing_as_traps("test:other/");
  EXPECT_THAT(linker.link(compile(guest)), Fails(ErrorKind::link, "test:net/api@1.2.0"));
}

TEST_F(MissingImports, TrapByNameWhenTheyAreCalled) {
  linker.missing_as_traps();
  EXPECT_THAT(call("open"), Traps("the component called `test:net/api@1.2.0/open`, which the host does not provide"));
  EXPECT_THAT(call("close"), Traps("test:net/api@1.3.0/close"));
  EXPECT_THAT(call("alone"), Traps("the component called `alone`"));
}

TEST_F(MissingImports, DoNotReplaceDefinitions) {
  linker.instance("test:net/api@1.3.0").func("known", [] { return std::uint32_t{7}; });
  linker.missing_as_traps("test:net/");
  linker.func("alone", [] {});
  EXPECT_THAT(need(need(linker.instantiate(store, compile(guest))).func<std::uint32_t()>("known"))(),
              embed_test::Gives(7U));
  EXPECT_THAT(call("alone"), Succeeds());
  EXPECT_THAT(call("open"), Traps("test:net/api@1.2.0/open"));
}

TEST_F(MissingImports, AreAllowedByPrefixOnly) {
  linker.missing_as_traps("test:net/");
  EXPECT_THAT(linker.link(compile(guest)), Fails(ErrorKind::link, "alone"));
  linker.func("alone", [] {});
  EXPECT_THAT(linker.link(compile(guest)), Succeeds());
}

TEST_F(MissingImports, DoNotExcuseDefinitionsThatDoNotFit) {
  linker.instance("test:net/api@1.3.0").func("known", [] { return 1.5; });
  linker.missing_as_traps();
  EXPECT_THAT(linker.link(compile(guest)), Fails(ErrorKind::link, "known"));
}

}  // namespace
}  // namespace holdfast
