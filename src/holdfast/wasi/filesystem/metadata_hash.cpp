// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/metadata_hash.hpp"

#include <array>
#include <bit>
#include <sys/random.h>

namespace holdfast::wasi {

namespace {

/// SipHash-2-4, as in Aumasson and Bernstein, "SipHash: a fast short-input PRF".
class SipHash {
 public:
  explicit SipHash(const HashKey& key) noexcept
      : a_(key.first ^ 0x736f6d6570736575),
        b_(key.second ^ 0x646f72616e646f6d),
        c_(key.first ^ 0x6c7967656e657261),
        d_(key.second ^ 0x7465646279746573) {}

  void add(std::uint64_t word) noexcept {
    d_ ^= word;
    round();
    round();
    a_ ^= word;
  }
  std::uint64_t finish() noexcept {
    c_ ^= 0xff;
    for (int i = 0; i < 4; ++i) round();
    return a_ ^ b_ ^ c_ ^ d_;
  }

 private:
  void round() noexcept {
    a_ += b_;
    b_ = std::rotl(b_, 13) ^ a_;
    a_ = std::rotl(a_, 32);
    c_ += d_;
    d_ = std::rotl(d_, 16) ^ c_;
    a_ += d_;
    d_ = std::rotl(d_, 21) ^ a_;
    c_ += b_;
    b_ = std::rotl(b_, 17) ^ c_;
    c_ = std::rotl(c_, 32);
  }

  std::uint64_t a_, b_, c_, d_;
};

}  // namespace

HashKey HashKey::generate() noexcept {
  HashKey key;
  static_cast<void>(::getrandom(&key, sizeof key, GRND_NONBLOCK));
  return key;
}

std::uint64_t keyed_hash(const HashKey& key, std::span<const std::uint64_t> words) noexcept {
  SipHash hash(key);
  for (const std::uint64_t word : words) hash.add(word);
  hash.add(std::uint64_t{words.size() * sizeof(std::uint64_t)} << 56);  // only whole words, so no bytes are left over
  return hash.finish();
}

MetadataHash metadata_hash(const HashKey& key, const struct stat& status) noexcept {
  const std::array identity{static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
  const std::array state{identity[0], identity[1], static_cast<std::uint64_t>(status.st_size),
                         static_cast<std::uint64_t>(status.st_mtim.tv_sec),
                         static_cast<std::uint64_t>(status.st_mtim.tv_nsec)};
  return {.lower = keyed_hash(key, identity), .upper = keyed_hash(key, state)};
}

}  // namespace holdfast::wasi
