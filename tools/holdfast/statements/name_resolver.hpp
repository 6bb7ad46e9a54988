// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function a name in a statement means. Names are as short as they are unambiguous:
//
//   f                 a function, or the constructor of the resource f
//   blob.merge        a static function, or a method with its receiver as first argument
//   blobs.f           either of them, in an interface; also demo:store/blobs.f and demo:store/blobs@0.1.0.f
//
// Refers to the programs that it was given, which must outlive it. One thread.
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
  std::size_t source = 0;      ///< which component: as given to NameResolver::add
  std::string interface_name;  ///< empty for one that is exported without an interface
  std::string name;            ///< as exported: "[method]blob.write"
  std::string resource;        ///< "blob"; empty for plain functions
  std::string member;          ///< "write"; empty for constructors
  component::FunctionTypeId type;

  /// How statements spell it, without the interface: "blob.write".
  std::string spelling() const;
};

/// "demo:store/blobs@0.1.0" -> "blobs".
std::string_view short_interface_name(std::string_view name);

/// Whether `spelled` ("blobs", "demo:store/blobs", "demo:store/blobs@0.1.0") can mean the interface `name`.
bool names_interface(std::string_view spelled, std::string_view name);

class NameResolver {
 public:
  /// The functions that `program` exports. What was added first is preferred.
  void add(const component::Program& program, std::size_t source);

  /// Errors: there is no such function (with those that have similar names), or more than one.
  SourceResult<const Callable*> resolve(std::span<const NamePart> parts) const;
  /// Null instead of an error.
  const Callable* find(std::span<const NamePart> parts) const;

  /// The method `name` among those for which `takes(callable)` says that their receiver is of the wanted type.
  template <class Takes>
  const Callable* find_method(std::string_view name, Takes takes) const {
    for (const Callable& one : callables_) {
      if (one.kind == Callable::Kind::method && one.member == name && takes(one)) return &one;
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
