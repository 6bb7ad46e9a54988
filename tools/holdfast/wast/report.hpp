// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What came of the directives of scripts, and how it is told. Plain values, pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace holdfast::cli::wast {

enum class Status : std::uint8_t { pass, fail, skip };

struct Outcome {
  Status status = Status::pass;
  std::string message;  ///< why it failed or was not attempted; empty for a pass
};

struct DirectiveResult {
  std::uint32_t line = 1;
  std::string kind;
  Outcome outcome;
};

struct FileResult {
  std::string file;
  std::vector<DirectiveResult> directives;
  std::string error;  ///< why the file could not be run at all; empty when it was
};

bool has_failure(const FileResult& result);

/// Each failure in a line of its own, "file:line: kind: why".
std::string failures_text(const FileResult& result);

/// The numbers by kind, and what was skipped, by reason.
std::string summary_text(std::span<const FileResult> results);

/// One object for one file, an array of them for several.
std::string to_json(std::span<const FileResult> results);

}  // namespace holdfast::cli::wast
