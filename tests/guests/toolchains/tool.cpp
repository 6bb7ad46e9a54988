// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A command that uses the usual parts of WASI and prints what it observes. Its counterparts in other languages print
// the same.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <iostream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace {

std::string content_of(const char* path) {
  std::string content;
  if (std::FILE* const file = std::fopen(path, "r")) {
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) content += static_cast<char>(c);
    std::fclose(file);
  }
  return content;
}

void write_file(const char* path, const char* mode, const char* text) {
  std::FILE* const file = std::fopen(path, mode);
  std::fputs(text, file);
  std::fclose(file);
}

std::vector<std::string> names_in(const char* path) {
  std::vector<std::string> names;
  DIR* const folder = ::opendir(path);
  while (const dirent* const entry = ::readdir(folder)) {
    if (entry->d_name[0] != '.') names.push_back(entry->d_name);
  }
  ::closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

int main(int count, char** words) {
  std::cout << "arguments:";
  for (int i = 1; i < count; ++i) std::cout << ' ' << words[i];
  const char* const greeting = std::getenv("GREETING");
  std::cout << "\nGREETING: " << (greeting != nullptr ? greeting : "not set") << '\n';

  ::mkdir("/data/made", 0777);
  write_file("/data/made/first", "w", "some ");
  write_file("/data/made/first", "a", "text");
  std::rename("/data/made/first", "/data/made/second");
  std::cout << "read back: " << content_of("/data/made/second") << '\n';
  struct stat status{};
  ::stat("/data/made/second", &status);
  std::cout << "size: " << status.st_size << '\n';
  std::cout << "names:";
  for (const std::string& name : names_in("/data")) std::cout << ' ' << name;
  std::remove("/data/made/second");
  std::cout << "\nremoved: " << (::rmdir("/data/made") == 0 ? "yes" : "no") << '\n';
  std::cout << "outside: " << (content_of("/data/../../../../etc/passwd").empty() ? "refused" : "READ") << '\n';

  const auto before = std::chrono::steady_clock::now();
  ::usleep(20'000);
  const bool slept = std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(20);
  unsigned char random[32] = {};
  ::getentropy(random, sizeof random);
  const bool all_zero = std::all_of(random, random + sizeof random, [](unsigned char byte) { return byte == 0; });
  std::cout << "clock: " << (slept ? "good" : "bad") << "\nrandom: " << (all_zero ? "bad" : "good") << '\n';

  int lines = 0;
  for (std::string line; std::getline(std::cin, line);) ++lines;
  std::cout << "lines of input: " << lines << '\n';
  std::cerr << "to the other stream\n";
  return 1;
}
