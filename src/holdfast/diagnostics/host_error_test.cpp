// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/diagnostics/host_error.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

namespace holdfast {
namespace {

TEST(HostError, HasKindAndMessage) {
  const HostError error(ErrorKind::link, "import 'a' is missing");
  EXPECT_EQ(error.kind(), ErrorKind::link);
  EXPECT_EQ(error.message(), "import 'a' is missing");
  EXPECT_EQ(error.cause(), "import 'a' is missing");
  EXPECT_EQ(error.code(), ErrorCode::none);
  EXPECT_EQ(error.rule(), Rule::none);
  EXPECT_EQ(error.offset(), std::nullopt);
  EXPECT_TRUE(error.call_path().empty());
  EXPECT_TRUE(error.backtrace().empty());
  EXPECT_EQ(error.to_string(), error.message());
}

TEST(HostError, FromALowLevelErrorKeepsCodeRuleAndText) {
  const HostError error = HostError::from(make_error(ErrorCode::unknown_handle, 5));
  EXPECT_EQ(error.kind(), ErrorKind::trap);
  EXPECT_EQ(error.code(), ErrorCode::unknown_handle);
  EXPECT_EQ(error.rule(), Rule::unknown_index_traps);
  EXPECT_EQ(error.message(), "unknown handle index 5");
  EXPECT_EQ(HostError::from(make_error(ErrorCode::over_budget, 9), ErrorKind::limit).kind(), ErrorKind::limit);
}

TEST(HostError, MessageBeginsWithTheOutermostContext) {
  const HostError error =
      HostError(ErrorKind::invalid, "bad type").with_context("in the type section").with_context("reading plugin.wasm");
  EXPECT_EQ(error.message(), "reading plugin.wasm: in the type section: bad type");
  EXPECT_EQ(error.cause(), "bad type");
}

TEST(HostError, OffsetRuleAndCodeAreKept) {
  HostError error(ErrorKind::invalid, "bad type");
  error.with_offset(0x1'0000'0000).with_rule(Rule::resource_types_are_valid).with_code(ErrorCode::wrong_type);
  EXPECT_EQ(error.offset(), 0x1'0000'0000u);
  EXPECT_EQ(error.rule(), Rule::resource_types_are_valid);
  EXPECT_EQ(error.code(), ErrorCode::wrong_type);
  EXPECT_EQ(error.message(), "bad type (at offset 4294967296)");
}

TEST(HostError, ToStringAddsCallPathAndBacktrace) {
  HostError error(ErrorKind::trap, "unreachable");
  error.with_call("inner: run").with_call("outer: start");
  error.with_backtrace({{.module = "m", .function = "f", .function_index = 3, .offset = 16},
                        {.module = "", .function = "", .function_index = 7, .offset = 2}});
  EXPECT_EQ(error.to_string(), "unreachable\n  in inner: run\n  in outer: start\n  at f (m) +16\n  at function 7 +2");
  EXPECT_EQ(error.message(), "unreachable");
}

TEST(HostError, IsAValue) {
  HostError original(ErrorKind::io, "no such file");
  HostError copy = original;
  copy.with_context("loading");
  EXPECT_EQ(original.message(), "no such file");
  EXPECT_EQ(copy.message(), "loading: no such file");
  original = copy;
  EXPECT_EQ(original.message(), copy.message());
  const HostError moved = std::move(copy);
  EXPECT_EQ(moved.kind(), ErrorKind::io);
  static_assert(std::is_nothrow_move_constructible_v<HostError>);
  static_assert(sizeof(HostError) == sizeof(void*));
}

TEST(HostError, EveryKindHasItsOwnName) {
  std::set<std::string_view> names;
  for (const ErrorKind kind : {ErrorKind::invalid, ErrorKind::unsupported, ErrorKind::link, ErrorKind::trap,
                               ErrorKind::limit, ErrorKind::closed, ErrorKind::io, ErrorKind::misuse})
    EXPECT_TRUE(names.insert(name_of(kind)).second) << name_of(kind);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(name_of(static_cast<ErrorKind>(200)), "unknown");
}

HostResult<int> always_fails() { return host_fail(ErrorKind::misuse, "no"); }

TEST(HostError, HostFailReturnsTheFailureHalf) {
  const auto result = always_fails();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::misuse);
}

}  // namespace
}  // namespace holdfast
