// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "console/output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "console/exit_code.hpp"

namespace holdfast::cli {
namespace {

int output_failure = 0;  // errno of the first failed write to standard output

void note(bool written) {
  if (!written && output_failure == 0) output_failure = errno != 0 ? errno : EIO;
}

void print_labelled(std::string_view label, std::string_view text) {
  std::string line(label);
  line += text;
  while (line.ends_with('\n')) line.pop_back();
  line += '\n';
  print_note(line);
}

}  // namespace

void print(std::string_view text) {
  if (output_failure != 0 || text.empty()) return;
  note(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

void print_line(std::string_view line) {
  print(line);
  print("\n");
  if (output_failure == 0) note(std::fflush(stdout) == 0);
}

void print_error(std::string_view text) { print_labelled("error: ", text); }
void print_warning(std::string_view text) { print_labelled("warning: ", text); }

void print_note(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

int report_error(const HostError& error) {
  if (!error.exit_code()) print_error(error.to_string());
  return exit_code_of(error);
}

int finish_output(int code) {
  if (output_failure == 0) note(std::fflush(stdout) == 0);
  if (output_failure == 0) return code;
  if (output_failure != EPIPE) print_error(std::string("standard output: ") + std::strerror(output_failure));
  return code != 0 ? code : number(ExitCode::environment);
}

}  // namespace holdfast::cli
