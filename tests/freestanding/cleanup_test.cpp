// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/manager/cleanup.hpp"

#include <cstdint>
#include <initializer_list>
#include <utility>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/tables/table.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using freestanding::List;
using freestanding::Random;

// Records what the jobs below did.
struct Log {
  List<int> attempts;
  int destroyed = 0;
};

// A clean-up that fails `times_to_fail` times.
struct Job {
  Job(Log& into, int n, int times_to_fail = 0) noexcept : log(&into), number(n), failures_left(times_to_fail) {}
  Job(Job&& other) noexcept
      : log(std::exchange(other.log, nullptr)),
        number(other.number),
        failures_left(other.failures_left),
        then(other.then),
        context(other.context) {}
  Job& operator=(Job&&) = delete;
  ~Job() {
    if (log != nullptr) ++log->destroyed;
  }
  Result<void> cleanup() noexcept {
    log->attempts.push_back(number);
    if (then != nullptr) then(context);
    if (failures_left == 0) return {};
    --failures_left;
    return fail(ErrorCode::cleanup_failed, static_cast<std::uint64_t>(number));
  }
  Log* log;
  int number;
  int failures_left;
  void (*then)(void*) noexcept = nullptr;  // called by each attempt
  void* context = nullptr;
};
static_assert(HasCleanup<Job> && HasCleanup<CleanupTask>);

constexpr int always = 1'000'000;

using Queue = CleanupQueue<Job, freestanding::Storage<static_cleanup_capacity>>;

struct CleanupQueueTest : ::testing::Test {
  bool attempted(std::initializer_list<int> numbers) {
    const bool equal = log.attempts == List<int>(numbers);
    log.attempts = {};
    return equal;
  }

  CoarseClock clock{1000};
  Log log;
};

TEST_F(CleanupQueueTest, CleansUpEachItemOnceAndInOrder) {
  Queue queue({}, clock);
  for (const int number : {1, 2, 3}) ASSERT_TRUE(queue.push(Job(log, number), 100));
  EXPECT_TRUE(attempted({}));
  EXPECT_EQ(queue.pending(), 3u);
  const CleanupRun run = queue.run_due();
  EXPECT_EQ(run.attempted, 3u);
  EXPECT_EQ(run.cleaned, 3u);
  EXPECT_TRUE(attempted({1, 2, 3}));
  EXPECT_EQ(queue.run_due().attempted, 0u);
  EXPECT_EQ(queue.stats().memory_freed, 300u);
  EXPECT_EQ(queue.stats().cleaned, 3u);
  EXPECT_EQ(log.destroyed, 3);
}

TEST_F(CleanupQueueTest, FailedItemsAreRetriedAfterADelayThatDoubles) {
  Queue queue({.max_attempts = 10, .first_delay = 100, .max_delay = 350}, clock);
  const auto id = *queue.push(Job(log, 1, 4));
  const Ticks start = clock.now();
  for (const Ticks due : {0u, 100u, 300u, 650u, 1000u}) {
    if (due != 0) {
      clock.set(start + due - 1);
      EXPECT_EQ(queue.run_due().attempted, 0u) << due;
    }
    clock.set(start + due);
    EXPECT_EQ(queue.run_due().attempted, 1u) << due;
  }
  EXPECT_EQ(queue.stats().failed, 4u);
  EXPECT_EQ(queue.stats().cleaned, 1u);
  EXPECT_EQ(queue.state(id).error().code, ErrorCode::stale_handle);
}

TEST_F(CleanupQueueTest, AnItemThatAlwaysFailsBecomesADeadLetterAndDoesNotDelayOthers) {
  Queue queue({.max_attempts = 3, .first_delay = 10}, clock);
  const auto failing = *queue.push(Job(log, 1, always));
  const auto good = *queue.push(Job(log, 2));
  EXPECT_EQ(queue.run_due().failed, 1u);
  EXPECT_EQ(queue.state(good).error().code, ErrorCode::stale_handle) << "cleaned, although an earlier item failed";
  EXPECT_EQ(*queue.state(failing), ResourceState::pending_cleanup);
  for (int i = 0; i < 20; ++i) {
    clock.advance(1000);
    queue.run_due();
  }
  EXPECT_TRUE(attempted({1, 2, 1, 1})) << "three attempts and no more";
  EXPECT_EQ(*queue.state(failing), ResourceState::dead);
  EXPECT_EQ(queue.pending(), 0u);
  int seen = 0;
  queue.for_each_dead([&](Handle<Job> id, const Job& job, const Error& error) {
    EXPECT_EQ(id, failing);
    EXPECT_EQ(job.number, 1);
    EXPECT_EQ(error, make_error(ErrorCode::cleanup_failed, 1));
    ++seen;
  });
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(queue.stats().died, 1u);
}

TEST_F(CleanupQueueTest, WaitingItemsAndDeadLettersCanBeTakenOut) {
  Queue queue({.max_attempts = 1}, clock);
  const auto dead = *queue.push(Job(log, 1, always));
  const auto waiting = *queue.push(Job(log, 2));
  EXPECT_EQ(queue.take(waiting)->number, 2);
  queue.run_due();
  EXPECT_EQ(*queue.state(dead), ResourceState::dead);
  EXPECT_EQ(queue.take(dead)->number, 1);
  EXPECT_EQ(queue.dead_letters() + queue.pending(), 0u);
  EXPECT_EQ(queue.take(dead).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(queue.state(dead).error().code, ErrorCode::stale_handle);
  EXPECT_EQ(queue.take({}).error().code, ErrorCode::null_handle);
  EXPECT_EQ(log.destroyed, 2);
}

TEST_F(CleanupQueueTest, NothingRunsBeforeTheIntervalHasPassed) {
  Queue queue({.interval = 50}, clock);
  ASSERT_TRUE(queue.push(Job(log, 1)));
  EXPECT_EQ(queue.run_due().attempted, 1u) << "the first run does not wait";
  ASSERT_TRUE(queue.push(Job(log, 2)));
  clock.advance(49);
  EXPECT_EQ(queue.run_due().attempted, 0u);
  clock.advance(1);
  EXPECT_EQ(queue.run_due().attempted, 1u);
  ASSERT_TRUE(queue.push(Job(log, 3, 1)));
  EXPECT_EQ(queue.run_all().attempted, 1u) << "run_all does not wait";
  EXPECT_EQ(queue.run_all().cleaned, 1u);
}

TEST_F(CleanupQueueTest, AnItemThatAlreadyFailedWaitsFirst) {
  Queue queue({.max_attempts = 2, .first_delay = 10}, clock);
  ASSERT_TRUE(queue.push_failed(Job(log, 1, always), make_error(ErrorCode::cleanup_failed)));
  EXPECT_EQ(queue.run_due().attempted, 0u);
  clock.advance(10);
  EXPECT_EQ(queue.run_due().failed, 1u);
  EXPECT_EQ(queue.dead_letters(), 1u) << "the failure before the push counts";
}

TEST_F(CleanupQueueTest, DeadLettersAreLimitedAndTheOldestIsDroppedFirst) {
  Queue queue({.max_attempts = 1, .max_dead_letters = 2}, clock);
  for (const int number : {1, 2, 3}) ASSERT_TRUE(queue.push(Job(log, number, always)));
  queue.run_due();
  EXPECT_EQ(queue.dead_letters(), 2u);
  EXPECT_EQ(queue.stats().died, 3u);
  EXPECT_EQ(queue.stats().given_up, 1u);
  EXPECT_EQ(log.destroyed, 1);
  queue.for_each_dead([](Handle<Job>, const Job& job, const Error&) { EXPECT_NE(job.number, 1); });
}

TEST_F(CleanupQueueTest, DestroyingTheQueueTriesOnceMore) {
  {
    Queue queue({.max_attempts = 5}, clock);
    ASSERT_TRUE(queue.push(Job(log, 1)));
    ASSERT_TRUE(queue.push(Job(log, 2, always)));
    queue.run_due();
    EXPECT_TRUE(attempted({1, 2}));
  }
  EXPECT_TRUE(attempted({2})) << "once, even if it is not due yet";
  EXPECT_EQ(log.destroyed, 2);
}

TEST_F(CleanupQueueTest, CleanUpsMayCallBackIntoTheQueue) {
  struct Meddler {
    Queue* queue;
    Log* log;
    Handle<Job> self;
    Handle<Job> neighbour;
    bool has_meddled = false;
  };
  Meddler meddler{nullptr, &log, {}, {}};  // outlives the queue, whose destructor runs the job once more
  Queue queue({.first_delay = 10}, clock);
  meddler.queue = &queue;
  Job job(log, 1, 1);
  job.context = &meddler;
  job.then = [](void* context) noexcept {
    auto& m = *static_cast<Meddler*>(context);
    if (std::exchange(m.has_meddled, true)) return;
    EXPECT_EQ(m.queue->take(m.self).error().code, ErrorCode::wrong_state) << "its clean-up is running";
    EXPECT_EQ(m.queue->run_all().attempted, 0u) << "no run inside a run";
    static_cast<void>(m.queue->take(m.neighbour));
    EXPECT_TRUE(m.queue->push(Job(*m.log, 9)));
  };
  meddler.self = *queue.push(std::move(job));
  meddler.neighbour = *queue.push(Job(log, 2));
  ASSERT_TRUE(queue.push(Job(log, 3)));
  EXPECT_EQ(queue.run_due().attempted, 2u);
  EXPECT_TRUE(attempted({1, 3})) << "2 was taken out, 9 was added during the run";
  EXPECT_EQ(queue.pending(), 2u);
  EXPECT_EQ(queue.run_due().cleaned, 1u);
  EXPECT_TRUE(attempted({9}));
}

TEST_F(CleanupQueueTest, ATableQueuesFailedCleanUpsEvenInItsDestructor) {
  Queue queue({.first_delay = 10}, clock);
  {
    ResourceTable<Job, freestanding::Storage<8>, QueueFailedCleanups<Queue>> table(nullptr,
                                                                                   QueueFailedCleanups<Queue>(queue));
    const auto removed = *table.emplace(log, 1, 1);
    EXPECT_EQ(table.remove(removed).error(), make_error(ErrorCode::cleanup_failed, 1))
        << "the caller receives the error too";
    EXPECT_EQ(queue.pending(), 1u);
    ASSERT_TRUE(table.emplace(log, 2, 1));
    ASSERT_TRUE(table.emplace(log, 3));
  }
  EXPECT_TRUE(attempted({1, 3, 2}));
  EXPECT_EQ(queue.pending(), 2u);
  clock.advance(10);
  EXPECT_EQ(queue.run_due().cleaned, 2u);
  EXPECT_TRUE(attempted({1, 2}));
  EXPECT_EQ(log.destroyed, 3);
}

TEST_F(CleanupQueueTest, AFunctionCanBeAnItem) {
  CleanupQueue<CleanupTask, freestanding::Storage<4>> queue({}, clock);
  std::uint64_t sum = 0;
  const auto add = [](void* context, std::uint64_t argument) noexcept -> Result<void> {
    *static_cast<std::uint64_t*>(context) += argument;
    return {};
  };
  ASSERT_TRUE(queue.push({add, &sum, 5}));
  ASSERT_TRUE(queue.push({add, &sum, 7}));
  queue.run_due();
  EXPECT_EQ(sum, 12u);
}

TEST_F(CleanupQueueTest, RandomFailuresEndAsCleanedOrDeadAndTheCountersAddUp) {
  Queue queue({.max_attempts = 4, .first_delay = 3, .max_delay = 9, .max_dead_letters = 5}, clock);
  Random random(11);
  for (int step = 0; step < 5000; ++step) {
    log.attempts = {};
    if (random.below(2) == 0 && queue.pending() < 60) {
      ASSERT_TRUE(queue.push(Job(log, step, static_cast<int>(random.below(7))), 1));
    } else {
      clock.advance(random.below(4));
      queue.run_due();
    }
    const CleanupStats& stats = queue.stats();
    ASSERT_EQ(stats.queued, stats.cleaned + queue.pending() + queue.dead_letters() + stats.given_up);
    ASSERT_EQ(stats.attempts, stats.cleaned + stats.failed);
    ASSERT_EQ(stats.died, queue.dead_letters() + stats.given_up);
    ASSERT_EQ(stats.memory_freed, stats.cleaned);
    ASSERT_EQ(static_cast<std::uint64_t>(log.destroyed), stats.cleaned + stats.given_up);
  }
  EXPECT_GT(queue.stats().given_up, 0u);
}

TEST_F(CleanupQueueTest, AFullQueueReturnsTheItemAndDeadLettersMakeRoom) {
  CleanupQueue<Job, core::Static<2>> queue({.max_attempts = 1});
  ASSERT_TRUE(queue.push(Job(log, 1, always)));
  ASSERT_TRUE(queue.push(Job(log, 2, always)));
  auto refused = queue.push(Job(log, 3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, make_error(ErrorCode::capacity_exhausted, 2));
  EXPECT_EQ(refused.error().value.number, 3);
  EXPECT_EQ(queue.stats().refused, 1u);
  EXPECT_EQ(queue.stats().queued, 2u);
  queue.run_due();
  EXPECT_EQ(queue.dead_letters(), 2u);
  EXPECT_TRUE(queue.push(std::move(refused.error().value))) << "dead letters make room for new items";
  EXPECT_EQ(queue.dead_letters(), 1u);
  EXPECT_EQ(queue.stats().given_up, 1u);
}

TEST_F(CleanupQueueTest, AFailedCleanUpThatDoesNotFitIsCountedAsRefused) {
  using Small = CleanupQueue<Job, core::Static<1>>;
  Small queue;
  ResourceTable<Job, core::Static<4>, QueueFailedCleanups<Small>> table(nullptr, QueueFailedCleanups<Small>(queue));
  for (const int number : {1, 2}) ASSERT_TRUE(table.emplace(log, number, always));
  table.clear();
  EXPECT_EQ(queue.pending(), 1u);
  EXPECT_EQ(queue.stats().refused, 1u);
}

TEST_F(CleanupQueueTest, DelaysDoNotWrap) {
  constexpr Ticks most = ~Ticks{0};
  Queue queue({.max_attempts = 200, .first_delay = most / 4 + 1, .max_delay = most}, clock);
  ASSERT_TRUE(queue.push(Job(log, 1, always)));
  for (int i = 0; i < 40; ++i) queue.run_all();
  log.attempts = {};
  clock.advance(most - 1);
  EXPECT_EQ(queue.run_due().attempted, 0u);
  clock.advance();
  EXPECT_EQ(queue.run_due().attempted, 1u);
}

TEST_F(CleanupQueueTest, AClockThatWrapsLosesNothing) {
  clock.set(~Ticks{0} - 2);
  Queue queue({.first_delay = 5}, clock);
  ASSERT_TRUE(queue.push(Job(log, 1, 1)));
  EXPECT_EQ(queue.run_due().failed, 1u);
  clock.advance(4);
  EXPECT_EQ(queue.run_due().attempted, 0u);
  clock.advance();
  EXPECT_EQ(queue.run_due().cleaned, 1u);
}

}  // namespace
}  // namespace holdfast::resource
