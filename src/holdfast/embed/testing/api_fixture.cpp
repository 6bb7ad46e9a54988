// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/testing/api_fixture.hpp"

#include <sstream>

namespace holdfast::embed_test {
namespace {

// A memory and an allocator that never frees. Every component begins with them.
constexpr std::string_view memory_text = R"(
  (core module $Memory
    (memory (export "memory") 16)
    (global $top (mut i32) (i32.const 4096))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $block i32)
      (local.set $block (i32.and (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
                                 (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $block) (local.get $size)))
      (memory.copy (local.get $block) (local.get $old) (local.get $old-size))
      (local.get $block)))
  (core instance $memory (instantiate $Memory))
)";

constexpr std::string_view options = R"((memory $memory "memory") (realloc (core func $memory "realloc")))";

std::size_t count_words(const std::string& text) {
  std::istringstream words(text);
  std::size_t count = 0;
  for (std::string word; words >> word;) ++count;
  return count;
}

std::string result_text(const std::string& result) { return result.empty() ? result : " (result " + result + ")"; }

/// The core function that passes the call on. A result in memory is at address 16.
std::string core_function(const PassedOn& function) {
  const bool in_memory = function.core_result == "memory";
  std::string text = "    (func (export \"" + function.name + "\") (param " + function.core_parameters + ")" +
                     result_text(in_memory ? "i32" : function.core_result) + " (call $" + function.name;
  for (std::size_t i = 0; i < count_words(function.core_parameters); ++i)
    text += " (local.get " + std::to_string(i) + ")";
  if (in_memory) text += " (i32.const 16)";
  text += ")";
  if (in_memory) text += " (i32.const 16)";
  if (!function.borrowed.empty()) text += " (call $drop-" + function.borrowed + " (local.get 0))";
  return text + ")\n";
}

std::string core_import(const PassedOn& function) {
  const bool in_memory = function.core_result == "memory";
  return "    (import \"\" \"" + function.name + "\" (func $" + function.name + " (param " + function.core_parameters +
         (in_memory ? " i32" : "") + ")" + result_text(in_memory ? "" : function.core_result) + "))\n";
}

std::string type_export(const NamedType& type) {
  if (type.definition == "resource")
    return "    (export \"" + type.name + "\" (type $" + type.name + " (sub resource)))\n";
  return "    (type $" + type.name + "' " + type.definition + ")\n    (export \"" + type.name + "\" (type $" +
         type.name + " (eq $" + type.name + "')))\n";
}

}  // namespace

const Engine& engine() {
  static const Engine shared = need(Engine::create());
  return shared;
}

Component compile(std::string_view text) { return need(Component::from_text(engine(), text)); }

std::string passing_on(const std::vector<PassedOn>& functions, const std::vector<NamedType>& types) {
  std::string imported, aliases, lowered, core_imports, core_functions, arguments, exports;
  for (const NamedType& type : types) {
    if (type.definition == "resource") {
      const std::string drop = "drop-" + type.name;
      lowered += "  (core func $" + drop + " (canon resource.drop $" + type.name + "))\n";
      core_imports += "    (import \"\" \"" + drop + "\" (func $" + drop + " (param i32)))\n";
      arguments += " (export \"" + drop + "\" (func $" + drop + "))";
    }
    imported += type_export(type);
    aliases += "  (alias export $api \"" + type.name + "\" (type $" + type.name + "))\n";
  }
  for (const PassedOn& function : functions) {
    const std::string& name = function.name;
    imported += "    (export \"" + name + "\" (func " + function.type + "))\n";
    lowered += "  (core func $" + name + " (canon lower (func $api \"" + name + "\") " + std::string(options) + "))\n";
    core_imports += core_import(function);
    core_functions += core_function(function);
    arguments += " (export \"" + name + "\" (func $" + name + "))";
    exports += "  (func (export \"" + name + "\") " + function.type + " (canon lift (core func $main \"" + name +
               "\") " + std::string(options) + "))\n";
  }
  return "(component" + std::string(memory_text) + "  (import \"test:host/api\" (instance $api\n" + imported +
         "  ))\n" + aliases + lowered + "  (core module $Main\n" + core_imports + core_functions + "  )\n" +
         "  (core instance $main (instantiate $Main (with \"\" (instance" + arguments + "))))\n" + exports + ")";
}

std::string blobs(bool calls_host) {
  const std::string host_import = calls_host ? R"(
  (import "test:host/api" (instance $api (export "gone" (func (param "x" u32))) (export "pong" (func (result u32)))))
  (core func $gone (canon lower (func $api "gone")))
  (core func $pong (canon lower (func $api "pong")))
  (core instance $host (export "gone" (func $gone)) (export "pong" (func $pong))))"
                                             : R"(
  (core module $Host (func (export "gone") (param i32)) (func (export "pong") (result i32) (i32.const 1)))
  (core instance $host (instantiate $Host)))";
  return "(component" + std::string(memory_text) + host_import + R"(
  (core module $Count
    (import "host" "gone" (func $gone (param i32)))
    (global (export "alive") (mut i32) (i32.const 0))
    (func (export "destructor") (param i32)
      (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))
      (global.set 0 (i32.sub (global.get 0) (i32.const 1)))
      (call $gone (local.get 0))))
  (core instance $count (instantiate $Count (with "host" (instance $host))))
  (type $blob (resource (rep i32) (dtor (core func $count "destructor"))))
  (core func $new (canon resource.new $blob))
  (core func $rep (canon resource.rep $blob))
  (core func $drop (canon resource.drop $blob))
  (core module $Main
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "alive" (global $alive (mut i32)))
    (import "" "memory" (memory 16))
    (import "host" "pong" (func $pong (result i32)))
    (func $make (export "make") (param i32) (result i32)
      (global.set $alive (i32.add (global.get $alive) (i32.const 1)))
      (call $new (local.get 0)))
    (func (export "get") (param i32) (result i32) (local.get 0))
    (func (export "merge") (param i32 i32) (result i32) (local $sum i32)
      (local.set $sum (i32.add (call $rep (local.get 0)) (call $rep (local.get 1))))
      (call $drop (local.get 0))
      (call $drop (local.get 1))
      (call $make (local.get $sum)))
    (func (export "twice") (param i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (i32.const 1))
      (i32.store (i32.const 24) (call $make (i32.mul (i32.const 2) (call $rep (local.get 0)))))
      (i32.const 16))
    (func (export "total") (param $at i32) (param $count i32) (result i32) (local $sum i32)
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
      (local.get $sum))
    (func (export "forget") (param i32))
    (func (export "count") (result i32) (global.get $alive))
    (func (export "ping") (result i32) (call $pong)))
  (core instance $main (instantiate $Main
    (with "" (instance (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))
      (export "alive" (global $count "alive")) (export "memory" (memory $memory "memory"))))
    (with "host" (instance $host))))
  (func $make (param "x" u32) (result (own $blob)) (canon lift (core func $main "make")))
  (func $get (param "self" (borrow $blob)) (result u32) (canon lift (core func $main "get")))
  (func $merge (param "a" (own $blob)) (param "b" (own $blob)) (result (own $blob)) (canon lift (core func $main "merge")))
  (func $twice (param "x" (own $blob)) (result (tuple (own $blob) (option (own $blob))))
    (canon lift (core func $main "twice") (memory $memory "memory")))
  (func $total (param "all" (list (borrow $blob))) (result u32)
    (canon lift (core func $main "total") (memory $memory "memory") (realloc (core func $memory "realloc"))))
  (func $forget (param "x" (own $blob)) (canon lift (core func $main "forget")))
  (func $count (result u32) (canon lift (core func $main "count")))
  (func $ping (result u32) (canon lift (core func $main "ping")))
  (component $Shape
    (import "blob" (type $blob (sub resource)))
    (import "make" (func $make (param "x" u32) (result (own $blob))))
    (import "get" (func $get (param "self" (borrow $blob)) (result u32)))
    (import "merge" (func $merge (param "a" (own $blob)) (param "b" (own $blob)) (result (own $blob))))
    (import "twice" (func $twice (param "x" (own $blob)) (result (tuple (own $blob) (option (own $blob))))))
    (import "total" (func $total (param "all" (list (borrow $blob))) (result u32)))
    (import "forget" (func $forget (param "x" (own $blob))))
    (import "count" (func $count (result u32)))
    (import "ping" (func $ping (result u32)))
    (export $public "blob" (type $blob))
    (export "[constructor]blob" (func $make) (func (param "x" u32) (result (own $public))))
    (export "[method]blob.get" (func $get) (func (param "self" (borrow $public)) (result u32)))
    (export "merge" (func $merge) (func (param "a" (own $public)) (param "b" (own $public)) (result (own $public))))
    (export "twice" (func $twice) (func (param "x" (own $public)) (result (tuple (own $public) (option (own $public))))))
    (export "total" (func $total) (func (param "all" (list (borrow $public))) (result u32)))
    (export "forget" (func $forget) (func (param "x" (own $public))))
    (export "count" (func $count))
    (export "ping" (func $ping)))
  (instance $blobs (instantiate $Shape (with "blob" (type $blob)) (with "make" (func $make)) (with "get" (func $get))
    (with "merge" (func $merge)) (with "twice" (func $twice)) (with "total" (func $total)) (with "forget" (func $forget))
    (with "count" (func $count)) (with "ping" (func $ping))))
  (export "test:guest/blobs@1.2.0" (instance $blobs))))";
}

std::string running(std::string_view body) {
  return R"((component
  (import "test:host/api" (instance $api (export "f" (func))))
  (core func $f (canon lower (func $api "f")))
  (core module $Main (import "" "f" (func $f)) (memory 1)
    (func (export "run") )" +
         std::string(body) + R"(
  ))
  (core instance $main (instantiate $Main (with "" (instance (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $main "run")))))";
}

Instance Blobs::bound(const Instance& guest) {
  need(guest.resource_type<Blob>(blobs_interface, "blob"));
  return guest;
}

Blobs::Blobs(const Instance& guest)
    : instance(bound(guest)),
      make(need(guest.func<Own<Blob>(std::uint32_t)>(blobs_interface, "[constructor]blob"))),
      get(need(guest.func<std::uint32_t(Borrow<Blob>)>(blobs_interface, "[method]blob.get"))),
      merge(need(guest.func<Own<Blob>(Own<Blob>, Own<Blob>)>(blobs_interface, "merge"))),
      twice(need(guest.func<std::tuple<Own<Blob>, std::optional<Own<Blob>>>(Own<Blob>)>(blobs_interface, "twice"))),
      total(need(guest.func<std::uint32_t(std::vector<Borrow<Blob>>)>(blobs_interface, "total"))),
      forget(need(guest.func<void(Own<Blob>)>(blobs_interface, "forget"))),
      count(need(guest.func<std::uint32_t()>(blobs_interface, "count"))) {}

}  // namespace holdfast::embed_test
