// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The grammar of labels and of import and export names, and the rules for when two names are too similar. Pure
// functions; any thread. Source: Explainer.md, "Import and Export Definitions".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "holdfast/component/types/flat_set.hpp"
#include "holdfast/component/types/name_table.hpp"
#include "holdfast/component/validate/features.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Whether `text` consists of words of letters and digits, joined by single hyphens. Each word is in one case; the
/// first begins with a letter.
bool is_kebab_case(std::string_view text) noexcept;

enum class ExternNameKind : std::uint8_t {
  label,        ///< a-b
  constructor,  ///< [constructor]a
  method,       ///< [method]a.b
  static_,      ///< [static]a.b
  interface,    ///< a:b/c@1.2.3
  dependency,   ///< unlocked-dep=<...>, locked-dep=<...>
  url,          ///< url=<...>
  hash,         ///< integrity=<...>
};

/// A parsed name. The views point into the parsed text.
struct ExternNameParts {
  ExternNameKind kind = ExternNameKind::label;
  std::string_view resource;  ///< for constructor, method and static_: the resource's label
  std::string_view member;    ///< for method and static_: the label after the dot
  std::string_view version;   ///< for interface: the text after `@`, not checked
  bool has_version = false;
};

/// Parses the name of an import or export. Errors: invalid; the message says what the grammar expects.
HostResult<ExternNameParts> parse_extern_name(std::string_view name, const Features& features);

/// A name in comparable form: two names may be in the same list of imports or exports if their keys differ. The views
/// point into the parsed text. Source: Explainer.md, "strongly-unique".
struct UniquenessKey {
  enum class Kind : std::uint8_t { label, constructor, member, interface, other };
  Kind kind = Kind::other;
  /// For label the label, for interface the text before `@`, for other the whole name, else the resource's label.
  std::string_view resource;
  std::string_view member;  ///< for member its label; for interface the rest of the name, from `@`
  std::string_view name;    ///< the whole name; not compared

  friend bool operator==(const UniquenessKey& a, const UniquenessKey& b);
};

UniquenessKey uniqueness_key(std::string_view name, const ExternNameParts& parts);

struct UniquenessHash {
  std::size_t operator()(const UniquenessKey& key) const noexcept;
};

/// The names of one list of imports or exports. The set refers to their text, which must outlive it.
using ExternNameSet = types::FlatSet<UniquenessKey, UniquenessHash>;

struct LabelHash {
  std::size_t operator()(std::string_view label) const noexcept { return types::hash_ignoring_case(label); }
};
struct LabelEqual {
  bool operator()(std::string_view a, std::string_view b) const noexcept { return types::equal_ignoring_case(a, b); }
};

/// The labels of one type; labels that differ only in the case of letters conflict. The set refers to their text, which
/// must outlive it.
using LabelSet = types::FlatSet<std::string_view, LabelHash, LabelEqual>;

}  // namespace holdfast::component
