// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/call/handle_error.hpp"

#include <string>
#include <utility>

namespace holdfast::runtime {
namespace {

const char* implementer(const ResourceTypeState& type) { return type.table ? "host" : "guest-defined"; }

std::string wrong_type(const ResourceTypeState& expected, const ResourceTypeState& actual) {
  const bool is_alike = static_cast<bool>(expected.table) == static_cast<bool>(actual.table);
  std::string text = std::string(", expected ") + implementer(expected) + " resource but found ";
  text += is_alike ? "a different " : "";
  text += implementer(actual);
  return text + " resource (" + actual.name + " instead of " + expected.name + ')';
}

/// The handle of the wrong type that `error` is about; nullopt for every other error. Looks at the code first: for
/// other codes the detail may be something else than the index of a handle.
std::optional<handles::HandleEntry> wrongly_typed_handle(const InstanceState& instance, const Error& error) {
  if (error.code != ErrorCode::handle_wrong_type) return std::nullopt;
  const auto entry = instance.handles.get(static_cast<std::uint32_t>(error.detail));
  return entry ? std::optional(*entry) : std::nullopt;
}

}  // namespace

bool raise_handle_error(StoreState& store, const InstanceState& instance, ResourceTag expected, const Error& error) {
  const auto entry = wrongly_typed_handle(instance, error);
  if (!entry) return store.raise(error);
  const HostError plain = HostError::from(error);
  HostError described(ErrorKind::trap, plain.cause() + wrong_type(store.type(expected), store.type(entry->type)));
  described.with_rule(plain.rule()).with_code(error.code).with_context(instance.name);
  return store.raise(std::move(described));
}

std::optional<handles::HandleEntry> find_other(StoreState& store, const InstanceState& instance, std::uint32_t index,
                                               handles::HandleKind kind, std::string_view kind_name) {
  const auto entry = instance.handles.get(index);
  if (!entry) {
    store.raise(entry.error());
    return std::nullopt;
  }
  if (entry->kind() == kind) return *entry;
  store.raise(HostError(ErrorKind::trap, "handle index " + std::to_string(index) + " is not " + std::string(kind_name))
                  .with_context(instance.name));
  return std::nullopt;
}

}  // namespace holdfast::runtime
