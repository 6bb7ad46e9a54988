// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::cli {
namespace {

using ::testing::HasSubstr;

const std::vector<CompletedCommand> commands = {
    {"run",
     "Run it",
     {{"--dir", "Give a folder: [ro]", CompletedValue::folder, {}},
      {"--leaks", "It's reported", CompletedValue::word, {"warn", "error"}},
      {"", "", CompletedValue::file, {}}}},
    {"shells", "Name a shell", {{"", "", CompletedValue::word, {"bash", "zsh"}}}}};

TEST(Completion, KnowsItsShells) {
  for (const std::string_view shell : completed_shells) {
    const auto script = completion_script(shell, commands);
    ASSERT_TRUE(script) << shell;
    for (const char* part : {"run", "dir", "leaks", "warn error", "shells", "bash zsh"}) {
      EXPECT_THAT(*script, HasSubstr(part)) << shell;
    }
  }
  EXPECT_FALSE(completion_script("tcsh", commands));
}

TEST(Completion, CharactersWithAMeaningForTheShellAreQuoted) {
  EXPECT_THAT(*completion_script("zsh", commands), HasSubstr(R"('*--dir[Give a folder\: \[ro\]]:folder:_files -/')"));
  EXPECT_THAT(*completion_script("zsh", commands), HasSubstr(R"([It'\''s reported])"));
  EXPECT_THAT(*completion_script("fish", commands), HasSubstr(R"(-d 'It\'s reported')"));
}

}  // namespace
}  // namespace holdfast::cli
