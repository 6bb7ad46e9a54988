// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stores that are linked from one context share its standard streams, also on several threads.
#include <algorithm>
#include <functional>
#include <thread>

#include "holdfast/wasi/context.hpp"
#include "holdfast/wasi/io/memory_streams.hpp"
#include "holdfast/wasi/testing/caller_fixture.hpp"

namespace holdfast::wasi_test {
namespace {

constexpr int thread_count = 4;
constexpr int rounds = 200;

void on_threads(const std::function<void(int)>& body) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < thread_count; ++i) threads.emplace_back([&body, i] { body(i); });
}

std::string line(int thread, int round) { return std::to_string(thread) + " " + std::to_string(round) + "\n"; }

/// All lines of all threads, sorted.
std::vector<std::string> all_lines() {
  std::vector<std::string> lines;
  for (int thread = 0; thread < thread_count; ++thread) {
    for (int round = 0; round < rounds; ++round) lines.push_back(line(thread, round));
  }
  std::ranges::sort(lines);
  return lines;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  std::ranges::sort(lines);
  return lines;
}

TEST(SharedStreams, TheBytesOfOneWriteStayTogether) {
  std::string output;
  const auto channel = std::make_shared<wasi::OutputChannel>(
      wasi::make_function_sink([&output](std::string_view written) { output += written; }));
  on_threads([&channel](int thread) {
    wasi::OutputStream stream(channel);
    for (int round = 0; round < rounds; ++round) {
      const auto permit = stream.check_write();
      ASSERT_TRUE(permit && *permit > 0);
      const auto written = stream.write(bytes(line(thread, round)));
      ASSERT_TRUE(written && *written);
      ASSERT_TRUE(channel->flush());
    }
  });
  EXPECT_EQ(lines_of(output), all_lines());
}

TEST(SharedStreams, EachByteIsReadOnce) {
  std::string content;
  for (const std::string& each : all_lines()) content += each;
  const auto channel = std::make_shared<wasi::InputChannel>(wasi::make_string_source(content));
  std::vector<std::string> read(thread_count);
  on_threads([&](int thread) {
    wasi::InputStream stream(channel);
    while (const auto piece = stream.read(7)) read[static_cast<std::size_t>(thread)] += text(*piece);
  });
  std::string together;
  for (const std::string& part : read) together += part;
  std::ranges::sort(together);
  std::ranges::sort(content);
  EXPECT_EQ(together, content);
}

TEST(SharedStreams, StoresOfOneContextOnSeveralThreads) {
  constexpr std::string_view guest = R"((component
    (import "wasi:io/streams@0.2.0" (instance $streams (export "output-stream" (type (sub resource)))))
    (alias export $streams "output-stream" (type $stream))
    (import "wasi:cli/stdout@0.2.0" (instance $stdout
      (alias outer 1 $stream (type $s))
      (export "output-stream" (type $out (eq $s)))
      (export "get-stdout" (func (result (own $out))))))
    (core func $get (canon lower (func $stdout "get-stdout")))
    (core func $drop (canon resource.drop $stream))
    (core module $m
      (import "" "get" (func $get (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "f") (call $drop (call $get))))
    (core instance $i (instantiate $m (with "" (instance (export "get" (func $get)) (export "drop" (func $drop))))))
    (func (export "f") (canon lift (core func $i "f")))))";
  std::string output;
  wasi::Context context;
  context.args({"program"}).stdout_to(output);
  const Component component = value_or_throw(Component::from_text(engine(), guest));
  on_threads([&](int) {
    Linker linker(engine());
    value_or_throw(context.link(linker));
    Store store = value_or_throw(Store::create(engine()));
    const auto f = value_or_throw(value_or_throw(linker.instantiate(store, component)).func<void()>("f"));
    for (int round = 0; round < rounds; ++round) value_or_throw(f());
    EXPECT_TRUE(context.flush(std::chrono::seconds(1)));
  });
}

}  // namespace
}  // namespace holdfast::wasi_test
