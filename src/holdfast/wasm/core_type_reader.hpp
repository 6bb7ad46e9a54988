// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the types of core WebAssembly from their binary form, with those of unfinished proposals. Used by module
// interfaces and by the core types of components. The form only: indices and limits are not checked. Each function
// consumes exactly its production; after an error the cursor's place is unspecified. Any thread.
#pragma once

#include "holdfast/wasm/byte_cursor.hpp"
#include "holdfast/wasm/core_types.hpp"

namespace holdfast::wasm {

/// Errors of all: those of ByteCursor, and the codes of the wasm block in error_codes.def that name the production.
Result<CoreValueType> read_core_value_type(ByteCursor& cursor);
Result<CoreReferenceType> read_core_reference_type(ByteCursor& cursor);
Result<CoreHeapType> read_core_heap_type(ByteCursor& cursor);

/// `rectype`: one sub type, or `rec` and a list of them.
Result<CoreRecursionGroup> read_core_recursion_group(ByteCursor& cursor);

Result<CoreTableType> read_core_table_type(ByteCursor& cursor);
Result<CoreMemoryType> read_core_memory_type(ByteCursor& cursor);
Result<CoreGlobalType> read_core_global_type(ByteCursor& cursor);
Result<CoreTagType> read_core_tag_type(ByteCursor& cursor);

/// `externtype`: the kind and its type.
Result<CoreExternType> read_core_extern_type(ByteCursor& cursor);

/// `import`: two names and an extern type.
Result<CoreImport> read_core_import(ByteCursor& cursor);

}  // namespace holdfast::wasm
