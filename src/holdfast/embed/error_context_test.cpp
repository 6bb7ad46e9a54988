// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// error-context.new, .debug-message and .drop. Source: CanonicalABI.md, "canon error-context.*".
#include "holdfast/embed/testing/api_fixture.hpp"

namespace holdfast::embed_test {
namespace {

/// A component whose `run` () -> u32 has the core body `body`. Its memory begins with "hello", and its realloc returns
/// 256. The options `in` and `out` set the encodings in which messages are read and written.
std::string with_errors(std::string_view body, std::string_view in = "", std::string_view out = "") {
  return R"((component
    (core module $memory (memory (export "m") 1) (data (i32.const 0) "hello\00\ff")
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256)))
    (core instance $memory (instantiate $memory))
    (core func $new (canon error-context.new (memory (core memory $memory "m")) )" +
         std::string(in) + R"())
    (core func $message (canon error-context.debug-message (memory (core memory $memory "m"))
      (realloc (core func $memory "realloc")) )" +
         std::string(out) + R"())
    (core func $drop (canon error-context.drop))
    (type $blob (resource (rep i32))) (core func $make (canon resource.new $blob))
    (core module $m
      (import "" "m" (memory 1)) (import "" "new" (func $new (param i32 i32) (result i32)))
      (import "" "message" (func $message (param i32 i32))) (import "" "drop" (func $drop (param i32)))
      (import "" "make" (func $make (param i32) (result i32)))
      (func (export "run") (result i32) )" +
         std::string(body) + R"())
    (core instance $i (instantiate $m (with "" (instance (export "m" (memory $memory "m")) (export "new" (func $new))
      (export "message" (func $message)) (export "drop" (func $drop)) (export "make" (func $make))))))
    (func (export "run") (result u32) (canon lift (core func $i "run")))))";
}

class ErrorContexts : public Api {
 protected:
  HostResult<std::optional<Val>> run(const std::string& text) { return start(text).call("run", {}); }
  static auto GivesNumber(std::uint32_t number) { return Gives(std::optional(Val::u32(number))); }
};

/// Makes an error context and reads its message at address 64: pointer, length and third byte, as one number.
constexpr std::string_view make_and_read = R"(
  (call $message (call $new (i32.const 0) (i32.const 5)) (i32.const 64))
  (i32.add (i32.mul (i32.load (i32.const 64)) (i32.const 10000))
    (i32.add (i32.mul (i32.load (i32.const 68)) (i32.const 1000)) (i32.load8_u (i32.const 258)))))";

TEST_F(ErrorContexts, KeepTheirMessage) {
  EXPECT_THAT(run(with_errors(make_and_read)), GivesNumber(2560000 + 5000 + 'l'));
  EXPECT_THAT(run(with_errors(make_and_read, "", "string-encoding=utf16")), GivesNumber(2560000 + 5000 + 'e'));
  EXPECT_THAT(run(with_errors(make_and_read, "string-encoding=latin1+utf16")), GivesNumber(2560000 + 5000 + 'l'));
}

TEST_F(ErrorContexts, AreHandlesOfTheInstance) {
  constexpr std::string_view two = "(drop (call $make (i32.const 1))) (call $new (i32.const 0) (i32.const 5))";
  EXPECT_THAT(run(with_errors(two)), GivesNumber(2));
  EXPECT_THAT(run(with_errors("(call $drop (call $new (i32.const 0) (i32.const 5))) (call $make (i32.const 1))")),
              GivesNumber(1))
      << "the index is free again";
  const StoreReport report = need(store.close());
  ASSERT_EQ(report.leaks.size(), 3U);
  EXPECT_EQ(report.leaks[1].type, "error-context");
}

TEST_F(ErrorContexts, AreNotOtherHandles) {
  EXPECT_THAT(run(with_errors("(call $drop (i32.const 1)) (i32.const 0)")), Traps("unknown handle index 1"));
  EXPECT_THAT(run(with_errors("(call $drop (call $make (i32.const 1))) (i32.const 0)")),
              Traps("is not an error context"));
  EXPECT_THAT(run(with_errors("(call $message (call $make (i32.const 1)) (i32.const 64)) (i32.const 0)")),
              Traps("is not an error context"));
}

TEST_F(ErrorContexts, CheckTheirPointers) {
  EXPECT_THAT(run(with_errors("(call $new (i32.const 65535) (i32.const 2))")), Traps("out"));
  EXPECT_THAT(run(with_errors("(call $new (i32.const 6) (i32.const 1))")), Traps("utf-8"));
  constexpr std::string_view message_to = "(call $message (call $new (i32.const 0) (i32.const 5)) (i32.const ";
  EXPECT_THAT(run(with_errors(std::string(message_to) + "65)) (i32.const 0)")), Traps("invalid debug message pointer"));
  EXPECT_THAT(run(with_errors(std::string(message_to) + "65532)) (i32.const 0)")), Traps("out of bounds"));
}

TEST_F(ErrorContexts, OfAnInstanceThatTrappedAreReleased) {
  const std::string text = with_errors("(drop (call $new (i32.const 0) (i32.const 5))) unreachable");
  EXPECT_THAT(run(text), Traps("unreachable"));
  EXPECT_TRUE(need(store.close()).leaks.empty());
}

TEST_F(ErrorContexts, AsValuesAreUnsupported) {
  Instance instance = start(R"((component
    (core module $m (func (export "give") (result i32) (i32.const 1)) (func (export "answer") (result i32) (i32.const 42)))
    (core instance $i (instantiate $m))
    (func (export "answer") (result u32) (canon lift (core func $i "answer")))
    (func (export "give") (result error-context) (canon lift (core func $i "give")))))");
  EXPECT_THAT(instance.call("answer", {}), GivesNumber(42)) << "functions that do not pass them run";
  EXPECT_THAT(instance.call("give", {}), Fails(ErrorKind::unsupported, "cannot be passed yet"));
}

}  // namespace
}  // namespace holdfast::embed_test
