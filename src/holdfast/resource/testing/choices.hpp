// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Choices<Random>`: makes random choices for a model; fuzz targets take the choices from their input instead.
// Freestanding.
#pragma once

#include <cstdint>

namespace holdfast::resource::testing {

/// A fixed number of choices. `Random` is constructed from a seed; calling it returns the next number.
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
