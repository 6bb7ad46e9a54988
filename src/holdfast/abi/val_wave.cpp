// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Val::to_wave`: values as WAVE text.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <utility>

#include "holdfast/abi/scalar_abi.hpp"
#include "holdfast/abi/val.hpp"
#include "holdfast/abi/val_payload.hpp"

namespace holdfast {
namespace {

using abi::ValAccess;

void append_hex_escape(std::string& out, std::uint32_t code_point) {
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, code_point, 16).ptr;
  out += "\\u{";
  out.append(digits, end);
  out += '}';
}

/// Appends one byte, escaped if WAVE requires that between two `quote`s.
void append_escaped(std::string& out, unsigned char c, char quote) {
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\\': out += "\\\\"; return;
    default: break;
  }
  if (c == static_cast<unsigned char>(quote)) {
    out += '\\';
    out += quote;
  } else if (c < 0x20 || c == 0x7f) {
    append_hex_escape(out, c);
  } else {
    out += static_cast<char>(c);
  }
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x800) {
    byte(0xc0 | c >> 6);
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3f));
  } else {
    byte(0xf0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3f));
    byte(0x80 | (c >> 6 & 0x3f));
  }
  byte(0x80 | (c & 0x3f));
}

void append_character(std::string& out, std::uint32_t c) {
  out += '\'';
  if (c < 0x80) {
    append_escaped(out, static_cast<unsigned char>(c), '\'');
  } else if (!abi::is_scalar_value(c)) {
    append_hex_escape(out, c);
  } else {
    append_utf8(out, c);
  }
  out += '\'';
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) append_escaped(out, static_cast<unsigned char>(c), '"');
  out += '"';
}

template <class T>
void append_float(std::string& out, T value) {
  if (std::isnan(value)) {
    out += "nan";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-inf" : "inf";
  } else {
    char digits[64];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
}

/// Appends a case name, with a % in front if it is a keyword of WAVE.
void append_case_name(std::string& out, std::string_view name) {
  static constexpr std::string_view words[] = {"true", "false", "inf", "nan", "some", "none", "ok", "err"};
  if (std::ranges::find(words, name) != std::end(words)) out += '%';
  out += name;
}

void append(std::string& out, const Val& value);

template <class Items, class Each>
void append_separated(std::string& out, char open, const Items& items, char close, const Each& each) {
  out += open;
  bool first = true;
  for (const auto& item : items) {
    if (!std::exchange(first, false)) out += ", ";
    each(item);
  }
  out += close;
}

void append_payload(std::string& out, const Val* payload) {
  if (!payload) return;
  out += '(';
  append(out, *payload);
  out += ')';
}

void append_handle(std::string& out, const Val& value) {
  const auto* payload = ValAccess::payload<abi::HandlePayload>(value);
  out += '<';
  if (payload && !payload->type_name.empty()) {
    out += payload->type_name;
  } else {
    out += name_of(value.kind());
  }
  out += '#';
  out += std::to_string(ValAccess::bits(value));
  out += '>';
}

void append(std::string& out, const Val& value) {
  const std::uint64_t bits = ValAccess::bits(value);
  const auto each_value = [&out](const Val& element) { append(out, element); };
  switch (value.kind()) {
    case ValKind::boolean: out += bits != 0 ? "true" : "false"; return;
    case ValKind::s8:
    case ValKind::s16:
    case ValKind::s32:
    case ValKind::s64: out += std::to_string(static_cast<std::int64_t>(bits)); return;
    case ValKind::u8:
    case ValKind::u16:
    case ValKind::u32:
    case ValKind::u64: out += std::to_string(bits); return;
    case ValKind::f32: append_float(out, std::bit_cast<float>(static_cast<std::uint32_t>(bits))); return;
    case ValKind::f64: append_float(out, std::bit_cast<double>(bits)); return;
    case ValKind::character: append_character(out, static_cast<std::uint32_t>(bits)); return;
    case ValKind::string: append_string(out, ValAccess::payload<abi::StringPayload>(value)->text); return;
    case ValKind::list:
      append_separated(out, '[', ValAccess::payload<abi::ListPayload>(value)->elements, ']', each_value);
      return;
    case ValKind::tuple:
      append_separated(out, '(', ValAccess::payload<abi::ListPayload>(value)->elements, ')', each_value);
      return;
    case ValKind::record:
      append_separated(out, '{', ValAccess::payload<abi::RecordPayload>(value)->fields, '}',
                       [&out](const ValField& field) {
                         out += field.name;
                         out += ": ";
                         append(out, field.value);
                       });
      return;
    case ValKind::variant:
    case ValKind::enumeration: {
      const auto& payload = *ValAccess::payload<abi::CasePayload>(value);
      append_case_name(out, payload.name);
      append_payload(out, payload.value ? &*payload.value : nullptr);
      return;
    }
    case ValKind::option:
      out += bits != 0 ? "some" : "none";
      append_payload(out, ValAccess::boxed(value));
      return;
    case ValKind::result:
      out += bits != 0 ? "ok" : "err";
      append_payload(out, ValAccess::boxed(value));
      return;
    case ValKind::flags:
      append_separated(out, '{', ValAccess::payload<abi::FlagsPayload>(value)->names, '}',
                       [&out](const std::string& name) { out += name; });
      return;
    case ValKind::own:
    case ValKind::borrow: append_handle(out, value); return;
  }
}

}  // namespace

std::string Val::to_wave() const {
  std::string out;
  append(out, *this);
  return out;
}

}  // namespace holdfast
