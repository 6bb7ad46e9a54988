// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of every kind as typed C++ values, from the host through a component to a host function and back.
#include <array>
#include <limits>
#include <map>
#include <tuple>
#include <variant>

#include "holdfast/abi/type_traits.hpp"
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {

struct Point {
  float x = 0;
  float y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};
struct Label {
  std::string text;
  std::optional<Point> at;
  std::vector<std::string> tags;
  friend bool operator==(const Label&, const Label&) = default;
};
enum class Colour : std::uint8_t { red, green, blue };
enum class Access : std::uint32_t { none = 0, read = 1, write = 2, both = 3 };
struct Shape {
  std::variant<std::monostate, double, Point> value;
  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace holdfast::embed_test

template <>
struct holdfast::TypeTraits<holdfast::embed_test::Point> {
  static constexpr auto fields = std::tuple{field("x", &embed_test::Point::x), field("y", &embed_test::Point::y)};
};
template <>
struct holdfast::TypeTraits<holdfast::embed_test::Label> {
  static constexpr auto fields =
      std::tuple{field("text", &embed_test::Label::text), field("at", &embed_test::Label::at),
                 field("tags", &embed_test::Label::tags)};
};
template <>
struct holdfast::TypeTraits<holdfast::embed_test::Colour> {
  static constexpr std::array cases{"red", "green", "blue"};
};
template <>
struct holdfast::TypeTraits<holdfast::embed_test::Access> {
  static constexpr std::array flags{"read", "write"};
};
template <>
struct holdfast::TypeTraits<holdfast::embed_test::Shape> {
  static constexpr std::array cases{"empty", "circle", "dot"};
  static constexpr auto storage = &embed_test::Shape::value;
};

namespace holdfast::embed_test {
namespace {

using ::testing::HasSubstr;

const std::vector<NamedType> types = {
    {"point", R"((record (field "x" f32) (field "y" f32)))"},
    {"label", R"((record (field "text" string) (field "at" (option $point)) (field "tags" (list string))))"},
    {"colour", R"((enum "red" "green" "blue"))"},
    {"access", R"((flags "read" "write"))"},
    {"shape", R"((variant (case "empty") (case "circle" f64) (case "dot" $point)))"}};

class Values : public Api {
 protected:
  /// Sends `value` through a component to the host function `f: func(x: type) -> type`, which returns it. `core` and
  /// `core_result` are the flat types of its parameter and result.
  template <class T>
  HostResult<T> send(T value, const std::string& type, const std::string& core,
                     const std::string& core_result = "memory") {
    std::optional<T> arrived;
    Linker own(engine());
    own.instance("test:host/api").func("f", [&arrived](T received) {
      arrived.emplace(received);
      return received;
    });
    const std::string function_type = "(param \"x\" " + type + ") (result " + type + ")";
    HOLDFAST_TRY_ASSIGN(const Instance instance,
                        own.instantiate(store, compile(passing_on({{"f", function_type, core, core_result}}, types))));
    HOLDFAST_TRY_ASSIGN(const auto f, instance.func<T(T)>("f"));
    HOLDFAST_TRY_ASSIGN(T back, f(value));
    EXPECT_TRUE(arrived.has_value() && *arrived == value) << type;
    return back;
  }

  template <class T>
  void expect_limits(const std::string& type, const std::string& core) {
    for (const T value : {std::numeric_limits<T>::lowest(), T(0), T(1), std::numeric_limits<T>::max()}) {
      EXPECT_THAT(send<T>(value, type, core, core), Gives(value)) << type;
    }
  }
};

TEST_F(Values, NumbersToTheirLimits) {
  expect_limits<std::int8_t>("s8", "i32");
  expect_limits<std::uint8_t>("u8", "i32");
  expect_limits<std::int16_t>("s16", "i32");
  expect_limits<std::uint16_t>("u16", "i32");
  expect_limits<std::int32_t>("s32", "i32");
  expect_limits<std::uint32_t>("u32", "i32");
  expect_limits<std::int64_t>("s64", "i64");
  expect_limits<std::uint64_t>("u64", "i64");
  expect_limits<float>("f32", "f32");
  expect_limits<double>("f64", "f64");
  expect_limits<bool>("bool", "i32");
}

TEST_F(Values, Characters) {
  for (const char32_t value : {U'\0', U'a', U'\xd7ff', U'\xe000', U'\x10ffff'}) {
    EXPECT_THAT(send<char32_t>(value, "char", "i32", "i32"), Gives(value));
  }
  EXPECT_THAT(send<char32_t>(char32_t{0xd800}, "char", "i32", "i32"), Misuse("char"));
}

TEST_F(Values, StringsAndLists) {
  EXPECT_THAT(send<std::string>("", "string", "i32 i32"), Gives(std::string()));
  EXPECT_THAT(send<std::string>("a\0b — ü 🦀", "string", "i32 i32"), Succeeds());
  const std::vector<std::vector<std::string>> nested{{"one", ""}, {}, {"three"}};
  EXPECT_THAT(send(nested, "(list (list string))", "i32 i32"), Gives(nested));
  const std::vector<bool> bits{true, false, true};
  EXPECT_THAT(send(bits, "(list bool)", "i32 i32"), Gives(bits));
  const std::vector<double> numbers(10'000, 1.5);
  EXPECT_THAT(send(numbers, "(list f64)", "i32 i32"), Gives(numbers));
}

TEST_F(Values, Options) {
  using Nested = std::optional<std::optional<std::string>>;
  for (const Nested& value : {Nested(), Nested(std::optional<std::string>()), Nested("text")}) {
    EXPECT_THAT(send(value, "(option (option string))", "i32 i32 i32 i32"), Gives(value));
  }
}

TEST_F(Values, Results) {
  using Both = std::expected<std::uint64_t, std::string>;
  for (const Both& value : {Both(7), Both(std::unexpected("no"))}) {
    EXPECT_THAT(send(value, "(result u64 (error string))", "i32 i64 i32"), Gives(value));
  }
  using OnlyError = std::expected<void, std::uint8_t>;
  for (const OnlyError& value : {OnlyError(), OnlyError(std::unexpected(std::uint8_t{9}))}) {
    EXPECT_THAT(send(value, "(result (error u8))", "i32 i32"), Gives(value));
  }
}

TEST_F(Values, Tuples) {
  const std::tuple<std::uint8_t, std::string, double> value{200, "x", -0.5};
  EXPECT_THAT(send(value, "(tuple u8 string f64)", "i32 i32 i32 f64"), Gives(value));
  const std::tuple<std::uint32_t> single{5};
  EXPECT_THAT(send(single, "(tuple u32)", "i32", "i32"), Gives(single));
}

TEST_F(Values, Records) {
  EXPECT_THAT(send(Point{1.5F, -2}, "$point", "f32 f32"), Gives(Point{1.5F, -2}));
  const Label label{"here", Point{1, 2}, {"a", "", "c"}};
  EXPECT_THAT(send(label, "$label", "i32 i32 i32 f32 f32 i32 i32"), Gives(label));
  const std::vector<Label> labels{label, {}, {"there", std::nullopt, {}}};
  EXPECT_THAT(send(labels, "(list $label)", "i32 i32"), Gives(labels));
}

TEST_F(Values, VariantsEnumsAndFlags) {
  for (const Shape& value : {Shape{}, Shape{2.5}, Shape{Point{3, 4}}}) {
    EXPECT_THAT(send(value, "$shape", "i32 i64 f32"), Gives(value));
  }
  for (const Colour value : {Colour::red, Colour::blue})
    EXPECT_THAT(send(value, "$colour", "i32", "i32"), Gives(value));
  for (const Access value : {Access::none, Access::write, Access::both}) {
    EXPECT_THAT(send(value, "$access", "i32", "i32"), Gives(value));
  }
}

TEST_F(Values, ManyParametersArriveThroughMemory) {
  std::uint64_t seen = 0;
  using Twenty = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
                            std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
                            std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>;
  api().func("f", [&](std::string_view text, const Twenty& numbers) {
    seen = text.size() + std::get<0>(numbers) + std::get<16>(numbers);
  });
  std::string tuple = "(tuple";
  for (int i = 0; i < 17; ++i) tuple += " u64";
  const Instance instance = start(passing_on({{"f", "(param \"a\" string) (param \"b\" " + tuple + "))", "i32"}}));
  Twenty numbers;
  std::get<0>(numbers) = 100;
  std::get<16>(numbers) = 1000;
  EXPECT_THAT(need(instance.func<void(std::string, Twenty)>("f"))("abc", numbers), Succeeds());
  EXPECT_EQ(seen, 1103U);
}

TEST_F(Values, TypesOfOtherShapesAreRefusedByName) {
  api().func("f", [](const Point&) { return Colour::red; });
  const auto refused = linker.link(compile(
      passing_on({{"f", R"((param "p" $label) (result $access))", "i32 i32 i32 f32 f32 i32 i32", "i32"}}, types)));
  ASSERT_THAT(refused, Fails(ErrorKind::link, "parameter 1 (p) is record"));
  const auto result =
      linker.link(compile(passing_on({{"f", R"((param "p" $point) (result $access))", "f32 f32", "i32"}}, types)));
  EXPECT_THAT(result, Fails(ErrorKind::link, "the result is flags"));
}

TEST_F(Values, FieldNamesMatterToo) {
  api().func("f", [](const Point&) {});
  std::vector<NamedType> other = {{"point", R"((record (field "x" f32) (field "z" f32)))"}};
  EXPECT_THAT(linker.link(compile(passing_on({{"f", R"((param "p" $point))", "f32 f32"}}, other))),
              Fails(ErrorKind::link, "record { x: f32, z: f32 }"));
}

}  // namespace
}  // namespace holdfast::embed_test
