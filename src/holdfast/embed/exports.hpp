// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks up the exports of a program by name.
#pragma once

#include <string_view>

#include "holdfast/component/program/program.hpp"

namespace holdfast::embed {

/// The exported instance with that name, or a compatible version of it; null if there is neither.
const component::ExportTree* find_interface(const component::ExportTree& exports, std::string_view interface_name);

/// The export with that name; null if there is none.
const component::ExportItem* find_export(const component::ExportTree& exports, std::string_view name);

}  // namespace holdfast::embed
