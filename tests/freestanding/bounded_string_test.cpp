// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/bounded_string.hpp"

#include <type_traits>

#include "check.hpp"

namespace holdfast::core {
namespace {

using Name = BoundedString<8>;
static_assert(std::is_trivially_copyable_v<Name> && sizeof(Name) == 9);
static_assert(Name::from("atlas")->view() == "atlas");

TEST(BoundedString, HoldsUpToItsCapacity) {
  Name name;
  EXPECT_TRUE(name.empty());
  ASSERT_TRUE(name.assign("texture"));
  ASSERT_TRUE(name.push_back('s'));
  EXPECT_EQ(name, "textures");
  EXPECT_EQ(name.size(), Name::capacity());
}

TEST(BoundedString, TextThatDoesNotFitIsRefusedAsAWhole) {
  Name name;
  ASSERT_TRUE(name.assign("12345"));
  EXPECT_EQ(name.append("6789").error(), make_error(ErrorCode::capacity_exhausted, 8));
  EXPECT_EQ(name, "12345");
  EXPECT_EQ(name.assign("123456789").error().code, ErrorCode::capacity_exhausted);
  EXPECT_EQ(name, "12345");
  EXPECT_EQ(Name::from("123456789").error().code, ErrorCode::capacity_exhausted);
  ASSERT_TRUE(name.append("678"));
  EXPECT_EQ(name.push_back('9').error().code, ErrorCode::capacity_exhausted);
  EXPECT_EQ(name, "12345678");
}

TEST(BoundedString, TextMayBePartOfTheStringItself) {
  Name name;
  ASSERT_TRUE(name.assign("abcd"));
  ASSERT_TRUE(name.append(name));
  EXPECT_EQ(name, "abcdabcd");
  ASSERT_TRUE(name.assign(std::string_view(name.view().data() + 2, 3)));
  EXPECT_EQ(name, "cda");
  name.clear();
  EXPECT_EQ(name, "");
}

TEST(BoundedString, ComparesLikeText) {
  const Name a = *Name::from("a");
  const Name b = *Name::from("b");
  EXPECT_LT(a, b);
  EXPECT_LT(a, "aa");
  EXPECT_GT("c", b);
  EXPECT_NE(a, b);
  EXPECT_EQ(a, *Name::from("a"));
}

}  // namespace
}  // namespace holdfast::core
