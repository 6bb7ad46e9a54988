// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Codecs of std::map and std::unordered_map for WIT maps. If a guest passes a key twice, the last value counts. An
// unordered map is lowered in its order of iteration.
#pragma once

#include <map>
#include <unordered_map>

#include "holdfast/abi/codec.hpp"
#include "holdfast/abi/list_abi.hpp"
#include "holdfast/abi/memory.hpp"

namespace holdfast::abi {

template <class Map>
struct MapCodec {
  using Key = typename Map::key_type;
  using Mapped = typename Map::mapped_type;

  static bool matches(const TypeView& types, component::InterfaceTypeId type) {
    const component::InterfaceType& map = types[type];
    return map.kind == component::TypeKind::map && Codec<Key>::matches(types, map.key) &&
           Codec<Mapped>::matches(types, map.element);
  }
  static Result<Map> lift_flat(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                               FlatReader& values) {
    return lift(context, scratch, context.types[type], next_range(values));
  }
  static Result<Map> load(Context& context, LiftScratch& scratch, component::InterfaceTypeId type,
                          std::uint32_t pointer) {
    return lift(context, scratch, context.types[type], load_range(context, pointer));
  }
  template <class M>
  static Result<void> lower_flat(Context& context, component::InterfaceTypeId type, M&& map, FlatWriter& values) {
    HOLDFAST_TRY_ASSIGN(const ContentRange range, lower(context, context.types[type], std::forward<M>(map)));
    put_range(values, range);
    return {};
  }
  template <class M>
  static Result<void> store(Context& context, component::InterfaceTypeId type, M&& map, std::uint32_t pointer) {
    HOLDFAST_TRY_ASSIGN(const ContentRange range, lower(context, context.types[type], std::forward<M>(map)));
    store_range(context, pointer, range);
    return {};
  }

 private:
  /// The bytes that a node of the map needs beside key and value, estimated: links, colour or hash.
  static constexpr std::uint64_t node_overhead = 4 * sizeof(void*);

  static Result<Map> lift(Context& context, LiftScratch& scratch, const component::InterfaceType& type,
                          ContentRange range) {
    const EntryLayout layout = entry_layout(context.types, type);
    HOLDFAST_TRY(check_list(context, range, layout.size, layout.alignment));
    HOLDFAST_TRY(charge(context, std::uint64_t{range.length} * (sizeof(typename Map::value_type) + node_overhead)));
    Map map;
    for (std::uint32_t i = 0; i < range.length; ++i) {
      const std::uint32_t pointer = range.pointer + i * layout.size;
      HOLDFAST_TRY_ASSIGN(auto&& key, Codec<Key>::load(context, scratch, type.key, pointer));
      HOLDFAST_TRY_ASSIGN(auto&& value,
                          Codec<Mapped>::load(context, scratch, type.element, pointer + layout.value_offset));
      map.insert_or_assign(std::move(key), std::move(value));
    }
    return map;
  }

  template <class M>
  static Result<ContentRange> lower(Context& context, const component::InterfaceType& type, M&& map) {
    const EntryLayout layout = entry_layout(context.types, type);
    HOLDFAST_TRY_ASSIGN(const ContentRange range, allocate_list(context, map.size(), layout.size, layout.alignment));
    std::uint32_t pointer = range.pointer;
    for (auto& [key, value] : map) {
      HOLDFAST_TRY(Codec<Key>::store(context, type.key, key, pointer));
      HOLDFAST_TRY(Codec<Mapped>::store(context, type.element, forward_part<M>(value), pointer + layout.value_offset));
      pointer += layout.size;
    }
    return range;
  }
};

template <class Key, class Mapped, class Compare, class Allocator>
struct Codec<std::map<Key, Mapped, Compare, Allocator>> : MapCodec<std::map<Key, Mapped, Compare, Allocator>> {};

template <class Key, class Mapped, class Hash, class Equal, class Allocator>
struct Codec<std::unordered_map<Key, Mapped, Hash, Equal, Allocator>>
    : MapCodec<std::unordered_map<Key, Mapped, Hash, Equal, Allocator>> {};

}  // namespace holdfast::abi
