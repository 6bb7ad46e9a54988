// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a context gives to guests, tested with small components in text form that import WASI's interfaces.
#include "holdfast/wasi/context.hpp"

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <tuple>

#include "holdfast/wasi/testing/caller_fixture.hpp"

namespace holdfast::wasi_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using wasi::Context;

constexpr std::string_view library = R"(
  (core module $library
    (memory (export "memory") 64)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
      global.get $next
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $library (instantiate $library))
)";

/// A function that a component imports and exports again as `f`.
struct PassedOn {
  std::string interface_name;
  std::string name;
  std::string type;            ///< (param "x" u32) (result u32)
  std::string parameter = {};  ///< core type; empty for none
  std::string result = {};     ///< core type; empty for none, "memory" for a result that is returned in memory
};

std::string component_text(const PassedOn& function) {
  const bool in_memory = function.result == "memory";
  const std::string result = in_memory                 ? "(result i32)"
                             : function.result.empty() ? ""
                                                       : "(result " + function.result + ")";
  const std::string parameter = function.parameter.empty() ? "" : "(param " + function.parameter + ")";
  std::string text = "(component";
  text += "(import \"" + function.interface_name + "\" (instance $host (export \"" + function.name + "\" (func " +
          function.type + "))))";
  text += library;
  text += "(core func $f (canon lower (func $host \"" + function.name +
          "\") (memory $library \"memory\") (realloc (core func $library \"realloc\"))))";
  text += "(core module $m (import \"\" \"f\" (func $f " + parameter + (in_memory ? "(param i32)" : result) + "))";
  text += "(func (export \"f\") " + parameter + result;
  if (!parameter.empty()) text += " local.get 0";
  text += in_memory ? " i32.const 16 call $f i32.const 16" : " call $f";
  text += "))";
  text += "(core instance $i (instantiate $m (with \"\" (instance (export \"f\" (func $f))))))";
  text += "(func (export \"f\") " + function.type + " (canon lift (core func $i \"f\") (memory $library \"memory\"))))";
  return text;
}

/// A guest that imports several versions of WASI. `cat` copies its input to its output and returns how the input ended
/// (1: closed).
constexpr std::string_view streams_guest = R"((component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "poll" (func (param "in" (list (borrow $p))) (result (list u32))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:io/error@0.2.3" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error-type))
  (import "wasi:io/streams@0.2.9" (instance $streams
    (alias outer 1 $error-type (type $e))
    (export "error" (type $error (eq $e)))
    (alias outer 1 $pollable (type $p0))
    (export "pollable" (type $p (eq $p0)))
    (export "input-stream" (type $in (sub resource)))
    (export "output-stream" (type $out (sub resource)))
    (type $se (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $se)))
    (export "[method]input-stream.subscribe" (func (param "self" (borrow $in)) (result (own $p))))
    (export "[method]input-stream.blocking-read"
      (func (param "self" (borrow $in)) (param "len" u64) (result (result (list u8) (error $stream-error)))))
    (export "[method]output-stream.check-write"
      (func (param "self" (borrow $out)) (result (result u64 (error $stream-error)))))
    (export "[method]output-stream.write"
      (func (param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $stream-error)))))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "input-stream" (type $input-stream))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/stdin@0.2.12" (instance $stdin
    (alias outer 1 $input-stream (type $i))
    (export "input-stream" (type $in (eq $i)))
    (export "get-stdin" (func (result (own $in))))))
  (import "wasi:cli/stdout@0.2.5" (instance $stdout
    (alias outer 1 $output-stream (type $o))
    (export "output-stream" (type $out (eq $o)))
    (export "get-stdout" (func (result (own $out))))))
  (import "wasi:cli/exit@0.2.0" (instance $exit
    (export "exit" (func (param "status" (result))))
    (export "exit-with-code" (func (param "status-code" u8)))))
  (core module $library (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 4096))
  (core instance $library (instantiate $library))
  (core func $poll (canon lower (func $poll "poll") (memory $library "memory") (realloc (core func $library "realloc"))))
  (core func $subscribe (canon lower (func $streams "[method]input-stream.subscribe")))
  (core func $read (canon lower (func $streams "[method]input-stream.blocking-read")
    (memory $library "memory") (realloc (core func $library "realloc"))))
  (core func $check (canon lower (func $streams "[method]output-stream.check-write") (memory $library "memory")))
  (core func $write (canon lower (func $streams "[method]output-stream.write") (memory $library "memory")))
  (core func $write-all (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory $library "memory")))
  (core func $stdin (canon lower (func $stdin "get-stdin")))
  (core func $stdout (canon lower (func $stdout "get-stdout")))
  (core func $exit (canon lower (func $exit "exit")))
  (core func $exit-with-code (canon lower (func $exit "exit-with-code")))
  (core func $drop-in (canon resource.drop $input-stream))
  (core func $drop-out (canon resource.drop $output-stream))
  (core func $drop-pollable (canon resource.drop $pollable))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "poll" (func $poll (param i32 i32 i32)))
    (import "" "subscribe" (func $subscribe (param i32) (result i32)))
    (import "" "read" (func $read (param i32 i64 i32)))
    (import "" "check" (func $check (param i32 i32)))
    (import "" "write" (func $write (param i32 i32 i32 i32)))
    (import "" "write-all" (func $write-all (param i32 i32 i32 i32)))
    (import "" "stdin" (func $stdin (result i32)))
    (import "" "stdout" (func $stdout (result i32)))
    (import "" "exit" (func $exit (param i32)))
    (import "" "exit-with-code" (func $exit-with-code (param i32)))
    (import "" "drop-in" (func $drop-in (param i32)))
    (import "" "drop-out" (func $drop-out (param i32)))
    (import "" "drop-pollable" (func $drop-pollable (param i32)))
    (func (export "cat") (result i32) (local $in i32) (local $out i32)
      (local.set $in (call $stdin))
      (local.set $out (call $stdout))
      (loop $again
        (call $read (local.get $in) (i64.const 100) (i32.const 0))
        (if (i32.eqz (i32.load8_u (i32.const 0)))
          (then
            (call $write-all (local.get $out) (i32.load (i32.const 4)) (i32.load (i32.const 8)) (i32.const 64))
            (br_if $again (i32.eqz (i32.load8_u (i32.const 64)))))))
      (call $drop-in (local.get $in))
      (call $drop-out (local.get $out))
      (i32.load8_u (i32.const 4)))
    (func (export "poll-nothing") (call $poll (i32.const 0) (i32.const 0) (i32.const 0)))
    (func (export "drop-parent-first") (local $in i32)
      (local.set $in (call $stdin))
      (drop (call $subscribe (local.get $in)))
      (call $drop-in (local.get $in)))
    (func (export "drop-child-first") (local $in i32)
      (local.set $in (call $stdin))
      (call $drop-pollable (call $subscribe (local.get $in)))
      (call $drop-in (local.get $in)))
    (func (export "write-unasked") (call $write (call $stdout) (i32.const 0) (i32.const 5) (i32.const 64)))
    (data (i32.const 256) "kept!")
    (func (export "write") (local $out i32)
      (local.set $out (call $stdout))
      (call $check (local.get $out) (i32.const 0))
      (call $write (local.get $out) (i32.const 256) (i32.const 5) (i32.const 64))
      (call $drop-out (local.get $out)))
    (func (export "exit") (param i32) (call $exit (local.get 0)))
    (func (export "exit-with-code") (param i32) (call $exit-with-code (local.get 0))))
  (core instance $i (instantiate $m (with "" (instance
    (export "memory" (memory $library "memory")) (export "poll" (func $poll)) (export "subscribe" (func $subscribe))
    (export "read" (func $read)) (export "check" (func $check)) (export "write" (func $write)) (export "write-all" (func $write-all))
    (export "stdin" (func $stdin)) (export "stdout" (func $stdout)) (export "exit" (func $exit))
    (export "exit-with-code" (func $exit-with-code)) (export "drop-in" (func $drop-in))
    (export "drop-out" (func $drop-out)) (export "drop-pollable" (func $drop-pollable))))))
  (func (export "cat") (result u32) (canon lift (core func $i "cat")))
  (func (export "poll-nothing") (canon lift (core func $i "poll-nothing")))
  (func (export "drop-parent-first") (canon lift (core func $i "drop-parent-first")))
  (func (export "drop-child-first") (canon lift (core func $i "drop-child-first")))
  (func (export "write") (canon lift (core func $i "write")))
  (func (export "write-unasked") (canon lift (core func $i "write-unasked")))
  (func (export "exit") (param "status" (result)) (canon lift (core func $i "exit")))
  (func (export "exit-with-code") (param "code" u8) (canon lift (core func $i "exit-with-code")))))";

class InContext : public testing::Test {
 protected:
  InContext() : store(value_or_throw(Store::create(engine()))) {}

  Instance start(std::string_view component) {
    Linker linker(engine());
    value_or_throw(context.link(linker));
    return value_or_throw(linker.instantiate(store, value_or_throw(Component::from_text(engine(), component))));
  }
  Instance streams() { return start(streams_guest); }

  /// The function `f` of a component that imports `function` and exports it again.
  template <class F>
  Func<F> passed_on(const PassedOn& function) {
    return value_or_throw(start(component_text(function)).func<F>("f"));
  }

  Context context;
  Store store;
};

// --- environment ---

using Strings = std::vector<std::string>;
using Variables = std::vector<std::tuple<std::string, std::string>>;

TEST_F(InContext, ByDefaultAGuestGetsNothing) {
  EXPECT_EQ(
      *passed_on<Strings()>({"wasi:cli/environment@0.2.0", "get-arguments", "(result (list string))", "", "memory"})(),
      Strings{});
  EXPECT_EQ(*passed_on<Variables()>({"wasi:cli/environment@0.2.0", "get-environment",
                                     "(result (list (tuple string string)))", "", "memory"})(),
            Variables{});
  EXPECT_EQ(*passed_on<std::optional<std::string>()>(
                {"wasi:cli/environment@0.2.0", "initial-cwd", "(result (option string))", "", "memory"})(),
            std::nullopt);
  EXPECT_EQ(*value_or_throw(streams().func<std::uint32_t()>("cat"))(), 1U) << "an empty input";
}

TEST_F(InContext, PassesArgumentsAndVariables) {
  context.args({"prog", "a1"}).env("X", "y").env("Z", "1").env("X", "z").initial_directory("/data");
  EXPECT_THAT(
      *passed_on<Strings()>({"wasi:cli/environment@0.2.0", "get-arguments", "(result (list string))", "", "memory"})(),
      ElementsAre("prog", "a1"));
  EXPECT_THAT(*passed_on<Variables()>({"wasi:cli/environment@0.2.0", "get-environment",
                                       "(result (list (tuple string string)))", "", "memory"})(),
              ElementsAre(std::tuple("X", "z"), std::tuple("Z", "1")));
  EXPECT_EQ(*passed_on<std::optional<std::string>()>(
                {"wasi:cli/environment@0.2.0", "initial-cwd", "(result (option string))", "", "memory"})(),
            "/data");
}

TEST_F(InContext, InheritEnvPassesTheVariablesOfTheProcess) {
  ASSERT_EQ(::setenv("HOLDFAST_TEST_GOOD", "value=with=equals", 1), 0);
  ASSERT_EQ(::setenv("HOLDFAST_TEST_BAD", "\xff", 1), 0);
  context.inherit_env();
  const auto variables = *passed_on<Variables()>(
      {"wasi:cli/environment@0.2.0", "get-environment", "(result (list (tuple string string)))", "", "memory"})();
  EXPECT_THAT(variables, testing::Contains(std::tuple("HOLDFAST_TEST_GOOD", "value=with=equals")));
  EXPECT_THAT(variables, testing::Not(testing::Contains(testing::FieldsAre("HOLDFAST_TEST_BAD", testing::_))));
  ASSERT_EQ(::unsetenv("HOLDFAST_TEST_GOOD"), 0);
  ASSERT_EQ(::unsetenv("HOLDFAST_TEST_BAD"), 0);
}

TEST(Context, RefusesInvalidText) {
  Linker linker(engine());
  EXPECT_THAT(Context().args({"\xff"}).link(linker), Fails(ErrorKind::misuse, "an argument is not UTF-8"));
  EXPECT_THAT(Context().args({std::string("a\0b", 3)}).link(linker), Fails(ErrorKind::misuse, "contains a NUL"));
  EXPECT_THAT(Context().env("A=B", "x").link(linker), Fails(ErrorKind::misuse, "\"A=B\" cannot be the name"));
  EXPECT_THAT(Context().env("", "x").link(linker), Fails(ErrorKind::misuse, "cannot be the name"));
  EXPECT_THAT(Context().env("A", "\xc0").link(linker), Fails(ErrorKind::misuse, "the environment variable A"));
  EXPECT_TRUE(Context().link(linker)) << "the failed calls defined nothing";
}

// --- streams ---

TEST_F(InContext, AGuestCopiesItsInputToItsOutput) {
  std::string content;
  for (int i = 0; i < 1000; ++i) content += std::to_string(i) + " ";
  std::string captured;
  context.stdin_from(content).stdout_to(captured);
  EXPECT_EQ(*value_or_throw(streams().func<std::uint32_t()>("cat"))(), 1U);
  EXPECT_EQ(captured, content);
  EXPECT_EQ(to_string(value_or_throw(store.close())), "") << "no leaks";
}

TEST_F(InContext, AFunctionReceivesTheOutput) {
  std::vector<std::string> pieces;
  context.stdin_from("hello").stdout_to([&](std::string_view piece) { pieces.emplace_back(piece); });
  EXPECT_TRUE(value_or_throw(streams().func<std::uint32_t()>("cat"))());
  EXPECT_THAT(pieces, ElementsAre("hello"));
}

TEST_F(InContext, AFailingOutputIsAnErrorForTheGuest) {
  context.stdin_from("hello").stdout_to([](std::string_view) { throw std::runtime_error("no more paper"); });
  EXPECT_TRUE(value_or_throw(streams().func<std::uint32_t()>("cat"))()) << "the guest decides what to do";
}

TEST_F(InContext, PollingNothingTraps) {
  EXPECT_THAT(value_or_throw(streams().func<void()>("poll-nothing"))(), Traps("poll was called with an empty list"));
}

TEST_F(InContext, DroppingAStreamBeforeItsPollablesTraps) {
  const Instance guest = streams();
  EXPECT_TRUE(value_or_throw(guest.func<void()>("drop-child-first"))());
  EXPECT_THAT(value_or_throw(guest.func<void()>("drop-parent-first"))(), Traps("dropped before its pollables"));
}

TEST_F(InContext, WritingWithoutAPermitTraps) {
  EXPECT_THAT(value_or_throw(streams().func<void()>("write-unasked"))(),
              Traps("5 bytes were written to an output-stream; check-write permitted 0"));
}

TEST_F(InContext, FlushWritesBufferedOutput) {
  SinkState sink{};
  context.stdout_to(std::make_unique<LimitedSink>(sink));
  const Instance guest = streams();
  ASSERT_TRUE(value_or_throw(guest.func<void()>("write"))());
  EXPECT_EQ(sink.accepted, "");
  EXPECT_THAT(context.flush(std::chrono::milliseconds(1)), Fails(ErrorKind::io, "standard output did not accept"));
  sink.room_for_each_wait = 2;
  EXPECT_TRUE(context.flush(std::chrono::seconds(5)));
  EXPECT_EQ(sink.accepted, "kept!");
  EXPECT_TRUE(context.flush(std::chrono::milliseconds(0))) << "the buffer is empty";
}

TEST_F(InContext, FlushReportsAFailingOutput) {
  SinkState sink{};
  context.stderr_to(std::make_unique<LimitedSink>(sink)).stdout_to(std::make_unique<LimitedSink>(sink));
  ASSERT_TRUE(value_or_throw(streams().func<void()>("write"))());
  sink.error = wasi::StreamError::failed(ENOSPC);
  EXPECT_THAT(context.flush(std::chrono::seconds(5)), Fails(ErrorKind::io, "standard output: No space left on device"));
}

// --- exit ---

TEST_F(InContext, ExitEndsTheCallAndTheInstanceStaysUsable) {
  std::string captured;
  context.stdin_from("later").stdout_to(captured);
  const Instance guest = streams();
  const auto exit_code = [](const HostResult<void>& result) { return result ? -1 : result.error().exit_code(); };
  const auto exit = value_or_throw(guest.func<void(std::expected<void, std::monostate>)>("exit"));
  EXPECT_EQ(exit_code(exit({})), 0);
  EXPECT_EQ(exit_code(exit(std::unexpected(std::monostate()))), 1);
  const auto exit_with_code = value_or_throw(guest.func<void(std::uint8_t)>("exit-with-code"));
  EXPECT_EQ(exit_code(exit_with_code(42)), 42);
  EXPECT_TRUE(value_or_throw(guest.func<std::uint32_t()>("cat"))()) << "the instance stays usable";
  EXPECT_EQ(captured, "later");
}

TEST_F(InContext, ExitWritesBufferedOutputFirst) {
  SinkState sink{};
  context.stdout_to(std::make_unique<LimitedSink>(sink));
  const Instance guest = streams();
  ASSERT_TRUE(value_or_throw(guest.func<void()>("write"))());
  sink.room_for_each_wait = 2;
  EXPECT_EQ(value_or_throw(guest.func<void(std::uint8_t)>("exit-with-code"))(3).error().exit_code(), 3);
  EXPECT_EQ(sink.accepted, "kept!");
}

// --- clocks and random numbers ---

/// A record that the functions of an interface use must be exported under a name, inside the interface and outside.
constexpr std::string_view clocks_guest = R"((component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.ready" (func (param "self" (borrow $p)) (result bool)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $monotonic
    (alias outer 1 $pollable (type $p0))
    (export "pollable" (type $p (eq $p0)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $p))))
    (export "subscribe-instant" (func (param "when" u64) (result (own $p))))))
  (import "wasi:clocks/wall-clock@0.2.0" (instance $wall
    (type $d (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type $datetime (eq $d)))
    (export "now" (func (result $datetime)))
    (export "resolution" (func (result $datetime)))))
  (alias export $wall "datetime" (type $datetime))
  (import "wasi:clocks/timezone@0.2.0" (instance $timezone
    (alias outer 1 $datetime (type $d0))
    (export "datetime" (type $datetime (eq $d0)))
    (export "utc-offset" (func (param "when" $datetime) (result s32)))))
  (core module $library (memory (export "memory") 1))
  (core instance $library (instantiate $library))
  (core func $ready (canon lower (func $poll "[method]pollable.ready")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $drop (canon resource.drop $pollable))
  (core func $after (canon lower (func $monotonic "subscribe-duration")))
  (core func $at (canon lower (func $monotonic "subscribe-instant")))
  (core func $now (canon lower (func $wall "now") (memory $library "memory")))
  (core func $resolution (canon lower (func $wall "resolution") (memory $library "memory")))
  (core func $offset (canon lower (func $timezone "utc-offset")))
  (core module $m
    (import "" "ready" (func $ready (param i32) (result i32)))
    (import "" "block" (func $block (param i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "after" (func $after (param i64) (result i32)))
    (import "" "at" (func $at (param i64) (result i32)))
    (import "" "now" (func $now (param i32)))
    (import "" "resolution" (func $resolution (param i32)))
    (import "" "offset" (func $offset (param i64 i32) (result i32)))
    (func (export "sleep") (param i64) (local $p i32)
      (local.set $p (call $after (local.get 0)))
      (call $block (local.get $p))
      (call $drop (local.get $p)))
    (func (export "ready-at") (param i64) (result i32) (local $p i32)
      (local.set $p (call $at (local.get 0)))
      (call $ready (local.get $p))
      (call $drop (local.get $p)))
    (func (export "ready-after") (param i64) (result i32) (local $p i32)
      (local.set $p (call $after (local.get 0)))
      (call $ready (local.get $p))
      (call $drop (local.get $p)))
    (func (export "now") (result i32) (call $now (i32.const 16)) (i32.const 16))
    (func (export "resolution") (result i32) (call $resolution (i32.const 16)) (i32.const 16))
    (func (export "offset") (result i32) (call $offset (i64.const 1000) (i32.const 0))))
  (core instance $i (instantiate $m (with "" (instance
    (export "ready" (func $ready)) (export "block" (func $block)) (export "drop" (func $drop))
    (export "after" (func $after)) (export "at" (func $at)) (export "now" (func $now))
    (export "resolution" (func $resolution)) (export "offset" (func $offset))))))
  (func (export "sleep") (param "d" u64) (canon lift (core func $i "sleep")))
  (func (export "ready-at") (param "t" u64) (result bool) (canon lift (core func $i "ready-at")))
  (func (export "ready-after") (param "d" u64) (result bool) (canon lift (core func $i "ready-after")))
  (func (export "now") (result (tuple u64 u32)) (canon lift (core func $i "now") (memory $library "memory")))
  (func (export "resolution") (result (tuple u64 u32)) (canon lift (core func $i "resolution") (memory $library "memory")))
  (func (export "offset") (result s32) (canon lift (core func $i "offset")))))";

using Time = std::tuple<std::uint64_t, std::uint32_t>;
constexpr std::uint64_t end_of_time = 0xffff'ffff'ffff'ffff;

TEST_F(InContext, GuestsSleep) {
  const auto sleep = value_or_throw(start(clocks_guest).func<void(std::uint64_t)>("sleep"));
  const auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(sleep(0));
  EXPECT_TRUE(sleep(20'000'000));
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

TEST_F(InContext, TimersAreReadyWhenTheirTimeHasCome) {
  const Instance guest = start(clocks_guest);
  const auto at = value_or_throw(guest.func<bool(std::uint64_t)>("ready-at"));
  EXPECT_TRUE(*at(0));
  EXPECT_FALSE(*at(end_of_time));
  EXPECT_FALSE(*at(end_of_time / 2));
  const auto after = value_or_throw(guest.func<bool(std::uint64_t)>("ready-after"));
  EXPECT_TRUE(*after(0));
  EXPECT_FALSE(*after(1'000'000'000'000));
  EXPECT_FALSE(*after(end_of_time)) << "the sum must not wrap around";
}

TEST_F(InContext, TheWallClockTellsTheTime) {
  const Instance guest = start(clocks_guest);
  const auto [seconds, nanoseconds] = *value_or_throw(guest.func<Time()>("now"))();
  EXPECT_NEAR(static_cast<double>(seconds), static_cast<double>(::time(nullptr)), 2);
  EXPECT_LT(nanoseconds, 1'000'000'000U);
  EXPECT_GT(*value_or_throw(guest.func<Time()>("resolution"))(), Time(0, 0));
  EXPECT_EQ(*value_or_throw(guest.func<std::int32_t()>("offset"))(), 0);
}

TEST_F(InContext, TheMonotonicClockGoesForward) {
  const auto now = passed_on<std::uint64_t()>({"wasi:clocks/monotonic-clock@0.2.0", "now", "(result u64)", "", "i64"});
  const auto first = *now();
  EXPECT_GE(*now(), first);
  const auto resolution =
      passed_on<std::uint64_t()>({"wasi:clocks/monotonic-clock@0.2.0", "resolution", "(result u64)", "", "i64"});
  EXPECT_GT(*resolution(), 0U);
  EXPECT_LE(*resolution(), 1'000'000'000U);
}

TEST_F(InContext, RandomBytesHaveTheRequestedLengthUpToALimit) {
  const auto get = passed_on<Bytes(std::uint64_t)>(
      {"wasi:random/random@0.2.0", "get-random-bytes", "(param \"len\" u64) (result (list u8))", "i64", "memory"});
  EXPECT_EQ(get(0)->size(), 0U);
  EXPECT_EQ(get(1000)->size(), 1000U);
  EXPECT_NE(*get(32), *get(32));
  EXPECT_THAT(get(0xffff'ffff'ffff'ffff), Fails(ErrorKind::limit, "asked for 18446744073709551615 random bytes"));
}

TEST_F(InContext, RandomNumbersDiffer) {
  for (const auto& [interface_name, name] : {std::pair("wasi:random/random@0.2.0", "get-random-u64"),
                                             std::pair("wasi:random/insecure@0.2.0", "get-insecure-random-u64")}) {
    const auto get = passed_on<std::uint64_t()>({interface_name, name, "(result u64)", "", "i64"});
    EXPECT_NE(*get(), *get());
  }
  const auto seed = passed_on<std::tuple<std::uint64_t, std::uint64_t>()>(
      {"wasi:random/insecure-seed@0.2.4", "insecure-seed", "(result (tuple u64 u64))", "", "memory"});
  EXPECT_NE(*seed(), *seed());
}

// --- the rest ---

TEST_F(InContext, SocketsLinkAndTrapByName) {
  const auto create = passed_on<std::uint32_t()>({"wasi:sockets/made-up@0.2.9", "create", "(result u32)", "", "i32"});
  EXPECT_THAT(create(),
              Traps("the component called `wasi:sockets/made-up@0.2.9/create`, which the host does not provide"));
}

TEST_F(InContext, OtherInterfacesOfWasiDoNotLink) {
  Linker linker(engine());
  value_or_throw(context.link(linker));
  const auto linked = linker.instantiate(
      store, value_or_throw(Component::from_text(
                 engine(), component_text({"wasi:nn/tensor@0.2.0", "f", "(result u32)", "", "i32"}))));
  EXPECT_THAT(linked, Fails(ErrorKind::link, "wasi:nn/tensor@0.2.0"));
}

}  // namespace
}  // namespace holdfast::wasi_test
