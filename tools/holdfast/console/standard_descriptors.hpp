// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace holdfast::cli {

/// Takes the places of standard streams that the process was started without, so that no file which is opened later
/// gets their numbers and is written to by mistake. Reading from such a stream finds its end, writing to one fails.
/// Called first of all, while there is one thread.
void occupy_standard_descriptors();

}  // namespace holdfast::cli
