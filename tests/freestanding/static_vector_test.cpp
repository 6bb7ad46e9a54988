// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/static_vector.hpp"

#include <span>
#include <utility>

#include "check.hpp"

namespace holdfast::core {
namespace {

// Counts its live instances.
struct Counted {
  explicit Counted(int& count, int n) noexcept : live(&count), number(n) { ++*live; }
  Counted(const Counted& other) noexcept : live(other.live), number(other.number) { ++*live; }
  Counted& operator=(const Counted& other) noexcept = default;
  ~Counted() { --*live; }
  int* live;
  int number;
};

// Move-only; its number is 0 after it was moved from.
struct Unique {
  explicit Unique(int n) noexcept : number(n) {}
  Unique(Unique&& other) noexcept : number(std::exchange(other.number, 0)) {}
  Unique& operator=(Unique&& other) noexcept {
    number = std::exchange(other.number, 0);
    return *this;
  }
  friend bool operator==(const Unique&, const Unique&) = default;
  int number;
};

TEST(StaticVector, KeepsItsElementsInOrder) {
  StaticVector<int, 4> list;
  EXPECT_TRUE(list.empty());
  for (const int value : {7, 8, 9}) EXPECT_EQ(**list.push_back(value), value);
  EXPECT_EQ(list.size(), 3u);
  EXPECT_EQ(list[1], 8);
  EXPECT_EQ(list.back(), 9);
  int sum = 0;
  for (const int value : list) sum += value;
  EXPECT_EQ(sum, 24);
  EXPECT_EQ(std::span<const int>(list).size(), 3u);
}

TEST(StaticVector, AFullListLeavesTheElementWithTheCaller) {
  StaticVector<Unique, 2> list;
  ASSERT_TRUE(list.emplace_back(1));
  ASSERT_TRUE(list.emplace_back(2));
  EXPECT_TRUE(list.full());
  Unique third(3);
  const auto refused = list.push_back(std::move(third));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), make_error(ErrorCode::capacity_exhausted, 2));
  EXPECT_EQ(third.number, 3);  // NOLINT(bugprone-use-after-move): it was not moved from
  EXPECT_EQ(list.size(), 2u);
  list.pop_back();
  EXPECT_TRUE(list.push_back(std::move(third)));
  EXPECT_EQ(list.back().number, 3);
}

TEST(StaticVector, ErasingKeepsTheOrderOfTheOthers) {
  StaticVector<Unique, 5> list;
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(list.emplace_back(i));
  list.erase(1);
  list.remove_first(Unique(4));
  list.remove_first(Unique(99));
  StaticVector<Unique, 5> expected;
  for (const int value : {1, 3, 5}) ASSERT_TRUE(expected.emplace_back(value));
  EXPECT_TRUE(list == expected);
  list.erase(2);
  EXPECT_FALSE(list == expected);
}

TEST(StaticVector, CopiesAndMovesDestroyEveryElementOnce) {
  int live = 0;
  {
    StaticVector<Counted, 3> list;
    ASSERT_TRUE(list.emplace_back(live, 1));
    ASSERT_TRUE(list.emplace_back(live, 2));
    StaticVector<Counted, 3> copy(list);
    EXPECT_EQ(live, 4);
    StaticVector<Counted, 3> moved(std::move(list));
    EXPECT_EQ(live, 4);
    EXPECT_TRUE(list.empty());  // NOLINT(bugprone-use-after-move): a moved-from list is empty
    copy = moved;
    copy = *&copy;
    EXPECT_EQ(copy.size(), 2u);
    moved = std::move(copy);
    EXPECT_EQ(moved.back().number, 2);
    EXPECT_EQ(live, 2);
    moved.clear();
    EXPECT_EQ(live, 0);
    ASSERT_TRUE(moved.emplace_back(live, 3));
  }
  EXPECT_EQ(live, 0);
}

}  // namespace
}  // namespace holdfast::core
