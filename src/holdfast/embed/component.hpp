// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Component`: a component that was decoded, validated and compiled. Immutable. A cheap shared handle; any thread and
// any number of stores may use it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/embed/engine.hpp"

namespace holdfast {

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

class Component {
 public:
  // A move copies, so a Component is never empty.
  Component(const Component&) = default;
  Component& operator=(const Component&) = default;

  /// Loads a component file, binary or text. Errors: io (the file cannot be read); invalid, unsupported or limit, with
  /// the offset in the binary.
  static HostResult<Component> load(const Engine& engine, const std::filesystem::path& path);
  /// Compiles a component binary; `bytes` may be freed afterwards. Errors: invalid, unsupported or limit, with the
  /// offset in `bytes`.
  static HostResult<Component> from_bytes(const Engine& engine, std::span<const std::byte> bytes);
  /// Compiles component text (WAT). Errors: those of from_bytes.
  static HostResult<Component> from_text(const Engine& engine, std::string_view text);

  /// The imports and exports, in the order of the component.
  std::vector<ExternType> imports() const;
  std::vector<ExternType> exports() const;

  /// For other parts of Holdfast: what the runtime instantiates.
  const std::shared_ptr<const runtime::LoadedComponent>& loaded() const noexcept { return loaded_; }
  /// The name in messages: the file's name without folders and extension, or "component" if there is no file.
  const std::string& name() const noexcept { return name_; }

 private:
  Component(std::shared_ptr<const runtime::LoadedComponent> loaded, std::string name) noexcept
      : loaded_(std::move(loaded)), name_(std::move(name)) {}
  std::shared_ptr<const runtime::LoadedComponent> loaded_;
  std::string name_;
};

}  // namespace holdfast
