# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs the build in BINARY into an empty PREFIX.
file(REMOVE_RECURSE "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BINARY}" --prefix "${PREFIX}"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

# No installed file may contain the path of the build folder.
file(GLOB_RECURSE scripts "${PREFIX}/*.cmake" "${PREFIX}/*.pc")
foreach(script IN LISTS scripts)
  file(READ "${script}" text)
  string(FIND "${text}" "${BINARY}" position)
  if(NOT position EQUAL -1)
    message(FATAL_ERROR "${script} contains the path of the build folder, ${BINARY}")
  endif()
endforeach()
