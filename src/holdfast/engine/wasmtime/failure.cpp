// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/engine/wasmtime/failure.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>

namespace holdfast::engine::wasmtime {
namespace {

std::string_view trim(std::string_view text) noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\0' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_line(std::string_view& text) noexcept {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// The text after a prefix such as "12: ", or nullopt when the line has no such prefix.
std::optional<std::string_view> after_number(std::string_view line) noexcept {
  const auto digits = line.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos || !line.substr(digits).starts_with(": ")) return std::nullopt;
  return line.substr(digits + 2);
}

std::string text_of(const wasmtime_error_t& error) {
  Bytes bytes;
  wasmtime_error_message(&error, &bytes.vector);
  return std::string(bytes.text());
}

std::string without_prefix(std::string text) {
  constexpr std::string_view prefix = "wasm trap: ";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return text;
}

std::string to_string(const wasm_name_t* name) {
  if (name == nullptr) return {};
  std::string text(name->data, name->size);
  while (text.ends_with('\0')) text.pop_back();
  return text;
}

// Takes ownership of `frames`.
std::vector<Frame> convert(wasm_frame_vec_t frames) {
  std::vector<Frame> converted;
  converted.reserve(frames.size);
  for (std::size_t i = 0; i < frames.size; ++i) {
    const wasm_frame_t* frame = frames.data[i];
    const std::size_t offset = wasm_frame_module_offset(frame);
    converted.push_back({.module = to_string(wasmtime_frame_module_name(frame)),
                         .function = to_string(wasmtime_frame_func_name(frame)),
                         .function_index = wasm_frame_func_index(frame),
                         .offset = offset == std::numeric_limits<std::size_t>::max() ? 0 : offset});
  }
  wasm_frame_vec_delete(&frames);
  return converted;
}

// Removes a suffix such as " (at offset 0x1a)" from `message` and returns the offset.
std::optional<std::uint64_t> take_offset(std::string& message) {
  constexpr std::string_view opening = " (at offset 0x";
  const auto start = message.rfind(opening);
  if (start == std::string::npos || !message.ends_with(')')) return std::nullopt;
  std::uint64_t offset = 0;
  const char* const first = message.data() + start + opening.size();
  const char* const last = message.data() + message.size() - 1;
  const auto [end, error] = std::from_chars(first, last, offset, 16);
  if (error != std::errc{} || end != last) return std::nullopt;
  message.resize(start);
  return offset;
}

}  // namespace

std::vector<std::string> message_chain(std::string_view text) {
  std::vector<std::string> chain;
  const auto causes_at = text.find("\n\nCaused by:\n");
  auto head = trim(text.substr(0, causes_at));
  if (const auto line = trim(take_line(head));
      !line.empty() && !line.starts_with("error while executing at wasm backtrace"))
    chain.emplace_back(line);
  if (causes_at != std::string_view::npos) {
    auto causes = text.substr(causes_at + std::string_view("\n\nCaused by:\n").size());
    bool is_first = true;
    while (!causes.empty()) {
      const auto line = trim(take_line(causes));
      if (line.empty()) continue;
      const auto numbered = after_number(line);
      if (numbered || is_first)
        chain.emplace_back(numbered.value_or(line));
      else
        chain.back().append(" ").append(line);
      is_first = false;
    }
  }
  if (chain.empty()) chain.emplace_back("the engine reported no reason");
  return chain;
}

std::string message_of(const wasmtime_error_t& error) {
  std::string message;
  for (const auto& part : message_chain(text_of(error))) {
    if (!message.empty()) message += ": ";
    message += part;
  }
  return message;
}

std::string cause_of(const wasmtime_error_t& error) { return without_prefix(message_chain(text_of(error)).back()); }

std::string cause_of(const wasm_trap_t& trap) {
  Bytes bytes;
  wasm_trap_message(&trap, &bytes.vector);
  return without_prefix(message_chain(bytes.text()).back());
}

std::vector<Frame> frames_of(const wasmtime_error_t& error) {
  wasm_frame_vec_t frames;
  wasm_frame_vec_new_empty(&frames);
  wasmtime_error_wasm_trace(&error, &frames);
  return convert(frames);
}

std::vector<Frame> frames_of(const wasm_trap_t& trap) {
  wasm_frame_vec_t frames;
  wasm_frame_vec_new_empty(&frames);
  wasm_trap_trace(&trap, &frames);
  return convert(frames);
}

HostError invalid_binary(const wasmtime_error_t& error) {
  std::string message = message_chain(text_of(error)).back();
  const auto offset = take_offset(message);
  HostError host_error(ErrorKind::invalid, std::move(message));
  if (offset) host_error.with_offset(*offset);
  return host_error;
}

HostError invalid_text(const wasmtime_error_t& error) {
  const std::string whole = text_of(error);
  std::string_view rest = whole;
  std::string message(trim(take_line(rest)));
  // The second line is "--> <anon>:LINE:COLUMN". The lines after it show the source.
  const auto place = trim(take_line(rest));
  constexpr std::string_view arrow = "--> <anon>:";
  if (place.starts_with(arrow)) {
    const auto numbers = place.substr(arrow.size());
    const auto colon = numbers.find(':');
    if (colon != std::string_view::npos) {
      message.append(" (line ").append(numbers.substr(0, colon));
      message.append(", column ").append(numbers.substr(colon + 1)).append(")");
    }
  }
  return HostError(ErrorKind::invalid, std::move(message));
}

}  // namespace holdfast::engine::wasmtime
