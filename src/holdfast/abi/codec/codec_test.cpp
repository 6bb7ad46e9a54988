// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Properties of typed values beyond their equivalence to dynamic ones (differential_test.cpp): which types they fit,
// what they view, what they move and what they reject.
#include <bit>
#include <gtest/gtest.h>
#include <memory>

#include "holdfast/abi/codec/all.hpp"
#include "holdfast/abi/testing/mock_guest.hpp"
#include "holdfast/abi/testing/type_builder.hpp"

namespace codec_test {

struct Point {
  float x = 0;
  float y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};
enum class Colour : std::uint8_t { red, green };
enum class Access : std::uint32_t { none = 0, read = 1, write = 2 };
struct Shape {
  std::variant<std::monostate, double, Point> value;
  friend bool operator==(const Shape&, const Shape&) = default;
};
struct Number : std::variant<std::uint32_t, std::int64_t> {
  using variant::variant;
};
/// A class of bit flags like those of the bindings generator.
class Bits {
 public:
  constexpr Bits() = default;
  constexpr explicit Bits(std::uint32_t bits) : bits_(bits) {}
  constexpr explicit operator std::uint32_t() const { return bits_; }

 private:
  std::uint32_t bits_ = 0;
};
/// Stands for a resource: move-only, lowered only as an rvalue.
struct Ticket {
  std::unique_ptr<std::uint32_t> number;
};
struct Envelope {
  Ticket ticket;
};

}  // namespace codec_test

template <>
struct holdfast::TypeTraits<codec_test::Point> {
  static constexpr auto fields = std::tuple{field("x", &codec_test::Point::x), field("y", &codec_test::Point::y)};
};
template <>
struct holdfast::TypeTraits<codec_test::Colour> {
  static constexpr std::array cases{"red", "green"};
};
template <>
struct holdfast::TypeTraits<codec_test::Access> {
  static constexpr std::array flags{"read", "write"};
};
template <>
struct holdfast::TypeTraits<codec_test::Bits> {
  static constexpr std::array flags{"a", "b", "c"};
};
template <>
struct holdfast::TypeTraits<codec_test::Shape> {
  static constexpr std::array cases{"empty", "circle", "dot"};
  static constexpr auto storage = &codec_test::Shape::value;
};
template <>
struct holdfast::TypeTraits<codec_test::Number> {
  static constexpr std::array cases{"small", "large"};
};
template <>
struct holdfast::TypeTraits<codec_test::Envelope> {
  static constexpr auto fields = std::tuple{field("ticket", &codec_test::Envelope::ticket)};
};

namespace holdfast::abi {

template <>
struct Codec<codec_test::Ticket> {
  static bool matches(const component::InterfaceTypes& types, component::InterfaceTypeId type) {
    return types[type].kind == component::TypeKind::own;
  }
  static Result<codec_test::Ticket> lift_flat(Context& context, LiftScratch&, component::InterfaceTypeId type,
                                              FlatReader& values) {
    return lift(context, type, values.next().i32());
  }
  static Result<codec_test::Ticket> load(Context& context, LiftScratch&, component::InterfaceTypeId type,
                                         std::uint32_t pointer) {
    return lift(context, type, load_int<std::uint32_t>(context, pointer));
  }
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, codec_test::Ticket&& value,
                                 FlatWriter& values) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, lower(context, type, std::move(value)));
    values.put_i32(index);
    return {};
  }
  static Result<void> store(Context& context, component::InterfaceTypeId type, codec_test::Ticket&& value,
                            std::uint32_t pointer) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, lower(context, type, std::move(value)));
    store_int(context, pointer, index);
    return {};
  }

 private:
  static Result<codec_test::Ticket> lift(Context& context, component::InterfaceTypeId type, std::uint32_t index) {
    HOLDFAST_TRY_ASSIGN(const HandleToken token, context.guest->lift_own(context.types[type].resource, index));
    return codec_test::Ticket{std::make_unique<std::uint32_t>(static_cast<std::uint32_t>(token.bits))};
  }
  static Result<std::uint32_t> lower(Context& context, component::InterfaceTypeId type, codec_test::Ticket&& value) {
    const auto number = std::move(value.number);
    return context.guest->lower_own(context.types[type].resource, {*number});
  }
};

namespace {

using namespace codec_test;
using component::TypeKind;
using engine::RawValue;
using testing::MockGuest;
using testing::TypeBuilder;
using Bytes = std::vector<std::uint8_t>;

static_assert(Passable<std::uint8_t> && Passable<char32_t> && Passable<std::vector<Point>> && Passable<Val>);
static_assert(!Passable<char> && !Passable<void*> && !Passable<wchar_t>);

class CodecTest : public ::testing::Test {
 protected:
  template <class T>
  bool matches(TypeBuilder::Id type) {
    return Codec<T>::matches(builder.types(), type);
  }
  template <class T>
  Result<T> lift(TypeBuilder::Id type, std::vector<RawValue> values) {
    FlatReader reader(values);
    return Codec<T>::lift_flat(guest.context(), scratch, type, reader);
  }
  template <class T>
  Result<void> lower(TypeBuilder::Id type, T&& value) {
    slots.assign(builder.types()[type].flat.size(), RawValue{});
    FlatWriter writer(slots);
    return Codec<std::remove_cvref_t<T>>::lower_flat(guest.context(), type, std::forward<T>(value), writer);
  }
  static RawValue raw(std::uint64_t value) { return RawValue::from_i64(value); }
  bool in_guest(const void* data) {
    const auto* bytes = static_cast<const std::byte*>(data);
    const engine::MemoryView memory = guest.context().memory;
    return bytes >= memory.data && bytes < memory.data + memory.size;
  }

  TypeBuilder builder;
  MockGuest guest{builder.types(), 512};
  LiftScratch scratch;
  std::vector<RawValue> slots;
  TypeBuilder::Id byte = builder.simple(TypeKind::u8);
  TypeBuilder::Id word = builder.simple(TypeKind::u32);
  TypeBuilder::Id f32 = builder.simple(TypeKind::f32);
  TypeBuilder::Id f64 = builder.simple(TypeKind::f64);
  TypeBuilder::Id text = builder.simple(TypeKind::string);
};

TEST_F(CodecTest, ScalarsFitTheirWidthAndSign) {
  EXPECT_TRUE(matches<std::uint8_t>(byte));
  EXPECT_FALSE(matches<std::int8_t>(byte));
  EXPECT_FALSE(matches<bool>(byte));
  EXPECT_TRUE(matches<long long>(builder.simple(TypeKind::s64)));
  EXPECT_TRUE(matches<char32_t>(builder.simple(TypeKind::character)));
  EXPECT_FALSE(matches<std::uint32_t>(builder.simple(TypeKind::character)));
  EXPECT_FALSE(matches<float>(f64));
}

TEST_F(CodecTest, AggregatesFitWhenTheirPartsDo) {
  EXPECT_TRUE(matches<std::vector<std::uint8_t>>(builder.list(byte)));
  EXPECT_FALSE(matches<std::vector<std::uint8_t>>(builder.list(word)));
  EXPECT_FALSE(matches<std::vector<std::uint8_t>>(builder.fixed_list(byte, 3)));
  EXPECT_TRUE((matches<std::array<std::uint8_t, 3>>(builder.fixed_list(byte, 3))));
  EXPECT_FALSE((matches<std::array<std::uint8_t, 4>>(builder.fixed_list(byte, 3))));
  EXPECT_TRUE(matches<std::optional<std::string>>(builder.option(text)));
  EXPECT_FALSE(matches<std::optional<std::string>>(builder.result({}, text)));
  EXPECT_TRUE((matches<std::expected<void, std::string>>(builder.result({}, text))));
  EXPECT_FALSE((matches<std::expected<void, std::string>>(builder.result(text, text))));
  EXPECT_TRUE((matches<std::expected<std::uint32_t, std::monostate>>(builder.result(word, {}))));
  EXPECT_TRUE((matches<std::expected<void, std::monostate>>(builder.result({}, {}))));
  EXPECT_TRUE((matches<std::tuple<std::uint8_t, std::string>>(builder.tuple({byte, text}))));
  EXPECT_FALSE((matches<std::tuple<std::uint8_t>>(builder.tuple({byte, text}))));
  EXPECT_TRUE((matches<std::map<std::string, std::uint32_t>>(builder.map(text, word))));
  EXPECT_FALSE((matches<std::unordered_map<std::string, std::uint32_t>>(builder.map(word, word))));
  EXPECT_TRUE(matches<Val>(builder.list(byte)));
  EXPECT_FALSE(matches<Val>(builder.simple(TypeKind::stream)));
}

TEST_F(CodecTest, DescribedTypesFitByNames) {
  EXPECT_TRUE(matches<Point>(builder.record({{"x", f32}, {"y", f32}})));
  EXPECT_FALSE(matches<Point>(builder.record({{"y", f32}, {"x", f32}})));
  EXPECT_FALSE(matches<Point>(builder.record({{"x", f32}, {"y", f64}})));
  EXPECT_FALSE(matches<Point>(builder.record({{"x", f32}})));
  EXPECT_TRUE(matches<Colour>(builder.enumeration({"red", "green"})));
  EXPECT_FALSE(matches<Colour>(builder.enumeration({"red", "blue"})));
  EXPECT_FALSE(matches<Colour>(builder.enumeration({"red", "green", "blue"})));
  EXPECT_TRUE(matches<Access>(builder.flags({"read", "write"})));
  EXPECT_FALSE(matches<Access>(builder.flags({"read", "other"})));
  const auto point = builder.record({{"x", f32}, {"y", f32}});
  EXPECT_TRUE(matches<Shape>(builder.variant({{"empty", {}}, {"circle", f64}, {"dot", point}})));
  EXPECT_FALSE(matches<Shape>(builder.variant({{"empty", f64}, {"circle", f64}, {"dot", point}})));
  EXPECT_FALSE(matches<Shape>(builder.variant({{"empty", {}}, {"circle", {}}, {"dot", point}})));
  EXPECT_TRUE(matches<Number>(builder.variant({{"small", word}, {"large", builder.simple(TypeKind::s64)}})));
}

TEST_F(CodecTest, ASpanViewsTheGuestIfTheBytesAreTheValues) {
  guest.write(32, {1, 0, 0, 0, 2, 0, 0, 0});
  const auto words = lift<std::span<const std::uint32_t>>(builder.list(word), {raw(32), raw(2)});
  ASSERT_TRUE(words);
  EXPECT_TRUE(in_guest(words->data()));
  EXPECT_EQ((*words)[1], 2U);
  EXPECT_EQ(guest.context().lift_allowance, 1U << 30);

  guest.write(64, {0, 0, 0x80, 0x3f, 1, 0, 0xc0, 0x7f});
  const auto good = lift<std::span<const float>>(builder.list(f32), {raw(64), raw(1)});
  ASSERT_TRUE(good);
  EXPECT_TRUE(in_guest(good->data()));
  const auto nans = lift<std::span<const float>>(builder.list(f32), {raw(64), raw(2)});
  ASSERT_TRUE(nans);
  EXPECT_FALSE(in_guest(nans->data()));
  EXPECT_EQ(std::bit_cast<std::uint32_t>((*nans)[1]), 0x7fc0'0000U);
  EXPECT_EQ(guest.context().lift_allowance, (1U << 30) - 8);

  guest.write(96, {0, 1, 2});
  const auto bools = lift<std::span<const bool>>(builder.list(builder.simple(TypeKind::boolean)), {raw(96), raw(3)});
  ASSERT_TRUE(bools);
  EXPECT_FALSE(in_guest(bools->data()));
  EXPECT_EQ(std::vector<bool>(bools->begin(), bools->end()), (std::vector{false, true, true}));

  const auto chars = builder.list(builder.simple(TypeKind::character));
  guest.write(128, {0x41, 0, 0, 0, 0, 0xd8, 0, 0});
  EXPECT_EQ((*lift<std::span<const char32_t>>(chars, {raw(128), raw(1)}))[0], U'A');
  EXPECT_EQ(lift<std::span<const char32_t>>(chars, {raw(128), raw(2)}).error().code, ErrorCode::invalid_char);
}

TEST_F(CodecTest, ListsOfGuestsAreCheckedAndCharged) {
  const auto list = builder.list(word);
  EXPECT_EQ(lift<std::vector<std::uint32_t>>(list, {raw(2), raw(1)}).error().code, ErrorCode::pointer_misaligned);
  EXPECT_EQ(lift<std::span<const std::uint32_t>>(list, {raw(512), raw(1)}).error().code, ErrorCode::list_out_of_bounds);
  EXPECT_EQ(lift<std::vector<std::uint32_t>>(list, {raw(0), raw(1U << 26)}).error().code, ErrorCode::list_too_long);
  guest.context().lift_allowance = 39;
  EXPECT_EQ(lift<std::vector<std::uint32_t>>(list, {raw(0), raw(10)}).error().code, ErrorCode::lift_allowance_exceeded);
  EXPECT_EQ(guest.context().lift_allowance, 39U);
  EXPECT_TRUE(lift<std::vector<std::uint32_t>>(list, {raw(0), raw(9)}));
  EXPECT_EQ(lift<std::vector<std::string>>(builder.list(text), {raw(0), raw(1)}).error().code,
            ErrorCode::lift_allowance_exceeded);
}

TEST_F(CodecTest, ViewsAndTemporariesAreLowered) {
  EXPECT_TRUE(lower(text, std::string_view("hi")));
  EXPECT_EQ(guest.bytes(slots[0].i32(), 2), (Bytes{'h', 'i'}));
  const std::uint16_t numbers[] = {1, 2};
  EXPECT_TRUE(lower(builder.list(builder.simple(TypeKind::u16)), std::span<const std::uint16_t>(numbers)));
  EXPECT_EQ(guest.bytes(slots[0].i32(), 4), (Bytes{1, 0, 2, 0}));
  EXPECT_TRUE(lower(builder.list(builder.simple(TypeKind::boolean)), std::vector<bool>{true, false}));
  EXPECT_EQ(guest.bytes(slots[0].i32(), 2), (Bytes{1, 0}));
  const std::vector<float> floats = {1, std::bit_cast<float>(0xff80'0001U)};
  EXPECT_TRUE(lower(builder.list(f32), floats));
  EXPECT_EQ(guest.bytes(slots[0].i32(), 8), (Bytes{0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f}));
}

TEST_F(CodecTest, WrongValuesOfTheHostAreRefused) {
  EXPECT_EQ(lower(builder.enumeration({"red", "green"}), static_cast<Colour>(7)).error().code,
            ErrorCode::invalid_discriminant);
  EXPECT_EQ(lower(builder.flags({"read", "write"}), static_cast<Access>(4)).error().code,
            ErrorCode::value_type_mismatch);
  EXPECT_EQ(lower(builder.simple(TypeKind::character), static_cast<char32_t>(0xd800)).error().code,
            ErrorCode::invalid_char);
  EXPECT_EQ(lower(text, std::string("\xff")).error().code, ErrorCode::invalid_utf8);
  EXPECT_EQ(lower(word, Val::u8(1)).error().code, ErrorCode::value_type_mismatch);
  EXPECT_EQ(lower(builder.list(text), Val::list({Val::string("a"), Val::u8(1)})).error().code,
            ErrorCode::value_type_mismatch);
  EXPECT_TRUE(guest.calls.empty()) << "nothing was allocated";
}

TEST_F(CodecTest, FlagsAsAClass) {
  const auto type = builder.flags({"a", "b", "c"});
  EXPECT_TRUE(lower(type, Bits(5)));
  EXPECT_EQ(slots[0].i32(), 5U);
  EXPECT_EQ(static_cast<std::uint32_t>(*lift<Bits>(type, {raw(0xff)})), 7U);
}

TEST_F(CodecTest, DiscriminantsAreChecked) {
  EXPECT_EQ(lift<Colour>(builder.enumeration({"red", "green"}), {raw(2)}).error(),
            make_error(ErrorCode::invalid_discriminant, 2, 2));
  EXPECT_EQ(lift<std::optional<std::uint8_t>>(builder.option(byte), {raw(2), raw(0)}).error().code,
            ErrorCode::invalid_discriminant);
  const auto number = builder.variant({{"small", word}, {"large", builder.simple(TypeKind::s64)}});
  EXPECT_EQ(lift<Number>(number, {raw(2), raw(0)}).error().code, ErrorCode::invalid_discriminant);
  EXPECT_EQ(std::get<1>(*lift<Number>(number, {raw(1), raw(~0ULL)})), -1);
}

TEST_F(CodecTest, TheLastValueOfAKeyCounts) {
  const auto type = builder.map(byte, byte);
  guest.write(32, {1, 10, 2, 20, 1, 30});
  using Map = std::map<std::uint8_t, std::uint8_t>;
  EXPECT_EQ((lift<Map>(type, {raw(32), raw(3)})), (Map{{1, 30}, {2, 20}}));
}

TEST_F(CodecTest, ResourcesAreMovedOutOfAggregates) {
  const auto own = builder.own();
  std::vector<Envelope> envelopes(2);
  envelopes[0].ticket.number = std::make_unique<std::uint32_t>(1);
  envelopes[1].ticket.number = std::make_unique<std::uint32_t>(2);
  const auto type = builder.list(builder.record({{"ticket", own}}));
  ASSERT_TRUE(lower(type, std::move(envelopes)));
  EXPECT_EQ(guest.owned, (std::set<std::uint32_t>{101, 102}));
  const auto lifted = lift<std::vector<Envelope>>(type, slots);
  ASSERT_TRUE(lifted);
  EXPECT_EQ(*(*lifted)[1].ticket.number, 2U);
  EXPECT_TRUE(guest.owned.empty());

  std::optional<Ticket> maybe = Ticket{std::make_unique<std::uint32_t>(3)};
  ASSERT_TRUE(lower(builder.option(own), std::move(maybe)));
  EXPECT_TRUE(lift<std::optional<Ticket>>(builder.option(own), slots));
  std::expected<Ticket, std::string> result = Ticket{std::make_unique<std::uint32_t>(4)};
  ASSERT_TRUE(lower(builder.result(own, text), std::move(result)));
  EXPECT_EQ(slots[1].i32(), 104U);
  std::tuple<Ticket, std::uint8_t> tuple{Ticket{std::make_unique<std::uint32_t>(5)}, std::uint8_t{1}};
  ASSERT_TRUE(lower(builder.tuple({own, byte}), std::move(tuple)));
  EXPECT_EQ(slots[0].i32(), 105U);
  std::map<std::uint8_t, Ticket> map;
  map.emplace(std::uint8_t{1}, Ticket{std::make_unique<std::uint32_t>(6)});
  ASSERT_TRUE(lower(builder.map(byte, own), std::move(map)));
  EXPECT_TRUE(guest.owned.contains(106));
}

TEST_F(CodecTest, SignaturesSayWhatDoesNotFit) {
  const auto function = builder.function({{"name", text}, {"count", word}}, builder.list(byte));
  const auto& types = builder.types();
  using Vector = std::vector<std::uint8_t>;
  EXPECT_EQ((signature_mismatch<Vector, std::string_view, std::uint32_t>(types, function)), std::nullopt);
  EXPECT_EQ((signature_mismatch<Vector, std::string_view>(types, function)),
            "the function has 2 parameters, but the C++ signature has 1");
  EXPECT_EQ((signature_mismatch<Vector, std::string_view, std::uint8_t>(types, function)),
            "parameter 2 (count) is u32, but its C++ type does not match");
  EXPECT_EQ((signature_mismatch<std::string, std::string_view, std::uint32_t>(types, function)),
            "the result is list<u8>, but the C++ result type does not match");
  EXPECT_EQ((signature_mismatch<void, std::string_view, std::uint32_t>(types, function)),
            "the result is list<u8>, but the C++ result type does not match");
  const auto nothing = builder.function({}, std::nullopt);
  EXPECT_EQ((signature_mismatch<void>(types, nothing)), std::nullopt);
  EXPECT_EQ((signature_mismatch<std::string>(types, nothing)),
            "the function has no result, but the C++ signature has one");
}

TEST_F(CodecTest, WholeCallsSpillAsDynamicOnesDo) {
  TypeBuilder::NamedTypes parameters = {{"name", text}, {"point", builder.record({{"x", f32}, {"y", f32}})}};
  for (int i = 0; i < 13; ++i) parameters.emplace_back("n", byte);
  const auto function = builder.function(std::move(parameters), text);
  ASSERT_TRUE(function.parameters_spill);
  std::vector<RawValue> arguments(2);
  const std::uint8_t n = 7;
  ASSERT_TRUE(lower_arguments(guest.context(), function, arguments, std::string("name"), Point{1, 2}, n, n, n, n, n, n,
                              n, n, n, n, n, n, n));
  const auto dynamic = lift_parameters(guest.context(), function, arguments);
  ASSERT_TRUE(dynamic);
  EXPECT_EQ((*dynamic)[0], Val::string("name"));
  EXPECT_EQ((*dynamic)[14], Val::u8(7));
  using B = std::uint8_t;
  const auto typed = lift_arguments<std::string_view, Point, B, B, B, B, B, B, B, B, B, B, B, B, B>(
      guest.context(), scratch, function, arguments);
  ASSERT_TRUE(typed);
  EXPECT_EQ(std::get<0>(*typed), "name");
  EXPECT_EQ(std::get<1>(*typed), (Point{1, 2}));

  arguments[1] = RawValue::from_i32(64);
  ASSERT_TRUE(lower_result_from(guest.context(), function, std::string("result"), arguments));
  const std::vector<RawValue> returned = {RawValue::from_i32(64)};
  EXPECT_EQ(lift_result_as<std::string>(guest.context(), scratch, function, returned), "result");
  arguments[1] = RawValue::from_i32(65);
  EXPECT_EQ(lower_result_from(guest.context(), function, std::string("result"), arguments).error().code,
            ErrorCode::pointer_misaligned);
  arguments[0] = RawValue::from_i32(0xffff'fff0);
  EXPECT_EQ((lift_arguments<std::string_view, Point, B, B, B, B, B, B, B, B, B, B, B, B, B>(guest.context(), scratch,
                                                                                            function, arguments)
                 .error()
                 .code),
            ErrorCode::pointer_out_of_bounds);
}

TEST_F(CodecTest, FunctionsMayHaveNoParameters) {
  const auto function = builder.function({}, std::nullopt);
  EXPECT_TRUE(lift_arguments<>(guest.context(), scratch, function, {}));
  EXPECT_TRUE(lower_arguments(guest.context(), function, {}));
}

TEST_F(CodecTest, NothingIsLiftedAfterAParameterThatFails) {
  const auto function = builder.function({{"c", builder.simple(TypeKind::character)}, {"t", builder.own()}}, {});
  guest.owned = {101};
  const std::vector<RawValue> arguments = {raw(0xd800), raw(101)};
  const auto lifted = lift_arguments<char32_t, Ticket>(guest.context(), scratch, function, arguments);
  ASSERT_FALSE(lifted);
  EXPECT_EQ(lifted.error().code, ErrorCode::invalid_char);
  EXPECT_TRUE(guest.owned.contains(101));
}

}  // namespace
}  // namespace holdfast::abi
