// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/store/error_contexts.hpp"

#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace holdfast::runtime {
namespace {

TEST(ErrorContexts, KeepTheirMessages) {
  ErrorContexts contexts;
  const auto first = contexts.add("first");
  const auto second = contexts.add("second");
  contexts.remove(first);
  EXPECT_EQ(contexts.message(second), "second");
  EXPECT_EQ(contexts.add("third"), first) << "numbers are reused";
  EXPECT_EQ(contexts.message(first), "third");
}

TEST(ErrorContexts, DropMessagesThatDoNotFit) {
  ErrorContexts contexts;
  const auto large = contexts.add(std::string(ErrorContexts::most_bytes - 1, 'x'));
  EXPECT_EQ(contexts.message(contexts.add("ab")), "");
  EXPECT_EQ(contexts.message(contexts.add("a")), "a");
  EXPECT_EQ(contexts.message(contexts.add("a")), "");
  contexts.remove(large);
  EXPECT_EQ(contexts.message(contexts.add("there is room again")), "there is room again");
}

TEST(ErrorContexts, FreeTheMemoryOfDroppedMessages) {
  ErrorContexts contexts;
  const std::string large(ErrorContexts::most_bytes, 'x');
  EXPECT_LT(contexts.message(contexts.add(large + "x")).capacity(), 64u) << "a message that does not fit";
  const auto first = contexts.add(large);
  contexts.remove(first);
  EXPECT_EQ(contexts.add("short"), first);
  EXPECT_LT(contexts.message(first).capacity(), 64u) << "memory of the previous message with this number";
  std::string roomy = "short";
  roomy.reserve(ErrorContexts::most_bytes);
  EXPECT_LT(contexts.message(contexts.add(std::move(roomy))).capacity(), 64u);
}

}  // namespace
}  // namespace holdfast::runtime
