// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The items in the tables that are compared, and the order in which they are looked up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace holdfast::bench {

struct Item {
  std::uint64_t value = 1;
  std::uint64_t next = 0;  ///< the key of another item, as bits
};

/// A random order of 0 … count - 1, the same in every run.
inline std::vector<std::uint32_t> random_order(std::uint32_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::mt19937 random(20);
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

}  // namespace holdfast::bench
