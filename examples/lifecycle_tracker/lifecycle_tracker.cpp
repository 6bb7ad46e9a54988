// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who made this resource, who used it, and why does it still exist? A tracker that is attached to a table while the
// program runs. It prints the life of each resource, and at the end lists the forgotten ones with the functions that
// made them.
#include <fmt/core.h>
#include <map>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include "describe.hpp"
#include <holdfast/resource.hpp>

namespace {

namespace resource = holdfast::resource;

struct Job {
  std::string name;
  bool fails_to_stop = false;
  std::source_location origin = std::source_location::current();

  std::expected<void, std::string> cleanup() {
    if (fails_to_stop) return std::unexpected(name + " does not stop");
    return {};
  }
};
using JobHandle = resource::Handle<Job>;

/// The name of the function alone, without the rest of "Result namespace::function(Arguments)".
std::string_view short_name(const std::source_location& place) {
  std::string_view name = place.function_name();
  name = name.substr(0, name.rfind('('));
  return name.substr(name.rfind(':') + 1);
}

class LifecycleTracker final : public resource::LifecycleCallback<Job> {
 public:
  void on_create(JobHandle handle, const Job& job) override {
    fmt::print("  + {}\n", job.name);
    alive_.emplace(handle.to_bits(), Life{job.name, job.origin});
  }
  void on_access(JobHandle handle, Job& job) override {
    if (++alive_[handle.to_bits()].uses == heavy_use) fmt::print("  ! {} is used a lot\n", job.name);
  }
  void on_take(JobHandle handle, Job& job) override { end(handle, "> {} moved out, {} uses\n", job); }
  void on_cleanup(JobHandle handle, Job& job) override { end(handle, "- {} cleaned up, {} uses\n", job); }
  void on_cleanup_failed(JobHandle, Job&, const std::string& reason) override { fmt::print("  ! {}\n", reason); }

  void report() const {
    fmt::print("{} forgotten\n", alive_.size());
    for (const auto& [bits, life] : alive_) {
      fmt::print("  {} made by {}, {} uses\n", life.name, short_name(life.origin), life.uses);
    }
  }

 private:
  static constexpr int heavy_use = 3;
  struct Life {
    std::string name;
    std::source_location origin;
    int uses = 0;
  };

  void end(JobHandle handle, fmt::format_string<std::string&, int&> text, Job& job) {
    fmt::print("  ");
    fmt::print(text, job.name, alive_[handle.to_bits()].uses);
    alive_.erase(handle.to_bits());
  }

  std::map<std::uint64_t, Life> alive_;
};

using Jobs = resource::ResourceTable<Job, resource::Dynamic, resource::ObserverList<Job>>;

JobHandle start_backup(Jobs& jobs) { return *jobs.insert({.name = "backup"}); }
JobHandle start_index(Jobs& jobs) { return *jobs.insert({.name = "index"}); }
JobHandle start_mail(Jobs& jobs) { return *jobs.insert({.name = "mail", .fails_to_stop = true}); }

}  // namespace

int main() {
  Jobs jobs;
  const JobHandle unseen = *jobs.insert({.name = "unseen"});  // before the tracker is attached

  LifecycleTracker tracker;
  static_cast<void>(jobs.observer().attach(tracker));
  fmt::print("tracking\n");
  const JobHandle backup = start_backup(jobs);
  const JobHandle index = start_index(jobs);
  const JobHandle mail = start_mail(jobs);
  start_backup(jobs);
  for (int i = 0; i < 4; ++i) static_cast<void>(jobs.get(index));

  static_cast<void>(jobs.remove(backup));
  if (const auto again = jobs.remove(backup); !again) fmt::print("  ? {}\n", describe(again.error().error));
  static_cast<void>(jobs.remove(mail));
  const auto taken = jobs.take(index);
  fmt::print("  {} continues elsewhere\n", taken->name);
  tracker.report();

  static_cast<void>(jobs.observer().detach(tracker));
  fmt::print("no longer tracking\n");
  static_cast<void>(jobs.remove(unseen));
}
