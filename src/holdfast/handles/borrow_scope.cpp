// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/handles/borrow_scope.hpp"

namespace holdfast::handles {

Result<ScopeId> BorrowScopes::open() noexcept {
  std::uint32_t index = free_;
  if (index != none) {
    free_ = scopes_[index].next_free;
  } else {
    if (length_ == capacity_) HOLDFAST_TRY(grow());
    index = length_++;
  }
  scopes_[index] = {.num_borrows = 0, .next_free = BorrowScope::is_open};
  ++open_;
  return ScopeId(index);
}

void BorrowScopes::close(ScopeId id) noexcept {
  scope(id).next_free = free_;
  free_ = id.index();
  --open_;
}

}  // namespace holdfast::handles
