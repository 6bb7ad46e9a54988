// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/statement_parser.hpp"

#include "holdfast/core/result.hpp"
#include "statements/statement_lexer.hpp"

namespace holdfast::cli {
namespace {

constexpr int deepest_nesting = 100;

std::string describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::end: return "the end of the input";
    case Token::Kind::string: return "a string";
    case Token::Kind::character: return "a character";
    default: return "`" + token.text + "`";
  }
}

class Parser {
 public:
  explicit Parser(std::string_view source) : lexer_(source) {}

  SourceResult<std::vector<Statement>> statements() {
    std::vector<Statement> list;
    HOLDFAST_TRY(advance());
    while (true) {
      while (token_.is_symbol(';')) HOLDFAST_TRY(advance());
      if (token_.kind == Token::Kind::end) return list;
      HOLDFAST_TRY_ASSIGN(Statement next, statement());
      list.push_back(std::move(next));
      if (token_.kind != Token::Kind::end && !token_.is_symbol(';')) return expected("`;` after the statement");
    }
  }

  SourceResult<Expression> single_expression() {
    HOLDFAST_TRY(advance());
    HOLDFAST_TRY_ASSIGN(Expression value, expression());
    if (token_.kind != Token::Kind::end) return expected("the end of the input");
    return value;
  }

 private:
  SourceResult<void> advance() {
    last_ = token_.span;
    HOLDFAST_TRY_ASSIGN(token_, lexer_.next());
    return {};
  }

  std::unexpected<SourceError> expected(std::string_view construct) const {
    return source_fail(token_.span, "expected " + std::string(construct) + ", found " + describe(token_));
  }

  SourceResult<void> skip_symbol(char symbol) {
    if (!token_.is_symbol(symbol)) return expected(std::string("`") + symbol + "`");
    return advance();
  }

  SourceResult<Statement> statement() {
    Statement result;
    const Token first = token_;
    const bool is_keyword = first.kind == Token::Kind::word && !first.is_escaped;
    if (is_keyword && (first.text == "let" || first.text == "drop")) {
      // These words can also name a function or instance: they are keywords only before another name.
      StatementLexer ahead = lexer_;
      HOLDFAST_TRY_ASSIGN(const Token following, ahead.next());
      if (!following.is_symbol('(') && !following.is_symbol('.')) {
        result.kind = first.text == "let" ? Statement::Kind::let : Statement::Kind::drop;
      }
    }
    if (result.kind != Statement::Kind::evaluate) {
      HOLDFAST_TRY(advance());
      if (token_.kind != Token::Kind::word) return expected("the name of a variable");
    }
    if (result.kind == Statement::Kind::let) {
      result.variable = NamePart{token_.text, token_.span};
      HOLDFAST_TRY(advance());
      HOLDFAST_TRY(skip_symbol('='));
    }
    HOLDFAST_TRY_ASSIGN(result.expression, expression());
    if (result.kind == Statement::Kind::drop && result.expression.has_arguments) {
      return source_fail(result.expression.span, "expected a variable or a part of one, found a call");
    }
    result.span = join(first.span, last_);
    return result;
  }

  SourceResult<Expression> expression() {
    if (depth_ == deepest_nesting)
      return source_fail(token_.span,
                         "the value is nested too deeply (limit: " + std::to_string(deepest_nesting) + " levels)");
    ++depth_;
    auto result = nested_expression();
    --depth_;
    return result;
  }

  SourceResult<Expression> nested_expression() {
    const Span start = token_.span;
    Expression result;
    switch (token_.kind) {
      case Token::Kind::number: return literal(Expression::Kind::number);
      case Token::Kind::character: return literal(Expression::Kind::character);
      case Token::Kind::string: return literal(Expression::Kind::string);
      case Token::Kind::word:
      case Token::Kind::interface: return name();
      case Token::Kind::symbol:
        if (token_.is_symbol('[')) {
          result.kind = Expression::Kind::list;
          HOLDFAST_TRY(items(result, ']'));
          break;
        }
        if (token_.is_symbol('(')) {
          result.kind = Expression::Kind::tuple;
          HOLDFAST_TRY(items(result, ')'));
          break;
        }
        if (token_.is_symbol('{')) {
          result.kind = Expression::Kind::braces;
          HOLDFAST_TRY(fields(result));
          break;
        }
        return expected("a value or a call");
      case Token::Kind::end: return expected("a value or a call");
    }
    result.span = join(start, last_);
    return result;
  }

  SourceResult<Expression> literal(Expression::Kind kind) {
    Expression result;
    result.kind = kind;
    result.text = std::move(token_.text);
    result.span = token_.span;
    HOLDFAST_TRY(advance());
    return result;
  }

  SourceResult<Expression> name() {
    Expression result;
    result.kind = Expression::Kind::name;
    result.is_label = token_.is_escaped;
    const Span start = token_.span;
    while (true) {
      add_parts(result.parts);
      HOLDFAST_TRY(advance());
      if (!token_.is_symbol('.')) break;
      HOLDFAST_TRY(advance());
      const bool is_index =
          token_.kind == Token::Kind::number && result.parts.back().text.find('/') == std::string::npos;
      if (token_.kind != Token::Kind::word && !is_index) return expected("a name after the `.`");
    }
    if (token_.is_symbol('(')) {
      result.has_arguments = true;
      HOLDFAST_TRY(items(result, ')'));
    }
    result.span = join(start, last_);
    return result;
  }

  /// Adds the token as a part of the name. The token 0.1 in x.0.1 is two parts.
  void add_parts(std::vector<NamePart>& out) const {
    const auto dot = token_.kind == Token::Kind::number ? token_.text.find('.') : std::string::npos;
    if (dot == std::string::npos) {
      out.push_back({token_.text, token_.span});
      return;
    }
    out.push_back({token_.text.substr(0, dot), {token_.span.offset, dot}});
    out.push_back({token_.text.substr(dot + 1), {token_.span.offset + dot + 1, token_.text.size() - dot - 1}});
  }

  /// From the opening bracket to `close`; a comma may follow the last item.
  SourceResult<void> items(Expression& out, char close) {
    HOLDFAST_TRY(advance());
    while (!token_.is_symbol(close)) {
      HOLDFAST_TRY_ASSIGN(Expression item, expression());
      out.items.push_back(std::move(item));
      HOLDFAST_TRY(separator(close));
    }
    return advance();
  }

  SourceResult<void> separator(char close) {
    if (token_.is_symbol(',')) return advance();
    if (!token_.is_symbol(close)) return expected(std::string("`,` or `") + close + "`");
    return {};
  }

  /// {a: 1, b: 2} or {a, b} or {:} or {}.
  SourceResult<void> fields(Expression& out) {
    HOLDFAST_TRY(advance());
    if (token_.is_symbol(':')) {
      HOLDFAST_TRY(advance());
      return skip_symbol('}');
    }
    while (!token_.is_symbol('}')) {
      if (token_.kind != Token::Kind::word) return expected("the name of a field or flag");
      out.labels.push_back({token_.text, token_.span});
      HOLDFAST_TRY(advance());
      const bool has_values = out.labels.size() == 1 ? token_.is_symbol(':') : !out.items.empty();
      if (has_values) {
        HOLDFAST_TRY(skip_symbol(':'));
        HOLDFAST_TRY_ASSIGN(Expression value, expression());
        out.items.push_back(std::move(value));
      }
      HOLDFAST_TRY(separator('}'));
    }
    return advance();
  }

  StatementLexer lexer_;
  Token token_;
  Span last_;  // of the previous token
  int depth_ = 0;
};

}  // namespace

SourceResult<std::vector<Statement>> parse_statements(std::string_view source) { return Parser(source).statements(); }
SourceResult<Expression> parse_expression(std::string_view source) { return Parser(source).single_expression(); }

}  // namespace holdfast::cli
