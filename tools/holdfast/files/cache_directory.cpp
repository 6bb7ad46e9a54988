// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files/cache_directory.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

namespace holdfast::cli {
namespace {

std::optional<std::filesystem::path> variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

/// Our folder in the folder of the user's caches, which is created if it is missing. The cache creates our folder.
std::optional<std::filesystem::path> inside(const std::filesystem::path& caches) {
  if (!caches.is_absolute()) return std::nullopt;  // the XDG specification says to ignore it
  std::error_code error;
  std::filesystem::create_directories(caches, error);
  if (error) return std::nullopt;
  return caches / "holdfast";
}

}  // namespace

std::optional<std::filesystem::path> cache_directory() {
  if (auto directory = variable("HOLDFAST_CACHE_DIR")) return directory;
  if (const auto caches = variable("XDG_CACHE_HOME")) return inside(*caches);
  if (const auto home = variable("HOME")) return inside(*home / ".cache");
  return std::nullopt;
}

}  // namespace holdfast::cli
