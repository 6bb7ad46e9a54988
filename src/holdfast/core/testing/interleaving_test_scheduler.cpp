// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/testing/interleaving_test_scheduler.hpp"

#include <memory>
#include <ucontext.h>

namespace holdfast::core::testing {
namespace {

// One choice of the thread that runs next.
struct Choice {
  std::size_t chosen;  // index among the candidates
  std::size_t candidates;
};

struct Thread {
  std::function<void()> body;
  std::unique_ptr<char[]> stack;
  ucontext_t context{};
  const void* sleeps_on = nullptr;
  bool is_done = false;
};

// One order of steps.
class Order {
 public:
  Order(Program program, unsigned preemptions, std::vector<Choice>& choices)
      : at_end_(std::move(program.at_end)), preemptions_left_(preemptions), choices_(choices) {
    for (auto& body : program.threads) {
      threads_.emplace_back();
      threads_.back().body = std::move(body);
    }
  }

  // Runs the program in this order; returns the failure, or an empty string.
  std::string run() {
    current_order = this;
    for (std::size_t i = 0; i < threads_.size(); ++i) start(threads_[i]);
    switch_to(next());
    running_ = no_thread;
    if (failure_.empty()) at_end_();
    current_order = nullptr;
    return failure_;
  }

  void fail(const char* message) {
    if (failure_.empty()) failure_ = message;
  }

  std::size_t running() const noexcept { return running_ == no_thread ? 0 : running_ + 1; }

  // The running thread is about to take a step.
  void step() {
    if (running_ == no_thread) return;
    if (++steps_ > most_steps) return give_up("a thread takes too many steps");
    if (preemptions_left_ == 0) return;
    const std::size_t chosen = next();
    if (chosen == running_) return;
    --preemptions_left_;
    switch_to(chosen);
  }

  void sleep_on(const void* address) {
    threads_[running_].sleeps_on = address;
    const std::size_t chosen = next();
    if (chosen == no_thread) return give_up("deadlock");
    switch_to(chosen);
  }

  void wake(const void* address) {
    for (Thread& thread : threads_)
      if (thread.sleeps_on == address) thread.sleeps_on = nullptr;
  }

  static inline Order* current_order = nullptr;

 private:
  static constexpr std::size_t no_thread = static_cast<std::size_t>(-1);
  static constexpr std::size_t stack_size = std::size_t{64} << 10;
  static constexpr std::size_t most_steps = 20'000;

  bool can_run(std::size_t thread) const { return !threads_[thread].is_done && threads_[thread].sleeps_on == nullptr; }

  // The thread that runs next. Candidates are the running thread, if it can continue, and then the others. Follows
  // `choices_` to their end, and takes the first candidate after that.
  std::size_t next() {
    std::vector<std::size_t> candidates;
    if (running_ != no_thread && can_run(running_)) candidates.push_back(running_);
    for (std::size_t i = 0; i < threads_.size(); ++i)
      if (i != running_ && can_run(i)) candidates.push_back(i);
    if (candidates.empty()) return no_thread;
    if (candidates.size() == 1) return candidates[0];
    if (choice_count_ == choices_.size()) choices_.push_back({0, candidates.size()});
    return candidates[choices_[choice_count_++].chosen];
  }

  void start(Thread& thread) {
    thread.stack = std::make_unique_for_overwrite<char[]>(stack_size);
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = thread.stack.get();
    thread.context.uc_stack.ss_size = stack_size;
    thread.context.uc_link = nullptr;
    makecontext(&thread.context, &Order::enter, 0);
  }

  static void enter() {
    Order& order = *current_order;
    order.threads_[order.running_].body();
    order.threads_[order.running_].is_done = true;
    const std::size_t chosen = order.next();
    if (chosen != no_thread) return order.switch_to(chosen);
    for (const Thread& thread : order.threads_)
      if (!thread.is_done) order.fail("deadlock");
    order.leave();
  }

  // Leaves the running thread, or `run`, which continues when all threads are done.
  void switch_to(std::size_t thread) {
    ucontext_t& from = running_ == no_thread ? outside_ : threads_[running_].context;
    running_ = thread;
    swapcontext(&from, &threads_[thread].context);
  }

  // Ends the order and abandons the coroutines that have not finished.
  void give_up(const char* message) {
    fail(message);
    leave();
  }
  void leave() { setcontext(&outside_); }

  std::vector<Thread> threads_;
  std::function<void()> at_end_;
  unsigned preemptions_left_;
  std::vector<Choice>& choices_;
  std::size_t choice_count_ = 0;  // choices made so far
  std::size_t running_ = no_thread;
  std::size_t steps_ = 0;
  std::string failure_;
  ucontext_t outside_{};
};

// Advances the last choice that has a candidate left and drops those after it. False when every order was tried.
bool advance(std::vector<Choice>& choices) {
  while (!choices.empty() && choices.back().chosen + 1 == choices.back().candidates) choices.pop_back();
  if (choices.empty()) return false;
  ++choices.back().chosen;
  return true;
}

}  // namespace

Exploration explore(unsigned preemptions, const std::function<Program()>& make, std::size_t most_orders) {
  Exploration exploration;
  std::vector<Choice> choices;
  do {
    if (exploration.orders == most_orders) {
      exploration.failure = "the program has more orders than the test allows";
      break;
    }
    Order order(make(), preemptions, choices);
    exploration.failure = order.run();
    ++exploration.orders;
  } while (exploration.failure.empty() && advance(choices));
  return exploration;
}

void require(bool condition, const char* message) {
  if (!condition && Order::current_order != nullptr) Order::current_order->fail(message);
}

std::size_t this_thread() noexcept { return Order::current_order == nullptr ? 0 : Order::current_order->running(); }

void step() {
  if (Order::current_order != nullptr) Order::current_order->step();
}

void sleep_on(const void* address) { Order::current_order->sleep_on(address); }

void wake(const void* address) {
  if (Order::current_order != nullptr) Order::current_order->wake(address);
}

}  // namespace holdfast::core::testing
