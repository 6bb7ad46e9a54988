// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of imports and exports, labels: their grammar, and when two of them are too similar. Pure functions, any
// thread. Source: Explainer.md, "Import and Export Definitions".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "holdfast/component/types/flat_set.hpp"
#include "holdfast/component/types/name_table.hpp"
#include "holdfast/component/validate/features.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Words of letters and digits, joined by single hyphens; each word in one case, the first begins with a letter.
bool is_kebab_case(std::string_view text) noexcept;

enum class ExternNameKind : std::uint8_t {
  label,        ///< a-b
  constructor,  ///< [constructor]a
  method,       ///< [method]a.b
  static_,      ///< [static]a.b
  interface,    ///< a:b/c@1.2.3
  dependency,   ///< unlocked-dep=<…>, locked-dep=<…>
  url,          ///< url=<…>
  hash,         ///< integrity=<…>
};

/// A parsed name. The views are into the text that was parsed.
struct ExternNameParts {
  ExternNameKind kind = ExternNameKind::label;
  std::string_view resource;  ///< of constructor, method, static_: the resource's label
  std::string_view member;    ///< of method, static_
  std::string_view version;   ///< of interface: what follows the `@`; not checked
  bool has_version = false;
};

/// Errors: invalid, says what the grammar wants.
HostResult<ExternNameParts> parse_extern_name(std::string_view name, const Features& features);

/// A name, made to be compared: two names may stand beside each other if their keys differ. The views are into the
/// text that was parsed. Explainer.md, "strongly-unique".
struct UniquenessKey {
  enum class Kind : std::uint8_t { label, constructor, member, interface, other };
  Kind kind = Kind::other;
  std::string_view resource;  ///< of label the label, of interface what stands before `@`, of other the name
  std::string_view member;    ///< of member; of interface the rest
  std::string_view name;      ///< all of it; makes no difference

  friend bool operator==(const UniquenessKey& a, const UniquenessKey& b);
};

UniquenessKey uniqueness_key(std::string_view name, const ExternNameParts& parts);

struct UniquenessHash {
  std::size_t operator()(const UniquenessKey& key) const noexcept;
};

/// Names that stand beside each other. The texts must outlive it.
using ExternNameSet = types::FlatSet<UniquenessKey, UniquenessHash>;

struct LabelHash {
  std::size_t operator()(std::string_view label) const noexcept { return types::hash_ignoring_case(label); }
};
struct LabelEqual {
  bool operator()(std::string_view a, std::string_view b) const noexcept { return types::equal_ignoring_case(a, b); }
};

/// Labels that stand beside each other: they differ in more than the case of letters. The texts must outlive it.
using LabelSet = types::FlatSet<std::string_view, LabelHash, LabelEqual>;

}  // namespace holdfast::component
