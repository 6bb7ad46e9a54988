# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Configures the project SOURCE in an empty folder BINARY with ARGUMENTS, builds it and runs its programs.
file(REMOVE_RECURSE "${BINARY}")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BINARY}" -G "${GENERATOR}" ${ARGUMENTS}
  "-DWITH_HOST=${WITH_HOST}" --no-warn-unused-cli COMMAND_ERROR_IS_FATAL ANY)
set(programs use_resource)
if(WITH_HOST)
  list(APPEND programs use_host)
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BINARY}" --parallel 2 --target ${programs} COMMAND_ERROR_IS_FATAL ANY)
foreach(program IN LISTS programs)
  if(EXISTS "${BINARY}/${program}")
    # Without LD_LIBRARY_PATH: the program must find the engine by itself.
    execute_process(COMMAND "${CMAKE_COMMAND}" -E env --unset=LD_LIBRARY_PATH "${BINARY}/${program}" COMMAND_ERROR_IS_FATAL ANY)
  else()
    message(FATAL_ERROR "${program} was not built")
  endif()
endforeach()
