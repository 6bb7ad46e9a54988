# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Options, and the compiler settings that all targets of Holdfast share (holdfast_settings).
option(HOLDFAST_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(HOLDFAST_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(HOLDFAST_TOOLS "Build the command line" ${PROJECT_IS_TOP_LEVEL})
option(HOLDFAST_BENCH "Build the benchmarks (needs google-benchmark)" ${PROJECT_IS_TOP_LEVEL})
option(HOLDFAST_INSTALL "Generate install rules" ${PROJECT_IS_TOP_LEVEL})
option(HOLDFAST_CORTEX_M3 "Build the tests for a bare Cortex-M3 (with cmake/arm-none-eabi.cmake)" OFF)
option(HOLDFAST_FUZZ "Build the fuzz targets (clang only; with HOLDFAST_SANITIZE=address)" OFF)
option(HOLDFAST_NOEXCEPT "Compile without exceptions and RTTI (for the freestanding layers)" OFF)
option(HOLDFAST_UNITY "Compile several sources at once: full builds take a third of the time, small ones longer" ON)
set(HOLDFAST_SANITIZE "" CACHE STRING "Sanitizer: address (with undefined) or thread")
set(HOLDFAST_OBJECTS_FROM "" CACHE PATH "A finished build of the same sources; its objects are linked with another engine")
set(HOLDFAST_LAYERS_ONLY "" CACHE STRING "Build only these layers (a list); empty: all layers")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12.2)
  message(FATAL_ERROR "GCC ${CMAKE_CXX_COMPILER_VERSION} is too old; Holdfast needs 12.2 or later (std::expected)")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "clang ${CMAKE_CXX_COMPILER_VERSION} is too old; Holdfast needs 19 or later (std::expected)")
endif()

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
  endif()
  find_program(HOLDFAST_CCACHE ccache)
  if(HOLDFAST_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${HOLDFAST_CCACHE}")
  endif()
endif()

set(CMAKE_UNITY_BUILD ${HOLDFAST_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)

add_library(holdfast_settings INTERFACE)
target_compile_features(holdfast_settings INTERFACE cxx_std_23)
target_compile_options(holdfast_settings INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False positives of GCC 12: about std::string (GCC bug 105651), and about indices that the optimiser cannot follow.
  target_compile_options(holdfast_settings INTERFACE -Wno-restrict -Wno-array-bounds)
  if(HOLDFAST_SANITIZE STREQUAL "thread")
    # False positives about the inactive half of a std::expected, caused by the sanitizer's calls.
    target_compile_options(holdfast_settings INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(HOLDFAST_NOEXCEPT)
  add_compile_options(-fno-exceptions -fno-rtti)  # for all targets, including tests and the check of single headers
endif()
if(HOLDFAST_SANITIZE STREQUAL "address")
  target_compile_options(holdfast_settings INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(holdfast_settings INTERFACE -fsanitize=address,undefined)
elseif(HOLDFAST_SANITIZE STREQUAL "thread")
  target_compile_options(holdfast_settings INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(holdfast_settings INTERFACE -fsanitize=thread)
elseif(HOLDFAST_SANITIZE)
  message(FATAL_ERROR "HOLDFAST_SANITIZE is '${HOLDFAST_SANITIZE}'; it may be empty, 'address' or 'thread'")
endif()
# What tests compile with beside holdfast_settings. Their own code need not be fast: -O0 halves the time to build them.
add_library(holdfast_test_settings INTERFACE)
target_compile_options(holdfast_test_settings INTERFACE -O0)
if(HOLDFAST_FUZZ)
  # The fuzzer need not see which of the tests' lines are reached.
  target_compile_options(holdfast_test_settings INTERFACE -fno-sanitize=fuzzer-no-link)
endif()
if(HOLDFAST_UNITY)
  # Names of one file shadow those of another, and types in unnamed namespaces seem to be in a header. A build without
  # HOLDFAST_UNITY checks each file by itself.
  target_compile_options(holdfast_test_settings INTERFACE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A false alarm where a test replaces operator new to count allocations.
  target_compile_options(holdfast_test_settings INTERFACE -Wno-mismatched-new-delete)
endif()
if(HOLDFAST_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "HOLDFAST_FUZZ needs clang with libFuzzer (Debian: clang-19, libclang-rt-19-dev)")
  endif()
  # The layers report their coverage to the fuzzer; only the fuzz targets link its main function.
  target_compile_options(holdfast_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()
