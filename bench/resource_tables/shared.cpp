// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks containers that several threads share: the shared table against a map with a shared_mutex, and the
// registry against a map of shared_ptr with a mutex. The time is that of one operation of one thread; in the cases with
// two threads, the other thread performs the same operations meanwhile.
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "holdfast/resource/tables/registry.hpp"
#include "holdfast/resource/tables/shared_table.hpp"
#include "resource_tables/item.hpp"
#include "support/program.hpp"

namespace {

using namespace holdfast;
using namespace holdfast::bench;

// --- one interface: `insert` returns a key, `read` the value of an item, `keep` a counted reference ---

class SharedTable {
 public:
  static constexpr const char* name = "holdfast";
  auto insert() { return *table_.insert(Item{}); }
  std::uint64_t read(auto key) const { return (*table_.read(key))->value; }

 private:
  resource::SharedResourceTable<Item> table_;
};

class SharedMutexMap {
 public:
  static constexpr const char* name = "shared_mutex + unordered_map";
  std::uint64_t insert() {
    const std::unique_lock lock(mutex_);
    map_.emplace(++last_, std::make_unique<Item>());
    return last_;
  }
  std::uint64_t read(std::uint64_t key) const {
    const std::shared_lock lock(mutex_);
    return map_.find(key)->second->value;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Item>> map_;
  std::uint64_t last_ = 0;
};

class Registry {
 public:
  static constexpr const char* name = "holdfast";
  std::uint64_t insert() { return *registry_.register_(Item{}); }
  auto keep(std::uint64_t id) const { return *registry_.get(id); }
  std::uint64_t read(std::uint64_t id) const { return (*registry_.read(id))->value; }
  void remove(std::uint64_t id) { static_cast<void>(registry_.remove(id)); }

 private:
  resource::ResourceRegistry<Item> registry_;
};

class MutexMap {
 public:
  static constexpr const char* name = "mutex + unordered_map of shared_ptr";
  std::uint64_t insert() {
    auto item = std::make_shared<Item>();
    const std::lock_guard lock(mutex_);
    map_.emplace(++last_, std::move(item));
    return last_;
  }
  std::shared_ptr<Item> keep(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    return map_.find(id)->second;
  }
  std::uint64_t read(std::uint64_t id) const { return keep(id)->value; }
  void remove(std::uint64_t id) {
    std::shared_ptr<Item> last;
    const std::lock_guard lock(mutex_);
    const auto match = map_.find(id);
    last = std::move(match->second);
    map_.erase(match);
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Item>> map_;
  std::uint64_t last_ = 0;
};

// --- the cases ---

/// A second thread that repeats `work`, from before the constructor returns until the destructor.
class Neighbour {
 public:
  template <class Work>
  explicit Neighbour(Work work)
      : thread_([this, work](std::stop_token stop) mutable {
          work();
          at_work_.count_down();
          while (!stop.stop_requested()) work();
        }) {
    at_work_.wait();
  }

 private:
  std::latch at_work_{1};
  std::jthread thread_;
};

/// Calls `use(container, key)` for the keys of `slots` items in a random order. A second thread starts elsewhere in it.
template <class Container, class Use>
void use_items(benchmark::State& state, std::uint32_t slots, bool has_neighbour, Use use) {
  Container container;
  std::vector<decltype(container.insert())> keys;
  for (std::uint32_t i = 0; i < slots; ++i) keys.push_back(container.insert());
  const auto order = random_order(slots);
  std::optional<Neighbour> neighbour;
  if (has_neighbour) {
    neighbour.emplace([&, at = slots / 2]() mutable {
      use(container, keys[order[at]]);
      if (++at == slots) at = 0;
    });
  }
  std::uint32_t at = 0;
  for (auto _ : state) {
    use(container, keys[order[at]]);
    if (++at == slots) at = 0;
  }
}

template <class Container>
void insert_and_remove(benchmark::State& state) {
  Container container;
  std::vector<std::uint64_t> ids(1'000);
  for (auto& id : ids) id = container.insert();
  while (state.KeepRunningBatch(static_cast<std::int64_t>(ids.size()))) {
    for (auto& id : ids) {
      container.remove(id);
      id = container.insert();
    }
  }
}

constexpr auto read_item = [](auto& container, const auto& key) { benchmark::DoNotOptimize(container.read(key)); };
constexpr auto keep_item = [](auto& container, const auto& key) { benchmark::DoNotOptimize(container.keep(key)); };

template <class Container, class... Arguments>
void add(const std::string& name, auto function, Arguments... arguments) {
  benchmark::RegisterBenchmark((name + "|" + Container::name).c_str(), function, arguments...);
}

template <class Container, class Use>
void add_uses(const std::string& name, Use use) {
  const auto function = use_items<Container, Use>;
  add<Container>(name + ", one slot, 1 thread", function, 1U, false, use);
  add<Container>(name + ", one slot, 2 threads", function, 1U, true, use);
  add<Container>(name + ", 1,000 slots, 1 thread", function, 1'000U, false, use);
  add<Container>(name + ", 1,000 slots, 2 threads", function, 1'000U, true, use);
}

template <class Container>
void add_registry() {
  add_uses<Container>("registry, read", read_item);
  add_uses<Container>("registry, get to keep", keep_item);
  add<Container>("registry, register + remove, 1,000 entries", insert_and_remove<Container>);
}

}  // namespace

int main(int argc, char** argv) {
  parse_options(argc, argv);
  add_uses<SharedTable>("shared table, read", read_item);
  add_uses<SharedMutexMap>("shared table, read", read_item);
  add_registry<Registry>();
  add_registry<MutexMap>();
  return run_all();
}
