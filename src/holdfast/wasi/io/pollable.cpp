// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/pollable.hpp"

#include <algorithm>
#include <poll.h>

namespace holdfast::wasi {
namespace {

using std::chrono::milliseconds;

/// How long a wait may last before it checks whether the store was interrupted.
constexpr milliseconds slice{10};

/// One round of waiting: what each waitable waits for, asked once.
class Round {
 public:
  explicit Round(std::span<Waitable* const> waitables) {
    for (std::uint32_t index = 0; index < waitables.size(); ++index) add(index, waitables[index]->wait_for());
  }

  /// Waits until something is ready, for at most `limit`. Returns the indices of what is ready, in ascending order.
  std::vector<std::uint32_t> wait(milliseconds limit) {
    const milliseconds timeout = ready_.empty() ? std::min(limit, until_next()) : milliseconds(0);
    // If a signal interrupts `poll`, nothing is ready and the caller starts another round.
    if (!descriptors_.empty() || timeout.count() > 0)
      static_cast<void>(::poll(descriptors_.data(), descriptors_.size(), static_cast<int>(timeout.count())));
    for (std::size_t i = 0; i < descriptors_.size(); ++i) {
      if (descriptors_[i].revents != 0) ready_.push_back(descriptor_indices_[i]);
    }
    const Instant now = std::chrono::steady_clock::now();
    for (const Timer& timer : timers_) {
      if (timer.when <= now) ready_.push_back(timer.index);
    }
    std::ranges::sort(ready_);
    return std::move(ready_);
  }

 private:
  struct Timer {
    std::uint32_t index;
    Instant when;
  };

  void add(std::uint32_t index, const WaitFor& awaited) {
    switch (awaited.event) {
      case WaitFor::Event::nothing: ready_.push_back(index); break;
      case WaitFor::Event::input: add_descriptor(index, awaited.descriptor, POLLIN); break;
      case WaitFor::Event::output: add_descriptor(index, awaited.descriptor, POLLOUT); break;
      case WaitFor::Event::time: timers_.push_back({index, awaited.when}); break;
      case WaitFor::Event::never: break;
    }
  }

  void add_descriptor(std::uint32_t index, int descriptor, short events) {
    descriptors_.push_back({descriptor, events, 0});
    descriptor_indices_.push_back(index);
  }

  /// The time until the next timer, at most one slice. Rounded up, so that the timer has expired after the wait.
  milliseconds until_next() const {
    if (timers_.empty()) return milliseconds::max();
    const Instant now = std::chrono::steady_clock::now();
    const Instant next = std::ranges::min(timers_, {}, &Timer::when).when;
    if (next <= now) return milliseconds(0);
    if (next - now > slice) return slice;
    return std::chrono::ceil<milliseconds>(next - now);
  }

  std::vector<std::uint32_t> ready_;
  std::vector<pollfd> descriptors_;
  std::vector<std::uint32_t> descriptor_indices_;
  std::vector<Timer> timers_;
};

}  // namespace

bool Pollable::ready() const {
  Waitable* const waitable = waitable_.get();
  return !Round(std::span(&waitable, 1)).wait(milliseconds(0)).empty();
}

OrTrap<void> check_interruption(Caller& caller) {
  const auto checked = caller.check_interruption();
  if (!checked) return std::unexpected(Trap(checked.error().message(), checked.error().kind()));
  return {};
}

OrTrap<std::vector<std::uint32_t>> wait_for_any(Caller& caller, std::span<Waitable* const> waitables) {
  while (true) {
    if (auto checked = check_interruption(caller); !checked) return std::unexpected(std::move(checked).error());
    std::vector<std::uint32_t> ready = Round(waitables).wait(slice);
    if (!ready.empty()) return ready;
  }
}

OrTrap<void> wait_until_ready(Caller& caller, Waitable& waitable) {
  Waitable* const pointer = &waitable;
  if (auto waited = wait_for_any(caller, std::span(&pointer, 1)); !waited)
    return std::unexpected(std::move(waited).error());
  return {};
}

bool wait_until_ready(Waitable& waitable, Instant until) {
  Waitable* const pointer = &waitable;
  while (Round(std::span(&pointer, 1)).wait(slice).empty()) {
    if (std::chrono::steady_clock::now() >= until) return false;
  }
  return true;
}

OrTrap<std::vector<std::uint32_t>> poll(Caller& caller,
                                        const std::vector<std::reference_wrapper<Pollable>>& pollables) {
  if (pollables.empty()) return std::unexpected(Trap("poll was called with an empty list of pollables"));
  std::vector<Waitable*> waitables;
  waitables.reserve(pollables.size());
  for (const Pollable& pollable : pollables) waitables.push_back(&pollable.waitable());
  return wait_for_any(caller, waitables);
}

}  // namespace holdfast::wasi
