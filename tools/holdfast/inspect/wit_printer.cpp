// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inspect/wit_printer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "holdfast/component/program/wit_text.hpp"

namespace holdfast::cli {
namespace {

using component::FunctionTypeId;
using component::InterfaceType;
using component::InterfaceTypeId;
using component::Program;
using component::ResourceSlot;
using component::TypeKind;

/// Words that WIT reserves are written with a %.
std::string identifier(std::string_view name) {
  static const std::set<std::string_view> reserved = {
      "as",   "async",  "bool",   "borrow",  "char",   "constructor", "enum",   "error-context", "export",
      "f32",  "f64",    "flags",  "from",    "func",   "future",      "import", "include",       "interface",
      "list", "option", "own",    "package", "record", "resource",    "result", "s16",           "s32",
      "s64",  "s8",     "static", "stream",  "string", "tuple",       "type",   "u16",           "u32",
      "u64",  "u8",     "use",    "variant", "with",   "world"};
  return (reserved.contains(name) ? "%" : "") + std::string(name);
}

bool is_nominal(TypeKind kind) {
  return kind == TypeKind::record || kind == TypeKind::variant || kind == TypeKind::enumeration ||
         kind == TypeKind::flags;
}

/// The resource and the member that "[method]blob.write" names; an empty resource for plain functions.
struct FunctionName {
  std::string_view marker, resource, member;
  explicit FunctionName(std::string_view name) : member(name) {
    const auto close = name.starts_with('[') ? name.find(']') : std::string_view::npos;
    if (close == std::string_view::npos) return;
    marker = name.substr(1, close - 1);
    member = name.substr(close + 1);
    if (marker == "constructor") {
      resource = std::exchange(member, {});
    } else if (const auto dot = member.find('.'); dot != std::string_view::npos) {
      resource = member.substr(0, dot);
      member = member.substr(dot + 1);
    }
  }
};

/// The names that types have in the interface that is being printed.
class LocalNames final : public component::TypeNames {
 public:
  explicit LocalNames(const Program& program) : program_names_(program) {}

  void clear() {
    types_.clear();
    resources_.clear();
  }
  void add(InterfaceTypeId id, const std::string& name) { types_.emplace(id, name); }
  void add(ResourceSlot slot, const std::string& name) { resources_.emplace(slot, name); }

  std::string name_of_type(InterfaceTypeId id) const override {
    const auto position = types_.find(id);
    return position == types_.end() ? std::string() : cli::identifier(position->second);
  }
  std::string name_of_resource(ResourceSlot slot) const override {
    const auto position = resources_.find(slot);
    return cli::identifier(position == resources_.end() ? program_names_.name_of_resource(slot) : position->second);
  }
  std::string identifier(std::string_view name) const override { return cli::identifier(name); }

 private:
  component::ProgramNames program_names_;
  std::map<InterfaceTypeId, std::string> types_;
  std::map<ResourceSlot, std::string> resources_;
};

/// Prints one world: its own items first, then the interfaces that they name.
class Printer {
 public:
  explicit Printer(const Program& program) : program_(program), names_(program) {}

  std::string world() {
    find_homes(imports_of(program_));
    find_homes(exports_of(program_));
    text_ = "package root:component;\n\nworld root {\n";
    add_world_items("import", imports_of(program_));
    add_world_items("export", exports_of(program_));
    text_ += "}\n";
    for (const std::string& package : packages_) {
      text_ += "\npackage " + package + " {\n";
      bool is_first = true;
      for (const Interface& interface : interfaces_) {
        if (interface.package != package) continue;
        if (!std::exchange(is_first, false)) text_ += '\n';
        text_ += "  interface " + identifier(interface.name) + " {\n";
        add_interface(interface.items, interface.full_name, 4);
        text_ += "  }\n";
      }
      text_ += "}\n";
    }
    return std::move(text_);
  }

 private:
  struct Interface {
    std::string full_name;
    std::string package;
    std::string name;
    WitItem::Children items;
  };
  struct Named {
    std::string interface_name;
    std::string name;
  };

  /// A resource is defined in the interface that has its functions; every other interface uses it from there.
  void find_homes(const WitItem::Children& items) {
    for (const WitItem& item : items) {
      const auto* children = std::get_if<WitItem::Children>(&item.what);
      if (children == nullptr) continue;
      for (const WitItem& child : *children) {
        const auto* slot = std::get_if<ResourceSlot>(&child.what);
        const auto is_member = [&child](const WitItem& sibling) {
          return FunctionName(sibling.name).resource == child.name;
        };
        if (slot != nullptr && std::ranges::any_of(*children, is_member)) {
          resources_.try_emplace(*slot, Named{item.name, child.name});
        }
      }
    }
  }

  void add_world_items(const std::string& direction, const WitItem::Children& items) {
    WitItem::Children plain;
    for (const WitItem& item : items) {
      if (const auto* children = std::get_if<WitItem::Children>(&item.what)) {
        if (note_interface(item.name, *children)) {
          text_ += "  " + direction + ' ' + item.name + ";\n";
        } else {
          text_ += "  " + direction + ' ' + identifier(item.name) + ": interface {\n";
          add_interface(*children, item.name, 4);
          text_ += "  }\n";
        }
      } else {
        plain.push_back(item);
      }
    }
    add_items(plain, {}, 2, direction + ' ');
  }

  /// False for an interface without a package, which is written in the world itself.
  bool note_interface(const std::string& full_name, const WitItem::Children& items) {
    const auto slash = full_name.rfind('/');
    if (slash == std::string::npos) return false;
    const auto at = std::min(full_name.find('@', slash), full_name.size());
    Interface interface{full_name, full_name.substr(0, slash) + full_name.substr(at),
                        full_name.substr(slash + 1, at - slash - 1), items};
    const auto known = std::ranges::find(interfaces_, full_name, &Interface::full_name);
    if (known != interfaces_.end()) {
      for (const WitItem& item : items) {
        if (std::ranges::find(known->items, item.name, &WitItem::name) == known->items.end())
          known->items.push_back(item);
      }
      return true;
    }
    if (std::ranges::find(packages_, interface.package) == packages_.end()) packages_.push_back(interface.package);
    interfaces_.push_back(std::move(interface));
    return true;
  }

  void add_interface(const WitItem::Children& items, const std::string& interface_name, int indent) {
    names_.clear();
    add_items(items, interface_name, indent, {});
  }

  void add_items(const WitItem::Children& items, const std::string& interface_name, int indent,
                 const std::string& prefix) {
    for (const WitItem& item : items) add_item(item, items, interface_name, indent, prefix);
  }

  void add_item(const WitItem& item, const WitItem::Children& all, const std::string& interface_name, int indent,
                const std::string& prefix) {
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    if (const auto* type = std::get_if<InterfaceTypeId>(&item.what)) {
      add_type(*type, item.name, interface_name, margin);
    } else if (const auto* slot = std::get_if<ResourceSlot>(&item.what)) {
      add_resource(*slot, item.name, all, interface_name, margin);
    } else if (const auto* function = std::get_if<FunctionTypeId>(&item.what)) {
      const FunctionName name(item.name);
      if (!name.resource.empty()) return;  // printed with its resource
      text_ += margin + prefix + identifier(name.member) + ": " + function_text(*function, 0) + ";\n";
    } else if (std::holds_alternative<WitItem::Module>(item.what)) {
      text_ += margin + "// " + prefix + item.name + ": core module\n";
    } else if (std::holds_alternative<WitItem::Component>(item.what)) {
      text_ += margin + "// " + prefix + item.name + ": component\n";
    } else {
      text_ += margin + "// " + prefix + item.name + ": instance\n";
    }
  }

  /// Prints `use` for a type that an earlier interface defines. Returns whether it did.
  template <class Key>
  bool add_use(const std::map<Key, Named>& known, Key key, const std::string& name, const std::string& interface_name,
               const std::string& margin) {
    const auto position = known.find(key);
    if (position == known.end()) return false;
    const Named& first = position->second;
    if (first.interface_name == interface_name || first.interface_name.empty()) return false;
    text_ += margin + "use " + first.interface_name + ".{" + identifier(first.name);
    if (first.name != name) text_ += " as " + identifier(name);
    text_ += "};\n";
    return true;
  }

  void add_resource(ResourceSlot slot, const std::string& name, const WitItem::Children& all,
                    const std::string& interface_name, const std::string& margin) {
    names_.add(slot, name);
    if (add_use(resources_, slot, name, interface_name, margin)) return;
    resources_.emplace(slot, Named{interface_name, name});
    std::string members;
    for (const WitItem& item : all) {
      const auto* function = std::get_if<FunctionTypeId>(&item.what);
      const FunctionName parts(item.name);
      if (function == nullptr || parts.resource != name) continue;
      members += margin + "  ";
      if (parts.marker == "constructor") {
        members += "constructor" + constructor_text(*function, name) + ";\n";
      } else {
        const bool is_method = parts.marker.ends_with("method");
        members += identifier(parts.member) + ": " + (is_method ? "" : "static ") +
                   function_text(*function, is_method ? 1 : 0) + ";\n";
      }
    }
    text_ += margin + "resource " + identifier(name) + (members.empty() ? ";\n" : " {\n" + members + margin + "}\n");
  }

  void add_type(InterfaceTypeId id, const std::string& name, const std::string& interface_name,
                const std::string& margin) {
    const InterfaceType& type = program_.types[id];
    if (!is_nominal(type.kind)) {
      text_ += margin + "type " + identifier(name) + " = " + type_text(id) + ";\n";
      return;
    }
    const bool is_used = add_use(types_, id, name, interface_name, margin);
    if (!is_used) {
      types_.emplace(id, Named{interface_name, name});
      const std::string inner = margin + "  ";
      text_ += margin + std::string(component::name_of(type.kind)) + ' ' + identifier(name) + " {\n";
      for (const auto& field : type.fields)
        text_ += inner + identifier(field.name) + ": " + type_text(field.type) + ",\n";
      for (const auto& item : type.cases)
        text_ += inner + identifier(item.name) + (item.type ? '(' + type_text(*item.type) + ')' : "") + ",\n";
      for (const auto& label : type.labels) text_ += inner + identifier(label) + ",\n";
      text_ += margin + "}\n";
    }
    names_.add(id, name);
  }

  std::string parameters_text(const component::FunctionType& type, std::size_t first) const {
    return component::parameters_text(program_.types, type, first, names_);
  }

  std::string function_text(FunctionTypeId id, std::size_t first) {
    const component::FunctionType& type = program_.types[id];
    return (type.is_async ? "async func" : "func") + parameters_text(type, first) +
           (type.result ? " -> " + type_text(*type.result) : "");
  }

  /// The result is written only where it is not the resource itself.
  std::string constructor_text(FunctionTypeId id, const std::string& resource) {
    const component::FunctionType& type = program_.types[id];
    std::string text = parameters_text(type, 0);
    if (type.result && type_text(*type.result) != identifier(resource)) text += " -> " + type_text(*type.result);
    return text;
  }

  std::string type_text(InterfaceTypeId id) const { return component::type_text(program_.types, id, names_); }

  const Program& program_;
  std::string text_;
  std::vector<std::string> packages_;
  std::vector<Interface> interfaces_;
  std::map<InterfaceTypeId, Named> types_;   // where a type got its first name
  std::map<ResourceSlot, Named> resources_;  // the same for resources
  LocalNames names_;
};

}  // namespace

std::string world_to_wit(const Program& program) { return Printer(program).world(); }

}  // namespace holdfast::cli
