// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/io_error.hpp"

#include <system_error>

namespace holdfast::wasi {

IoError::IoError(int system_error)
    : system_error_(system_error), message_(std::generic_category().message(system_error)) {}

}  // namespace holdfast::wasi
