// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/tables/registry.hpp"

#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "holdfast/resource/testing/shared_environments.hpp"

namespace holdfast::resource {
namespace {

using testing::Environment;
using testing::NestingSection;

struct Span {
  explicit Span(std::string n, int* count = nullptr, bool cleanup_fails = false)
      : name(std::move(n)), cleaned(count), fails(cleanup_fails) {}
  Result<void> cleanup() {
    if (cleaned != nullptr) ++*cleaned;
    if (fails) return fail(ErrorCode::wrong_state, 9);
    return {};
  }
  std::string name;
  int* cleaned;
  bool fails;
};

template <class E>
struct Registry : ::testing::Test {};
TYPED_TEST_SUITE(Registry, testing::SharedEnvironments);

TYPED_TEST(Registry, RegisterGetTakeRemove) {
  int cleaned = 0;
  typename TypeParam::template RegistryOf<Span> registry;
  EXPECT_TRUE(registry.is_empty());
  const auto a = *registry.register_(Span("a", &cleaned));
  const auto b = *registry.register_(Span("b", &cleaned));
  EXPECT_NE(a, b);
  EXPECT_EQ((*registry.get(a))->name, "a");
  EXPECT_EQ((*registry.read(b))->name, "b");
  EXPECT_EQ(registry.len(), 2u);
  EXPECT_EQ(registry.take(a)->name, "a");
  EXPECT_EQ(cleaned, 0);
  EXPECT_TRUE(registry.remove(b));
  EXPECT_EQ(cleaned, 1);
  for (const auto id : {a, b, a + 100}) {
    EXPECT_EQ(registry.get(id).error(), make_error(ErrorCode::unknown_id, id));
    EXPECT_EQ(registry.read(id).error().code, ErrorCode::unknown_id);
    EXPECT_EQ(registry.create_weak(id).error().code, ErrorCode::unknown_id);
    EXPECT_EQ(registry.take(id).error().code, ErrorCode::unknown_id);
    EXPECT_EQ(registry.remove(id).error().code, ErrorCode::unknown_id);
    EXPECT_FALSE(registry.contains(id));
  }
  EXPECT_TRUE(registry.is_empty());
}

TYPED_TEST(Registry, RegisterNeverGivesAnIdTwice) {
  typename TypeParam::template RegistryOf<int> registry;
  const auto first = *registry.register_(1);
  ASSERT_TRUE(registry.remove(first));
  EXPECT_GT(*registry.register_(1), first);
  ASSERT_TRUE(registry.insert(1000, 2));
  ASSERT_TRUE(registry.remove(1000));
  EXPECT_GT(*registry.register_(3), 1000u) << "not even ids from elsewhere";
}

TYPED_TEST(Registry, IdsFromElsewhereMayComeBackAfterRemoval) {
  int cleaned = 0;
  typename TypeParam::template RegistryOf<Span> registry;
  ASSERT_TRUE(registry.insert(3, Span("old", &cleaned)));
  auto refused = registry.insert(3, Span("new"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, make_error(ErrorCode::id_in_use, 3));
  EXPECT_EQ(refused.error().value.name, "new");
  EXPECT_EQ((*registry.get(3))->name, "old");
  ASSERT_TRUE(registry.remove(3));
  ASSERT_TRUE(registry.insert(3, std::move(refused.error().value)));
  EXPECT_EQ((*registry.get(3))->name, "new");
  ASSERT_TRUE(registry.insert(3, Span("newer", &cleaned), IfLive::replace));
  EXPECT_EQ((*registry.get(3))->name, "newer");
  EXPECT_EQ(registry.len(), 1u);
  ASSERT_TRUE(registry.insert(3, Span("newest"), IfLive::replace));
  EXPECT_EQ(cleaned, 2) << "a replaced resource is cleaned up";
  ASSERT_TRUE(registry.insert(0, Span("zero"), IfLive::replace))
      << "any number is an id, and replacing does not require an old value";
}

TYPED_TEST(Registry, AStaticThatConsumesItsHandleTakesOnce) {
  typename TypeParam::template RegistryOf<Span, std::uint32_t> spans;
  const std::uint32_t rep = *spans.register_(Span("request"));
  const auto finish = [&spans](std::uint32_t self) -> Result<std::string> {
    HOLDFAST_TRY_ASSIGN(const Span span, spans.take(self));
    return span.name;
  };
  EXPECT_EQ(*finish(rep), "request");
  EXPECT_EQ(finish(rep).error(), make_error(ErrorCode::unknown_id, rep));
}

TYPED_TEST(Registry, TakeIsRefusedWhileSomebodyKeepsTheResource) {
  typename TypeParam::template RegistryOf<Span> registry;
  const auto id = *registry.register_(Span("kept"));
  {
    const auto shared = *registry.get(id);
    EXPECT_EQ(registry.take(id).error(), make_error(ErrorCode::resource_lent, 1));
    const auto guard = *registry.read(id);
    EXPECT_EQ(registry.take(id).error().code, ErrorCode::resource_lent);
  }
  EXPECT_EQ(registry.take(id)->name, "kept");
}

TYPED_TEST(Registry, WeakHandlesAndCleanUps) {
  int cleaned = 0;
  typename TypeParam::template RegistryOf<Span> registry;
  const auto id = *registry.register_(Span("x", &cleaned, true));
  const auto weak = *registry.create_weak(id);
  {
    const auto strong = *weak.upgrade();
    EXPECT_TRUE(registry.remove(id));
    EXPECT_EQ(cleaned, 0);
  }
  EXPECT_EQ(cleaned, 1);
  EXPECT_EQ(weak.upgrade().error().code, ErrorCode::stale_handle);
  EXPECT_EQ(registry.remove(*registry.register_(Span("y", &cleaned, true))).error(),
            make_error(ErrorCode::wrong_state, 9));
  EXPECT_EQ(cleaned, 2);
}

TYPED_TEST(Registry, IterationYieldsIds) {
  typename TypeParam::template RegistryOf<int> registry;
  std::map<std::uint64_t, int> expected;
  for (int i = 0; i < 50; ++i) expected[*registry.register_(i)] = i;
  for (std::uint64_t id = 5; id < 50; id += 7) {
    ASSERT_TRUE(registry.remove(id));
    expected.erase(id);
  }
  std::map<std::uint64_t, int> seen;
  for (auto [id, value] : registry) seen[id] = value;
  EXPECT_EQ(seen, expected);
  registry.clear();
  EXPECT_TRUE(registry.is_empty());
  for (const auto& [id, value] : expected) EXPECT_FALSE(registry.contains(id));
}

TYPED_TEST(Registry, ValuesAreSharedAndLocked) {
  typename TypeParam::template RegistryOf<typename TypeParam::template LockedOf<std::string>> registry;
  const auto id = *registry.register_(std::string("a"));
  (*registry.get(id))->lock()->append("b");
  EXPECT_EQ(*(*registry.get(id))->lock(), "ab");
}

struct LooksUpInCleanup {
  Result<void> cleanup() {
    look_up();
    return {};
  }
  std::function<void()> look_up;
};

TYPED_TEST(Registry, DuringDestructionRemovedIdsAreUnknown) {
  std::vector<ErrorCode> errors;
  {
    typename TypeParam::template RegistryOf<LooksUpInCleanup> registry;
    ASSERT_TRUE(registry.insert(1, LooksUpInCleanup{[&] { errors.push_back(registry.get(2).error().code); }}));
    ASSERT_TRUE(registry.insert(2, LooksUpInCleanup{[&] { errors.push_back(registry.take(2).error().code); }}));
  }
  EXPECT_EQ(errors, (std::vector<ErrorCode>{ErrorCode::unknown_id, ErrorCode::unknown_id}));
}

TYPED_TEST(Registry, AFullRegistryAndAFullBudgetGiveTheValueBack) {
  Budget budget(ResourceLimits().set(Dimension::resources, 1));
  typename TypeParam::template RegistryOf<std::unique_ptr<int>> registry(&budget);
  const auto id = *registry.register_(std::make_unique<int>(1));
  auto refused = registry.register_(std::make_unique<int>(2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, ErrorCode::over_budget);
  EXPECT_EQ(*refused.error().value, 2);
  EXPECT_EQ(*registry.insert(77, std::make_unique<int>(3)).error().value, 3);
  EXPECT_EQ(registry.len(), 1u);
  ASSERT_TRUE(registry.take(id));
  EXPECT_EQ(*registry.register_(std::make_unique<int>(4)), id + 1) << "a refusal uses no id";
}

TYPED_TEST(Registry, WhenIdsRunOutOnlyRegisteringFails) {
  typename TypeParam::template RegistryOf<std::unique_ptr<int>, std::uint8_t> registry;
  ASSERT_TRUE(registry.insert(254, std::make_unique<int>(1)));
  EXPECT_EQ(*registry.register_(std::make_unique<int>(2)), 255u);
  auto refused = registry.register_(std::make_unique<int>(3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, make_error(ErrorCode::capacity_exhausted, 255));
  EXPECT_EQ(*refused.error().value, 3);
  EXPECT_EQ(registry.len(), 2u);
  EXPECT_TRUE(registry.insert(7, std::make_unique<int>(4)));
}

TEST(RegistryOnTheHeap, GrowsAndFindsEverything) {
  auto registry = *ResourceRegistry<std::uint64_t>::with_capacity(10);
  for (std::uint64_t i = 1; i <= 5000; ++i) ASSERT_EQ(*registry.register_(i), i);
  for (std::uint64_t id = 1; id <= 5000; id += 2) ASSERT_TRUE(registry.remove(id));
  for (std::uint64_t id = 1; id <= 5000; ++id) {
    const auto value = registry.read(id);
    ASSERT_EQ(value.has_value(), id % 2 == 0);
    if (value) {
      EXPECT_EQ(**value, id);
    }
  }
  auto moved = std::move(registry);
  EXPECT_EQ(**moved.get(4), 4u);
  EXPECT_EQ(registry.get(4).error().code, ErrorCode::unknown_id);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(registry.register_(1).error().error.code, ErrorCode::out_of_memory);
  EXPECT_EQ(registry.insert(1, 1).error().error.code, ErrorCode::out_of_memory);
}

struct NoBucketsAllocator {
  // Refuses memory for buckets, which have a smaller alignment than slots.
  void* allocate(std::size_t size, std::size_t alignment) noexcept {
    return alignment < alignof(std::uint64_t) ? nullptr : core::HeapAllocator().allocate(size, alignment);
  }
  void deallocate(void* memory, std::size_t size, std::size_t alignment) noexcept {
    core::HeapAllocator().deallocate(memory, size, alignment);
  }
};

TEST(RegistryOnTheHeap, WithoutMemoryForBucketsItStillWorks) {
  ResourceRegistry<int, std::uint32_t, core::Allocated<NoBucketsAllocator>> registry;
  for (int i = 1; i <= 200; ++i) ASSERT_EQ(*registry.register_(i), static_cast<std::uint32_t>(i));
  for (std::uint32_t id = 1; id <= 200; ++id) EXPECT_EQ(*registry.take(id), static_cast<int>(id));
}

}  // namespace
}  // namespace holdfast::resource
