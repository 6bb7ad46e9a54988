# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The layers, lowest first. A layer may use the layers before it in this list and nothing else. The link graph below and
# the include check (tests/architecture) both use this list.
set(HOLDFAST_LAYERS core resource handles diagnostics platform wasm engine component abi runtime embed wasi)

# The rooms of a layer are its folders, lowest first. A room may use the rooms before it. "." is the layer's own folder.
# A layer that is not named here has no folders. The folder testing/ has what only tests use and is not a room.
# docs/architecture.md says what each room contains.
set(HOLDFAST_ROOMS_resource budget tables watch memory manager)
set(HOLDFAST_ROOMS_engine . wasmtime)
set(HOLDFAST_ROOMS_component binary causes types validate program)
set(HOLDFAST_ROOMS_abi . codec)
set(HOLDFAST_ROOMS_runtime load store call link instance)
set(HOLDFAST_ROOMS_wasi interfaces io filesystem .)
# The rooms of the command, tools/holdfast.
set(HOLDFAST_ROOMS_command console files statements inspect validate wast run .)

# The layers of holdfast::resource. They build without a heap, exceptions, RTTI and an OS.
set(HOLDFAST_FREESTANDING_LAYERS core resource handles)

# Layers whose tests also run under ThreadSanitizer, because threads may share their objects.
set(HOLDFAST_THREADED_LAYERS core resource engine runtime wasi)

# holdfast_reuse_objects(TARGET): with HOLDFAST_OBJECTS_FROM (another build folder of the same sources), TARGET is put
# together from the objects of that build instead of being compiled. It is for testing a second version of the engine:
# only what includes the engine's headers is compiled again.
function(holdfast_reuse_objects target)
  if(NOT HOLDFAST_OBJECTS_FROM)
    return()
  endif()
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_BINARY_DIR BASE_DIRECTORY "${PROJECT_BINARY_DIR}" OUTPUT_VARIABLE folder)
  file(GLOB_RECURSE objects "${HOLDFAST_OBJECTS_FROM}/${folder}/CMakeFiles/${target}.dir/*.o")
  if(NOT objects)
    message(FATAL_ERROR "${HOLDFAST_OBJECTS_FROM} has no objects of ${target}; build it first")
  endif()
  set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT TRUE)
  set_target_properties(${target} PROPERTIES
    SOURCES "${objects}" HOLDFAST_REUSED_OBJECTS "${objects}" LINKER_LANGUAGE CXX UNITY_BUILD OFF)
endfunction()

# holdfast_layer(NAME SOURCES … HEADERS … [LINK …] [TESTS …] [TEST_LINK …] [TEST_LABELS …])
#
# Defines the internal library holdfast_NAME in src/holdfast/NAME, linked to all layers before it, and its unit tests
# holdfast_NAME_test (the files *_test.cpp beside the code). HEADERS are installed. Headers that only the layer itself
# includes belong to SOURCES.
function(holdfast_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 LAYER "" "" "SOURCES;HEADERS;LINK;TESTS;TEST_LINK;TEST_LABELS")
  list(FIND HOLDFAST_LAYERS ${name} position)
  if(position EQUAL -1)
    message(FATAL_ERROR "${name} is not in HOLDFAST_LAYERS (cmake/layers.cmake)")
  endif()
  list(SUBLIST HOLDFAST_LAYERS 0 ${position} below)
  list(TRANSFORM below PREPEND holdfast_)
  list(REVERSE below)

  set(library holdfast_${name})
  add_library(${library} STATIC ${LAYER_SOURCES})
  list(TRANSFORM LAYER_HEADERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  set(headers ${LAYER_HEADERS})
  set(tables ${LAYER_HEADERS})  # .def files, which do not compile by themselves
  list(FILTER headers INCLUDE REGEX "\\.hpp$")
  list(FILTER tables EXCLUDE REGEX "\\.hpp$")
  target_sources(${library} PUBLIC
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/src" FILES ${headers}
    FILE_SET tables TYPE HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/src" FILES ${tables})
  target_link_libraries(${library} PUBLIC ${below} PRIVATE $<BUILD_INTERFACE:holdfast_settings> ${LAYER_LINK})
  target_compile_features(${library} PUBLIC cxx_std_23)
  if(NOT name STREQUAL engine)
    holdfast_reuse_objects(${library})
  endif()
  get_property(has_shared_libraries GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS)
  set_target_properties(${library} PROPERTIES
    POSITION_INDEPENDENT_CODE ${has_shared_libraries}
    INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)

  set_property(GLOBAL APPEND PROPERTY HOLDFAST_BUILT_LAYERS ${name})
  set_property(GLOBAL APPEND PROPERTY HOLDFAST_${name}_HEADERS ${LAYER_HEADERS})
  set_property(GLOBAL APPEND PROPERTY HOLDFAST_LINKED_LIBRARIES ${LAYER_LINK})

  if(HOLDFAST_TESTS AND LAYER_TESTS)
    if(name IN_LIST HOLDFAST_THREADED_LAYERS)
      list(APPEND LAYER_TEST_LABELS threads)
    endif()
    set(includes_engine "")
    if(name STREQUAL engine)
      set(includes_engine INCLUDES_ENGINE)
    endif()
    holdfast_test(${library}_test ${includes_engine}
      SOURCES ${LAYER_TESTS}
      LINK ${library} ${LAYER_TEST_LINK}
      LABELS ${name} ${LAYER_TEST_LABELS})
  endif()
endfunction()

# holdfast_test(NAME SOURCES … [LINK …] [LABELS …]): defines a GoogleTest program and registers its tests with ctest.
# With the label `threads` the tests also run under ThreadSanitizer (target holdfast_threads_tests).
# INCLUDES_ENGINE: the program includes the headers of the engine.
function(holdfast_test name)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "INCLUDES_ENGINE" "" "SOURCES;LINK;LABELS")
  find_package(GTest 1.12 REQUIRED)
  include(GoogleTest)
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_LINK} holdfast_settings holdfast_test_settings GTest::gmock GTest::gtest_main)
  if(NOT TEST_INCLUDES_ENGINE)
    holdfast_reuse_objects(${name})
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/bin")

  list(REMOVE_DUPLICATES TEST_LABELS)
  if("threads" IN_LIST TEST_LABELS)
    if(NOT TARGET holdfast_threads_tests)
      add_custom_target(holdfast_threads_tests)
    endif()
    add_dependencies(holdfast_threads_tests ${name})
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)

  # gtest_discover_tests cannot pass a list on, so a file that ctest reads after its own sets the labels.
  set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake")
  file(CONFIGURE OUTPUT "${labels_file}" @ONLY CONTENT [[
if(@name@_TESTS)
  set_tests_properties(${@name@_TESTS} PROPERTIES LABELS "@TEST_LABELS@")
endif()
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
endfunction()
