// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/store.hpp"

#include "holdfast/core/assert.hpp"
#include "holdfast/runtime/store/store_limits.hpp"

namespace holdfast {
namespace {

std::unexpected<HostError> store_is_closed() { return host_fail(ErrorKind::closed, "the store is closed"); }

}  // namespace

HostResult<Store> Store::create(const Engine& engine, const StoreOptions& options) {
  const StoreLimits& limits = options.limits;
  HOLDFAST_TRY(runtime::check_limits(limits));
  auto core_store = engine::Store::create(engine.seam_, {.memory_bytes = limits.memory_bytes,
                                                         .table_elements = limits.table_elements,
                                                         .instances = limits.core_instances,
                                                         .memories = limits.core_instances,
                                                         .tables = limits.core_instances});
  if (!core_store) return std::unexpected(std::move(core_store).error());
  if (limits.fuel) {
    HOLDFAST_TRY(core_store->set_fuel(*limits.fuel));
  } else if (engine.seam_.settings().fuel) {
    HOLDFAST_TRY(core_store->set_fuel(UINT64_MAX));
  }
  return Store(std::make_shared<runtime::StoreState>(engine.services_, *std::move(core_store), options));
}

void* Store::user_pointer() const noexcept {
  HOLDFAST_ASSERT(state_ != nullptr && state_->options.user != nullptr, "StoreOptions::user was set");
  return state_->options.user;
}

Store& Store::operator=(Store&& other) noexcept {
  Store old(std::move(other));  // correct for self-assignment too
  std::swap(state_, old.state_);
  return *this;
}

Store::~Store() {
  if (is_closed()) return;
  HOLDFAST_ASSERT(state_->is_idle(), "a store outlives the calls into its guests");
  static_cast<void>(state_->close());
}

HostResult<StoreReport> Store::close() {
  if (is_closed()) return store_is_closed();
  state_->check_thread();
  if (!state_->is_idle())
    return host_fail(ErrorKind::misuse, "the store cannot be closed while one of its guests runs");
  return state_->close();
}

InterruptHandle Store::interrupt_handle() const { return InterruptHandle(state_->interrupt_handle); }

HostResult<void> Store::set_deadline(std::uint64_t ticks) {
  if (is_closed()) return store_is_closed();
  return state_->engine_store->set_deadline(ticks);
}

void Store::clear_deadline() noexcept {
  if (!is_closed()) state_->engine_store->clear_deadline();
}

void Store::clear_interrupt() noexcept {
  if (!is_closed()) state_->engine_store->clear_interrupt();
}

HostResult<std::uint64_t> Store::fuel() const {
  if (is_closed()) return store_is_closed();
  return state_->engine_store->fuel();
}

HostResult<void> Store::set_fuel(std::uint64_t fuel) {
  if (is_closed()) return store_is_closed();
  return state_->engine_store->set_fuel(fuel);
}

HostResult<void> Store::set_limit(resource::Dimension dimension, const resource::Limit& limit) {
  if (is_closed()) return store_is_closed();
  StoreLimits changed;
  changed.store.set(dimension, limit);
  HOLDFAST_TRY(runtime::check_limits(changed));
  state_->budget.set_limit(dimension, limit);
  return {};
}

void Store::adapt_limits() noexcept {
  if (!is_closed()) state_->adapt_limits();
}

std::uint64_t Store::expire_shares() noexcept {
  if (is_closed()) return 0;
  const runtime::StoreState::InUse in_use(*state_);
  return state_->expire_shares();
}

HostResult<runtime::ResourceTag> Store::find_host_type(runtime::CppType type) const {
  if (is_closed()) return store_is_closed();
  runtime::ResourceTag match = runtime::no_resource_tag;
  for (runtime::ResourceTag tag = 0; tag < state_->type_count(); ++tag) {
    const auto& host = state_->type(tag).host;
    if (host == nullptr || host->type() != type) continue;
    if (match != runtime::no_resource_tag) {
      return host_fail(ErrorKind::misuse, "the C++ class stands for two resource types in this store: " +
                                              state_->type(match).name + " and " + host->name());
    }
    match = tag;
  }
  if (match != runtime::no_resource_tag) return match;
  return host_fail(ErrorKind::misuse, "no instance in this store uses the C++ class as a resource");
}

HostResult<OwnedHandle> Store::hold_rep(runtime::ResourceTag tag, std::uint32_t rep) {
  auto id = state_->held.insert(runtime::HeldHandle{.tag = tag, .rep = rep, .own = true, .lends = 0});
  if (id) return OwnedHandle(state_, runtime::token_of(*id));
  static_cast<void>(state_->type(tag).table->drop(rep));
  return std::unexpected(HostError::from(id.error().error, ErrorKind::limit));
}

}  // namespace holdfast
