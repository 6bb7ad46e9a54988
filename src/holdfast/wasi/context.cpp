// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/context.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

#include "holdfast/abi/utf.hpp"
#include "holdfast/wasi/interfaces/link.hpp"
#include "holdfast/wasi/io/descriptor_streams.hpp"
#include "holdfast/wasi/io/memory_streams.hpp"

namespace holdfast::wasi {
namespace {

StandardStream<InputChannel> input(std::unique_ptr<ByteSource> source, bool is_terminal = false) {
  return {std::make_shared<InputChannel>(std::move(source)), is_terminal};
}

StandardStream<OutputChannel> output(std::unique_ptr<ByteSink> sink, bool is_terminal = false) {
  return {std::make_shared<OutputChannel>(std::move(sink)), is_terminal};
}

StandardStream<OutputChannel> inherited_output(int descriptor) {
  return output(make_descriptor_sink(descriptor), ::isatty(descriptor) != 0);
}

StandardStream<OutputChannel> captured_output(std::string& captured) {
  return output(make_function_sink([&captured](std::string_view written) { captured += written; }));
}

bool is_utf8(std::string_view text) {
  return abi::utf::check_utf8(reinterpret_cast<const std::byte*>(text.data()), text.size()).has_value();
}

/// Errors: misuse if a guest's C library could not handle the text. `subject` says in the message what the text is.
HostResult<void> check_text(const std::string& text, const std::string& subject) {
  if (!is_utf8(text)) return host_fail(ErrorKind::misuse, subject + " is not UTF-8");
  if (text.contains('\0')) return host_fail(ErrorKind::misuse, subject + " contains a NUL character");
  return {};
}

HostResult<void> check_texts(const Environment& environment) {
  for (const std::string& argument : environment.arguments) HOLDFAST_TRY(check_text(argument, "an argument"));
  for (const auto& [name, value] : environment.variables) {
    HOLDFAST_TRY(check_text(name, "the name of an environment variable"));
    if (name.empty() || name.contains('='))
      return host_fail(ErrorKind::misuse, "\"" + name +
                                              "\" cannot be the name of an environment variable: a name must not be "
                                              "empty or contain '='");
    HOLDFAST_TRY(check_text(value, "the environment variable " + name));
  }
  return check_text(environment.initial_directory, "the initial directory");
}

HostResult<void> flush_channel(OutputChannel& channel, Instant until, const std::string& name) {
  while (true) {
    const auto flushed = channel.flush();
    if (!flushed && flushed.error().is_closed()) return {};  // the reader is gone
    if (!flushed) return host_fail(ErrorKind::io, name + ": " + std::get<IoError>(flushed.error().value).message());
    if (*flushed) return {};
    if (!wait_until_ready(channel, until))
      return host_fail(ErrorKind::io, name + " did not accept all output before the timeout");
  }
}

}  // namespace

Context::Context() {
  environment_.input = input(make_string_source({}));
  environment_.output = output(make_discarding_sink());
  environment_.errors = output(make_discarding_sink());
}

Context& Context::args(std::vector<std::string> arguments) {
  environment_.arguments = std::move(arguments);
  return *this;
}

Context& Context::env(std::string name, std::string value) {
  auto& variables = environment_.variables;
  const auto match = std::ranges::find(variables, name, [](const auto& variable) { return variable.first; });
  if (match != variables.end()) {
    match->second = std::move(value);
  } else {
    variables.emplace_back(std::move(name), std::move(value));
  }
  return *this;
}

Context& Context::inherit_env() {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos || !is_utf8(text)) continue;
    env(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  }
  return *this;
}

Context& Context::initial_directory(std::string path) {
  environment_.initial_directory = std::move(path);
  return *this;
}

Context& Context::inherit_stdin() {
  environment_.input = input(make_descriptor_source(STDIN_FILENO), ::isatty(STDIN_FILENO) != 0);
  return *this;
}

Context& Context::inherit_stdout() {
  environment_.output = inherited_output(STDOUT_FILENO);
  return *this;
}

Context& Context::inherit_stderr() {
  environment_.errors = inherited_output(STDERR_FILENO);
  return *this;
}

Context& Context::stdin_from(std::string content) { return stdin_from(make_string_source(std::move(content))); }

Context& Context::stdin_from(std::unique_ptr<ByteSource> source) {
  environment_.input = input(std::move(source));
  return *this;
}

Context& Context::stdout_to(std::string& captured) {
  environment_.output = captured_output(captured);
  return *this;
}

Context& Context::stdout_to(Writer writer) { return stdout_to(make_function_sink(std::move(writer))); }

Context& Context::stdout_to(std::unique_ptr<ByteSink> sink) {
  environment_.output = output(std::move(sink));
  return *this;
}

Context& Context::stderr_to(std::string& captured) {
  environment_.errors = captured_output(captured);
  return *this;
}

Context& Context::stderr_to(Writer writer) { return stderr_to(make_function_sink(std::move(writer))); }

Context& Context::stderr_to(std::unique_ptr<ByteSink> sink) {
  environment_.errors = output(std::move(sink));
  return *this;
}

Context& Context::preopen(std::filesystem::path host, std::string guest, Access access) {
  preopens_.push_back({std::move(host), std::move(guest), access});
  return *this;
}

HostResult<void> Context::link(Linker& linker) const {
  HOLDFAST_TRY(check_texts(environment_));
  for (const Preopen& folder : preopens_) HOLDFAST_TRY(check_text(folder.guest, "the name of a folder"));
  HOLDFAST_TRY(link_filesystem(linker, preopens_));
  link_io(linker);
  link_cli(linker, std::make_shared<const Environment>(environment_));
  link_clocks(linker);
  link_random(linker);
  linker.missing_as_traps("wasi:sockets/").missing_as_traps("wasi:http/");
  return {};
}

HostResult<void> Context::flush(std::chrono::milliseconds timeout) const {
  const Instant until = std::chrono::steady_clock::now() + timeout;
  HOLDFAST_TRY(flush_channel(*environment_.output.channel, until, "standard output"));
  return flush_channel(*environment_.errors.channel, until, "standard error");
}

}  // namespace holdfast::wasi
