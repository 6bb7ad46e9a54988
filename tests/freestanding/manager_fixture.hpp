// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of a resource manager share: `ResourceManagerTest`, with types of resources whose clean-ups are
// recorded and fail on request, and `Recorder`, an observer that records events.
#pragma once

#include <cstdint>
#include <string_view>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/manager/manager.hpp"
#include "support.hpp"

namespace holdfast::resource {

using freestanding::List;

inline constexpr OwnerId first_owner{1};
inline constexpr OwnerId second_owner{2};

// The events that an observer received.
struct Events {
  List<std::string_view> log = {};
  void* context = nullptr;
  void (*then)(void* context, ResourceId id) = nullptr;  // called by each event
};

struct Recorder {
  Events* events = nullptr;

  void on_create(ResourceId id, const ManagedResource&) { note("create", id); }
  void on_access(ResourceId id, ManagedResource&) { note("access", id); }
  void on_cleanup(ResourceId id, ManagedResource&) { note("cleanup", id); }
  void on_cleanup_failed(ResourceId id, ManagedResource&, const Error&) { note("failed", id); }
  void on_state_change(ResourceId id, ResourceState, ResourceState to) { note(name_of(to), id); }
  void on_transform(ResourceId, ResourceId id) { note("transform", id); }
  void note(std::string_view event, ResourceId id) {
    if (events == nullptr) return;
    events->log.push_back(event);
    if (events->then != nullptr) events->then(events->context, id);
  }
};

using Storage = freestanding::Storage<16>;
using Manager = ResourceManager<Storage>;
using Observed = ResourceManager<Storage, Recorder>;

struct ResourceManagerTest : ::testing::Test {
  static Result<void> clean(void* context, const ManagedResource& resource) noexcept {
    auto& test = *static_cast<ResourceManagerTest*>(context);
    const auto number = resource.handle64();
    test.cleaned.push_back(number ? static_cast<int>(*number) : -1);
    if (test.failures == 0) return {};
    --test.failures;
    return fail(ErrorCode::cleanup_failed, 7);
  }

  /// Creates a resource in the state Ready.
  template <class M>
  ResourceId ready(M& manager, std::uint64_t number) {
    const auto id = manager.create(thing, Handle64{number});
    EXPECT_TRUE(id && manager.make_ready(*id));
    return id ? *id : ResourceId();
  }

  const ResourceType thing{
      .name = "thing", .representation = RepresentationKind::handle64, .cleanup = clean, .context = this};
  const ResourceType other{.name = "other", .representation = RepresentationKind::handle64};
  const ResourceType group{
      .name = "group", .representation = RepresentationKind::aggregate, .cleanup = clean, .context = this};
  List<int> cleaned;  // the number of each resource whose clean-up was attempted; -1: it has no number
  int failures = 0;   // how many of the next clean-ups fail
  CoarseClock clock{100};
};

}  // namespace holdfast::resource
