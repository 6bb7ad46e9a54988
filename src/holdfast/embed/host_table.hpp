// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A store's resources of the host class T: a resource table that pins a slot while a component or the host has a handle
// for it. If T has a `std::expected<void, Trap> cleanup()`, an error of it traps the guest that dropped the resource.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/resource/tables/table.hpp"
#include "holdfast/runtime/call/trap.hpp"
#include "holdfast/runtime/store/resource_type.hpp"

namespace holdfast {

using HostResourceType = runtime::HostResourceType;

/// The table of one store. Reps are slot indices of the table. The budget outlives it.
template <class T>
class TypedHostTable final : public runtime::HostTable {
 public:
  explicit TypedHostTable(resource::Budget& budget) : table_(&budget) {}

  /// Takes `value` in and returns its rep. Errors (`value` is destroyed): out_of_memory, or those of Budget::try_take.
  Result<std::uint32_t> insert(T value) {
    auto handle = table_.insert(std::move(value));
    if (!handle) return std::unexpected(handle.error().error);
    HOLDFAST_TRY_ASSIGN(const std::uint32_t rep, table_.pin(*handle));
    if (rep >= created_.size()) created_.resize(rep + 1);
    created_[rep] = ++count_;
    return rep;
  }

  /// The object with this rep, valid until it is taken or removed. Errors: removed_by_host, stale_handle.
  Result<T*> find(std::uint32_t rep) { return table_.by_index(rep); }

  /// Moves the object out, after its own handle went to the host. Errors: those of find.
  Result<T> take(std::uint32_t rep) {
    HOLDFAST_TRY_ASSIGN(const auto handle, table_.unpin(rep));
    if (handle.is_null()) return fail(ErrorCode::removed_by_host);
    return table_.take(handle);
  }

  HostResult<void> drop(std::uint32_t rep) noexcept override {
    const auto handle = table_.unpin(rep);
    if (!handle) return std::unexpected(HostError::from(handle.error(), ErrorKind::misuse));
    if (handle->is_null()) return {};  // the host has already removed it
    auto removed = table_.remove(*handle);
    if (removed) return {};
    if constexpr (std::is_same_v<resource::CleanupError<T>, Trap>) {
      if (removed.error().cleanup) return host_fail(ErrorKind::trap, removed.error().cleanup->message());
    }
    return std::unexpected(HostError::from(static_cast<Error>(removed.error()), ErrorKind::misuse));
  }

  /// Removes a resource even if components still have handles for it. Using those fails with removed_by_host.
  void remove_by_force(std::uint32_t rep) {
    if (const auto handle = table_.handle_of(rep))
      static_cast<void>(table_.remove(*handle, resource::IfPinned::leave_tombstone));
  }
  /// Removes in the same way every object for which `predicate(object)` is true. Returns their number.
  template <class Predicate>
  std::uint64_t remove_if(Predicate predicate) {
    std::uint64_t removed = 0;
    for (const auto [handle, value] : table_) {
      if (!predicate(std::as_const(value))) continue;
      static_cast<void>(table_.remove(handle, resource::IfPinned::leave_tombstone));
      ++removed;
    }
    return removed;
  }

  std::uint64_t creation_order(std::uint32_t rep) const noexcept override {
    return rep < created_.size() ? created_[rep] : 0;
  }
  std::uint64_t size() const noexcept override { return table_.size(); }

 private:
  resource::ResourceTable<T> table_;
  std::vector<std::uint64_t> created_;  // by rep
  std::uint64_t count_ = 0;
};

/// The resource type whose resources are objects of the host class T. Shared by all stores that use it.
template <class T>
class TypedHostResource final : public runtime::HostResourceType {
 public:
  explicit TypedHostResource(std::string name) : HostResourceType(std::move(name), abi::cpp_type<T>()) {}
  std::unique_ptr<runtime::HostTable> make_table(resource::Budget& budget, const runtime::Services&) const override {
    return std::make_unique<TypedHostTable<T>>(budget);
  }
};

}  // namespace holdfast
