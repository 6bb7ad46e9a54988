// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/statement_lexer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace holdfast::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = Token::Kind;

std::vector<Token> tokens(std::string_view source) {
  StatementLexer lexer(source);
  std::vector<Token> list;
  while (true) {
    auto token = lexer.next();
    if (!token) {
      ADD_FAILURE() << token.error().message;
      return list;
    }
    if (token->kind == Kind::end) return list;
    list.push_back(*std::move(token));
  }
}
std::vector<std::string> texts(std::string_view source) {
  std::vector<std::string> words;
  for (const Token& token : tokens(source)) words.push_back(token.text);
  return words;
}
SourceError lex_error(std::string_view source) {
  StatementLexer lexer(source);
  while (true) {
    auto token = lexer.next();
    if (!token) return token.error();
    if (token->kind == Kind::end) {
      ADD_FAILURE() << "no error in " << source;
      return {};
    }
  }
}

TEST(StatementLexer, WordsNumbersAndSymbols) {
  EXPECT_THAT(texts("let b = blob([104, -5, 1.5e-3]);"),
              ElementsAre("let", "b", "=", "blob", "(", "[", "104", ",", "-5", ",", "1.5e-3", "]", ")", ";"));
}

TEST(StatementLexer, PositionsAreByteOffsets) {
  const auto list = tokens("  ab \"\xc3\xa4\" c");
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].span.offset, 2U);
  EXPECT_EQ(list[0].span.size, 2U);
  EXPECT_EQ(list[1].span.size, 4U);
  EXPECT_EQ(list[2].span.offset, 10U);
}

TEST(StatementLexer, InterfaceNamesAreOneWordWithTheirVersion) {
  EXPECT_THAT(texts("demo:store/kv@0.1.0.bucket"), ElementsAre("demo:store/kv@0.1.0", ".", "bucket"));
  EXPECT_THAT(texts("demo:store/kv.bucket"), ElementsAre("demo:store/kv", ".", "bucket"));
  EXPECT_THAT(texts("a:b/c@1.0.0-rc.1.f"), ElementsAre("a:b/c@1.0.0-rc.1", ".", "f"));
}

TEST(StatementLexer, AFieldIsNotAnInterface) { EXPECT_THAT(texts("{a:b}"), ElementsAre("{", "a", ":", "b", "}")); }

TEST(StatementLexer, EscapesInStrings) {
  const auto list = tokens(R"("a\n\t\\\"\u{1f600}" 'x' '\'' '"')");
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0].text, "a\n\t\\\"\xf0\x9f\x98\x80");
  EXPECT_EQ(list[1].text, "x");
  EXPECT_EQ(list[2].text, "'");
  EXPECT_EQ(list[3].text, "\"");
}

TEST(StatementLexer, StringsOfSeveralLinesLoseTheirIndent) {
  EXPECT_THAT(texts("\"\"\"\n    one\n      two\n    \"\"\""), ElementsAre("one\n  two"));
}

TEST(StatementLexer, CommentsAreSkipped) { EXPECT_THAT(texts("a // b c\n d"), ElementsAre("a", "d")); }

TEST(StatementLexer, MinusInfinityIsANumber) {
  EXPECT_EQ(tokens("-inf")[0].kind, Kind::number);
  EXPECT_THAT(lex_error("-x").message, HasSubstr("neither a number nor a name"));
}

TEST(StatementLexer, ErrorsHaveThePlaceOfTheMistake) {
  EXPECT_THAT(lex_error("f(\"abc").message, HasSubstr("no closing quote"));
  EXPECT_EQ(lex_error("f(\"abc").span.offset, 2U);
  EXPECT_THAT(lex_error("\"\\q\"").message, HasSubstr("escape"));
  EXPECT_THAT(lex_error("\"\\u{110000}\"").message, HasSubstr("Unicode"));
  EXPECT_THAT(lex_error("\"\\u{d800}\"").message, HasSubstr("Unicode"));
  EXPECT_THAT(lex_error("''").message, HasSubstr("empty"));
  EXPECT_THAT(lex_error("'ab'").message, HasSubstr("one character"));
  EXPECT_THAT(lex_error("12ab").message, HasSubstr("not a number"));
  EXPECT_THAT(lex_error("a $ b").message, HasSubstr("`$` is not allowed here"));
  EXPECT_THAT(lex_error("\"\xff\"").message, HasSubstr("UTF-8"));
  EXPECT_THAT(lex_error("\xe2\x82").message, HasSubstr("UTF-8"));
  EXPECT_THAT(lex_error("%1").message, HasSubstr("expected a name after `%`"));
  EXPECT_THAT(lex_error("\"\"\"abc\"\"\"").message, HasSubstr("line end after the opening"));
}

TEST(StatementLexer, EveryInputEnds) {
  for (int first = 0; first < 256; ++first) {
    for (const char second : {'\0', '"', '\'', '\\', '-', ':', '\x80'}) {
      const std::string source{static_cast<char>(first), second};
      StatementLexer lexer(source);
      for (int i = 0; i < 4; ++i) {
        const auto token = lexer.next();
        if (!token) {
          EXPECT_LE(token.error().span.offset, source.size());
          break;
        }
      }
    }
  }
}

}  // namespace
}  // namespace holdfast::cli
