// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/io/streams.hpp"

#include <cerrno>

#include "holdfast/wasi/testing/caller_fixture.hpp"

namespace holdfast::wasi_test {
namespace {

using wasi::InputStream;
using wasi::OrTrap;
using wasi::OutputStream;
using wasi::StreamError;
using wasi::StreamResult;

InputStream input(std::deque<std::string> pieces, StreamError end = {}) {
  return InputStream(std::make_unique<PiecewiseSource>(std::move(pieces), std::move(end)));
}
OutputStream output(SinkState& state) { return OutputStream(std::make_unique<LimitedSink>(state)); }

// --- input ---

TEST(InputStream, ReturnsAllBytesAndThenClosed) {
  InputStream stream = input({"hello"});
  EXPECT_EQ(text(*stream.read(2)), "he");
  EXPECT_EQ(text(*stream.read(100)), "llo");
  EXPECT_THAT(stream.read(100), IsClosed());
  EXPECT_THAT(stream.read(0), IsClosed());
}

TEST(InputStream, ReadingZeroBytesFromAnOpenStreamReturnsNothing) {
  InputStream stream = input({"x"});
  EXPECT_EQ(*stream.read(0), Bytes{});
  EXPECT_EQ(text(*stream.read(1)), "x");
}

TEST(InputStream, ReturnsAtMostOneChunk) {
  InputStream stream = input({std::string(wasi::stream_chunk + 1, 'x')});
  EXPECT_EQ(stream.read(0xffff'ffff'ffff'ffff)->size(), wasi::stream_chunk);
  EXPECT_EQ(*stream.skip(0xffff'ffff'ffff'ffff), 1U);
}

TEST(InputStream, AFailureIsReportedOnceThenTheStreamIsClosed) {
  InputStream stream = input({}, StreamError::failed(EIO));
  EXPECT_THAT(stream.read(1), FailedWith(EIO));
  EXPECT_THAT(stream.read(1), IsClosed());
}

TEST(InputStream, DroppingAStreamBeforeItsPollablesTraps) {
  InputStream stream = input({"x"});
  EXPECT_TRUE(stream.cleanup()) << "the stream never had a pollable";
  {
    const wasi::Pollable pollable = stream.subscribe();
    EXPECT_TRUE(pollable.ready());
    const auto dropped = stream.cleanup();
    ASSERT_FALSE(dropped);
    EXPECT_THAT(dropped.error().message(), testing::HasSubstr("dropped before its pollables"));
  }
  EXPECT_TRUE(stream.cleanup()) << "its pollable was dropped";
}

TEST(InputStream, APollableOfAClosedStreamIsReady) {
  InputStream stream = input({});
  EXPECT_THAT(stream.read(1), IsClosed());
  EXPECT_TRUE(stream.subscribe().ready());
}

class BlockingInput : public WithCaller {};

TEST_F(BlockingInput, WaitsForBytes) {
  InputStream stream = input({"", "", "abc"});
  const auto read = traps_or<StreamResult<Bytes>>([&](Caller& caller) { return stream.blocking_read(caller, 2); });
  EXPECT_EQ(text(**read), "ab");
  const auto skipped =
      traps_or<StreamResult<std::uint64_t>>([&](Caller& caller) { return stream.blocking_skip(caller, 10); });
  EXPECT_EQ(**skipped, 1U);
  const auto closed =
      traps_or<StreamResult<std::uint64_t>>([&](Caller& caller) { return stream.blocking_skip(caller, 10); });
  EXPECT_THAT(*closed, IsClosed());
}

TEST_F(BlockingInput, DoesNotWaitForZeroBytes) {
  InputStream stream = input({"", "abc"});
  const auto read = traps_or<StreamResult<Bytes>>([&](Caller& caller) { return stream.blocking_read(caller, 0); });
  EXPECT_EQ(**read, Bytes{});
}

// --- output ---

TEST(OutputStream, WritesUpToThePermit) {
  SinkState sink{.room = 100};
  OutputStream stream = output(sink);
  EXPECT_EQ(*stream.check_write(), wasi::stream_chunk);
  EXPECT_TRUE(stream.write(bytes("hello "))->has_value());
  EXPECT_TRUE(stream.write(bytes("world"))->has_value()) << "the rest of the permit";
  EXPECT_EQ(sink.accepted, "hello world");
}

TEST(OutputStream, TrapsWhenThePermitIsExceeded) {
  SinkState sink{.room = 1 << 20};
  OutputStream stream = output(sink);
  EXPECT_FALSE(stream.write(bytes("x"))) << "nothing was permitted";
  EXPECT_TRUE(stream.write({})) << "writing zero bytes needs no permit";
  const auto permit = *stream.check_write();
  EXPECT_FALSE(stream.write(Bytes(permit + 1)));
  EXPECT_TRUE(stream.write(Bytes(permit)));
  EXPECT_FALSE(stream.write(bytes("x"))) << "the permit is used up";
  static_cast<void>(stream.check_write());
  EXPECT_FALSE(stream.write_zeroes(permit + 1));
  EXPECT_TRUE(stream.write_zeroes(permit));
  EXPECT_FALSE(stream.write_zeroes(0xffff'ffff'ffff'ffff));
}

TEST(OutputStream, PermitsNothingUntilTheSinkHasTakenEverything) {
  SinkState sink{.room = 3};
  OutputStream stream = output(sink);
  static_cast<void>(stream.check_write());
  EXPECT_TRUE(stream.write(bytes("hello"))->has_value());
  EXPECT_EQ(sink.accepted, "hel");
  EXPECT_EQ(*stream.check_write(), 0U);
  EXPECT_FALSE(stream.subscribe().ready());
  EXPECT_TRUE(stream.flush());
  EXPECT_EQ(*stream.check_write(), 0U);
  sink.room = 100;
  EXPECT_TRUE(stream.subscribe().ready());
  EXPECT_EQ(*stream.check_write(), wasi::stream_chunk);
  EXPECT_EQ(sink.accepted, "hello");
}

TEST(OutputStream, AFailureIsReportedOnceThenTheStreamIsClosed) {
  SinkState sink{.room = 100};
  OutputStream stream = output(sink);
  static_cast<void>(stream.check_write());
  sink.error = StreamError::failed(ENOSPC);
  EXPECT_THAT(*stream.write(bytes("x")), FailedWith(ENOSPC));
  EXPECT_THAT(stream.check_write(), IsClosed());
  EXPECT_THAT(stream.flush(), IsClosed());
  EXPECT_TRUE(stream.subscribe().ready());
  EXPECT_FALSE(stream.write(bytes("x"))) << "a failed check-write permits nothing";
}

TEST(OutputStream, TheNextOperationReportsAFailureOfBufferedBytes) {
  SinkState sink{};
  OutputStream stream = output(sink);
  static_cast<void>(stream.check_write());
  EXPECT_TRUE(stream.write(bytes("kept"))->has_value());
  sink.error = StreamError::failed(ENOSPC);
  EXPECT_THAT(stream.check_write(), FailedWith(ENOSPC));
  EXPECT_THAT(stream.check_write(), IsClosed());
}

TEST(OutputStream, DroppingAStreamBeforeItsPollablesTraps) {
  SinkState sink{};
  OutputStream stream = output(sink);
  {
    const wasi::Pollable pollable = stream.subscribe();
    EXPECT_FALSE(stream.cleanup());
  }
  EXPECT_TRUE(stream.cleanup());
}

TEST(OutputStream, SplicesAvailableBytes) {
  SinkState sink{.room = 100};
  OutputStream stream = output(sink);
  InputStream source = input({"hello", ""});
  EXPECT_EQ(*stream.splice(source, 4), 4U);
  EXPECT_EQ(*stream.splice(source, 4), 1U);
  EXPECT_EQ(*stream.splice(source, 4), 0U);
  EXPECT_THAT(stream.splice(source, 4), IsClosed());
  EXPECT_EQ(sink.accepted, "hello");
}

TEST(OutputStream, SplicesNothingIntoAFullSinkSoThatNothingIsLost) {
  SinkState sink{};
  OutputStream stream = output(sink);
  static_cast<void>(stream.check_write());
  EXPECT_TRUE(stream.write(bytes("kept"))->has_value());
  InputStream source = input({"hello"});
  EXPECT_EQ(*stream.splice(source, 100), 0U);
  EXPECT_EQ(text(*source.read(100)), "hello");
}

class BlockingOutput : public WithCaller {
 protected:
  HostResult<StreamResult<void>> write(OutputStream& stream, const Bytes& content) {
    return traps_or<StreamResult<void>>(
        [&](Caller& caller) { return stream.blocking_write_and_flush(caller, content); });
  }
};

TEST_F(BlockingOutput, WritesAllBeforeItReturns) {
  SinkState sink{.room_for_each_wait = 2};
  OutputStream stream = output(sink);
  EXPECT_TRUE((*write(stream, bytes("hello"))).has_value());
  EXPECT_EQ(sink.accepted, "hello");
}

TEST_F(BlockingOutput, TrapsForMoreThan4096Bytes) {
  SinkState sink{.room = 1 << 20};
  OutputStream stream = output(sink);
  EXPECT_TRUE((*write(stream, Bytes(4096))).has_value());
  EXPECT_THAT(write(stream, Bytes(4097)), Traps("a blocking write of 4097 bytes"));
  const auto zeroes = [&](std::uint64_t length) {
    return traps_or<StreamResult<void>>(
        [&](Caller& caller) { return stream.blocking_write_zeroes_and_flush(caller, length); });
  };
  EXPECT_TRUE((*zeroes(4096)).has_value());
  EXPECT_THAT(zeroes(4097), Traps("exceeds the limit of 4096"));
  EXPECT_EQ(sink.accepted, std::string(8192, '\0'));
}

TEST_F(BlockingOutput, FlushWaitsForTheSink) {
  SinkState sink{.room_for_each_wait = 1};
  OutputStream stream = output(sink);
  static_cast<void>(stream.check_write());
  EXPECT_TRUE(stream.write(bytes("abc"))->has_value());
  EXPECT_EQ(sink.accepted, "");
  EXPECT_TRUE(
      (*traps_or<StreamResult<void>>([&](Caller& caller) { return stream.blocking_flush(caller); })).has_value());
  EXPECT_EQ(sink.accepted, "abc");
}

TEST_F(BlockingOutput, ASinkThatTakesNothingBlocksUntilTheStoreIsInterrupted) {
  SinkState sink{};
  OutputStream stream = output(sink);
  const auto written = traps_or<StreamResult<void>>([&](Caller& caller) {
    store.interrupt_handle().interrupt();
    return stream.blocking_write_and_flush(caller, bytes("x"));
  });
  EXPECT_THAT(written, Fails(ErrorKind::limit, "the store was interrupted"));
}

TEST_F(BlockingOutput, SplicesWhenBothAreReady) {
  SinkState sink{.room = 100};
  OutputStream stream = output(sink);
  InputStream source = input({"hello"});
  const auto spliced =
      traps_or<StreamResult<std::uint64_t>>([&](Caller& caller) { return stream.blocking_splice(caller, source, 3); });
  EXPECT_EQ(**spliced, 3U);
  EXPECT_EQ(sink.accepted, "hel");
}

}  // namespace
}  // namespace holdfast::wasi_test
