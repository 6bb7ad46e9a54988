// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The behaviour of a resource manager, for every storage. Lives of resources are in manager_lifetime_test.cpp, access
// to their bytes in access_test.cpp, hostile sequences in manager_model_test.cpp.
#include "holdfast/resource/manager/manager.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "check.hpp"
#include "environment.hpp"
#include "manager_fixture.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using freestanding::Rendered;

TEST_F(ResourceManagerTest, AResourceIsCreatedUsedAndDroppedOnce) {
  Manager manager;
  const auto id = *manager.create(thing, Handle64{5});
  EXPECT_EQ(*(*manager.get(id))->handle64(), 5u);
  EXPECT_EQ(*manager.state(id), ResourceState::allocated);
  ASSERT_TRUE(manager.make_ready(id));
  const auto rep = *manager.rep(id, thing);
  const auto* handle = std::get_if<Handle64>(&rep);
  ASSERT_TRUE(handle != nullptr);
  EXPECT_EQ(handle->value, 5u);
  ASSERT_TRUE(manager.drop(id, thing));
  EXPECT_EQ(cleaned, (List<int>{5}));
  EXPECT_EQ(manager.drop(id, thing).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(manager.state(id).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(cleaned.size(), 1u);
  EXPECT_TRUE(manager.empty());
  EXPECT_EQ(manager.stats().allocations, 1u);
  EXPECT_EQ(manager.stats().deallocations, 1u);
}

// --- descriptors and memory ---

TEST_F(ResourceManagerTest, ADescriptorSetsCategoryMemoryAndMetadata) {
  Manager manager;
  ResourceDescriptor descriptor{.category = ResourceCategory::io_handles, .size_hint = 100, .alignment = 16};
  ASSERT_TRUE(
      descriptor.metadata.insert(*core::BoundedString<15>::from("path"), *core::BoundedString<31>::from("/tmp/log")));
  const auto id = *manager.allocate(descriptor);
  const ManagedResource& resource = **manager.get(id);
  EXPECT_EQ(resource.bytes().size(), 100u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(resource.bytes().data()) % 16, 0u);
  for (const std::byte byte : resource.bytes()) EXPECT_TRUE(byte == std::byte{0});
  EXPECT_EQ(resource.category(), ResourceCategory::io_handles);
  EXPECT_TRUE(*resource.metadata().find("path") == "/tmp/log");
  const ResourceDescriptor described = *manager.describe(id);
  EXPECT_EQ(described.id, id);
  EXPECT_EQ(described.size_hint, 100u);
  EXPECT_TRUE(described.metadata == descriptor.metadata);
  EXPECT_EQ(name_of(ResourceCategory::io_handles), "IoHandles");
}

TEST_F(ResourceManagerTest, StatisticsCountAllocationsAndFailures) {
  Manager manager;
  const auto a = *manager.allocate({.category = ResourceCategory::tables, .size_hint = 64});
  const auto b = *manager.allocate({.category = ResourceCategory::platform, .size_hint = 10});
  EXPECT_EQ(manager.allocate({.size_hint = 1, .alignment = 3}).error(), make_error(ErrorCode::bad_alignment, 3));
  const AllocationStats& stats = manager.stats();
  EXPECT_EQ(stats.live, 2u);
  EXPECT_EQ(stats.memory, 74u);
  EXPECT_EQ(stats.failures, 1u);
  EXPECT_EQ(stats.live_by_category[static_cast<std::size_t>(ResourceCategory::tables)], 1u);
  ASSERT_TRUE(manager.deallocate(a));
  EXPECT_EQ(manager.deallocate(a).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(stats.deallocations, 1u) << "a refused deallocation is not counted";
  EXPECT_EQ(stats.memory_freed, 64u);
  EXPECT_EQ(stats.live_by_category[static_cast<std::size_t>(ResourceCategory::tables)], 0u);
  ASSERT_TRUE(manager.deallocate(b));
  EXPECT_EQ(stats.live, 0u);
  EXPECT_EQ(stats.memory, 0u);
  EXPECT_EQ(stats.peak_live, 2u);
  EXPECT_EQ(stats.peak_memory, 74u);
}

TEST_F(ResourceManagerTest, AllocationsFromAnExhaustedPoolOrAFullMapChangeNothing) {
  Budget budget;
  ResourceManager<core::Static<16>> manager({.budget = &budget});  // 8 pools of 2 blocks
  const auto a = *manager.allocate({.size_hint = 60});
  const auto b = *manager.allocate({.size_hint = 33});
  EXPECT_EQ(manager.allocate({.size_hint = 64}).error(), make_error(ErrorCode::pool_exhausted, 2));
  EXPECT_EQ(manager.allocate({.size_hint = 2049}).error(), make_error(ErrorCode::request_too_large, 2049, 2048));
  EXPECT_EQ(manager.size(), 2u);
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 93u);
  const auto c = *manager.allocate({.size_hint = 65});  // another pool
  ASSERT_TRUE(manager.deallocate(b));
  const auto d = *manager.allocate({.size_hint = 64});
  for (std::uint32_t i = manager.size(); i < 16; ++i) ASSERT_TRUE(manager.allocate({}));
  EXPECT_EQ(manager.allocate({.size_hint = 16}).error(), make_error(ErrorCode::capacity_exhausted, 16));
  EXPECT_EQ(budget.usage(Dimension::resources), 16u);
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 60u + 65u + 64u);
  EXPECT_EQ(manager.stats().failures, 3u);
  for (const ResourceId id : {a, c, d}) ASSERT_TRUE(manager.deallocate(id));
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 0u);
  EXPECT_TRUE(manager.allocate({.size_hint = 16}));
}

TEST_F(ResourceManagerTest, WithoutAHeapThereAre1024SlotsInEightPools) {
  static_assert(static_slot_count == 1024 && static_pool_count == 8);
  using Whole = core::SizeClassPool<core::Static<static_slot_count / static_pool_count>, 1, static_pool_count>;
  static Whole pools;
  std::uint32_t blocks = 0;
  std::uint32_t count = 0;
  pools.for_each_class([&](const auto& pool) {
    ++count;
    blocks += pool.limit();
  });
  EXPECT_EQ(count, 8u);
  EXPECT_EQ(blocks, 1024u);
}

// --- the seven kinds of misuse ---

TEST_F(ResourceManagerTest, MisuseIsRefusedByNameAndChangesNothing) {
  Budget budget(ResourceLimits().set(Dimension::resources, 2));
  Manager manager({.budget = &budget});
  Manager elsewhere;
  const auto id = ready(manager, 1);
  const auto stale = ready(manager, 2);
  ASSERT_TRUE(manager.drop(stale, thing));
  const auto foreign = ready(elsewhere, 3);
  cleaned = {};
  for (const auto& [bad, code] :
       {std::pair{ResourceId(), ErrorCode::null_handle}, std::pair{stale, ErrorCode::stale_handle},
        std::pair{foreign, ErrorCode::foreign_handle}}) {
    EXPECT_EQ(manager.get(bad).error().code, code);
    EXPECT_EQ(manager.drop(bad, thing).error().code, code);
    EXPECT_EQ(manager.rep(bad, thing).error().code, code);
    EXPECT_EQ(manager.transform(bad, thing, other, Handle64{}).error().code, code);
    EXPECT_EQ(manager.retain(bad).error().code, code);
    EXPECT_EQ(manager.release(bad).error().code, code);
    EXPECT_EQ(manager.lend(bad).error().code, code);
    EXPECT_EQ(manager.lock(bad, first_owner).error().code, code);
    EXPECT_EQ(manager.force_deallocate(bad).error().code, code);
    EXPECT_EQ(manager.schedule_cleanup(bad).error().code, code);
    EXPECT_EQ(manager.describe(bad).error().code, code);
    EXPECT_EQ(manager.form(group, std::array{id, bad}).error().code, code);
    EXPECT_TRUE(manager.contains(id));
  }
  EXPECT_EQ(manager.drop(id, other).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(manager.rep(id, other).error().code, ErrorCode::wrong_type);
  const std::uint32_t number = *manager.lend(id);
  EXPECT_EQ(manager.drop(id, thing).error(), make_error(ErrorCode::resource_lent, 1));
  ASSERT_TRUE(manager.give_back(number));
  ASSERT_TRUE(manager.activate(id, first_owner));
  EXPECT_TRUE(Rendered(manager.drop(id, thing).error()) ==
              "the resource is in the wrong state for this operation: it is Active and cannot become PendingCleanup");
  ASSERT_TRUE(manager.deactivate(id, first_owner));
  ASSERT_TRUE(manager.allocate({}));
  EXPECT_EQ(manager.allocate({}).error(), make_error(ErrorCode::over_budget, 2));
  EXPECT_TRUE(cleaned.empty());
  EXPECT_TRUE(manager.drop(id, thing));
}

TEST_F(ResourceManagerTest, ValidateReportsWhatAnOperationWouldReturn) {
  Manager manager;
  const auto id = ready(manager, 1);
  for (const auto operation : {ResourceOperation::drop, ResourceOperation::rep, ResourceOperation::transform}) {
    EXPECT_TRUE(manager.validate(operation, id, thing));
    EXPECT_EQ(manager.validate(operation, id, other).error().code, ErrorCode::wrong_type);
  }
  ASSERT_TRUE(manager.lock(id, first_owner));
  EXPECT_TRUE(manager.validate(ResourceOperation::rep, id, thing));
  EXPECT_EQ(manager.validate(ResourceOperation::drop, id, thing).error().code, ErrorCode::wrong_state);
  EXPECT_EQ(manager.validate(ResourceOperation::transform, id, thing).error().code, ErrorCode::wrong_state);
  EXPECT_EQ(name_of(ResourceOperation::create), "new");
}

// --- representations ---

TEST_F(ResourceManagerTest, EachRepresentationIsReadOnlyAsItsOwnKind) {
  constexpr std::string_view names[] = {"width", "height"};
  const ResourceType number{.name = "number"};
  const ResourceType size{.name = "size", .representation = RepresentationKind::record, .fields = names};
  Manager manager;
  const ManagedResource& a = **manager.get(*manager.create(number, Handle32{9}));
  const ManagedResource& b = **manager.get(*manager.create(size, *Record::of({640, 480})));
  EXPECT_EQ(*a.handle32(), 9u);
  EXPECT_EQ(a.handle64().error().code, ErrorCode::wrong_representation);
  EXPECT_EQ(a.field("width").error().code, ErrorCode::wrong_representation);
  EXPECT_EQ(*b.field("height"), 480u);
  EXPECT_EQ(b.field("depth").error().code, ErrorCode::wrong_representation);
  EXPECT_EQ(b.handle32().error().code, ErrorCode::wrong_representation);
  EXPECT_EQ(manager.create(size, *Record::of({1})).error().code, ErrorCode::wrong_representation)
      << "a field is missing";
  EXPECT_EQ(manager.create(size, Handle32{}).error().code, ErrorCode::wrong_representation);
  EXPECT_EQ(manager.create(group, Aggregate{}).error().code, ErrorCode::wrong_representation)
      << "aggregates are created by form";
  EXPECT_EQ(Record::of({1, 2, 3, 4, 5, 6, 7, 8, 9}).error().code, ErrorCode::capacity_exhausted);
}

TEST_F(ResourceManagerTest, FormingAnAggregateConsumesItsParts) {
  Manager manager;
  const auto a = ready(manager, 1);
  const auto b = ready(manager, 2);
  const auto whole = *manager.form(group, std::array{a, b});
  EXPECT_EQ((*manager.get(whole))->parts(), 2u);
  for (const auto part : {a, b}) {
    EXPECT_EQ(manager.get(part).error().code, ErrorCode::stale_handle);
    EXPECT_EQ(manager.drop(part, thing).error().code, ErrorCode::stale_handle);
  }
  EXPECT_EQ(manager.size(), 3u);
  int reached = 0;
  manager.for_each([&](ResourceId id, const ManagedResource&) {
    EXPECT_EQ(id, whole);
    ++reached;
  });
  EXPECT_EQ(reached, 1);
  ASSERT_TRUE(manager.drop(whole, group));
  EXPECT_EQ(cleaned, (List<int>{-1, 2, 1})) << "the whole, then the parts in reverse order";
  EXPECT_TRUE(manager.empty());
}

TEST_F(ResourceManagerTest, TakingAnAggregateApartReturnsThePartsUnderNewIds) {
  Manager manager;
  const std::array parts{ready(manager, 1), ready(manager, 2), ready(manager, 3)};
  const auto whole = *manager.form(group, parts);
  std::array<ResourceId, 3> back;
  EXPECT_EQ(manager.take_apart(whole, group, std::span(back).first(2)).error(),
            make_error(ErrorCode::capacity_exhausted, 2));
  EXPECT_EQ(manager.take_apart(whole, thing, back).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(*manager.take_apart(whole, group, back), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NE(back[i], parts[i]);
    EXPECT_EQ(*(*manager.get(back[i]))->handle64(), i + 1);
    EXPECT_EQ(*manager.state(back[i]), ResourceState::ready);
    EXPECT_FALSE(manager.contains(parts[i]));
  }
  EXPECT_EQ(cleaned, (List<int>{-1})) << "only the whole was cleaned up";
  EXPECT_EQ(manager.take_apart(back[0], thing, back).error().code, ErrorCode::wrong_representation);
  EXPECT_FALSE(manager.contains(whole));
  EXPECT_TRUE(manager.drop(back[1], thing));
}

TEST_F(ResourceManagerTest, AFailedFormLeavesThePartsUnchanged) {
  Manager manager;
  const auto a = ready(manager, 1);
  const auto b = ready(manager, 2);
  EXPECT_EQ(manager.form(group, std::array{a, b, a}).error().code, ErrorCode::stale_handle) << "a part twice";
  EXPECT_EQ(manager.form(thing, std::array{a}).error().code, ErrorCode::wrong_representation);
  const std::uint32_t number = *manager.lend(b);
  EXPECT_EQ(manager.form(group, std::array{a, b}).error().code, ErrorCode::resource_lent);
  ASSERT_TRUE(manager.give_back(number));
  ASSERT_TRUE(manager.lock(b, first_owner));
  EXPECT_EQ(manager.form(group, std::array{a, b}).error().code, ErrorCode::wrong_state);
  ASSERT_TRUE(manager.unlock(b, first_owner));
  EXPECT_EQ(manager.form(group, std::array{a, b}, {.size_hint = 1, .alignment = 3}).error().code,
            ErrorCode::bad_alignment);
  EXPECT_TRUE(manager.contains(a) && manager.contains(b));
  EXPECT_EQ(manager.size(), 2u);
  EXPECT_TRUE(manager.form(group, std::array{a, b}));
}

TEST_F(ResourceManagerTest, TheNestingDepthOfAggregatesIsLimited) {
  ResourceManager<freestanding::Storage<32>> manager;
  auto whole = ready(manager, 1);
  for (std::uint32_t depth = 1; depth <= max_aggregate_depth; ++depth) whole = *manager.form(group, std::array{whole});
  EXPECT_EQ(manager.form(group, std::array{whole}).error(), make_error(ErrorCode::over_budget, 16));
  ASSERT_TRUE(manager.deallocate(whole));
  EXPECT_EQ(cleaned.size(), 17u);
  EXPECT_EQ(cleaned.back(), 1);
}

TEST_F(ResourceManagerTest, AnAggregateWhoseCleanUpFailsKeepsItsPartsUntilItSucceeds) {
  Manager manager({.cleanup = {.first_delay = 1}}, clock);
  const auto whole = *manager.form(group, std::array{ready(manager, 1), ready(manager, 2)});
  failures = 1;
  EXPECT_EQ(manager.drop(whole, group).error(), make_error(ErrorCode::cleanup_failed, 7));
  EXPECT_EQ(cleaned, (List<int>{-1}));
  EXPECT_EQ(*manager.state(whole), ResourceState::pending_cleanup);
  clock.advance();
  EXPECT_EQ(manager.run_cleanup().cleaned, 1u);
  EXPECT_EQ(cleaned, (List<int>{-1, -1, 2, 1}));
  EXPECT_EQ(manager.stats().live, 0u);
}

// --- transform ---

TEST_F(ResourceManagerTest, TransformChangesTypeAndRepresentationUnderANewId) {
  Manager manager;
  const auto id = ready(manager, 1);
  const auto transformed = *manager.transform(id, thing, other, Handle64{8});
  EXPECT_NE(transformed, id);
  EXPECT_EQ(manager.get(id).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(*(*manager.get(transformed))->handle64(), 8u);
  EXPECT_TRUE(manager.rep(transformed, other));
  EXPECT_EQ(manager.rep(transformed, thing).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(*manager.state(transformed), ResourceState::ready);
  EXPECT_TRUE(cleaned.empty()) << "the resource stays alive";
}

TEST_F(ResourceManagerTest, ARefusedTransformChangesNothing) {
  Manager manager;
  const auto id = ready(manager, 1);
  const std::uint32_t number = *manager.lend(id);
  EXPECT_EQ(manager.transform(id, thing, other, Handle64{8}).error().code, ErrorCode::resource_lent);
  ASSERT_TRUE(manager.give_back(number));
  EXPECT_EQ(manager.transform(id, other, thing, Handle64{8}).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(manager.transform(id, thing, other, Handle32{8}).error().code, ErrorCode::wrong_representation);
  EXPECT_EQ(manager.transform(id, thing, group, Aggregate{}).error().code, ErrorCode::wrong_representation);
  ASSERT_TRUE(manager.activate(id, first_owner));
  EXPECT_EQ(manager.transform(id, thing, other, Handle64{8}).error().code, ErrorCode::wrong_state);
  const auto rep = *manager.rep(id, thing);
  const auto* handle = std::get_if<Handle64>(&rep);
  ASSERT_TRUE(handle != nullptr);
  EXPECT_EQ(handle->value, 1u);
}

// --- budgets ---

TEST_F(ResourceManagerTest, ResourcesAndTheirMemoryAreTakenFromABudget) {
  Budget budget(ResourceLimits().set(Dimension::host_bytes, 100));
  {
    Manager manager({.budget = &budget});
    const auto a = *manager.allocate({.size_hint = 60});
    EXPECT_EQ(manager.allocate({.size_hint = 41}).error(), make_error(ErrorCode::over_budget, 100));
    EXPECT_EQ(budget.usage(Dimension::resources), 1u);
    ASSERT_TRUE(manager.deallocate(a));
    EXPECT_EQ(budget.usage(Dimension::host_bytes), 0u);
    EXPECT_TRUE(manager.allocate({.size_hint = 100}));
  }
  EXPECT_EQ(budget.usage(Dimension::host_bytes), 0u);
  EXPECT_EQ(budget.usage(Dimension::resources), 0u);
}

}  // namespace
}  // namespace holdfast::resource
