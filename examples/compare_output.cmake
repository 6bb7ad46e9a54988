# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# cmake -D EXPECTED=FILE -P compare_output.cmake PROGRAM [ARGUMENTS…]: runs the program, which must succeed and print
# exactly what stands in the file.
set(command "")
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE 5 ${last})
  list(APPEND command "${CMAKE_ARGV${i}}")
endforeach()
execute_process(COMMAND ${command} OUTPUT_VARIABLE printed RESULT_VARIABLE result)
file(READ "${EXPECTED}" expected)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "ended with ${result}, after:\n${printed}")
elseif(NOT printed STREQUAL expected)
  message(FATAL_ERROR "${EXPECTED} says:\n${expected}\nprinted was:\n${printed}")
endif()
