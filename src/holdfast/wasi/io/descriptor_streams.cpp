// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/descriptor_streams.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace holdfast::wasi {
namespace {

/// Blocks SIGPIPE on this thread while the object lives, and can remove a SIGPIPE that arrived meanwhile. The process's
/// own handling of the signal does not change.
class WithoutSigpipe {
 public:
  WithoutSigpipe() noexcept {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  ~WithoutSigpipe() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  /// Removes the signal after a write that failed with EPIPE.
  void take_signal() const noexcept {
    if (was_pending_) return;  // that signal is not ours, and a second one does not count separately
    const timespec no_time{};
    while (sigtimedwait(&pipe_, nullptr, &no_time) == -1 && errno == EINTR) {
    }
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_ = false;
};

/// /dev/null, /dev/zero, /dev/full, …
bool is_memory_device(dev_t device) noexcept { return major(device) == 1; }

/// Moves `descriptor` above the numbers of the standard streams. A process that was started without a standard stream
/// might otherwise mistake this file for it.
int above_standard_streams(int descriptor) noexcept {
  if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(descriptor);
  return moved;
}

bool is_ready(int descriptor, short events) noexcept {
  pollfd request{descriptor, events, 0};
  return ::poll(&request, 1, 0) > 0;
}

/// What a failed read or write means: 0 bytes for now, the end of the stream, or a failure.
StreamResult<std::size_t> from_errno(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return std::size_t{0};
  if (error == EPIPE || error == ECONNRESET) return std::unexpected(StreamError::closed());
  return std::unexpected(StreamError::failed(error));
}

class DescriptorSource final : public ByteSource {
 public:
  explicit DescriptorSource(int descriptor) : descriptor_(StreamDescriptor::over(descriptor, false)) {}
  StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) override { return descriptor_.read(buffer); }
  WaitFor readable() override {
    return descriptor_.may_wait() ? WaitFor::input(descriptor_.number()) : WaitFor::nothing();
  }

 private:
  StreamDescriptor descriptor_;
};

class DescriptorSink final : public ByteSink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(StreamDescriptor::over(descriptor, true)) {}
  StreamResult<std::size_t> write(std::span<const std::uint8_t> bytes) override { return descriptor_.write(bytes); }
  WaitFor writable() override {
    return descriptor_.may_wait() ? WaitFor::output(descriptor_.number()) : WaitFor::nothing();
  }

 private:
  StreamDescriptor descriptor_;
};

}  // namespace

StreamDescriptor StreamDescriptor::over(int descriptor, bool for_writing) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return {-1, DescriptorKind::closed, false};
  if (S_ISSOCK(status.st_mode)) return {descriptor, DescriptorKind::socket, false};
  if (!S_ISFIFO(status.st_mode) && ::isatty(descriptor) == 0) {
    const bool may_wait = S_ISCHR(status.st_mode) && !is_memory_device(status.st_rdev);
    return {descriptor, may_wait ? DescriptorKind::waiting : DescriptorKind::plain, false};
  }
  // Opened a second time, so that O_NONBLOCK is set only for us and not for other users of this pipe or terminal.
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  const int direction = for_writing ? O_WRONLY : O_RDONLY;
  const int own = above_standard_streams(::open(path.c_str(), direction | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (own < 0) return {descriptor, DescriptorKind::waiting, false};
  return {own, DescriptorKind::non_blocking, true};
}

StreamDescriptor::StreamDescriptor(StreamDescriptor&& other) noexcept
    : number_(other.number_), kind_(other.kind_), owned_(std::exchange(other.owned_, false)) {}

StreamDescriptor::~StreamDescriptor() {
  if (owned_) ::close(number_);
}

StreamResult<std::size_t> StreamDescriptor::read(std::span<std::uint8_t> buffer) const {
  if (kind_ == DescriptorKind::closed) return std::unexpected(StreamError::closed());
  if (kind_ == DescriptorKind::waiting && !is_ready(number_, POLLIN)) return std::size_t{0};
  const ssize_t count = kind_ == DescriptorKind::socket ? ::recv(number_, buffer.data(), buffer.size(), MSG_DONTWAIT)
                                                        : ::read(number_, buffer.data(), buffer.size());
  if (count < 0) return from_errno(errno);
  if (count == 0) return std::unexpected(StreamError::closed());
  return static_cast<std::size_t>(count);
}

StreamResult<std::size_t> StreamDescriptor::write(std::span<const std::uint8_t> bytes) const {
  ssize_t count = 0;
  switch (kind_) {
    case DescriptorKind::closed: return std::unexpected(StreamError::closed());
    case DescriptorKind::socket:
      count = ::send(number_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      break;
    case DescriptorKind::plain: count = ::write(number_, bytes.data(), bytes.size()); break;
    case DescriptorKind::waiting:
      if (!is_ready(number_, POLLOUT)) return std::size_t{0};
      bytes = bytes.first(std::min<std::size_t>(bytes.size(), PIPE_BUF));  // poll guarantees only this much space
      [[fallthrough]];
    case DescriptorKind::non_blocking: {
      const WithoutSigpipe guard;
      count = ::write(number_, bytes.data(), bytes.size());
      if (count < 0 && errno == EPIPE) {
        guard.take_signal();
        errno = EPIPE;
      }
      break;
    }
  }
  if (count < 0) return from_errno(errno);
  return static_cast<std::size_t>(count);
}

std::unique_ptr<ByteSource> make_descriptor_source(int descriptor) {
  return std::make_unique<DescriptorSource>(descriptor);
}

std::unique_ptr<ByteSink> make_descriptor_sink(int descriptor) { return std::make_unique<DescriptorSink>(descriptor); }

}  // namespace holdfast::wasi
