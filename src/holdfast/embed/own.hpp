// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles that the host holds on components' resources (and on its own that components gave back): `Own<R>`,
// move-only, drops its resource when it goes; `Borrow<R>`, a view for the time of a call. They refer to their store
// and may outlive it: then using them is an error, never a stale access.
// An Own may be destroyed on any thread (on the one that used the store last this is a use of the store, elsewhere the
// drop waits); everything else belongs to the store's thread.
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

/// Any resource type: Own<AnyResource> takes what comes.
struct AnyResource;

/// The part of Own<R> that does not depend on R.
class OwnedHandle {
 public:
  /// Holds nothing.
  OwnedHandle() noexcept = default;
  OwnedHandle(std::shared_ptr<runtime::StoreState> store, abi::HandleToken token) noexcept
      : store_(std::move(store)), token_(token) {}
  OwnedHandle(OwnedHandle&& other) noexcept : store_(std::move(other.store_)), token_(other.token_) {}
  OwnedHandle& operator=(OwnedHandle&& other) noexcept;
  /// Drops the resource; a guest's destructor runs as soon as its instance can be entered.
  ~OwnedHandle();

  /// False after a move and after close().
  explicit operator bool() const noexcept { return store_ != nullptr; }

  /// Drops the resource now and tells how it went. Errors: closed (moved away, closed before, passed on, or the store
  /// is closed), misuse (it is lent: nothing happened), trap (of its destructor).
  HostResult<void> close();

  /// Whether the handle belongs to `store`.
  bool is_of(const runtime::StoreState& store) const noexcept { return store_.get() == &store; }
  abi::HandleToken token() const noexcept { return token_; }
  /// It was passed on: whoever has it now drops it.
  void release() noexcept { store_.reset(); }

 private:
  template <class R>
  friend class Borrow;
  friend HostResult<ResourceIdentity> resource_identity(const Val& handle);
  friend Val to_val(OwnedHandle handle);

  std::shared_ptr<runtime::StoreState> store_;
  abi::HandleToken token_;
};

/// The host's own of a resource of type R: a tag type bound with Instance::resource_type, a host class, or AnyResource.
template <class R>
class Own : public OwnedHandle {
 public:
  using OwnedHandle::OwnedHandle;
  /// Contract: what `handle` holds is an R.
  explicit Own(OwnedHandle&& handle) noexcept : OwnedHandle(std::move(handle)) {}
};

/// A borrow of what an Own holds, or of what a component lent to a host function. Valid as long as that.
template <class R>
class Borrow {
 public:
  Borrow(const Own<R>& own) noexcept : store_(own.store_.get()), token_(own.token()) {}
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

/// The handle as a dynamic value, for Instance::call and dynamic host functions; the value owns it from now on. An
/// empty handle gives a value that is refused where it is passed.
Val to_val(OwnedHandle handle);

/// Drops the resource of `own`, a dynamic value that the host holds, as OwnedHandle::close does; copies of the value
/// are empty afterwards. Errors: as OwnedHandle::close; also misuse (not an own of the host's).
HostResult<void> drop_resource(const Val& own);

}  // namespace holdfast
