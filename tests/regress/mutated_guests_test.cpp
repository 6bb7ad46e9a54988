// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Real components with some bytes changed. Each is refused with an offset inside the file, or accepted and flattened to
// a program. Nothing is compiled, so this is fast; the fuzz targets go further. Missing files are skipped.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/program/flatten.hpp"
#include "holdfast/component/validate/validated_component.hpp"

namespace holdfast::regress {
namespace {

/// Number of mutations; smaller for large files. The environment variable HOLDFAST_MUTATIONS sets the number for a
/// small file, for long runs.
std::uint32_t mutation_count(std::size_t bytes) {
  const char* setting = std::getenv("HOLDFAST_MUTATIONS");
  const std::uint32_t count = setting == nullptr ? 200 : static_cast<std::uint32_t>(std::strtoul(setting, nullptr, 10));
  return count / static_cast<std::uint32_t>(1 + (bytes >> 20));
}

std::optional<HostError> why_refused(const std::string& bytes) {
  const auto validated =
      component::validate_component(component::read_component_prefix(std::as_bytes(std::span(bytes))));
  if (!validated) return validated.error();
  const auto program = component::flatten(*validated);
  if (!program) return program.error();
  return std::nullopt;
}

/// The offsets of bytes outside core modules and at the start of each module. Nearly all other bytes of a real
/// component are code of core modules, which this test does not read.
std::vector<std::size_t> places_that_are_read(const std::string& bytes) {
  constexpr std::size_t start_of_module = 2000;
  std::vector<std::size_t> places;
  const auto validated =
      component::validate_component(component::read_component_prefix(std::as_bytes(std::span(bytes))));
  if (!validated) return places;
  std::vector<bool> is_code(bytes.size(), false);
  for (const auto* module : validated->core_modules()) {
    for (std::size_t i = start_of_module; i < module->bytes.size; ++i) is_code[module->bytes.offset + i] = true;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!is_code[i]) places.push_back(i);
  }
  return places;
}

void change(std::string& bytes, std::size_t place, std::mt19937& random) {
  const std::size_t at = std::min(place, bytes.size() - 1);
  switch (random() % 5) {
    case 0: bytes[at] = static_cast<char>(random()); break;
    case 1: bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8); break;
    case 2: bytes.erase(at, 1 + random() % 4); break;
    case 3: bytes.insert(at, 1 + random() % 4, static_cast<char>(random())); break;
    default: bytes.replace(at, std::min<std::size_t>(16, bytes.size() - at), bytes.substr(random() % bytes.size(), 16));
  }
}

class MutatedGuests : public ::testing::TestWithParam<const char*> {};

TEST_P(MutatedGuests, AreRefusedOrAccepted) {
  const std::filesystem::path path = std::filesystem::path(GUESTS_DIR) / GetParam();
  std::ifstream file(path, std::ios::binary);
  if (!file) GTEST_SKIP() << "missing file " << path;
  const std::string original((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_FALSE(why_refused(original));
  const std::vector<std::size_t> places = places_that_are_read(original);
  ASSERT_FALSE(places.empty());
  std::mt19937 random(1);
  std::uint32_t refused = 0;
  const std::uint32_t rounds = mutation_count(original.size());
  for (std::uint32_t round = 0; round < rounds; ++round) {
    std::string bytes = original;
    for (std::uint32_t changes = 0; changes <= round % 4; ++changes)
      change(bytes, places[random() % places.size()], random);
    const auto error = why_refused(bytes);
    if (!error) continue;
    ++refused;
    ASSERT_TRUE(error->offset()) << error->message();
    ASSERT_LE(*error->offset(), bytes.size()) << error->message();
  }
  EXPECT_GT(refused, rounds / 4);
}

INSTANTIATE_TEST_SUITE_P(Real, MutatedGuests,
                         ::testing::Values("c-store.wasm", "composed-c-js.wasm", "c-hello-cmd.wasm",
                                           "go-hello-cmd.wasm", "js-kv.wasm", "js-qjs.wasm", "py-store.wasm"));

}  // namespace
}  // namespace holdfast::regress
