// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bucket.hpp"

#include <atomic>
#include <sqlite3.h>
#include <utility>

namespace {

std::atomic<std::uint32_t> open_buckets = 0;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Statement prepare(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  return Statement(statement);  // null on failure; sqlite3_step reports an error for null
}

void bind_text(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

}  // namespace

std::expected<std::shared_ptr<Database>, std::string> Database::open(const std::string& path) {
  sqlite3* connection = nullptr;
  const int status = sqlite3_open(path.c_str(), &connection);
  std::shared_ptr<Database> database(new Database(connection));
  constexpr auto schema =
      "CREATE TABLE IF NOT EXISTS entry (bucket TEXT, key TEXT, value BLOB, PRIMARY KEY (bucket, key))";
  if (status != SQLITE_OK || sqlite3_exec(connection, schema, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(std::string(sqlite3_errmsg(connection)));
  }
  return database;
}

Database::~Database() { sqlite3_close(handle_); }

Bucket::Bucket(std::shared_ptr<Database> database, std::string name)
    : database_(std::move(database)), name_(std::move(name)) {
  ++open_buckets;
}
Bucket::Bucket(Bucket&& other) noexcept : database_(std::move(other.database_)), name_(std::move(other.name_)) {}
Bucket::~Bucket() {
  if (database_ != nullptr) --open_buckets;
}

std::optional<std::vector<std::uint8_t>> Bucket::get(std::string_view key) const {
  const Statement statement = prepare(database_->handle(), "SELECT value FROM entry WHERE bucket = ? AND key = ?");
  bind_text(statement.get(), 1, name_);
  bind_text(statement.get(), 2, key);
  if (sqlite3_step(statement.get()) != SQLITE_ROW) return std::nullopt;
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement.get(), 0));
  return std::vector(bytes, bytes + sqlite3_column_bytes(statement.get(), 0));
}

std::expected<void, std::string> Bucket::set(std::string_view key, std::span<const std::uint8_t> value) {
  if (key.empty()) return std::unexpected("a key must not be empty");
  const Statement statement = prepare(database_->handle(), "INSERT OR REPLACE INTO entry VALUES (?, ?, ?)");
  bind_text(statement.get(), 1, name_);
  bind_text(statement.get(), 2, key);
  sqlite3_bind_blob64(statement.get(), 3, value.data(), value.size(), SQLITE_TRANSIENT);
  if (sqlite3_step(statement.get()) == SQLITE_DONE) return {};
  return std::unexpected(std::string(sqlite3_errmsg(database_->handle())));
}

std::uint32_t Bucket::open_count() noexcept { return open_buckets; }
