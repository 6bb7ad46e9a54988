// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's handles for resources of components, and for its own resources that components gave back. `Own<R>` is
// move-only and drops its resource when it is destroyed. `Borrow<R>` is a view for the duration of a call. Handles
// refer to their store and may outlive it; using them then is an error, never a stale access. An Own may be destroyed
// on any thread: on the thread that used the store last this is a use of the store, on any other the drop waits.
// Everything else belongs to the store's thread.
#pragma once

#include <memory>
#include <utility>

#include "holdfast/abi/context.hpp"
#include "holdfast/abi/val.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast {

namespace runtime {
struct StoreState;
}
class ResourceIdentity;

/// Stands for any resource type: Own<AnyResource> accepts every own handle.
struct AnyResource;

/// The part of Own<R> that does not depend on R.
class OwnedHandle {
 public:
  /// An empty handle.
  OwnedHandle() noexcept = default;
  // For other parts of Holdfast.
  OwnedHandle(std::shared_ptr<runtime::StoreState> store, abi::HandleToken token) noexcept
      : store_(std::move(store)), token_(token) {}
  OwnedHandle(OwnedHandle&& other) noexcept : store_(std::move(other.store_)), token_(other.token_) {}
  OwnedHandle& operator=(OwnedHandle&& other) noexcept;
  /// Drops the resource. The destructor of a guest's resource runs as soon as its instance can be entered; if it fails,
  /// the report of Store::close says so.
  ~OwnedHandle();

  /// False for an empty handle: after a move, and after close().
  explicit operator bool() const noexcept { return store_ != nullptr; }

  /// Drops the resource now and reports the outcome. Errors: closed (the handle is empty, or its store is closed),
  /// misuse (the resource is lent; it was not dropped), trap (of its destructor; the resource is gone).
  HostResult<void> close();

  /// Whether the handle belongs to `store`.
  bool is_of(const runtime::StoreState& store) const noexcept { return store_.get() == &store; }
  abi::HandleToken token() const noexcept { return token_; }
  /// Empties the handle without a drop, after the resource was passed on.
  void release() noexcept { store_.reset(); }

 private:
  template <class R>
  friend class Borrow;
  friend HostResult<ResourceIdentity> resource_identity(const Val& handle);
  friend Val to_val(OwnedHandle handle);

  std::shared_ptr<runtime::StoreState> store_;
  abi::HandleToken token_;
};

/// The host's own handle for a resource of type R: a tag type bound with Instance::resource_type, a host class, or
/// AnyResource.
template <class R>
class Own : public OwnedHandle {
 public:
  using OwnedHandle::OwnedHandle;
  /// Contract: the resource of `handle` is an R.
  explicit Own(OwnedHandle&& handle) noexcept : OwnedHandle(std::move(handle)) {}
};

/// A borrow of the resource of an Own, valid as long as the Own; or of a resource that a component lent to a host
/// function, valid until the function returns.
template <class R>
class Borrow {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): converts on purpose
  Borrow(const Own<R>& own) noexcept : store_(own.store_.get()), token_(own.token()) {}
  // For other parts of Holdfast.
  Borrow(runtime::StoreState* store, abi::HandleToken token) noexcept : store_(store), token_(token) {}

  /// False when it was made from an empty handle.
  explicit operator bool() const noexcept { return store_ != nullptr; }
  /// Whether the handle belongs to `store`.
  bool is_of(const runtime::StoreState& store) const noexcept { return store_ == &store; }
  abi::HandleToken token() const noexcept { return token_; }

 private:
  runtime::StoreState* store_;
  abi::HandleToken token_;
};

/// The handle as a dynamic value, for Instance::call and dynamic host functions. The value and its copies own the
/// handle from then on. The value of an empty handle is rejected when it is passed to a component.
Val to_val(OwnedHandle handle);

/// Drops the resource of `own`, a dynamic value that the host holds, as OwnedHandle::close does; copies of the value
/// are empty afterwards. Errors: as OwnedHandle::close; also misuse (not an own of the host's).
HostResult<void> drop_resource(const Val& own);

}  // namespace holdfast
