// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wast/runner.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "holdfast/component/program/program.hpp"

namespace holdfast::cli::wast {
namespace {

Outcome pass() { return {}; }
Outcome fail(std::string why) { return {Status::fail, std::move(why)}; }
Outcome skip(std::string why) { return {Status::skip, std::move(why)}; }

/// The error as text in which the words of a script are searched. The first line is the summary. Offsets are
/// hexadecimal, as in the scripts.
std::string text_of(const HostError& error) {
  const std::string message = error.message();
  std::string text = error.to_string();
  const std::size_t end = message.rfind(error.cause()) + error.cause().size();
  if (error.offset()) text.replace(end, message.size() - end, fmt::format(" (at offset {:#x})", *error.offset()));
  if (error.kind() == ErrorKind::trap) text.insert(end - error.cause().size(), "wasm trap: ");
  return text;
}

/// Whether the directive needs a feature that Holdfast does not have.
bool is_unsupported(const HostError& error) { return error.kind() == ErrorKind::unsupported; }

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// The error on one line: in full for link errors, otherwise its first line.
std::string summary_of(const HostError& error) {
  std::string text = text_of(error);
  if (error.kind() != ErrorKind::link) return first_line(text);
  std::ranges::replace(text, '\n', ' ');
  return text;
}

/// The outcome of a step that failed. A feature that Holdfast does not have is a skip: neither a failure nor a pass.
Outcome not_done(const HostError& error, std::string_view step) {
  if (is_unsupported(error)) return skip(error.cause());
  return fail(fmt::format("{}: {}", step, summary_of(error)));
}

/// The outcome of a rejection or trap that was expected: does its message contain `words`?
Outcome compare(const HostError& error, const std::string& words) {
  if (is_unsupported(error)) return skip(error.cause());
  const std::string text = text_of(error);
  if (text.find(words) != std::string::npos) return pass();
  return fail(fmt::format("message mismatch: expected `{}`, got `{}`", words, summary_of(error)));
}

/// Whether the guest trapped. A timeout is not a trap, and neither is a mistake in the script.
bool is_trap(const HostError& error) {
  if (error.exit_code()) return false;
  return error.kind() == ErrorKind::trap || error.code() == ErrorCode::handle_limit ||
         error.code() == ErrorCode::table_full;
}

Outcome compare_trap(const HostError& error, const std::string& words) {
  if (is_unsupported(error) || is_trap(error)) return compare(error, words);
  return fail("expected a trap, got another error: " + summary_of(error));
}

std::string text_of(const std::optional<Val>& value) {
  return value ? fmt::format("{} {}", name_of(value->kind()), value->to_wave()) : "no value";
}

HostResult<std::vector<std::byte>> convert(const Source& source) {
  if (source.form != Source::Form::binary) return Component::to_binary(source.bytes);
  const auto bytes = std::as_bytes(std::span(source.bytes));
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

/// Whether `import` is a function, or an instance with one.
bool has_function(const component::ImportEntry& import) {
  if (const auto* members = std::get_if<component::ImportTree>(&import.item.item))
    return std::ranges::any_of(*members, has_function);
  return std::holds_alternative<component::ImportedFunctionId>(import.item.item);
}

bool exports_types(const Component& component) {
  const auto is_type = [](const component::ExportEntry& entry) {
    return std::holds_alternative<component::ResourceSlot>(entry.item.item) ||
           std::holds_alternative<component::ModuleExport>(entry.item.item) ||
           std::holds_alternative<component::ExportTree>(entry.item.item);
  };
  return std::ranges::any_of(component.program().exports, is_type);
}

constexpr auto validation_only = "not run with --validate-only";

}  // namespace

Outcome Runner::carry_out(const Directive& directive) {
  return std::visit([this](const auto& body) { return run(body); }, directive.body);
}

HostResult<void> Runner::validate(std::span<const std::byte> bytes, bool is_module) const {
  return is_module ? CoreModule::validate(engine_, bytes) : Component::validate(engine_, bytes);
}

// --- components and instances ---

Outcome Runner::run(const Instantiation& directive) {
  auto bytes = convert(directive.source);
  if (settings_.validate_only) {
    if (bytes) {
      const auto valid = validate(*bytes, directive.source.is_module);
      return valid ? pass() : not_done(valid.error(), "not valid");
    }
    return not_done(bytes.error(), "cannot convert the text");
  }
  if (bytes) return make_current(directive.source.name, *bytes);
  return lose(directive.source.name, not_done(bytes.error(), "cannot convert the text"));
}

Outcome Runner::run(const Definition& directive) {
  Known& known = definitions_[directive.source.name] = {};
  Outcome outcome = pass();
  auto bytes = convert(directive.source);
  if (!bytes) {
    outcome = not_done(bytes.error(), "cannot convert the text");
  } else if (const auto valid = validate(*bytes, directive.source.is_module); !valid) {
    outcome = not_done(valid.error(), "not valid");
  } else {
    known.bytes = *std::move(bytes);
  }
  if (outcome.status != Status::pass) known.missing = outcome;
  return outcome;
}

Outcome Runner::run(const InstanceOf& directive) {
  if (settings_.validate_only) return skip(validation_only);
  const auto definition = definitions_.find(directive.definition);
  if (definition == definitions_.end()) {
    return lose(directive.instance,
                fail(directive.definition.empty() ? std::string("no component definition precedes this directive")
                                                  : "unknown component definition $" + directive.definition));
  }
  if (definition->second.missing) return lose(directive.instance, *definition->second.missing);
  return make_current(directive.instance, definition->second.bytes);
}

Outcome Runner::make_current(const std::string& name, std::span<const std::byte> bytes) {
  auto live = instantiate(bytes, !name.empty());
  if (!live) return lose(name, not_done(live.error(), "not instantiated"));
  current_ = std::make_shared<Live>(*std::move(live));
  if (!name.empty()) named_[name] = current_;
  return pass();
}

Outcome Runner::lose(const std::string& name, Outcome outcome) {
  current_ = std::make_shared<Live>();
  current_->missing = outcome;
  if (!name.empty()) named_[name] = current_;
  return outcome;
}

Outcome Runner::lose(const Absent& absent, Outcome outcome) {
  switch (absent.what) {
    case Absent::What::nothing: break;
    case Absent::What::instance: return lose(absent.name, std::move(outcome));
    case Absent::What::definition: definitions_[absent.name] = {{}, outcome}; break;
  }
  return outcome;
}

HostResult<Runner::Live> Runner::instantiate(std::span<const std::byte> bytes, bool is_named) {
  HOLDFAST_TRY(validate(bytes, /*is_module=*/false));
  HOLDFAST_TRY_ASSIGN(const Component component, Component::from_bytes(engine_, bytes));
  Linker linker(engine_);
  harness_.link(linker);
  const bool shares_store = link_named(linker, component) || (is_named && exports_types(component));
  HOLDFAST_TRY_ASSIGN(const InstancePre linked, linker.link(component));
  Live live;
  live.store = shares_store ? shared_store_ : nullptr;
  if (live.store == nullptr) {
    HOLDFAST_TRY_ASSIGN(Store store, Store::create(engine_));
    live.store = std::make_shared<Store>(std::move(store));
    if (shares_store) shared_store_ = live.store;
  }
  HOLDFAST_TRY(live.store->set_deadline(deadline_ticks_));
  HOLDFAST_TRY_ASSIGN(live.instance, linked.instantiate(*live.store));
  return live;
}

/// Only modules and types are linked. Of an instance with functions nothing is, so that linking fails.
bool Runner::link_named(Linker& linker, const Component& component) const {
  bool is_linked = false;
  for (const component::ImportEntry& import : component.program().imports) {
    const auto named = named_.find(import.name);
    if (named == named_.end() || !named->second->instance || Harness::provides(import.name)) continue;
    const auto* members = std::get_if<component::ImportTree>(&import.item.item);
    if (members != nullptr && std::ranges::any_of(*members, has_function)) continue;
    linker.instance(import.name, *named->second->instance, {});
    is_linked = true;
  }
  return is_linked;
}

Runner::Live* Runner::find_instance(const std::string& name, std::optional<Outcome>& missing) {
  const auto named = named_.find(name);
  Live* const live = !name.empty() && named != named_.end() ? named->second.get() : current_.get();
  if (live == nullptr || (!name.empty() && named == named_.end())) {
    missing = fail(name.empty() ? "there is no instance to call" : "there is no instance $" + name);
    return nullptr;
  }
  missing = live->missing;
  if (!missing) return live;
  if (missing->status == Status::fail) missing->message = "its instance is missing: " + missing->message;
  return nullptr;
}

// --- calls ---

HostResult<std::optional<Val>> Runner::call(Live& live, const Invocation& invocation) const {
  HOLDFAST_TRY(live.store->set_deadline(deadline_ticks_));
  auto result = live.instance->call(invocation.function, invocation.arguments);
  // The call closed the instance at a feature that Holdfast does not have, so later calls say nothing either.
  if (!result && is_unsupported(result.error())) live.missing = skip(result.error().cause());
  return result;
}

Outcome Runner::run(const AssertReturn& directive) {
  if (settings_.validate_only) return skip(validation_only);
  std::optional<Outcome> missing;
  Live* const live = find_instance(directive.invocation.instance, missing);
  if (live == nullptr) return *missing;
  const auto result = call(*live, directive.invocation);
  if (!result) return not_done(result.error(), "the call failed");
  if (directive.any_result) return pass();
  if (directive.results.size() > 1) return fail("expected at most one result in the directive");
  const std::optional<Val> expected =
      directive.results.empty() ? std::nullopt : std::optional(directive.results.front());
  if (*result == expected) return pass();
  return fail(fmt::format("expected {}, got {}", text_of(expected), text_of(*result)));
}

Outcome Runner::run(const AssertTrap& directive) {
  if (settings_.validate_only) return skip(validation_only);
  if (const auto* source = std::get_if<Source>(&directive.action)) {
    const auto bytes = convert(*source);
    if (!bytes) return not_done(bytes.error(), "cannot convert the text");
    const auto live = instantiate(*bytes);
    return live ? fail("expected a trap, but the component was instantiated")
                : compare_trap(live.error(), directive.words);
  }
  const auto& invocation = std::get<Invocation>(directive.action);
  std::optional<Outcome> missing;
  Live* const live = find_instance(invocation.instance, missing);
  if (live == nullptr) return *missing;
  const auto result = call(*live, invocation);
  if (result) return fail("expected a trap, but the call returned " + text_of(*result));
  return compare_trap(result.error(), directive.words);
}

// --- rejections ---

Outcome Runner::run(const AssertRejected& directive) {
  using By = AssertRejected::By;
  const auto bytes = convert(directive.source);
  if (!bytes) {
    // Converting the text checks only the grammar, not our own validator.
    if (directive.by == By::conversion) return compare(bytes.error(), directive.words);
    return not_done(bytes.error(), "cannot convert the text");
  }
  const auto valid = validate(*bytes, directive.source.is_module);
  if (directive.by != By::linking) {
    if (!valid) return compare(valid.error(), directive.words);
    return settings_.validate_only || directive.source.is_module ? fail("expected an error, but the input was accepted")
                                                                 : compare_refusal(*bytes, directive.words);
  }
  if (!valid) return not_done(valid.error(), "not valid");
  if (settings_.validate_only) return skip(validation_only);
  const auto live = instantiate(*bytes);
  if (live) return fail("expected a link error, but the component was instantiated");
  if (live.error().kind() == ErrorKind::link) return compare(live.error(), directive.words);
  return not_done(live.error(), "expected a link error, got another one");
}

/// A valid component may be refused when it is loaded because Holdfast cannot run some part of it. That is a pass if
/// the message contains the words of the script.
Outcome Runner::compare_refusal(std::span<const std::byte> bytes, const std::string& words) const {
  const auto loaded = Component::from_bytes(engine_, bytes);
  if (loaded) return fail("expected an error, but the input was accepted");
  const std::string text = text_of(loaded.error());
  if (!words.empty() && text.find(words) != std::string::npos) return pass();
  return fail("the component is valid, but was refused with an unexpected message: " + first_line(text));
}

Outcome Runner::run(const Unsupported& directive) { return lose(directive.absent, skip(directive.reason)); }
Outcome Runner::run(const Malformed& directive) {
  return lose(directive.absent, fail("malformed directive: " + directive.reason));
}

}  // namespace holdfast::cli::wast
