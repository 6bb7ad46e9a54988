// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "console/standard_descriptors.hpp"

#include <cerrno>
#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

namespace holdfast::cli {

void occupy_standard_descriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) != -1 || errno != EBADF) continue;
    // `open` returns the lowest free number, which is `number`: the ones below are open. Read-only also for outputs, so
    // that writing to them fails, as it does for a closed descriptor.
    static_cast<void>(::open("/dev/null", O_RDONLY));
  }
}

}  // namespace holdfast::cli
