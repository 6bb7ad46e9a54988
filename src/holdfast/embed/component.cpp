// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/component.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "holdfast/component/program/wit_text.hpp"
#include "holdfast/component/validate/validated_component.hpp"
#include "holdfast/runtime/link/link.hpp"
#include "holdfast/runtime/load/loaded_component.hpp"

namespace holdfast {
namespace {

using component::Program;
using Kind = ExternType::Kind;

/// Larger files are rejected unread. Offsets in a component have 32 bits, and the memory that it fills has at most
/// 4 GiB.
constexpr std::streamoff max_file_bytes = std::streamoff{1} << 31;

HostResult<std::vector<std::byte>> read_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return host_fail(ErrorKind::io, path.string() + " is a directory");
  }
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return host_fail(ErrorKind::io, "the file " + path.string() + " cannot be opened");
  const std::streamoff size = file.tellg();
  if (size < 0) return host_fail(ErrorKind::io, "the file " + path.string() + " cannot be read");
  if (size > max_file_bytes)
    return host_fail(ErrorKind::limit, "the file " + path.string() + " is larger than the limit of 2 GiB");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) return host_fail(ErrorKind::io, "the file " + path.string() + " cannot be read");
  return bytes;
}

/// Describes the import or export `name`, whichever kind of item it is.
struct Describe {
  const Program& program;
  std::string name;

  ExternType make(Kind kind, std::string wit = {}) const { return {name, kind, std::move(wit), {}}; }
  ExternType function(component::FunctionTypeId type) const {
    return make(Kind::function, component::to_wit(program, type));
  }

  ExternType operator()(component::ImportedFunctionId id) const {
    return function(program.imported_functions[id].type);
  }
  ExternType operator()(component::ResourceSlot) const { return make(Kind::resource); }
  ExternType operator()(const component::ImportedTypeEquality& equality) const {
    return equality.type ? (*this)(*equality.type) : make(Kind::resource);
  }
  ExternType operator()(component::InterfaceTypeId type) const {
    return make(Kind::type, component::to_wit(program, type));
  }
  ExternType operator()(component::ImportedModuleId) const { return make(Kind::module); }
  ExternType operator()(const component::ModuleExport&) const { return make(Kind::module); }
  ExternType operator()(const component::ComponentExport&) const { return make(Kind::component); }
  ExternType operator()(const component::ComponentFunction& function_id) const {
    if (const auto* imported = std::get_if<component::ImportedFunctionId>(&function_id)) return (*this)(*imported);
    return function(program.lifted_functions[std::get<component::LiftedFunctionId>(function_id)].type);
  }
  template <class Tree>
  ExternType operator()(const Tree& tree) const {
    ExternType instance = make(Kind::instance);
    instance.members = list(program, tree);
    return instance;
  }
  template <class Tree>
  static std::vector<ExternType> list(const Program& program, const Tree& tree) {
    std::vector<ExternType> members;
    members.reserve(tree.size());
    for (const auto& [member, item] : tree) members.push_back(std::visit(Describe{program, member}, item.item));
    return members;
  }
};

}  // namespace

HostResult<Component> Component::load(const Engine& engine, const std::string& path) {
  HOLDFAST_TRY_ASSIGN(const auto bytes, read_file(path));
  constexpr std::string_view magic("\0asm", 4);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto component = text.starts_with(magic) ? from_bytes(engine, bytes) : from_text(engine, text);
  if (!component) return std::unexpected(std::move(component).error().with_context(path));
  component->name_ = std::filesystem::path(path).stem().string();
  return component;
}

HostResult<Component> Component::from_bytes(const Engine& engine, std::span<const std::byte> bytes) {
  HOLDFAST_TRY_ASSIGN(auto loaded, runtime::load_component(engine.seam_, bytes, engine.services_->features));
  return Component(std::move(loaded), "component");
}

HostResult<Component> Component::from_text(const Engine& engine, std::string_view text) {
  HOLDFAST_TRY_ASSIGN(const auto bytes, to_binary(text));
  return from_bytes(engine, bytes);
}

HostResult<void> Component::validate(const Engine& engine, std::span<const std::byte> bytes) {
  const component::Features& features = engine.services_->features;
  HOLDFAST_TRY_ASSIGN(const auto valid,
                      component::validate_component(component::read_component_prefix(bytes), features));
  return runtime::validate_core_modules(engine.seam_, valid, bytes, features);
}

HostResult<std::vector<std::byte>> Component::to_binary(std::string_view text) { return engine::text_to_binary(text); }

bool compatible_interfaces(std::string_view exported, std::string_view imported) {
  return runtime::version_track(exported) == runtime::version_track(imported);
}

std::vector<ExternType> Component::imports() const {
  return Describe::list(loaded_->program, loaded_->program.imports);
}
const Program& Component::program() const noexcept { return loaded_->program; }
std::vector<ExternType> Component::exports() const {
  return Describe::list(loaded_->program, loaded_->program.exports);
}

}  // namespace holdfast
