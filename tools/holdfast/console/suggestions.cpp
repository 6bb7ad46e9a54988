// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "console/suggestions.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace holdfast::cli {
namespace {

constexpr std::size_t longest_compared = 200;  // the time grows with the product of both lengths
constexpr std::size_t most_suggestions = 3;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, longest_compared);
  b = b.substr(0, longest_compared);
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string> candidates) {
  const std::size_t tolerance = std::max<std::size_t>(1, std::min(wrong.size(), longest_compared) / 3);
  std::vector<std::pair<std::size_t, std::string>> close;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(wrong, candidate);
    if (distance <= tolerance) close.emplace_back(distance, '`' + candidate + '`');
  }
  std::ranges::sort(close);
  close.erase(std::unique(close.begin(), close.end()), close.end());
  if (close.size() > most_suggestions) close.resize(most_suggestions);
  if (close.empty()) return {};
  std::vector<std::string> words;
  for (auto& [distance, word] : close) words.push_back(std::move(word));
  return "; did you mean " + join_words(words, " or ") + "?";
}

std::string join_words(std::span<const std::string> words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : std::string_view(", ");
    text += words[i];
  }
  return text;
}

}  // namespace holdfast::cli
