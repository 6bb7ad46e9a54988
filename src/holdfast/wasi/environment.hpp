// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the guests of a wasi::Context share. Constant once it is linked, except for the state of the channels, which
// several threads may use.
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
  std::string initial_directory;  ///< empty if there is none
  StandardStream<InputChannel> input;
  StandardStream<OutputChannel> output;
  StandardStream<OutputChannel> errors;
};

}  // namespace holdfast::wasi
