// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes the statements of the command line: any text is parsed, or refused with a position inside it and a message
// that can be rendered. The first bytes choose a type, and the text is also read as a value of that type. A value that
// was read must be the same after it is printed and read again.
#include <cstdint>
#include <cstring>
#include <string_view>

#include "holdfast/abi/check.hpp"
#include "holdfast/abi/testing/random_value.hpp"
#include "holdfast/component/program/wit_text.hpp"
#include "operations.hpp"
#include "statements/statement_parser.hpp"
#include "statements/wave_parser.hpp"

namespace {

using namespace holdfast;
using namespace holdfast::cli;
using component::InterfaceTypeId;
using fuzz::require;

void check_error(const SourceError& error, std::string_view source) {
  require(error.span.offset <= source.size() && error.span.size <= source.size() - error.span.offset);
  require(!error.message.empty() && !render(error, source, "name").empty());
}

/// A scope without variables or functions. Random types contain no handles.
class NoNames final : public ValueScope {
 public:
  explicit NoNames(const component::InterfaceTypes& types) : types_(types) {}
  std::string describe(InterfaceTypeId type) const override { return component::type_text(types_, type); }
  SourceResult<Val> evaluate(const Expression& name, InterfaceTypeId) override {
    return source_fail(name.span, "unknown name `" + name.full_name() + '`');
  }
  SourceResult<void> pass(const Val&, const component::InterfaceType&, Span) override { std::abort(); }

 private:
  const component::InterfaceTypes& types_;
};

SourceResult<Val> read(std::string_view source, const component::InterfaceTypes& types, InterfaceTypeId type) {
  const auto expression = parse_expression(source);
  if (!expression) return std::unexpected(expression.error());
  NoNames names(types);
  return WaveParser(types, names).value(*expression, type);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::uint32_t seed = 0;
  if (size < sizeof seed) return 0;
  std::memcpy(&seed, data, sizeof seed);
  const std::string_view source(reinterpret_cast<const char*>(data) + sizeof seed, size - sizeof seed);
  if (const auto parsed = parse_statements(source); !parsed) check_error(parsed.error(), source);

  abi::testing::RandomValues random(seed);
  abi::testing::TypeBuilder builder;
  const InterfaceTypeId type = random.type(builder, 4);
  const auto value = read(source, builder.types(), type);
  if (!value) {
    check_error(value.error(), source);
    return 0;
  }
  require(abi::check(builder.types(), type, *value).has_value());
  const auto again = read(value->to_wave(), builder.types(), type);
  require(again.has_value() && *again == *value);
  return 0;
}
