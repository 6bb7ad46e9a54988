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
    // The lowest number that is free, and those below are taken: it is `number`. Outputs are open for reading only, so
    // that writing to them is an error, as it is to a closed one.
    static_cast<void>(::open("/dev/null", O_RDONLY));
  }
}

}  // namespace holdfast::cli
