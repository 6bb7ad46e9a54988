// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/statement_interpreter.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "console/suggestions.hpp"
#include "holdfast/component/program/wit_text.hpp"
#include "holdfast/embed/own.hpp"
#include "holdfast/embed/resource_identity.hpp"
#include "statements/handle_walk.hpp"

namespace holdfast::cli {
namespace {

bool is_literal_word(const Expression& expression) {
  if (expression.parts.size() != 1) return false;
  const std::string& word = expression.parts[0].text;
  return expression.is_label || word == "some" || word == "ok" || word == "err";
}

/// The handle that `value` is, or that a some or ok contains; null when there is none.
const Val* handle_in(const Val& value) {
  switch (value.kind()) {
    case ValKind::own:
    case ValKind::borrow: return &value;
    case ValKind::option: {
      const Val* const inside = *value.as_option();
      return inside == nullptr ? nullptr : handle_in(*inside);
    }
    case ValKind::result: {
      const ValResult chosen = *value.as_result();
      return chosen.is_ok && chosen.payload != nullptr ? handle_in(*chosen.payload) : nullptr;
    }
    default: return nullptr;
  }
}

std::uint64_t token_bits(const Val& handle) {
  return (handle.kind() == ValKind::own ? *handle.as_own() : *handle.as_borrow()).bits;
}

}  // namespace

/// The meaning of names in the arguments of one call.
class StatementInterpreter::Scope final : public ValueScope {
 public:
  Scope(StatementInterpreter& interpreter, const Callable& callee, const Expression& call)
      : interpreter_(interpreter),
        instance_(interpreter.instances_[callee.source]),
        program_(instance_.program()),
        call_(call) {}

  std::string describe(component::InterfaceTypeId type) const override { return component::to_wit(program_, type); }

  std::optional<SourceResult<Val>> literal(const Expression& name, component::InterfaceTypeId expected) override {
    const Variable* const variable = interpreter_.find_variable(name.parts[0].text);
    const bool is_literal = variable != nullptr && variable->literal != nullptr;
    if (!is_literal || name.parts.size() != 1 || name.has_arguments) return std::nullopt;
    return read_literal(*variable, expected);
  }

  SourceResult<Val> evaluate(const Expression& name, component::InterfaceTypeId expected) override {
    const Variable* const variable = interpreter_.find_variable(name.parts[0].text);
    const bool is_plain = name.parts.size() == 1 && !name.has_arguments;
    if (variable == nullptr && is_plain) {
      std::vector<std::string> words;
      for (const auto& case_ : program_.types[expected].cases) words.push_back(case_.name);
      for (const Variable& known : interpreter_.variables_) words.push_back(known.name);
      const std::string& text = name.parts[0].text;
      return source_fail(name.span, "expected " + describe(expected) + ", found the unknown name `" + text + '`' +
                                        did_you_mean(text, words));
    }
    HOLDFAST_TRY_ASSIGN(std::optional<Val> value, interpreter_.evaluate(name));
    if (value) return *std::move(value);
    return source_fail(name.span,
                       "expected " + describe(expected) + ", but `" + name.full_name() + "` returns nothing");
  }

  SourceResult<void> pass(const Val& handle, const component::InterfaceType& type, Span span) override {
    HOLDFAST_TRY(interpreter_.check_given_away(handle, span));
    const auto identity = resource_identity(handle);
    if (!identity || *identity != instance_.resource_identity(type.resource)) {
      const std::string& expected = program_.resources[type.resource].name;
      return source_fail(span, "expected a " + expected.substr(expected.rfind('/') + 1) + ", found a " +
                                   interpreter_.resource_of(handle));
    }
    const bool is_own = type.kind == component::TypeKind::own;
    if (is_own) interpreter_.given_away_.emplace(token_bits(handle), "passed to `" + call_.full_name() + '`');
    return {};
  }

 private:
  /// Hides the variable and those after it while its literal is read, so that literals cannot refer to each other
  /// forever.
  SourceResult<Val> read_literal(const Variable& variable, component::InterfaceTypeId expected) {
    const auto position = static_cast<std::size_t>(&variable - interpreter_.variables_.data());
    const std::size_t visible = std::exchange(interpreter_.visible_, position);
    auto value = WaveParser(program_.types, *this).value(*variable.literal, expected);
    interpreter_.visible_ = visible;
    return value;
  }

  StatementInterpreter& interpreter_;
  const Instance& instance_;
  const component::Program& program_;
  const Expression& call_;
};

StatementInterpreter::StatementInterpreter(std::vector<Instance> instances,
                                           std::function<void(const std::string&)> print)
    : instances_(std::move(instances)), print_(std::move(print)), visible_(0) {
  for (std::size_t i = 0; i < instances_.size(); ++i) resolver_.add(instances_[i].program(), i);
}

SourceResult<void> StatementInterpreter::run(std::span<const Statement> statements) {
  for (const Statement& statement : statements) HOLDFAST_TRY(run(statement));
  return {};
}

SourceResult<void> StatementInterpreter::run(const Statement& statement) {
  visible_ = variables_.size();
  if (statement.kind == Statement::Kind::let) return let(statement);
  if (statement.kind == Statement::Kind::drop) return drop(statement);
  if (statement.expression.kind != Expression::Kind::name) {
    return source_fail(statement.expression.span, "expected a call, found " + describe(statement.expression));
  }
  HOLDFAST_TRY_ASSIGN(const std::optional<Val> value, evaluate(statement.expression));
  if (value) show(*value);
  return {};
}

SourceResult<void> StatementInterpreter::let(const Statement& statement) {
  const NamePart& name = *statement.variable;
  if (find_variable(name.text) != nullptr) {
    return source_fail(name.span, "the variable `" + name.text + "` already exists");
  }
  const Expression& expression = statement.expression;
  Variable variable{name.text, std::nullopt, nullptr};
  const bool is_name = expression.kind == Expression::Kind::name;
  const bool is_known = is_name && find_variable(expression.parts[0].text) != nullptr;
  // A lone name may be a case of a variant or enum, whose type shows only where the variable is used.
  if (is_known || (is_name && expression.has_arguments && !is_literal_word(expression))) {
    HOLDFAST_TRY_ASSIGN(variable.value, evaluate(expression));
    if (!variable.value) {
      return source_fail(expression.span,
                         '`' + expression.full_name() + "` returns nothing, so there is no value to keep");
    }
    show(*variable.value);
  } else {
    HOLDFAST_TRY(refuse_calls(expression));
    variable.literal = &expression;
  }
  variables_.push_back(std::move(variable));
  return {};
}

/// A literal is read each time it is used, so it must not contain calls.
SourceResult<void> StatementInterpreter::refuse_calls(const Expression& literal) const {
  const bool is_call = literal.kind == Expression::Kind::name && literal.has_arguments;
  if (is_call && !is_literal_word(literal) && resolver_.find(literal.parts) != nullptr) {
    return source_fail(
        literal.span, "a variable's value cannot contain a call: keep the result of the call in a variable of its own");
  }
  for (const Expression& item : literal.items) HOLDFAST_TRY(refuse_calls(item));
  return {};
}

SourceResult<void> StatementInterpreter::drop(const Statement& statement) {
  const Expression& target = statement.expression;
  const Variable* const variable = find_variable(target.parts[0].text);
  if (variable == nullptr) return unknown_variable(target.parts[0]);
  std::vector<Val> owns;
  if (variable->value) {
    HOLDFAST_TRY_ASSIGN(const Val value, member(*variable->value, std::span(target.parts).subspan(1)));
    owns = owns_in(value);
  }
  if (owns.empty()) return source_fail(target.span, '`' + target.full_name() + "` holds no handle to drop");
  for (const Val& own : owns) HOLDFAST_TRY(check_given_away(own, target.span));
  for (const Val& own : owns) {
    given_away_.emplace(token_bits(own), "dropped");
    auto dropped = drop_resource(own);
    if (dropped) continue;
    failed_call_ = std::move(dropped).error();
    return source_fail(statement.span, "the destructor failed: " + failed_call_->message());
  }
  return {};
}

SourceResult<std::optional<Val>> StatementInterpreter::evaluate(const Expression& expression) {
  const Variable* const variable = find_variable(expression.parts[0].text);
  if (variable == nullptr) {
    if (expression.has_arguments) return call(expression);
    if (resolver_.resolve(expression.parts)) {
      const std::string name = expression.full_name();
      return source_fail(expression.span, '`' + name + "` is a function; to call it, write `" + name + "(...)`");
    }
    return unknown_variable(expression.parts[0]);
  }
  std::span<const NamePart> parts = expression.parts;
  if (variable->literal != nullptr) {
    return source_fail(parts[0].span, '`' + variable->name + "` has no type of its own; use it as an argument");
  }
  parts = parts.subspan(1);
  if (expression.has_arguments) {
    if (parts.empty()) return source_fail(expression.span, '`' + variable->name + "` is a variable, not a function");
    HOLDFAST_TRY_ASSIGN(Val receiver, member(*variable->value, parts.first(parts.size() - 1)));
    return call_method(expression, receiver);
  }
  HOLDFAST_TRY_ASSIGN(Val value, member(*variable->value, parts));
  return value;
}

SourceResult<Val> StatementInterpreter::member(Val value, std::span<const NamePart> parts) const {
  for (const NamePart& part : parts) {
    Val inside = value;
    if (value.kind() == ValKind::option && *value.as_option() != nullptr) inside = **value.as_option();
    if (value.kind() == ValKind::result && value.as_result()->payload != nullptr) inside = *value.as_result()->payload;
    std::size_t index = 0;
    const auto parsed = std::from_chars(part.text.data(), part.text.data() + part.text.size(), index);
    const bool is_index = parsed.ec == std::errc{} && parsed.ptr == part.text.data() + part.text.size();
    std::span<const Val> elements;
    if (inside.kind() == ValKind::list) elements = *inside.as_list();
    if (inside.kind() == ValKind::tuple) elements = *inside.as_tuple();
    if (is_index && index < elements.size()) {
      value = Val(elements[index]);
      continue;
    }
    if (inside.kind() == ValKind::variant) {
      const ValCase chosen = *inside.as_variant();
      if (chosen.name == part.text && chosen.payload != nullptr) {
        value = Val(*chosen.payload);
        continue;
      }
    }
    auto field = inside.field(part.text);
    if (!field) {
      const bool is_handle = handle_in(inside) != nullptr;
      return source_fail(part.span, "the value, of kind " + std::string(name_of(inside.kind())) + ", has no part `" +
                                        part.text + '`' + (is_handle ? "; to call a method, write `(...)`" : ""));
    }
    value = *std::move(field);
  }
  return value;
}

SourceResult<std::optional<Val>> StatementInterpreter::call(const Expression& expression) {
  HOLDFAST_TRY_ASSIGN(const Callable* const callable, resolver_.resolve(expression.parts));
  return invoke(*callable, std::nullopt, expression);
}

SourceResult<std::optional<Val>> StatementInterpreter::call_method(const Expression& expression, const Val& receiver) {
  const NamePart& method = expression.parts.back();
  const Span receiver_span = join(expression.parts.front().span, expression.parts[expression.parts.size() - 2].span);
  const Val* const handle = handle_in(receiver);
  if (handle == nullptr) {
    return source_fail(receiver_span, "a method needs a handle, found " + displayed(receiver).to_wave());
  }
  HOLDFAST_TRY(check_given_away(*handle, receiver_span));
  const auto identity = resource_identity(*handle);
  const auto takes = [&](const Callable& callable) {
    const Instance& instance = instances_[callable.source];
    const component::Program& program = instance.program();
    const auto& parameters = program.types[callable.type].parameters;
    if (parameters.empty()) return false;
    const auto& self = program.types[parameters[0].type];
    return self.kind == component::TypeKind::borrow && identity &&
           *identity == instance.resource_identity(self.resource);
  };
  if (const Callable* const callable = resolver_.find_method(method.text, takes)) {
    return invoke(*callable, Val(*handle), expression);
  }
  std::vector<std::string> methods;
  for (const Callable& callable : resolver_.callables()) {
    if (callable.kind == Callable::Kind::method && takes(callable)) methods.push_back(callable.member);
  }
  std::string message = "a " + resource_of(*handle) + " has no method `" + method.text + '`';
  const std::string suggestion = did_you_mean(method.text, methods);
  if (!suggestion.empty()) {
    message += suggestion;
  } else if (!methods.empty()) {
    message += (methods.size() == 1 ? "; its only method is " : "; its methods are ") + join_words(methods);
  }
  return source_fail(method.span, std::move(message));
}

std::unexpected<SourceError> StatementInterpreter::wrong_arity(const Callable& callable, std::size_t first,
                                                               const Expression& call) const {
  const component::Program& program = program_of(callable);
  const auto& parameters = program.types[callable.type].parameters;
  const std::size_t expected = parameters.size() - first;
  std::string message =
      '`' + callable.spelling() + "` takes " +
      (expected == 0 ? "no arguments" : std::to_string(expected) + (expected == 1 ? " argument" : " arguments"));
  for (std::size_t i = first; i < parameters.size(); ++i) {
    message += (i == first ? " (" : ", ") + parameters[i].name + ": " + component::to_wit(program, parameters[i].type);
  }
  message += (expected == 0 ? ", found " : "), found ") + std::to_string(call.items.size());
  return source_fail(call.items.size() > expected ? join(call.items[expected].span, call.items.back().span) : call.span,
                     std::move(message));
}

SourceResult<std::optional<Val>> StatementInterpreter::invoke(const Callable& callable, std::optional<Val> receiver,
                                                              const Expression& expression) {
  const component::Program& program = program_of(callable);
  const component::FunctionType& type = program.types[callable.type];
  const std::size_t first = receiver ? 1 : 0;
  if (expression.items.size() + first != type.parameters.size()) return wrong_arity(callable, first, expression);
  Scope scope(*this, callable, expression);
  WaveParser parser(program.types, scope);
  std::vector<Val> arguments;
  if (receiver) arguments.push_back(*std::move(receiver));
  for (std::size_t i = 0; i < expression.items.size(); ++i) {
    HOLDFAST_TRY_ASSIGN(Val argument, parser.value(expression.items[i], type.parameters[i + first].type));
    arguments.push_back(std::move(argument));
  }
  auto result = instances_[callable.source].call(callable.interface_name, callable.name, arguments);
  if (!result) {
    failed_call_ = std::move(result).error();
    return source_fail(expression.span, failed_call_->message());
  }
  if (*result) {
    const Val& value = **result;
    had_error_result_ = had_error_result_ || (value.kind() == ValKind::result && !value.as_result()->is_ok);
    if (!owns_in(value).empty()) kept_.push_back(value);
  }
  return *std::move(result);
}

SourceResult<void> StatementInterpreter::check_given_away(const Val& handle, Span span) const {
  const auto entry = given_away_.find(token_bits(handle));
  if (entry == given_away_.end()) return {};
  return source_fail(span, "the " + resource_of(handle) + " was already " + entry->second);
}

const StatementInterpreter::Variable* StatementInterpreter::find_variable(std::string_view name) const {
  const auto visible = std::span(variables_).first(visible_);
  const auto variable = std::ranges::find(visible, name, &Variable::name);
  return variable == visible.end() ? nullptr : &*variable;
}

std::unexpected<SourceError> StatementInterpreter::unknown_variable(const NamePart& name) const {
  std::vector<std::string> names;
  for (const Variable& variable : variables_) names.push_back(variable.name);
  return source_fail(name.span, "unknown variable `" + name.text + '`' + did_you_mean(name.text, names));
}

std::string StatementInterpreter::resource_of(const Val& handle) const {
  const auto label = labels_.find(token_bits(handle));
  if (label != labels_.end()) return label->second.type;
  const auto identity = resource_identity(handle);
  if (!identity) return "handle";
  const std::string& name = identity->name();
  return name.substr(name.rfind('/') + 1);
}

const StatementInterpreter::Label& StatementInterpreter::label_of(const Val& handle) {
  const auto known = labels_.find(token_bits(handle));
  if (known != labels_.end()) return known->second;
  std::string type = resource_of(handle);
  const std::uint64_t number = ++label_counts_[type];
  return labels_.emplace(token_bits(handle), Label{std::move(type), number}).first->second;
}

/// A copy of `value` for people: handles are numbered, from 1 for each type.
Val StatementInterpreter::displayed(const Val& value) {
  return replace_handles(value, [this](const Val& handle) {
    const Label& label = label_of(handle);
    return Val::own(abi::HandleToken{label.number}, nullptr, label.type);
  });
}

void StatementInterpreter::show(const Val& value) { print_(displayed(value).to_wave()); }

std::vector<HostError> StatementInterpreter::drop_all() {
  std::vector<HostError> failures;
  variables_.clear();
  while (!kept_.empty()) {
    std::vector<Val> owns = owns_in(kept_.back());
    for (auto own = owns.rbegin(); own != owns.rend(); ++own) {
      if (given_away_.contains(token_bits(*own))) continue;
      if (auto dropped = drop_resource(*own); !dropped) {
        // A trap may have closed the instance, and the handle with it.
        if (dropped.error().kind() != ErrorKind::closed) failures.push_back(std::move(dropped).error());
      }
    }
    kept_.pop_back();
  }
  return failures;
}

}  // namespace holdfast::cli
