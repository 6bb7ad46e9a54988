// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SHA-256 of bytes, for keys and checksums of the compiled-code cache. A plain value.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace holdfast::engine {

using Digest = std::array<std::byte, 32>;

/// The digest of `first` followed by `second`. nullopt when the system's cryptographic library cannot compute it (no
/// memory, or a policy that excludes the algorithm); the cache is not used then.
std::optional<Digest> sha256(std::span<const std::byte> first, std::span<const std::byte> second = {});

/// `digest` as 64 hexadecimal digits.
std::string to_hex(const Digest& digest);

}  // namespace holdfast::engine
