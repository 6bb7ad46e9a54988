// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that define the interfaces of WASI 0.2 in a linker, each under the newest version, which also satisfies
// imports of older versions (semver). The definitions own everything that they need.
#pragma once

#include <memory>
#include <span>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/embed/linker.hpp"

namespace holdfast::wasi {

struct Environment;
struct Preopen;

/// wasi:io: error, poll, streams.
void link_io(Linker& linker);
/// wasi:cli, without run.
void link_cli(Linker& linker, const std::shared_ptr<const Environment>& environment);
/// wasi:clocks.
void link_clocks(Linker& linker);
/// wasi:random.
void link_random(Linker& linker);
/// wasi:filesystem (in filesystem_link.cpp). Errors: io (a folder cannot be opened; nothing is defined then).
HostResult<void> link_filesystem(Linker& linker, std::span<const Preopen> preopens);

}  // namespace holdfast::wasi
