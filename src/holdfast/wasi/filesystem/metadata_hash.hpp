// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The hash of a file's metadata for guests. It is keyed, so that a guest cannot compute device and inode numbers from
// it. Plain values.
#pragma once

#include <cstdint>
#include <span>
#include <sys/stat.h>

#include "holdfast/wasi/filesystem/filesystem_types.hpp"

namespace holdfast::wasi {

struct HashKey {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  /// Returns a random key; all zeros if the system provides no random numbers.
  static HashKey generate() noexcept;
};

/// `lower` identifies the file and does not change while the file exists: guests use it as an inode number. `upper`
/// also depends on the size and the time of the last modification.
MetadataHash metadata_hash(const HashKey& key, const struct stat& status) noexcept;

/// SipHash-2-4 of the little-endian bytes of `words`.
std::uint64_t keyed_hash(const HashKey& key, std::span<const std::uint64_t> words) noexcept;

}  // namespace holdfast::wasi
