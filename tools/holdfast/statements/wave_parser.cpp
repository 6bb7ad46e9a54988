// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/wave_parser.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <span>
#include <utf8.h>
#include <vector>

#include "console/suggestions.hpp"
#include "holdfast/abi/check.hpp"
#include "holdfast/core/result.hpp"

namespace holdfast::cli {
namespace {

using component::InterfaceType;
using component::InterfaceTypeId;
using component::TypeKind;
using ExpressionKind = Expression::Kind;

bool is_lone_name(const Expression& expression) {
  return expression.kind == ExpressionKind::name && expression.parts.size() == 1;
}

/// Whether the expression is the plain word `text`.
bool is_word(const Expression& expression, std::string_view text) {
  return is_lone_name(expression) && !expression.has_arguments && !expression.is_label &&
         expression.parts[0].text == text;
}

/// WAVE's word for a case: results have `err`, not `error`.
std::string_view wave_name(const InterfaceType& type, std::size_t index) {
  if (type.kind == TypeKind::result && index == 1) return "err";
  return type.cases[index].name;
}

std::optional<std::size_t> case_index(const InterfaceType& type, const Expression& expression) {
  if (!is_lone_name(expression)) return std::nullopt;
  for (std::size_t i = 0; i < type.cases.size(); ++i) {
    if (wave_name(type, i) == expression.parts[0].text) return i;
  }
  return std::nullopt;
}

template <class T>
SourceResult<T> read_integer(const Expression& expression, std::string_view type) {
  T number{};
  const char* const end = expression.text.data() + expression.text.size();
  const auto parsed = std::from_chars(expression.text.data(), end, number);
  const bool is_negative = std::is_unsigned_v<T> && expression.text.starts_with('-');
  if (parsed.ec == std::errc{} && parsed.ptr == end) return number;
  if (expression.text.find_first_of(".eEin") != std::string::npos) {
    return source_fail(expression.span,
                       "expected a whole number of type " + std::string(type) + ", found " + expression.text);
  }
  if (parsed.ec == std::errc::result_out_of_range || is_negative) {
    return source_fail(expression.span, expression.text + " does not fit in " + std::string(type) + ": expected " +
                                            std::to_string(std::numeric_limits<T>::min()) + " to " +
                                            std::to_string(std::numeric_limits<T>::max()));
  }
  return source_fail(expression.span, "expected a number, found " + expression.text);
}

template <class T, class Make>
SourceResult<Val> integer_of(const Expression& expression, std::string_view type, Make make) {
  HOLDFAST_TRY_ASSIGN(const T number, read_integer<T>(expression, type));
  return make(number);
}

}  // namespace

std::string describe(const Expression& expression) {
  switch (expression.kind) {
    case ExpressionKind::number: return "the number " + expression.text;
    case ExpressionKind::character: return "a character";
    case ExpressionKind::string: return "a string";
    case ExpressionKind::list: return "a list";
    case ExpressionKind::tuple: return "a tuple of " + std::to_string(expression.items.size());
    case ExpressionKind::braces: return expression.items.empty() && !expression.labels.empty() ? "flags" : "a record";
    case ExpressionKind::name: return '`' + expression.full_name() + '`';
  }
  return {};
}

std::unexpected<SourceError> WaveParser::mismatch(const Expression& expression, Id type) const {
  return source_fail(expression.span, "expected " + scope_.describe(type) + ", found " + describe(expression));
}

SourceResult<Val> WaveParser::value(const Expression& expression, Id id) {
  const InterfaceType& type = types_[id];
  if (const auto index = case_index(type, expression)) return named_case(expression, id, *index);
  if (expression.kind == ExpressionKind::name) return keyword_or_name(expression, id);
  switch (type.kind) {
    case TypeKind::f32:
    case TypeKind::f64: return floating(expression, id);
    case TypeKind::character:
      if (expression.kind != ExpressionKind::character) return mismatch(expression, id);
      return Val::character(static_cast<char32_t>(utf8::unchecked::peek_next(expression.text.begin())));
    case TypeKind::string:
      if (expression.kind != ExpressionKind::string) return mismatch(expression, id);
      return Val::string(expression.text);
    case TypeKind::list:
    case TypeKind::fixed_list:
    case TypeKind::map: return list(expression, id);
    case TypeKind::record: return record(expression, id);
    case TypeKind::tuple: return tuple(expression, id);
    case TypeKind::flags: return flags(expression, id);
    case TypeKind::option:
    case TypeKind::result: return left_out(expression, id);
    case TypeKind::boolean:
    case TypeKind::variant:
    case TypeKind::enumeration:
    case TypeKind::own:
    case TypeKind::borrow: return mismatch(expression, id);
    case TypeKind::error_context:
    case TypeKind::stream:
    case TypeKind::future:
      return source_fail(expression.span, "values of type " + scope_.describe(id) + " cannot be passed yet");
    default: return integer(expression, id);
  }
}

SourceResult<Val> WaveParser::integer(const Expression& expression, Id type) const {
  if (expression.kind != ExpressionKind::number) return mismatch(expression, type);
  switch (types_[type].kind) {
    case TypeKind::s8: return integer_of<std::int8_t>(expression, "s8", Val::s8);
    case TypeKind::u8: return integer_of<std::uint8_t>(expression, "u8", Val::u8);
    case TypeKind::s16: return integer_of<std::int16_t>(expression, "s16", Val::s16);
    case TypeKind::u16: return integer_of<std::uint16_t>(expression, "u16", Val::u16);
    case TypeKind::s32: return integer_of<std::int32_t>(expression, "s32", Val::s32);
    case TypeKind::u32: return integer_of<std::uint32_t>(expression, "u32", Val::u32);
    case TypeKind::s64: return integer_of<std::int64_t>(expression, "s64", Val::s64);
    case TypeKind::u64: return integer_of<std::uint64_t>(expression, "u64", Val::u64);
    default: return mismatch(expression, type);
  }
}

SourceResult<Val> WaveParser::floating(const Expression& expression, Id type) const {
  if (expression.kind != ExpressionKind::number) return mismatch(expression, type);
  const bool is_double = types_[type].kind == TypeKind::f64;
  const auto make = [is_double](double number) {
    return is_double ? Val::f64(number) : Val::f32(static_cast<float>(number));
  };
  if (expression.text == "-inf") return make(-std::numeric_limits<double>::infinity());
  if (expression.text == "-nan") return make(std::numeric_limits<double>::quiet_NaN());
  // Each width is parsed by itself: rounding to f64 and then to f32 can give another number.
  double wide = 0;
  float narrow = 0;
  const char* const first = expression.text.data();
  const char* const end = first + expression.text.size();
  const auto parsed = is_double ? std::from_chars(first, end, wide) : std::from_chars(first, end, narrow);
  if (parsed.ec == std::errc{} && parsed.ptr == end) return is_double ? Val::f64(wide) : Val::f32(narrow);
  return source_fail(expression.span, expression.text + " does not fit in " + scope_.describe(type));
}

SourceResult<Val> WaveParser::list(const Expression& expression, Id id) {
  const InterfaceType& type = types_[id];
  if (expression.kind != ExpressionKind::list) return mismatch(expression, id);
  if (type.kind == TypeKind::fixed_list && expression.items.size() != type.length) {
    return source_fail(expression.span, "expected " + scope_.describe(id) + ", found a list of " +
                                            std::to_string(expression.items.size()));
  }
  std::vector<Val> elements;
  elements.reserve(expression.items.size());
  for (const Expression& item : expression.items) {
    if (type.kind != TypeKind::map) {
      HOLDFAST_TRY_ASSIGN(Val element, value(item, type.element));
      elements.push_back(std::move(element));
      continue;
    }
    if (item.kind != ExpressionKind::tuple || item.items.size() != 2) {
      return source_fail(item.span, "expected a map entry (key, value), found " + describe(item));
    }
    HOLDFAST_TRY_ASSIGN(Val key, value(item.items[0], type.key));
    HOLDFAST_TRY_ASSIGN(Val entry, value(item.items[1], type.element));
    elements.push_back(Val::tuple({std::move(key), std::move(entry)}));
  }
  return Val::list(std::move(elements));
}

SourceResult<Val> WaveParser::record(const Expression& expression, Id id) {
  const InterfaceType& type = types_[id];
  if (expression.kind != ExpressionKind::braces || expression.items.size() != expression.labels.size()) {
    return mismatch(expression, id);
  }
  std::vector<std::string> names;
  for (const auto& field : type.fields) names.push_back(field.name);
  for (std::size_t i = 0; i < expression.labels.size(); ++i) {
    const NamePart& label = expression.labels[i];
    if (std::ranges::find(names, label.text) == names.end()) {
      return source_fail(label.span, "the record has no field `" + label.text + '`' + did_you_mean(label.text, names));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (expression.labels[j].text == label.text) {
        return source_fail(label.span, "the field `" + label.text + "` appears twice");
      }
    }
  }
  std::vector<ValField> fields;
  for (const auto& field : type.fields) {
    const auto label = std::ranges::find(expression.labels, field.name, &NamePart::text);
    if (label != expression.labels.end()) {
      const auto index = static_cast<std::size_t>(label - expression.labels.begin());
      HOLDFAST_TRY_ASSIGN(Val content, value(expression.items[index], field.type));
      fields.push_back({field.name, std::move(content)});
    } else if (types_[field.type].kind == TypeKind::option) {
      fields.push_back({field.name, Val::none()});
    } else {
      return source_fail(expression.span,
                         "the field `" + field.name + "` of type " + scope_.describe(field.type) + " is missing");
    }
  }
  return Val::record(std::move(fields));
}

SourceResult<Val> WaveParser::tuple(const Expression& expression, Id id) {
  const InterfaceType& type = types_[id];
  if (expression.kind != ExpressionKind::tuple || expression.items.size() != type.fields.size())
    return mismatch(expression, id);
  std::vector<Val> elements;
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    HOLDFAST_TRY_ASSIGN(Val element, value(expression.items[i], type.fields[i].type));
    elements.push_back(std::move(element));
  }
  return Val::tuple(std::move(elements));
}

SourceResult<Val> WaveParser::flags(const Expression& expression, Id id) const {
  const InterfaceType& type = types_[id];
  if (expression.kind != ExpressionKind::braces || !expression.items.empty()) return mismatch(expression, id);
  std::vector<std::string> names;
  for (const NamePart& label : expression.labels) {
    if (std::ranges::find(type.labels, label.text) == type.labels.end()) {
      return source_fail(label.span, "unknown flag `" + label.text + '`' + did_you_mean(label.text, type.labels));
    }
    if (std::ranges::find(names, label.text) == names.end()) names.push_back(label.text);
  }
  return Val::flags(std::move(names));
}

SourceResult<Val> WaveParser::named_case(const Expression& expression, Id id, std::size_t index) {
  const InterfaceType& type = types_[id];
  const component::InterfaceCase& chosen = type.cases[index];
  const std::string name(wave_name(type, index));
  std::optional<Val> payload;
  if (chosen.type) {
    if (expression.items.size() != 1) {
      return source_fail(expression.span, '`' + name + "` takes one value of type " + scope_.describe(*chosen.type));
    }
    HOLDFAST_TRY_ASSIGN(payload, value(expression.items[0], *chosen.type));
  } else if (expression.has_arguments) {
    return source_fail(expression.span, '`' + name + "` takes no value");
  }
  switch (type.kind) {
    case TypeKind::enumeration: return Val::enumeration(chosen.name);
    case TypeKind::option: return Val::option(std::move(payload));
    case TypeKind::result: return Val::result(index == 0, std::move(payload));
    default: return Val::variant(chosen.name, std::move(payload));
  }
}

SourceResult<Val> WaveParser::keyword_or_name(const Expression& expression, Id id) {
  const InterfaceType& type = types_[id];
  const bool is_float = type.kind == TypeKind::f32 || type.kind == TypeKind::f64;
  if (type.kind == TypeKind::boolean && is_word(expression, "true")) return Val::boolean(true);
  if (type.kind == TypeKind::boolean && is_word(expression, "false")) return Val::boolean(false);
  if (is_float && (is_word(expression, "inf") || is_word(expression, "nan"))) {
    const double number =
        is_word(expression, "inf") ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    return type.kind == TypeKind::f64 ? Val::f64(number) : Val::f32(static_cast<float>(number));
  }
  // Where some or ok may be left out, the word may be that of the type inside: true, false or a case.
  const bool is_word_inside =
      is_lone_name(expression) && (type.kind == TypeKind::option || type.kind == TypeKind::result);
  if (is_word_inside && may_leave_out(id)) {
    const Id inside = *type.cases[type.kind == TypeKind::option ? 1 : 0].type;
    const InterfaceType& inner = types_[inside];
    const bool is_boolean =
        inner.kind == TypeKind::boolean && (is_word(expression, "true") || is_word(expression, "false"));
    if (is_boolean || case_index(inner, expression)) return left_out(expression, id);
  }
  if (auto read = scope_.literal(expression, id)) return *std::move(read);
  HOLDFAST_TRY_ASSIGN(Val result, scope_.evaluate(expression, id));
  return adapt(std::move(result), id, expression.span);
}

bool WaveParser::may_leave_out(Id id) const {
  const InterfaceType& type = types_[id];
  const auto& inside = type.cases[type.kind == TypeKind::option ? 1 : 0].type;
  if (!inside) return false;
  const TypeKind kind = types_[*inside].kind;
  return kind != TypeKind::option && kind != TypeKind::result;
}

/// An option or result whose some or ok is left out: `expression` is the value inside.
SourceResult<Val> WaveParser::left_out(const Expression& expression, Id id) {
  const InterfaceType& type = types_[id];
  if (!may_leave_out(id)) return mismatch(expression, id);
  const bool is_option = type.kind == TypeKind::option;
  HOLDFAST_TRY_ASSIGN(Val inside, value(expression, *type.cases[is_option ? 1 : 0].type));
  return is_option ? Val::some(std::move(inside)) : Val::ok(std::move(inside));
}

SourceResult<Val> WaveParser::adapt(Val source, Id id, Span span) {
  const InterfaceType& type = types_[id];
  auto fits = abi::check(types_, id, source);
  if (!fits) {
    const Val* inside = nullptr;
    if (source.kind() == ValKind::option) inside = *source.as_option();
    if (source.kind() == ValKind::result && source.as_result()->is_ok) inside = source.as_result()->payload;
    if (inside != nullptr && abi::check(types_, id, *inside)) {
      source = Val(*inside);
      fits = {};
    } else if (type.kind == TypeKind::option && abi::check(types_, *type.cases[1].type, source)) {
      source = Val::some(std::move(source));
      fits = {};
    }
  }
  if (!fits) {
    return source_fail(span, "expected " + scope_.describe(id) + ", found a value of kind " +
                                 std::string(name_of(source.kind())) + " (" + fits.error().cause() + ")");
  }
  if (type.has_handle) HOLDFAST_TRY(pass_handles(source, id, span));
  return source;
}

/// Contract: `source` fits the type.
SourceResult<void> WaveParser::pass_handles(const Val& source, Id id, Span span) {
  const InterfaceType& type = types_[id];
  if (!type.has_handle) return {};
  const auto pass_case = [&](std::size_t index, const Val* payload) -> SourceResult<void> {
    if (payload == nullptr) return {};
    return pass_handles(*payload, *type.cases[index].type, span);
  };
  switch (type.kind) {
    case TypeKind::own:
    case TypeKind::borrow: return scope_.pass(source, type, span);
    case TypeKind::list:
    case TypeKind::fixed_list: {
      const std::span<const Val> elements = *source.as_list();
      for (const Val& element : elements) HOLDFAST_TRY(pass_handles(element, type.element, span));
      return {};
    }
    case TypeKind::map: {
      const std::span<const Val> entries = *source.as_list();
      for (const Val& entry : entries) HOLDFAST_TRY(pass_handles((*entry.as_tuple())[1], type.element, span));
      return {};
    }
    case TypeKind::record:
      for (const auto& field : type.fields) HOLDFAST_TRY(pass_handles(*source.field(field.name), field.type, span));
      return {};
    case TypeKind::tuple:
      for (std::size_t i = 0; i < type.fields.size(); ++i) {
        HOLDFAST_TRY(pass_handles((*source.as_tuple())[i], type.fields[i].type, span));
      }
      return {};
    case TypeKind::option: return pass_case(1, *source.as_option());
    case TypeKind::result: return pass_case(source.as_result()->is_ok ? 0 : 1, source.as_result()->payload);
    case TypeKind::variant: {
      const ValCase chosen = *source.as_variant();
      const auto match = std::ranges::find(type.cases, chosen.name, &component::InterfaceCase::name);
      return pass_case(static_cast<std::size_t>(match - type.cases.begin()), chosen.payload);
    }
    default: return {};
  }
}

}  // namespace holdfast::cli
