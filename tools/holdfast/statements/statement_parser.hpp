// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses statements. Everything is parsed before anything runs. Pure functions; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "statements/statement_syntax.hpp"

namespace holdfast::cli {

/// The statements in `source`, which are separated by `;`. Errors: what was expected and what was found; values that
/// are nested more than a hundred levels deep.
SourceResult<std::vector<Statement>> parse_statements(std::string_view source);

/// The one value or call that `source` is. Errors: as parse_statements.
SourceResult<Expression> parse_expression(std::string_view source);

}  // namespace holdfast::cli
