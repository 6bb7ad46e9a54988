// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finding exports of a program by name.
#pragma once

#include <string_view>

#include "holdfast/component/program/program.hpp"

namespace holdfast::embed {

/// The exported instance of that name, or of a compatible version; null when there is none.
const component::ExportTree* find_interface(const component::ExportTree& exports, std::string_view interface_name);

/// Null when there is none.
const component::ExportItem* find_export(const component::ExportTree& exports, std::string_view name);

}  // namespace holdfast::embed
