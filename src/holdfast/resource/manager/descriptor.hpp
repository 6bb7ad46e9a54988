// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a program says of a resource when it asks a ResourceManager for one: `ResourceDescriptor`, and the seven
// categories. Plain values, no allocation. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "holdfast/core/bounded_map.hpp"
#include "holdfast/core/bounded_string.hpp"
#include "holdfast/resource/tables/handle.hpp"

namespace holdfast::resource {

class ManagedResource;

/// Names a resource of one manager; never valid again after the resource is gone.
using ResourceId = Handle<ManagedResource>;

/// What kind of thing a resource is, for statistics.
enum class ResourceCategory : std::uint8_t {
  memory,
  tables,
  components,
  host_functions,
  io_handles,
  synchronization,
  platform,
};
inline constexpr std::size_t resource_category_count = 7;

constexpr std::string_view name_of(ResourceCategory category) noexcept {
  switch (category) {
    case ResourceCategory::memory: return "Memory";
    case ResourceCategory::tables: return "Tables";
    case ResourceCategory::components: return "Components";
    case ResourceCategory::host_functions: return "HostFunctions";
    case ResourceCategory::io_handles: return "IoHandles";
    case ResourceCategory::synchronization: return "Synchronization";
    case ResourceCategory::platform: return "Platform";
  }
  return "unknown";
}

/// Notes of the program, up to 4; keys of up to 15 bytes, values of up to 31.
using ResourceMetadata = core::BoundedMap<core::BoundedString<15>, core::BoundedString<31>, 4>;

struct ResourceDescriptor {
  ResourceId id = {};  ///< given by the manager; ignored when a resource is asked for
  ResourceCategory category = ResourceCategory::memory;
  std::size_t size_hint = 0;  ///< bytes of memory that the resource comes with; 0: none
  std::size_t alignment = 1;  ///< of that memory, a power of two
  ResourceMetadata metadata = {};
};

}  // namespace holdfast::resource
