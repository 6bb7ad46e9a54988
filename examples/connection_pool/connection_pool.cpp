// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pool of at most four connections to a server. A caller leases a connection; the destructor of the lease returns it.
// A broken connection is not leased again. Connections that have been idle for a while are closed.
#include <cstdint>
#include <deque>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "describe.hpp"
#include <holdfast/resource.hpp>

namespace {

namespace resource = holdfast::resource;

/// A server in this process. It repeats each message in capitals, and hangs up on "bye".
class Server {
 public:
  /// Returns a socket that is connected to the server, or -1 if that fails.
  int connect() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) return -1;
    threads_.emplace_back(&Server::serve, ends[1]);
    return ends[0];
  }

 private:
  static void serve(int socket) {
    char message[64];
    for (ssize_t size; (size = ::recv(socket, message, sizeof message, 0)) > 0;) {
      if (std::string_view(message, static_cast<std::size_t>(size)) == "bye") break;
      for (ssize_t i = 0; i < size; ++i)
        if (message[i] >= 'a' && message[i] <= 'z') message[i] = static_cast<char>(message[i] - 'a' + 'A');
      ::send(socket, message, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    }
    ::close(socket);
  }
  std::deque<std::jthread> threads_;
};

class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}
  Connection(Connection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection() {
    if (socket_ >= 0) ::close(socket_);
  }

  /// Returns the server's answer. If the server has hung up, the answer is empty and the connection is broken.
  std::string ask(std::string_view question) {
    char answer[64];
    ::send(socket_, question.data(), question.size(), MSG_NOSIGNAL);
    const ssize_t size = ::recv(socket_, answer, sizeof answer, 0);
    is_broken_ = size <= 0;
    return is_broken_ ? std::string() : std::string(answer, static_cast<std::size_t>(size));
  }
  bool is_broken() const { return is_broken_; }

 private:
  int socket_;
  bool is_broken_ = false;
};

class ConnectionPool {
  static constexpr std::uint32_t most = 4;
  using Monitor = resource::ResourceMonitor<Connection, resource::CoarseClock, resource::Static<most>>;
  using Table = resource::ResourceTable<Connection, resource::Static<most>, resource::ObserverRef<Monitor>>;

 public:
  ConnectionPool(Server& server, const resource::CoarseClock& clock) : server_(server), monitor_(clock) {}

  /// A connection in use. It is pinned in the pool's table; the destructor returns it. The pool must outlive it.
  class Lease {
   public:
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), rep_(other.rep_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(rep_);
    }
    Connection& operator*() const { return **pool_->connections_.by_index(rep_); }
    Connection* operator->() const { return &**this; }

   private:
    friend ConnectionPool;
    Lease(ConnectionPool& pool, std::uint32_t rep) : pool_(&pool), rep_(rep) {}
    ConnectionPool* pool_;
    std::uint32_t rep_;
  };

  /// Leases an idle connection, or a new one if none is idle. Errors: capacity_exhausted when all are in use.
  holdfast::Result<Lease> acquire() {
    for (auto [handle, connection] : connections_)
      if (*connections_.pins(handle) == 0) return Lease(*this, *connections_.pin(handle));
    HOLDFAST_TRY_ASSIGN(const auto handle, connections_.insert(Connection(server_.connect())));
    return Lease(*this, *connections_.pin(handle));
  }

  /// Closes connections that have been idle for more than `max_idle` ticks; leased ones stay open.
  resource::StaleCleanup close_idle(resource::Ticks max_idle) {
    return monitor_.cleanup_stale_resources(connections_, max_idle);
  }

  std::uint32_t size() const { return connections_.size(); }

 private:
  void give_back(std::uint32_t rep) {
    const bool is_broken = (*connections_.by_index(rep))->is_broken();
    const auto handle = *connections_.unpin(rep);
    if (is_broken) static_cast<void>(connections_.remove(handle));
  }

  Server& server_;
  Monitor monitor_;
  Table connections_{nullptr, resource::ObserverRef(monitor_)};
};

}  // namespace

int main() {
  Server server;
  resource::CoarseClock clock;
  ConnectionPool pool(server, clock);

  fmt::print("hello -> {}\n", (*pool.acquire())->ask("hello"));
  fmt::print("again -> {}\n", (*pool.acquire())->ask("again"));
  fmt::print("connections opened: {}\n", pool.size());

  {
    std::vector<ConnectionPool::Lease> leases;
    for (int i = 0; i < 4; ++i) leases.push_back(*pool.acquire());
    fmt::print("four in use, a fifth is refused: {}\n", describe(pool.acquire().error()));
    fmt::print("bye -> \"{}\"\n", leases[1]->ask("bye"));
    clock.advance(100);
    static_cast<void>(leases[0]->ask("still there"));
    const auto closed = pool.close_idle(60);
    fmt::print("closing idle connections: {} closed, {} kept because they are in use\n", closed.removed, closed.lent);
  }
  fmt::print("all returned, the broken one is removed: {} left\n", pool.size());

  clock.advance(100);
  const auto closed = pool.close_idle(60);
  fmt::print("closing idle connections: {} closed, {} left\n", closed.removed, pool.size());
}
