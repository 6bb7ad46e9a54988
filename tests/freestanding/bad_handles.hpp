// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bad handles that every resource table must refuse, each with its own error.
#pragma once

#include <utility>

#include "check.hpp"
#include "holdfast/core/error.hpp"
#include "holdfast/resource/tables/handle.hpp"

namespace holdfast::freestanding {

/// Calls `check(table, handle, code)` for each bad handle with the error that the table must return. `Table` is a table
/// of int.
template <class Table, class Check>
void with_bad_handles(Check check) {
  using resource::Handle;
  Table table;
  Table other;
  const auto live = *table.insert(1);
  const auto foreign = *other.insert(2);
  const auto stale = *table.insert(3);
  ASSERT_TRUE(table.remove(stale));
  for (const auto& [bad, code] :
       {std::pair{Handle<int>(), ErrorCode::null_handle}, std::pair{foreign, ErrorCode::foreign_handle},
        std::pair{stale, ErrorCode::stale_handle}})
    check(table, bad, code);
  EXPECT_TRUE(table.contains(live));
  EXPECT_EQ(table.size(), 1u);
}

}  // namespace holdfast::freestanding
