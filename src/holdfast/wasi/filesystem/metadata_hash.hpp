// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The hash of a file's metadata that guests get. Keyed, so that device and inode numbers cannot be computed from it.
// Plain values.
#pragma once

#include <cstdint>
#include <span>
#include <sys/stat.h>

#include "holdfast/wasi/filesystem/filesystem_types.hpp"

namespace holdfast::wasi {

struct HashKey {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  /// Random. (Not secret on a system that gives no random numbers.)
  static HashKey generate() noexcept;
};

/// `lower` is about which file it is, and stays as long as that exists: guests use it as an inode number. `upper` also
/// depends on the size and the time of the last modification.
MetadataHash metadata_hash(const HashKey& key, const struct stat& status) noexcept;

/// SipHash-2-4 of the little-endian bytes of `words`.
std::uint64_t keyed_hash(const HashKey& key, std::span<const std::uint64_t> words) noexcept;

}  // namespace holdfast::wasi
