// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From text to statements. Everything is parsed before anything runs. A pure function; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "statements/statement_syntax.hpp"

namespace holdfast::cli {

/// Statements are separated by `;`. Errors: what was expected and what stands there instead; values that are nested
/// more than a hundred levels deep.
SourceResult<std::vector<Statement>> parse_statements(std::string_view source);

/// One value or call, and nothing after it.
SourceResult<Expression> parse_expression(std::string_view source);

}  // namespace holdfast::cli
