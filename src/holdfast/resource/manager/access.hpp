// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceAccess`: a view of a managed resource's memory. ResourceManager::open creates it according to a strategy;
// the destructor closes it. Move-only. As thread-safe as its manager, which must outlive it. Freestanding.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "holdfast/core/result.hpp"
#include "holdfast/resource/manager/descriptor.hpp"
#include "holdfast/resource/manager/strategy.hpp"

namespace holdfast::resource {

template <class Manager, class Strategy = MemoryStrategy<>>
class [[nodiscard]] ResourceAccess {
 public:
  ResourceAccess(ResourceAccess&& other) noexcept
      : manager_(std::exchange(other.manager_, nullptr)),
        id_(other.id_),
        strategy_(std::move(other.strategy_)),
        view_(std::move(other.view_)) {}
  ResourceAccess& operator=(ResourceAccess&&) = delete;
  /// Closes the view. If it is a copy, changes that were not committed are lost.
  ~ResourceAccess() { static_cast<void>(close()); }

  /// Valid until this is closed.
  std::span<const std::byte> bytes() const noexcept { return view_.bytes(); }
  /// The bytes, for writing. Errors: access_denied if the view was opened read-only.
  Result<std::span<std::byte>> writable() const noexcept { return view_.writable(); }

  /// Writes changes back to the resource. Errors: null_handle if this is closed; stale_handle if the resource is gone;
  /// wrong_state while it is Locked; those of the strategy.
  Result<void> commit() {
    if (manager_ == nullptr) return fail(ErrorCode::null_handle);
    HOLDFAST_TRY_ASSIGN(const auto* const resource, manager_->find_usable(id_));
    return strategy_.write_back(view_, resource->bytes());
  }

  /// Ends the view. Errors: null_handle if this is already closed.
  Result<void> close() noexcept {
    Manager* const manager = std::exchange(manager_, nullptr);
    if (manager == nullptr) return fail(ErrorCode::null_handle);
    if (strategy_.shares_bytes()) manager->close_view(id_);
    view_ = MemoryView(Buffer(), AccessMode::read_only);
    return {};
  }

 private:
  friend Manager;
  ResourceAccess(Manager& manager, ResourceId id, Strategy strategy, MemoryView view) noexcept
      : manager_(&manager), id_(id), strategy_(std::move(strategy)), view_(std::move(view)) {}

  Manager* manager_;
  ResourceId id_;
  Strategy strategy_;
  MemoryView view_;
};

}  // namespace holdfast::resource
