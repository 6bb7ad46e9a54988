// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: reads and validates components in text form. The engine converts the text to bytes, without validating it.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/component/binary/reader.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "holdfast/engine/engine.hpp"

namespace holdfast::component::testing {

/// All proposals that the validator knows.
inline Features all_features() { return *feature_set("all"); }

inline HostResult<syntax::Component> read_text(std::string_view text) {
  HOLDFAST_TRY_ASSIGN(const std::vector<std::byte> bytes, engine::text_to_binary(text));
  return read_component(bytes);
}

inline HostResult<ValidatedComponent> validate_text(std::string_view text, const Features& features = {}) {
  HOLDFAST_TRY_ASSIGN(syntax::Component component, read_text(text));
  return validate_component(std::move(component), features);
}

}  // namespace holdfast::component::testing
