// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CodeCache`: compiled code on disk, one file an entry, in a directory that only this user can write. Entries that
// are damaged, cut short or of another key are as good as absent: the caller compiles again and replaces them.
// Knows nothing of the engine: a key covers everything that the code depends on. Thread-safe, and safe against other
// processes with the same directory. Allocates the bytes of an entry.
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

  /// Errors: those of PrivateStore::open.
  static HostResult<CodeCache> open(const std::filesystem::path& directory, std::uint64_t max_bytes);

  /// The key of what the compiler `compiler` (name, version and settings) makes of `source`.
  static std::optional<Key> key_of(std::string_view compiler, std::span<const std::byte> source);

  /// Compiled code: a part of the bytes of its file, so that they are not copied.
  class Entry {
   public:
    std::span<const std::byte> code() const noexcept { return std::span(file_).subspan(header_size); }

   private:
    friend class CodeCache;
    explicit Entry(std::vector<std::byte> file) noexcept : file_(std::move(file)) {}
    std::vector<std::byte> file_;
  };

  /// nullopt when there is no entry or it is not whole.
  std::optional<Entry> load(const Key& key) const;

  /// Keeps `code` under `key`, and removes what was used longest ago when the cache is too large.
  /// Errors: io. A cache that cannot be written is no reason for anybody to fail.
  HostResult<void> keep(const Key& key, std::span<const std::byte> code) const;

  /// Bytes before the code in a file.
  static constexpr std::size_t header_size = 88;

 private:
  CodeCache(platform::PrivateStore store, std::uint64_t max_bytes) noexcept
      : store_(std::move(store)), max_bytes_(max_bytes) {}
  platform::PrivateStore store_;
  std::uint64_t max_bytes_;
};

}  // namespace holdfast::engine
