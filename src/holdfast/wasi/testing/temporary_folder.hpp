// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of the file system: a temporary folder for each test, removed with everything in it at the end, and short
// functions to create files in it and to look at them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace holdfast::wasi::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "holdfast-wasi-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  void folder(std::string_view name) const { std::filesystem::create_directories(path_ / name); }
  void file(std::string_view name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
  }
  void link(std::string_view target, std::string_view name) const {
    std::filesystem::create_symlink(target, path_ / name);
  }
  void pipe(std::string_view name) const {
    if (::mkfifo((path_ / name).c_str(), 0600) != 0) throw std::runtime_error("cannot make a pipe");
  }
  /// The content of a file; "<none>" if it cannot be read.
  std::string content(std::string_view name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    if (!in) return "<none>";
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool exists(std::string_view name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path_ / name));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace holdfast::wasi::testing
