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

/// The folder of the user's caches, made if need be, with the folder of ours in it (which the cache makes itself).
std::optional<std::filesystem::path> inside(const std::filesystem::path& caches) {
  if (!caches.is_absolute()) return std::nullopt;  // as the XDG specification says
  std::error_code error;
  std::filesystem::create_directories(caches, error);
  if (error) return std::nullopt;
  return caches / "holdfast";
}

}  // namespace

std::optional<std::filesystem::path> cache_directory() {
  if (auto given = variable("HOLDFAST_CACHE_DIR")) return given;
  if (const auto caches = variable("XDG_CACHE_HOME")) return inside(*caches);
  if (const auto home = variable("HOME")) return inside(*home / ".cache");
  return std::nullopt;
}

}  // namespace holdfast::cli
