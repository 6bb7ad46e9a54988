// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Component`: a component that was decoded, validated and compiled. Immutable. A cheap shared handle; any thread and
// any number of stores may use it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/embed/engine.hpp"

namespace holdfast {

namespace component {
struct Program;
}
namespace runtime {
struct LoadedComponent;
}

/// One import or export of a component, for display and for decisions by name.
struct ExternType {
  enum class Kind : std::uint8_t { function, resource, type, instance, module, component };
  std::string name;
  Kind kind = Kind::function;
  std::string wit;  ///< the WIT of a function or type, such as "func(key: string) -> option<list<u8>>"; else empty
  std::vector<ExternType> members;  ///< the exports of an instance; else empty
};

/// Whether `exported` can stand for the interface `imported`: the names are equal, or their versions are compatible, as
/// those of "demo:store/kv@0.1.3" and "demo:store/kv@0.1.0" are. Any thread.
bool compatible_interfaces(std::string_view exported, std::string_view imported);

class Component {
 public:
  // A move copies, so a Component is never empty.
  Component(const Component&) = default;
  Component& operator=(const Component&) = default;

  /// Loads a component file, binary or text. Errors: io (the file cannot be read); invalid, unsupported or limit, with
  /// the offset in the binary.
  static HostResult<Component> load(const Engine& engine, const std::string& path);
  /// Compiles a component binary; `bytes` may be freed afterwards. Errors: invalid, unsupported or limit, with the
  /// offset in `bytes`.
  static HostResult<Component> from_bytes(const Engine& engine, std::span<const std::byte> bytes);
  /// Compiles component text (WAT). Errors: those of from_bytes.
  static HostResult<Component> from_text(const Engine& engine, std::string_view text);

  /// Checks that `bytes` are a valid component with valid core modules; compiles nothing. Errors: invalid, unsupported
  /// or limit (with the offset in the binary).
  static HostResult<void> validate(const Engine& engine, std::span<const std::byte> bytes);
  /// The binary form of the text of a component or core module; a binary is returned as it is. Errors: invalid, with
  /// line and column.
  static HostResult<std::vector<std::byte>> to_binary(std::string_view text);

  /// The imports and exports, in the order of the component.
  std::vector<ExternType> imports() const;
  std::vector<ExternType> exports() const;
  /// Everything that the component imports, exports and defines, as typed tables. Valid as long as this handle.
  const component::Program& program() const noexcept;

  /// The name in messages: the file's name without folders and extension, or "component" if there is no file.
  const std::string& name() const noexcept { return name_; }

 private:
  friend class InstancePre;
  friend class Linker;

  Component(std::shared_ptr<const runtime::LoadedComponent> loaded, std::string name) noexcept
      : loaded_(std::move(loaded)), name_(std::move(name)) {}
  std::shared_ptr<const runtime::LoadedComponent> loaded_;
  std::string name_;
};

}  // namespace holdfast
