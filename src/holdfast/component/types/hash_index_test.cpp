// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/hash_index.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace holdfast::component::types {
namespace {

/// A list of texts with the index under test; `Hash` computes the hashes.
template <class Hash>
struct Texts {
  std::optional<std::uint32_t> find(const std::string& text) const {
    return index.find(Hash()(text), [&](std::uint32_t position) { return texts[position] == text; });
  }
  void add(const std::string& text) {
    texts.push_back(text);
    index.add(Hash()(text));
  }
  std::vector<std::string> texts;
  HashIndex index;
};

struct AllTheSame {
  std::size_t operator()(const std::string&) const { return 7; }
};

template <class T>
class HashIndexes : public ::testing::Test {};
using Hashes = ::testing::Types<std::hash<std::string>, AllTheSame>;
TYPED_TEST_SUITE(HashIndexes, Hashes);

TYPED_TEST(HashIndexes, FindExactlyTheAddedElements) {
  Texts<TypeParam> texts;
  EXPECT_FALSE(texts.find("0"));
  for (std::uint32_t i = 0; i < 300; ++i) {
    ASSERT_FALSE(texts.find(std::to_string(i))) << "not added yet";
    texts.add(std::to_string(i));
    for (std::uint32_t j = 0; j <= i; ++j) ASSERT_EQ(texts.find(std::to_string(j)), j) << "after adding " << i;
  }
}

TEST(HashIndex, HashesThatDifferOnlyInTheUpperHalfAreDistinct) {
  HashIndex index;
  const auto hash = [](std::size_t i) { return i << 32; };
  for (std::size_t i = 0; i < 100; ++i) index.add(hash(i));
  const auto any = [](std::uint32_t) { return true; };
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(index.find(hash(i), any), i);
}

}  // namespace
}  // namespace holdfast::component::types
