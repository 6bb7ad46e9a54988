// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasi/filesystem/descriptor.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "holdfast/wasi/testing/filesystem_fixture.hpp"

namespace holdfast::wasi {
namespace {

using namespace testing;

class DescriptorTest : public FilesystemTest {
 protected:
  DescriptorTest() { folder.file("inside/file", "0123456789"); }

  static Descriptor open(const Descriptor& base, std::string_view path, DescriptorFlags flags = read_write_flags,
                         OpenFlags open_flags = OpenFlags::none) {
    auto opened = base.open_at(followed, path, open_flags, flags);
    if (!opened) throw std::runtime_error(std::string(path) + ": " + std::string(name_of(opened.error())));
    return *std::move(opened);
  }
};
HOLDFAST_BOTH_RESOLVERS(DescriptorTest);

TEST_P(DescriptorTest, OpeningAnythingButAFolderIsAnErrorThatNamesIt) {
  for (const char* name : {"missing", "inside/file"}) {
    const auto opened = Descriptor::open_folder({folder / name, "/", read_write}, settings);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind(), ErrorKind::io);
    EXPECT_THAT(opened.error().message(), ::testing::HasSubstr((folder / name).string()));
  }
}

TEST_P(DescriptorTest, FlagsAndTypeMatchWhatWasOpened) {
  const Descriptor base = inside();
  folder.folder("inside/sub");
  EXPECT_EQ(*base.get_type(), DescriptorType::directory);
  EXPECT_EQ(*base.get_flags(), DescriptorFlags::read | DescriptorFlags::mutate_directory);
  EXPECT_EQ(*inside(read_only).get_flags(), DescriptorFlags::read);
  EXPECT_EQ(*open(base, "sub", DescriptorFlags::read).get_flags(),
            DescriptorFlags::read | DescriptorFlags::mutate_directory);
  const Descriptor file = open(base, "file");
  EXPECT_EQ(*file.get_type(), DescriptorType::regular_file);
  EXPECT_EQ(*file.get_flags(), read_write_flags);
  EXPECT_EQ(*open(base, "file", DescriptorFlags::read).get_flags(), DescriptorFlags::read);
}

TEST_P(DescriptorTest, ReadsAndWritesAtOffsets) {
  const Descriptor file = open(inside(), "file");
  EXPECT_EQ(text(std::get<0>(*file.read(4, 3))), "3456");
  EXPECT_EQ(*file.write(bytes("ab"), 4), 2U);
  EXPECT_EQ(folder.content("inside/file"), "0123ab6789");
  EXPECT_EQ(*file.write(bytes("z"), 12), 1U);
  EXPECT_EQ(folder.content("inside/file"), std::string("0123ab6789\0\0z", 13));
  EXPECT_EQ(*file.write({}, 0), 0U);
}

TEST_P(DescriptorTest, ReadReportsTheEnd) {
  const Descriptor file = open(inside(), "file");
  EXPECT_EQ(*file.read(100, 8), std::tuple(bytes("89"), false));
  EXPECT_EQ(*file.read(100, 10), std::tuple(bytes(""), true));
  EXPECT_EQ(*file.read(100, 1000), std::tuple(bytes(""), true));
  EXPECT_EQ(*file.read(0, 0), std::tuple(bytes(""), false));
}

TEST_P(DescriptorTest, LengthsAndOffsetsOfAnySizeAreHarmless) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  folder.file("inside/large", std::string(most_read_bytes + 1, 'x'));
  const Descriptor file = open(inside(), "large");
  EXPECT_EQ(std::get<0>(*file.read(most, 0)).size(), most_read_bytes);
  EXPECT_THAT(file.read(1, most), FailsWith(FileError::invalid));
  EXPECT_THAT(file.read(1, std::uint64_t{1} << 63), FailsWith(FileError::invalid));
  EXPECT_THAT(file.write(bytes("x"), most), FailsWith(FileError::file_too_large));
  EXPECT_THAT(file.write(bytes("xy"), (std::uint64_t{1} << 63) - 1), FailsWith(FileError::file_too_large));
  EXPECT_THAT(file.set_size(most), FailsWith(FileError::file_too_large));
  EXPECT_THAT(file.advise(most, 1, Advice::normal), FailsWith(FileError::invalid));
  EXPECT_THAT(file.advise(0, most, Advice::normal), FailsWith(FileError::invalid));
}

TEST_P(DescriptorTest, ExceedingTheLimitOnFileSizesIsAnErrorInsteadOfASignal) {
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const Descriptor file = open(inside(), "file");
  rlimit limit = old_limit;
  limit.rlim_cur = 12;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto part = file.write(bytes("abcdef"), 8);
  const auto past = file.write(bytes("x"), 12);
  const auto resized = file.set_size(13);
  const auto resized_to_limit = file.set_size(12);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  EXPECT_EQ(part, 4U);
  EXPECT_THAT(past, FailsWith(FileError::file_too_large));
  EXPECT_THAT(resized, FailsWith(FileError::file_too_large));
  EXPECT_THAT(resized_to_limit, Succeeds());
}

TEST_P(DescriptorTest, OperationsThatTheFlagsDoNotAllowAreRefused) {
  const Descriptor base = inside();
  const Descriptor reader = open(base, "file", DescriptorFlags::read);
  EXPECT_THAT(reader.write(bytes("x"), 0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(reader.write_via_stream(0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(reader.append_via_stream(), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(reader.set_size(0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(reader.sync(), Succeeds()) << "without effect";
  const Descriptor writer = open(base, "file", DescriptorFlags::write);
  EXPECT_THAT(writer.read(1, 0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(writer.read_via_stream(0), FailsWith(FileError::bad_descriptor));
  EXPECT_EQ(folder.content("inside/file"), "0123456789");
}

TEST_P(DescriptorTest, FunctionsOfFilesRefuseDirectories) {
  const Descriptor base = inside();
  EXPECT_THAT(base.read(1, 0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(base.write(bytes("x"), 0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(base.read_via_stream(0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(base.write_via_stream(0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(base.append_via_stream(), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(base.set_size(0), FailsWith(FileError::bad_descriptor));
  EXPECT_THAT(base.advise(0, 0, Advice::normal), FailsWith(FileError::bad_descriptor));
}

TEST_P(DescriptorTest, FunctionsOfDirectoriesRefuseFiles) {
  const Descriptor base = inside(), file = open(base, "file");
  constexpr auto not_directory = FileError::not_directory;
  EXPECT_THAT(file.read_directory(), FailsWith(not_directory));
  EXPECT_THAT(file.create_directory_at("x"), FailsWith(not_directory));
  EXPECT_THAT(file.stat_at(followed, "x"), FailsWith(not_directory));
  EXPECT_THAT(file.stat_at(followed, "."), FailsWith(not_directory));
  EXPECT_THAT(file.set_times_at(followed, "x", NewTimestamp::now(), NewTimestamp::now()), FailsWith(not_directory));
  EXPECT_THAT(file.link_at(not_followed, "x", base, "y"), FailsWith(not_directory));
  EXPECT_THAT(base.link_at(not_followed, "file", file, "y"), FailsWith(not_directory));
  EXPECT_THAT(file.open_at(followed, "x", OpenFlags::none, DescriptorFlags::read), FailsWith(not_directory));
  EXPECT_THAT(file.readlink_at("x"), FailsWith(not_directory));
  EXPECT_THAT(file.remove_directory_at("x"), FailsWith(not_directory));
  EXPECT_THAT(file.rename_at("x", base, "y"), FailsWith(not_directory));
  EXPECT_THAT(base.rename_at("file", file, "y"), FailsWith(not_directory));
  EXPECT_THAT(file.symlink_at("x", "y"), FailsWith(not_directory));
  EXPECT_THAT(file.unlink_file_at("x"), FailsWith(not_directory));
  EXPECT_THAT(file.metadata_hash_at(followed, "x"), FailsWith(not_directory));
}

TEST_P(DescriptorTest, AReadOnlyFolderRefusesEveryChange) {
  folder.folder("inside/sub");
  folder.link("file", "inside/link");
  const Descriptor base = inside(read_only), writable = open_folder("outside");
  const auto refused = FailsWith(FileError::read_only);
  constexpr auto none = OpenFlags::none;
  const auto now = NewTimestamp::now();
  for (const char* name : {"file", "new", "link", "sub"}) {
    EXPECT_THAT(base.open_at(followed, name, none, DescriptorFlags::write), refused) << name;
    EXPECT_THAT(base.open_at(followed, name, none, DescriptorFlags::mutate_directory), refused) << name;
    EXPECT_THAT(base.open_at(followed, name, OpenFlags::create, DescriptorFlags::read), refused) << name;
    EXPECT_THAT(base.open_at(followed, name, OpenFlags::truncate, DescriptorFlags::read), refused) << name;
    EXPECT_THAT(base.create_directory_at(name), refused) << name;
    EXPECT_THAT(base.set_times_at(followed, name, now, now), refused) << name;
    EXPECT_THAT(base.link_at(not_followed, name, base, "x"), refused) << name;
    EXPECT_THAT(base.link_at(not_followed, name, writable, "x"), refused) << name;
    EXPECT_THAT(writable.link_at(not_followed, "secret", base, name), refused) << name;
    EXPECT_THAT(base.rename_at(name, base, "x"), refused) << name;
    EXPECT_THAT(base.rename_at(name, writable, "x"), refused) << name;
    EXPECT_THAT(writable.rename_at("secret", base, name), refused) << name;
    EXPECT_THAT(base.symlink_at("x", name), refused) << name;
    EXPECT_THAT(base.unlink_file_at(name), refused) << name;
    EXPECT_THAT(base.remove_directory_at(name), refused) << name;
  }
  EXPECT_THAT(base.set_times(now, now), refused);
  const Descriptor file = open(base, "file", DescriptorFlags::read), sub = open(base, "sub", DescriptorFlags::read);
  EXPECT_THAT(file.write(bytes("x"), 0), refused);
  EXPECT_THAT(file.write_via_stream(0), refused);
  EXPECT_THAT(file.append_via_stream(), refused);
  EXPECT_THAT(file.set_size(0), refused);
  EXPECT_THAT(file.set_times(now, now), refused);
  EXPECT_THAT(sub.create_directory_at("x"), refused);
  EXPECT_THAT(sub.open_at(followed, "x", OpenFlags::create, DescriptorFlags::write), refused);
  EXPECT_THAT(sub.set_times(now, now), refused);
  EXPECT_EQ(folder.content("inside/file"), "0123456789");
  EXPECT_EQ(content(base, "link"), "0123456789") << "reading is allowed";
}

TEST_P(DescriptorTest, ADirectoryThatWasOpenedForReadingMayBeChanged) {
  folder.folder("inside/sub");
  const Descriptor sub = open(inside(), "sub", DescriptorFlags::read);
  EXPECT_THAT(sub.create_directory_at("made"), Succeeds());
  EXPECT_THAT(sub.open_at(followed, "../file", OpenFlags::none, DescriptorFlags::read),
              FailsWith(FileError::not_permitted))
      << "a descriptor never reaches above itself, even inside the preopened folder";
}

TEST_P(DescriptorTest, OpenFlagsDoWhatTheySay) {
  const Descriptor base = inside();
  constexpr auto create = OpenFlags::create;
  EXPECT_THAT(base.open_at(followed, "new", OpenFlags::none, read_write_flags), FailsWith(FileError::no_entry));
  EXPECT_THAT(base.open_at(followed, "new", create, read_write_flags), Succeeds());
  EXPECT_THAT(base.open_at(followed, "new", create | OpenFlags::exclusive, read_write_flags),
              FailsWith(FileError::exist));
  EXPECT_THAT(base.open_at(followed, "file", create, read_write_flags), Succeeds());
  EXPECT_EQ(folder.content("inside/file"), "0123456789");
  EXPECT_THAT(base.open_at(followed, "file", OpenFlags::truncate, read_write_flags), Succeeds());
  EXPECT_EQ(folder.content("inside/file"), "");
  EXPECT_THAT(base.open_at(followed, "file", OpenFlags::directory, DescriptorFlags::read),
              FailsWith(FileError::not_directory));
  EXPECT_THAT(base.open_at(followed, "x", OpenFlags::directory | create, DescriptorFlags::read),
              FailsWith(FileError::invalid));
  EXPECT_FALSE(folder.exists("inside/x"));
  EXPECT_THAT(base.open_at(followed, ".", OpenFlags::none, read_write_flags), FailsWith(FileError::is_directory));
  EXPECT_THAT(base.open_at(followed, "new/", create, read_write_flags), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.open_at(followed, "other/", create, read_write_flags), FailsWith(FileError::is_directory));
}

TEST_P(DescriptorTest, OpeningASpecialFileIsRefusedWithoutBlocking) {
  folder.pipe("inside/pipe");
  folder.link("pipe", "inside/to_pipe");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string place = (folder / "inside/socket").string();
  ASSERT_LT(place.size(), sizeof address.sun_path);
  place.copy(address.sun_path, place.size());
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const Descriptor base = inside();
  for (const char* name : {"pipe", "to_pipe", "socket"}) {
    for (const auto flags : {DescriptorFlags::none, DescriptorFlags::read, DescriptorFlags::write, read_write_flags}) {
      for (const auto open_flags : {OpenFlags::none, OpenFlags::create, OpenFlags::truncate}) {
        EXPECT_THAT(base.open_at(followed, name, open_flags, flags), FailsWith(FileError::not_permitted)) << name;
      }
    }
  }
  EXPECT_EQ(base.stat_at(followed, "to_pipe")->type, DescriptorType::fifo);
  EXPECT_EQ(base.stat_at(not_followed, "socket")->type, DescriptorType::socket);
  EXPECT_THAT(base.set_times_at(followed, "pipe", NewTimestamp::now(), NewTimestamp::now()), Succeeds());
  EXPECT_THAT(base.rename_at("pipe", base, "renamed"), Succeeds());
  EXPECT_THAT(base.unlink_file_at("renamed"), Succeeds());
}

TEST_P(DescriptorTest, DevicesAreNotOpened) {
  const auto devices = Descriptor::open_folder({"/dev", "/dev", read_write}, settings);
  ASSERT_TRUE(devices.has_value());
  for (const char* name : {"null", "zero", "tty", "full"}) {
    EXPECT_FALSE(devices->open_at(followed, name, OpenFlags::none, DescriptorFlags::read).has_value()) << name;
  }
  EXPECT_THAT(devices->open_at(followed, "zero", OpenFlags::none, DescriptorFlags::read),
              FailsWith(FileError::not_permitted));
}

TEST_P(DescriptorTest, StatReportsTypeSizeLinksAndTimes) {
  const Descriptor base = inside();
  ASSERT_THAT(base.link_at(not_followed, "file", base, "hard"), Succeeds());
  const Descriptor file = open(base, "file");
  ASSERT_THAT(file.set_times(NewTimestamp::at({7, 8}), NewTimestamp::at({9, 999'999'999})), Succeeds());
  const auto status = file.stat();
  ASSERT_THAT(status, Succeeds());
  EXPECT_EQ(status->type, DescriptorType::regular_file);
  EXPECT_EQ(status->size, 10U);
  EXPECT_EQ(status->link_count, 2U);
  EXPECT_EQ(status->data_access_timestamp->seconds, 7U);
  EXPECT_EQ(status->data_access_timestamp->nanoseconds, 8U);
  EXPECT_EQ(status->data_modification_timestamp->seconds, 9U);
  EXPECT_EQ(status->data_modification_timestamp->nanoseconds, 999'999'999U);
  EXPECT_GT(status->status_change_timestamp->seconds, 1'000'000'000U);
  EXPECT_EQ(base.stat()->type, DescriptorType::directory);
}

TEST_P(DescriptorTest, TimesAreSetKeptOrRefused) {
  const Descriptor base = inside(), file = open(base, "file");
  ASSERT_THAT(file.set_times(NewTimestamp::at({1, 0}), NewTimestamp::at({2, 0})), Succeeds());
  ASSERT_THAT(base.set_times_at(followed, "file", NewTimestamp::no_change(), NewTimestamp::now()), Succeeds());
  EXPECT_EQ(file.stat()->data_access_timestamp->seconds, 1U);
  EXPECT_GT(file.stat()->data_modification_timestamp->seconds, 1'000'000'000U);
  const auto same = NewTimestamp::no_change();
  for (const std::uint32_t nanoseconds : {1'000'000'000U, (1U << 30) - 1, (1U << 30) - 2, 0xffffffffU}) {
    EXPECT_THAT(file.set_times(NewTimestamp::at({1, nanoseconds}), same), FailsWith(FileError::invalid));
  }
  EXPECT_THAT(file.set_times(same, NewTimestamp::at({std::uint64_t{1} << 63, 0})), FailsWith(FileError::overflow));
  EXPECT_EQ(file.stat()->data_access_timestamp->seconds, 1U);
}

TEST_P(DescriptorTest, ALinkHasItsOwnTimes) {
  folder.link("file", "inside/link");
  folder.link("../outside/secret", "inside/out");
  const Descriptor base = inside();
  const auto time = NewTimestamp::at({5, 0});
  ASSERT_THAT(base.set_times_at(not_followed, "link", time, time), Succeeds());
  EXPECT_EQ(base.stat_at(not_followed, "link")->data_modification_timestamp->seconds, 5U);
  EXPECT_GT(base.stat_at(followed, "link")->data_modification_timestamp->seconds, 5U);
  ASSERT_THAT(base.set_times_at(not_followed, "out", time, time), Succeeds()) << "the link is inside";
  EXPECT_THAT(base.set_times_at(followed, "out", time, time), FailsWith(FileError::not_permitted));
}

TEST_P(DescriptorTest, SetsTheSize) {
  const Descriptor file = open(inside(), "file");
  EXPECT_THAT(file.set_size(3), Succeeds());
  EXPECT_EQ(folder.content("inside/file"), "012");
  EXPECT_THAT(file.set_size(5), Succeeds());
  EXPECT_EQ(folder.content("inside/file"), std::string("012\0\0", 5));
}

TEST_P(DescriptorTest, AcceptsSyncAndAdvice) {
  const Descriptor base = inside(), file = open(base, "file");
  EXPECT_THAT(file.sync(), Succeeds());
  EXPECT_THAT(file.sync_data(), Succeeds());
  EXPECT_THAT(base.sync(), Succeeds());
  for (const auto advice :
       {Advice::normal, Advice::sequential, Advice::random, Advice::will_need, Advice::dont_need, Advice::no_reuse}) {
    EXPECT_THAT(file.advise(0, 100, advice), Succeeds());
  }
  constexpr auto synchronous = DescriptorFlags::file_integrity_sync | DescriptorFlags::data_integrity_sync |
                               DescriptorFlags::requested_write_sync;
  EXPECT_EQ(*open(base, "file", read_write_flags | synchronous).write(bytes("x"), 0), 1U);
}

TEST_P(DescriptorTest, IsSameObjectComparesFilesAndNotNames) {
  const Descriptor base = inside();
  folder.file("inside/other", "0123456789");
  ASSERT_THAT(base.link_at(not_followed, "file", base, "hard"), Succeeds());
  EXPECT_TRUE(open(base, "file").is_same_object(open(base, "hard")));
  EXPECT_FALSE(open(base, "file").is_same_object(open(base, "other")));
  EXPECT_TRUE(base.is_same_object(open(base, ".", DescriptorFlags::read)));
}

TEST_P(DescriptorTest, MetadataHashIsStableUntilTheFileChanges) {
  const Descriptor base = inside(), file = open(base, "file");
  const MetadataHash hash = *file.metadata_hash();
  EXPECT_EQ(*file.metadata_hash(), hash);
  EXPECT_EQ(*base.metadata_hash_at(followed, "file"), hash);
  ASSERT_THAT(base.rename_at("file", base, "renamed"), Succeeds());
  EXPECT_EQ(*base.metadata_hash_at(followed, "renamed"), hash);
  ASSERT_EQ(*file.write(bytes("longer than before"), 0), 18U);
  const MetadataHash changed = *file.metadata_hash();
  EXPECT_NE(changed, hash);
  EXPECT_EQ(changed.lower, hash.lower) << "it is still the same file";
  folder.file("inside/other", "longer than before");
  EXPECT_NE(base.metadata_hash_at(followed, "other")->lower, hash.lower);
  folder.link("renamed", "inside/link");
  EXPECT_EQ(*base.metadata_hash_at(followed, "link"), changed);
  EXPECT_NE(base.metadata_hash_at(not_followed, "link")->lower, hash.lower);
}

TEST_P(DescriptorTest, DescriptorSurvivesTheRemovalOfItsFile) {
  const Descriptor base = inside(), file = open(base, "file");
  ASSERT_THAT(base.unlink_file_at("file"), Succeeds());
  EXPECT_EQ(text(std::get<0>(*file.read(3, 0))), "012");
  EXPECT_EQ(file.stat()->link_count, 0U);
}

}  // namespace
}  // namespace holdfast::wasi
