// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the options give to guests through WASI.
#pragma once

#include "holdfast/embed/linker.hpp"
#include "run/run_options.hpp"

#ifdef HOLDFAST_HAS_WASI
#include "holdfast/wasi/context.hpp"
#endif

namespace holdfast::cli {

class WasiSetup {
 public:
  /// Errors: misuse (an option is wrong), io (a folder cannot be opened).
  HostResult<void> link(Linker& linker, const RunOptions& options);
  /// Writes what the guests wrote and the outputs did not take yet. Errors: io.
  HostResult<void> flush() const;

#ifdef HOLDFAST_HAS_WASI
 private:
  wasi::Context context_;
#endif
};

}  // namespace holdfast::cli
