// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WASI 0.2 for guests, for users: what they are given, and streams of the user's own.
#pragma once

#include "holdfast/wasi/context.hpp"
#include "holdfast/wasi/filesystem/preopen.hpp"
#include "holdfast/wasi/io/io_error.hpp"
#include "holdfast/wasi/io/streams.hpp"
