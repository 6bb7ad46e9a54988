// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/statement_interpreter.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "console/suggestions.hpp"
#include "holdfast/component/program/wit_text.hpp"
#include "holdfast/embed/own.hpp"
#include "holdfast/runtime/store/store_state.hpp"
#include "statements/handle_walk.hpp"

namespace holdfast::cli {
namespace {

bool is_literal_word(const Expression& expression) {
  if (expression.parts.size() != 1) return false;
  const std::string& word = expression.parts[0].text;
  return expression.is_label || word == "some" || word == "ok" || word == "err";
}

std::string token_owner(const Expression& call) { return '`' + call.full_name() + '`'; }

/// The handle itself, or the one in a some or ok.
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

/// What names mean in the arguments of one call.
class StatementInterpreter::Scope final : public ValueScope {
 public:
  Scope(StatementInterpreter& interpreter, const Callable& callee, const Expression& call)
      : interpreter_(interpreter),
        program_(interpreter.program_of(callee)),
        tags_(interpreter.instances_[callee.source].root()->resource_tags),
        call_(call) {}

  std::string describe(component::InterfaceTypeId type) const override { return component::to_wit(program_, type); }

  std::optional<SourceResult<Val>> literal(const Expression& name, component::InterfaceTypeId wanted) override {
    const Variable* const variable = interpreter_.find_variable(name.parts[0].text);
    const bool is_literal = variable != nullptr && variable->literal != nullptr;
    if (!is_literal || name.parts.size() != 1 || name.has_arguments) return std::nullopt;
    return read_literal(*variable, wanted);
  }

  SourceResult<Val> evaluate(const Expression& name, component::InterfaceTypeId wanted) override {
    const Variable* const variable = interpreter_.find_variable(name.parts[0].text);
    const bool is_plain = name.parts.size() == 1 && !name.has_arguments;
    if (variable == nullptr && is_plain) {
      std::vector<std::string> words;
      for (const auto& one : program_.types[wanted].cases) words.push_back(one.name);
      for (const Variable& one : interpreter_.variables_) words.push_back(one.name);
      const std::string& text = name.parts[0].text;
      return source_fail(name.span,
                         '`' + text + "` is no variable, and no " + describe(wanted) + did_you_mean(text, words));
    }
    HOLDFAST_TRY_ASSIGN(std::optional<Val> given, interpreter_.evaluate(name));
    if (given) return *std::move(given);
    return source_fail(name.span, "expected " + describe(wanted) + ", but `" + name.full_name() + "` returns nothing");
  }

  SourceResult<void> pass(const Val& handle, const component::InterfaceType& type, Span span) override {
    HOLDFAST_TRY(interpreter_.check_given_away(handle, span));
    const auto tag = interpreter_.tag_of(handle);
    if (!tag || *tag != tags_[type.resource.index()]) {
      const std::string& wanted = program_.resources[type.resource].name;
      return source_fail(
          span, "expected a " + wanted.substr(wanted.rfind('/') + 1) + ", found a " + interpreter_.resource_of(handle));
    }
    const bool is_own = type.kind == component::TypeKind::own;
    if (is_own) interpreter_.given_away_.emplace(token_bits(handle), "given to " + token_owner(call_));
    return {};
  }

 private:
  /// The variables that came after the literal cannot be named in it, so that this comes to an end.
  SourceResult<Val> read_literal(const Variable& variable, component::InterfaceTypeId wanted) {
    const auto position = static_cast<std::size_t>(&variable - interpreter_.variables_.data());
    const std::size_t visible = std::exchange(interpreter_.visible_, position);
    auto made = WaveParser(program_.types, *this).value(*variable.literal, wanted);
    interpreter_.visible_ = visible;
    return made;
  }

  StatementInterpreter& interpreter_;
  const component::Program& program_;
  const std::vector<runtime::ResourceTag>& tags_;
  const Expression& call_;
};

StatementInterpreter::StatementInterpreter(std::vector<Instance> instances,
                                           std::function<void(const std::string&)> print)
    : instances_(std::move(instances)), print_(std::move(print)), visible_(0) {
  for (std::size_t i = 0; i < instances_.size(); ++i) resolver_.add(instances_[i].root()->program(), i);
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
    return source_fail(statement.expression.span, "a call is expected, found " + describe(statement.expression));
  }
  HOLDFAST_TRY_ASSIGN(const std::optional<Val> value, evaluate(statement.expression));
  if (value) show(*value);
  return {};
}

SourceResult<void> StatementInterpreter::let(const Statement& statement) {
  const NamePart& name = *statement.variable;
  if (find_variable(name.text) != nullptr) {
    return source_fail(name.span, "there is a variable `" + name.text + "` already");
  }
  const Expression& expression = statement.expression;
  Variable made{name.text, std::nullopt, nullptr};
  const bool is_name = expression.kind == Expression::Kind::name;
  const bool is_known = is_name && find_variable(expression.parts[0].text) != nullptr;
  // A name alone may be a case of a type that is known only where the variable is used.
  if (is_known || (is_name && expression.has_arguments && !is_literal_word(expression))) {
    HOLDFAST_TRY_ASSIGN(made.value, evaluate(expression));
    if (!made.value) {
      return source_fail(expression.span, '`' + expression.full_name() + "` returns nothing that could be kept");
    }
    show(*made.value);
  } else {
    HOLDFAST_TRY(refuse_calls(expression));
    made.literal = &expression;
  }
  variables_.push_back(std::move(made));
  return {};
}

/// A literal is read each time it is used, so there must be no calls in it.
SourceResult<void> StatementInterpreter::refuse_calls(const Expression& literal) const {
  const bool is_call = literal.kind == Expression::Kind::name && literal.has_arguments;
  if (is_call && !is_literal_word(literal) && resolver_.find(literal.parts) != nullptr) {
    return source_fail(literal.span, "a call inside a value needs a `let` of its own");
  }
  for (const Expression& item : literal.items) HOLDFAST_TRY(refuse_calls(item));
  return {};
}

SourceResult<void> StatementInterpreter::drop(const Statement& statement) {
  const Expression& what = statement.expression;
  const Variable* const variable = find_variable(what.parts[0].text);
  if (variable == nullptr) return unknown_variable(what.parts[0]);
  std::vector<Val> owns;
  if (variable->value) {
    HOLDFAST_TRY_ASSIGN(const Val value, member(*variable->value, std::span(what.parts).subspan(1)));
    owns = owns_in(value);
  }
  if (owns.empty()) return source_fail(what.span, '`' + what.full_name() + "` holds no handle that could be dropped");
  for (const Val& own : owns) HOLDFAST_TRY(check_given_away(own, what.span));
  for (const Val& own : owns) {
    given_away_.emplace(token_bits(own), "dropped");
    auto closed = static_cast<OwnedHandle*>(own.keeper().get())->close();
    if (closed) continue;
    failed_call_ = std::move(closed).error();
    return source_fail(statement.span, "the destructor failed: " + failed_call_->message());
  }
  return {};
}

SourceResult<std::optional<Val>> StatementInterpreter::evaluate(const Expression& expression) {
  const Variable* const variable = find_variable(expression.parts[0].text);
  if (variable == nullptr) {
    if (expression.has_arguments) return call(expression);
    if (const auto found = resolver_.resolve(expression.parts)) {
      return source_fail(expression.span, '`' + expression.full_name() + "` is a function: to call it, write `" +
                                              expression.full_name() + "(...)`");
    }
    return unknown_variable(expression.parts[0]);
  }
  std::span<const NamePart> parts = expression.parts;
  if (variable->literal != nullptr) {
    return source_fail(parts[0].span, '`' + variable->name + "` has no type by itself: it can only be an argument");
  }
  parts = parts.subspan(1);
  if (expression.has_arguments) {
    if (parts.empty()) return source_fail(expression.span, '`' + variable->name + "` is a variable, not a function");
    HOLDFAST_TRY_ASSIGN(Val receiver, member(*variable->value, parts.first(parts.size() - 1)));
    return call_method(expression, std::move(receiver));
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
      return source_fail(part.span, "the value, a " + std::string(name_of(inside.kind())) + ", has no part `" +
                                        part.text + '`' + (is_handle ? "; a method is called with `(...)`" : ""));
    }
    value = *std::move(field);
  }
  return value;
}

SourceResult<std::optional<Val>> StatementInterpreter::call(const Expression& expression) {
  HOLDFAST_TRY_ASSIGN(const Callable* const callable, resolver_.resolve(expression.parts));
  return invoke(*callable, std::nullopt, expression);
}

SourceResult<std::optional<Val>> StatementInterpreter::call_method(const Expression& expression, Val receiver) {
  const NamePart& method = expression.parts.back();
  const Span receiver_span = join(expression.parts.front().span, expression.parts[expression.parts.size() - 2].span);
  const Val* const handle = handle_in(receiver);
  if (handle == nullptr) {
    return source_fail(receiver_span, "a method needs a handle, but this is " + displayed(receiver).to_wave());
  }
  HOLDFAST_TRY(check_given_away(*handle, receiver_span));
  const auto tag = tag_of(*handle);
  const auto takes = [&](const Callable& callable) {
    const component::Program& program = program_of(callable);
    const auto& parameters = program.types[callable.type].parameters;
    if (parameters.empty()) return false;
    const auto& self = program.types[parameters[0].type];
    return self.kind == component::TypeKind::borrow &&
           tag == instances_[callable.source].root()->resource_tags[self.resource.index()];
  };
  if (const Callable* const callable = resolver_.find_method(method.text, takes)) {
    return invoke(*callable, Val(*handle), expression);
  }
  std::vector<std::string> methods;
  for (const Callable& one : resolver_.callables()) {
    if (one.kind == Callable::Kind::method && takes(one)) methods.push_back(one.member);
  }
  std::string message = "a " + resource_of(*handle) + " has no method `" + method.text + '`';
  const std::string meant = did_you_mean(method.text, methods);
  if (!meant.empty()) {
    message += meant;
  } else if (!methods.empty()) {
    message += "; it has " + join_words(methods);
  }
  return source_fail(method.span, std::move(message));
}

std::unexpected<SourceError> StatementInterpreter::wrong_arity(const Callable& callable, std::size_t first,
                                                               const Expression& call) const {
  const component::Program& program = program_of(callable);
  const auto& parameters = program.types[callable.type].parameters;
  const std::size_t wanted = parameters.size() - first;
  std::string message =
      '`' + callable.spelling() + "` takes " +
      (wanted == 0 ? "no arguments" : std::to_string(wanted) + (wanted == 1 ? " argument" : " arguments"));
  for (std::size_t i = first; i < parameters.size(); ++i) {
    message += (i == first ? " (" : ", ") + parameters[i].name + ": " + component::to_wit(program, parameters[i].type);
  }
  message += (wanted == 0 ? ", but " : "), but ") + std::to_string(call.items.size()) +
             (call.items.size() == 1 ? " is given" : " are given");
  return source_fail(call.items.size() > wanted ? join(call.items[wanted].span, call.items.back().span) : call.span,
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
  const auto found = given_away_.find(token_bits(handle));
  if (found == given_away_.end()) return {};
  return source_fail(span,
                     "the " + resource_of(handle) + " was " + found->second + " before, and cannot be used any more");
}

const StatementInterpreter::Variable* StatementInterpreter::find_variable(std::string_view name) const {
  const auto visible = std::span(variables_).first(visible_);
  const auto found = std::ranges::find(visible, name, &Variable::name);
  return found == visible.end() ? nullptr : &*found;
}

std::unexpected<SourceError> StatementInterpreter::unknown_variable(const NamePart& name) const {
  std::vector<std::string> names;
  for (const Variable& one : variables_) names.push_back(one.name);
  return source_fail(name.span, "there is no variable `" + name.text + '`' + did_you_mean(name.text, names));
}

std::optional<runtime::ResourceTag> StatementInterpreter::tag_of(const Val& handle) const {
  const auto held = instances_[0].store()->held.get(runtime::held_id({token_bits(handle)}));
  return held ? std::optional((*held)->tag) : std::nullopt;
}

std::string StatementInterpreter::resource_of(const Val& handle) const {
  const auto label = labels_.find(token_bits(handle));
  if (label != labels_.end()) return label->second.type;
  const auto tag = tag_of(handle);
  if (!tag) return "handle";
  const std::string& name = instances_[0].store()->type(*tag).name;
  return name.substr(name.rfind('/') + 1);
}

const StatementInterpreter::Label& StatementInterpreter::label_of(const Val& handle) {
  const auto found = labels_.find(token_bits(handle));
  if (found != labels_.end()) return found->second;
  std::string type = resource_of(handle);
  const std::uint64_t number = ++label_counts_[type];
  return labels_.emplace(token_bits(handle), Label{std::move(type), number}).first->second;
}

/// With handles numbered for people, each type from 1.
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
      if (auto closed = static_cast<OwnedHandle*>(own->keeper().get())->close(); !closed) {
        // A call that trapped may have closed its instance, and taken the handle along.
        if (closed.error().kind() != ErrorKind::closed) failures.push_back(std::move(closed).error());
      }
    }
    kept_.pop_back();
  }
  return failures;
}

}  // namespace holdfast::cli
