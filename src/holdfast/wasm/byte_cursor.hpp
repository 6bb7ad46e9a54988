// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ByteCursor`: reads forward through borrowed bytes and never past their end. Every error has the byte offset in the
// file. A value; the bytes and the budget must outlive it. Only `read_list` and `read_count` allocate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "holdfast/core/result.hpp"

namespace holdfast::wasm {

/// Limits for reading one file. Shared by all cursors into the file.
struct ReadBudget {
  std::uint32_t items = 1'000'000;     ///< list elements that may still be read
  std::uint32_t name_bytes = 100'000;  ///< length of the longest allowed name
  std::uint32_t nesting = 100;         ///< levels of types and components that may still be entered
};

class ByteCursor {
 public:
  /// `offset` is the offset of bytes[0] in the file; offset + bytes.size() must be below 2^32. If `budget` is null,
  /// only the number of bytes limits what is read.
  explicit ByteCursor(std::span<const std::byte> bytes, std::size_t offset = 0, ReadBudget* budget = nullptr) noexcept
      : bytes_(bytes), origin_(offset), budget_(budget) {}

  bool at_end() const noexcept { return position_ == bytes_.size(); }
  std::size_t remaining() const noexcept { return bytes_.size() - position_; }
  /// The offset of the next byte in the file.
  std::size_t offset() const noexcept { return origin_ + position_; }
  ReadBudget* budget() const noexcept { return budget_; }

  /// Errors: unexpected_end.
  Result<std::uint8_t> peek_byte() const noexcept {
    if (at_end()) return fail_at(ErrorCode::unexpected_end, offset());
    return std::to_integer<std::uint8_t>(bytes_[position_]);
  }
  Result<std::uint8_t> read_byte() noexcept {
    if (at_end()) return fail_at(ErrorCode::unexpected_end, offset());
    return std::to_integer<std::uint8_t>(bytes_[position_++]);
  }
  Result<std::span<const std::byte>> read_bytes(std::size_t count) noexcept;
  /// Returns a cursor over the next `count` bytes, and skips them in this cursor.
  Result<ByteCursor> read_part(std::size_t count) noexcept;

  /// Errors: those of leb128.hpp.
  Result<std::uint32_t> read_u32() noexcept {
    // Most numbers in a file take one byte.
    if (!at_end() && std::to_integer<std::uint8_t>(bytes_[position_]) < 0x80) [[likely]]
      return std::to_integer<std::uint32_t>(bytes_[position_++]);
    return read_longer_u32();
  }
  Result<std::uint64_t> read_u64() noexcept;
  Result<std::int64_t> read_s33() noexcept;
  Result<std::int32_t> read_s32() noexcept;
  Result<std::int64_t> read_s64() noexcept;

  /// Reads a byte that is 0x00 or 0x01. Errors: unexpected_end, invalid_boolean.
  Result<bool> read_boolean() noexcept;

  /// Reads a length and that many bytes of UTF-8. The result refers to the cursor's bytes. Errors: those of read_u32,
  /// unexpected_end, malformed_utf8, name_too_long.
  Result<std::string_view> read_name() noexcept;

  /// The error `code` for the byte that was read last; its detail is the value of that byte.
  std::unexpected<Error> fail_at_last_byte(ErrorCode code) const noexcept;
  /// The error `code` at `offset` in the file.
  static std::unexpected<Error> fail_at(ErrorCode code, std::size_t offset, std::uint64_t detail = 0) noexcept {
    return fail(code, detail, static_cast<std::uint32_t>(offset));
  }

  /// Takes `count` elements from the budget. Errors: too_many_items.
  Result<void> take_items(std::size_t count) noexcept;
  Result<void> take_item() noexcept { return take_items(1); }

  /// Reads a count and that many elements, and appends them to `out`. `read_element(cursor)` reads one element.
  /// Elements read before an error stay in `out`. A large count alone allocates no more than a short list.
  template <class T, class ReadElement>
  Result<void> read_list(std::vector<T>& out, ReadElement read_element) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t count, read_count(out));
    for (std::uint32_t i = 0; i < count; ++i) {
      HOLDFAST_TRY(take_item());
      auto element = read_element(*this);
      if (!element) return std::unexpected(element.error());
      out.push_back(*std::move(element));
    }
    return {};
  }

  /// Reads the number of elements that the caller will append to `out`, and reserves space for a short list at most.
  template <class T>
  Result<std::uint32_t> read_count(std::vector<T>& out) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t count, read_u32());
    const std::size_t expected = count < short_list ? count : short_list;
    if (out.empty()) out.reserve(expected < remaining() ? expected : remaining());
    return count;
  }

 private:
  /// The most elements that space is reserved for in advance.
  static constexpr std::size_t short_list = 64;

  Result<std::uint32_t> read_longer_u32() noexcept;

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  std::size_t origin_;
  ReadBudget* budget_;
};

/// Takes one level of nesting from the budget while it lives.
class NestingScope {
 public:
  /// Errors: nested_too_deeply, at the cursor's offset. The cursor's budget must outlive the scope.
  static Result<NestingScope> enter(const ByteCursor& cursor) noexcept;
  NestingScope(NestingScope&& other) noexcept : budget_(other.budget_) { other.budget_ = nullptr; }
  NestingScope& operator=(NestingScope&&) = delete;
  ~NestingScope() {
    if (budget_ != nullptr) ++budget_->nesting;
  }

 private:
  explicit NestingScope(ReadBudget* budget) noexcept : budget_(budget) {}
  ReadBudget* budget_;
};

/// Whether `bytes` is well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF).
bool is_utf8(std::span<const std::byte> bytes) noexcept;

}  // namespace holdfast::wasm
