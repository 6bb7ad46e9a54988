// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first half of docs/guide/resources.md, section by section: tables, handles, clean-up, hooks, limits, lending.
#include <expected>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <utility>

#include "describe.hpp"
#include <holdfast/resource.hpp>

namespace {

using namespace holdfast::resource;

void heading(std::string_view text) { fmt::print("\n{}\n", text); }

// --- a table and its handles ---

struct Texture {
  std::string name;
  unsigned width;
};

void first_table() {
  heading("a table and its handles");
  ResourceTable<Texture> textures;
  const Handle<Texture> stone = *textures.insert({"stone", 512});
  if (const auto texture = textures.get(stone)) fmt::print("{} is {} wide\n", (*texture)->name, (*texture)->width);

  static_cast<void>(textures.remove(stone));
  fmt::print("get: {}\n", describe(textures.get(stone).error()));

  const Handle<Texture> wood = *textures.insert({"wood", 256});  // in the same slot
  fmt::print("get: {}\n", describe(textures.get(stone).error()));

  ResourceTable<Texture> others;
  fmt::print("elsewhere: {}\n", describe(others.get(wood).error()));
  fmt::print("never set: {}\n", describe(textures.get(Handle<Texture>()).error()));
}

// --- clean-up ---

class LogFile {
 public:
  explicit LogFile(std::string name, bool disk_is_full = false) : name_(std::move(name)), disk_is_full_(disk_is_full) {}

  std::expected<void, std::string> cleanup() {
    if (disk_is_full_) return std::unexpected(name_ + ": the last lines are lost, the disk is full");
    fmt::print("{} is written\n", name_);
    return {};
  }

 private:
  std::string name_;
  bool disk_is_full_;
};

void clean_up() {
  heading("clean-up");
  ResourceTable<LogFile> files;
  const auto access = *files.emplace("access.log");
  const auto error = *files.emplace("error.log", true);
  static_cast<void>(files.emplace("debug.log"));

  static_cast<void>(files.remove(access));
  const auto removed = files.remove(error);
  fmt::print("{}\n", *removed.error().cleanup);
  fmt::print("removed twice: {}\n", describe(files.remove(error).error().error));
}  // debug.log is cleaned up with the table

// --- moving out ---

void moving_out() {
  heading("moving out");
  ResourceTable<LogFile> files;
  const auto handle = *files.emplace("trace.log");
  {
    const auto taken = files.take(handle);  // the caller owns it now: no clean-up
    fmt::print("taken: {}\n", taken.has_value());
  }
  fmt::print("left: {}\n", files.len());
}

// --- hooks ---

struct AccessCounter final : LifecycleCallback<Texture> {
  void on_create(Handle<Texture>, const Texture& texture) override { fmt::print("created {}\n", texture.name); }
  void on_access(Handle<Texture>, Texture& texture) override {
    if (++accesses == 3) fmt::print("{} is popular\n", texture.name);
  }
  void on_cleanup(Handle<Texture>, Texture& texture) override { fmt::print("cleaned up {}\n", texture.name); }
  int accesses = 0;
};

void hooks() {
  heading("hooks");
  AccessCounter counter;
  ResourceTable<Texture, Dynamic, ObserverList<Texture>> textures;
  static_cast<void>(textures.observer().attach(counter));
  const auto stone = *textures.insert({"stone", 512});
  for (int i = 0; i < 3; ++i) static_cast<void>(textures.get(stone));
  static_cast<void>(textures.peek(stone));  // unobserved
  static_cast<void>(textures.remove(stone));
  static_cast<void>(textures.remove(stone));  // removes nothing, so no hook is called
}

// --- limits ---

void limits() {
  heading("limits");
  Budget program(ResourceLimits().set(Dimension::resources, 3));
  Budget plugin(program, ResourceLimits().set(Dimension::resources, 2));
  ResourceTable<Texture> ours(&program);
  ResourceTable<Texture> theirs(&plugin);
  for (const char* name : {"a", "b"}) static_cast<void>(theirs.insert({name, 64}));
  auto third = theirs.insert({"c", 64});
  fmt::print("{}; \"{}\" came back\n", describe(third.error().error), third.error().value.name);
  static_cast<void>(ours.insert({"d", 64}));
  fmt::print("in use: {} by the plugin, {} in all\n", plugin.usage(Dimension::resources),
             program.usage(Dimension::resources));

  ResourceTable<Texture, Static<2>> fixed;  // two slots inside the table, no heap
  for (const char* name : {"a", "b"}) static_cast<void>(fixed.insert({name, 64}));
  fmt::print("{}\n", describe(fixed.insert({"c", 64}).error().error));
}

// --- lending ---

void lending() {
  heading("lending");
  ResourceTable<Texture> textures;
  const auto stone = *textures.insert({"stone", 512});
  const std::uint32_t rep = *textures.pin(stone);  // the number that a component sees
  fmt::print("{}\n", describe(textures.remove(stone).error()));

  static_cast<void>(textures.remove(stone, IfPinned::leave_tombstone));
  static_cast<void>(textures.insert({"wood", 256}));  // never in the pinned slot
  fmt::print("{}\n", describe(textures.by_index(rep).error()));
  static_cast<void>(textures.unpin(rep));
}

}  // namespace

int main() {
  first_table();
  clean_up();
  moving_out();
  hooks();
  limits();
  lending();
}
