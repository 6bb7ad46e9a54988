// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A user of holdfast::resource alone. It needs neither the engine nor any other library.
#include <cstdio>
#include <string>

#include <holdfast/resource.hpp>

int main() {
  holdfast::resource::ResourceTable<std::string> table;
  const auto handle = table.insert("a resource");
  if (!handle || *table.get(*handle) == nullptr) return 1;
  if (!table.remove(*handle)) return 1;
  const auto stale = table.get(*handle);
  if (stale || stale.error().code != holdfast::ErrorCode::stale_handle) return 1;
  std::puts("holdfast::resource works");
}
