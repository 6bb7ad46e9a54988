// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// embed_module WRAPPER.wat MODULE.wasm OUTPUT.wasm
//
// Makes a component from a core module. WRAPPER is a component in text form with one empty core module, which MODULE
// replaces. The tool looks at nothing else in the component: loading the component shows whether the two fit together.
// Single-threaded; holds all three files in memory.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/core/result.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/engine.hpp"
#include "holdfast/wasm/byte_cursor.hpp"

namespace {

using holdfast::ErrorKind;
using holdfast::host_fail;
using holdfast::HostError;
using holdfast::HostResult;
using holdfast::Result;
using holdfast::wasm::ByteCursor;
using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

constexpr std::array module_preamble{std::byte{0x00}, std::byte{'a'},  std::byte{'s'},  std::byte{'m'},
                                     std::byte{0x01}, std::byte{0x00}, std::byte{0x00}, std::byte{0x00}};
constexpr std::byte custom_section{0};
constexpr std::byte core_module_section{1};

bool is_core_module(View bytes) {
  return bytes.size() >= module_preamble.size() &&
         std::ranges::equal(bytes.first(module_preamble.size()), module_preamble);
}

/// One section of a module or component.
struct Section {
  std::byte id;
  View contents;
};

Result<Section> read_section(ByteCursor& cursor) {
  HOLDFAST_TRY_ASSIGN(const std::uint8_t id, cursor.read_byte());
  HOLDFAST_TRY_ASSIGN(const std::uint32_t size, cursor.read_u32());
  HOLDFAST_TRY_ASSIGN(const View contents, cursor.read_bytes(size));
  return Section{std::byte{id}, contents};
}

void append_section(Bytes& out, const Section& section) {
  out.push_back(section.id);
  std::size_t size = section.contents.size();
  for (; size >= 0x80; size >>= 7) out.push_back(static_cast<std::byte>((size & 0x7f) | 0x80));
  out.push_back(static_cast<std::byte>(size));
  out.insert(out.end(), section.contents.begin(), section.contents.end());
}

/// Whether a core module is empty: it has at most custom sections, such as its name.
bool is_placeholder(View module) {
  if (!is_core_module(module)) return false;
  ByteCursor cursor(module.subspan(module_preamble.size()));
  while (!cursor.at_end()) {
    const auto section = read_section(cursor);
    if (!section || section->id != custom_section) return false;
  }
  return true;
}

/// Returns `component` with its only empty core module replaced by `module`. Errors: invalid.
HostResult<Bytes> embed(View component, View module) {
  if (!is_core_module(module)) return host_fail(ErrorKind::invalid, "MODULE is not a core module in binary form");
  if (component.size() < module_preamble.size() || is_core_module(component)) {
    return host_fail(ErrorKind::invalid, "WRAPPER is not a component");
  }
  const View preamble = component.first(module_preamble.size());
  Bytes out(preamble.begin(), preamble.end());
  ByteCursor cursor(component.subspan(preamble.size()), preamble.size());
  unsigned placeholders = 0;
  while (!cursor.at_end()) {
    auto section = read_section(cursor);
    if (!section) return std::unexpected(HostError::from(section.error(), ErrorKind::invalid));
    if (section->id == core_module_section && is_placeholder(section->contents)) {
      ++placeholders;
      section->contents = module;
    }
    append_section(out, *section);
  }
  if (placeholders != 1) {
    return host_fail(ErrorKind::invalid, "WRAPPER has " + std::to_string(placeholders) +
                                             " empty core modules, expected exactly one: `(core module $name)`");
  }
  return out;
}

HostResult<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return host_fail(ErrorKind::io, "cannot open " + path);
  std::string contents{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return host_fail(ErrorKind::io, "cannot read " + path);
  return contents;
}

HostResult<void> write_file(const std::string& path, View bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return host_fail(ErrorKind::io, "cannot write " + path);
  return {};
}

HostResult<void> run(const std::string& wrapper_path, const std::string& module_path, const std::string& output_path) {
  HOLDFAST_TRY_ASSIGN(const std::string wrapper, read_file(wrapper_path));
  HOLDFAST_TRY_ASSIGN(const std::string module, read_file(module_path));
  auto component = holdfast::engine::text_to_binary(wrapper);
  if (!component) return std::unexpected(std::move(component).error().with_context(wrapper_path));
  auto embedded = embed(*component, std::as_bytes(std::span(module)));
  if (!embedded) return std::unexpected(std::move(embedded).error().with_context(wrapper_path + " and " + module_path));
  return write_file(output_path, *embedded);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: embed_module WRAPPER.wat MODULE.wasm OUTPUT.wasm\n";
    return 64;
  }
  if (const auto done = run(argv[1], argv[2], argv[3]); !done) {
    std::cerr << "embed_module: " << done.error().message() << '\n';
    return 1;
  }
  return 0;
}
