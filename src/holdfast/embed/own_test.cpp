// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The life of an Own: moved, closed, and destroyed while its guest runs, on another thread, or after its store.
#include <thread>

#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Owns : public Api {};

TEST_F(Owns, UsingAnEmptyOneIsAnError) {
  const Blobs guest(start(blobs()));
  Own<Blob> empty;
  EXPECT_FALSE(empty);
  EXPECT_THAT(empty.close(), Closed("empty"));
  EXPECT_THAT(guest.get(empty), Misuse("null"));
  EXPECT_THAT(guest.forget(std::move(empty)), Misuse("null"));
}

TEST_F(Owns, AssigningDropsTheOldResource) {
  const Blobs guest(start(blobs()));
  Own<Blob> blob = need(guest.make(1));
  blob = need(guest.make(2));
  EXPECT_THAT(guest.count(), Gives(1U));
  EXPECT_THAT(guest.get(blob), Gives(2U));
  Own<Blob>& same = blob;
  blob = std::move(same);
  EXPECT_THAT(guest.get(blob), Gives(2U)) << "assigning it to itself changes nothing";
}

TEST_F(Owns, ClosingTwiceIsAnError) {
  const Blobs guest(start(blobs()));
  Own<Blob> blob = need(guest.make(1));
  EXPECT_THAT(blob.close(), Succeeds());
  EXPECT_FALSE(blob);
  EXPECT_THAT(blob.close(), Closed("already closed"));
  EXPECT_THAT(guest.count(), Gives(0U));
}

TEST_F(Owns, ClosingReportsATrapOfTheDestructor) {
  const Blobs guest(start(blobs()));
  Own<Blob> blob = need(guest.make(666));
  const auto closed = blob.close();
  ASSERT_THAT(closed, Traps("unreachable"));
  EXPECT_THAT(closed.error().message(), HasSubstr("blob"));
  EXPECT_THAT(blob.close(), Closed("already closed"));
}

TEST_F(Owns, ATrapDuringDestructionIsInTheStoreReport) {
  const Blobs guest(start(blobs()));
  {
    const Own<Blob> blob = need(guest.make(666));
  }
  EXPECT_THAT(guest.count(), Traps("cannot enter"));
  const auto report = need(store.close());
  ASSERT_EQ(report.failed_drops.size(), 1U);
  EXPECT_THAT(report.failed_drops[0].message(), HasSubstr("unreachable"));
}

TEST_F(Owns, OneDestroyedInAHostFunctionWaitsForTheGuest) {
  std::optional<Own<Blob>> blob;
  std::optional<Blobs> guest;
  std::vector<std::string> journal;
  api().func("gone", [&](std::uint32_t) { journal.push_back("gone"); }).func("pong", [&] {
    blob.reset();
    journal.push_back("pong");
    return 1U;
  });
  guest.emplace(start(blobs(true)));
  blob = need(guest->make(1));
  EXPECT_THAT(guest->instance.call(blobs_interface, "ping", {}), Succeeds());
  EXPECT_THAT(journal, ::testing::ElementsAre("pong", "gone"));
}

TEST_F(Owns, ClosingOneWhileItsGuestRunsIsRefused) {
  std::optional<Own<Blob>> blob;
  api().func("gone", [](std::uint32_t) {}).func("pong", [&] {
    EXPECT_THAT(blob->close(), Traps("cannot enter component instance"));
    return 1U;
  });
  const Blobs guest(start(blobs(true)));
  blob = need(guest.make(1));
  EXPECT_THAT(guest.instance.call(blobs_interface, "ping", {}), Succeeds());
}

TEST_F(Owns, OneDestroyedOnAnotherThreadIsDroppedLater) {
  const Blobs guest(start(blobs()));
  std::optional<Own<Blob>> blob = need(guest.make(1));
  std::thread([&] { blob.reset(); }).join();
  EXPECT_EQ(store.handles().live, 0U);
  EXPECT_THAT(guest.count(), Gives(0U)) << "dropped before the call";
}

TEST_F(Owns, OneMayBeDestroyedOnAnotherThreadAfterItsStore) {
  std::optional<Own<Blob>> blob;
  {
    Store inner = need(Store::create(engine()));
    const Blobs guest(need(linker.instantiate(inner, compile(blobs()))));
    blob = need(guest.make(1));
  }
  std::thread([&] { blob.reset(); }).join();
}

TEST_F(Owns, UsingOneAfterItsStoreIsAnError) {
  Own<Blob> blob;
  {
    Store inner = need(Store::create(engine()));
    const Blobs guest(need(linker.instantiate(inner, compile(blobs()))));
    blob = need(guest.make(1));
  }
  EXPECT_TRUE(blob) << "it was not moved away";
  EXPECT_THAT(blob.close(), Closed("the store of the handle is closed"));
  EXPECT_FALSE(blob);
}

TEST_F(Owns, ThoseReturnedByAFailedCallAreDropped) {
  // The results are lifted, then post-return traps.
  const Blobs provider(start(blobs()));
  linker.instance(blobs_interface, provider.instance);
  const Instance instance = start(R"((component
    (import "test:guest/blobs@1.2.0" (instance $blobs (export "blob" (type $blob (sub resource)))
      (export "[constructor]blob" (func (param "x" u32) (result (own $blob))))))
    (alias export $blobs "blob" (type $blob))
    (core func $make (canon lower (func $blobs "[constructor]blob")))
    (core module $M (import "" "make" (func $make (param i32) (result i32)))
      (func (export "run") (result i32) (call $make (i32.const 3)))
      (func (export "after") (param i32) unreachable))
    (core instance $m (instantiate $M (with "" (instance (export "make" (func $make))))))
    (func (export "run") (result (own $blob)) (canon lift (core func $m "run") (post-return (core func $m "after"))))))");
  const auto run = need(instance.func<Own<Blob>()>("run"));
  EXPECT_THAT(run(), Traps("unreachable"));
  EXPECT_THAT(provider.count(), Gives(0U));
  EXPECT_THAT(need(store.close()).leaks, IsEmpty());
}

}  // namespace
}  // namespace holdfast::embed_test
