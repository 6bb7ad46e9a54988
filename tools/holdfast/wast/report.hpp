// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The results of the directives of scripts, as text and as JSON. Plain values, pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace holdfast::cli::wast {

enum class Status : std::uint8_t { pass, fail, skip };

struct Outcome {
  Status status = Status::pass;
  std::string message;  ///< why it failed or was skipped; empty for a pass
};

struct DirectiveResult {
  std::uint32_t line = 1;
  std::string kind;
  Outcome outcome;
};

struct FileResult {
  std::string file;
  std::vector<DirectiveResult> directives;
  std::string error;  ///< why the script could not be read; empty when it was
};

bool has_failure(const FileResult& result);

/// One line for each failure, "file:line: kind: why".
std::string failures_text(const FileResult& result);

/// Counts by kind of directive, then the skipped directives by reason.
std::string summary_text(std::span<const FileResult> results);

/// An object for one file, an array of objects for several.
std::string to_json(std::span<const FileResult> results);

}  // namespace holdfast::cli::wast
