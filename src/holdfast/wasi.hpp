// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI 0.2 for guests: the umbrella header for embedders. It includes the context, folders to preopen, and the base
// classes for streams of your own.
#pragma once

#include "holdfast/wasi/context.hpp"
#include "holdfast/wasi/filesystem/preopen.hpp"
#include "holdfast/wasi/io/io_error.hpp"
#include "holdfast/wasi/io/streams.hpp"
