// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reader's limits, and how it handles bytes that are not a component.
#include <gtest/gtest.h>
#include <random>
#include <string>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/binary/test_bytes.hpp"

namespace holdfast::component {
namespace {

using namespace std::string_literals;

// --- limits ---

void expect_limit(const std::string& bytes, const ReadLimits& limits, ErrorCode code) {
  const auto component = read(bytes, limits);
  ASSERT_FALSE(component.has_value());
  EXPECT_EQ(component.error().kind(), ErrorKind::limit);
  EXPECT_EQ(name_of(component.error().code()), name_of(code));
}

TEST(ComponentReaderLimits, Bytes) {
  EXPECT_TRUE(read(preamble, {.bytes = 8}).has_value());
  expect_limit(preamble, {.bytes = 7}, ErrorCode::file_too_large);
}

TEST(ComponentReaderLimits, Items) {
  const std::string bytes = preamble + section(7, "\x01\x6f\x02\x73\x73");
  EXPECT_TRUE(read(bytes, {.items = 3}).has_value());
  expect_limit(bytes, {.items = 2}, ErrorCode::too_many_items);
}

TEST(ComponentReaderLimits, NameBytes) {
  const std::string bytes = preamble + section(7,
                                               "\x01\x6d\x01\x03"
                                               "abc");
  EXPECT_TRUE(read(bytes, {.name_bytes = 3}).has_value());
  expect_limit(bytes, {.name_bytes = 2}, ErrorCode::name_too_long);
}

TEST(ComponentReaderLimits, NestingOfComponents) {
  std::string bytes = preamble;
  for (int level = 1; level < 100; ++level) bytes = preamble + section(4, bytes);
  EXPECT_TRUE(read(bytes).has_value());
  expect_limit(preamble + section(4, bytes), {}, ErrorCode::nested_too_deeply);
}

TEST(ComponentReaderLimits, NestingOfTypes) {
  std::string type = "\x73";
  for (int level = 1; level < 99; ++level) type = "\x42\x01\x01" + type;
  EXPECT_TRUE(read(preamble + section(7, "\x01" + type)).has_value());
  expect_limit(preamble + section(7, "\x01\x42\x01\x01" + type), {}, ErrorCode::nested_too_deeply);
  std::string bottomless;
  for (int level = 0; level < 100'000; ++level) bottomless += "\x41\x01\x01";
  expect_limit(preamble + section(7, "\x01" + bottomless), {}, ErrorCode::nested_too_deeply);
}

TEST(ComponentReaderLimits, HugeCountsAreReportedAsUnexpectedEnd) {
  const std::string huge = "\xff\xff\xff\xff\x0f";
  for (const std::string& contents :
       {huge, "\x01\x72" + huge, "\x01\x6f" + huge, "\x01\x40" + huge, "\x01\x41" + huge}) {
    const auto component = read(preamble + section(7, contents));
    ASSERT_FALSE(component.has_value());
    EXPECT_EQ(component.error().code(), ErrorCode::unexpected_end);
  }
}

// --- robustness ---

/// A component with a section of every kind.
std::string component_with_everything() {
  return preamble + section(0, "\x02hi") +
         section(1, core_preamble + section(1, "\x01\x60\0\0"s) + section(3, "\x01\0"s) +
                        section(6, "\x01\x7f\0\x41\x01\x0b"s) +
                        section(7,
                                "\x01\x01"
                                "f\0\0"s)) +
         section(2, "\x01\0\0\x01\x01i\x12\0"s) +
         section(3,
                 "\x01\x50\x01\x03\x01"
                 "e\x02\0\x01"s) +
         section(4, preamble + section(7, "\x01\x73")) +
         section(5,
                 "\x01\x01\x01\0\x01"
                 "f\x01\x03"s) +
         section(6,
                 "\x01\0\0\x01\0\x01"
                 "f"s) +
         section(7,
                 "\x02\x40\x01\x01"
                 "x\x79\0\x73\x42\x01\x01\x73"s) +
         section(8, "\x02\0\0\0\x01\x03\0\0\x02\0"s) + section(9, "\0\x01\0\0"s) +
         section(10,
                 "\x01\x02\x01"
                 "a\x01\0\x01i\x03\x01"s) +
         section(11,
                 "\x01\0\x01"
                 "e\x05\x02\0"s) +
         section(12, "\x01\x73\x03\x02hi");
}

TEST(ComponentReaderRobustness, EveryPrefixIsReadOrRefused) {
  const std::string bytes = component_with_everything();
  ASSERT_TRUE(read(bytes).has_value());
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) accepted += read(bytes.substr(0, size)).has_value() ? 1 : 0;
  EXPECT_EQ(accepted, 13u);  // the ends of the preamble and of all sections but the last
}

TEST(ComponentReaderRobustness, MutatedBytesAreReadOrRefused) {
  const std::string original = component_with_everything();
  std::mt19937 random(1);
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = original;
    for (int change = 0; change <= round % 4; ++change) bytes[random() % bytes.size()] = static_cast<char>(random());
    const ReadOutcome outcome = read_component_prefix(std::as_bytes(std::span(bytes)));
    if (!outcome.error) continue;
    ++refused;
    ASSERT_TRUE(outcome.error->offset().has_value());
    ASSERT_LE(*outcome.error->offset(), bytes.size());
  }
  EXPECT_GT(refused, 1'000u);
}

}  // namespace
}  // namespace holdfast::component
