// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/name_table.hpp"

#include <algorithm>
#include <functional>

namespace holdfast::component::types {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

NameId NameTable::intern(std::string_view text) {
  const std::size_t hash = std::hash<std::string_view>()(text);
  const auto position = index_.find(hash, [&](std::uint32_t candidate) { return texts_[candidate] == text; });
  if (position) return NameId(*position);
  texts_.emplace_back(text);
  index_.add(hash);
  return NameId(static_cast<std::uint32_t>(texts_.size() - 1));
}

NameId NameTable::find(std::string_view text) const {
  const std::size_t hash = std::hash<std::string_view>()(text);
  const auto position = index_.find(hash, [&](std::uint32_t candidate) { return texts_[candidate] == text; });
  return position ? NameId(*position) : NameId();
}

bool NameTable::equal_labels(NameId a, NameId b) const {
  return a == b || equal_ignoring_case(texts_[a.index()], texts_[b.index()]);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t hash_ignoring_case(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(lower(c))) * 0x100000001b3;
  return static_cast<std::size_t>(hash);
}

}  // namespace holdfast::component::types
