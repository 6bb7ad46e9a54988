// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CodeCache`: compiled code on disk, one file per entry, in a directory that only this user can write to. An entry
// that is damaged, cut short or stored for another key counts as missing: the caller compiles again and replaces it.
// The cache does not know the engine; a key covers everything that the code depends on. Thread-safe, and safe to use
// while other processes use the same directory. Allocates the bytes of an entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/content_hash.hpp"
#include "holdfast/platform/private_store.hpp"

namespace holdfast::engine {

class CodeCache {
 public:
  using Key = Digest;

  /// Opens the cache in `directory`. `keep` holds the total size of its files below `max_bytes`.
  /// Errors: those of PrivateStore::open.
  static HostResult<CodeCache> open(const std::filesystem::path& directory, std::uint64_t max_bytes);

  /// The key of the code that `compiler` (name, version and settings) produces from `source`. nullopt when it cannot be
  /// computed (see sha256).
  static std::optional<Key> key_of(std::string_view compiler, std::span<const std::byte> source);

  /// Compiled code. Holds the whole file, so that the code is not copied out of it.
  class Entry {
   public:
    std::span<const std::byte> code() const noexcept { return std::span(file_).subspan(header_size); }

   private:
    friend class CodeCache;
    explicit Entry(std::vector<std::byte> file) noexcept : file_(std::move(file)) {}
    std::vector<std::byte> file_;
  };

  /// The entry of `key`; nullopt when there is none or it is damaged.
  std::optional<Entry> load(const Key& key) const;

  /// Stores `code` under `key`, and removes the least recently used entries if the cache is too large.
  /// Errors: io. Callers should not fail because of it: a cache that cannot be written only costs time.
  HostResult<void> keep(const Key& key, std::span<const std::byte> code) const;

  /// The size of the header before the code in a file, in bytes.
  static constexpr std::size_t header_size = 88;

 private:
  CodeCache(platform::PrivateStore store, std::uint64_t max_bytes) noexcept
      : store_(std::move(store)), max_bytes_(max_bytes) {}
  platform::PrivateStore store_;
  std::uint64_t max_bytes_;
};

}  // namespace holdfast::engine
