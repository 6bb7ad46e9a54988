// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The proposals of core WebAssembly that modules may use. A plain value.
#pragma once

namespace holdfast::wasm {

/// One switch for each line of core_features.def. A module that needs a proposal that is off is refused, with the name
/// of the proposal. So is a module that needs a proposal that the engine lacks (shared-everything-threads).
struct CoreFeatures {
#define HOLDFAST_CORE_FEATURE(member, name, value) bool member = value;
#include "holdfast/wasm/core_features.def"
#undef HOLDFAST_CORE_FEATURE

  friend bool operator==(const CoreFeatures&, const CoreFeatures&) = default;
};

/// `features`, plus the proposals that they depend on: gc depends on function-references, function-references depends
/// on reference-types, and so on.
constexpr CoreFeatures with_foundations(CoreFeatures features) noexcept {
  features.threads = features.threads || features.shared_everything_threads;
  features.function_references = features.function_references || features.gc;
  features.reference_types = features.reference_types || features.function_references;
  features.bulk_memory = features.bulk_memory || features.reference_types || features.threads;
  features.simd = features.simd || features.relaxed_simd;
  return features;
}

}  // namespace holdfast::wasm
