// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `wasi::Context`: what guests get of the outside world through WASI 0.2. Nothing is given unless it is said here: no
// arguments, no environment, an empty standard input, outputs that discard, no folders. Clocks and random numbers are
// always there. Sockets and HTTP are not: their functions trap by name when they are called.
//
//     holdfast::wasi::Context wasi;
//     wasi.args({"prog", "a1"}).env("X", "y").inherit_stdio().preopen("./data", "/data", holdfast::wasi::read_only);
//     wasi.link(linker);
//
// A value that is filled by one thread; what was linked from it is a snapshot, but for the standard streams, which are
// shared by everything that is linked from one context (and its copies), also on several threads.
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
  /// Takes what a guest writes, in pieces; called by the thread that runs the guest, one call at a time.
  using Writer = std::function<void(std::string_view)>;

  Context();

  /// All arguments, the program's name first. UTF-8.
  Context& args(std::vector<std::string> arguments);
  /// An environment variable; the last value for a name counts.
  Context& env(std::string name, std::string value);
  /// All of this process's variables but those that are not UTF-8.
  Context& inherit_env();
  /// The guest's idea of where it is, for those that ask.
  Context& initial_directory(std::string path);

  /// This process's streams. They stay as they are: blocking or not, and open.
  Context& inherit_stdio() { return inherit_stdin().inherit_stdout().inherit_stderr(); }
  Context& inherit_stdin();
  Context& inherit_stdout();
  Context& inherit_stderr();

  Context& stdin_from(std::string content);
  Context& stdin_from(std::unique_ptr<ByteSource> source);
  /// Appends to `captured`, which must outlive all use of what is linked.
  Context& stdout_to(std::string& captured);
  Context& stdout_to(Writer writer);
  Context& stdout_to(std::unique_ptr<ByteSink> sink);
  Context& stderr_to(std::string& captured);
  Context& stderr_to(Writer writer);
  Context& stderr_to(std::unique_ptr<ByteSink> sink);

  /// The folder `host` and everything below it, as `guest` ("/data"). Symbolic links and ".." do not lead out of it.
  Context& preopen(std::filesystem::path host, std::string guest, Access access = Access::read_write);

  /// Defines all of WASI 0.2 in `linker`. Errors, and then nothing is defined: io (a folder cannot be opened), misuse
  /// (an argument or variable is not UTF-8, or has a NUL or '=' where it may not).
  HostResult<void> link(Linker& linker) const;

  /// Writes what guests have written but the outputs could not take yet, for at most `timeout`. What guests flush, and
  /// what they wrote before they called exit, has been written already. Errors: io (an output failed, or still cannot
  /// take it).
  HostResult<void> flush(std::chrono::milliseconds timeout) const;

 private:
  Environment environment_;
  std::vector<Preopen> preopens_;
};

}  // namespace holdfast::wasi
