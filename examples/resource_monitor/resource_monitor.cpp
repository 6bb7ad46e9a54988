// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sessions of a server, watched by a monitor. It finds busy and idle sessions, counts their memory, and cleans up
// sessions whose users did not come back. The clock is the program's own: the main loop advances it once a second.
#include <array>
#include <cstddef>
#include <fmt/core.h>
#include <string>
#include <utility>

#include <holdfast/resource.hpp>

namespace {

namespace resource = holdfast::resource;

struct Session {
  std::string user;
  std::string inbox;

  std::size_t size_bytes() const { return user.size() + inbox.size(); }
};

using Monitor = resource::ResourceMonitor<Session>;
using Sessions = resource::ResourceTable<Session, resource::Dynamic, resource::ObserverRef<Monitor>>;

void receive(Sessions& sessions, Sessions::Handle to, std::size_t bytes) {
  if (const auto session = sessions.get(to)) (*session)->inbox.append(bytes, '.');
}

void print_report(const Monitor& monitor) {
  std::array<char, 1'000> buffer;
  fmt::print("{}\n", monitor.report(buffer));
}

}  // namespace

int main() {
  resource::CoarseClock seconds;
  Monitor monitor(seconds);
  Sessions sessions(nullptr, resource::ObserverRef(monitor));

  const auto ada = *sessions.insert({"ada", {}});
  const auto ben = *sessions.insert({"ben", {}});
  const auto cleo = *sessions.insert({"cleo", {}});
  static_cast<void>(sessions.pin(cleo));  // a component holds this one

  for (int second = 1; second <= 120; ++second) {
    seconds.advance();
    receive(sessions, ada, 100);
    if (second <= 30) receive(sessions, ben, 10);
  }
  print_report(monitor);

  fmt::print("busy:");
  monitor.find_heavily_used(100, [&](Sessions::Handle handle, const resource::ResourceMetrics& metrics) {
    fmt::print(" {} ({} uses, {} bytes)", (*sessions.peek(handle))->user, metrics.accesses, metrics.size);
  });
  fmt::print("\nasleep for more than a minute:");
  monitor.find_stale_resources(60, [&](Sessions::Handle handle, const resource::ResourceMetrics& metrics) {
    fmt::print(" {} ({} s)", (*sessions.peek(handle))->user, seconds.now() - metrics.last_accessed);
  });

  const auto done = monitor.cleanup_stale_resources(sessions, 60);
  fmt::print("\ncleaned up: {}, kept because a component holds it: {}\n\n", done.removed, done.lent);
  print_report(monitor);
}
