// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One database, several users. The pool owns the database in a SharedResourceTable. A user that works with it holds a
// Shared<Database>, which keeps it open. A user that only watches holds a WeakHandle, which does not keep it open and
// tells when it was removed.
#include <expected>
#include <fmt/core.h>
#include <sqlite3.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "describe.hpp"
#include <holdfast/resource.hpp>

namespace {

using holdfast::resource::SharedResourceTable;

/// A database in memory. Closing it can fail; the table passes the reason on.
class Database {
 public:
  explicit Database(std::string name) : name_(std::move(name)) {
    sqlite3_open_v2(name_.c_str(), &connection_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_FULLMUTEX,
                    nullptr);
    static_cast<void>(execute("CREATE TABLE orders (item TEXT NOT NULL)"));
  }
  Database(Database&& other) noexcept
      : name_(std::move(other.name_)), connection_(std::exchange(other.connection_, nullptr)) {}
  Database& operator=(Database&&) = delete;
  ~Database() { sqlite3_close_v2(connection_); }

  std::expected<void, std::string> cleanup() {
    if (sqlite3_close(connection_) != SQLITE_OK) return std::unexpected(sqlite3_errmsg(connection_));
    connection_ = nullptr;
    fmt::print("  [database {} is closed]\n", name_);
    return {};
  }

  std::expected<void, std::string> add_order(const std::string& item) const {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(connection_, "INSERT INTO orders VALUES (?)", -1, &statement, nullptr);
    sqlite3_bind_text(statement, 1, item.c_str(), -1, SQLITE_TRANSIENT);
    sqlite3_step(statement);
    if (sqlite3_finalize(statement) != SQLITE_OK) return std::unexpected(sqlite3_errmsg(connection_));
    return {};
  }

  int count_orders() const {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(connection_, "SELECT count(*) FROM orders", -1, &statement, nullptr);
    const int count = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
    sqlite3_finalize(statement);
    return count;
  }

 private:
  std::expected<void, std::string> execute(const char* sql) const {
    if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return std::unexpected(sqlite3_errmsg(connection_));
  }

  std::string name_;
  sqlite3* connection_ = nullptr;
};

using Pool = SharedResourceTable<Database>;

/// Takes orders. It needs the database, so it keeps it open.
class OrderDesk {
 public:
  explicit OrderDesk(Pool::Shared database) : database_(std::move(database)) {}
  void take_orders(int count) {
    for (int i = 0; i < count; ++i) static_cast<void>(database_->add_order("item " + std::to_string(i)));
  }

 private:
  Pool::Shared database_;
};

/// Shows numbers. It must never keep a database open.
class Dashboard {
 public:
  explicit Dashboard(Pool::WeakHandle database) : database_(std::move(database)) {}
  void show() const {
    if (const auto database = database_.upgrade()) {
      fmt::print("dashboard: {} orders\n", (*database)->count_orders());
    } else {
      fmt::print("dashboard: no database: {}\n", describe(database.error()));
    }
  }

 private:
  Pool::WeakHandle database_;
};

}  // namespace

int main() {
  Pool pool;
  const Pool::Handle shop = *pool.emplace("shop");
  const Dashboard dashboard(*pool.create_weak(shop));
  dashboard.show();

  {
    std::vector<OrderDesk> desks;
    for (int i = 0; i < 2; ++i) desks.emplace_back(*pool.get_shared(shop));
    {
      std::vector<std::jthread> threads;
      for (OrderDesk& desk : desks) threads.emplace_back([&desk] { desk.take_orders(50); });
    }
    dashboard.show();

    fmt::print("the pool removes the database; the desks still work\n");
    static_cast<void>(pool.remove(shop));
    dashboard.show();
    desks.front().take_orders(1);
    fmt::print("a new desk is refused: {}\n", describe(pool.get_shared(shop).error()));
    fmt::print("the desks close\n");
  }
  fmt::print("lingering databases: {}\n", pool.lingering());
}
