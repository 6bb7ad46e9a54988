// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The WASI context that the options describe.
#pragma once

#include "holdfast/embed/linker.hpp"
#include "run/run_options.hpp"

#ifdef HOLDFAST_HAS_WASI
#include "holdfast/wasi/context.hpp"
#endif

namespace holdfast::cli {

class WasiSetup {
 public:
  /// Applies the options and defines WASI in `linker`. Errors: misuse (an option is wrong), io (a directory cannot be
  /// opened).
  HostResult<void> link(Linker& linker, const RunOptions& options);
  /// Flushes what the guests have written and the outputs have not yet accepted. Errors: io.
  HostResult<void> flush() const;

#ifdef HOLDFAST_HAS_WASI
 private:
  wasi::Context context_;
#endif
};

}  // namespace holdfast::cli
