// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Umbrella header of WASI 0.2: what guests may use, and streams that the embedder implements.
#pragma once

#include "holdfast/wasi/context.hpp"
#include "holdfast/wasi/filesystem/preopen.hpp"
#include "holdfast/wasi/io/io_error.hpp"
#include "holdfast/wasi/io/streams.hpp"
