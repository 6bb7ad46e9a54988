// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What someone may have meant who wrote a name that does not exist. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace holdfast::cli {

/// Insertions, deletions, replacements and swaps of neighbours that make one word of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidates that are close to `wrong`, as text to append: "; did you mean `read` or `write`?"; empty when none
/// is.
std::string did_you_mean(std::string_view wrong, std::span<const std::string> candidates);

/// "a", "a and b", "a, b and c".
std::string join_words(std::span<const std::string> words, std::string_view last = " and ");

}  // namespace holdfast::cli
