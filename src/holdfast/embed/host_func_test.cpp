// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Host functions: which callables are accepted, what they can take, and how they fail.
#include <stdexcept>

#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::uint32_t doubled(std::uint32_t x) { return 2 * x; }
std::uint32_t tripled(std::uint32_t x) noexcept { return 3 * x; }

class Counter {
 public:
  explicit Counter(std::uint32_t start) : value_(start) {}
  std::uint32_t value() const { return value_; }
  std::uint32_t value_noexcept() const noexcept { return value_; }
  void add(std::uint32_t x) { value_ += x; }
  void add_noexcept(std::uint32_t x) noexcept { value_ += x; }
  static std::uint32_t limit() { return 99; }

 private:
  std::uint32_t value_;
};

class HostFunctions : public Api {
 protected:
  explicit HostFunctions(const StoreOptions& options = {}) : Api(options) {}

  /// Calls `f: func(x: u32) -> u32`, which `callable` implements, through a component.
  template <class Callable>
  HostResult<std::uint32_t> call_f(Callable callable, std::uint32_t x) {
    Linker own(engine());
    own.instance("test:host/api").func("f", std::move(callable));
    HOLDFAST_TRY_ASSIGN(const Instance instance, own.instantiate(store, compile(number)));
    HOLDFAST_TRY_ASSIGN(const auto f, instance.func<std::uint32_t(std::uint32_t)>("f"));
    return f(x);
  }

  const std::string number = passing_on({{"f", R"((param "x" u32) (result u32))", "i32", "i32"}});
};

// --- callables ---

TEST_F(HostFunctions, MayBeAnythingThatCanBeCalled) {
  std::uint32_t seven = 7;
  EXPECT_THAT(call_f([](std::uint32_t x) { return x + 1; }, 1), Gives(2U));
  EXPECT_THAT(call_f([seven](std::uint32_t x) noexcept { return x + seven; }, 1), Gives(8U));
  EXPECT_THAT(call_f(&doubled, 5), Gives(10U));
  EXPECT_THAT(call_f(tripled, 5), Gives(15U));
  EXPECT_THAT(call_f(std::function<std::uint32_t(std::uint32_t)>(doubled), 6), Gives(12U));
  EXPECT_THAT(call_f([](const std::uint32_t& x) { return x; }, 3), Gives(3U));
  EXPECT_THAT(call_f([](std::uint32_t&& x) { return x; }, 4), Gives(4U));
}

TEST_F(HostFunctions, MemberFunctionsTakeTheObjectFirst) {
  api()
      .resource<Counter>("counter")
      .func("[constructor]counter", [](std::uint32_t start) { return Counter(start); })
      .func("[method]counter.value", &Counter::value)
      .func("[method]counter.value-noexcept", &Counter::value_noexcept)
      .func("[method]counter.add", &Counter::add)
      .func("[method]counter.add-noexcept", &Counter::add_noexcept)
      .func("[static]counter.limit", &Counter::limit);
  const std::string self = R"((param "self" (borrow $counter)))";
  const Instance instance = start(R"((component
    (import "test:host/api" (instance $api
      (export "counter" (type $counter (sub resource)))
      (export "[constructor]counter" (func (param "start" u32) (result (own $counter))))
      (export "[method]counter.value" (func )" +
                                  self + R"( (result u32)))
      (export "[method]counter.value-noexcept" (func )" +
                                  self + R"( (result u32)))
      (export "[method]counter.add" (func )" +
                                  self + R"( (param "x" u32)))
      (export "[method]counter.add-noexcept" (func )" +
                                  self + R"( (param "x" u32)))
      (export "[static]counter.limit" (func (result u32)))))
    (alias export $api "counter" (type $counter))
    (core func $make (canon lower (func $api "[constructor]counter")))
    (core func $value (canon lower (func $api "[method]counter.value")))
    (core func $value2 (canon lower (func $api "[method]counter.value-noexcept")))
    (core func $add (canon lower (func $api "[method]counter.add")))
    (core func $add2 (canon lower (func $api "[method]counter.add-noexcept")))
    (core func $limit (canon lower (func $api "[static]counter.limit")))
    (core func $drop (canon resource.drop $counter))
    (core module $M
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "value" (func $value (param i32) (result i32)))
      (import "" "value2" (func $value2 (param i32) (result i32)))
      (import "" "add" (func $add (param i32 i32)))
      (import "" "add2" (func $add2 (param i32 i32)))
      (import "" "limit" (func $limit (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (result i32) (local $counter i32) (local $sum i32)
        (local.set $counter (call $make (i32.const 1000)))
        (call $add (local.get $counter) (i32.const 10))
        (call $add2 (local.get $counter) (i32.const 1))
        (local.set $sum (i32.add (call $value (local.get $counter)) (call $value2 (local.get $counter))))
        (call $drop (local.get $counter))
        (i32.add (local.get $sum) (call $limit))))
    (core instance $m (instantiate $M (with "" (instance (export "make" (func $make)) (export "value" (func $value))
      (export "value2" (func $value2)) (export "add" (func $add)) (export "add2" (func $add2))
      (export "limit" (func $limit)) (export "drop" (func $drop))))))
    (func (export "run") (result u32) (canon lift (core func $m "run")))))");
  EXPECT_THAT(need(instance.func<std::uint32_t()>("run"))(), Gives(2U * 1011 + 99));
}

// --- the caller ---

struct UserState {
  std::uint32_t offset = 100;
  std::vector<std::string> callers;
};

class WithUserState : public HostFunctions {
 protected:
  WithUserState() : HostFunctions({.user = &state}) {}
  UserState state;
};

TEST_F(WithUserState, TheCallerHasUserStateAndInstanceName) {
  const auto add = [](Caller& caller, std::uint32_t x) {
    auto& user = caller.user<UserState>();
    user.callers.push_back(caller.instance_name());
    return x + user.offset;
  };
  EXPECT_THAT(call_f(add, 5), Gives(105U));
  EXPECT_THAT(state.callers, ElementsAre("component"));
  EXPECT_EQ(&store.user<UserState>(), &state);
}

TEST_F(HostFunctions, UserStateBelongsToTheStoreNotToTheLinker) {
  UserState first{1, {}}, second{2, {}};
  api().func("f", [](Caller& caller, std::uint32_t x) { return x + caller.user<UserState>().offset; });
  const InstancePre pre = need(linker.link(compile(number)));
  Store first_store = need(Store::create(engine(), {.user = &first}));
  Store second_store = need(Store::create(engine(), {.user = &second}));
  EXPECT_THAT(need(need(pre.instantiate(first_store)).func<std::uint32_t(std::uint32_t)>("f"))(10), Gives(11U));
  EXPECT_THAT(need(need(pre.instantiate(second_store)).func<std::uint32_t(std::uint32_t)>("f"))(10), Gives(12U));
}

// --- failing ---

TEST_F(HostFunctions, AReturnedTrapTrapsWithItsMessage) {
  const auto f = [](std::uint32_t x) -> std::expected<std::uint32_t, Trap> {
    if (x == 0) return std::unexpected(Trap("zero is not allowed"));
    return x;
  };
  EXPECT_THAT(call_f(f, 5), Gives(5U));
  const auto failed = call_f(f, 0);
  ASSERT_THAT(failed, Traps("zero is not allowed"));
  EXPECT_EQ(failed.error().cause(), "zero is not allowed");
}

TEST_F(HostFunctions, ATrapOfAFunctionWithoutResult) {
  api().func("f", []() -> std::expected<void, Trap> { return std::unexpected(Trap("not now")); });
  const Instance instance = start(running("call $f"));
  EXPECT_THAT(need(instance.func<void()>("run"))(), Traps("not now"));
}

TEST_F(HostFunctions, AThrownTrapTrapsToo) {
  const auto failed = call_f([](std::uint32_t) -> std::uint32_t { throw Trap("no more"); }, 1);
  ASSERT_THAT(failed, Traps("no more"));
  EXPECT_EQ(failed.error().cause(), "no more");
}

TEST_F(HostFunctions, AnExceptionTrapsWithItsMessageAndNamesTheFunction) {
  const auto failed = call_f([](std::uint32_t) -> std::uint32_t { throw std::runtime_error("disk full"); }, 1);
  ASSERT_THAT(failed, Traps("disk full"));
  EXPECT_THAT(failed.error().message(), AllOf(HasSubstr("test:host/api"), HasSubstr("threw")));
  EXPECT_EQ(failed.error().cause(), "disk full");
}

TEST_F(HostFunctions, WhateverIsThrownBecomesATrap) {
  EXPECT_THAT(call_f([](std::uint32_t) -> std::uint32_t { throw 42; }, 1), Traps("not a std::exception"));
}

TEST_F(HostFunctions, TheErrorHasTheCallPath) {
  const auto failed = call_f([](std::uint32_t) -> std::uint32_t { throw Trap("here"); }, 1);
  ASSERT_FALSE(failed);
  ASSERT_EQ(failed.error().call_path().size(), 2U);
  EXPECT_THAT(failed.error().call_path()[0], AllOf(HasSubstr("host"), HasSubstr("f")));
  EXPECT_EQ(failed.error().call_path()[1], "component: f");
  EXPECT_FALSE(failed.error().backtrace().empty());
}

TEST_F(HostFunctions, AnErrorOfAWitResultDoesNotTrap) {
  using Outcome = std::expected<std::uint32_t, std::string>;
  api().func("f", [](std::uint32_t x) -> std::expected<Outcome, Trap> {
    if (x == 0) return Outcome(std::unexpected("an ordinary error"));
    if (x == 1) return std::unexpected(Trap("a trap"));
    return x;
  });
  const std::string text =
      passing_on({{"f", R"((param "x" u32) (result (result u32 (error string))))", "i32", "memory"}});
  const auto f = need(start(text).func<Outcome(std::uint32_t)>("f"));
  EXPECT_THAT(f(7), Gives(Outcome(7U)));
  EXPECT_THAT(f(0), Gives(Outcome(std::unexpected("an ordinary error"))));
  EXPECT_THAT(f(1), Traps("a trap"));
}

// --- views ---

TEST_F(HostFunctions, ViewsShowTheGuestsMemory) {
  std::string text_seen;
  std::vector<std::uint32_t> numbers_seen;
  std::vector<std::uint8_t> bytes_seen;
  api()
      .func("text", [&](std::string_view view) { text_seen = view; })
      .func("numbers", [&](std::span<const std::uint32_t> view) { numbers_seen.assign(view.begin(), view.end()); })
      .func("bytes", [&](std::span<const std::uint8_t> view) { bytes_seen.assign(view.begin(), view.end()); });
  const Instance instance = start(passing_on({{"text", R"((param "x" string))", "i32 i32"},
                                              {"numbers", R"((param "x" (list u32)))", "i32 i32"},
                                              {"bytes", R"((param "x" (list u8)))", "i32 i32"}}));
  EXPECT_THAT(need(instance.func<void(std::string_view)>("text"))("grüße, 世界"), Succeeds());
  EXPECT_THAT(need(instance.func<void(std::vector<std::uint32_t>)>("numbers"))({1, 2, 0xffffffff}), Succeeds());
  EXPECT_THAT(need(instance.func<void(std::span<const std::uint8_t>)>("bytes"))(std::vector<std::uint8_t>{0, 255}),
              Succeeds());
  EXPECT_EQ(text_seen, "grüße, 世界");
  EXPECT_THAT(numbers_seen, ElementsAre(1U, 2U, 0xffffffffU));
  EXPECT_THAT(bytes_seen, ElementsAre(0, 255));
}

TEST_F(HostFunctions, ViewsNeedNotBeRead) {
  api().func("text", [](std::string_view) {}).func("two", [](std::span<const float>, std::string_view) {});
  const Instance instance =
      start(passing_on({{"text", R"((param "x" string))", "i32 i32"},
                        {"two", R"((param "x" (list f32)) (param "y" string))", "i32 i32 i32 i32"}}));
  EXPECT_THAT(need(instance.func<void(std::string)>("text"))(std::string(10'000, 'x')), Succeeds());
  EXPECT_THAT(need(instance.func<void(std::vector<float>, std::string)>("two"))({1.5F}, ""), Succeeds());
}

TEST_F(HostFunctions, TextThatIsNotUtf8IsRefused) {
  api().func("text", [](std::string_view) {});
  const Instance instance = start(passing_on({{"text", R"((param "x" string))", "i32 i32"}}));
  const auto text = need(instance.func<void(std::string)>("text"));
  EXPECT_THAT(text("\xff\xfe"), Misuse("utf-8"));
  EXPECT_THAT(text("fine"), Succeeds()) << "the guest is unchanged";
}

}  // namespace
}  // namespace holdfast::embed_test
