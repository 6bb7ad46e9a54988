# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# cmake -D EXPECTED=FILE -P compare_output.cmake PROGRAM [ARGUMENTS…]: runs the program. It must succeed and print
# exactly the contents of the file.
set(command "")
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE 5 ${last})
  list(APPEND command "${CMAKE_ARGV${i}}")
endforeach()
execute_process(COMMAND ${command} OUTPUT_VARIABLE printed RESULT_VARIABLE result)
file(READ "${EXPECTED}" expected)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the program failed with ${result}; it printed:\n${printed}")
elseif(NOT printed STREQUAL expected)
  message(FATAL_ERROR "the output differs from ${EXPECTED}\nexpected:\n${expected}\nprinted:\n${printed}")
endif()
