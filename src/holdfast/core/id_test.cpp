// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/id.hpp"

#include <gtest/gtest.h>
#include <string>
#include <type_traits>
#include <unordered_set>

#include "holdfast/core/arena.hpp"

namespace holdfast {
namespace {

using NameId = Id<struct NameTag>;
using OtherId = Id<struct OtherTag>;

TEST(Id, DefaultRefersToNothing) {
  EXPECT_FALSE(NameId().is_valid());
  EXPECT_TRUE(NameId(0).is_valid());
  EXPECT_NE(NameId(), NameId(0));
}

TEST(Id, ComparesAndHashesByIndexAndDoesNotMixWithOtherIds) {
  EXPECT_LT(NameId(1), NameId(2));
  EXPECT_EQ((std::unordered_set<NameId>{NameId(1), NameId(1), NameId(2)}).size(), 2u);
  static_assert(!std::is_convertible_v<OtherId, NameId> && !std::is_convertible_v<std::uint32_t, NameId>);
}

TEST(Arena, IdsFindTheAddedValues) {
  Arena<NameId, std::string> names;
  EXPECT_TRUE(names.empty());
  const NameId a = names.add("a");
  const NameId b = names.add("b");
  names[a] += "!";
  EXPECT_EQ(names[a], "a!");
  EXPECT_EQ(std::as_const(names)[b], "b");
  EXPECT_EQ(names.size(), 2u);
  std::string all;
  for (const std::string& name : names) all += name;
  EXPECT_EQ(all, "a!b");
}

using ArenaDeathTest = testing::Test;
TEST(ArenaDeathTest, AnUnknownIdBreaksTheContract) {
  Arena<NameId, int> numbers;
  EXPECT_DEATH(static_cast<void>(numbers[NameId(0)]), "contract violated: the id must belong to this arena");
  EXPECT_DEATH(static_cast<void>(std::as_const(numbers)[NameId()]), "the id must belong to this arena");
}

}  // namespace
}  // namespace holdfast
