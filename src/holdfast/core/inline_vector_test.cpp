// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/inline_vector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::core {
namespace {

using ::testing::ElementsAre;

TEST(InlineVector, KeepsItsElementsWhenItMovesToTheHeap) {
  InlineVector<int, 2> vector;
  for (int i = 0; i < 5; ++i) vector.push_back(i);
  EXPECT_THAT(vector, ElementsAre(0, 1, 2, 3, 4));
}

TEST(InlineVector, RemovesTheFirstEqualElementOnly) {
  InlineVector<int, 4> vector;
  for (const int value : {7, 8, 7, 9}) vector.push_back(value);
  vector.remove_first(7);
  EXPECT_THAT(vector, ElementsAre(8, 7, 9));
  vector.remove_first(5);
  EXPECT_THAT(vector, ElementsAre(8, 7, 9));
}

TEST(InlineVector, IsEmptyAfterClearAndUsableAgain) {
  InlineVector<int, 1> vector;
  vector.push_back(1);
  vector.push_back(2);
  vector.clear();
  EXPECT_TRUE(vector.empty());
  vector.push_back(3);
  EXPECT_THAT(vector, ElementsAre(3));
}

}  // namespace
}  // namespace holdfast::core
