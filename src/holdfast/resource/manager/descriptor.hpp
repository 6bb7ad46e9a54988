// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ResourceDescriptor`: how a program describes the resource that it requests from a ResourceManager; and the seven
// categories of resources. Plain values, no allocation. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "holdfast/core/bounded_map.hpp"
#include "holdfast/core/bounded_string.hpp"
#include "holdfast/resource/tables/handle.hpp"

namespace holdfast::resource {

class ManagedResource;

/// Names a resource of one manager; never becomes valid again once the resource is gone.
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

/// Up to 4 notes of the program, with keys of up to 15 bytes and values of up to 31.
using ResourceMetadata = core::BoundedMap<core::BoundedString<15>, core::BoundedString<31>, 4>;

struct ResourceDescriptor {
  ResourceId id = {};  ///< set by the manager; ignored in requests
  ResourceCategory category = ResourceCategory::memory;
  std::size_t size_hint = 0;  ///< bytes of memory that the resource gets; 0 for none
  std::size_t alignment = 1;  ///< of that memory, a power of two
  ResourceMetadata metadata = {};
};

}  // namespace holdfast::resource
