// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The second half of docs/guide/resources.md: sharing, and four common mistakes with resources, each with a remedy.
#include <cstdint>
#include <expected>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "describe.hpp"
#include <holdfast/resource.hpp>

namespace {

using namespace holdfast::resource;

void heading(std::string_view text) { fmt::print("\n{}\n", text); }

// --- sharing ---

struct Texture {
  std::string name;
  ~Texture() {
    if (!name.empty()) fmt::print("[{} is gone]\n", name);
  }
  explicit Texture(std::string text) : name(std::move(text)) {}
  Texture(Texture&& other) noexcept : name(std::exchange(other.name, {})) {}
};

void sharing() {
  heading("sharing");
  SharedResourceTable<Texture> textures;
  const auto stone = *textures.emplace("stone");
  if (const auto look = textures.read(stone)) fmt::print("a look at {}\n", (*look)->name);

  auto kept = textures.get_shared(stone);             // keeps it
  const auto watched = *textures.create_weak(stone);  // does not
  fmt::print("upgrade: {}\n", watched.upgrade().has_value());

  static_cast<void>(textures.remove(stone));
  fmt::print("removed; {} is still in use\n", (*kept)->name);
  fmt::print("upgrade: {}\n", describe(watched.upgrade().error()));
  kept = holdfast::fail(holdfast::ErrorCode::null_handle);  // the last user lets go
  fmt::print("lingering: {}\n", textures.lingering());
}

// --- pitfall: numbers are used again ---

void handle_reuse() {
  heading("pitfall: numbers are used again");
  ResourceRegistry<std::string> guests;
  const std::uint32_t room = 7;  // a number from elsewhere
  static_cast<void>(guests.insert(room, "Ada"));
  static_cast<void>(guests.take(room));
  static_cast<void>(guests.insert(room, "Ben"));
  fmt::print("whoever kept the number of Ada's room meets {}\n", **guests.get(room));

  ResourceTable<std::string> table;
  const auto ada = *table.insert("Ada");
  static_cast<void>(table.remove(ada));
  static_cast<void>(table.insert("Ben"));  // the same slot
  fmt::print("whoever kept Ada's handle is told: {}\n", describe(table.get(ada).error()));
}

// --- pitfall: cycles ---

struct Node {
  std::string name;
  Shared<Locked<Node>> kept = {};         // keeps the other one
  WeakHandle<Locked<Node>> watched = {};  // only watches it
};
using Nodes = SharedResourceTable<Locked<Node>>;

void cycles() {
  heading("pitfall: cycles");
  Nodes nodes;
  const auto parent = *nodes.emplace(Node{"parent"});
  const auto child = *nodes.emplace(Node{"child"});
  auto way_in = *nodes.get_shared(parent);
  way_in->lock()->kept = *nodes.get_shared(child);
  (*nodes.get_shared(child))->lock()->kept = way_in;  // wrong: each keeps the other now
  nodes.clear();
  fmt::print("all removed, and {} linger\n", nodes.lingering());
  way_in->lock()->kept = {};  // somebody has to break the cycle by hand
  way_in = {};
  fmt::print("broken by hand: {} linger\n", nodes.lingering());

  const auto owner = *nodes.emplace(Node{"owner"});
  const auto owned = *nodes.emplace(Node{"owned"});
  (*nodes.get_shared(owner))->lock()->kept = *nodes.get_shared(owned);
  (*nodes.get_shared(owned))->lock()->watched = *nodes.create_weak(owner);  // right: the way back is weak
  nodes.clear();
  fmt::print("with a weak way back: {} linger\n", nodes.lingering());
}

// --- pitfall: tables that only grow ---

void unbounded_growth() {
  heading("pitfall: tables that only grow");
  using Monitor = ResourceMonitor<std::string>;
  CoarseClock clock;
  Monitor monitor(clock);
  Budget budget(ResourceLimits().set(Dimension::resources, 100));
  ResourceTable<std::string, Dynamic, ObserverRef<Monitor>> sessions(&budget, ObserverRef(monitor));
  std::uint32_t evicted = 0;
  for (int visitor = 0; visitor < 1'000; ++visitor) {
    clock.advance();
    if (sessions.insert("session")) continue;
    evicted += monitor.cleanup_stale_resources(sessions, 50).removed;  // the limit is reached: time to tidy up
    static_cast<void>(sessions.insert("session"));
  }
  fmt::print("1000 sessions opened, {} evicted, never more than {} at once\n", evicted,
             budget.peak(Dimension::resources));
}

// --- pitfall: clean-up that takes long ---

struct Recording {
  explicit Recording(std::string text) : name(std::move(text)) {}
  std::expected<void, std::string> cleanup() {
    fmt::print("  {} is written to the tape, slowly\n", name);
    return {};
  }
  std::string name;
};

void slow_clean_up() {
  heading("pitfall: clean-up that takes long");
  ResourceTable<Recording> recordings;
  const auto first = *recordings.emplace("first");
  const auto second = *recordings.emplace("second");

  static_cast<void>(recordings.remove(first));
  fmt::print("remove waits for the clean-up\n");

  std::vector<Recording> later;
  if (auto taken = recordings.take(second)) later.push_back(*std::move(taken));
  fmt::print("take does not: the caller chooses the time\n");
  for (Recording& recording : later) static_cast<void>(recording.cleanup());
}

}  // namespace

int main() {
  sharing();
  handle_reuse();
  cycles();
  unbounded_growth();
  slow_clean_up();
}
