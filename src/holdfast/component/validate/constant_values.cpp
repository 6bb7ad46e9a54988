// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/constant_values.hpp"

#include <bit>
#include <cstdint>
#include <utility>

#include "holdfast/component/causes/cause.hpp"
#include "holdfast/wasm/byte_cursor.hpp"

namespace holdfast::component::validation {
namespace {

using types::ValueTypeRef;

template <class T>
HostResult<T> as_host_result(Result<T> result) {
  if (result) return *std::move(result);
  HostError error = HostError::from(result.error(), ErrorKind::invalid);
  error.with_offset(result.error().offset);
  return std::unexpected(std::move(error));
}

/// Reads one value, recursively. Each value takes at least one byte and the depth of types is limited, so the work is
/// bounded by the number of bytes.
class ConstantReader {
 public:
  ConstantReader(const types::TypeEngine& engine, wasm::ByteCursor cursor) : engine_(engine), cursor_(cursor) {}

  HostResult<void> read_all(const ValueTypeRef& type) {
    HOLDFAST_TRY(read(type));
    if (!cursor_.at_end()) return refuse_at(cursor_.offset(), Cause::constant_ends_early);
    return {};
  }

 private:
  HostResult<void> read(const ValueTypeRef& type) {
    if (!type.is_present()) return {};
    const types::DefinedType& node = engine_[type.structure];
    switch (node.kind) {
      case TypeKind::boolean: return skip(cursor_.read_boolean());
      case TypeKind::s8:
      case TypeKind::u8: return skip(cursor_.read_byte());
      case TypeKind::s16: return read_16_bits<std::int16_t>(&wasm::ByteCursor::read_s32, "s16");
      case TypeKind::u16: return read_16_bits<std::uint16_t>(&wasm::ByteCursor::read_u32, "u16");
      case TypeKind::s32: return skip(cursor_.read_s32());
      case TypeKind::u32: return skip(cursor_.read_u32());
      case TypeKind::s64: return skip(cursor_.read_s64());
      case TypeKind::u64: return skip(cursor_.read_u64());
      case TypeKind::f32: return read_float<std::uint32_t>(0x7f80'0000, 0x7fc0'0000);
      case TypeKind::f64: return read_float<std::uint64_t>(0x7ff0'0000'0000'0000, 0x7ff8'0000'0000'0000);
      case TypeKind::character: return read_character();
      case TypeKind::string: return skip(cursor_.read_name());
      case TypeKind::list: return read_list(node.members[0]);
      case TypeKind::record:
      case TypeKind::tuple: return read_members(node);
      case TypeKind::variant: return read_case(node);
      case TypeKind::enumeration: return read_discriminant(node.labels.size());
      case TypeKind::option: return read_option(node.members[0]);
      case TypeKind::result: return read_result(node);
      case TypeKind::flags: return skip(cursor_.read_bytes((node.labels.size() + 7) / 8));
      case TypeKind::fixed_list:
      case TypeKind::map: return refuse_at(cursor_.offset(), Cause::constant_unsupported, {name_of(node.kind)});
      case TypeKind::own:
      case TypeKind::borrow:
      case TypeKind::error_context:
      case TypeKind::stream:
      case TypeKind::future: break;
    }
    return refuse_at(cursor_.offset(), Cause::constant_without_form, {name_of(node.kind)});
  }

  template <class T>
  static HostResult<void> skip(Result<T> result) {
    HOLDFAST_TRY(as_host_result(std::move(result)));
    return {};
  }

  /// A 16-bit number takes at most three bytes (LEB128).
  template <class Narrow, class Wide>
  HostResult<void> read_16_bits(Result<Wide> (wasm::ByteCursor::*read_wide)(), std::string_view name) {
    const std::size_t start = cursor_.offset();
    HOLDFAST_TRY_ASSIGN(const Wide value, as_host_result((cursor_.*read_wide)()));
    if (cursor_.offset() - start > 3 || value != static_cast<Narrow>(value))
      return refuse_at(start, Cause::constant_out_of_range, {name});
    return {};
  }

  /// `infinity` has all exponent bits set. `nan` is the only NaN that is allowed.
  template <class Bits>
  HostResult<void> read_float(Bits infinity, Bits nan) {
    const std::size_t start = cursor_.offset();
    HOLDFAST_TRY_ASSIGN(const auto bytes, as_host_result(cursor_.read_bytes(sizeof(Bits))));
    Bits bits = 0;
    for (std::size_t i = 0; i < sizeof(Bits); ++i) bits |= std::to_integer<Bits>(bytes[i]) << (8 * i);
    const bool is_nan = (bits & ~(Bits{1} << (8 * sizeof(Bits) - 1))) > infinity;
    if (is_nan && bits != nan) return refuse_at(start, Cause::constant_nan);
    return {};
  }

  HostResult<void> read_character() {
    const std::size_t start = cursor_.offset();
    HOLDFAST_TRY_ASSIGN(const std::uint8_t lead, as_host_result(cursor_.peek_byte()));
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    HOLDFAST_TRY_ASSIGN(const auto bytes, as_host_result(cursor_.read_bytes(size)));
    if (!wasm::is_utf8(bytes)) return refuse_at(start, Cause::constant_character);
    return {};
  }

  HostResult<void> read_list(const ValueTypeRef& element) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t count, as_host_result(cursor_.read_u32()));
    for (std::uint32_t i = 0; i < count; ++i) HOLDFAST_TRY(read(element));
    return {};
  }

  HostResult<void> read_members(const types::DefinedType& node) {
    for (const ValueTypeRef& member : node.members) HOLDFAST_TRY(read(member));
    return {};
  }

  HostResult<std::uint32_t> read_index(std::size_t cases) {
    const std::size_t start = cursor_.offset();
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, as_host_result(cursor_.read_u32()));
    if (index >= cases) return refuse_at(start, Cause::constant_case, {number(index), number(cases)});
    return index;
  }

  HostResult<void> read_discriminant(std::size_t cases) {
    HOLDFAST_TRY(read_index(cases));
    return {};
  }

  HostResult<void> read_case(const types::DefinedType& node) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, read_index(node.members.size()));
    return read(node.members[index]);
  }

  HostResult<void> read_option(const ValueTypeRef& some) {
    HOLDFAST_TRY_ASSIGN(const bool is_some, as_host_result(cursor_.read_boolean()));
    return is_some ? read(some) : HostResult<void>();
  }

  HostResult<void> read_result(const types::DefinedType& node) {
    HOLDFAST_TRY_ASSIGN(const bool is_error, as_host_result(cursor_.read_boolean()));
    return read(node.members[is_error ? 1 : 0]);
  }

  const types::TypeEngine& engine_;
  wasm::ByteCursor cursor_;
};

}  // namespace

HostResult<void> check_constant(const types::TypeEngine& engine, const ValueTypeRef& type, const syntax::Value& value) {
  return ConstantReader(engine, wasm::ByteCursor(value.bytes, value.bytes_offset)).read_all(type);
}

}  // namespace holdfast::component::validation
