// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `wasi::Context`: what guests may use through WASI 0.2. By default a guest gets no arguments, no environment
// variables, an empty standard input, outputs that discard everything, and no folders. Clocks and random numbers are
// always available. Sockets and HTTP are not: their functions link, and trap by name when they are called.
//
//     holdfast::wasi::Context wasi;
//     wasi.args({"prog", "a1"}).env("X", "y").inherit_stdio().preopen("./data", "/data", holdfast::wasi::read_only);
//     wasi.link(linker);
//
// A value that one thread fills. `link` takes a snapshot of it, except for the standard streams: all linkers that were
// linked from one context or its copies share them, also on several threads.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/embed/linker.hpp"
#include "holdfast/wasi/environment.hpp"
#include "holdfast/wasi/filesystem/preopen.hpp"
#include "holdfast/wasi/io/streams.hpp"

namespace holdfast::wasi {

class Context {
 public:
  /// Receives a guest's output in pieces. Called on the thread that runs the guest, one call at a time.
  using Writer = std::function<void(std::string_view)>;

  Context();

  /// All arguments, the program's name first. In UTF-8.
  Context& args(std::vector<std::string> arguments);
  /// Sets an environment variable; a later value replaces an earlier one of the same name.
  Context& env(std::string name, std::string value);
  /// Passes on all environment variables of this process that are UTF-8.
  Context& inherit_env();
  /// The path that the guest's `initial-cwd` returns. By default it returns none.
  Context& initial_directory(std::string path);

  /// Uses the standard streams of this process. They stay open, and blocking or non-blocking as they are.
  Context& inherit_stdio() { return inherit_stdin().inherit_stdout().inherit_stderr(); }
  Context& inherit_stdin();
  Context& inherit_stdout();
  Context& inherit_stderr();

  Context& stdin_from(std::string content);
  Context& stdin_from(std::unique_ptr<ByteSource> source);
  /// Appends the output to `captured`, which must outlive every instance that is linked from this context.
  Context& stdout_to(std::string& captured);
  Context& stdout_to(Writer writer);
  Context& stdout_to(std::unique_ptr<ByteSink> sink);
  Context& stderr_to(std::string& captured);
  Context& stderr_to(Writer writer);
  Context& stderr_to(std::unique_ptr<ByteSink> sink);

  /// Grants the folder `host` and everything below it, under the name `guest` ("/data"). Neither symbolic links nor
  /// ".." lead out of it.
  Context& preopen(std::filesystem::path host, std::string guest, Access access = Access::read_write);

  /// Defines all of WASI 0.2 in `linker`; after an error, nothing is defined. Errors: io (a folder cannot be opened),
  /// misuse (a text is not UTF-8 or contains a NUL character; the name of a variable is empty or contains '=').
  HostResult<void> link(Linker& linker) const;

  /// Writes the output that is still buffered, for at most `timeout`. Output that a guest flushed, or wrote before it
  /// called exit, is not buffered any more. Errors: io (an output failed, or did not accept everything in time).
  HostResult<void> flush(std::chrono::milliseconds timeout) const;

 private:
  Environment environment_;
  std::vector<Preopen> preopens_;
};

}  // namespace holdfast::wasi
