// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rules_fixture.hpp"

#include <stdexcept>

namespace holdfast::rules {
const Function make_thing{
    .name = "make-thing", .type = R"((param "id" u32) (result (own $thing)))", .core = "(param i32) (result i32)"};
const Function id_of{
    .name = "id-of", .type = R"((param "t" (borrow $thing)) (result u32))", .core = "(param i32) (result i32)"};
const Function take_thing{.name = "take-thing", .type = R"((param "t" (own $thing)))", .core = "(param i32)"};
const Function take_and_look{.name = "take-and-look",
                             .type = R"((param "t" (own $thing)) (param "b" (borrow $thing)))",
                             .core = "(param i32 i32)"};
const Function poke{.name = "poke", .type = R"((param "x" u32) (result u32))", .core = "(param i32) (result i32)"};

const Engine& engine() {
  static const Engine shared_engine = need(Engine::create());
  return shared_engine;
}

Rules::Rules(const StoreOptions& options)
    : linker(rules::engine()), store(need(Store::create(rules::engine(), options))) {
  host()
      .resource<Thing>("thing")
      .func("log", [this](std::uint32_t value) { journal.push_back("log " + std::to_string(value)); })
      .func("make-thing", [this](std::uint32_t id) { return Thing(id, journal); })
      .func("id-of", [](const Thing& thing) { return thing.id(); })
      .func("take-thing", [](Thing) {})
      .func("take-and-look", [](Thing, const Thing&) {})
      .func("poke", [this](Caller& caller, std::uint32_t x) { return on_poke(caller, x); });
}

Instance Rules::start(Store& in, const std::string& text) {
  return need(linker.instantiate(in, need(Component::from_text(rules::engine(), text))));
}

HostResult<Instance> Rules::try_start(const std::string& text) {
  return linker.instantiate(store, need(Component::from_text(rules::engine(), text)));
}

Val Rules::hold(std::uint32_t id) {
  Own<Thing> own = need(store.hold(Thing(id, journal)));
  const abi::HandleToken token = own.token();
  return Val::own(token, std::make_shared<OwnedHandle>(std::move(own)));
}

HostResult<Component> load(const std::string& text) { return Component::from_text(engine(), text); }

Called call(const Instance& instance, std::string_view name, const std::vector<Val>& arguments) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return instance.call(name, arguments);
  return instance.call(name.substr(0, slash), name.substr(slash + 1), arguments);
}

Called call(const Instance& instance, std::string_view name, std::initializer_list<Val> arguments) {
  return call(instance, name, std::vector<Val>(arguments));
}

Val value_of(Called called) {
  std::optional<Val> value = need(std::move(called));
  if (!value) throw std::runtime_error("the call returned nothing");
  return *std::move(value);
}

Val borrow_of(const Val& own) { return Val::borrow(need(own.as_own()), own.keeper()); }

}  // namespace holdfast::rules
