// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/val_handles.hpp"

#include <span>
#include <utility>
#include <vector>

#include "holdfast/embed/own.hpp"

namespace holdfast::embed {
namespace {

template <class Visit>
void for_each(std::span<const Val> values, Visit& visit) {
  for (const Val& value : values) visit(value);
}

/// Calls `visit(const Val&)` for every value directly inside `value`.
template <class Visit>
void for_each_child(const Val& value, Visit visit) {
  switch (value.kind()) {
    case ValKind::list: return for_each(*value.as_list(), visit);
    case ValKind::tuple: return for_each(*value.as_tuple(), visit);
    case ValKind::record: {
      // A variable, because a range-for does not keep the temporary result alive.
      const std::span<const ValField> fields = *value.as_record();
      for (const ValField& field : fields) visit(field.value);
      break;
    }
    case ValKind::variant:
      if (const Val* payload = value.as_variant()->payload) visit(*payload);
      break;
    case ValKind::option:
      if (const Val* payload = *value.as_option()) visit(*payload);
      break;
    case ValKind::result:
      if (const Val* payload = value.as_result()->payload) visit(*payload);
      break;
    default: break;
  }
}

bool contains_handle(const Val& value) {
  if (value.kind() == ValKind::own || value.kind() == ValKind::borrow) return true;
  bool has_handle = false;
  for_each_child(value, [&](const Val& child) { has_handle = has_handle || contains_handle(child); });
  return has_handle;
}

/// Rebuilds a value with the host as the owner of its owns.
class Adoption {
 public:
  Adoption(const std::shared_ptr<runtime::StoreState>& store, runtime::GuestSide& side) : store_(store), side_(side) {}

  Val rebuild(const Val& value) {
    switch (value.kind()) {
      case ValKind::own: return adopt(value);
      case ValKind::list: return Val::list(rebuild_all(*value.as_list()));
      case ValKind::tuple: return Val::tuple(rebuild_all(*value.as_tuple()));
      case ValKind::record: return rebuild_record(*value.as_record());
      case ValKind::variant: {
        const ValCase chosen = *value.as_variant();
        return Val::variant(std::string(chosen.name), rebuild_optional(chosen.payload));
      }
      case ValKind::option: return Val::option(rebuild_optional(*value.as_option()));
      case ValKind::result: {
        const ValResult chosen = *value.as_result();
        return Val::result(chosen.is_ok, rebuild_optional(chosen.payload));
      }
      default: return value;
    }
  }

 private:
  Val adopt(const Val& value) {
    const abi::HandleToken token = *value.as_own();
    side_.adopt(token);
    return to_val(OwnedHandle(store_, token));
  }

  std::vector<Val> rebuild_all(std::span<const Val> values) {
    std::vector<Val> rebuilt;
    rebuilt.reserve(values.size());
    for (const Val& value : values) rebuilt.push_back(rebuild(value));
    return rebuilt;
  }

  Val rebuild_record(std::span<const ValField> fields) {
    std::vector<ValField> rebuilt;
    rebuilt.reserve(fields.size());
    for (const ValField& field : fields) rebuilt.push_back({field.name, rebuild(field.value)});
    return Val::record(std::move(rebuilt));
  }

  std::optional<Val> rebuild_optional(const Val* value) {
    return value == nullptr ? std::nullopt : std::optional(rebuild(*value));
  }

  const std::shared_ptr<runtime::StoreState>& store_;
  runtime::GuestSide& side_;
};

}  // namespace

HostResult<void> check_store(const runtime::StoreState& store, const Val& value) {
  if (const auto keeper = value.keeper()) {
    const auto& handle = *static_cast<const OwnedHandle*>(keeper.get());
    if (!handle) return host_fail(ErrorKind::misuse, "the handle is empty: it was moved away or closed");
    if (!handle.is_of(store)) return host_fail(ErrorKind::misuse, "the handle belongs to another store");
  }
  HostResult<void> checked;
  for_each_child(value, [&](const Val& child) {
    if (checked) checked = check_store(store, child);
  });
  return checked;
}

Val adopt_handles(const std::shared_ptr<runtime::StoreState>& store, runtime::GuestSide& side, Val value) {
  if (contains_handle(value)) return Adoption(store, side).rebuild(value);
  return value;
}

}  // namespace holdfast::embed
