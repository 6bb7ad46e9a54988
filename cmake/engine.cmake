# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The engine: Wasmtime's core C API. Only cmake/wasmtime.pins names the version; tools/setup puts it into
# build/engine/VERSION. Two variables of the environment, or of CMake, change that:
#
#   WASMTIME_VERSION  another version (in CMake: HOLDFAST_WASMTIME_VERSION)
#   WASMTIME_ROOT     a folder with include/ and lib/, for example an official C API release
#
# A variable that is set in the environment replaces the value in CMake's cache.
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

# holdfast_find_wasmtime(OUT VERSION): sets OUT to the first folder that has that version, or to an empty string.
# Holdfast's own build folder comes first. A project that includes Holdfast may have the engine in its own build folder.
function(holdfast_find_wasmtime out version)
  foreach(folder IN ITEMS "${PROJECT_SOURCE_DIR}/build" "${PROJECT_BINARY_DIR}" "${CMAKE_SOURCE_DIR}/build" "${CMAKE_BINARY_DIR}")
    if(EXISTS "${folder}/engine/${version}/include/wasmtime.h")
      set(${out} "${folder}/engine/${version}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${out} "" PARENT_SCOPE)
endfunction()

set(expected_version "${HOLDFAST_WASMTIME_VERSION}")
if(NOT expected_version)
  set(expected_version "${pinned}")
endif()
if(WASMTIME_ROOT)
  set(HOLDFAST_WASMTIME_ROOT "${WASMTIME_ROOT}")
else()
  holdfast_find_wasmtime(HOLDFAST_WASMTIME_ROOT "${expected_version}")
endif()

set(HOLDFAST_WASMTIME_LIBRARY "${HOLDFAST_WASMTIME_ROOT}/lib/libwasmtime.so")
foreach(file IN ITEMS include/wasm.h include/wasmtime.h include/wasmtime/conf.h lib/libwasmtime.so)
  if(NOT EXISTS "${HOLDFAST_WASMTIME_ROOT}/${file}")
    message(FATAL_ERROR "Wasmtime ${expected_version} is missing: '${HOLDFAST_WASMTIME_ROOT}' has no ${file}.\n"
      "Run ${PROJECT_SOURCE_DIR}/tools/setup engine, or set WASMTIME_ROOT to an official C API release.")
  endif()
endforeach()

file(STRINGS "${HOLDFAST_WASMTIME_ROOT}/include/wasmtime.h" actual_version REGEX "^#define WASMTIME_VERSION \"")
string(REGEX REPLACE "^.*\"(.*)\"$" "\\1" actual_version "${actual_version}")
if(actual_version VERSION_LESS 48)
  message(FATAL_ERROR "'${HOLDFAST_WASMTIME_ROOT}' is Wasmtime '${actual_version}'; Holdfast needs 48 or later")
elseif(NOT WASMTIME_ROOT AND NOT actual_version VERSION_EQUAL expected_version)
  message(FATAL_ERROR "'${HOLDFAST_WASMTIME_ROOT}' is Wasmtime '${actual_version}', expected '${expected_version}'")
endif()
message(STATUS "Wasmtime ${actual_version}: ${HOLDFAST_WASMTIME_ROOT}")

# The library has no SONAME. If it were linked by its path, that path would be in every binary. With IMPORTED_NO_SONAME,
# CMake links it with -L and -l, and adds an rpath that installation removes.
add_library(holdfast_wasmtime_library SHARED IMPORTED GLOBAL)
set_target_properties(holdfast_wasmtime_library PROPERTIES
  IMPORTED_LOCATION "${HOLDFAST_WASMTIME_LIBRARY}"
  IMPORTED_NO_SONAME TRUE)

add_library(holdfast_wasmtime INTERFACE)
target_include_directories(holdfast_wasmtime SYSTEM INTERFACE "$<BUILD_INTERFACE:${HOLDFAST_WASMTIME_ROOT}/include>")
target_link_libraries(holdfast_wasmtime INTERFACE
  $<BUILD_INTERFACE:holdfast_wasmtime_library> $<INSTALL_INTERFACE:wasmtime>)
