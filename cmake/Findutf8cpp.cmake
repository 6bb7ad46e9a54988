# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The package file of utfcpp 3.2 fails if it is included twice, because its targets exist then. This module includes it
# once.
if(NOT TARGET utf8cpp)
  find_package(utf8cpp ${utf8cpp_FIND_VERSION} CONFIG QUIET)
endif()
if(TARGET utf8cpp)
  set(utf8cpp_FOUND TRUE)
  if(NOT TARGET utf8cpp::utf8cpp)  # the target's name since version 4.0
    add_library(utf8cpp::utf8cpp ALIAS utf8cpp)
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(utf8cpp REQUIRED_VARS utf8cpp_FOUND
  REASON_FAILURE_MESSAGE "utfcpp ${utf8cpp_FIND_VERSION} or later is required (Debian: libutfcpp-dev)")
