// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The freestanding half of check.hpp: keeps the list of tests, runs them and prints the results.
#include <charconv>
#include <cstdint>

#include "check.hpp"
#include "console.hpp"

namespace holdfast::freestanding {
namespace {

constinit TestCase* first = nullptr;
constinit TestCase* last = nullptr;
constinit int failures_of_test = 0;

void write_number(std::int64_t number) noexcept {
  char digits[24];
  *std::to_chars(digits, digits + sizeof digits - 1, number).ptr = '\0';
  write(digits);
}

}  // namespace

TestCase::TestCase(const char* suite, const char* name, Body* body) noexcept : suite_(suite), name_(name), body_(body) {
  (first == nullptr ? first : last->next_) = this;
  last = this;
}

Failure::Failure(const char* file, int line, const char* expected) noexcept {
  ++failures_of_test;
  write(file);
  write(":");
  write_number(line);
  write(": expected ");
  write(expected);
  write(" ");
}

Failure::~Failure() { write("\n"); }

const Failure& Failure::operator<<(const char* text) const noexcept {
  write(text);
  return *this;
}

const Failure& Failure::print(std::int64_t number) const noexcept {
  write_number(number);
  return *this;
}

int run_all_tests() {
  int tests = 0;
  int failed = 0;
  for (const TestCase* test = first; test != nullptr; test = test->next_, ++tests) {
    failures_of_test = 0;
    test->body_();
    if (failures_of_test != 0) ++failed;
    write(failures_of_test == 0 ? "[       OK ] " : "[  FAILED  ] ");
    write(test->suite_);
    write(".");
    write(test->name_);
    write("\n");
  }
  write_number(tests);
  write(" tests, ");
  write_number(failed);
  write(" failed\n");
  return tests == 0 ? -1 : failed;
}

}  // namespace holdfast::freestanding
