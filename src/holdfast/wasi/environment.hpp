// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the guests of a wasi::Context share. Constant once it is linked, but for what goes through the channels, which
// may be used from several threads.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi {

template <class Channel>
struct StandardStream {
  std::shared_ptr<Channel> channel;  ///< never null
  bool is_terminal = false;
};

struct Environment {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> variables;
  std::string initial_directory;  ///< empty: none
  StandardStream<InputChannel> input;
  StandardStream<OutputChannel> output;
  StandardStream<OutputChannel> errors;
};

}  // namespace holdfast::wasi
