// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/own.hpp"

#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast {

OwnedHandle& OwnedHandle::operator=(OwnedHandle&& other) noexcept {
  OwnedHandle old(std::move(other));  // correct for self-assignment too
  std::swap(store_, old.store_);
  std::swap(token_, old.token_);
  return *this;
}

OwnedHandle::~OwnedHandle() {
  if (store_ != nullptr) store_->queue_drop(runtime::held_id(token_));
}

HostResult<void> OwnedHandle::close() {
  if (store_ == nullptr)
    return host_fail(ErrorKind::closed, "the handle is empty: it was moved away or already closed");
  if (store_->closed) {
    store_.reset();
    return host_fail(ErrorKind::closed, "the store of the handle is closed");
  }
  store_->check_thread();
  auto dropped = store_->drop_now(runtime::held_id(token_));
  if (dropped || dropped.error().kind() != ErrorKind::misuse) store_.reset();
  return dropped;
}

Val to_val(OwnedHandle handle) {
  const abi::HandleToken token = handle ? handle.token() : abi::HandleToken{};
  std::string type_name;
  if (handle && !handle.store_->closed) {
    const auto held = handle.store_->held.get(runtime::held_id(token));
    if (held) type_name = handle.store_->type((*held)->tag).name;
  }
  return Val::own(token, std::make_shared<OwnedHandle>(std::move(handle)), std::move(type_name));
}

HostResult<void> drop_resource(const Val& own) {
  const auto keeper = own.keeper();
  if (own.kind() != ValKind::own || keeper == nullptr) {
    return host_fail(ErrorKind::misuse, "the value is not an own handle that the host holds");
  }
  return static_cast<OwnedHandle*>(keeper.get())->close();
}

}  // namespace holdfast
