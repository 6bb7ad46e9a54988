// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <dirent.h>
#include <map>
#include <set>

#include "holdfast/wasi/testing/filesystem_fixture.hpp"

namespace holdfast::wasi {
namespace {

using namespace testing;

class DescriptorPathsTest : public FilesystemTest {
 protected:
  DescriptorPathsTest() {
    folder.file("inside/file", "content");
    folder.folder("inside/sub");
    folder.link("../outside", "inside/out");
    folder.link((folder / "outside").string(), "inside/absolute");
  }
};
HOLDFAST_BOTH_RESOLVERS(DescriptorPathsTest);

TEST_P(DescriptorPathsTest, NoFunctionAcceptsAPathThatLeadsOut) {
  const Descriptor base = inside();
  const auto now = NewTimestamp::now();
  for (const std::string& prefix : {std::string(".."), std::string("../outside"), std::string("sub/../.."),
                                    std::string("out"), std::string("absolute"), (folder / "outside").string()}) {
    const std::string old = prefix + "/secret", created = prefix + "/made";
    const auto refused = FailsWith(FileError::not_permitted);
    for (const auto flags : {followed, not_followed}) {
      EXPECT_THAT(base.open_at(flags, old, OpenFlags::none, DescriptorFlags::read), refused) << prefix;
      EXPECT_THAT(base.open_at(flags, created, OpenFlags::create, read_write_flags), refused) << prefix;
      EXPECT_THAT(base.open_at(flags, created, OpenFlags::create | OpenFlags::exclusive, read_write_flags), refused);
      EXPECT_THAT(base.stat_at(flags, old), refused) << prefix;
      EXPECT_THAT(base.metadata_hash_at(flags, old), refused) << prefix;
      EXPECT_THAT(base.set_times_at(flags, old, now, now), refused) << prefix;
    }
    EXPECT_THAT(base.create_directory_at(created), refused) << prefix;
    EXPECT_THAT(base.link_at(not_followed, old, base, "stolen"), refused) << prefix;
    EXPECT_THAT(base.link_at(not_followed, "file", base, created), refused) << prefix;
    EXPECT_THAT(base.readlink_at(old), refused) << prefix;
    EXPECT_THAT(base.remove_directory_at(prefix + "/sub"), refused) << prefix;
    EXPECT_THAT(base.rename_at(old, base, "stolen"), refused) << prefix;
    EXPECT_THAT(base.rename_at("file", base, created), refused) << prefix;
    EXPECT_THAT(base.symlink_at("x", created), refused) << prefix;
    EXPECT_THAT(base.unlink_file_at(old), refused) << prefix;
  }
  EXPECT_EQ(folder.content("outside/secret"), "secret");
  EXPECT_FALSE(folder.exists("outside/made"));
  EXPECT_FALSE(folder.exists("inside/stolen"));
}

TEST_P(DescriptorPathsTest, NoFunctionAcceptsANulOrAnEmptyPath) {
  const Descriptor base = inside();
  const auto now = NewTimestamp::now();
  using namespace std::string_view_literals;
  for (const auto& [path, error] : std::map<std::string_view, FileError>{
           {""sv, FileError::no_entry}, {"file\0"sv, FileError::invalid}, {"file\0/../.."sv, FileError::invalid}}) {
    const auto refused = FailsWith(error);
    EXPECT_THAT(base.open_at(followed, path, OpenFlags::create, DescriptorFlags::read), refused);
    EXPECT_THAT(base.stat_at(followed, path), refused);
    EXPECT_THAT(base.metadata_hash_at(followed, path), refused);
    EXPECT_THAT(base.set_times_at(followed, path, now, now), refused);
    EXPECT_THAT(base.create_directory_at(path), refused);
    EXPECT_THAT(base.link_at(not_followed, path, base, "x"), refused);
    EXPECT_THAT(base.link_at(not_followed, "file", base, path), refused);
    EXPECT_THAT(base.readlink_at(path), refused);
    EXPECT_THAT(base.remove_directory_at(path), refused);
    EXPECT_THAT(base.rename_at(path, base, "x"), refused);
    EXPECT_THAT(base.rename_at("file", base, path), refused);
    EXPECT_THAT(base.symlink_at("x", path), refused);
    EXPECT_THAT(base.symlink_at(path, "x"), refused);
    EXPECT_THAT(base.unlink_file_at(path), refused);
  }
  EXPECT_EQ(folder.content("inside/file"), "content");
}

TEST_P(DescriptorPathsTest, LastLinkThatLeadsOutIsRefusedOrSeenAsALink) {
  folder.link("../outside/secret", "inside/leak");
  const Descriptor base = inside();
  EXPECT_EQ(content(base, "leak"), "not-permitted");
  EXPECT_EQ(content(base, "leak", not_followed), "loop");
  EXPECT_THAT(base.stat_at(followed, "leak"), FailsWith(FileError::not_permitted));
  EXPECT_EQ(base.stat_at(not_followed, "leak")->type, DescriptorType::symbolic_link);
  EXPECT_THAT(base.stat_at(not_followed, "out/"), FailsWith(FileError::not_permitted))
      << "a slash at the end follows the link";
  EXPECT_THAT(base.open_at(followed, "leak", OpenFlags::truncate, read_write_flags),
              FailsWith(FileError::not_permitted));
  EXPECT_EQ(folder.content("outside/secret"), "secret");
  EXPECT_THAT(base.unlink_file_at("leak"), Succeeds());
  EXPECT_EQ(folder.content("outside/secret"), "secret");
}

TEST_P(DescriptorPathsTest, HardLinkOfALinkIsALinkAndNotItsTarget) {
  folder.link("../outside/secret", "inside/leak");
  const Descriptor base = inside();
  ASSERT_THAT(base.link_at(not_followed, "leak", base, "copy"), Succeeds());
  EXPECT_EQ(base.stat_at(not_followed, "copy")->type, DescriptorType::symbolic_link);
  EXPECT_EQ(content(base, "copy"), "not-permitted");
  EXPECT_THAT(base.link_at(followed, "leak", base, "followed"), FailsWith(FileError::invalid));
  EXPECT_THAT(base.link_at(not_followed, "out/", base, "x"), FailsWith(FileError::not_directory));
}

TEST_P(DescriptorPathsTest, LinksFiles) {
  const Descriptor base = inside();
  ASSERT_THAT(base.link_at(not_followed, "file", base, "sub/hard"), Succeeds());
  EXPECT_EQ(content(base, "sub/hard"), "content");
  EXPECT_THAT(base.link_at(not_followed, "missing", base, "x"), FailsWith(FileError::no_entry));
  EXPECT_THAT(base.link_at(not_followed, "file", base, "sub/hard"), FailsWith(FileError::exist));
  EXPECT_THAT(base.link_at(not_followed, "file", base, "new/"), FailsWith(FileError::no_entry));
  EXPECT_THAT(base.link_at(not_followed, "file", base, "sub/"), FailsWith(FileError::exist));
  EXPECT_THAT(base.link_at(not_followed, "sub", base, "x"), FailsWith(FileError::not_permitted));
  EXPECT_THAT(base.link_at(not_followed, "sub/", base, "x"), FailsWith(FileError::not_permitted));
  EXPECT_THAT(base.link_at(not_followed, "file/", base, "x"), FailsWith(FileError::not_directory));
}

TEST_P(DescriptorPathsTest, MakesAndRemovesDirectories) {
  const Descriptor base = inside();
  EXPECT_THAT(base.create_directory_at("new/"), Succeeds());
  EXPECT_THAT(base.create_directory_at("new/deeper"), Succeeds());
  EXPECT_THAT(base.create_directory_at("new"), FailsWith(FileError::exist));
  EXPECT_THAT(base.create_directory_at("file"), FailsWith(FileError::exist));
  EXPECT_THAT(base.create_directory_at("."), FailsWith(FileError::exist));
  EXPECT_THAT(base.create_directory_at("missing/x"), FailsWith(FileError::no_entry));
  EXPECT_THAT(base.create_directory_at(std::string(256, 'x')), FailsWith(FileError::name_too_long));
  EXPECT_THAT(base.remove_directory_at("new"), FailsWith(FileError::not_empty));
  EXPECT_THAT(base.remove_directory_at("file"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.remove_directory_at("out"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.remove_directory_at("out/"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.remove_directory_at("."), FailsWith(FileError::invalid));
  EXPECT_THAT(base.remove_directory_at("new/deeper/"), Succeeds());
  EXPECT_THAT(base.remove_directory_at("new"), Succeeds());
  EXPECT_FALSE(folder.exists("inside/new"));
}

TEST_P(DescriptorPathsTest, Unlinks) {
  const Descriptor base = inside();
  EXPECT_THAT(base.unlink_file_at("sub"), FailsWith(FileError::is_directory));
  EXPECT_THAT(base.unlink_file_at("sub/"), FailsWith(FileError::is_directory));
  EXPECT_THAT(base.unlink_file_at("."), FailsWith(FileError::is_directory));
  EXPECT_THAT(base.unlink_file_at("file/"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.unlink_file_at("out/"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.unlink_file_at("missing"), FailsWith(FileError::no_entry));
  EXPECT_THAT(base.unlink_file_at("out"), Succeeds());
  EXPECT_TRUE(folder.exists("outside"));
  EXPECT_THAT(base.unlink_file_at("file"), Succeeds());
  EXPECT_FALSE(folder.exists("inside/file"));
}

TEST_P(DescriptorPathsTest, RenamesWithinAFolder) {
  const Descriptor base = inside();
  EXPECT_THAT(base.rename_at("file", base, "sub/moved"), Succeeds());
  EXPECT_EQ(folder.content("inside/sub/moved"), "content");
  EXPECT_THAT(base.rename_at("file", base, "x"), FailsWith(FileError::no_entry));
  EXPECT_THAT(base.rename_at("sub/", base, "renamed/"), Succeeds());
  EXPECT_THAT(base.rename_at("renamed/moved", base, "x/"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.rename_at("renamed/moved/", base, "x"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.rename_at("out/", base, "x"), FailsWith(FileError::not_directory));
  EXPECT_THAT(base.rename_at("renamed", base, "renamed/x"), FailsWith(FileError::invalid));
  EXPECT_THAT(base.rename_at(".", base, "x"), FailsWith(FileError::busy));
  EXPECT_THAT(base.rename_at("out", base, "link"), Succeeds()) << "the link is renamed, not what it points to";
  EXPECT_TRUE(folder.exists("outside/secret"));
}

TEST_P(DescriptorPathsTest, RenamesFromFolderToFolder) {
  folder.folder("second");
  const Descriptor base = inside(), second = open_folder("second"), closed = open_folder("second", read_only);
  EXPECT_THAT(base.rename_at("file", closed, "file"), FailsWith(FileError::read_only));
  EXPECT_THAT(base.rename_at("file", second, "moved"), Succeeds());
  EXPECT_EQ(folder.content("second/moved"), "content");
  EXPECT_THAT(closed.rename_at("moved", base, "file"), FailsWith(FileError::read_only));
  EXPECT_THAT(second.rename_at("moved", base, "../second/x"), FailsWith(FileError::not_permitted));
  EXPECT_EQ(folder.content("second/moved"), "content");
}

TEST_P(DescriptorPathsTest, MakesAndReadsLinks) {
  const Descriptor base = inside();
  EXPECT_THAT(base.symlink_at("../file", "sub/link"), Succeeds());
  EXPECT_EQ(*base.readlink_at("sub/link"), "../file");
  EXPECT_EQ(content(base, "sub/link"), "content");
  EXPECT_THAT(base.symlink_at("x", "file"), FailsWith(FileError::exist));
  EXPECT_THAT(base.symlink_at("x", "new/"), FailsWith(FileError::no_entry));
  EXPECT_THAT(base.symlink_at("x", "sub/"), FailsWith(FileError::exist));
  EXPECT_THAT(base.symlink_at(std::string(5000, 'x'), "long"), FailsWith(FileError::name_too_long));
  EXPECT_THAT(base.readlink_at("file"), FailsWith(FileError::invalid));
  EXPECT_THAT(base.readlink_at("sub"), FailsWith(FileError::invalid));
  EXPECT_THAT(base.readlink_at("missing"), FailsWith(FileError::no_entry));
  EXPECT_EQ(*base.readlink_at("out"), "../outside") << "a relative link may be read wherever it leads";
}

TEST_P(DescriptorPathsTest, AbsoluteLinksAreNeitherCreatedNorRead) {
  const Descriptor base = inside();
  EXPECT_THAT(base.symlink_at("/etc/passwd", "x"), FailsWith(FileError::not_permitted));
  EXPECT_THAT(base.symlink_at("/", "x"), FailsWith(FileError::not_permitted));
  EXPECT_FALSE(folder.exists("inside/x"));
  EXPECT_THAT(base.readlink_at("absolute"), FailsWith(FileError::not_permitted));
}

TEST_P(DescriptorPathsTest, ALinkOfTheGuestDoesNotLeadOut) {
  const Descriptor base = inside();
  ASSERT_THAT(base.symlink_at("../../outside/secret", "sub/leak"), Succeeds());
  ASSERT_THAT(base.symlink_at("..", "up"), Succeeds());
  EXPECT_EQ(content(base, "sub/leak"), "not-permitted");
  EXPECT_EQ(content(base, "up/outside/secret"), "not-permitted");
  ASSERT_THAT(base.rename_at("sub/leak", base, "leak"), Succeeds());
  EXPECT_EQ(content(base, "leak"), "not-permitted");
}

TEST_P(DescriptorPathsTest, DirectoryIsListedWithoutDots) {
  folder.pipe("inside/pipe");
  auto entries = inside(read_only).read_directory();
  ASSERT_THAT(entries, Succeeds());
  std::map<std::string, DescriptorType> listed;
  while (true) {
    const auto entry = entries->read_directory_entry();
    ASSERT_THAT(entry, Succeeds());
    if (!*entry) break;
    EXPECT_TRUE(listed.emplace((*entry)->name, (*entry)->type).second);
  }
  const std::map<std::string, DescriptorType> expected{{"file", DescriptorType::regular_file},
                                                       {"sub", DescriptorType::directory},
                                                       {"out", DescriptorType::symbolic_link},
                                                       {"absolute", DescriptorType::symbolic_link},
                                                       {"pipe", DescriptorType::fifo}};
  EXPECT_EQ(listed, expected);
  EXPECT_EQ(*entries->read_directory_entry(), std::nullopt) << "it stays at the end";
}

TEST_P(DescriptorPathsTest, ListingsOfOneDirectoryDoNotDisturbEachOther) {
  const Descriptor base = inside();
  auto first = base.read_directory(), second = base.read_directory();
  std::set<std::string> from_first, from_second;
  for (int i = 0; i < 4; ++i) {
    from_first.insert((*first->read_directory_entry())->name);
    from_second.insert((*second->read_directory_entry())->name);
  }
  EXPECT_EQ(from_first.size(), 4U);
  EXPECT_EQ(from_first, from_second);
}

TEST_P(DescriptorPathsTest, ANameThatIsNotUtf8IsAnErrorAndTheListingContinues) {
  folder.file("inside/sub/bad\xff", "");
  folder.file("inside/sub/good", "");
  auto opened = inside().open_at(followed, "sub", OpenFlags::directory, DescriptorFlags::read);
  ASSERT_THAT(opened, Succeeds());
  auto entries = opened->read_directory();
  int errors = 0, names = 0;
  for (int i = 0; i < 2; ++i) {
    const auto entry = entries->read_directory_entry();
    if (entry) {
      EXPECT_EQ((*entry)->name, "good");
      ++names;
    } else {
      EXPECT_THAT(entry, FailsWith(FileError::illegal_byte_sequence));
      ++errors;
    }
  }
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(names, 1);
  EXPECT_EQ(*entries->read_directory_entry(), std::nullopt);
}

}  // namespace
}  // namespace holdfast::wasi
