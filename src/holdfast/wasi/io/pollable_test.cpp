// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/pollable.hpp"

#include <array>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

#include "holdfast/wasi/testing/caller_fixture.hpp"
#include "holdfast/wasi/testing/wait_observer.hpp"

namespace holdfast::wasi_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using wasi::Pollable;
using wasi::Waitable;
using wasi::WaitFor;
using Indices = std::vector<std::uint32_t>;

class Event final : public Waitable {
 public:
  explicit Event(WaitFor event, WaitObserver* observer = nullptr) : event_(event), observer_(observer) {}
  WaitFor wait_for() override {
    if (observer_ != nullptr) observer_->count_question();
    return event_;
  }

 private:
  WaitFor event_;
  WaitObserver* observer_;
};

Pollable pollable(WaitFor event, WaitObserver* observer = nullptr) {
  return Pollable(std::make_shared<Event>(event, observer));
}
Pollable in(milliseconds delay) { return pollable(WaitFor::time(steady_clock::now() + delay)); }

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close_writer();
  }
  void close_reader() { close_end(ends[0]); }
  void close_writer() { close_end(ends[1]); }

  std::array<int, 2> ends{};

 private:
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

TEST(Pollable, IsReadyWhenItsEventHasHappened) {
  EXPECT_TRUE(pollable(WaitFor::nothing()).ready());
  EXPECT_FALSE(pollable(WaitFor::never()).ready());
  EXPECT_TRUE(in(milliseconds(-1)).ready());
  EXPECT_FALSE(in(std::chrono::hours(1)).ready());
}

TEST(Pollable, FollowsADescriptor) {
  Pipe pipe;
  const Pollable readable = pollable(WaitFor::input(pipe.ends[0]));
  EXPECT_FALSE(readable.ready());
  EXPECT_TRUE(pollable(WaitFor::output(pipe.ends[1])).ready());
  ASSERT_EQ(::write(pipe.ends[1], "x", 1), 1);
  EXPECT_TRUE(readable.ready());
}

TEST(Pollable, ADescriptorWhoseOtherEndIsClosedIsReady) {
  Pipe pipe;
  const Pollable readable = pollable(WaitFor::input(pipe.ends[0]));
  pipe.close_writer();
  EXPECT_TRUE(readable.ready());
}

class Poll : public WithCaller {
 protected:
  HostResult<Indices> poll(std::vector<Pollable*> pollables) {
    return traps_or<Indices>([&](Caller& caller) {
      std::vector<std::reference_wrapper<Pollable>> references;
      for (Pollable* pollable : pollables) references.emplace_back(*pollable);
      return wasi::poll(caller, references);
    });
  }
};

TEST_F(Poll, AnEmptyListTraps) { EXPECT_THAT(poll({}), Traps("an empty list")); }

TEST_F(Poll, ReturnsAllReadyIndicesInOrder) {
  Pipe pipe;
  ASSERT_EQ(::write(pipe.ends[1], "x", 1), 1);
  Pollable past = in(milliseconds(-1));
  Pollable never = pollable(WaitFor::never());
  Pollable readable = pollable(WaitFor::input(pipe.ends[0]));
  Pollable now = pollable(WaitFor::nothing());
  EXPECT_THAT(*poll({&now, &past, &never, &readable, &now}), ElementsAre(0, 1, 3, 4));
}

TEST_F(Poll, WaitsForTheFirstTimer) {
  const auto start = steady_clock::now();
  Pollable late = in(std::chrono::hours(1));
  Pollable soon = in(milliseconds(25));
  EXPECT_THAT(*poll({&late, &soon}), ElementsAre(1));
  EXPECT_GE(steady_clock::now() - start, milliseconds(25));
}

TEST_F(Poll, WaitsForADescriptor) {
  Pipe pipe;
  WaitObserver observer;
  Pollable readable = pollable(WaitFor::input(pipe.ends[0]), &observer);
  std::thread writer([&] {
    observer.block_until_waiting();
    EXPECT_EQ(::write(pipe.ends[1], "x", 1), 1);
  });
  EXPECT_THAT(*poll({&readable}), ElementsAre(0));
  writer.join();
}

TEST_F(Poll, AnInterruptionFromAnotherThreadEndsTheWait) {
  WaitObserver observer;
  Pollable never = pollable(WaitFor::never(), &observer);
  std::thread other([handle = store.interrupt_handle(), &observer] {
    observer.block_until_waiting();
    handle.interrupt();
  });
  EXPECT_THAT(poll({&never}), Fails(ErrorKind::limit, "the store was interrupted"));
  other.join();
}

TEST_F(Poll, ADeadlineEndsTheWait) {
  WaitObserver observer;
  Pollable never = pollable(WaitFor::never(), &observer);
  ASSERT_TRUE(store.set_deadline(1));
  std::thread ticker([&] {
    observer.block_until_waiting();
    engine().tick();
  });
  EXPECT_THAT(poll({&never}), Fails(ErrorKind::limit, "the deadline has passed"));
  ticker.join();
  store.clear_deadline();
  EXPECT_TRUE(call([](Caller&) {})) << "the store stays usable";
}

TEST(HostsWait, GivesUpAtItsDeadline) {
  Event never(WaitFor::never());
  EXPECT_FALSE(wasi::wait_until_ready(never, steady_clock::now() + milliseconds(20)));
  Event now(WaitFor::nothing());
  EXPECT_TRUE(wasi::wait_until_ready(now, steady_clock::now()));
}

}  // namespace
}  // namespace holdfast::wasi_test
