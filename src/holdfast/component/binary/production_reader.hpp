// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of the reader: one function for each production of Binary.md. Internal to component/binary. Each function
// consumes exactly its production; after an error the position of the cursor is unspecified. Errors are those of the
// wasm block of core/error_codes.def, at the offset of the unexpected byte. Lists allocate as they grow; the cursor's
// budget bounds the nesting.
#pragma once

#include <utility>

#include "holdfast/component/binary/syntax.hpp"
#include "holdfast/wasm/byte_cursor.hpp"

namespace holdfast::component::binary {

using wasm::ByteCursor;

/// Two productions of unfinished proposals have two encodings: value bounds (bare types in wasm-tools) and the
/// built-ins of shared-everything-threads (no byte for `shared` in wasm-tools). A file does not say which encoding it
/// uses, so the reader tries both.
enum class Dialect : std::uint8_t { binary_md, wasm_tools };

/// Shared by all cursors into one component file: the budget, and the dialect being tried.
struct ReadState : wasm::ReadBudget {
  Dialect dialect = Dialect::binary_md;
  bool dialect_matters = false;  ///< set by the first production that depends on it
};

/// The dialect for a production whose encoding depends on it. The budget of `cursor` must be a ReadState, as it is for
/// all cursors in this folder.
inline Dialect dialect_at(const ByteCursor& cursor) {
  auto& state = static_cast<ReadState&>(*cursor.budget());
  state.dialect_matters = true;
  return state.dialect;
}

/// Moves the value of `read` into `out`, or returns its error.
template <class T, class U>
Result<void> assign(T& out, Result<U> read) {
  if (!read) return std::unexpected(read.error());
  out = *std::move(read);
  return {};
}

// names_reader.cpp
Result<syntax::ExternName> read_extern_name(ByteCursor& cursor);
Result<syntax::SortIndex> read_sort_index(ByteCursor& cursor);
Result<syntax::ExternType> read_extern_type(ByteCursor& cursor);
Result<syntax::Alias> read_alias(ByteCursor& cursor);
Result<syntax::Import> read_import(ByteCursor& cursor);
Result<syntax::Export> read_export(ByteCursor& cursor);

// instance_reader.cpp
Result<syntax::CoreInstance> read_core_instance(ByteCursor& cursor);
Result<syntax::Instance> read_instance(ByteCursor& cursor);
Result<syntax::Start> read_start(ByteCursor& cursor);
Result<syntax::Value> read_value(ByteCursor& cursor);

// type_reader.cpp
Result<syntax::ValueType> read_value_type(ByteCursor& cursor);
Result<std::optional<syntax::ValueType>> read_optional_value_type(ByteCursor& cursor);
/// A `resultlist`: at most one result.
Result<std::optional<syntax::ValueType>> read_results(ByteCursor& cursor);
Result<syntax::CoreType> read_core_type(ByteCursor& cursor);
Result<syntax::Type> read_type(ByteCursor& cursor);

// canonical_reader.cpp
Result<syntax::Canonical> read_canonical(ByteCursor& cursor);

}  // namespace holdfast::component::binary
