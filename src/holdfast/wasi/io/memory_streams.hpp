// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams within the program: input from a string, output to a function or to nowhere. They are always ready.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi {

/// Delivers `content`, then closes.
std::unique_ptr<ByteSource> make_string_source(std::string content);

/// Passes all bytes to `writer`. An exception that it throws becomes a failure of the stream.
std::unique_ptr<ByteSink> make_function_sink(std::function<void(std::string_view)> writer);

/// Accepts all bytes and discards them.
std::unique_ptr<ByteSink> make_discarding_sink();

}  // namespace holdfast::wasi
