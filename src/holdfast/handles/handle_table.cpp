// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rarely used parts of HandleTable: growth, and the reasons for refusals.
#include "holdfast/handles/handle_table.hpp"

#include <algorithm>

namespace holdfast::handles {

// Rule 2 for a table without a free index. Entry 0 exists and stays empty (rule 1).
Result<std::uint32_t> HandleTable::append() noexcept {
  TableHeader& header = storage_.header();
  const std::uint32_t index = std::max(header.length, std::uint32_t{1});
  if (index > max_handle_index) return fail(ErrorCode::table_full, index);
  if (index >= header.capacity) HOLDFAST_TRY(storage_.grow(index + 1));
  header.length = index + 1;
  return index;
}

// Why find_resource refused `index`.
[[gnu::cold]] Error HandleTable::explain(std::uint32_t index) const noexcept {
  const HandleEntry* entry = find(index);
  if (entry == nullptr) return make_error(ErrorCode::unknown_handle, index);
  if (!entry->is_resource()) return make_error(ErrorCode::handle_not_resource, index);
  return make_error(ErrorCode::handle_wrong_type, index);
}

// Why lift_own refused `index`.
[[gnu::cold]] Error HandleTable::explain_lift_own(TypeTag type, std::uint32_t index) const noexcept {
  const HandleEntry* entry = find_resource(type, index);
  if (entry == nullptr) return explain(index);
  return make_error(entry->lends() != 0 ? ErrorCode::handle_lent : ErrorCode::handle_not_own, index);
}

}  // namespace holdfast::handles
