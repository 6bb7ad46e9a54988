# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The libraries from Debian 12 (bookworm), each with the minimum version that Holdfast needs.
# docs/dependencies.md says what each is for. engine.cmake finds the engine.
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
  # Only two examples need these libraries. Without them the examples are left out, unless tests are built.
  set(search_mode QUIET)
  if(HOLDFAST_TESTS)
    set(search_mode REQUIRED)
  endif()
  find_package(glslang 12 ${search_mode})
  find_package(stb ${search_mode})
endif()

if(HOLDFAST_TESTS)
  find_package(GTest 1.12 REQUIRED)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
endif()
