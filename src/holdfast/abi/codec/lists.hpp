// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Codecs of lists: std::vector<T> and, for scalars, std::span<const T>; and of fixed-length lists: std::array<T, N>.
// Lists of integers and floats are copied in one piece. A lifted span points into the guest's memory if the bytes there
// are the values (aligned on the host, every NaN canonical), otherwise into the scratch.
#pragma once

#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <vector>

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/codec/scalars.hpp"
#include "holdfast/abi/list_abi.hpp"
#include "holdfast/abi/memory.hpp"

namespace holdfast::abi {

/// Copies `count` scalars out of guest memory, at any address. NaNs become canonical.
template <BulkScalar T>
void copy_scalars_out(const std::byte* from, std::size_t count, T* to) noexcept {
  if (count == 0) return;
  std::memcpy(to, from, count * sizeof(T));
  if constexpr (FloatScalar<T>) {
    for (std::size_t i = 0; i < count; ++i) to[i] = scalar_from_bits<T>(std::bit_cast<BitsOf<T>>(to[i]));
  }
}

/// Copies scalars into guest memory. NaNs become canonical.
template <BulkScalar T>
void copy_scalars_in(std::span<const T> from, std::byte* to) noexcept {
  if (from.empty()) return;
  std::memcpy(to, from.data(), from.size_bytes());
  if constexpr (FloatScalar<T>) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (!std::isnan(from[i])) continue;
      const BitsOf<T> bits = scalar_to_bits(from[i]);
      std::memcpy(to + i * sizeof(T), &bits, sizeof bits);
    }
  }
}

/// Stores the elements of a range one after the other. Contract: the memory from `pointer` was checked for all of them.
template <class T, class Elements>
Result<void> store_list_elements(Context& context, component::InterfaceTypeId element, Elements&& elements,
                                 std::uint32_t pointer) {
  if constexpr (BulkScalar<T>) {
    const std::span<const T> all(elements);
    copy_scalars_in(all, bytes_at(context, pointer, all.size_bytes()));
  } else {
    const std::uint32_t size = context.types[element].size;
    for (auto&& value : elements) {
      if constexpr (std::same_as<T, bool>) {  // a std::vector<bool> has no references to its elements
        HOLDFAST_TRY(Codec<bool>::store(context, element, static_cast<bool>(value), pointer));
      } else {
        HOLDFAST_TRY(Codec<T>::store(context, element, forward_part<Elements>(value), pointer));
      }
      pointer += size;
    }
  }
  return {};
}

/// Allocates a list in the guest and stores `elements` in it. Errors: those of allocate_list and of the elements.
template <class T, class Elements>
Result<ContentRange> lower_list_elements(Context& context, component::InterfaceTypeId type, Elements&& elements) {
  const component::InterfaceTypeId element = context.types[type].element;
  const component::InterfaceType& element_type = context.types[element];
  HOLDFAST_TRY_ASSIGN(const ContentRange range,
                      allocate_list(context, elements.size(), element_type.size, element_type.alignment));
  HOLDFAST_TRY(store_list_elements<T>(context, element, std::forward<Elements>(elements), range.pointer));
  return range;
}

/// Lowers anything that has the elements T of a list.
template <class T>
struct ListLowering {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    return types[type].kind == component::TypeKind::list && Codec<T>::matches(types, types[type].element);
  }
  template <class Elements>
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, Elements&& elements,
                                 FlatWriter& values) {
    HOLDFAST_TRY_ASSIGN(const ContentRange range,
                        lower_list_elements<T>(context, type, std::forward<Elements>(elements)));
    put_range(values, range);
    return {};
  }
  template <class Elements>
  static Result<void> store(Context& context, component::InterfaceTypeId type, Elements&& elements,
                            std::uint32_t pointer) {
    HOLDFAST_TRY_ASSIGN(const ContentRange range,
                        lower_list_elements<T>(context, type, std::forward<Elements>(elements)));
    store_range(context, pointer, range);
    return {};
  }
};

template <class T>
struct Codec<std::vector<T>> : ListLowering<T> {
  static Result<std::vector<T>> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                                          FlatReader& values) {
    return lift(context, scratch, type, next_range(values));
  }
  static Result<std::vector<T>> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                                     std::uint32_t pointer) {
    return lift(context, scratch, type, load_range(context, pointer));
  }

 private:
  static Result<std::vector<T>> lift(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                                     ContentRange range) {
    const component::InterfaceTypeId element = context.types[type].element;
    const std::uint32_t size = context.types[element].size;
    HOLDFAST_TRY(check_list(context, range, size, context.types[element].alignment));
    HOLDFAST_TRY(charge(context, std::uint64_t{range.length} * sizeof(T)));
    if constexpr (BulkScalar<T>) {
      std::vector<T> elements(range.length);
      copy_scalars_out(bytes_at(context, range.pointer, elements.size() * sizeof(T)), elements.size(), elements.data());
      return elements;
    } else {
      std::vector<T> elements;
      elements.reserve(range.length);
      for (std::uint32_t i = 0; i < range.length; ++i) {
        HOLDFAST_TRY_ASSIGN(auto&& value, Codec<T>::load(context, scratch, element, range.pointer + i * size));
        elements.push_back(std::move(value));
      }
      return elements;
    }
  }
};

template <Scalar T>
struct Codec<std::span<const T>> : ListLowering<T> {
  static Result<std::span<const T>> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId,
                                              FlatReader& values) {
    return lift(context, scratch, next_range(values));
  }
  static Result<std::span<const T>> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId,
                                         std::uint32_t pointer) {
    return lift(context, scratch, load_range(context, pointer));
  }

 private:
  static Result<std::span<const T>> lift(Context& context, LiftScratch& scratch, ContentRange range) {
    HOLDFAST_TRY(check_list(context, range, sizeof(T), sizeof(T)));
    const std::uint64_t size = std::uint64_t{range.length} * sizeof(T);
    if (size == 0) return std::span<const T>();
    const std::byte* const bytes = bytes_at(context, range.pointer, size);
    HOLDFAST_TRY_ASSIGN(const bool in_place, can_view(bytes, range.length));
    if (in_place) return std::span<const T>(reinterpret_cast<const T*>(bytes), range.length);
    HOLDFAST_TRY(charge(context, size));
    T* const copy = reinterpret_cast<T*>(scratch.allocate(size));
    if constexpr (std::same_as<T, bool>) {
      for (std::uint32_t i = 0; i < range.length; ++i) copy[i] = bytes[i] != std::byte{0};
    } else if constexpr (BulkScalar<T>) {
      copy_scalars_out(bytes, range.length, copy);
    } else {
      std::memcpy(copy, bytes, size);
    }
    return std::span<const T>(copy, range.length);
  }

  /// Whether the bytes of the guest can be viewed as they are. Errors: invalid_char.
  static Result<bool> can_view(const std::byte* bytes, std::uint32_t count) {
    if constexpr (IntegerScalar<T>) {
      return is_aligned(bytes);
    } else {
      bool same = is_aligned(bytes);
      for (std::uint32_t i = 0; i < count; ++i) {
        BitsOf<T> bits;
        std::memcpy(&bits, bytes + i * sizeof(T), sizeof bits);
        if constexpr (std::same_as<T, bool>) {
          same = same && bits <= 1;
        } else if constexpr (std::same_as<T, char32_t>) {
          HOLDFAST_TRY(to_char(bits));
        } else {
          same = same && std::bit_cast<BitsOf<T>>(scalar_from_bits<T>(bits)) == bits;
        }
      }
      return same;
    }
  }
  static bool is_aligned(const std::byte* bytes) noexcept {
    return reinterpret_cast<std::uintptr_t>(bytes) % alignof(T) == 0;
  }
};

template <class T, std::size_t N>
struct Codec<std::array<T, N>> {
  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& list = types[type];
    return list.kind == component::TypeKind::fixed_list && list.length == N && Codec<T>::matches(types, list.element);
  }
  static Result<std::array<T, N>> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                                            FlatReader& values) {
    const component::InterfaceTypeId element = context.types[type].element;
    std::array<T, N> elements{};
    for (T& value : elements) {
      HOLDFAST_TRY_ASSIGN(value, Codec<T>::lift_flat(context, scratch, element, values));
    }
    return elements;
  }
  static Result<std::array<T, N>> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                                       std::uint32_t pointer) {
    const component::InterfaceTypeId element = context.types[type].element;
    const std::uint32_t size = context.types[element].size;
    std::array<T, N> elements{};
    for (T& value : elements) {
      HOLDFAST_TRY_ASSIGN(value, Codec<T>::load(context, scratch, element, pointer));
      pointer += size;
    }
    return elements;
  }
  template <class Elements>
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, Elements&& elements,
                                 FlatWriter& values) {
    const component::InterfaceTypeId element = context.types[type].element;
    for (auto& value : elements) {
      HOLDFAST_TRY(Codec<T>::lower_flat(context, element, forward_part<Elements>(value), values));
    }
    return {};
  }
  template <class Elements>
  static Result<void> store(Context& context, component::InterfaceTypeId type, Elements&& elements,
                            std::uint32_t pointer) {
    return store_list_elements<T>(context, context.types[type].element, std::forward<Elements>(elements), pointer);
  }
};

}  // namespace holdfast::abi
