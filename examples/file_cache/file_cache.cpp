// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A cache of files that never holds more bytes than its budget. To make room it evicts the files that have not been
// used for a while, and then, if that is not enough, the file whose last use is longest ago.
#include <cstddef>
#include <expected>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

#include "describe.hpp"
#include <holdfast/resource.hpp>

namespace {

namespace resource = holdfast::resource;
using resource::Dimension;

struct CachedFile {
  std::string path;
  std::string contents;
  resource::Reservation bytes;  // released with the file

  std::size_t size_bytes() const { return contents.size(); }
};

class FileCache {
  using Monitor = resource::ResourceMonitor<CachedFile>;
  using Table = resource::ResourceTable<CachedFile, resource::Dynamic, resource::ObserverRef<Monitor>>;

 public:
  /// Holds at most `limit` bytes. A file that has not been read for more than `max_idle` ticks of `clock` is stale.
  FileCache(std::size_t limit, resource::Ticks max_idle, const resource::CoarseClock& clock)
      : budget_(resource::ResourceLimits().set(Dimension::host_bytes, limit)), max_idle_(max_idle), monitor_(clock) {}

  /// Returns the contents of a file. Errors: the file cannot be read, or it alone is larger than the cache.
  std::expected<std::string, std::string> read(const std::string& path) {
    if (const auto known = index_.find(path); known != index_.end()) {
      // The file may have been evicted since; its handle is stale then.
      if (const auto file = files_.get(known->second)) return (*file)->contents;
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected(path + ": cannot be opened");
    std::string contents{std::istreambuf_iterator<char>(file), {}};

    auto bytes = make_room(contents.size());
    if (!bytes) return std::unexpected(path + ": " + describe(bytes.error()));
    if (auto handle = files_.insert({path, contents, *std::move(bytes)})) index_.insert_or_assign(path, *handle);
    return contents;
  }

  void print(const char* title) const {
    fmt::print("{}: {} of {} bytes:", title, budget_.usage(Dimension::host_bytes),
               budget_.limit(Dimension::host_bytes));
    for (const auto& [handle, file] : files_) {
      fmt::print(" {}({})", std::filesystem::path(file.path).filename().string(), file.contents.size());
    }
    fmt::print("\n");
  }

 private:
  using Handle = Table::Handle;

  /// Takes `size` bytes from the budget, after evicting as many files as necessary. Errors: over_budget.
  holdfast::Result<resource::Reservation> make_room(std::size_t size) {
    auto reservation = budget_.reserve(Dimension::host_bytes, size);
    if (reservation || size > budget_.limit(Dimension::host_bytes)) return reservation;
    const auto stale = monitor_.cleanup_stale_resources(files_, max_idle_);
    if (stale.removed != 0) fmt::print("  evicted stale files: {}\n", stale.removed);
    while (!(reservation = budget_.reserve(Dimension::host_bytes, size))) {
      if (!evict_least_recently_used()) break;
    }
    return reservation;
  }

  bool evict_least_recently_used() {
    std::optional<std::pair<resource::Ticks, Handle>> oldest;
    for (const auto& [handle, file] : files_) {
      const resource::Ticks used = monitor_.metrics(handle)->last_accessed;
      if (!oldest || used < oldest->first) oldest.emplace(used, handle);
    }
    if (!oldest) return false;
    fmt::print("  evicted {}\n", std::filesystem::path((*files_.peek(oldest->second))->path).filename().string());
    return files_.remove(oldest->second).has_value();
  }

  resource::Budget budget_;
  resource::Ticks max_idle_;
  Monitor monitor_;
  Table files_{nullptr, resource::ObserverRef(monitor_)};
  std::map<std::string, Handle> index_;  // may have entries of evicted files, with stale handles
};

void write_file(const std::filesystem::path& path, std::size_t size) {
  std::ofstream(path, std::ios::binary) << std::string(size, 'x');
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("file_cache.{}", ::getpid());
  std::filesystem::create_directory(folder);
  const auto path = [&](const char* name) { return (folder / name).string(); };
  for (const auto& [name, size] : {std::pair{"a.txt", 400}, {"b.txt", 300}, {"c.txt", 200}, {"d.txt", 500}})
    write_file(path(name), static_cast<std::size_t>(size));
  write_file(path("huge.bin"), 5'000);

  resource::CoarseClock clock;
  FileCache cache(1'000, 60, clock);
  for (const char* name : {"a.txt", "b.txt", "c.txt"}) {
    static_cast<void>(cache.read(path(name)));
    clock.advance(10);
  }
  cache.print("three files");

  static_cast<void>(cache.read(path("a.txt")));  // from the cache; b.txt is now the least recently used file
  static_cast<void>(cache.read(path("d.txt")));
  cache.print("a fourth file");

  clock.advance(61);
  static_cast<void>(cache.read(path("d.txt")));
  static_cast<void>(cache.read(path("b.txt")));
  cache.print("a quiet minute later");

  if (const auto huge = cache.read(path("huge.bin")); !huge)
    fmt::print("refused: {}\n", huge.error().substr(folder.string().size() + 1));
  cache.print("afterwards");
  std::filesystem::remove_all(folder);
}
