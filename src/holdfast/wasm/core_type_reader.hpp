// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the types of core WebAssembly from their binary form, including types of unfinished proposals. Used for module
// interfaces and for the core types of components. Checks only the binary form, not indices or limits. Each function
// consumes exactly its production; after an error the cursor's position is unspecified. Any thread.
#pragma once

#include "holdfast/wasm/byte_cursor.hpp"
#include "holdfast/wasm/core_types.hpp"

namespace holdfast::wasm {

/// Errors of all functions here: those of ByteCursor, and the wasm codes in error_codes.def that name the production.
Result<CoreValueType> read_core_value_type(ByteCursor& cursor);
Result<CoreReferenceType> read_core_reference_type(ByteCursor& cursor);
Result<CoreHeapType> read_core_heap_type(ByteCursor& cursor);

/// `rectype`: a single sub type, or `rec` and a list of sub types.
Result<CoreRecursionGroup> read_core_recursion_group(ByteCursor& cursor);

Result<CoreTableType> read_core_table_type(ByteCursor& cursor);
Result<CoreMemoryType> read_core_memory_type(ByteCursor& cursor);
Result<CoreGlobalType> read_core_global_type(ByteCursor& cursor);
Result<CoreTagType> read_core_tag_type(ByteCursor& cursor);

/// `externtype`: a kind and the type of that kind.
Result<CoreExternType> read_core_extern_type(ByteCursor& cursor);

/// `import`: two names and an extern type.
Result<CoreImport> read_core_import(ByteCursor& cursor);

}  // namespace holdfast::wasm
