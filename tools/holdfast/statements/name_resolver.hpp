// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resolves the names of functions in statements. A name may be shortened as long as it is unambiguous:
//
//   f                 a function, or the constructor of the resource f
//   blob.merge        a static function, or a method whose receiver is the first argument
//   blobs.f           any of these in an interface; also demo:store/blobs.f and demo:store/blobs@0.1.0.f
//
// The resolver refers to the programs that were added; they must outlive it. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/component/program/program.hpp"
#include "statements/statement_syntax.hpp"

namespace holdfast::cli {

/// An exported function.
struct Callable {
  enum class Kind : std::uint8_t { function, constructor, method, static_function };
  Kind kind = Kind::function;
  std::size_t source = 0;      ///< the component, as passed to NameResolver::add
  std::string interface_name;  ///< empty for a function exported without an interface
  std::string name;            ///< as exported: "[method]blob.write"
  std::string resource;        ///< "blob"; empty for plain functions
  std::string member;          ///< "write"; empty for constructors
  component::FunctionTypeId type;

  /// The name in statements, without the interface: "blob.write".
  std::string spelling() const;
};

/// "demo:store/blobs@0.1.0" -> "blobs".
std::string_view short_interface_name(std::string_view name);

/// Whether `spelled` ("blobs", "demo:store/blobs" or "demo:store/blobs@0.1.0") can name the interface `name`.
bool names_interface(std::string_view spelled, std::string_view name);

class NameResolver {
 public:
  /// Adds the functions that `program` exports. Programs that are added earlier take precedence.
  void add(const component::Program& program, std::size_t source);

  /// The function that `parts` name. Errors: unknown (with similar names), or ambiguous.
  SourceResult<const Callable*> resolve(std::span<const NamePart> parts) const;
  /// The same; null instead of an error.
  const Callable* find(std::span<const NamePart> parts) const;

  /// The first method `name` for which `takes(callable)` is true: it takes a receiver of the right type. Null: none.
  template <class Takes>
  const Callable* find_method(std::string_view name, Takes takes) const {
    for (const Callable& callable : callables_) {
      if (callable.kind == Callable::Kind::method && callable.member == name && takes(callable)) return &callable;
    }
    return nullptr;
  }

  std::span<const Callable> callables() const noexcept { return callables_; }

 private:
  void add(const component::Program& program, const component::ExportTree& exports, std::size_t source,
           const std::string& interface_name);
  std::vector<const Callable*> matches(std::span<const NamePart> parts) const;
  std::unexpected<SourceError> unknown(std::span<const NamePart> parts) const;

  std::vector<Callable> callables_;
};

}  // namespace holdfast::cli
