// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Choices<Random>`: what a model does next, chosen at random; fuzz targets choose by bytes instead. Freestanding.
#pragma once

#include <cstdint>

namespace holdfast::resource::testing {

/// So many choices; `Random` is made from a seed and gives the next number when it is called.
template <class Random>
class Choices {
 public:
  Choices(std::uint32_t seed, int count) : random_(seed), left_(count) {}

  std::uint32_t below(std::uint32_t bound) {
    --left_;
    return static_cast<std::uint32_t>(random_()) % bound;
  }
  bool at_end() const { return left_ <= 0; }

 private:
  Random random_;
  int left_;
};

}  // namespace holdfast::resource::testing
