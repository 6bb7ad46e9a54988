// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// text_to_binary IN OUT: converts the text of a component or module to binary, for the seeds of the fuzz targets.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "holdfast/engine/engine.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: text_to_binary IN OUT\n", stderr), 64;
  std::ifstream in(argv[1], std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto bytes = holdfast::engine::text_to_binary(text);
  if (!bytes) return std::fprintf(stderr, "%s: %s\n", argv[1], bytes.error().message().c_str()), 65;
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
  return out.flush() ? 0 : 74;
}
