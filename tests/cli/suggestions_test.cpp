// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "console/suggestions.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace holdfast::cli {
namespace {

TEST(Suggestions, DistanceCountsEdits) {
  EXPECT_EQ(edit_distance("read", "read"), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("raed", "read"), 1U) << "neighbours that changed places are one slip";
  EXPECT_EQ(edit_distance("write", "wrote"), 1U);
  EXPECT_EQ(edit_distance("merge", "read"), 4U);
}

TEST(Suggestions, OnlyCloseNamesAreSuggested) {
  const std::vector<std::string> names = {"read", "write", "merge"};
  EXPECT_EQ(did_you_mean("raed", names), "; did you mean `read`?");
  EXPECT_EQ(did_you_mean("something", names), "");
}

TEST(Suggestions, SeveralAreOfferedTheClosestFirst) {
  const std::vector<std::string> names = {"reads", "read", "bread", "read"};
  EXPECT_EQ(did_you_mean("reed", names), "; did you mean `read`?");
  EXPECT_EQ(did_you_mean("reado", names), "; did you mean `read` or `reads`?");
}

TEST(Suggestions, WordsAreJoined) {
  EXPECT_EQ(join_words({}), "");
  const std::vector<std::string> words = {"a", "b", "c"};
  EXPECT_EQ(join_words(words), "a, b and c");
  EXPECT_EQ(join_words(std::span(words).first(1)), "a");
}

}  // namespace
}  // namespace holdfast::cli
