// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/core/assert.hpp"

#if __STDC_HOSTED__
#include <cstdio>
#include <cstdlib>
#endif

namespace holdfast {

[[gnu::weak]] void contract_violated([[maybe_unused]] const char* condition, [[maybe_unused]] const char* message,
                                     [[maybe_unused]] const char* file, [[maybe_unused]] int line) noexcept {
#if __STDC_HOSTED__
  std::fprintf(stderr, "%s:%d: contract violated: %s (%s)\n", file, line, message, condition);
  std::abort();
#else
  __builtin_trap();
#endif
}

}  // namespace holdfast
