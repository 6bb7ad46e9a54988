// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams that stay inside of the program: input from a string, output to a function or nowhere. Always ready.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi {

/// Gives `content`, then closes.
std::unique_ptr<ByteSource> make_string_source(std::string content);

/// Hands everything to `writer`. What it throws becomes a failure of the stream.
std::unique_ptr<ByteSink> make_function_sink(std::function<void(std::string_view)> writer);

/// Takes everything and forgets it.
std::unique_ptr<ByteSink> make_discarding_sink();

}  // namespace holdfast::wasi
