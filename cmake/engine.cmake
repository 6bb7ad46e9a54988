# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The engine: Wasmtime's core C API. cmake/wasmtime.pins names the version, and nothing else does;
# tools/setup puts it into build/engine/VERSION. Two variables, of CMake or of the environment, change that:
#
#   WASMTIME_VERSION  another version (in CMake: HOLDFAST_WASMTIME_VERSION)
#   WASMTIME_ROOT     a folder with include/ and lib/, for instance an official C API release
#
# The environment is read at the first configuration and whenever it is set; otherwise the cache stands.
# Result: HOLDFAST_WASMTIME_ROOT, HOLDFAST_WASMTIME_LIBRARY, and the target holdfast_wasmtime.
set(HOLDFAST_WASMTIME_VERSION "" CACHE STRING "Version of Wasmtime; the pinned one when empty")
set(WASMTIME_ROOT "" CACHE PATH "Folder of Wasmtime's C API; build/engine/VERSION when empty")
if(DEFINED ENV{WASMTIME_VERSION})
  set(HOLDFAST_WASMTIME_VERSION "$ENV{WASMTIME_VERSION}" CACHE STRING "" FORCE)
endif()
if(DEFINED ENV{WASMTIME_ROOT})
  set(WASMTIME_ROOT "$ENV{WASMTIME_ROOT}" CACHE PATH "" FORCE)
endif()

file(STRINGS "${PROJECT_SOURCE_DIR}/cmake/wasmtime.pins" pinned REGEX "^default ")
string(REGEX REPLACE "^default +" "" pinned "${pinned}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/wasmtime.pins")

# holdfast_find_wasmtime(OUT VERSION): the first folder that holds that version; empty when there is none.
# Holdfast's own build folder comes first; a project that includes Holdfast may have its own.
function(holdfast_find_wasmtime out version)
  foreach(folder IN ITEMS "${PROJECT_SOURCE_DIR}/build" "${PROJECT_BINARY_DIR}" "${CMAKE_SOURCE_DIR}/build" "${CMAKE_BINARY_DIR}")
    if(EXISTS "${folder}/engine/${version}/include/wasmtime.h")
      set(${out} "${folder}/engine/${version}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${out} "" PARENT_SCOPE)
endfunction()

set(wanted "${HOLDFAST_WASMTIME_VERSION}")
if(NOT wanted)
  set(wanted "${pinned}")
endif()
if(WASMTIME_ROOT)
  set(HOLDFAST_WASMTIME_ROOT "${WASMTIME_ROOT}")
else()
  holdfast_find_wasmtime(HOLDFAST_WASMTIME_ROOT "${wanted}")
endif()

set(HOLDFAST_WASMTIME_LIBRARY "${HOLDFAST_WASMTIME_ROOT}/lib/libwasmtime.so")
foreach(file IN ITEMS include/wasm.h include/wasmtime.h include/wasmtime/conf.h lib/libwasmtime.so)
  if(NOT EXISTS "${HOLDFAST_WASMTIME_ROOT}/${file}")
    message(FATAL_ERROR "Wasmtime ${wanted}: '${HOLDFAST_WASMTIME_ROOT}' has no ${file}.\n"
      "Run ${PROJECT_SOURCE_DIR}/tools/setup engine, or set WASMTIME_ROOT to an official C API release.")
  endif()
endforeach()

file(STRINGS "${HOLDFAST_WASMTIME_ROOT}/include/wasmtime.h" found REGEX "^#define WASMTIME_VERSION \"")
string(REGEX REPLACE "^.*\"(.*)\"$" "\\1" found "${found}")
if(found VERSION_LESS 48)
  message(FATAL_ERROR "Holdfast needs Wasmtime 48 or later; '${HOLDFAST_WASMTIME_ROOT}' is '${found}'")
elseif(NOT WASMTIME_ROOT AND NOT found VERSION_EQUAL wanted)
  message(FATAL_ERROR "'${HOLDFAST_WASMTIME_ROOT}' says it is Wasmtime '${found}'")
endif()
message(STATUS "Wasmtime ${found}: ${HOLDFAST_WASMTIME_ROOT}")

# The library has no SONAME: linked by its path it would leave that path in every binary. Told so, CMake
# links it with -L and -l, and gives what it builds an rpath that installing takes away again.
add_library(holdfast_wasmtime_library SHARED IMPORTED GLOBAL)
set_target_properties(holdfast_wasmtime_library PROPERTIES
  IMPORTED_LOCATION "${HOLDFAST_WASMTIME_LIBRARY}"
  IMPORTED_NO_SONAME TRUE)

add_library(holdfast_wasmtime INTERFACE)
target_include_directories(holdfast_wasmtime SYSTEM INTERFACE "$<BUILD_INTERFACE:${HOLDFAST_WASMTIME_ROOT}/include>")
target_link_libraries(holdfast_wasmtime INTERFACE
  $<BUILD_INTERFACE:holdfast_wasmtime_library> $<INSTALL_INTERFACE:wasmtime>)
