# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The two libraries that users link, made from the objects of the layers, and how they are installed.
#
#   holdfast::resource  core, resource and handles: freestanding
#   holdfast::holdfast  everything else: links holdfast::resource and the engine
get_property(built GLOBAL PROPERTY HOLDFAST_BUILT_LAYERS)

# holdfast_package_library(TARGET EXPORT_NAME UMBRELLA LAYER…)
function(holdfast_package_library target export_name umbrella)
  add_library(${target})  # static, or shared with BUILD_SHARED_LIBS
  add_library(holdfast::${export_name} ALIAS ${target})
  get_property(headers GLOBAL PROPERTY HOLDFAST_UMBRELLA_${umbrella})
  foreach(layer IN LISTS ARGN)
    get_target_property(reused_objects holdfast_${layer} HOLDFAST_REUSED_OBJECTS)
    if(reused_objects)
      set_source_files_properties(${reused_objects} PROPERTIES EXTERNAL_OBJECT TRUE)
      target_sources(${target} PRIVATE ${reused_objects})
    else()
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:holdfast_${layer}>)
    endif()
    get_property(layer_headers GLOBAL PROPERTY HOLDFAST_${layer}_HEADERS)
    list(APPEND headers ${layer_headers})
  endforeach()
  list(FILTER headers EXCLUDE REGEX "/engine/wasmtime/")  # they need the engine's headers, which are not installed
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/src" FILES ${headers})
  target_compile_features(${target} PUBLIC cxx_std_23)
  set_target_properties(${target} PROPERTIES
    LINKER_LANGUAGE CXX
    VERIFY_INTERFACE_HEADER_SETS OFF  # each layer checks its own headers
    EXPORT_NAME ${export_name}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  if(HOLDFAST_SANITIZE)
    target_link_libraries(${target} PRIVATE holdfast_settings)
  endif()
endfunction()

set(upper ${built})
list(REMOVE_ITEM upper ${HOLDFAST_FREESTANDING_LAYERS})
set(lower ${built})
if(upper)
  list(REMOVE_ITEM lower ${upper})
endif()
if(NOT lower)
  return()
endif()

holdfast_package_library(holdfast_package_resource resource resource ${lower})
set_target_properties(holdfast_package_resource PROPERTIES OUTPUT_NAME holdfast_resource)

if(upper)
  holdfast_package_library(holdfast_package holdfast holdfast ${upper})
  set_target_properties(holdfast_package PROPERTIES OUTPUT_NAME holdfast)
  target_link_libraries(holdfast_package PUBLIC holdfast_package_resource)

  # Users of a static library also link what the layers link privately, except header-only libraries.
  get_property(linked GLOBAL PROPERTY HOLDFAST_LINKED_LIBRARIES)
  list(REMOVE_DUPLICATES linked)
  foreach(library IN LISTS linked)
    if(library MATCHES "^(fmt::fmt|OpenSSL::Crypto|Threads::Threads|holdfast_wasmtime)$")
      target_link_libraries(holdfast_package PRIVATE ${library})
    elseif(NOT library MATCHES "utf8cpp|^holdfast_|^\\$<BUILD_INTERFACE:")
      message(FATAL_ERROR "A layer links ${library}, which users cannot find. "
        "Add it to cmake/package.cmake and to cmake/holdfastConfig.cmake.in.")
    endif()
  endforeach()
endif()

if(NOT HOLDFAST_INSTALL OR HOLDFAST_SANITIZE OR HOLDFAST_LAYERS_ONLY)
  return()
endif()

include(CMakePackageConfigHelpers)
set(config_folder "${CMAKE_INSTALL_LIBDIR}/cmake/holdfast")
configure_package_config_file(cmake/holdfastConfig.cmake.in "${PROJECT_BINARY_DIR}/holdfastConfig.cmake"
  INSTALL_DESTINATION "${config_folder}" PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/holdfastConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/holdfastConfig.cmake" "${PROJECT_BINARY_DIR}/holdfastConfigVersion.cmake"
  DESTINATION "${config_folder}")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

install(TARGETS holdfast_package_resource EXPORT holdfast_resource FILE_SET HEADERS)
install(EXPORT holdfast_resource FILE holdfast-resource.cmake NAMESPACE holdfast:: DESTINATION "${config_folder}")

if(upper)
  set_target_properties(holdfast_wasmtime PROPERTIES EXPORT_NAME wasmtime)
  set_target_properties(holdfast_package PROPERTIES INSTALL_RPATH "$ORIGIN;$ORIGIN/holdfast")
  install(TARGETS holdfast_package holdfast_wasmtime EXPORT holdfast_holdfast FILE_SET HEADERS)
  install(EXPORT holdfast_holdfast FILE holdfast-holdfast.cmake NAMESPACE holdfast:: DESTINATION "${config_folder}")
  # The engine is installed in its own folder, so that it does not conflict with another copy of Wasmtime.
  file(REAL_PATH "${HOLDFAST_WASMTIME_LIBRARY}" engine_file)
  install(PROGRAMS "${engine_file}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/holdfast" RENAME libwasmtime.so)

  # pkg-config: all paths are relative to the .pc file, so that the installed tree can be moved.
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
    BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE up)
  set(pc_prefix "\${pcfiledir}/${up}")
  cmake_path(APPEND pc_libdir "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
  cmake_path(APPEND pc_includedir "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")
  configure_file(cmake/holdfast.pc.in "${PROJECT_BINARY_DIR}/holdfast.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/holdfast.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endif()
