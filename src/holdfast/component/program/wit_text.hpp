// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of a program as WIT text: for messages, and for tools that print whole worlds. Programs keep no names of value
// types, so structures are written out unless `TypeNames` knows a name. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "holdfast/component/program/program.hpp"

namespace holdfast::component {

/// Where the text is cut; what is left out is written as "…".
struct WitTextLimits {
  int depth = 50;             ///< types inside of types
  std::size_t items = 1'000;  ///< fields of one record, cases of one variant, ...
  std::size_t bytes = 2'000;  ///< of the whole text, without the final "…"
};

/// For error messages about a single value.
inline constexpr WitTextLimits short_text{.depth = 3, .items = 8, .bytes = 2'000};
/// For text that other tools read.
inline constexpr WitTextLimits complete_text{.depth = 50, .items = 1'000'000, .bytes = std::size_t{1} << 30};

/// The names that types have where the text appears.
class TypeNames {
 public:
  virtual ~TypeNames() = default;
  /// Empty when the type has no name there and is written out.
  virtual std::string name_of_type(InterfaceTypeId) const { return {}; }
  /// Empty when the name is unknown: the text is "own" or "borrow" then.
  virtual std::string name_of_resource(ResourceSlot) const { return {}; }
  /// The name of a field, case, flag or parameter as it is written.
  virtual std::string identifier(std::string_view name) const { return std::string(name); }
};

/// "option<list<u8>>", "record { a: u32 }", "borrow<bucket>".
std::string type_text(const InterfaceTypes& types, InterfaceTypeId id, const TypeNames& names,
                      const WitTextLimits& limits = complete_text);
/// The same, short and without names.
std::string type_text(const InterfaceTypes& types, InterfaceTypeId id);

/// "(key: string, value: u32)": the parameters from the one at index `first` on.
std::string parameters_text(const InterfaceTypes& types, const FunctionType& function, std::size_t first,
                            const TypeNames& names, const WitTextLimits& limits = complete_text);

/// Resources by the last part of their name in the program: "demo:store/kv/bucket" is "bucket".
class ProgramNames final : public TypeNames {
 public:
  explicit ProgramNames(const Program& program) noexcept : program_(program) {}
  std::string name_of_resource(ResourceSlot slot) const override;

 private:
  const Program& program_;
};

/// "option<list<u8>>" with the program's names, for messages.
std::string to_wit(const Program& program, InterfaceTypeId id);

/// "func(key: string) -> option<list<u8>>" with the program's names, for messages.
std::string to_wit(const Program& program, FunctionTypeId id);

}  // namespace holdfast::component
