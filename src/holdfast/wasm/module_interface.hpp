// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the imports and exports of a core module from its bytes. Skips code, data and elements by their size; the
// engine validates modules. Free functions over borrowed bytes; any thread.
#pragma once

#include <cstddef>
#include <span>

#include "holdfast/wasm/byte_cursor.hpp"
#include "holdfast/wasm/core_types.hpp"

namespace holdfast::wasm {

/// Reads the interface of the module in `bytes`, which start at `offset` of the file. Reading takes from `budget`; if
/// it is null, only the number of bytes limits what is read. Type indices in the result may be out of bounds. Errors:
/// the wasm block of error_codes.def, with offsets.
Result<CoreModuleInterface> parse_module_interface(std::span<const std::byte> bytes, std::size_t offset = 0,
                                                   ReadBudget* budget = nullptr);

}  // namespace holdfast::wasm
