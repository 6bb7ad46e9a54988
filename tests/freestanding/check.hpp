// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TEST, TEST_F, EXPECT_* and ASSERT_* for tests that run with and without an operating system. Hosted tests use
// GoogleTest's macros. Freestanding tests use the macros below, with the same meaning: after a failed EXPECT the test
// continues, a failed ASSERT leaves the function, and text may be streamed into either. No heap.
#pragma once

#if HOLDFAST_TESTS_ARE_HOSTED

#include <gtest/gtest.h>

#else

#include <concepts>
#include <cstdint>

namespace testing {
/// The base of all fixtures.
struct Test {};
}  // namespace testing

namespace holdfast::freestanding {

/// One test. The constructor adds it to the list of all tests.
class TestCase {
 public:
  using Body = void();
  TestCase(const char* suite, const char* name, Body* body) noexcept;

 private:
  friend int run_all_tests();
  const char* suite_;
  const char* name_;
  Body* body_;
  TestCase* next_ = nullptr;
};

/// Runs all tests and prints one line for each. Returns the number of failed tests, or -1 if there are no tests.
int run_all_tests();

/// A failed check: prints its place and condition, then the text streamed into it.
class Failure {
 public:
  Failure(const char* file, int line, const char* expected) noexcept;
  ~Failure();
  const Failure& operator<<(const char* text) const noexcept;
  const Failure& operator<<(std::integral auto number) const noexcept {
    return print(static_cast<std::int64_t>(number));
  }

 private:
  const Failure& print(std::int64_t number) const noexcept;
};

/// `return LeaveTest() = Failure(...)` leaves a function that returns nothing.
struct LeaveTest {
  void operator=(const Failure&) const noexcept {}
};

}  // namespace holdfast::freestanding

// The switch makes an `else` after a check belong to the caller's own `if`.
#define HOLDFAST_CHECK(condition, expected, leave) \
  switch (0)                                       \
  case 0:                                          \
  default:                                         \
    if (static_cast<bool>(condition)) {            \
    } else                                         \
      leave ::holdfast::freestanding::Failure(__FILE__, __LINE__, expected)
#define HOLDFAST_LEAVE return ::holdfast::freestanding::LeaveTest() =

#define EXPECT_TRUE(condition) HOLDFAST_CHECK(condition, #condition, )
#define EXPECT_FALSE(condition) HOLDFAST_CHECK(!(condition), "!(" #condition ")", )
#define EXPECT_EQ(a, b) HOLDFAST_CHECK((a) == (b), #a " == " #b, )
#define EXPECT_NE(a, b) HOLDFAST_CHECK((a) != (b), #a " != " #b, )
#define EXPECT_LT(a, b) HOLDFAST_CHECK((a) < (b), #a " < " #b, )
#define EXPECT_LE(a, b) HOLDFAST_CHECK((a) <= (b), #a " <= " #b, )
#define EXPECT_GT(a, b) HOLDFAST_CHECK((a) > (b), #a " > " #b, )
#define EXPECT_GE(a, b) HOLDFAST_CHECK((a) >= (b), #a " >= " #b, )
#define ASSERT_TRUE(condition) HOLDFAST_CHECK(condition, #condition, HOLDFAST_LEAVE)
#define ASSERT_FALSE(condition) HOLDFAST_CHECK(!(condition), "!(" #condition ")", HOLDFAST_LEAVE)
#define ASSERT_EQ(a, b) HOLDFAST_CHECK((a) == (b), #a " == " #b, HOLDFAST_LEAVE)
#define ASSERT_NE(a, b) HOLDFAST_CHECK((a) != (b), #a " != " #b, HOLDFAST_LEAVE)
#define ASSERT_LE(a, b) HOLDFAST_CHECK((a) <= (b), #a " <= " #b, HOLDFAST_LEAVE)

#define HOLDFAST_REGISTER(suite, name, body) \
  static ::holdfast::freestanding::TestCase suite##_##name##_case(#suite, #name, body)

#define TEST(suite, name)                          \
  static void suite##_##name();                    \
  HOLDFAST_REGISTER(suite, name, &suite##_##name); \
  static void suite##_##name()

#define TEST_F(Fixture, name)                                         \
  namespace {                                                         \
  struct Fixture##_##name : Fixture {                                 \
    void run();                                                       \
  };                                                                  \
  }                                                                   \
  HOLDFAST_REGISTER(Fixture, name, [] { Fixture##_##name().run(); }); \
  void Fixture##_##name::run()

#endif
