// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace holdfast::cli {

/// Opens /dev/null in place of each standard stream that is closed. Otherwise a file that is opened later could get its
/// number, and output would be written into that file. Reading from such a stream reaches the end at once; writing to
/// it fails. Call this first, while there is one thread.
void occupy_standard_descriptors();

}  // namespace holdfast::cli
