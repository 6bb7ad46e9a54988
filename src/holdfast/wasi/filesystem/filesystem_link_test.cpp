// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wasi:filesystem as guests import it: every function with its type from the WIT text, and a guest that reads a file.
#include <array>

#include "holdfast/wasi/filesystem/preopen.hpp"
#include "holdfast/wasi/interfaces/link.hpp"
#include "holdfast/wasi/testing/caller_fixture.hpp"
#include "holdfast/wasi/testing/temporary_folder.hpp"

namespace holdfast::wasi_test {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view imports = R"(
  (import "wasi:io/error@0.2.3" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error))
  (import "wasi:io/streams@0.2.3" (instance $streams
    (export "input-stream" (type (sub resource))) (export "output-stream" (type (sub resource)))))
  (alias export $streams "input-stream" (type $input))
  (alias export $streams "output-stream" (type $output))
  (import "wasi:clocks/wall-clock@0.2.3" (instance $clock
    (type $record (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type (eq $record)))))
  (alias export $clock "datetime" (type $datetime))
  (import "wasi:filesystem/types@0.2.0" (instance $types
    (alias outer 1 $error (type $error_))
    (export "error" (type $error (eq $error_)))
    (alias outer 1 $input (type $input_))
    (export "input-stream" (type $input (eq $input_)))
    (alias outer 1 $output (type $output_))
    (export "output-stream" (type $output (eq $output_)))
    (alias outer 1 $datetime (type $datetime_))
    (export "datetime" (type $datetime (eq $datetime_)))
    (type $t1 (enum "unknown" "block-device" "character-device" "directory" "fifo" "symbolic-link" "regular-file"
                    "socket"))
    (export "descriptor-type" (type $type (eq $t1)))
    (type $t2 (flags "read" "write" "file-integrity-sync" "data-integrity-sync" "requested-write-sync"
                     "mutate-directory"))
    (export "descriptor-flags" (type $flags (eq $t2)))
    (type $t3 (option $datetime))
    (type $t4 (record (field "type" $type) (field "link-count" u64) (field "size" u64)
                      (field "data-access-timestamp" $t3) (field "data-modification-timestamp" $t3)
                      (field "status-change-timestamp" $t3)))
    (export "descriptor-stat" (type $stat (eq $t4)))
    (type $t5 (flags "symlink-follow"))
    (export "path-flags" (type $path-flags (eq $t5)))
    (type $t6 (flags "create" "directory" "exclusive" "truncate"))
    (export "open-flags" (type $open-flags (eq $t6)))
    (type $t7 (variant (case "no-change") (case "now") (case "timestamp" $datetime)))
    (export "new-timestamp" (type $new-timestamp (eq $t7)))
    (type $t8 (record (field "type" $type) (field "name" string)))
    (export "directory-entry" (type $entry (eq $t8)))
    (type $t9 (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist"
      "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory" "loop"
      "too-many-links" "message-size" "name-too-long" "no-device" "no-entry" "no-lock" "insufficient-memory"
      "insufficient-space" "not-directory" "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device"
      "overflow" "not-permitted" "pipe" "read-only" "invalid-seek" "text-file-busy" "cross-device"))
    (export "error-code" (type $code (eq $t9)))
    (type $t10 (enum "normal" "sequential" "random" "will-need" "dont-need" "no-reuse"))
    (export "advice" (type $advice (eq $t10)))
    (type $t11 (record (field "lower" u64) (field "upper" u64)))
    (export "metadata-hash-value" (type $hash (eq $t11)))
    (export "descriptor" (type $descriptor (sub resource)))
    (export "directory-entry-stream" (type $entries (sub resource)))
    (type $none (result (error $code)))
    (type $self (borrow $descriptor))
    (type $in (result (own $input) (error $code)))
    (type $out (result (own $output) (error $code)))
    (export "[method]descriptor.read-via-stream" (func (param "self" $self) (param "offset" u64) (result $in)))
    (export "[method]descriptor.write-via-stream" (func (param "self" $self) (param "offset" u64) (result $out)))
    (export "[method]descriptor.append-via-stream" (func (param "self" $self) (result $out)))
    (export "[method]descriptor.advise" (func (param "self" $self) (param "offset" u64) (param "length" u64)
                                              (param "advice" $advice) (result $none)))
    (export "[method]descriptor.sync-data" (func (param "self" $self) (result $none)))
    (export "[method]descriptor.get-flags" (func (param "self" $self) (result (result $flags (error $code)))))
    (export "[method]descriptor.get-type" (func (param "self" $self) (result (result $type (error $code)))))
    (export "[method]descriptor.set-size" (func (param "self" $self) (param "size" u64) (result $none)))
    (export "[method]descriptor.set-times" (func (param "self" $self) (param "data-access-timestamp" $new-timestamp)
                                              (param "data-modification-timestamp" $new-timestamp) (result $none)))
    (export "[method]descriptor.read" (func (param "self" $self) (param "length" u64) (param "offset" u64)
                                              (result (result (tuple (list u8) bool) (error $code)))))
    (export "[method]descriptor.write" (func (param "self" $self) (param "buffer" (list u8)) (param "offset" u64)
                                              (result (result u64 (error $code)))))
    (export "[method]descriptor.read-directory" (func (param "self" $self)
                                              (result (result (own $entries) (error $code)))))
    (export "[method]descriptor.sync" (func (param "self" $self) (result $none)))
    (export "[method]descriptor.create-directory-at" (func (param "self" $self) (param "path" string) (result $none)))
    (export "[method]descriptor.stat" (func (param "self" $self) (result (result $stat (error $code)))))
    (export "[method]descriptor.stat-at" (func (param "self" $self) (param "path-flags" $path-flags)
                                              (param "path" string) (result (result $stat (error $code)))))
    (export "[method]descriptor.set-times-at" (func (param "self" $self) (param "path-flags" $path-flags)
      (param "path" string) (param "data-access-timestamp" $new-timestamp)
      (param "data-modification-timestamp" $new-timestamp) (result $none)))
    (export "[method]descriptor.link-at" (func (param "self" $self) (param "old-path-flags" $path-flags)
      (param "old-path" string) (param "new-descriptor" $self) (param "new-path" string) (result $none)))
    (export "[method]descriptor.open-at" (func (param "self" $self) (param "path-flags" $path-flags)
      (param "path" string) (param "open-flags" $open-flags) (param "flags" $flags)
      (result (result (own $descriptor) (error $code)))))
    (export "[method]descriptor.readlink-at" (func (param "self" $self) (param "path" string)
                                              (result (result string (error $code)))))
    (export "[method]descriptor.remove-directory-at" (func (param "self" $self) (param "path" string) (result $none)))
    (export "[method]descriptor.rename-at" (func (param "self" $self) (param "old-path" string)
                                              (param "new-descriptor" $self) (param "new-path" string) (result $none)))
    (export "[method]descriptor.symlink-at" (func (param "self" $self) (param "old-path" string)
                                              (param "new-path" string) (result $none)))
    (export "[method]descriptor.unlink-file-at" (func (param "self" $self) (param "path" string) (result $none)))
    (export "[method]descriptor.is-same-object" (func (param "self" $self) (param "other" $self) (result bool)))
    (export "[method]descriptor.metadata-hash" (func (param "self" $self) (result (result $hash (error $code)))))
    (export "[method]descriptor.metadata-hash-at" (func (param "self" $self) (param "path-flags" $path-flags)
                                              (param "path" string) (result (result $hash (error $code)))))
    (export "[method]directory-entry-stream.read-directory-entry" (func (param "self" (borrow $entries))
                                              (result (result (option $entry) (error $code)))))
    (export "filesystem-error-code" (func (param "err" (borrow $error)) (result (option $code))))))
  (alias export $types "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (alias outer 1 $descriptor (type $descriptor_))
    (export "descriptor" (type $descriptor (eq $descriptor_)))
    (export "get-directories" (func (result (list (tuple (own $descriptor) string)))))))
)";

/// `read(path)` returns the content of a file in the first folder, or "!" and an error code.
constexpr std::string_view reader = R"(
  (core module $memory
    (memory (export "memory") 8)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
      global.get $next
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $memory (instantiate $memory))
  (core func $directories (canon lower (func $preopens "get-directories")
    (memory $memory "memory") (realloc (core func $memory "realloc"))))
  (core func $open (canon lower (func $types "[method]descriptor.open-at")
    (memory $memory "memory") (realloc (core func $memory "realloc"))))
  (core func $read (canon lower (func $types "[method]descriptor.read")
    (memory $memory "memory") (realloc (core func $memory "realloc"))))
  (core func $drop (canon resource.drop $descriptor))
  (core module $m
    (import "" "memory" (memory 1))
    (import "" "directories" (func $directories (param i32)))
    (import "" "open" (func $open (param i32 i32 i32 i32 i32 i32 i32)))
    (import "" "read" (func $read (param i32 i64 i64 i32)))
    (import "" "drop" (func $drop (param i32)))
    (func $failed (param $code i32) (result i32)
      (i32.store8 (i32.const 200) (i32.const 33))
      (i32.store8 (i32.const 201) (local.get $code))
      (i32.store (i32.const 64) (i32.const 200))
      (i32.store (i32.const 68) (i32.const 2))
      (i32.const 64))
    (func (export "read") (param $path i32) (param $size i32) (result i32)
      (local $folder i32) (local $file i32)
      (call $directories (i32.const 0))
      (local.set $folder (i32.load (i32.load (i32.const 0))))
      (call $open (local.get $folder) (i32.const 1) (local.get $path) (local.get $size) (i32.const 0) (i32.const 1)
                  (i32.const 16))
      (call $drop (local.get $folder))
      (if (i32.load8_u (i32.const 16)) (then (return (call $failed (i32.load8_u (i32.const 20))))))
      (local.set $file (i32.load (i32.const 20)))
      (call $read (local.get $file) (i64.const -1) (i64.const 0) (i32.const 32))
      (call $drop (local.get $file))
      (if (i32.load8_u (i32.const 32)) (then (return (call $failed (i32.load8_u (i32.const 36))))))
      (i32.store (i32.const 64) (i32.load (i32.const 36)))
      (i32.store (i32.const 68) (i32.load (i32.const 40)))
      (i32.const 64)))
  (core instance $i (instantiate $m (with "" (instance
    (export "memory" (memory $memory "memory"))
    (export "directories" (func $directories)) (export "open" (func $open))
    (export "read" (func $read)) (export "drop" (func $drop))))))
  (func (export "read") (param "path" string) (result (list u8))
    (canon lift (core func $i "read") (memory $memory "memory") (realloc (core func $memory "realloc")))))";

Component reading_component() {
  const std::string component = "(component" + std::string(imports) + std::string(reader) + ")";
  return value_or_throw(Component::from_text(engine(), component));
}

HostResult<void> link_all(Linker& linker, std::span<const wasi::Preopen> preopens) {
  wasi::link_io(linker);
  wasi::link_clocks(linker);
  return wasi::link_filesystem(linker, preopens);
}

TEST(FilesystemLink, AllFunctionsHaveTheTypesOfTheWitText) {
  Linker linker(engine());
  ASSERT_TRUE(link_all(linker, {}).has_value());
  const auto linked = linker.link(reading_component());
  EXPECT_TRUE(linked.has_value()) << linked.error().message();
}

TEST(FilesystemLink, AGuestReadsItsFolderAndNothingElse) {
  const wasi::testing::TemporaryFolder folder;
  folder.folder("inside");
  folder.file("inside/file", "content");
  folder.file("secret", "secret");
  folder.link("../secret", "inside/leak");
  Linker linker(engine());
  const std::array preopens{wasi::Preopen{folder / "inside", "/data", wasi::read_only}};
  ASSERT_TRUE(link_all(linker, preopens).has_value());
  auto store = value_or_throw(Store::create(engine()));
  const auto instance = value_or_throw(linker.instantiate(store, reading_component()));
  const auto read = value_or_throw(instance.func<Bytes(std::string)>("read"));
  const auto result = [&](std::string path) { return text(value_or_throw(read(std::move(path)))); };
  const std::string no_entry = "!\x14", invalid = "!\x0c", not_permitted = "!\x1f";
  EXPECT_EQ(result("file"), "content");
  EXPECT_EQ(result("missing"), no_entry);
  EXPECT_EQ(result(std::string("file\0", 5)), invalid);
  for (const char* path : {"../secret", "leak", "/etc/passwd", "..", "/"}) EXPECT_EQ(result(path), not_permitted);
  const auto report = value_or_throw(store.close());
  EXPECT_TRUE(report.leaks.empty());
}

TEST(FilesystemLink, FolderThatCannotBeOpenedIsAnErrorThatNamesIt) {
  const wasi::testing::TemporaryFolder folder;
  Linker linker(engine());
  const std::array preopens{wasi::Preopen{folder / "missing", "/data", wasi::read_only}};
  const auto linked = wasi::link_filesystem(linker, preopens);
  ASSERT_FALSE(linked.has_value());
  EXPECT_EQ(linked.error().kind(), ErrorKind::io);
  EXPECT_THAT(linked.error().message(), HasSubstr("missing"));
}

}  // namespace
}  // namespace holdfast::wasi_test
