// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hostile sequences of operations on a resource manager, against an obvious model.
#include "holdfast/resource/testing/manager_model.hpp"

#include <cstdint>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/testing/choices.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using Choices = testing::Choices<freestanding::Random>;

// An emulated board is slow.
#if HOLDFAST_TESTS_ARE_HOSTED
constexpr std::uint32_t runs = 10;
#else
constexpr std::uint32_t runs = 1;
#endif
constexpr int choices_per_run = 3000;

// One slot map and one set of pools that are soon full, and the environment's own.
constexpr std::uint32_t few = 24;
using Few = testing::ManagerModel<core::Static<few>, Choices>;
using Many = testing::ManagerModel<freestanding::Storage<512>, Choices>;

TEST(ResourceManagerModel, AgreesUnderHostileSequencesWhenItIsOftenFull) {
  for (std::uint32_t seed = 1; seed <= runs; ++seed) {
    Choices choices(seed, choices_per_run);
    Few model(choices, few);
    EXPECT_EQ(model.run(), 0) << seed;
  }
}

TEST(ResourceManagerModel, AgreesUnderHostileSequencesWhenThereIsRoom) {
  for (std::uint32_t seed = 1; seed <= runs; ++seed) {
    Choices choices(seed, choices_per_run);
    Many model(choices, freestanding::storage_grows ? 0 : 512);
    EXPECT_EQ(model.run(), 0) << seed;
  }
}

}  // namespace
}  // namespace holdfast::resource
