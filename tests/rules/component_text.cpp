// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "component_text.hpp"

#include <string_view>

namespace holdfast::rules {
namespace {

// Exists before the component's main core module: provides memory, and a table through which destructors, realloc and
// children call that module.
constexpr std::string_view shared_module = R"(
  (core module $Shared
    (memory (export "memory") 1)
    (table $table (export "table") 4 funcref)
    (global $top (mut i32) (i32.const 4096))
    (type $take (func (param i32)))
    (type $map (func (param i32) (result i32)))
    (type $realloc (func (param i32 i32 i32 i32) (result i32)))
    (func (export "destructor") (param i32)
      (if (i32.eqz (ref.is_null (table.get $table (i32.const 0))))
        (then (call_indirect $table (type $take) (local.get 0) (i32.const 0)))))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $address i32)
      (if (i32.eqz (ref.is_null (table.get $table (i32.const 1))))
        (then (return (call_indirect $table (type $realloc) (local.get $old) (local.get $old-size)
          (local.get $align) (local.get $size) (i32.const 1)))))
      (local.set $address (i32.and (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
                                   (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $address) (local.get $size)))
      (memory.copy (local.get $address) (local.get $old) (local.get $old-size))
      (local.get $address))
    (func (export "again") (param i32) (result i32)
      (call_indirect $table (type $map) (local.get 0) (i32.const 2)))
    (func (export "again-with-thing") (param i32)
      (call_indirect $table (type $take) (local.get 0) (i32.const 3))))
  (core instance $shared (instantiate $Shared))
)";

constexpr std::string_view options =
    R"( (memory (core memory $shared "memory")) (realloc (core func $shared "realloc")))";

const std::vector<Function> callbacks{
    {.name = "again", .type = R"((param "x" u32) (result u32))", .core = "(param i32) (result i32)"},
    {.name = "again-with-thing", .type = R"((param "t" (borrow $thing)))", .core = "(param i32)"},
};

std::string function_exports(const std::vector<Function>& functions) {
  std::string text;
  for (const Function& function : functions) {
    text += "    (export \"" + function.name + "\" (func " + function.type + "))\n";
  }
  return text;
}

/// The exports of an instance type for `types`.
std::string type_exports(const std::vector<NamedType>& types) {
  std::string text;
  for (const auto& [name, definition] : types) {
    text += "    (type $" + name + "' " + definition + ")\n    (export \"" + name + "\" (type $" + name + " (eq $" +
            name + "')))\n";
  }
  return text;
}

std::string aliases(const std::string& instance, const std::vector<NamedType>& types) {
  std::string text;
  for (const NamedType& type : types) {
    text += "  (alias export $" + instance + " \"" + type.name + "\" (type $" + type.name + "))\n";
  }
  return text;
}

std::string host_import(const std::vector<NamedType>& types, const std::vector<Function>& functions) {
  return R"(  (import "host" (instance $host
    (export "thing" (type $thing (sub resource)))
    (export "log" (func (param "value" u32)))
)" + type_exports(types) +
         function_exports(functions) + "  ))\n  (alias export $host \"thing\" (type $thing))\n" +
         aliases("host", types);
}

std::string peer_import(const Guest& guest) {
  std::string text = "  (import \"peer\" (instance $peer\n";
  if (!guest.defines) {
    text += "    (export \"r\" (type $r (sub resource)))\n    (export \"s\" (type $s (sub resource)))\n";
    text += type_exports(guest.types);
  }
  return text + function_exports(guest.peer) + "  ))\n";
}

/// Collects the core functions that the main module imports: their definitions, imports and arguments.
class CoreImports {
 public:
  void add(const std::string& name, const std::string& definition, const std::string& core_type) {
    definitions_ += "  (canon " + definition + " (core func $" + name + "))\n";
    add_existing(name, "(func $" + name + ")", core_type);
  }
  void add_existing(const std::string& name, const std::string& item, const std::string& core_type) {
    imports_ += "    (import \"\" \"" + name + "\" (func $" + name + " " + core_type + "))\n";
    arguments_ += "    (export \"" + name + "\" " + item + ")\n";
  }

  const std::string& definitions() const { return definitions_; }

  std::string main_module(const std::string& core) const {
    return "  (core module $Main\n    (import \"\" \"memory\" (memory 1))\n"
           "    (import \"\" \"table\" (table 4 funcref))\n" +
           imports_ + core + "\n  )\n  (core instance $main (instantiate $Main (with \"\" (instance\n" +
           "    (export \"memory\" (memory $shared \"memory\"))\n    (export \"table\" (table $shared \"table\"))\n" +
           arguments_ + "  ))))\n";
  }

 private:
  std::string definitions_;
  std::string imports_;
  std::string arguments_;
};

std::string lift(const std::string& instance, const Function& function) {
  return "(canon lift (core func $" + instance + " \"" + function.name + "\")" + std::string(options) + " " +
         function.options + ")";
}

/// The body of a component. `peer` is the text that defines the instance $peer; empty if there is none.
std::string body(const Guest& guest, const std::string& own_types, const std::string& peer) {
  const std::string take = "(param i32)";
  const std::string map = "(param i32) (result i32)";
  std::string text(shared_module);
  text += own_types + peer;
  CoreImports imports;
  imports.add_existing("realloc", "(func $shared \"realloc\")", "(param i32 i32 i32 i32) (result i32)");
  imports.add("log", "lower (func $host \"log\")", take);
  imports.add("drop-thing", "resource.drop $thing", take);
  if (guest.defines || !peer.empty()) {
    imports.add("drop-r", "resource.drop $r", take);
    imports.add("drop-s", "resource.drop $s", take);
  }
  if (guest.defines) {
    for (const std::string name : {"r", "s"}) {
      imports.add("new-" + name, "resource.new $" + name + "'", map);
      imports.add("rep-" + name, "resource.rep $" + name + "'", map);
    }
  }
  for (const Builtin& builtin : guest.builtins) imports.add(builtin.name, builtin.canon, builtin.core);
  for (const Function& function : guest.host) {
    imports.add(function.name, "lower (func $host \"" + function.name + "\")" + std::string(options), function.core);
  }
  for (const Function& function : guest.peer) {
    imports.add(function.name, "lower (func $peer \"" + function.name + "\")" + std::string(options), function.core);
  }
  text += imports.definitions() + imports.main_module(guest.core);
  for (const Function& function : guest.exports) {
    text += "  (func (export \"" + function.name + "\") " + function.type + " " + lift("main", function) + ")\n";
  }
  return text;
}

std::string own_types(const Guest& guest) {
  if (!guest.defines) return {};
  std::string text = R"(  (type $r' (resource (rep i32) (dtor (core func $shared "destructor"))))
  (type $s' (resource (rep i32)))
  (export $r "r" (type $r'))
  (export $s "s" (type $s'))
)";
  for (const auto& [name, definition] : guest.types) {
    text +=
        "  (type $" + name + "' " + definition + ")\n  (export $" + name + " \"" + name + "\" (type $" + name + "'))\n";
  }
  return text;
}

std::string peer_types(const Guest& guest) {
  if (guest.defines) return {};
  return aliases("peer", {{"r", {}}, {"s", {}}}) + aliases("peer", guest.types);
}

std::string imported_peer(const Guest& guest) {
  return guest.peer.empty() ? std::string() : peer_import(guest) + peer_types(guest);
}

std::string inner_component(const std::string& name, const Guest& guest) {
  return "(component $" + name + "\n" + host_import(guest.host_types, guest.host) +
         body(guest, own_types(guest), imported_peer(guest)) + ")\n";
}

std::vector<Function> united(std::vector<Function> functions, const std::vector<Function>& more) {
  for (const Function& function : more) {
    bool known = false;
    for (const Function& candidate : functions) known = known || candidate.name == function.name;
    if (!known) functions.push_back(function);
  }
  return functions;
}

}  // namespace

std::string component(const Guest& guest) {
  return "(component\n" + host_import(guest.host_types, guest.host) +
         body(guest, own_types(guest), imported_peer(guest)) + ")\n";
}

std::string as_peer(const Guest& guest) {
  return "(component\n" + host_import(guest.host_types, guest.host) + inner_component("Peer", guest) +
         R"(  (instance $peer (instantiate $Peer (with "host" (instance $host))))
  (export "peer" (instance $peer))
))";
}

std::string pair(const Guest& provider, const Guest& client) {
  return "(component\n" + host_import(client.host_types, united(provider.host, client.host)) +
         inner_component("Provider", provider) + inner_component("Client", client) +
         R"(  (instance $provider (instantiate $Provider (with "host" (instance $host))))
  (instance $client (instantiate $Client (with "host" (instance $host)) (with "peer" (instance $provider))))
  (export "provider" (instance $provider))
  (export "client" (instance $client))
))";
}

std::string nested(const Guest& parent, const Guest& child) {
  Guest inner = child;
  inner.peer = callbacks;
  std::string peer = inner_component("Child", inner);
  for (const Function& callback : callbacks) {
    peer += "  (func $" + callback.name + " " + callback.type + " " + lift("shared", callback) + ")\n";
  }
  peer += "  (instance $parent";
  if (parent.defines) peer += " (export \"r\" (type $r)) (export \"s\" (type $s))";
  for (const Function& callback : callbacks) {
    peer += " (export \"" + callback.name + "\" (func $" + callback.name + "))";
  }
  peer +=
      ")\n  (instance $peer (instantiate $Child (with \"host\" (instance $host)) (with \"peer\" (instance "
      "$parent))))\n";
  peer += peer_types(parent);
  return "(component\n" + host_import(parent.host_types, united(parent.host, child.host)) +
         body(parent, own_types(parent), peer) + ")\n";
}

}  // namespace holdfast::rules
