// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/watch/metrics.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <string_view>

namespace holdfast::resource {
namespace {

TEST(MetricsCollector, AddsUpByCategoryAndInTotal) {
  MetricsCollector collector;
  collector.record_allocation(0, 100, 4);
  collector.record_allocation(2, 50, 8);
  collector.record_release(0, 100);
  collector.record_resize(2, 50, 80);
  EXPECT_EQ(collector.category(0).active(), 0u);
  EXPECT_EQ(collector.category(0).peak_memory, 100u);
  EXPECT_EQ(collector.category(2).memory, 80u);
  EXPECT_EQ(collector.total().memory, 80u);
  EXPECT_EQ(collector.total().peak_memory, 150u);
  EXPECT_EQ(collector.total().active(), 1u);
  EXPECT_EQ(collector.average_time(), 6u);
  EXPECT_EQ(collector.category(1).allocations, 0u);
}

TEST(MetricsCollector, CategoriesBeyondTheLastCountAsTheLast) {
  MetricsCollector collector;
  collector.record_allocation(max_metric_categories + 5, 1);
  EXPECT_EQ(collector.category(max_metric_categories - 1).allocations, 1u);
  EXPECT_EQ(collector.category(max_metric_categories + 5).allocations, 1u);
}

TEST(MetricsCollector, SuccessRateIsTheShareOfAllocationsThatSucceeded) {
  MetricsCollector collector;
  EXPECT_EQ(collector.total().success_permille(), 1000u) << "nothing failed yet";
  collector.record_allocation(1, 1);
  collector.record_allocation(1, 1);
  collector.record_failure(1);
  EXPECT_EQ(collector.category(1).success_permille(), 666u);
  EXPECT_EQ(collector.total().success_permille(), 666u);
  EXPECT_EQ(collector.category(0).success_permille(), 1000u);
  const CategoryMetrics huge{.allocations = std::numeric_limits<std::uint64_t>::max() / 2, .failures = 0};
  EXPECT_EQ(huge.success_permille(), 1000u) << "the product does not wrap";
}

TEST(MetricsCollector, ReportsPoolsHeapAndContentionOnceRecorded) {
  MetricsCollector collector;
  EXPECT_EQ(collector.fragmentation_permille(), std::nullopt);
  EXPECT_EQ(collector.average_time(), 0u);
  collector.record_heap(1000, 250);
  EXPECT_EQ(collector.fragmentation_permille(), 750u);
  collector.record_heap(0, 0);
  EXPECT_EQ(collector.fragmentation_permille(), 0u);
  collector.record_pool(7, {.used = 3, .capacity = 4});
  collector.record_pool(8, {.used = 1, .capacity = 1});
  EXPECT_EQ(collector.pools()[7].utilisation_permille(), 750u);
  EXPECT_EQ(collector.pools()[0].utilisation_permille(), 0u);
  collector.record_contention();
  EXPECT_EQ(collector.contention(), 1u);
}

TEST(ResourceMetricsCollector, ReportsEachInterval) {
  MetricsCollector collector;
  ResourceMetricsCollector intervals(10, 5);
  EXPECT_EQ(intervals.last(), std::nullopt);
  collector.record_allocation(0, 8);
  EXPECT_FALSE(intervals.collect(collector, 14));
  EXPECT_TRUE(intervals.collect(collector, 15));
  EXPECT_EQ(intervals.last()->begin, 5u);
  EXPECT_EQ(intervals.last()->end, 15u);
  EXPECT_EQ(intervals.last()->allocations, 1u);
  collector.record_allocation(0, 8);
  collector.record_allocation(0, 8);
  collector.record_release(0, 8);
  collector.record_failure(0);
  EXPECT_FALSE(intervals.collect(collector, 24));
  EXPECT_TRUE(intervals.collect(collector, 40)) << "called late";
  EXPECT_EQ(intervals.last()->end, 40u);
  EXPECT_EQ(intervals.last()->allocations, 2u);
  EXPECT_EQ(intervals.last()->releases, 1u);
  EXPECT_EQ(intervals.last()->failures, 1u);
  EXPECT_EQ(intervals.last()->memory, 16u);
}

TEST(MetricsReport, IsCutOffAtTheEndOfTheBuffer) {
  MetricsCollector collector;
  collector.record_allocation(3, 24);
  collector.record_pool(0, {.used = 1, .capacity = 2});
  collector.record_heap(10, 10);
  const ResourceStats stats{.created = 1, .active = 1, .memory = 24, .peak_memory = 24};
  char large[512];
  const std::string_view whole = render(stats, collector, large);
  EXPECT_EQ(whole,
            "resources: 1 active, 1 created, 0 destroyed, 0 taken, 0 failed clean-ups\n"
            "memory: 24 bytes, peak 24\n"
            "use: 0 accesses, average age 0\n"
            "category 3: 1 active, 24 bytes, 1000 of 1000 succeeded\n"
            "pool 0: 1 of 2 used\n"
            "heap: 0 of 1000 free bytes are fragments\n");
  char small[20];
  EXPECT_EQ(render(stats, collector, small), whole.substr(0, 20));
  EXPECT_EQ(render(stats, collector, {}), "");
}

}  // namespace
}  // namespace holdfast::resource
