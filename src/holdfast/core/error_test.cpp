// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/error.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <type_traits>

#include "holdfast/core/result.hpp"

namespace holdfast {
namespace {

constexpr ErrorCode all_codes[] = {
    ErrorCode::none,
#define HOLDFAST_ERROR(code, rule, text) ErrorCode::code,
#include "holdfast/core/error_codes.def"
#undef HOLDFAST_ERROR
};

std::string rendered(const Error& error) {
  char buffer[256];
  return std::string(render(error, buffer, sizeof buffer));
}

TEST(Error, IsPlainBytes) {
  static_assert(std::is_trivially_copyable_v<Error>);
  EXPECT_EQ(make_error(ErrorCode::stale_handle, 3, 4), (Error{ErrorCode::stale_handle, Rule::none, 4, 3}));
}

TEST(Error, EveryCodeHasItsOwnNameAndText) {
  std::set<std::string> names;
  for (const ErrorCode code : all_codes) {
    EXPECT_TRUE(names.insert(std::string(name_of(code))).second) << name_of(code);
    EXPECT_FALSE(text_of(code).empty()) << name_of(code);
    EXPECT_FALSE(text_of(code).ends_with('.')) << name_of(code);
  }
  EXPECT_EQ(name_of(ErrorCode::none), "none");
  EXPECT_EQ(name_of(ErrorCode::unknown_handle), "unknown_handle");
  EXPECT_EQ(rule_of(ErrorCode::borrows_remain), Rule::no_borrows_remain);
}

TEST(Error, UnlistedCodesAreUnknownErrors) {
  EXPECT_EQ(name_of(static_cast<ErrorCode>(0xffff)), "unknown");
  EXPECT_EQ(text_of(static_cast<ErrorCode>(0xffff)), "unknown error");
}

TEST(Error, RenderFillsInNumbers) {
  EXPECT_EQ(rendered(make_error(ErrorCode::unknown_handle, 4294967295)), "unknown handle index 4294967295");
  EXPECT_EQ(rendered(make_error(ErrorCode::over_budget, 0)), "limit of 0 exceeded");
  EXPECT_EQ(rendered(make_error(ErrorCode::removed_by_host, 7)), "the resource was removed by the host")
      << "a text without a number";
  EXPECT_EQ(rendered(make_error(ErrorCode::unknown_version, 0x1000d)), "unknown binary version: 0x1000d");
  EXPECT_EQ(rendered(make_error(ErrorCode::handle_wrong_type, 1)), "handle index 1 used with the wrong type");
  EXPECT_TRUE(rendered(make_error(ErrorCode::handle_lent, 1)).contains("cannot remove owned resource while borrowed"));
  EXPECT_TRUE(rendered(make_error(ErrorCode::handle_not_own, 1)).contains("cannot lift own resource from a borrow"));
  EXPECT_TRUE(rendered(make_error(ErrorCode::borrows_remain, 1))
                  .contains("borrow handles still remain at the end of the call"));
}

TEST(Error, WrongStateNamesBothStates) {
  EXPECT_EQ(rendered(make_error(ErrorCode::wrong_state, state_pair(ResourceState::active, ResourceState::locked))),
            "the resource is in the wrong state for this operation: it is Active and cannot become Locked");
  EXPECT_EQ(rendered(make_error(ErrorCode::wrong_state, state_pair(ResourceState::allocated, ResourceState::dead))),
            "the resource is in the wrong state for this operation: it is Allocated and cannot become Dead");
  EXPECT_EQ(rendered(make_error(ErrorCode::wrong_state)), "the resource is in the wrong state for this operation");
  EXPECT_EQ(name_of(ResourceState::pending_cleanup), "PendingCleanup");
  EXPECT_EQ(name_of(static_cast<ResourceState>(200)), "unknown");
}

TEST(Error, RenderCutsTextThatDoesNotFitAndStaysInsideTheBuffer) {
  for (const ErrorCode code : all_codes) {
    const Error error = make_error(code, 0xffff'ffff'ffff'ffff, 12345);
    const std::string whole = rendered(error);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      char buffer[256];
      std::memset(buffer, '#', sizeof buffer);
      const std::string_view text = render(error, buffer, size);
      EXPECT_LE(text.size(), size);
      EXPECT_TRUE(whole.starts_with(text));
      for (std::size_t i = size; i < sizeof buffer; ++i) ASSERT_EQ(buffer[i], '#');
    }
  }
}

Result<int> positive(int number) {
  if (number <= 0) return fail(ErrorCode::wrong_state, 7);
  return number;
}

Result<int> sum(int a, int b) {
  HOLDFAST_TRY_ASSIGN(const int first, positive(a));
  HOLDFAST_TRY_ASSIGN(const int second, positive(b));
  HOLDFAST_TRY(positive(first + second));
  return first + second;
}

TEST(Result, TryReturnsTheError) {
  EXPECT_EQ(*sum(1, 2), 3);
  EXPECT_EQ(sum(1, 0).error(), make_error(ErrorCode::wrong_state, 7));
  EXPECT_EQ(sum(-1, 1).error(), make_error(ErrorCode::wrong_state, 7));
}

}  // namespace
}  // namespace holdfast
