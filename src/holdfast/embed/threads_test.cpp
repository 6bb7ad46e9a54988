// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What threads may share, and what happens when two threads use one store at the same time.
#include <atomic>
#include <thread>

#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

constexpr std::string_view calls_in_a_loop = R"((component
  (import "test:host/api" (instance $api (export "f" (func (param "x" u32) (result u32)))))
  (core func $f (canon lower (func $api "f")))
  (core module $M (import "" "f" (func $f (param i32) (result i32)))
    (func (export "run") (param $n i32) (result i32) (local $sum i32)
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (call $f (local.get $n))))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $next (local.get $n)))
      (local.get $sum)))
  (core instance $m (instantiate $M (with "" (instance (export "f" (func $f))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run")))))";

TEST(Threads, StoresOnSeveralThreadsShareEngineComponentAndLinkedImports) {
  std::atomic<std::uint32_t> calls = 0;
  Linker linker(engine());
  linker.instance("test:host/api").func("f", [&](std::uint32_t x) {
    ++calls;
    return x;
  });
  const Component component = compile(calls_in_a_loop);
  const InstancePre pre = need(linker.link(component));
  const auto work = [&] {
    for (int round = 0; round < 5; ++round) {
      Store store = need(Store::create(engine()));
      const Instance instance = need((round % 2 == 0) ? pre.instantiate(store) : linker.instantiate(store, component));
      EXPECT_THAT(need(instance.func<std::uint32_t(std::uint32_t)>("run"))(100), Gives(5050U));
    }
  };
  std::thread first(work), second(work);
  first.join();
  second.join();
  EXPECT_EQ(calls, 1000U);
}

TEST(Threads, AStoreMayMoveBetweenThreads) {
  std::optional<Store> store(need(Store::create(engine())));
  Linker linker(engine());
  std::optional<Blobs> guest(need(linker.instantiate(*store, compile(blobs()))));
  std::optional<Own<Blob>> blob;
  std::thread([&] { blob = need(guest->make(5)); }).join();
  EXPECT_THAT(guest->get(*blob), Gives(5U));
  std::thread([&] {
    EXPECT_THAT(blob->close(), Succeeds());
    EXPECT_THAT(store->close(), Succeeds());
  }).join();
}

TEST(Threads, OwnsMayBeDestroyedOnOtherThreadsWhileTheStoreIsInUse) {
  Store store = need(Store::create(engine()));
  const Blobs guest(need(Linker(engine()).instantiate(store, compile(blobs()))));
  std::vector<Own<Blob>> owns;
  for (std::uint32_t i = 0; i < 200; ++i) owns.push_back(need(guest.make(i)));
  std::thread other([&] {
    for (Own<Blob>& blob : owns) Own<Blob>(std::move(blob));
  });
  for (int i = 0; i < 200; ++i) EXPECT_THAT(guest.make(1), Succeeds());
  other.join();
  EXPECT_THAT(guest.count(), Gives(0U));
}

TEST(Threads, AnyThreadMayInterruptAStore) {
  Store store = need(Store::create(engine()));
  std::atomic<bool> is_running = false;
  Linker linker(engine());
  linker.instance("test:host/api").func("f", [&] { is_running = true; });
  const Instance instance = need(linker.instantiate(store, compile(running("(call $f) (loop $again (br $again))"))));
  std::thread watchdog([handle = store.interrupt_handle(), &is_running] {
    while (!is_running) std::this_thread::yield();
    handle.interrupt();
  });
  EXPECT_THAT(instance.call("run", {}), Limit("interrupt"));
  watchdog.join();
}

#ifndef NDEBUG
TEST(Threads, AStoreThatTwoThreadsUseAtOnceStopsTheProgramInDebugBuilds) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Store store = need(Store::create(engine()));
  std::optional<Instance> instance;
  Linker linker(engine());
  linker.instance("test:host/api").func("f", [&] {
    std::thread([&] { static_cast<void>(instance->call("run", {})); }).join();
  });
  instance = need(linker.instantiate(store, compile(running("call $f"))));
  EXPECT_DEATH(static_cast<void>(instance->call("run", {})), "a store is used by one thread at a time");
}
#endif

}  // namespace
}  // namespace holdfast::embed_test
