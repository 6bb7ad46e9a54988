// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/statement_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace holdfast::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<Statement> parsed(std::string_view source) {
  auto statements = parse_statements(source);
  if (statements) return *std::move(statements);
  ADD_FAILURE() << render(statements.error(), source, {});
  return {};
}
SourceError parse_error(std::string_view source) {
  const auto statements = parse_statements(source);
  if (!statements) return statements.error();
  ADD_FAILURE() << "no error in " << source;
  return {};
}

TEST(StatementParser, TheThreeKindsOfStatements) {
  const auto statements = parsed("let b = blob([1]); b.read(9); drop b;");
  ASSERT_EQ(statements.size(), 3U);
  EXPECT_EQ(statements[0].kind, Statement::Kind::let);
  EXPECT_EQ(statements[0].variable->text, "b");
  EXPECT_EQ(statements[0].expression.full_name(), "blob");
  ASSERT_EQ(statements[0].expression.items.size(), 1U);
  EXPECT_EQ(statements[0].expression.items[0].kind, Expression::Kind::list);
  EXPECT_EQ(statements[1].kind, Statement::Kind::evaluate);
  EXPECT_EQ(statements[1].expression.full_name(), "b.read");
  EXPECT_EQ(statements[2].kind, Statement::Kind::drop);
  EXPECT_EQ(statements[2].expression.full_name(), "b");
}

TEST(StatementParser, PartsOfVariablesAreDropped) {
  EXPECT_EQ(parsed("drop b.0.left")[0].expression.parts.size(), 3U);
  EXPECT_EQ(parse_error("drop f(1)").message, "expected a variable or a part of one, found a call");
}

TEST(StatementParser, EmptyTextHasNoStatements) {
  EXPECT_TRUE(parsed("").empty());
  EXPECT_TRUE(parsed(" ; ;; // only this").empty());
}

TEST(StatementParser, FunctionsMayBeNamedLetAndDrop) {
  const auto statements = parsed("drop(1); let.x(2)");
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].kind, Statement::Kind::evaluate);
  EXPECT_EQ(statements[0].expression.full_name(), "drop");
  EXPECT_EQ(statements[1].expression.full_name(), "let.x");
}

TEST(StatementParser, ValuesOfAllForms) {
  const auto statements =
      parsed(R"(f(1, -2.5, 'c', "s", [1, 2,], (1, "a"), {x: 1, y: [2]}, {a, b}, {:}, {}, some(none), %true))");
  ASSERT_EQ(statements.size(), 1U);
  const auto& items = statements[0].expression.items;
  ASSERT_EQ(items.size(), 12U);
  EXPECT_EQ(items[4].items.size(), 2U);
  EXPECT_EQ(items[5].kind, Expression::Kind::tuple);
  EXPECT_EQ(items[6].labels.size(), 2U);
  EXPECT_EQ(items[6].items.size(), 2U);
  EXPECT_EQ(items[7].labels.size(), 2U);
  EXPECT_TRUE(items[7].items.empty());
  EXPECT_TRUE(items[8].labels.empty());
  EXPECT_TRUE(items[10].has_arguments);
  EXPECT_TRUE(items[11].is_label);
}

TEST(StatementParser, PartsOfValuesAreNamedByFieldOrNumber) {
  const auto statements = parsed("f(x.name, x.0.1)");
  EXPECT_EQ(statements[0].expression.items[0].parts.size(), 2U);
  ASSERT_EQ(statements[0].expression.items[1].parts.size(), 3U);
  EXPECT_EQ(statements[0].expression.items[1].parts[2].text, "1");
}

TEST(StatementParser, ErrorsSayWhatWasExpected) {
  EXPECT_EQ(parse_error("let b = blob([1]; b.read(1)").message, "expected `,` or `)`, found `;`");
  EXPECT_EQ(parse_error("let b = blob([1]; b.read(1)").span.offset, 16U);
  EXPECT_EQ(parse_error("let = 5").message, "expected the name of a variable, found `=`");
  EXPECT_EQ(parse_error("let x 5").message, "expected `=`, found `5`");
  EXPECT_EQ(parse_error("f(1) g(2)").message, "expected `;` after the statement, found `g`");
  EXPECT_EQ(parse_error("f(").message, "expected a value or a call, found the end of the input");
  EXPECT_EQ(parse_error("f({a: 1, b})").message, "expected `:`, found `}`");
  EXPECT_EQ(parse_error("a.").message, "expected a name after the `.`, found the end of the input");
  EXPECT_EQ(parse_error("drop \"x\"").message, "expected the name of a variable, found a string");
}

TEST(StatementParser, DeepNestingIsRefused) {
  EXPECT_THAT(parse_error("f(" + std::string(100'000, '[')).message, HasSubstr("nested too deeply"));
  EXPECT_TRUE(parse_statements("f(" + std::string(90, '[') + std::string(90, ']') + ")"));
}

TEST(StatementParser, ErrorsAreShownWithACaretUnderThePlace) {
  const std::string source = "let b = f(1); b.raed(9)";
  EXPECT_EQ(render({"no such method", {16, 4}}, source, {}),
            "no such method\n"
            "    let b = f(1); b.raed(9)\n"
            "                    ^~~~\n");
}

TEST(StatementParser, ScriptsAreShownWithLineAndColumn) {
  EXPECT_EQ(render({"wrong", {8, 1}}, "one();\n \xc3\xa4 x", "a.txt"),
            "wrong\n"
            "  at a.txt:2:2\n"
            "     \xc3\xa4 x\n"
            "     ^\n");
}

TEST(StatementParser, LongLinesAreCutAroundThePlace) {
  const std::string source = std::string(1000, 'a') + "!" + std::string(1000, 'b');
  const std::string text = render({"wrong", {1000, 1}}, source, {});
  EXPECT_LT(text.size(), 300U);
  EXPECT_THAT(text, HasSubstr("a!b"));
}

TEST(StatementParser, APlaceBeyondTheEndIsShownAtTheEnd) {
  EXPECT_THAT(render({"wrong", {50, 4}}, "f(", {}), StartsWith("wrong\n    f(\n      ^"));
}

}  // namespace
}  // namespace holdfast::cli
