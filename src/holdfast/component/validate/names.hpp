// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of imports and exports, labels: their grammar, and when two of them are too similar. Pure functions, any
// thread. Source: Explainer.md, "Import and Export Definitions".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

/// Two names may stand beside each other if their keys differ. Explainer.md, "strongly-unique".
std::string uniqueness_key(std::string_view name, const ExternNameParts& parts);

}  // namespace holdfast::component
