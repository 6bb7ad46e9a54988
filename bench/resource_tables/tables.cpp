// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks the resource table against other containers, on one thread. Times are for a single operation: one look-up,
// one insert and erase, one value visited in an iteration.
#include <malloc.h>
#include <optional>
#include <type_traits>

#include "resource_tables/containers.hpp"
#include "support/program.hpp"

namespace {

using namespace holdfast::bench;

/// A container with `count` items, and their keys in a random order.
template <class Container>
struct Filled {
  explicit Filled(std::uint32_t count) : keys(count) {
    std::vector<typename Container::Key> in_order(count);
    for (auto& key : in_order) key = container.insert(Item{});
    const auto order = random_order(count);
    for (std::uint32_t i = 0; i < count; ++i) keys[i] = in_order[order[i]];
    for (std::uint32_t i = 0; i < count; ++i) {
      container.find(keys[i])->next = Container::to_bits(keys[(i + 1) % count]);
    }
  }
  Container container;
  std::vector<typename Container::Key> keys;
};

/// Each look-up depends on the result of the one before.
template <class Container>
void look_up_dependent(benchmark::State& state, std::uint32_t count) {
  Filled<Container> filled(count);
  auto key = filled.keys[0];
  for (auto _ : state) key = Container::from_bits(filled.container.find(key)->next);
  benchmark::DoNotOptimize(key);
}

/// The keys are known in advance, so the processor can overlap several look-ups.
template <class Container>
void look_up_independent(benchmark::State& state, std::uint32_t count) {
  Filled<Container> filled(count);
  while (state.KeepRunningBatch(count)) {
    std::uint64_t sum = 0;
    for (const auto& key : filled.keys) sum += filled.container.find(key)->value;
    benchmark::DoNotOptimize(sum);
  }
}

/// Replaces items in random order: erases one and inserts one, so that `count` items remain.
template <class Container>
void insert_and_erase(benchmark::State& state, std::uint32_t count) {
  Filled<Container> filled(count);
  while (state.KeepRunningBatch(count)) {
    for (auto& key : filled.keys) {
      filled.container.erase(key);
      key = filled.container.insert(Item{});
    }
  }
}

/// Iterates after `holes` percent of the items were erased.
template <class Container>
void iterate(benchmark::State& state, std::uint32_t count, std::uint32_t holes) {
  Filled<Container> filled(count);
  const std::uint32_t erased = count / 100 * holes;
  for (std::uint32_t i = 0; i < erased; ++i) filled.container.erase(filled.keys[i]);
  while (state.KeepRunningBatch(count - erased)) {
    std::uint64_t sum = 0;
    filled.container.for_each([&](const Item& item) { sum += item.value; });
    benchmark::DoNotOptimize(sum);
  }
}

std::size_t bytes_in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Fills a container, and reports the heap memory used beyond the items themselves, for a table in bench/report.py.
template <class Container>
void fill(benchmark::State& state, std::uint32_t count) {
  std::size_t used = 0;
  while (state.KeepRunningBatch(count)) {
    const std::size_t before = bytes_in_use();
    Container container;
    for (std::uint32_t i = 0; i < count; ++i) container.insert(Item{});
    used = bytes_in_use() - before;
  }
  state.counters["bytes_per_entry"] = static_cast<double>(used) / count - sizeof(Item);
}

void add_case(const std::string& name, const char* who, auto function, auto... arguments) {
  benchmark::RegisterBenchmark((name + "|" + who).c_str(), function, arguments...);
}

template <class Container>
void register_all() {
  const auto add = [](const std::string& name, auto function, auto... arguments) {
    add_case(name, Container::name, function, arguments...);
  };
  add("look-up, 1,000 entries, dependent", look_up_dependent<Container>, 1'000U);
  add("look-up, 1,000,000 entries, dependent", look_up_dependent<Container>, 1'000'000U);
  add("look-up, 1,000 entries, independent", look_up_independent<Container>, 1'000U);
  add("look-up, 1,000,000 entries, independent", look_up_independent<Container>, 1'000'000U);
  add("insert + erase, 1,000 entries", insert_and_erase<Container>, 1'000U);
  add("insert + erase, 1,000,000 entries", insert_and_erase<Container>, 1'000'000U);
  add("iterate, no holes", iterate<Container>, 100'000U, 0U);
  add("iterate, 50 % holes", iterate<Container>, 100'000U, 50U);
  add("fill with 1,000,000 entries", fill<Container>, 1'000'000U);
}

}  // namespace

int main(int argc, char** argv) {
  parse_options(argc, argv);
  register_all<HoldfastTable>();
  register_all<GenerationVector>();
  register_all<UniquePtrMap>();
  // The table against itself, with and without a monitor and its other layers.
  for (const std::uint32_t count : {1'000U, 1'000'000U}) {
    const std::string entries = count == 1'000 ? "1,000 entries" : "1,000,000 entries";
    const std::string monitored = "monitored look-up, " + entries;
    add_case(monitored, "holdfast", look_up_independent<MonitoredTable>, count);
    add_case(monitored, "holdfast without a monitor", look_up_independent<HoldfastTable>, count);
    const std::string unobserved = "unobserved look-up, " + entries;
    add_case(unobserved, "holdfast", look_up_independent<HoldfastTable>, count);
    add_case(unobserved, SlotMapAlone::name, look_up_independent<SlotMapAlone>, count);
  }
  return run_all();
}
