// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Runner`: runs the directives of one script, in order. Each takes a bounded time and bounded memory, and the script
// continues after a failure. Used by one thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/embed/linker.hpp"
#include "wast/harness.hpp"
#include "wast/report.hpp"
#include "wast/script.hpp"

namespace holdfast::cli::wast {

struct RunSettings {
  bool validate_only = false;  ///< decode and validate components; instantiate and call nothing
  std::chrono::milliseconds time_per_directive{20'000};
};

class Runner {
 public:
  /// `engine` says which features components may use. It must tick (Engine::tick) every `tick` while a directive runs.
  Runner(const Engine& engine, Harness harness, const RunSettings& settings, std::chrono::milliseconds tick)
      : engine_(engine),
        harness_(std::move(harness)),
        settings_(settings),
        deadline_ticks_(static_cast<std::uint64_t>(1 + settings.time_per_directive / tick)) {}

  Outcome carry_out(const Directive& directive);

 private:
  /// A valid component in binary form, or why it is missing.
  struct Known {
    std::vector<std::byte> bytes;
    std::optional<Outcome> missing;
  };
  /// An instance with its store, or why it is missing.
  struct Live {
    std::shared_ptr<Store> store;
    std::optional<Instance> instance;
    std::optional<Outcome> missing;
  };

  Outcome run(const Instantiation& directive);
  Outcome run(const Definition& directive);
  Outcome run(const InstanceOf& directive);
  Outcome run(const AssertReturn& directive);
  Outcome run(const AssertTrap& directive);
  Outcome run(const AssertRejected& directive);
  Outcome run(const Unsupported& directive);
  Outcome run(const Malformed& directive);

  HostResult<void> validate(std::span<const std::byte> bytes, bool is_module) const;
  Outcome make_current(const std::string& name, std::span<const std::byte> bytes);
  /// Notes that the instance `name`, which is also the current one, is missing because of `outcome`. Returns `outcome`.
  Outcome lose(const std::string& name, Outcome outcome);
  Outcome lose(const Absent& absent, Outcome outcome);
  Outcome compare_refusal(std::span<const std::byte> bytes, const std::string& words) const;
  /// Uses a store of its own, unless the instance shares types by name with others: all of these share one store.
  HostResult<Live> instantiate(std::span<const std::byte> bytes, bool is_named = false);
  /// Links the named instances that `component` imports. False: there are none.
  bool link_named(Linker& linker, const Component& component) const;
  HostResult<std::optional<Val>> call(Live& live, const Invocation& invocation) const;
  /// The instance to call. Null: there is none, and `missing` says why.
  Live* find_instance(const std::string& name, std::optional<Outcome>& missing);

  Engine engine_;
  Harness harness_;
  RunSettings settings_;
  std::uint64_t deadline_ticks_;
  std::map<std::string, Known> definitions_;  // by name; the last one without a name is ""
  std::shared_ptr<Live> current_;
  std::map<std::string, std::shared_ptr<Live>> named_;
  std::shared_ptr<Store> shared_store_;  // of the instances that share types
};

}  // namespace holdfast::cli::wast
