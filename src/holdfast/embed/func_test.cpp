// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Typed functions of components: their lookup, wrong types, and handles as arguments and results.
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Tag;
struct Bucket {
  explicit Bucket(std::uint32_t n, std::shared_ptr<int> life = {}) : number(n), alive(std::move(life)) {}
  std::uint32_t number;
  std::shared_ptr<int> alive;
};

class Functions : public Api {
 protected:
  const std::string buckets =
      passing_on({{"make", R"((param "n" u32) (result (own $bucket)))", "i32", "i32"},
                  {"take", R"((param "b" (own $bucket)) (result u32))", "i32", "i32"},
                  {"look", R"((param "b" (borrow $bucket)) (result u32))", "i32", "i32", "bucket"}},
                 {{"bucket", "resource"}});
  void define_buckets() {
    api()
        .resource<Bucket>("bucket")
        .func("make", [this](std::uint32_t n) { return Bucket(n, alive); })
        .func("take", [](std::unique_ptr<Bucket> bucket) { return bucket->number; })
        .func("look", [](Bucket& bucket) { return bucket.number++; });
  }
  const std::shared_ptr<int> alive = std::make_shared<int>();
};

// --- types ---

TEST_F(Functions, WrongTypesAreMisuseThatNamesFunctionParameterAndType) {
  define_buckets();
  const Instance instance = start(buckets);
  const auto wrong = instance.func<Own<Bucket>(std::string)>("make");
  ASSERT_THAT(wrong, Misuse("parameter 1 (n) is u32"));
  EXPECT_THAT(wrong.error().message(), AllOf(HasSubstr("component: make"), HasSubstr("func(n: u32) -> bucket")));
  EXPECT_THAT((instance.func<Own<Bucket>(std::uint32_t, bool)>("make")),
              Misuse("the function has 1 parameters, but the C++ signature has 2"));
  EXPECT_THAT((instance.func<void(std::uint32_t)>("make")), Misuse("the result is own"));
  EXPECT_THAT((instance.func<Own<Blob>(std::uint32_t)>("make")), Misuse("the result is own"));
  EXPECT_THAT((instance.func<std::uint32_t(Own<Bucket>)>("look")), Misuse("parameter 1 (b) is borrow"));
  EXPECT_THAT((instance.func<std::uint32_t(Borrow<Bucket>)>("take")), Misuse("parameter 1 (b) is own"));
}

TEST_F(Functions, ATagTypeMustBeBoundFirst) {
  const Instance instance = start(blobs());
  EXPECT_THAT((instance.func<Own<Blob>(std::uint32_t)>(blobs_interface, "[constructor]blob")),
              Misuse("Instance::resource_type"));
  EXPECT_THAT(instance.resource_type<Blob>(blobs_interface, "blob"), Succeeds());
  EXPECT_THAT((instance.func<Own<Blob>(std::uint32_t)>(blobs_interface, "[constructor]blob")), Succeeds());
  EXPECT_THAT(instance.resource_type<Blob>(blobs_interface, "blob"), Succeeds()) << "binding it again is allowed";
  EXPECT_THAT(instance.resource_type<Tag>(blobs_interface, "blob"), Misuse("bound to another C++ type"));
}

TEST_F(Functions, ATagTypeIsBoundForOneInstance) {
  const Blobs first(start(blobs()));
  const Instance second = start(blobs());
  EXPECT_THAT((second.func<Own<Blob>(std::uint32_t)>(blobs_interface, "[constructor]blob")), Misuse("resource_type"));
}

TEST_F(Functions, AMovedFunctionStaysUsable) {
  const Blobs guest(start(blobs()));
  auto count = guest.count;
  const auto moved = std::move(count);
  EXPECT_THAT(count(), Gives(0U));  // NOLINT(bugprone-use-after-move): that is the point
  EXPECT_THAT(moved(), Gives(0U));
}

// --- a guest's resources ---

TEST_F(Functions, OwnsArePassedAndReturned) {
  const Blobs guest(start(blobs()));
  Own<Blob> a = need(guest.make(3));
  Own<Blob> b = need(guest.make(4));
  EXPECT_THAT(guest.get(a), Gives(3U));
  Own<Blob> sum = need(guest.merge(std::move(a), std::move(b)));
  EXPECT_FALSE(a);  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(b);  // NOLINT(bugprone-use-after-move)
  EXPECT_THAT(guest.get(sum), Gives(7U));
  EXPECT_THAT(guest.count(), Gives(1U));
  EXPECT_THAT(sum.close(), Succeeds());
  EXPECT_THAT(guest.count(), Gives(0U));
}

TEST_F(Functions, HandlesInsideAggregates) {
  const Blobs guest(start(blobs()));
  {
    auto [first, second] = need(guest.twice(need(guest.make(5))));
    ASSERT_TRUE(second);
    EXPECT_THAT(guest.get(*second), Gives(10U));
    EXPECT_THAT(guest.total({first, *second, first}), Gives(20U));
    EXPECT_THAT(guest.total({}), Gives(0U));
  }
  EXPECT_THAT(guest.count(), Gives(0U));
}

TEST_F(Functions, AnEmptyHandleInAListLeavesTheGuestUnchanged) {
  const Blobs guest(start(blobs()));
  Own<Blob> blob = need(guest.make(5));
  const Own<Blob> empty;
  const auto refused = guest.total({blob, empty});
  ASSERT_THAT(refused, Misuse("null"));
  EXPECT_THAT(refused.error().message(), HasSubstr("total"));
  EXPECT_THAT(guest.total({blob}), Gives(5U));
  EXPECT_THAT(blob.close(), Succeeds()) << "it is no longer lent";
}

TEST_F(Functions, OwnsOfARefusedCallAreDropped) {
  const Blobs guest(start(blobs()));
  Own<Blob> blob = need(guest.make(5));
  EXPECT_THAT(guest.merge(std::move(blob), Own<Blob>()), Misuse("null"));
  EXPECT_THAT(guest.count(), Gives(0U)) << "the call took the blob and dropped it";
}

TEST_F(Functions, AnyResourceAcceptsEveryResource) {
  const Instance instance = start(blobs());
  const auto make = need(instance.func<Own<AnyResource>(std::uint32_t)>(blobs_interface, "[constructor]blob"));
  const auto get = need(instance.func<std::uint32_t(Borrow<AnyResource>)>(blobs_interface, "[method]blob.get"));
  const auto forget = need(instance.func<void(Own<AnyResource>)>(blobs_interface, "forget"));
  Own<AnyResource> blob = need(make(8));
  EXPECT_THAT(get(blob), Gives(8U));
  EXPECT_THAT(forget(std::move(blob)), Succeeds());
}

TEST_F(Functions, AnyResourceOfAnotherTypeIsRefusedByTheStore) {
  define_buckets();
  const Instance bucket_guest = start(buckets);
  const Instance blob_guest = start(blobs());
  const auto get = need(blob_guest.func<std::uint32_t(Borrow<AnyResource>)>(blobs_interface, "[method]blob.get"));
  const auto make = need(bucket_guest.func<Own<AnyResource>(std::uint32_t)>("make"));
  Own<AnyResource> bucket = need(make(1));
  EXPECT_THAT(get(bucket), Misuse("another type"));
  EXPECT_THAT(need(blob_guest.func<std::uint32_t()>(blobs_interface, "count"))(), Succeeds()) << "it was not entered";
}

// --- the host's resources ---

TEST_F(Functions, AHostClassByValueByPointerAndByHandle) {
  define_buckets();
  const Instance instance = start(buckets);
  const auto make = need(instance.func<Bucket(std::uint32_t)>("make"));
  const auto make_pointer = need(instance.func<std::unique_ptr<Bucket>(std::uint32_t)>("make"));
  const auto make_handle = need(instance.func<Own<Bucket>(std::uint32_t)>("make"));
  const auto take = need(instance.func<std::uint32_t(Bucket)>("take"));
  const auto take_pointer = need(instance.func<std::uint32_t(std::unique_ptr<Bucket>)>("take"));
  const auto look = need(instance.func<std::uint32_t(Borrow<Bucket>)>("look"));

  EXPECT_THAT(take(need(make(1))), Gives(1U));
  EXPECT_THAT(take_pointer(need(make_pointer(2))), Gives(2U));
  EXPECT_THAT(take_pointer(nullptr), Misuse("null"));
  {
    const Own<Bucket> bucket = need(make_handle(3));
    EXPECT_THAT(look(bucket), Gives(3U));
    EXPECT_THAT(look(bucket), Gives(4U)) << "it is the same object";
    EXPECT_EQ(alive.use_count(), 2);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

// --- a closed store ---

TEST_F(Functions, AreErrorsOnceTheStoreIsClosed) {
  const Blobs guest(start(blobs()));
  Own<Blob> blob = need(guest.make(1));
  EXPECT_THAT(store.close(), Succeeds());
  EXPECT_THAT(guest.count(), Closed("the store is closed"));
  EXPECT_THAT(guest.get(blob), Closed("the store is closed"));
  EXPECT_THAT(guest.instance.func<std::uint32_t()>(blobs_interface, "count"), Closed("closed"));
  EXPECT_THAT(guest.instance.call(blobs_interface, "count", {}), Closed("closed"));
  EXPECT_THAT(guest.instance.resource_type<Tag>(blobs_interface, "blob"), Closed("closed"));
}

TEST_F(Functions, MayOutliveTheirStore) {
  std::optional<Blobs> guest;
  std::optional<Own<Blob>> blob;
  {
    Store inner = need(Store::create(engine()));
    guest.emplace(need(linker.instantiate(inner, compile(blobs()))));
    blob.emplace(need(guest->make(1)));
  }
  EXPECT_THAT(guest->count(), Closed("closed"));
  EXPECT_THAT(guest->get(*blob), Closed("closed"));
  EXPECT_THAT(blob->close(), Closed("closed"));
}

}  // namespace
}  // namespace holdfast::embed_test
