// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Properties of random types and values: a value that is lowered and lifted again is unchanged, flat and in memory, in
// each encoding; and lifting random bytes either works or returns an error.
#include <gtest/gtest.h>

#include "holdfast/abi/check.hpp"
#include "holdfast/abi/signature.hpp"
#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/random_value.hpp"

namespace holdfast::abi {
namespace {

using component::StringEncoding;
using engine::RawValue;
using testing::MockGuest;
using testing::RandomValues;
using testing::TypeBuilder;

constexpr StringEncoding encodings[] = {StringEncoding::utf8, StringEncoding::utf16, StringEncoding::latin1_utf16};

TEST(Roundtrip, LoweredParametersAreLiftedUnchanged) {
  RandomValues random(1);
  for (int round = 0; round < 3000; ++round) {
    TypeBuilder builder;
    TypeBuilder::NamedTypes parameters;
    for (std::uint32_t left = random.below(8); left != 0; --left) parameters.emplace_back("p", random.type(builder, 3));
    const component::FunctionType function = builder.function(std::move(parameters), std::nullopt);
    std::vector<Val> arguments;
    for (const auto& parameter : function.parameters) {
      arguments.push_back(random.value(builder.types(), parameter.type));
    }
    ASSERT_TRUE(check_parameters(builder.types(), function, arguments));
    for (const StringEncoding encoding : encodings) {
      MockGuest guest(builder.types(), 256, encoding);
      std::vector<RawValue> slots(flat_argument_count(function));
      ASSERT_TRUE(lower_parameters(guest.context(), function, arguments, slots));
      const auto lifted = lift_parameters(guest.context(), function, slots);
      ASSERT_TRUE(lifted);
      ASSERT_EQ(*lifted, arguments);
    }
  }
}

TEST(Roundtrip, ResultsPassThroughGuestsOfEveryEncoding) {
  RandomValues random(2);
  for (int round = 0; round < 2000; ++round) {
    TypeBuilder builder;
    const component::FunctionType function = builder.function({}, random.type(builder, 4));
    const Val value = random.value(builder.types(), *function.result);
    Val passed = value;
    for (const StringEncoding encoding : encodings) {
      MockGuest guest(builder.types(), 0x100, encoding);
      const std::uint32_t size = builder.types()[*function.result].size;
      guest.context().memory.size = 0x100;
      std::vector<RawValue> slots = {RawValue::from_i32(0x80)};
      if (size > 0x80) break;
      ASSERT_TRUE(lower_result(guest.context(), function, &passed, slots));
      const auto lifted = lift_result(guest.context(), function, slots);
      ASSERT_TRUE(lifted);
      ASSERT_EQ(*lifted, std::optional(value));
      passed = **lifted;
    }
  }
}

TEST(Roundtrip, RandomBytesAreLiftedOrRefusedWithinTheAllowance) {
  RandomValues random(3);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    TypeBuilder builder;
    const component::FunctionType function = builder.function({{"p", random.type(builder, 3)}}, std::nullopt);
    MockGuest guest(builder.types(), 512, encodings[random.below(3)]);
    std::vector<std::uint8_t> bytes(512);
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(random.below(3) == 0 ? random.bits() : random.below(4));
    guest.write(0, bytes);
    guest.context().lift_allowance = 1 << 16;
    std::vector<RawValue> slots(17);
    for (RawValue& slot : slots) slot = RawValue::from_i64(random.below(2) == 0 ? random.below(64) * 4 : random.bits());
    if (!lift_parameters(guest.context(), function, slots)) ++refused;
    ASSERT_LE(guest.context().lift_allowance, 1U << 16);
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace holdfast::abi
