// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/file_streams.hpp"

#include <cerrno>
#include <fcntl.h>

#include "holdfast/wasi/filesystem/file_io.hpp"
#include "holdfast/wasi/filesystem/metadata_hash.hpp"
#include "holdfast/wasi/testing/filesystem_fixture.hpp"

namespace holdfast::wasi {
namespace {

using namespace testing;

class FileStreamsTest : public ::testing::Test {
 protected:
  FileStreamsTest() { folder.file("file", "0123456789"); }

  Descriptor open(std::string_view path) {
    auto base = Descriptor::open_folder({folder.path(), "/", read_write}, settings);
    auto opened = base->open_at(followed, path, OpenFlags::create, read_write_flags);
    if (!opened) throw std::runtime_error(std::string(name_of(opened.error())));
    return *std::move(opened);
  }
  static void write(OutputStream& stream, std::string_view content) {
    ASSERT_TRUE(stream.check_write().has_value());
    const auto written = stream.write(bytes(content));
    ASSERT_TRUE(written.has_value() && written->has_value());
  }

  TemporaryFolder folder;
  std::shared_ptr<const FilesystemSettings> settings =
      std::make_shared<FilesystemSettings>(FilesystemSettings::detect());
};

TEST_F(FileStreamsTest, ReadsFromItsOffsetToTheEnd) {
  auto stream = open("file").read_via_stream(4);
  ASSERT_THAT(stream, Succeeds());
  EXPECT_EQ(text(*stream->read(3)), "456");
  EXPECT_EQ(text(*stream->read(1000)), "789");
  const auto past = stream->read(1);
  ASSERT_FALSE(past.has_value());
  EXPECT_TRUE(past.error().is_closed());
}

TEST_F(FileStreamsTest, StreamsOnOneFileHaveTheirOwnPositions) {
  const Descriptor file = open("file");
  auto first = file.read_via_stream(0), second = file.read_via_stream(5);
  EXPECT_EQ(text(*first->read(2)), "01");
  EXPECT_EQ(text(*second->read(2)), "56");
  EXPECT_EQ(text(*first->read(2)), "23");
  auto writer = file.write_via_stream(8);
  write(*writer, "ab");
  write(*writer, "cd");
  EXPECT_EQ(folder.content("file"), "01234567abcd");
  EXPECT_EQ(text(*second->read(100)), "7abcd");
}

TEST_F(FileStreamsTest, AppendsAtTheCurrentEnd) {
  const Descriptor file = open("file");
  auto first = file.append_via_stream(), second = file.append_via_stream();
  write(*first, "a");
  write(*second, "b");
  ASSERT_EQ(*file.write(bytes("c"), 12), 1U);
  write(*first, "d");
  EXPECT_EQ(folder.content("file"), "0123456789abcd");
}

TEST_F(FileStreamsTest, WritingPastTheEndLeavesAHole) {
  auto writer = open("new").write_via_stream(3);
  write(*writer, "x");
  EXPECT_EQ(folder.content("new"), std::string("\0\0\0x", 4));
}

TEST_F(FileStreamsTest, ReadsAtMostOneChunk) {
  folder.file("large", std::string(3 * stream_chunk, 'x'));
  auto stream = open("large").read_via_stream(0);
  EXPECT_EQ(stream->read(std::numeric_limits<std::uint64_t>::max())->size(), stream_chunk);
}

TEST_F(FileStreamsTest, AnOffsetThatNoFileCanHaveFails) {
  const Descriptor file = open("file");
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const auto read = file.read_via_stream(most)->read(1);
  ASSERT_FALSE(read.has_value());
  EXPECT_FALSE(read.error().is_closed());
  EXPECT_EQ(std::get<IoError>(read.error().value).system_error(), EINVAL);
  FileSink sink(std::make_shared<UniqueFd>(::open((folder / "file").c_str(), O_WRONLY | O_CLOEXEC)), most);
  const auto written = sink.write(bytes("x"));
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(std::get<IoError>(written.error().value).system_error(), EFBIG);
}

TEST_F(FileStreamsTest, FullDiskIsAFailureWithItsReason) {
  auto full = std::make_shared<UniqueFd>(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  if (!*full) GTEST_SKIP() << "no /dev/full";
  FileSink sink(full, 0);
  const auto written = sink.write(bytes("x"));
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(std::get<IoError>(written.error().value).system_error(), ENOSPC);
  AppendingFileSink appending(full);
  EXPECT_FALSE(appending.write(bytes("x")).has_value());
}

TEST_F(FileStreamsTest, StreamOutlivesItsDescriptor) {
  std::optional<InputStream> stream;
  {
    const Descriptor file = open("file");
    stream.emplace(*file.read_via_stream(0));
  }
  EXPECT_EQ(text(*stream->read(2)), "01");
}

TEST(FileErrorTest, EveryCodeComesFromItsErrno) {
  const std::pair<int, const char*> cases[] = {{EACCES, "access"},
                                               {EAGAIN, "would-block"},
                                               {EALREADY, "already"},
                                               {EBADF, "bad-descriptor"},
                                               {EBUSY, "busy"},
                                               {EDEADLK, "deadlock"},
                                               {EDQUOT, "quota"},
                                               {EEXIST, "exist"},
                                               {EFBIG, "file-too-large"},
                                               {EILSEQ, "illegal-byte-sequence"},
                                               {EINPROGRESS, "in-progress"},
                                               {EINTR, "interrupted"},
                                               {EINVAL, "invalid"},
                                               {EIO, "io"},
                                               {EISDIR, "is-directory"},
                                               {ELOOP, "loop"},
                                               {EMLINK, "too-many-links"},
                                               {EMSGSIZE, "message-size"},
                                               {ENAMETOOLONG, "name-too-long"},
                                               {ENODEV, "no-device"},
                                               {ENOENT, "no-entry"},
                                               {ENOLCK, "no-lock"},
                                               {ENOMEM, "insufficient-memory"},
                                               {ENOSPC, "insufficient-space"},
                                               {ENOTDIR, "not-directory"},
                                               {ENOTEMPTY, "not-empty"},
                                               {ENOTRECOVERABLE, "not-recoverable"},
                                               {ENOTSUP, "unsupported"},
                                               {ENOTTY, "no-tty"},
                                               {ENXIO, "no-such-device"},
                                               {EOVERFLOW, "overflow"},
                                               {EPERM, "not-permitted"},
                                               {EPIPE, "pipe"},
                                               {EROFS, "read-only"},
                                               {ESPIPE, "invalid-seek"},
                                               {ETXTBSY, "text-file-busy"},
                                               {EXDEV, "cross-device"},
                                               {EWOULDBLOCK, "would-block"},
                                               {EOPNOTSUPP, "unsupported"},
                                               {ENOSYS, "unsupported"},
                                               {EMFILE, "insufficient-memory"},
                                               {ENFILE, "insufficient-memory"},
                                               {ENOBUFS, "insufficient-memory"},
                                               {ESTALE, "no-entry"},
                                               {ECHILD, "io"},
                                               {0, "io"}};
  for (const auto& [number, name] : cases) EXPECT_EQ(name_of(file_error(number)), name) << number;
}

TEST(MetadataHashTest, IsSipHash) {
  // The published test vectors: key 00 … 0f, message 00 … 07, and the empty message.
  const HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  const std::uint64_t word = 0x0706050403020100;
  EXPECT_EQ(keyed_hash(key, {}), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(keyed_hash(key, std::span(&word, 1)), 0x93f5f5799a932462U);
}

TEST(MetadataHashTest, KeysDiffer) {
  const HashKey first = HashKey::generate(), second = HashKey::generate();
  EXPECT_FALSE(first.first == second.first && first.second == second.second);
}

}  // namespace
}  // namespace holdfast::wasi
