// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a core module imports and exports, read from its bytes. Code, data and elements are skipped by their size;
// the engine validates modules. Free functions over borrowed bytes; any thread.
#pragma once

#include <cstddef>
#include <span>

#include "holdfast/wasm/byte_cursor.hpp"
#include "holdfast/wasm/core_types.hpp"

namespace holdfast::wasm {

/// Reads the interface of the module in `bytes`, which start at `offset` of the file. `budget` bounds what is read
/// and is used up by it; null for no bounds but the bytes.
/// Type indices in the result may be out of bounds. Errors: the wasm block of error_codes.def, with offsets.
Result<CoreModuleInterface> parse_module_interface(std::span<const std::byte> bytes, std::size_t offset = 0,
                                                   ReadBudget* budget = nullptr);

}  // namespace holdfast::wasm
