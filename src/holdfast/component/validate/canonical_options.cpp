// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks canonical options: each appears at most once, no two contradict each other, and each refers to an item of the
// right type.
// Source: Binary.md, "Canonical Definitions"; CanonicalABI.md, "Canonical ABI Options".
#include <string_view>
#include <utility>

#include "holdfast/component/validate/validator.hpp"

namespace holdfast::component::validation {
namespace {

using OptionKind = syntax::CanonicalOptionKind;

std::string_view word_of(OptionKind kind) {
  switch (kind) {
    case OptionKind::string_encoding_utf8: return "utf8";
    case OptionKind::string_encoding_utf16: return "utf16";
    case OptionKind::string_encoding_latin1_utf16: return "latin1-utf16";
    case OptionKind::memory: return "memory";
    case OptionKind::realloc: return "realloc";
    case OptionKind::post_return: return "post-return";
    case OptionKind::async: return "async";
    case OptionKind::callback: return "callback";
    case OptionKind::core_type: return "core-type";
    case OptionKind::gc: return "gc";
  }
  return "unknown";
}

bool is_encoding(OptionKind kind) { return kind <= OptionKind::string_encoding_latin1_utf16; }

}  // namespace

HostResult<Options> Validator::options(const std::vector<syntax::CanonicalOption>& list, std::size_t offset) {
  Options options;
  bool seen[16] = {};
  std::optional<OptionKind> encoding;
  for (const syntax::CanonicalOption& option : list) HOLDFAST_TRY(set_option(options, option, seen, encoding, offset));
  if (options.callback && !options.is_async) return refuse_at(offset, Cause::callback_without_async);
  if (options.is_async && options.post_return) return refuse_at(offset, Cause::post_return_with_async);
  if (options.core_type && !options.gc) return refuse_at(offset, Cause::core_type_without_gc);
  HOLDFAST_TRY(check_realloc(options, offset));
  return options;
}

HostResult<void> Validator::set_option(Options& options, const syntax::CanonicalOption& option, bool (&seen)[16],
                                       std::optional<OptionKind>& encoding, std::size_t offset) {
  if (is_encoding(option.kind)) {
    if (encoding) return refuse_at(offset, Cause::encoding_conflict, {word_of(*encoding), word_of(option.kind)});
    encoding = options.encoding = option.kind;
    return {};
  }
  bool& is_seen = seen[static_cast<std::size_t>(option.kind) % 16];
  if (is_seen) return refuse_at(offset, Cause::option_repeated, {word_of(option.kind)});
  is_seen = true;
  switch (option.kind) {
    case OptionKind::memory: {
      HOLDFAST_TRY_ASSIGN(options.memory_is_64, check_memory(option.index, offset));
      options.memory = option.index;
      return {};
    }
    case OptionKind::realloc: options.realloc = option.index; return {};
    case OptionKind::post_return: options.post_return = option.index; return {};
    case OptionKind::callback: options.callback = option.index; return {};
    case OptionKind::async: options.is_async = true; return require(features_.async, Cause::option_needs_async, offset);
    case OptionKind::gc: options.gc = true; return require(features_.gc, Cause::option_needs_gc, offset, {"gc"});
    case OptionKind::core_type: {
      HOLDFAST_TRY(require(features_.gc, Cause::option_needs_gc, offset, {"core type"}));
      HOLDFAST_TRY_ASSIGN(options.core_type, core_type_option(option.index, offset));
      return {};
    }
    default: return {};
  }
}

HostResult<wasm::CoreTypeId> Validator::core_type_option(std::uint32_t index, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const CoreTypeEntry entry, current().core_type_at(index, offset));
  if (entry.module || engine_.core_types().function(entry.type) == nullptr)
    return refuse_at(offset, Cause::core_type_option_kind);
  return entry.type;
}

/// Checks that the canonical ABI can use the memory, which must not be shared. Returns true if its addresses are 64
/// bits wide.
HostResult<bool> Validator::check_memory(std::uint32_t index, std::size_t offset) {
  HOLDFAST_TRY_ASSIGN(const wasm::CoreMemoryType memory, current().core_memory_at(index, offset));
  if (memory.limits.is_64) {
    HOLDFAST_TRY(require(features_.memory64, Cause::memory64_disabled, offset));
    note_not_runnable("64-bit memories (cm64)", offset);
  }
  if (memory.limits.shared) return refuse_at(offset, Cause::shared_flag_differs, {"memories"});
  return memory.limits.is_64;
}

HostResult<void> Validator::check_realloc(const Options& options, std::size_t offset) {
  if (!options.realloc) return {};
  if (!options.memory) return refuse_at(offset, Cause::realloc_without_memory);
  HOLDFAST_TRY_ASSIGN(const CoreFunctionType* function, core_function_type(*options.realloc, offset));
  const wasm::CoreValueType address{options.memory_is_64 ? CoreKind::i64 : CoreKind::i32, {}};
  if (*function != CoreFunctionType{{address, address, address, address}, {address}})
    return refuse_at(offset, Cause::option_signature, {"realloc"});
  return {};
}

HostResult<void> Validator::check_lower_options(const Options& options, std::size_t offset) {
  if (options.post_return) return refuse_at(offset, Cause::option_not_for_lowerings, {"post-return"});
  if (options.callback) return refuse_at(offset, Cause::option_not_for_lowerings, {"callback"});
  if (options.gc && !options.core_type) return refuse_at(offset, Cause::gc_without_core_type);
  return {};
}

HostResult<void> Validator::check_lift_options(const Options& options, const CoreFunctionType& core,
                                               std::size_t offset) {
  if (options.post_return) {
    HOLDFAST_TRY_ASSIGN(const CoreFunctionType* function, core_function_type(*options.post_return, offset));
    if (function->parameters != core.results || !function->results.empty())
      return refuse_at(offset, Cause::option_signature, {"post-return"});
  }
  if (options.is_async && !options.callback)
    HOLDFAST_TRY(require(features_.async_stackful, Cause::stackful_disabled, offset));
  if (options.callback) {
    HOLDFAST_TRY_ASSIGN(const CoreFunctionType* function, core_function_type(*options.callback, offset));
    const wasm::CoreValueType i32{CoreKind::i32, {}};
    const bool is_callback =
        function->parameters == std::vector{i32, i32, i32} && function->results == std::vector{i32};
    if (!is_callback) return refuse_at(offset, Cause::option_signature, {"callback"});
  }
  if (options.core_type) return refuse_at(offset, Cause::core_type_in_lift);
  return {};
}

}  // namespace holdfast::component::validation
