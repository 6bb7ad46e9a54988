// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs statements: calls functions of instances, keeps the variables and the handles that calls return, and drops the
// remaining handles at the end. Owns the handles; the statements must outlive it. Used on the store's thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "holdfast/abi/val.hpp"
#include "holdfast/embed/instance.hpp"
#include "statements/name_resolver.hpp"
#include "statements/statement_syntax.hpp"
#include "statements/wave_parser.hpp"

namespace holdfast::cli {

class StatementInterpreter {
 public:
  /// `instances`: the component's, then those of the linked components. `print` receives each value as WAVE.
  StatementInterpreter(std::vector<Instance> instances, std::function<void(const std::string&)> print);

  /// Runs the statements until one fails. Errors: what is wrong with the statement. If a call failed, `failed_call` has
  /// its error.
  SourceResult<void> run(std::span<const Statement> statements);

  const std::optional<HostError>& failed_call() const noexcept { return failed_call_; }
  /// Whether a function returned an error result.
  bool had_error_result() const noexcept { return had_error_result_; }

  /// Drops the remaining handles, newest first. Returns the errors; a failed drop does not stop the others.
  std::vector<HostError> drop_all();

 private:
  struct Variable {
    std::string name;
    std::optional<Val> value;             ///< the result of a call; nullopt for a literal
    const Expression* literal = nullptr;  ///< its type depends on where the variable is used
  };
  /// The printed form of a handle: <blob#1>.
  struct Label {
    std::string type;
    std::uint64_t number = 0;
  };
  class Scope;

  SourceResult<void> run(const Statement& statement);
  SourceResult<void> let(const Statement& statement);
  SourceResult<void> drop(const Statement& statement);
  SourceResult<std::optional<Val>> evaluate(const Expression& expression);
  SourceResult<std::optional<Val>> call(const Expression& expression);
  SourceResult<std::optional<Val>> call_method(const Expression& expression, const Val& receiver);
  SourceResult<std::optional<Val>> invoke(const Callable& callable, std::optional<Val> receiver,
                                          const Expression& expression);
  SourceResult<Val> member(Val value, std::span<const NamePart> parts) const;
  SourceResult<void> refuse_calls(const Expression& literal) const;
  SourceResult<void> check_given_away(const Val& handle, Span span) const;
  std::unexpected<SourceError> wrong_arity(const Callable& callable, std::size_t first, const Expression& call) const;
  std::unexpected<SourceError> unknown_variable(const NamePart& name) const;

  const Variable* find_variable(std::string_view name) const;
  const component::Program& program_of(const Callable& callable) const { return instances_[callable.source].program(); }
  std::string resource_of(const Val& handle) const;
  const Label& label_of(const Val& handle);
  Val displayed(const Val& value);
  void show(const Val& value);

  std::vector<Instance> instances_;
  std::function<void(const std::string&)> print_;
  NameResolver resolver_;
  std::vector<Variable> variables_;
  std::size_t visible_;    ///< how many variables can be used now; while a literal is read, those before it
  std::vector<Val> kept_;  ///< results that contain handles, in the order of the calls
  std::map<std::uint64_t, std::string> given_away_;  ///< by token: "passed to `f`" or "dropped"
  std::map<std::uint64_t, Label> labels_;            ///< by token
  std::map<std::string, std::uint64_t> label_counts_;
  std::optional<HostError> failed_call_;
  bool had_error_result_ = false;
};

}  // namespace holdfast::cli
