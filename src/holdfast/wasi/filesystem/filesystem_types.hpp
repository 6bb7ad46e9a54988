// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The records, variants, enums and flags of wasi:filesystem/types, except `error-code` (filesystem_error.hpp). Plain
// values. The WIT text says what they mean.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "holdfast/abi/type_traits.hpp"

namespace holdfast::wasi {

enum class DescriptorType : std::uint8_t {
  unknown,
  block_device,
  character_device,
  directory,
  fifo,
  symbolic_link,
  regular_file,
  socket,
};

enum class DescriptorFlags : std::uint32_t {
  none = 0,
  read = 1,
  write = 2,
  file_integrity_sync = 4,
  data_integrity_sync = 8,
  requested_write_sync = 16,
  mutate_directory = 32,
};

enum class PathFlags : std::uint32_t { none = 0, symlink_follow = 1 };

enum class OpenFlags : std::uint32_t { none = 0, create = 1, directory = 2, exclusive = 4, truncate = 8 };

template <class F>
concept FilesystemFlags = std::same_as<F, DescriptorFlags> || std::same_as<F, PathFlags> || std::same_as<F, OpenFlags>;

template <FilesystemFlags F>
constexpr F operator|(F left, F right) noexcept {
  return static_cast<F>(static_cast<std::uint32_t>(left) | static_cast<std::uint32_t>(right));
}
template <FilesystemFlags F>
constexpr F operator&(F left, F right) noexcept {
  return static_cast<F>(static_cast<std::uint32_t>(left) & static_cast<std::uint32_t>(right));
}
template <FilesystemFlags F>
constexpr F operator~(F flags) noexcept {
  return static_cast<F>(~static_cast<std::uint32_t>(flags));
}
/// Whether any flag of `mask` is set.
template <FilesystemFlags F>
constexpr bool has(F flags, F mask) noexcept {
  return (flags & mask) != F::none;
}

enum class Advice : std::uint8_t { normal, sequential, random, will_need, dont_need, no_reuse };

/// Time since 1970-01-01T00:00:00Z; the record `datetime` of wasi:clocks/wall-clock.
struct FileTime {
  std::uint64_t seconds = 0;
  std::uint32_t nanoseconds = 0;  ///< less than 1,000,000,000
};

struct NewTimestamp {
  /// The cases no-change, now and timestamp.
  std::variant<std::monostate, std::monostate, FileTime> value;

  static NewTimestamp no_change() { return {}; }
  static NewTimestamp now() { return {decltype(value)(std::in_place_index<1>)}; }
  static NewTimestamp at(FileTime time) { return {decltype(value)(std::in_place_index<2>, time)}; }
};

struct DescriptorStat {
  DescriptorType type = DescriptorType::unknown;
  std::uint64_t link_count = 0;
  std::uint64_t size = 0;  ///< bytes
  std::optional<FileTime> data_access_timestamp;
  std::optional<FileTime> data_modification_timestamp;
  std::optional<FileTime> status_change_timestamp;
};

struct DirectoryEntry {
  DescriptorType type = DescriptorType::unknown;
  std::string name;
};

struct MetadataHash {
  std::uint64_t lower = 0;
  std::uint64_t upper = 0;
  bool operator==(const MetadataHash&) const = default;
};

}  // namespace holdfast::wasi

template <>
struct holdfast::TypeTraits<holdfast::wasi::DescriptorType> {
  static constexpr std::array<std::string_view, 8> cases{"unknown", "block-device",  "character-device", "directory",
                                                         "fifo",    "symbolic-link", "regular-file",     "socket"};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::DescriptorFlags> {
  static constexpr std::array<std::string_view, 6> flags{
      "read", "write", "file-integrity-sync", "data-integrity-sync", "requested-write-sync", "mutate-directory"};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::PathFlags> {
  static constexpr std::array<std::string_view, 1> flags{"symlink-follow"};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::OpenFlags> {
  static constexpr std::array<std::string_view, 4> flags{"create", "directory", "exclusive", "truncate"};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::Advice> {
  static constexpr std::array<std::string_view, 6> cases{"normal",    "sequential", "random",
                                                         "will-need", "dont-need",  "no-reuse"};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::FileTime> {
  static constexpr auto fields =
      std::tuple{field("seconds", &wasi::FileTime::seconds), field("nanoseconds", &wasi::FileTime::nanoseconds)};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::NewTimestamp> {
  static constexpr std::array<std::string_view, 3> cases{"no-change", "now", "timestamp"};
  static constexpr auto storage = &wasi::NewTimestamp::value;
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::DescriptorStat> {
  using Stat = wasi::DescriptorStat;
  static constexpr auto fields = std::tuple{field("type", &Stat::type),
                                            field("link-count", &Stat::link_count),
                                            field("size", &Stat::size),
                                            field("data-access-timestamp", &Stat::data_access_timestamp),
                                            field("data-modification-timestamp", &Stat::data_modification_timestamp),
                                            field("status-change-timestamp", &Stat::status_change_timestamp)};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::DirectoryEntry> {
  static constexpr auto fields =
      std::tuple{field("type", &wasi::DirectoryEntry::type), field("name", &wasi::DirectoryEntry::name)};
};
template <>
struct holdfast::TypeTraits<holdfast::wasi::MetadataHash> {
  static constexpr auto fields =
      std::tuple{field("lower", &wasi::MetadataHash::lower), field("upper", &wasi::MetadataHash::upper)};
};
