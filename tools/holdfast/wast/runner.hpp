// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Runner`: carries out the directives of one script, in order. Each runs for a bounded time and in bounded memory,
// and none ends the script. Used by one thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/component/validate/features.hpp"
#include "holdfast/embed/linker.hpp"
#include "wast/harness.hpp"
#include "wast/report.hpp"
#include "wast/script.hpp"

namespace holdfast::cli::wast {

struct RunSettings {
  component::Features features;  ///< that components may use
  bool validate_only = false;    ///< components are decoded and validated, nothing is instantiated or called
  std::chrono::milliseconds time_per_directive{20'000};
};

class Runner {
 public:
  /// `engine` must tick (Engine::tick) every `tick` while a directive is carried out.
  Runner(const Engine& engine, Harness harness, const RunSettings& settings, std::chrono::milliseconds tick)
      : engine_(engine),
        harness_(std::move(harness)),
        settings_(settings),
        deadline_ticks_(static_cast<std::uint64_t>(1 + settings.time_per_directive / tick)) {}

  Outcome carry_out(const Directive& directive);

 private:
  /// A component that was converted and is valid; or why it is not there.
  struct Known {
    std::vector<std::byte> bytes;
    std::optional<Outcome> missing;
  };
  /// An instance with its store; or why it is not there.
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
  /// Calls by that name, and without one, find that there is no instance, and why.
  Outcome lose(const std::string& name, Outcome outcome);
  Outcome lose(const Absent& absent, Outcome outcome);
  Outcome compare_refusal(std::span<const std::byte> bytes, const std::string& words) const;
  /// In a store of its own, unless others may import types from it by its name, or it imports from such a one.
  HostResult<Live> instantiate(std::span<const std::byte> bytes, bool is_named = false);
  /// Gives what `component` imports of named instances. True: it imports something.
  bool link_named(Linker& linker, const Component& component) const;
  HostResult<std::optional<Val>> call(Live& live, const Invocation& invocation) const;
  /// The instance that is called; null with `missing` when there is none.
  Live* find_instance(const std::string& name, std::optional<Outcome>& missing);

  Engine engine_;
  Harness harness_;
  RunSettings settings_;
  std::uint64_t deadline_ticks_;
  std::map<std::string, Known> definitions_;  // by name; the last one without a name under ""
  std::shared_ptr<Live> current_;
  std::map<std::string, std::shared_ptr<Live>> named_;
  std::shared_ptr<Store> shared_store_;  // of what has a name, and what imports from it
};

}  // namespace holdfast::cli::wast
