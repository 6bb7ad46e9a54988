// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a store drops resources. To drop a resource that a guest implements, the store calls its destructor.
#include <algorithm>
#include <functional>
#include <utility>

#include "holdfast/runtime/call/guest_call.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {
namespace {

/// How many times in a row the drop queue is emptied.
constexpr int max_drop_rounds = 10'000;

}  // namespace

bool StoreState::destroy(ResourceTag tag, std::uint32_t rep, InstanceState* caller) {
  static const std::string destructor_name = "destructor";
  ResourceTypeState& resource = type(tag);
  if (resource.table) {
    auto dropped = resource.table->drop(rep);
    if (dropped) return true;
    HostError error = std::move(dropped).error().with_context("dropping " + resource.name);
    if (error.kind() == ErrorKind::trap && caller != nullptr) return raise(std::move(error));
    note_failed_drop(std::move(error));  // the handle is gone; a failed cleanup concerns only the host
    return true;
  }
  Activation activation(*this, *resource.instance, caller, destructor_name);
  if (!activation.enter()) return false;
  remove_resource(tag);
  if (resource.destructor) {
    engine::RawValue values[] = {engine::RawValue::from_i32(rep)};
    auto called = engine_store->call(*resource.destructor, values);
    if (!called) return raise(std::move(called).error());
  }
  activation.leave();
  return true;
}

void StoreState::note_failed_drop(HostError error) {
  if (services->log) services->log("a drop failed: " + error.message());
  report.failed_drops.push_back(std::move(error));
}

bool StoreState::may_drop_here() const noexcept {
  // Check the thread first: another thread must not read anything else.
  return thread_.load(std::memory_order_relaxed) == mark_of_this_thread() && is_idle() && !closed;
}

void StoreState::queue_drop(HeldId id) { queue_drop(QueuedDrop(HeldDrop{id.to_bits()})); }

void StoreState::queue_drop(QueuedDrop drop) {
  if (closed) return;  // closing has already released everything
  drops_.add(drop);
  if (may_drop_here()) run_drop_queue();
}

HostResult<void> StoreState::drop_now(HeldId id) {
  const InUse in_use(*this);
  const auto entry = held.get(id);
  if (!entry) return std::unexpected(HostError::from(entry.error(), ErrorKind::closed));
  const HeldHandle handle = **entry;
  if (handle.lends != 0) {
    return std::unexpected(HostError::from(make_error(ErrorCode::resource_lent, handle.lends), ErrorKind::misuse)
                               .with_context("dropping " + type(handle.tag).name));
  }
  static_cast<void>(held.take(id));
  if (!handle.own || destroy(handle.tag, handle.rep, nullptr)) return {};
  HostError error = take_error();
  release_closed();
  return std::unexpected(std::move(error).with_context("dropping " + type(handle.tag).name));
}

void StoreState::run_drop_queue() {
  if (drops_.empty() || std::exchange(running_drops_, true))
    return;  // if it is running, its loop takes the new drops too
  const InUse in_use(*this);
  // A destructor may drop more handles, and a hostile guest may do so forever. Drops beyond the limit wait for the next
  // run.
  for (int round = 0; round < max_drop_rounds && !drops_.empty(); ++round) {
    for (const QueuedDrop& drop : drops_.take_all()) run_queued(drop);
  }
  running_drops_ = false;
}

void StoreState::run_queued(const QueuedDrop& drop) {
  if (const auto* orphan = std::get_if<OrphanedResource>(&drop)) {
    if (destroy(orphan->tag, orphan->rep, nullptr)) return;
    note_failed_drop(take_error().with_context("dropping " + type(orphan->tag).name));
    release_closed();
    return;
  }
  const HeldId id = HeldId::from_bits(std::get<HeldDrop>(drop).bits);
  if (!held.get(id)) return;  // it has been closed or passed on in the meantime
  if (auto dropped = drop_now(id); !dropped) note_failed_drop(std::move(dropped).error());
}

void StoreState::terminate(RootInstance& root) {
  for (const auto& instance : root.instances) {
    instance->may_enter = false;
    instance->may_leave = false;  // code that is already running traps when it next calls out
    if (!std::exchange(instance->closed, true)) just_closed.push_back(instance.get());
  }
}

void StoreState::release_closed() {
  if (just_closed.empty()) return;
  for (InstanceState* instance : std::exchange(just_closed, {})) {
    if (std::ranges::find(tasks, instance, &Task::instance) == tasks.end()) {
      release(*instance);
    } else {
      just_closed.push_back(instance);  // still running: terminated during a call
    }
  }
}

void StoreState::release(InstanceState& instance) {
  struct Resource {
    std::uint64_t order;
    ResourceTag tag;
    std::uint32_t rep;
  };
  std::vector<Resource> host_resources;
  instance.handles.for_each_live([&](std::uint32_t, const handles::HandleEntry& entry) {
    if (entry.kind() == handles::HandleKind::error_context) error_contexts.remove(entry.rep);
    if (!entry.is_own()) return;
    ResourceTypeState& resource = type(entry.type);
    if (resource.table) {
      host_resources.push_back({resource.table->creation_order(entry.rep), entry.type, entry.rep});
    } else if (resource.instance != &instance) {
      drops_.add(OrphanedResource{entry.type, entry.rep});
    }
  });
  instance.clear_handles();
  for (const auto& resource : types_) {
    if (resource->instance == &instance) resource->limited.reset();
  }
  instance.resources.release();
  std::ranges::sort(host_resources, std::greater{}, &Resource::order);
  for (const Resource& resource : host_resources) destroy(resource.tag, resource.rep, nullptr);
  report.released += host_resources.size();
}

}  // namespace holdfast::runtime
