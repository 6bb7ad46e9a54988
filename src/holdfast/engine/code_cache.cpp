// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/engine/code_cache.hpp"

#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace holdfast::engine {
namespace {

// A cache file is this header followed by the code. Integers are little-endian (core_value.hpp asserts the byte order).
struct Header {
  std::array<char, 8> magic{};
  std::uint64_t format = 0;
  Digest key{};
  std::uint64_t code_size = 0;
  Digest checksum{};  ///< digest of the code
};
static_assert(sizeof(Header) == CodeCache::header_size);

constexpr std::array<char, 8> magic = {'H', 'F', 'C', 'O', 'D', 'E', '\r', '\n'};
constexpr std::uint64_t format = 1;

std::string file_name(const Digest& key) { return to_hex(key) + ".code"; }

}  // namespace

HostResult<CodeCache> CodeCache::open(const std::filesystem::path& directory, std::uint64_t max_bytes) {
  HOLDFAST_TRY_ASSIGN(auto store, platform::PrivateStore::open(directory));
  return CodeCache(std::move(store), max_bytes);
}

std::optional<CodeCache::Key> CodeCache::key_of(std::string_view compiler, std::span<const std::byte> source) {
  // The length comes first, so that no two pairs of compiler and source are hashed as the same bytes.
  const std::string prefix = std::to_string(compiler.size()) + ":" + std::string(compiler);
  return sha256(std::as_bytes(std::span(prefix)), source);
}

std::optional<CodeCache::Entry> CodeCache::load(const Key& key) const {
  auto file = store_.read(file_name(key));
  if (!file || file->size() < header_size) return std::nullopt;
  Header header;
  std::memcpy(&header, file->data(), header_size);
  Entry entry(std::move(*file));
  if (header.magic != magic || header.format != format || header.key != key) return std::nullopt;
  if (header.code_size != entry.code().size() || sha256(entry.code()) != header.checksum) return std::nullopt;
  return entry;
}

HostResult<void> CodeCache::keep(const Key& key, std::span<const std::byte> code) const {
  const auto checksum = sha256(code);
  if (!checksum) return host_fail(ErrorKind::io, "cannot compute the checksum of the compiled code");
  const Header header{.magic = magic, .format = format, .key = key, .code_size = code.size(), .checksum = *checksum};
  std::vector<std::byte> file(header_size + code.size());
  std::memcpy(file.data(), &header, header_size);
  if (!code.empty()) std::memcpy(file.data() + header_size, code.data(), code.size());
  HOLDFAST_TRY(store_.write(file_name(key), file));
  store_.trim(max_bytes_);
  return {};
}

}  // namespace holdfast::engine
