// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares shared tables and registries with a simple model under hostile sequences of operations.
#include "holdfast/resource/testing/shared_model.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <random>

#include "holdfast/resource/testing/choices.hpp"

namespace holdfast::resource {
namespace {

using Choices = testing::Choices<std::minstd_rand>;

template <class Model>
class SharedModelTest : public ::testing::Test {};

using Models = ::testing::Types<testing::SharedModel<testing::SharedTableKind, core::Epochs, Choices>,
                                testing::SharedModel<testing::SharedTableKind, core::Unsynchronized, Choices>,
                                testing::SharedModel<testing::RegistryKind, core::Epochs, Choices>,
                                testing::SharedModel<testing::RegistryKind, core::Unsynchronized, Choices>>;
TYPED_TEST_SUITE(SharedModelTest, Models);

TYPED_TEST(SharedModelTest, AgreesUnderHostileSequences) {
  constexpr int choices_per_run = 2'000;  // about 500 operations
  for (std::uint32_t seed = 1; seed <= 1'000; ++seed) {
    Choices choices(seed, choices_per_run);
    ASSERT_EQ(TypeParam(choices).run(), 0) << "the check on this line of shared_model.hpp failed, with seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast::resource
