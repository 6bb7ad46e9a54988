// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/call/guest_side.hpp"

#include <utility>

#include "holdfast/component/program/program.hpp"
#include "holdfast/core/assert.hpp"
#include "holdfast/runtime/call/core_items.hpp"
#include "holdfast/runtime/call/handle_error.hpp"

namespace holdfast::runtime {

GuestSide::GuestSide(StoreState& store, InstanceState& instance, ResolvedOptions& options, Task* borrower)
    : store_(store),
      instance_(instance),
      options_(options),
      borrower_(borrower),
      context_{.types = instance.root->program().types,
               .memory = {},
               .encoding = options.options != nullptr ? options.options->encoding : component::StringEncoding::utf8,
               .guest = this,
               .guest_side = this,
               .lift_allowance = store.options.limits.lifted_bytes_per_call} {
  if (options_.memory) context_.memory = store_.engine_store->view(*options_.memory);
}

GuestSide::~GuestSide() {
  return_lends();
  for (const HeldId id : in_flight_) {
    const auto held = store_.held.get(id);
    if (!held) continue;  // it was lowered or passed on
    if ((*held)->own) {
      store_.queue_drop(id);
    } else {
      static_cast<void>(store_.held.remove(id));
    }
  }
}

Result<std::uint32_t> GuestSide::reallocate(std::uint32_t old_pointer, std::uint32_t old_size, std::uint32_t alignment,
                                            std::uint32_t new_size) {
  HOLDFAST_ASSERT(options_.realloc, "validation requires realloc wherever a call allocates");
  engine::RawValue values[] = {engine::RawValue::from_i32(old_pointer), engine::RawValue::from_i32(old_size),
                               engine::RawValue::from_i32(alignment), engine::RawValue::from_i32(new_size)};
  Task task{.instance = &instance_, .call = nullptr, .function = nullptr, .scope = {}, .context = {}};  // rule 14
  store_.tasks.push_back(&task);
  const bool may_leave = std::exchange(instance_.may_leave, false);
  auto called = store_.engine_store->call(*options_.realloc, values);
  if (!called) {
    store_.raise(std::move(called).error());
    store_.tasks.pop_back();
    return fail(ErrorCode::call_failed);
  }
  instance_.may_leave = may_leave;
  store_.tasks.pop_back();
  if (options_.memory) context_.memory = store_.engine_store->view(*options_.memory);

  const std::uint32_t pointer = values[0].i32();
  if (pointer % alignment != 0) {
    const HostError misaligned = HostError::from(make_error(ErrorCode::realloc_misaligned, pointer));
    store_.raise(HostError(ErrorKind::trap, "unaligned pointer: " + misaligned.cause())
                     .with_rule(misaligned.rule())
                     .with_code(misaligned.code()));
    return fail(ErrorCode::call_failed);
  }
  if (std::uint64_t{pointer} + new_size > context_.memory.size) return fail(ErrorCode::realloc_out_of_bounds, pointer);
  return pointer;
}

Result<void> GuestSide::charge(component::ResourceSlot slot, resource::Operation operation) {
  const auto charged = store_.charge(instance_, tag(slot), operation);
  if (charged) [[likely]]
    return {};
  store_.raise_limit(charged.error(), "resource operations of " + instance_.name);
  return fail(ErrorCode::call_failed);
}

Result<std::uint32_t> GuestSide::lift_own_rep(component::ResourceSlot slot, std::uint32_t index) {
  HOLDFAST_TRY(charge(slot, resource::Operation::transfer));
  auto rep = instance_.lift_own(tag(slot), index);
  if (rep) return rep;
  raise_handle_error(store_, instance_, tag(slot), rep.error());
  return fail(ErrorCode::call_failed);
}

Result<std::uint32_t> GuestSide::lift_borrow_rep(component::ResourceSlot slot, std::uint32_t index) {
  HOLDFAST_TRY(charge(slot, resource::Operation::acquire));
  HOLDFAST_TRY(charge(slot, resource::Operation::release));  // charged now, because the release cannot fail later
  auto rep = instance_.handles.lift_borrow(handles::TypeTag(tag(slot)), index);
  if (!rep) {
    Error error = rep.error();
    if (error.code != ErrorCode::unknown_handle) error.rule = Rule::lift_borrow;  // the table's codes name lift_own
    raise_handle_error(store_, instance_, tag(slot), error);
    return fail(ErrorCode::call_failed);
  }
  lenders_.push_back(index);
  return rep;
}

Result<abi::HandleToken> GuestSide::lift_own(component::ResourceSlot slot, std::uint32_t index) {
  HOLDFAST_TRY_ASSIGN(const std::uint32_t rep, lift_own_rep(slot, index));
  auto id = store_.held.insert(HeldHandle{.tag = tag(slot), .rep = rep, .own = true});
  if (!id) return std::unexpected(id.error().error);
  in_flight_.push_back(*id);
  return token_of(*id);
}

Result<abi::HandleToken> GuestSide::lift_borrow(component::ResourceSlot slot, std::uint32_t index) {
  HOLDFAST_TRY_ASSIGN(const std::uint32_t rep, lift_borrow_rep(slot, index));
  auto id = store_.held.insert(HeldHandle{.tag = tag(slot), .rep = rep, .own = false});
  if (!id) return std::unexpected(id.error().error);
  in_flight_.push_back(*id);
  return token_of(*id);
}

Result<std::uint32_t> GuestSide::lower_own_rep(component::ResourceSlot slot, std::uint32_t rep) {
  HOLDFAST_TRY_ASSIGN(const std::uint32_t index, instance_.add_own(tag(slot), rep));
  lowered_.push_back(index);
  return index;
}

Result<std::uint32_t> GuestSide::lower_own(component::ResourceSlot slot, abi::HandleToken token) {
  const HeldId id = held_id(token);
  HOLDFAST_TRY_ASSIGN(const HeldHandle* const held, store_.held.get(id));
  if (held->tag != tag(slot)) return fail(ErrorCode::wrong_type);
  if (!held->own) return fail(ErrorCode::not_owned);
  if (held->lends != 0) return fail(ErrorCode::resource_lent, held->lends);
  HOLDFAST_TRY_ASSIGN(const std::uint32_t index, lower_own_rep(slot, held->rep));
  static_cast<void>(store_.held.take(id));
  return index;
}

Result<std::uint32_t> GuestSide::lower_borrow(component::ResourceSlot slot, abi::HandleToken token) {
  const HeldId id = held_id(token);
  HOLDFAST_TRY_ASSIGN(HeldHandle* const held, store_.held.get(id));
  if (held->tag != tag(slot)) return fail(ErrorCode::wrong_type);
  const std::uint32_t rep = held->rep;
  held->lends += 1;
  lent_.push_back(id);
  if (store_.type(tag(slot)).instance == &instance_) return rep;  // rule 10: the implementer gets the rep itself

  HOLDFAST_ASSERT(borrower_ != nullptr, "borrows are lowered only as arguments of a call");
  if (!borrower_->scope.is_valid()) {
    HOLDFAST_TRY_ASSIGN(borrower_->scope, store_.borrow_scopes.open());
  }
  HOLDFAST_TRY_ASSIGN(const std::uint32_t index, instance_.add_borrow(tag(slot), rep, borrower_->scope));
  lowered_.push_back(index);
  return index;
}

void GuestSide::adopt(abi::HandleToken token) { in_flight_.remove_first(held_id(token)); }

void GuestSide::return_lends() {
  for (const std::uint32_t index : lenders_) instance_.handles.return_lend(index);
  lenders_.clear();
  for (const HeldId id : lent_) {
    if (auto held = store_.held.get(id)) (*held)->lends -= 1;
  }
  lent_.clear();
}

void GuestSide::undo_lowering() {
  for (const std::uint32_t index : lowered_) {
    const auto removed = instance_.remove(index);
    if (removed && removed->is_own()) store_.queue_drop(removed->type, removed->rep);
  }
  lowered_.clear();
}

engine::Extern resolve(const component::CoreItem& item, RootInstance& root) {
  if (const auto* trampoline = std::get_if<component::TrampolineId>(&item)) {
    const auto& function = root.trampoline_functions[trampoline->index()];
    HOLDFAST_ASSERT(function, "a program creates its trampolines before it uses them");
    return engine::Extern(*function);
  }
  const auto& exported = std::get<component::CoreExport>(item);
  auto export_ = root.store->engine_store->get_export(root.core_instances[exported.instance.index()], exported.name);
  HOLDFAST_ASSERT(export_, "validation has checked that this export exists");
  return *std::move(export_);
}

void resolve(ResolvedOptions& options, RootInstance& root) {
  if (options.resolved) return;
  const component::CanonicalOptions& names = *options.options;
  if (names.memory) options.memory = resolve(*names.memory, root).memory();
  if (names.realloc) options.realloc = resolve(*names.realloc, root).function();
  if (names.post_return) options.post_return = resolve(*names.post_return, root).function();
  if (names.callback) options.callback = resolve(*names.callback, root).function();
  options.resolved = true;
}

}  // namespace holdfast::runtime
