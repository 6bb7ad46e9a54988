# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Sean Barrett's single-file libraries, as one library that Debian compiles from them. Target: stb::stb.
find_path(STB_INCLUDE_DIR stb/stb_rect_pack.h)
find_library(STB_LIBRARY stb)
mark_as_advanced(STB_INCLUDE_DIR STB_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(stb REQUIRED_VARS STB_LIBRARY STB_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "stb is required (Debian: libstb-dev)")
if(stb_FOUND AND NOT TARGET stb::stb)
  add_library(stb::stb UNKNOWN IMPORTED)
  set_target_properties(stb::stb PROPERTIES
    IMPORTED_LOCATION "${STB_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${STB_INCLUDE_DIR}")
endif()
