// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares a resource manager with a simple model under hostile sequences of operations.
#include "holdfast/resource/testing/manager_model.hpp"

#include <cstdint>

#include "check.hpp"
#include "environment.hpp"
#include "holdfast/resource/testing/choices.hpp"
#include "support.hpp"

namespace holdfast::resource {
namespace {

using Choices = testing::Choices<freestanding::Random>;

// Fewer runs on the emulated board, which is slow.
#if HOLDFAST_TESTS_ARE_HOSTED
constexpr std::uint32_t runs = 10;
#else
constexpr std::uint32_t runs = 1;
#endif
constexpr int choices_per_run = 3000;

// A manager whose slot map and pools are soon full, and one with the environment's storage.
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
