// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Typed and dynamic values have the same meaning, for random values of many C++ types.
#include <gtest/gtest.h>
#include <map>
#include <unordered_map>

#include "holdfast/abi/testing/typed_values.hpp"

namespace holdfast::abi {
namespace {

using component::InterfaceTypeId;
using component::StringEncoding;
using component::TypeKind;
using testing::MockGuest;
using testing::TypeBuilder;

template <class P>
class Differential : public ::testing::Test {};
TYPED_TEST_SUITE(Differential, testing::TypedPairs<::testing::Types>);

TYPED_TEST(Differential, TypedAndDynamicAreTheSame) {
  TypeBuilder builder;
  const InterfaceTypeId type = TypeParam::make(builder);
  ASSERT_TRUE(Codec<typename TypeParam::Type>::matches(builder.types(), type));
  testing::RandomValues random(7);
  for (int round = 0; round < 200; ++round) {
    const Val value = random.value(builder.types(), type);
    for (const StringEncoding encoding : {StringEncoding::utf8, StringEncoding::utf16, StringEncoding::latin1_utf16})
      ASSERT_EQ(testing::typed_difference<TypeParam>(builder, type, value, encoding), "") << value.to_wave();
  }
}

TEST(DifferentialMap, TypedAndDynamicMapsHoldTheSame) {
  TypeBuilder builder;
  const InterfaceTypeId type = builder.map(builder.simple(TypeKind::string), builder.simple(TypeKind::u64));
  constexpr std::uint32_t address = 64;
  MockGuest guest(builder.types());
  const std::map<std::string, std::uint64_t> map = {{"a", 1}, {"bc", 2}, {"é", 3}};
  ASSERT_TRUE((Codec<std::map<std::string, std::uint64_t>>::store(guest.context(), type, map, address)));
  const Val expected =
      Val::list({Val::tuple({Val::string("a"), Val::u64(1)}), Val::tuple({Val::string("bc"), Val::u64(2)}),
                 Val::tuple({Val::string("é"), Val::u64(3)})});
  EXPECT_EQ(load(guest.context(), type, address), expected);
  LiftScratch scratch;
  using Unordered = std::unordered_map<std::string, std::uint64_t>;
  ASSERT_TRUE(store(guest.context(), type, expected, address));
  const auto lifted = Codec<Unordered>::load(guest.context(), scratch, type, address);
  ASSERT_TRUE(lifted);
  EXPECT_EQ(*lifted, Unordered(map.begin(), map.end()));
}

}  // namespace
}  // namespace holdfast::abi
