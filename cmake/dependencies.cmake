# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The libraries that Debian 12 (bookworm) brings, with the versions that Holdfast needs at least.
# docs/dependencies.md says what each is for. The engine is in engine.cmake.
set(HOLDFAST_FMT_VERSION 9)

if(NOT HOLDFAST_LAYERS_ONLY)
  find_package(fmt ${HOLDFAST_FMT_VERSION} REQUIRED)
  find_package(utf8cpp 3.2 REQUIRED)
  find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
  find_package(Threads REQUIRED)
endif()

if(HOLDFAST_TOOLS AND NOT HOLDFAST_LAYERS_ONLY)
  find_package(CLI11 2.1 REQUIRED)
  find_package(nlohmann_json 3.11 REQUIRED)
endif()

if(HOLDFAST_EXAMPLES)
  find_package(SQLite3 3.40 REQUIRED)
  # For two examples alone, which are left out where they are absent; who tests wants all.
  set(wanted QUIET)
  if(HOLDFAST_TESTS)
    set(wanted REQUIRED)
  endif()
  find_package(glslang 12 ${wanted})
  find_package(stb ${wanted})
endif()

if(HOLDFAST_TESTS)
  find_package(GTest 1.12 REQUIRED)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
endif()
