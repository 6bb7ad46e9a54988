// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Suggestions for misspelt names. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace holdfast::cli {

/// How many insertions, deletions, replacements and swaps of neighbours turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Text to append to a message: "; did you mean `read` or `write`?", with the candidates that are close to `wrong`.
/// Empty when there are none.
std::string did_you_mean(std::string_view wrong, std::span<const std::string> candidates);

/// "a", "a and b", "a, b and c".
std::string join_words(std::span<const std::string> words, std::string_view last = " and ");

}  // namespace holdfast::cli
