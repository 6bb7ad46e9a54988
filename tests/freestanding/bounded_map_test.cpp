// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/bounded_map.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "check.hpp"
#include "holdfast/core/bounded_string.hpp"

namespace holdfast::core {
namespace {

using KeyName = BoundedString<8>;

KeyName name(std::string_view text) { return *KeyName::from(text); }

TEST(BoundedMap, FindsWithAnyTypeThatComparesWithTheKey) {
  BoundedMap<KeyName, int, 3> map;
  ASSERT_TRUE(map.insert(name("two"), 2));
  ASSERT_TRUE(map.insert(name("one"), 1));
  ASSERT_TRUE(map.insert(name("three"), 3));
  EXPECT_EQ(*map.find("one"), 1);
  EXPECT_EQ(*std::as_const(map).find(name("two")), 2);
  EXPECT_EQ(map.find("four"), nullptr);
  EXPECT_TRUE(map.contains("three"));
  std::string_view last;
  for (const auto& [key, value] : map) {
    EXPECT_LT(last, key.view()) << "in the order of the keys";
    last = key.view();
  }
}

TEST(BoundedMap, FailedInsertsChangeNothing) {
  BoundedMap<int, KeyName, 2> map;
  ASSERT_TRUE(map.insert(5, name("five")));
  EXPECT_EQ(map.insert(5, name("other")).error().code, ErrorCode::already_present);
  EXPECT_EQ(*map.find(5), "five");
  ASSERT_TRUE(map.insert(1, name("one")));
  EXPECT_EQ(map.insert(3, name("three")).error(), make_error(ErrorCode::capacity_exhausted, 2));
  EXPECT_EQ(map.insert_or_assign(3, name("three")).error().code, ErrorCode::capacity_exhausted);
  EXPECT_TRUE(map.full());
  EXPECT_FALSE(map.contains(3));
  EXPECT_EQ(**map.insert_or_assign(5, name("V")), "V") << "replacing a value needs no room";
  EXPECT_EQ(map.size(), 2u);
}

TEST(BoundedMap, EraseMakesRoom) {
  BoundedMap<int, int, 2> map;
  ASSERT_TRUE(map.insert(1, 10));
  ASSERT_TRUE(map.insert(2, 20));
  EXPECT_TRUE(map.erase(1));
  EXPECT_FALSE(map.erase(1));
  ASSERT_TRUE(map.insert(3, 30));
  EXPECT_EQ(*map.find(2), 20);
  EXPECT_EQ(*map.find(3), 30);
  map.clear();
  EXPECT_TRUE(map.empty());
}

TEST(BoundedMap, BehavesLikeAnArrayOfFlagsUnderRandomOperations) {
  BoundedMap<std::uint32_t, std::uint32_t, 10> map;
  std::array<std::uint32_t, 16> model{};  // by key; 0: the key is not present
  std::uint32_t count = 0;
  std::uint32_t random = 1;
  for (std::uint32_t step = 1; step < 5000; ++step) {
    random = random * 1664525 + 1013904223;
    const std::uint32_t key = random >> 28;
    if ((random >> 20) % 2 == 0) {
      const bool fits = model[key] == 0 && count < 10;
      ASSERT_EQ(map.insert(key, step).has_value(), fits);
      if (fits) model[key] = step;
      if (fits) ++count;
    } else {
      ASSERT_EQ(map.erase(key), model[key] != 0);
      if (model[key] != 0) --count;
      model[key] = 0;
    }
    ASSERT_EQ(map.size(), count);
    for (std::uint32_t i = 0; i < model.size(); ++i) {
      const std::uint32_t* value = map.find(i);
      ASSERT_EQ(value == nullptr ? 0 : *value, model[i]);
    }
  }
}

}  // namespace
}  // namespace holdfast::core
