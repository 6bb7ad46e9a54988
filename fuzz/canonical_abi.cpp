// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes lifting and lowering: the first bytes choose a type, an encoding and the flat values; the rest is the guest's
// memory. A value that can be lifted must stay the same when it is lowered into another guest, with each encoding, and
// lifted from there. So must a random value of the type. A random value of a C++ type must have the same meaning when
// it is lowered and lifted as that type.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "holdfast/abi/check.hpp"
#include "holdfast/abi/signature.hpp"
#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/random_value.hpp"
#include "holdfast/abi/testing/typed_values.hpp"
#include "operations.hpp"

namespace {

using namespace holdfast;
using component::StringEncoding;
using fuzz::require;

constexpr std::size_t slot_count = 16;
constexpr std::size_t header_size = 4 + 1 + slot_count * 8;
constexpr std::size_t max_memory = 1 << 16;
constexpr StringEncoding encodings[] = {StringEncoding::utf8, StringEncoding::utf16, StringEncoding::latin1_utf16};

void pass_on(const abi::testing::TypeBuilder& builder, const component::FunctionType& function,
             const std::vector<Val>& values) {
  require(abi::check_parameters(builder.types(), function, values).has_value());
  for (const StringEncoding encoding : encodings) {
    abi::testing::MockGuest guest(builder.types(), 256, encoding);
    std::vector<engine::RawValue> slots(abi::flat_argument_count(function));
    require(abi::lower_parameters(guest.context(), function, values, slots).has_value());
    const auto again = abi::lift_parameters(guest.context(), function, slots);
    require(again.has_value() && *again == values);
  }
}

template <class... Pairs>
struct TypedValues {
  template <class Pair>
  static void compare(abi::testing::RandomValues& random, StringEncoding encoding) {
    abi::testing::TypeBuilder builder;
    const component::InterfaceTypeId type = Pair::make(builder);
    const Val value = random.value(builder.types(), type);
    require(abi::testing::typed_difference<Pair>(builder, type, value, encoding).empty());
  }

  static void compare_random(abi::testing::RandomValues& random, StringEncoding encoding) {
    using Compare = void (*)(abi::testing::RandomValues&, StringEncoding);
    constexpr Compare comparisons[] = {&compare<Pairs>...};
    comparisons[random.below(sizeof...(Pairs))](random, encoding);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < header_size) return 0;
  std::uint32_t seed = 0;
  std::memcpy(&seed, data, sizeof seed);
  abi::testing::RandomValues random(seed);
  abi::testing::TypeBuilder builder;
  const component::InterfaceTypeId type = random.type(builder, 4);
  const component::FunctionType function = builder.function({{"p", type}}, std::nullopt);
  const StringEncoding encoding = encodings[data[4] % 3];

  const std::size_t memory_size = std::min(size - header_size, max_memory);
  abi::testing::MockGuest guest(builder.types(), memory_size, encoding);
  guest.write(0, {data + header_size, data + header_size + memory_size});
  guest.context().lift_allowance = 1 << 22;
  std::vector<engine::RawValue> slots(slot_count);
  for (std::size_t i = 0; i < slot_count; ++i) std::memcpy(&slots[i].low, data + 5 + i * 8, 8);

  if (const auto lifted = abi::lift_parameters(guest.context(), function, slots)) pass_on(builder, function, *lifted);

  pass_on(builder, function, {random.value(builder.types(), type)});
  abi::testing::TypedPairs<TypedValues>::compare_random(random, encoding);
  return 0;
}
