// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/constant.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utf8.h>

namespace holdfast::cli::wast {
namespace {

using Words = std::span<const Expression>;  // the elements after the keyword

constexpr int max_depth = 200;

std::unexpected<HostError> wrong(std::string_view keyword, const std::string& reason) {
  return host_fail(ErrorKind::invalid, std::string(keyword) + ": " + reason);
}

/// "0x1_000" -> "0x1000". Empty when an underscore is not between two digits.
std::string without_underscores(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits += text[i];
    } else if (i == 0 || i + 1 == text.size() || std::isxdigit(static_cast<unsigned char>(text[i - 1])) == 0 ||
               std::isxdigit(static_cast<unsigned char>(text[i + 1])) == 0) {
      return {};
    }
  }
  return digits;
}

/// Signed types also accept unsigned numbers of their width, which give the bits.
template <class T>
HostResult<T> integer(std::string_view keyword, Words words) {
  if (words.size() != 1 || !words[0].is_word()) return wrong(keyword, "expected one integer");
  const std::string text = without_underscores(words[0].source());
  std::string_view digits = text;
  const bool is_negative = digits.starts_with('-');
  if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
  const int base = digits.starts_with("0x") ? 16 : 10;
  if (base == 16) digits.remove_prefix(2);
  std::uint64_t magnitude = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (digits.empty() || parsed.ptr != digits.data() + digits.size() || parsed.ec == std::errc::invalid_argument) {
    return wrong(keyword, "expected an integer, found `" + std::string(words[0].source()) + '`');
  }
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::make_unsigned_t<T>>::max());
  const std::uint64_t smallest = std::is_signed_v<T> ? largest / 2 + 1 : 0;
  if (parsed.ec != std::errc{} || magnitude > (is_negative ? smallest : largest)) {
    return wrong(keyword, std::string(words[0].source()) + " is out of range");
  }
  return static_cast<T>(is_negative ? 0 - magnitude : magnitude);
}

template <class T>
HostResult<T> floating(std::string_view keyword, Words words) {
  if (words.size() != 1 || !words[0].is_word()) return wrong(keyword, "expected one number");
  std::string text = without_underscores(words[0].source());
  const std::string_view unsigned_text = std::string_view(text).substr(text.starts_with('-') || text.starts_with('+'));
  // Component-level values have only one NaN.
  const bool is_nan = unsigned_text == "nan" || unsigned_text == "nan:canonical" || unsigned_text == "nan:arithmetic" ||
                      unsigned_text.starts_with("nan:0x");
  if (is_nan) return std::numeric_limits<T>::quiet_NaN();
  if (unsigned_text == "inf") {
    return text.starts_with('-') ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::infinity();
  }
  // The C library also accepts blanks, "infinity" and "0X", which the grammar does not allow.
  const bool is_number = !unsigned_text.empty() && std::isdigit(static_cast<unsigned char>(unsigned_text[0])) != 0 &&
                         unsigned_text.find('X') == std::string_view::npos;
  char* end = nullptr;
  errno = 0;
  T value;
  if constexpr (std::is_same_v<T, float>) {
    value = std::strtof(text.c_str(), &end);
  } else {
    value = std::strtod(text.c_str(), &end);
  }
  if (!is_number || end != text.c_str() + text.size()) {
    return wrong(keyword, "expected a number, found `" + std::string(words[0].source()) + '`');
  }
  if (errno == ERANGE && std::abs(value) > 1)
    return wrong(keyword, std::string(words[0].source()) + " is out of range");
  return value;
}

HostResult<std::string> string(std::string_view keyword, Words words) {
  if (words.size() != 1 || !words[0].is_string()) return wrong(keyword, "expected one string");
  return words[0].bytes();
}

HostResult<char32_t> character(std::string_view keyword, Words words) {
  HOLDFAST_TRY_ASSIGN(const std::string text, string(keyword, words));
  if (!utf8::is_valid(text.begin(), text.end()) || utf8::distance(text.begin(), text.end()) != 1) {
    return wrong(keyword, "expected a string of one character");
  }
  return static_cast<char32_t>(utf8::peek_next(text.begin(), text.end()));
}

HostResult<Val> value_of(std::string_view keyword, Words words, int depth);

HostResult<Val> value_in(Expression constant, int depth) {
  if (depth > max_depth) return wrong(constant.keyword(), "the value is nested too deeply");
  const auto elements = constant.elements();
  if (constant.keyword().empty()) return host_fail(ErrorKind::invalid, "expected a constant in parentheses");
  return value_of(constant.keyword(), Words(elements).subspan(1), depth);
}

HostResult<std::vector<Val>> values_of(Words words, int depth) {
  std::vector<Val> values;
  for (const Expression word : words) {
    HOLDFAST_TRY_ASSIGN(Val value, value_in(word, depth + 1));
    values.push_back(std::move(value));
  }
  return values;
}

HostResult<std::optional<Val>> payload_of(std::string_view keyword, Words words, int depth) {
  if (words.size() > 1) return wrong(keyword, "expected at most one value");
  if (words.empty()) return std::nullopt;
  return value_in(words[0], depth + 1);
}

/// The value of a field may have its own parentheses or none: (field "a" u32.const 1).
HostResult<Val> record_of(Words words, int depth) {
  std::vector<ValField> fields;
  for (const Expression word : words) {
    const auto parts = word.elements();
    if (word.keyword() != "field" || parts.size() < 3 || !parts[1].is_string()) {
      return wrong("record.const", "expected (field \"name\" value)");
    }
    const bool has_parentheses = parts[2].is_list();
    if (has_parentheses && parts.size() != 3) return wrong("record.const", "expected one value in a field");
    auto value = has_parentheses ? value_in(parts[2], depth + 1)
                                 : value_of(parts[2].source(), Words(parts).subspan(3), depth + 1);
    if (!value) return value;
    fields.push_back({parts[1].bytes(), *std::move(value)});
  }
  return Val::record(std::move(fields));
}

HostResult<Val> flags_of(Words words) {
  std::vector<std::string> names;
  for (const Expression word : words) {
    if (!word.is_string()) return wrong("flags.const", "expected names in quotes");
    names.push_back(word.bytes());
  }
  return Val::flags(std::move(names));
}

HostResult<Val> variant_of(Words words, int depth) {
  if (words.empty() || !words[0].is_string()) return wrong("variant.const", "expected the name of a case in quotes");
  HOLDFAST_TRY_ASSIGN(auto payload, payload_of("variant.const", words.subspan(1), depth));
  return Val::variant(words[0].bytes(), std::move(payload));
}

HostResult<Val> boolean_of(Words words) {
  const std::string_view word = words.size() == 1 ? words[0].source() : std::string_view();
  if (word != "true" && word != "false") return wrong("bool.const", "expected true or false");
  return Val::boolean(word == "true");
}

/// The value that `make` creates from `content`, or the error of `content`.
template <class Content, class Make>
HostResult<Val> make_value(HostResult<Content> content, Make make) {
  if (!content) return std::unexpected(std::move(content).error());
  return make(*std::move(content));
}

HostResult<Val> value_of(std::string_view keyword, Words words, int depth) {
  if (keyword == "bool.const") return boolean_of(words);
  if (keyword == "u8.const") return make_value(integer<std::uint8_t>(keyword, words), Val::u8);
  if (keyword == "s8.const") return make_value(integer<std::int8_t>(keyword, words), Val::s8);
  if (keyword == "u16.const") return make_value(integer<std::uint16_t>(keyword, words), Val::u16);
  if (keyword == "s16.const") return make_value(integer<std::int16_t>(keyword, words), Val::s16);
  if (keyword == "u32.const") return make_value(integer<std::uint32_t>(keyword, words), Val::u32);
  if (keyword == "s32.const") return make_value(integer<std::int32_t>(keyword, words), Val::s32);
  if (keyword == "u64.const") return make_value(integer<std::uint64_t>(keyword, words), Val::u64);
  if (keyword == "s64.const") return make_value(integer<std::int64_t>(keyword, words), Val::s64);
  if (keyword == "f32.const") return make_value(floating<float>(keyword, words), Val::f32);
  if (keyword == "f64.const") return make_value(floating<double>(keyword, words), Val::f64);
  if (keyword == "char.const") return make_value(character(keyword, words), Val::character);
  if (keyword == "str.const") return make_value(string(keyword, words), Val::string);
  if (keyword == "list.const") return make_value(values_of(words, depth), Val::list);
  if (keyword == "record.const") return record_of(words, depth);
  if (keyword == "tuple.const") return make_value(values_of(words, depth), Val::tuple);
  if (keyword == "variant.const") return variant_of(words, depth);
  if (keyword == "enum.const") return make_value(string(keyword, words), Val::enumeration);
  if (keyword == "flags.const") return flags_of(words);
  if (keyword == "option.none" && words.empty()) return Val::none();
  if (keyword == "option.some" && words.size() == 1) return make_value(value_in(words[0], depth + 1), Val::some);
  if (keyword == "result.ok" || keyword == "result.err") {
    return make_value(payload_of(keyword, words, depth), [&](std::optional<Val> payload) {
      return Val::result(keyword == "result.ok", std::move(payload));
    });
  }
  constexpr std::array core{"i32.const", "i64.const", "v128.const", "ref.null", "ref.extern", "ref.func", "ref.host"};
  if (std::ranges::find(core, keyword) != core.end()) {
    return host_fail(ErrorKind::unsupported, "values of core modules (" + std::string(keyword) + ")");
  }
  return host_fail(ErrorKind::invalid, "unknown constant `" + std::string(keyword) + '`');
}

}  // namespace

HostResult<Val> read_constant(Expression constant) { return value_in(constant, 0); }

}  // namespace holdfast::cli::wast
