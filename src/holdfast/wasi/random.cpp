// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <cerrno>
#include <span>
#include <string>
#include <sys/random.h>
#include <tuple>
#include <vector>

#include "holdfast/wasi/interfaces/interface.hpp"
#include "holdfast/wasi/interfaces/link.hpp"
#include "holdfast/wasi/io/pollable.hpp"

namespace holdfast::wasi {
namespace {

/// wasi:random must return all the bytes that a guest asks for, so a request for more than this traps.
constexpr std::uint64_t most_bytes = 16 << 20;

OrTrap<void> fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(Trap("the operating system provides no random numbers"));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

OrTrap<std::vector<std::uint8_t>> random_bytes(std::uint64_t length) {
  if (length > most_bytes) {
    return std::unexpected(Trap("the guest asked for " + std::to_string(length) + " random bytes; the limit is " +
                                    std::to_string(most_bytes) + " per call",
                                ErrorKind::limit));
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(length));
  HOLDFAST_TRY(fill(bytes));
  return bytes;
}

OrTrap<std::uint64_t> random_number() {
  std::uint64_t number = 0;
  HOLDFAST_TRY(fill(std::span(reinterpret_cast<std::uint8_t*>(&number), sizeof number)));
  return number;
}

OrTrap<std::tuple<std::uint64_t, std::uint64_t>> seed() {
  HOLDFAST_TRY_ASSIGN(const std::uint64_t first, random_number());
  HOLDFAST_TRY_ASSIGN(const std::uint64_t second, random_number());
  return std::tuple(first, second);
}

}  // namespace

void link_random(Linker& linker) {
  define_interface(linker, "random/random")
      .func("get-random-bytes", &random_bytes)
      .func("get-random-u64", &random_number);
  // The system's secure random numbers are fast enough to be the insecure ones too.
  define_interface(linker, "random/insecure")
      .func("get-insecure-random-bytes", &random_bytes)
      .func("get-insecure-random-u64", &random_number);
  define_interface(linker, "random/insecure-seed").func("insecure-seed", &seed);
}

}  // namespace holdfast::wasi
