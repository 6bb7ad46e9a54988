// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/link/link.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "holdfast/component/program/wit_text.hpp"
#include "holdfast/component/types/type_node.hpp"
#include "holdfast/runtime/link/trapping_import.hpp"
#include "holdfast/runtime/load/same_type.hpp"
#include "holdfast/runtime/store/store_state.hpp"

namespace holdfast::runtime {
namespace {

using component::ImportItem;
using component::ImportTree;
using component::types::EntitySort;

/// The word for an import or export in messages; resource types have a word of their own.
std::string_view word_of(EntitySort sort) { return component::types::names_of(sort).item; }
constexpr std::string_view word_of_resource = "resource";

struct Version {
  std::array<std::uint64_t, 3> numbers{};  // major, minor, patch
  friend auto operator<=>(const Version&, const Version&) = default;
};

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  const char* position = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < version.numbers.size(); ++i) {
    if (i != 0) {
      if (position == end || *position != '.') return std::nullopt;
      ++position;
    }
    const auto parsed = std::from_chars(position, end, version.numbers[i]);
    if (parsed.ec != std::errc{}) return std::nullopt;
    position = parsed.ptr;
  }
  // Build metadata is ignored. A pre-release is compatible only with itself.
  return position == end || *position == '+' ? std::optional(version) : std::nullopt;
}

std::optional<Version> version_of(std::string_view interface_name) {
  const auto at = interface_name.rfind('@');
  return at == std::string_view::npos ? std::nullopt : parse_version(interface_name.substr(at + 1));
}

/// Walks the imports, resolves them and collects all problems.
class Resolver final : abi::ResourceMatcher {
 public:
  Resolver(const LoadedComponent& component, const Definitions& definitions)
      : program_(component.program), definitions_(definitions) {
    resolved_.functions.resize(program_.imported_functions.size());
    resolved_.modules.resize(program_.imported_modules.size());
  }

  HostResult<ResolvedImports> run() {
    // Resources first: functions that come earlier in the file may refer to them.
    for (const Pass pass : {Pass::resources, Pass::functions}) {
      pass_ = pass;
      for (const auto& [name, item] : program_.imports) resolve_root(name, item);
    }
    if (problems_.empty()) return std::move(resolved_);
    const std::string subject = problem_count_ == 1 ? "1 import" : std::to_string(problem_count_) + " imports";
    return host_fail(ErrorKind::link, subject + " cannot be resolved:" + problems_);
  }

 private:
  enum class Pass { resources, functions };

  void problem(const std::string& path, const std::string& message) {
    ++problem_count_;
    problems_ += "\n  " + path + ": " + message;
  }

  bool stands_for(CppType type, component::ResourceSlot slot) const override {
    const auto match = resolved_.resources.find(slot);
    if (match == resolved_.resources.end()) return false;
    const auto* host = std::get_if<std::shared_ptr<const HostResourceType>>(&match->second);
    return host != nullptr && (*host)->type() == type;
  }

  void resolve_root(const std::string& name, const ImportItem& item) {
    if (const auto* members = std::get_if<ImportTree>(&item.item)) return resolve_interface(name, *members);
    if (definitions_.may_be_missing(name) && make_stub({}, name, item, nothing_)) return;
    if (definitions_.instances.contains(name)) {
      if (pass_ == Pass::resources) expected_found(name, item, word_of(EntitySort::instance));
      return;
    }
    resolve_host(name, name, item, definitions_.root);
  }

  void resolve_interface(const std::string& name, const ImportTree& members) {
    const bool may_be_missing = definitions_.may_be_missing(name);
    const auto* definition = definitions_.find(name);
    if (definition == nullptr) {
      if (const auto kind = kind_in(definitions_.root, name)) {
        if (pass_ == Pass::resources) problem(name, "expected instance found " + std::string(*kind));
        return;
      }
      if (!may_be_missing && needs_definition(members)) {
        if (pass_ == Pass::resources) problem(name, "the instance was not found\n" + describe(members));
        return;
      }
      definition = &nothing_;
    }
    if (!note_store(name, *definition)) return;
    for (const auto& [member, inner] : members) {
      if (may_be_missing && make_stub(name, member, inner, *definition)) continue;
      if (const auto* host = std::get_if<HostInstance>(definition)) {
        resolve_host(name + "/" + member, member, inner, *host);
      } else {
        resolve_provided(name + "/" + member, member, inner, std::get<ProvidedInstance>(*definition));
      }
    }
  }

  /// Whether an imported instance with these members needs a definition. Value types do not: the import describes them
  /// in full.
  static bool needs_definition(const ImportTree& members) {
    return std::ranges::any_of(members, [](const component::ImportEntry& member) {
      if (const auto* inner = std::get_if<ImportTree>(&member.item.item)) return needs_definition(*inner);
      return !std::holds_alternative<component::ImportedTypeEquality>(member.item.item);
    });
  }

  /// The kind of the definition `name`; nullopt when there is none.
  static std::optional<std::string_view> kind_in(const HostInstance& definitions, std::string_view name) {
    if (definitions.functions.contains(name)) return word_of(EntitySort::function);
    if (definitions.resources.contains(name)) return word_of_resource;
    if (definitions.modules.contains(name)) return word_of(EntitySort::module);
    if (definitions.find_instance(name) != nullptr) return word_of(EntitySort::instance);
    return std::nullopt;
  }

  /// The kind of an import.
  static std::string_view kind_of(const ImportItem& item) {
    struct Kind {
      std::string_view operator()(component::ImportedFunctionId) const { return word_of(EntitySort::function); }
      std::string_view operator()(component::ResourceSlot) const { return word_of_resource; }
      std::string_view operator()(const component::ImportedTypeEquality&) const { return word_of(EntitySort::type); }
      std::string_view operator()(component::ImportedModuleId) const { return word_of(EntitySort::module); }
      std::string_view operator()(const ImportTree&) const { return word_of(EntitySort::instance); }
    };
    return std::visit(Kind{}, item.item);
  }

  void expected_found(const std::string& path, const ImportItem& item, std::string_view actual) {
    problem(path, "expected " + std::string(kind_of(item)) + " found " + std::string(actual));
  }

  // --- stubs for missing imports ---

  /// Resolves the import `member` with a stub unless `definition` has it. False: resolve it with the definition.
  bool make_stub(const std::string& interface_name, const std::string& member, const ImportItem& item,
                 const Definitions::InterfaceDefinition& definition) {
    const std::string prefix = interface_name.empty() ? std::string() : interface_name + "/";
    const auto* provider = std::get_if<ProvidedInstance>(&definition);
    const auto* host = interface_name.empty() ? &definitions_.root : std::get_if<HostInstance>(&definition);
    const auto is_exported = [&] {
      for (const auto& [name, candidate] : *provider->exports) {
        if (name == member) return true;
      }
      return false;
    };
    if (const auto* id = std::get_if<component::ImportedFunctionId>(&item.item)) {
      if (provider != nullptr ? is_exported() : host->functions.contains(member)) return false;
      resolved_.functions[id->index()] = make_trapping_function(prefix + member);
      return true;
    }
    if (const auto* slot = std::get_if<component::ResourceSlot>(&item.item)) {
      if (provider != nullptr ? is_exported() : host->resources.contains(member)) return false;
      // All compatible versions of an interface share one resource type.
      auto& type = stub_types_[version_track(interface_name) + "/" + member];
      if (type == nullptr) type = make_uninhabited_resource(prefix + member);
      resolved_.resources.insert_or_assign(*slot, type);
      return true;
    }
    return false;
  }

  std::string describe(const ImportTree& exports) const {
    std::string text;
    for (const auto& [member, inner] : exports) {
      if (const auto* id = std::get_if<component::ImportedFunctionId>(&inner.item)) {
        text += "      " + member + ": " + print_function(program_.imported_functions[*id].type) + "\n";
      } else if (std::holds_alternative<component::ResourceSlot>(inner.item)) {
        text += "      resource " + member + "\n";
      }
    }
    if (!text.empty()) text.pop_back();
    return text;
  }

  std::string print_function(component::FunctionTypeId type) const { return component::to_wit(program_, type); }

  // --- provided by the host ---

  void resolve_host(const std::string& path, const std::string& name, const ImportItem& item,
                    const HostInstance& definitions) {
    if (const auto* id = std::get_if<component::ImportedFunctionId>(&item.item)) {
      if (pass_ == Pass::functions) resolve_host_function(path, name, item, *id, definitions);
    } else if (const auto* members = std::get_if<ImportTree>(&item.item)) {
      resolve_host_instance(path, name, item, *members, definitions);
    } else if (pass_ != Pass::resources) {
      return;
    } else if (const auto* equality = std::get_if<component::ImportedTypeEquality>(&item.item)) {
      const auto match = definitions.resources.find(name);
      if (equality->resource && match != definitions.resources.end()) check_equality(path, *equality, match->second);
    } else if (const auto* slot = std::get_if<component::ResourceSlot>(&item.item)) {
      const auto match = definitions.resources.find(name);
      if (match == definitions.resources.end()) return not_found(path, name, item, definitions, "the resource type");
      resolved_.resources.insert_or_assign(*slot, match->second);
    } else if (const auto* module_id = std::get_if<component::ImportedModuleId>(&item.item)) {
      const auto match = definitions.modules.find(name);
      if (match == definitions.modules.end()) return not_found(path, name, item, definitions, "the core module");
      resolve_module(path, *module_id, match->second);
    }
  }

  void resolve_host_instance(const std::string& path, const std::string& name, const ImportItem& item,
                             const ImportTree& members, const HostInstance& definitions) {
    const HostInstance* const inner = definitions.find_instance(name);
    if (inner == nullptr && (needs_definition(members) || kind_in(definitions, name))) {
      if (pass_ == Pass::resources) not_found(path, name, item, definitions, "the instance");
      return;
    }
    for (const auto& [member, part] : members) {
      resolve_host(path + "/" + member, member, part, inner != nullptr ? *inner : std::get<HostInstance>(nothing_));
    }
  }

  void resolve_module(const std::string& path, component::ImportedModuleId id, CoreModulePointer module) {
    const auto mismatch = module_mismatch(module->interface, program_.imported_modules[id].interface);
    if (mismatch) return problem(path, *mismatch);
    resolved_.modules[id.index()] = std::move(module);
  }

  void not_found(const std::string& path, const std::string& name, const ImportItem& item,
                 const HostInstance& definitions, const std::string& subject) {
    if (const auto kind = kind_in(definitions, name)) return expected_found(path, item, *kind);
    problem(path, subject + " was not found");
  }

  void resolve_host_function(const std::string& path, const std::string& name, const ImportItem& item,
                             component::ImportedFunctionId id, const HostInstance& definitions) {
    const auto type = program_.imported_functions[id].type;
    const auto match = definitions.functions.find(name);
    if (match == definitions.functions.end()) {
      if (const auto kind = kind_in(definitions, name)) return expected_found(path, item, *kind);
      return problem(path, "the function was not found: " + print_function(type));
    }
    const auto mismatch = match->second->mismatch(abi::TypeView(program_.types, *this), program_.types[type]);
    if (mismatch) return problem(path, *mismatch + "; the component expects " + print_function(type));
    resolved_.functions[id.index()] = match->second;
  }

  void check_equality(const std::string& path, const component::ImportedTypeEquality& equality,
                      const ResolvedResource& actual) {
    const auto expected = resolved_.resources.find(*equality.resource);
    if (expected != resolved_.resources.end() && expected->second != actual) {
      problem(path,
              "mismatched resource types: expected the same type as " + program_.resources[*equality.resource].name);
    }
  }

  // --- provided by a component instance ---

  /// Records the store that all providers share. False: the definition cannot be used.
  bool note_store(const std::string& name, const Definitions::InterfaceDefinition& definition) {
    const auto* provider = std::get_if<ProvidedInstance>(&definition);
    if (provider == nullptr) return true;
    const bool is_open = !provider->store->closed;
    const bool is_same = resolved_.store == nullptr || resolved_.store == provider->store;
    if (pass_ == Pass::resources) {
      if (!is_open) problem(name, "the store of the providing instance is closed");
      if (!is_same) problem(name, "the instances that provide this import and another one are in different stores");
    }
    if (is_open && is_same) resolved_.store = provider->store;
    return is_open && is_same;
  }

  void resolve_provided(const std::string& path, const std::string& name, const ImportItem& item,
                        const ProvidedInstance& provider) {
    const component::ExportItem* exported = nullptr;
    for (const auto& [export_name, candidate] : *provider.exports) {
      if (export_name == name) exported = &candidate;
    }
    if (exported == nullptr) return note_absent(path, item);
    if (const auto kind = other_kind(item, *exported)) {
      if (pass_ == Pass::resources) expected_found(path, item, *kind);
      return;
    }
    if (const auto* members = std::get_if<ImportTree>(&item.item)) {
      ProvidedInstance inner = provider;
      inner.exports = &std::get<component::ExportTree>(exported->item);
      for (const auto& [member, part] : *members) resolve_provided(path + "/" + member, member, part, inner);
    } else if (const auto* id = std::get_if<component::ImportedFunctionId>(&item.item)) {
      if (pass_ == Pass::functions) {
        resolve_provided_function(path, *id, std::get<component::ComponentFunction>(exported->item), provider);
      }
    } else if (pass_ != Pass::resources) {
      return;
    } else if (const auto* slot = std::get_if<component::ResourceSlot>(&item.item)) {
      resolved_.resources.insert_or_assign(*slot, tag_of(*exported, provider));
    } else if (const auto* equality = std::get_if<component::ImportedTypeEquality>(&item.item)) {
      if (equality->resource) check_equality(path, *equality, tag_of(*exported, provider));
    } else if (const auto* module_id = std::get_if<component::ImportedModuleId>(&item.item)) {
      resolve_module(path, *module_id, module_of(*provider.root, std::get<component::ModuleExport>(exported->item)));
    }
  }

  static ResourceTag tag_of(const component::ExportItem& exported, const ProvidedInstance& provider) {
    return provider.root->resource_tags[std::get<component::ResourceSlot>(exported.item).index()];
  }

  /// Reports that the providing instance lacks an export. Value types need no export.
  void note_absent(const std::string& path, const ImportItem& item) {
    if (pass_ != Pass::resources || std::holds_alternative<component::ImportedTypeEquality>(item.item)) return;
    const auto* members = std::get_if<ImportTree>(&item.item);
    if (members != nullptr && !needs_definition(*members)) return;
    problem(path, "the export was not found in the providing instance");
  }

  /// The kind of `exported` if it differs from the kind of `item`; nullopt if they agree.
  static std::optional<std::string_view> other_kind(const ImportItem& item, const component::ExportItem& exported) {
    struct Kind {
      std::string_view operator()(const component::ComponentFunction&) const { return word_of(EntitySort::function); }
      std::string_view operator()(component::ResourceSlot) const { return word_of_resource; }
      std::string_view operator()(component::InterfaceTypeId) const { return word_of(EntitySort::type); }
      std::string_view operator()(const component::ModuleExport&) const { return word_of(EntitySort::module); }
      std::string_view operator()(const component::ComponentExport&) const { return word_of(EntitySort::component); }
      std::string_view operator()(const component::ExportTree&) const { return word_of(EntitySort::instance); }
    };
    const std::string_view actual = std::visit(Kind{}, exported.item);
    const auto* equality = std::get_if<component::ImportedTypeEquality>(&item.item);
    const std::string_view expected = equality != nullptr && equality->resource ? word_of_resource : kind_of(item);
    return actual == expected ? std::nullopt : std::optional(actual);
  }

  void resolve_provided_function(const std::string& path, component::ImportedFunctionId id,
                                 const component::ComponentFunction& function, const ProvidedInstance& provider) {
    const component::Program& other = provider.root->program();
    const auto lifted = std::get<component::LiftedFunctionId>(function);  // a root exports only lifted functions
    const component::FunctionTypeId actual_type = other.lifted_functions[lifted].type;
    const auto expected_type = program_.imported_functions[id].type;
    const auto same_resource = [&](component::ResourceSlot ours, component::ResourceSlot theirs) {
      const auto match = resolved_.resources.find(ours);
      const auto* tag = match == resolved_.resources.end() ? nullptr : std::get_if<ResourceTag>(&match->second);
      return tag != nullptr && *tag == provider.root->resource_tags[theirs.index()];
    };
    if (!same_function_type(program_.types, program_.types[expected_type], other.types, other.types[actual_type],
                            same_resource)) {
      return problem(path, "the providing instance exports " + component::to_wit(other, actual_type) +
                               "; the component expects " + print_function(expected_type));
    }
    resolved_.functions[id.index()] = provider.root->lifted[lifted.index()].get();
  }

  const component::Program& program_;
  const Definitions& definitions_;
  Pass pass_ = Pass::resources;
  ResolvedImports resolved_;
  std::string problems_;  // one line each, with its path
  std::size_t problem_count_ = 0;
  const Definitions::InterfaceDefinition nothing_{};  // a host instance without members
  std::map<std::string, std::shared_ptr<const HostResourceType>, std::less<>> stub_types_;
};

}  // namespace

std::string version_track(std::string_view interface_name) {
  const auto version = version_of(interface_name);
  if (!version) return std::string(interface_name);
  const auto& [major, minor, patch] = version->numbers;
  std::string track(interface_name.substr(0, interface_name.rfind('@') + 1));
  track += std::to_string(major);
  if (major == 0) track += "." + std::to_string(minor);
  if (major == 0 && minor == 0) track += "." + std::to_string(patch);
  return track;
}

const HostInstance* HostInstance::find_instance(std::string_view name) const {
  const auto match = std::ranges::find(instances, name, &NestedHostInstance::name);
  return match == instances.end() ? nullptr : &match->instance;
}

HostInstance& HostInstance::instance(std::string_view name) {
  const auto match = std::ranges::find(instances, name, &NestedHostInstance::name);
  if (match != instances.end()) return match->instance;
  return instances.emplace_back(std::string(name), HostInstance{}).instance;
}

const Definitions::InterfaceDefinition* Definitions::find(std::string_view name) const {
  if (const auto exact = instances.find(name); exact != instances.end()) return &exact->second;
  const std::string track = version_track(name);
  const InterfaceDefinition* newest = nullptr;
  std::optional<Version> newest_version;
  for (const auto& [candidate, definition] : instances) {
    if (version_track(candidate) != track) continue;
    const auto version = version_of(candidate);
    if (newest == nullptr || version > newest_version) {
      newest = &definition;
      newest_version = version;
    }
  }
  return newest;
}

bool Definitions::may_be_missing(std::string_view name) const {
  return std::ranges::any_of(allowed_missing, [&](const std::string& prefix) { return name.starts_with(prefix); });
}

HostResult<ResolvedImports> resolve_imports(const LoadedComponent& component, const Definitions& definitions) {
  return Resolver(component, definitions).run();
}

}  // namespace holdfast::runtime
