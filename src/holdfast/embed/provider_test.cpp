// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exports of one component as the imports of another.
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Providers : public Api {
 protected:
  /// Imports functions of the blobs, and exports `pair: func(a: u32, b: u32) -> own<blob>`, their sum.
  static std::string client(const std::string& version = "1.2.0", const std::string& parameter = "u32") {
    return R"((component
      (import "test:guest/blobs@)" +
           version + R"(" (instance $blobs (export "blob" (type $blob (sub resource)))
        (export "[constructor]blob" (func (param "x" )" +
           parameter + R"() (result (own $blob))))
        (export "merge" (func (param "a" (own $blob)) (param "b" (own $blob)) (result (own $blob))))))
      (alias export $blobs "blob" (type $blob))
      (core func $make (canon lower (func $blobs "[constructor]blob")))
      (core func $merge (canon lower (func $blobs "merge")))
      (core module $M
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "merge" (func $merge (param i32 i32) (result i32)))
        (func (export "pair") (param i32 i32) (result i32)
          (call $merge (call $make (local.get 0)) (call $make (local.get 1)))))
      (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "merge" (func $merge))))))
      (func (export "pair") (param "a" u32) (param "b" u32) (result (own $blob)) (canon lift (core func $m "pair")))))";
  }
};

TEST_F(Providers, ProvideFunctionsAndResources) {
  const Blobs provider(start(blobs()));
  linker.instance(blobs_interface, provider.instance);
  const Instance instance = start(client());
  const auto pair = need(instance.func<Own<Blob>(std::uint32_t, std::uint32_t)>("pair"));
  Own<Blob> sum = need(pair(3, 4));
  EXPECT_THAT(provider.get(sum), Gives(7U)) << "it is the provider's resource";
  EXPECT_THAT(provider.count(), Gives(1U));
  EXPECT_THAT(sum.close(), Succeeds());
  EXPECT_THAT(provider.count(), Gives(0U));
}

TEST_F(Providers, MayHaveACompatibleVersion) {
  const Blobs provider(start(blobs()));
  linker.instance("test:guest/blobs@1.0.1", provider.instance);
  EXPECT_THAT(linker.instantiate(store, compile(client("1.1.0"))), Succeeds());
}

TEST_F(Providers, ServeTheirOwnStoreOnly) {
  const Blobs provider(start(blobs()));
  linker.instance(blobs_interface, provider.instance);
  const InstancePre pre = need(linker.link(compile(client())));
  Store other = need(Store::create(engine()));
  EXPECT_THAT(pre.instantiate(other), Misuse("another store"));
  EXPECT_THAT(pre.instantiate(store), Succeeds());
}

TEST_F(Providers, OfTwoStoresCannotBeMixed) {
  Store other = need(Store::create(engine()));
  const Blobs local(start(blobs()));
  const Blobs foreign(need(linker.instantiate(other, compile(blobs()))));
  linker.instance("test:guest/blobs@1.2.0", local.instance).instance("test:guest/blobs@1.0.0", foreign.instance);
  const std::string both = R"((component
    (import "test:guest/blobs@1.2.0" (instance (export "count" (func (result u32)))))
    (import "test:guest/blobs@1.0.0" (instance (export "count" (func (result u32)))))))";
  EXPECT_THAT(linker.link(compile(both)), Fails(ErrorKind::link, "different stores"));
}

TEST_F(Providers, WithoutTheInterfaceAreAMistake) {
  const Blobs provider(start(blobs()));
  linker.instance("test:guest/other", provider.instance).instance("test:guest/blobs@2.0.0", provider.instance);
  const auto linked = linker.link(compile(client()));
  ASSERT_THAT(linked, Misuse("test:guest/other: component exports no such interface"));
  EXPECT_THAT(linked.error().message(), HasSubstr("test:guest/blobs@2.0.0: component exports no such interface"));
}

TEST_F(Providers, WithoutAFunctionAreALinkError) {
  const Blobs provider(start(blobs()));
  linker.instance(blobs_interface, provider.instance);
  const auto linked = linker.link(compile(
      R"((component (import "test:guest/blobs@1.2.0" (instance (export "count" (func (result u32))) (export "more" (func)) (export "blob" (func))))))"));
  ASSERT_THAT(linked, Fails(ErrorKind::link, "blobs@1.2.0/more: the export was not found in the providing instance"));
  EXPECT_THAT(linked.error().message(), HasSubstr("blobs@1.2.0/blob: expected func found resource"));
}

TEST_F(Providers, OfTheWrongTypeAreALinkErrorWithBothTypes) {
  const Blobs provider(start(blobs()));
  linker.instance(blobs_interface, provider.instance);
  const auto linked = linker.link(compile(client("1.2.0", "s32")));
  ASSERT_THAT(linked, Fails(ErrorKind::link, "blobs@1.2.0/[constructor]blob"));
  EXPECT_THAT(linked.error().message(), AllOf(HasSubstr("func(x: u32) -> blob"), HasSubstr("func(x: s32) -> blob")));
}

TEST_F(Providers, CannotBeRedefined) {
  const Blobs provider(start(blobs()));
  linker.instance(blobs_interface, provider.instance).instance(blobs_interface, provider.instance);
  linker.instance(blobs_interface).func("count", [] { return 1U; }).resource<int*>("blob");
  const auto linked = linker.link(compile(client()));
  ASSERT_THAT(linked, Misuse("is defined twice"));
  EXPECT_THAT(linked.error().message(), HasSubstr("a component instance already provides it"));
}

TEST_F(Providers, OfAClosedStoreAreAMistake) {
  const Blobs provider(start(blobs()));
  EXPECT_THAT(store.close(), Succeeds());
  linker.instance(blobs_interface, provider.instance);
  EXPECT_THAT(linker.link(compile(client())), Misuse("the store of the providing instance is closed"));
}

TEST_F(Providers, WhoseStoreWasDestroyedAreALinkError) {
  const Component component = compile(client());
  std::optional<InstancePre> pre;
  {
    Store inner = need(Store::create(engine()));
    const Instance provider = need(linker.instantiate(inner, compile(blobs())));
    linker.instance(blobs_interface, provider);
    pre = need(linker.link(component));
  }
  EXPECT_THAT(linker.link(component), Fails(ErrorKind::link, "the store of the providing instance is closed"));
  for (int i = 0; i < 8; ++i) {  // none of these may be mistaken for the provider's store
    Store other = need(Store::create(engine()));
    EXPECT_THAT(pre->instantiate(other), Misuse("another store"));
  }
}

TEST_F(Providers, ThatTrappedCannotBeCalled) {
  const Blobs provider(start(blobs()));
  linker.instance(blobs_interface, provider.instance);
  const Instance instance = start(client());
  Own<Blob> trap = need(provider.make(666));
  EXPECT_THAT(trap.close(), Traps("unreachable"));
  const auto failed = instance.call("pair", std::vector{Val::u32(1), Val::u32(2)});
  ASSERT_THAT(failed, Traps("cannot enter"));
  EXPECT_EQ(failed.error().rule(), Rule::trapped_instances_stay_closed);
}

}  // namespace
}  // namespace holdfast::embed_test
