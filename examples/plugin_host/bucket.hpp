// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host's side of demo:store/kv: a bucket of keys and values. An ordinary class that knows nothing about components.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

/// Stores the data of all buckets. Buckets with the same name share their data, which lives as long as the database.
class Database {
 public:
  /// `path`: a file name or another name that SQLite accepts; by default the data is in memory.
  static std::expected<std::shared_ptr<Database>, std::string> open(const std::string& path = ":memory:");
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* handle() const noexcept { return handle_; }

 private:
  explicit Database(sqlite3* handle) noexcept : handle_(handle) {}
  sqlite3* handle_;
};

class Bucket {
 public:
  Bucket(std::shared_ptr<Database> database, std::string name);
  ~Bucket();
  Bucket(Bucket&& other) noexcept;
  Bucket& operator=(Bucket&&) = delete;

  std::optional<std::vector<std::uint8_t>> get(std::string_view key) const;
  /// Errors: an empty key; the message of SQLite.
  std::expected<void, std::string> set(std::string_view key, std::span<const std::uint8_t> value);
  static std::uint32_t open_count() noexcept;

  const std::string& name() const noexcept { return name_; }

 private:
  std::shared_ptr<Database> database_;  // empty after a move
  std::string name_;
};
