// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/descriptor_streams.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "holdfast/wasi/testing/caller_fixture.hpp"
#include "holdfast/wasi/testing/wait_observer.hpp"

namespace holdfast::wasi_test {
namespace {

using wasi::StreamDescriptor;
using wasi::StreamResult;

/// The two ends of a pipe or of a pair of sockets. Number 0 reads, number 1 writes.
class Ends {
 public:
  static Ends pipe() {
    Ends opened;
    EXPECT_EQ(::pipe2(opened.ends.data(), O_CLOEXEC), 0);
    return opened;
  }
  static Ends sockets() {
    Ends opened;
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, opened.ends.data()), 0);
    return opened;
  }
  Ends(Ends&& other) noexcept : ends(std::exchange(other.ends, {-1, -1})) {}
  ~Ends() {
    close(0);
    close(1);
  }
  int reader() const { return ends[0]; }
  int writer() const { return ends[1]; }
  void close(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  void send(std::string_view content) const {
    EXPECT_EQ(::write(writer(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
  }

 private:
  Ends() = default;
  std::array<int, 2> ends{-1, -1};
};

int file(const char* content) {
  std::string path = ::testing::TempDir() + "holdfast_XXXXXX";
  const int descriptor = ::mkstemp(path.data());
  EXPECT_GE(descriptor, 0);
  ::unlink(path.c_str());
  EXPECT_GE(::write(descriptor, content, std::char_traits<char>::length(content)), 0);
  EXPECT_EQ(::lseek(descriptor, 0, SEEK_SET), 0);
  return descriptor;
}

class EitherKind : public testing::TestWithParam<Ends (*)()> {
 protected:
  Ends ends = GetParam()();
};
INSTANTIATE_TEST_SUITE_P(DescriptorStreams, EitherKind, testing::Values(&Ends::pipe, &Ends::sockets),
                         [](const auto& kind) { return std::string(kind.index == 0 ? "Pipe" : "Socket"); });

TEST_P(EitherKind, ReadsAvailableBytesWithoutBlocking) {
  wasi::InputStream stream(wasi::make_descriptor_source(ends.reader()));
  EXPECT_EQ(*stream.read(100), Bytes{});
  EXPECT_FALSE(stream.subscribe().ready());
  ends.send("hello");
  EXPECT_TRUE(stream.subscribe().ready());
  EXPECT_EQ(text(*stream.read(100)), "hello");
  ends.close(1);
  EXPECT_THAT(stream.read(100), IsClosed());
}

TEST_P(EitherKind, LeavesTheDescriptorBlockingForOthers) {
  const int before = ::fcntl(ends.reader(), F_GETFL);
  wasi::InputStream stream(wasi::make_descriptor_source(ends.reader()));
  EXPECT_EQ(*stream.read(100), Bytes{});
  EXPECT_EQ(::fcntl(ends.reader(), F_GETFL), before);
  EXPECT_EQ(before & O_NONBLOCK, 0);
}

TEST_P(EitherKind, AFullReceiverDoesNotBlockTheWriter) {
  wasi::OutputStream stream(wasi::make_descriptor_sink(ends.writer()));
  std::uint64_t written = 0;
  for (std::uint64_t permit = *stream.check_write(); permit != 0; permit = *stream.check_write()) {
    ASSERT_TRUE(*stream.write(Bytes(permit)));
    written += permit;
    ASSERT_LT(written, 100U << 20) << "the receiver never fills up";
  }
  EXPECT_FALSE(stream.subscribe().ready());
  Bytes received(written);
  std::size_t count = 0;
  while (count < received.size()) {
    const ssize_t size = ::read(ends.reader(), received.data() + count, received.size() - count);
    ASSERT_GT(size, 0);
    count += static_cast<std::size_t>(size);
    static_cast<void>(stream.flush());
  }
  EXPECT_EQ(*stream.check_write(), wasi::stream_chunk);
}

TEST_P(EitherKind, WithoutAReaderTheStreamIsClosedAndNoSignalArrives) {
  wasi::OutputStream stream(wasi::make_descriptor_sink(ends.writer()));
  ends.close(0);
  static_cast<void>(stream.check_write());
  EXPECT_THAT(*stream.write(bytes("x")), IsClosed());  // by default, SIGPIPE would end this program
  EXPECT_THAT(stream.check_write(), IsClosed());
  sigset_t pending;
  ASSERT_EQ(::sigpending(&pending), 0);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
  sigset_t mask;
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &mask), 0);
  EXPECT_EQ(sigismember(&mask, SIGPIPE), 0) << "the thread's mask is unchanged";
}

TEST(DescriptorStreams, APendingSigpipeStaysPending) {
  sigset_t pipe_signal;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before), 0);
  ASSERT_EQ(::pthread_kill(::pthread_self(), SIGPIPE), 0);
  Ends ends = Ends::pipe();
  const StreamDescriptor writer = StreamDescriptor::over(ends.writer(), true);
  ends.close(0);
  EXPECT_THAT(writer.write(bytes("x")), IsClosed());
  const timespec no_time{};
  EXPECT_EQ(::sigtimedwait(&pipe_signal, nullptr, &no_time), SIGPIPE);
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
}

TEST(DescriptorStreams, FilesAreAlwaysReady) {
  const int descriptor = file("hello");
  wasi::InputStream stream(wasi::make_descriptor_source(descriptor));
  EXPECT_TRUE(stream.subscribe().ready());
  EXPECT_EQ(text(*stream.read(100)), "hello");
  EXPECT_THAT(stream.read(100), IsClosed());
  ::close(descriptor);
}

TEST(DescriptorStreams, WritesAtTheFilesPosition) {
  const int descriptor = file("hello");
  wasi::OutputStream stream(wasi::make_descriptor_sink(descriptor));
  static_cast<void>(stream.check_write());
  EXPECT_TRUE(*stream.write(bytes("J")));
  std::string content(5, '\0');
  EXPECT_EQ(::pread(descriptor, content.data(), 5, 0), 5);
  EXPECT_EQ(content, "Jello");
  ::close(descriptor);
}

TEST(DescriptorStreams, AFullDiskIsAFailure) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "no /dev/full";
  wasi::OutputStream stream(wasi::make_descriptor_sink(full));
  static_cast<void>(stream.check_write());
  EXPECT_THAT(*stream.write(bytes("x")), FailedWith(ENOSPC));
  EXPECT_THAT(stream.check_write(), IsClosed());
  ::close(full);
}

TEST(DescriptorStreams, ADescriptorThatIsNotOpenStaysClosed) {
  const int number = ::dup(STDERR_FILENO);
  ::close(number);
  wasi::InputStream stream(wasi::make_descriptor_source(number));
  wasi::OutputStream output(wasi::make_descriptor_sink(number));
  const int reused = file("secret");
  ASSERT_EQ(::dup2(reused, number), number);
  EXPECT_THAT(stream.read(100), IsClosed());
  static_cast<void>(output.check_write());
  EXPECT_THAT(*output.write(bytes("x")), IsClosed());
  if (reused != number) ::close(number);
  ::close(reused);
}

TEST(DescriptorStreams, ItsOwnDescriptorIsNeverAStandardStream) {
  const Ends ends = Ends::pipe();
  const int saved = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  ::close(STDIN_FILENO);
  {
    const StreamDescriptor reader = StreamDescriptor::over(ends.reader(), false);
    EXPECT_GT(reader.number(), STDERR_FILENO);
    EXPECT_EQ(::fcntl(STDIN_FILENO, F_GETFD), -1) << "it is still free";
  }
  if (saved >= 0) {
    ::dup2(saved, STDIN_FILENO);
    ::close(saved);
  }
}

TEST(DescriptorStreams, ATerminalIsReadWithoutBlocking) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::unlockpt(terminal) != 0) GTEST_SKIP() << "no pseudo-terminals";
  const int user = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(user, 0);
  wasi::InputStream stream(wasi::make_descriptor_source(user));
  EXPECT_EQ(*stream.read(100), Bytes{});
  ASSERT_EQ(::write(terminal, "line\n", 5), 5);
  EXPECT_TRUE(wasi::wait_until_ready(stream.channel(), std::chrono::steady_clock::now() + std::chrono::seconds(5)));
  EXPECT_EQ(text(*stream.read(100)), "line\n");
  ::close(user);
  ::close(terminal);
}

/// The source over a descriptor; it reports to an observer when it is waited for.
class ObservedSource final : public wasi::ByteSource {
 public:
  ObservedSource(int descriptor, WaitObserver& observer)
      : source_(wasi::make_descriptor_source(descriptor)), observer_(&observer) {}
  StreamResult<std::size_t> read(std::span<std::uint8_t> buffer) override { return source_->read(buffer); }
  wasi::WaitFor readable() override {
    observer_->count_question();
    return source_->readable();
  }

 private:
  std::unique_ptr<wasi::ByteSource> source_;
  WaitObserver* observer_;
};

class BlockedInput : public WithCaller {
 protected:
  Ends ends = Ends::pipe();
  WaitObserver observer;
  wasi::InputStream stream{std::make_unique<ObservedSource>(ends.reader(), observer)};
};

TEST_F(BlockedInput, EndsWhenTheStoreIsInterrupted) {
  std::thread other([this, handle = store.interrupt_handle()] {
    observer.block_until_waiting();
    handle.interrupt();
  });
  const auto read = traps_or<StreamResult<Bytes>>([&](Caller& caller) { return stream.blocking_read(caller, 100); });
  EXPECT_THAT(read, Fails(ErrorKind::limit, "the store was interrupted"));
  other.join();
}

TEST_F(BlockedInput, ContinuesWhenBytesArrive) {
  std::thread other([this] {
    observer.block_until_waiting();
    ends.send("late");
  });
  const auto read = traps_or<StreamResult<Bytes>>([&](Caller& caller) { return stream.blocking_read(caller, 100); });
  EXPECT_EQ(text(**read), "late");
  other.join();
}

}  // namespace
}  // namespace holdfast::wasi_test
