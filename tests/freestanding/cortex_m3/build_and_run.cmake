# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Does the same as `make embedded`, for ctest: cmake -D SOURCE=... -D BINARY=... -P build_and_run.cmake
foreach(step IN ITEMS
    "${CMAKE_COMMAND};--preset;embedded;-B;${BINARY}"
    "${CMAKE_COMMAND};--build;${BINARY}"
    "${CMAKE_CTEST_COMMAND};--test-dir;${BINARY};--output-on-failure;--no-tests=error")
  execute_process(COMMAND ${step} WORKING_DIRECTORY "${SOURCE}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
