// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/program/interface_type.hpp"

#include <functional>
#include <utility>

namespace holdfast::component {
namespace {

/// Hashes the parts that identify a type. Size, offsets and flat types follow from these and are left out.
class Hasher {
 public:
  void add(std::size_t value) noexcept { state_ ^= value + 0x9e37'79b9'7f4a'7c15 + (state_ << 6) + (state_ >> 2); }
  void add(const std::string& text) noexcept { add(std::hash<std::string>()(text)); }
  template <class Tag>
  void add(Id<Tag> id) noexcept {
    add(id.index());
  }
  template <class T>
  void add(const std::optional<T>& value) noexcept {
    add(std::size_t{value.has_value()});
    if (value) add(*value);
  }
  std::size_t result() const noexcept { return state_; }

 private:
  std::size_t state_ = 0;
};

std::size_t hash_of(const InterfaceType& type) {
  Hasher hasher;
  hasher.add(static_cast<std::size_t>(type.kind));
  for (const InterfaceField& field : type.fields) {
    hasher.add(field.name);
    hasher.add(field.type);
  }
  for (const InterfaceCase& item : type.cases) {
    hasher.add(item.name);
    hasher.add(item.type);
  }
  for (const std::string& label : type.labels) hasher.add(label);
  hasher.add(type.element);
  hasher.add(type.key);
  hasher.add(type.length);
  hasher.add(type.resource);
  return hasher.result();
}

std::size_t hash_of(const FunctionType& type) {
  Hasher hasher;
  for (const FunctionParameter& parameter : type.parameters) {
    hasher.add(parameter.name);
    hasher.add(parameter.type);
  }
  hasher.add(type.result);
  hasher.add(std::size_t{type.is_async});
  return hasher.result();
}

template <class IdT, class T>
IdT intern_in(Arena<IdT, T>& items, std::vector<std::vector<IdT>>& buckets, T item) {
  if (items.size() >= buckets.size()) {  // keeps the average at one item per bucket or fewer
    std::vector<std::vector<IdT>> larger(buckets.empty() ? 16 : 2 * buckets.size());
    for (const std::vector<IdT>& bucket : buckets) {
      for (const IdT id : bucket) larger[hash_of(items[id]) % larger.size()].push_back(id);
    }
    buckets = std::move(larger);
  }
  std::vector<IdT>& bucket = buckets[hash_of(item) % buckets.size()];
  for (const IdT id : bucket) {
    if (items[id] == item) return id;
  }
  const IdT id = items.add(std::move(item));
  bucket.push_back(id);
  return id;
}

}  // namespace

InterfaceTypeId InterfaceTypes::intern(InterfaceType type) { return intern_in(types_, type_buckets_, std::move(type)); }

FunctionTypeId InterfaceTypes::intern(FunctionType type) {
  return intern_in(functions_, function_buckets_, std::move(type));
}

}  // namespace holdfast::component
