// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `NameTable`: stores every label, import name and export name once, so that equal names have equal ids. Owns the
// texts; views of them stay valid as long as the table lives. Names are never removed. One thread at a time while it
// grows.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "holdfast/component/types/hash_index.hpp"
#include "holdfast/core/id.hpp"

namespace holdfast::component::types {

using NameId = Id<struct NameTag>;

class NameTable {
 public:
  NameTable() = default;
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  /// The id of `text`. Adds `text` if it is new.
  NameId intern(std::string_view text);

  /// The id of `text`; invalid if `text` was never interned.
  NameId find(std::string_view text) const;

  std::string_view operator[](NameId id) const { return texts_[id.index()]; }

  /// Whether two labels are equal, ignoring the case of ASCII letters. Explainer.md, "Import and Export Definitions".
  bool equal_labels(NameId a, NameId b) const;

 private:
  std::deque<std::string> texts_;
  HashIndex index_;
};

/// A hash that ignores the case of ASCII letters.
std::size_t hash_ignoring_case(std::string_view text) noexcept;

/// Whether two texts are equal, ignoring the case of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace holdfast::component::types
