// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inspect/resource_flow.hpp"

#include <variant>

#include "console/suggestions.hpp"

namespace holdfast::cli {
namespace {

using component::InterfaceTypeId;
using component::Program;
using component::TypeKind;

constexpr auto outside_caller = "caller";

/// "[method]blob.write" -> "blob.write", "demo:store/kv@0.1.0#[constructor]bucket" -> "bucket".
std::string readable(const std::string& name) {
  const auto hash = name.rfind('#');
  const std::string last = hash == std::string::npos ? name : name.substr(hash + 1);
  const auto close = last.starts_with('[') ? last.find(']') : std::string::npos;
  return close == std::string::npos ? last : last.substr(close + 1);
}

class Tracer {
 public:
  explicit Tracer(const Program& program) : program_(program), flows_(program.resources.size()) {}

  std::vector<ResourceFlow> run() {
    for (std::uint32_t i = 0; i < flows_.size(); ++i) describe(component::ResourceSlot(i));
    for (std::uint32_t i = 0; i < program_.trampolines.size(); ++i) {
      const component::Trampoline& trampoline = program_.trampolines[component::TrampolineId(i)];
      const auto* lower = std::get_if<component::LowerFunction>(&trampoline.body);
      if (lower != nullptr)
        add_call(program_.instances[trampoline.instance].name, lower->callee, readable(lower->name));
    }
    add_exports(program_.exports);
    return std::move(flows_);
  }

 private:
  void describe(component::ResourceSlot slot) {
    const component::Resource& resource = program_.resources[slot];
    ResourceFlow& flow = flows_[slot.index()];
    flow.name = resource.name;
    if (const auto* imported = std::get_if<component::Resource::Imported>(&resource.origin)) {
      flow.is_imported = true;
      flow.definer = imported->path.size() > 1 ? imported->path[0] : "host";
    } else {
      const auto& defined = std::get<component::Resource::Defined>(resource.origin);
      flow.definer = program_.instances[defined.instance].name;
      flow.has_destructor = defined.destructor.has_value();
    }
  }

  void add_exports(const component::ExportTree& exports) {
    for (const auto& [name, item] : exports) {
      if (const auto* function = std::get_if<component::ComponentFunction>(&item.item)) {
        add_call(outside_caller, *function, readable(name));
      } else if (const auto* tree = std::get_if<component::ExportTree>(&item.item)) {
        add_exports(*tree);
      }
    }
  }

  void add_call(const std::string& caller, const component::ComponentFunction& callee, const std::string& name) {
    std::string party;
    component::FunctionTypeId type;
    if (const auto* imported = std::get_if<component::ImportedFunctionId>(&callee)) {
      const component::ImportedFunction& function = program_.imported_functions[*imported];
      party = function.path.size() > 1 ? function.path[0] : "host";
      type = function.type;
    } else {
      const auto& function = program_.lifted_functions[std::get<component::LiftedFunctionId>(callee)];
      party = program_.instances[function.instance].name;
      type = function.type;
    }
    for (const auto& parameter : program_.types[type].parameters) add_handles(parameter.type, party, name);
    if (program_.types[type].result) add_handles(*program_.types[type].result, caller, name);
  }

  /// Notes that `receiver` gets the handles in a value of type `id` through `function`.
  void add_handles(InterfaceTypeId id, const std::string& receiver, const std::string& function) {
    const component::InterfaceType& type = program_.types[id];
    if (!type.has_handle) return;
    if (type.kind == TypeKind::own) flows_[type.resource.index()].owners[receiver].insert(function);
    if (type.kind == TypeKind::borrow) flows_[type.resource.index()].borrowers[receiver].insert(function);
    for (const auto& field : type.fields) add_handles(field.type, receiver, function);
    for (const auto& case_ : type.cases) {
      if (case_.type) add_handles(*case_.type, receiver, function);
    }
    if (type.element.is_valid()) add_handles(type.element, receiver, function);
  }

  const Program& program_;
  std::vector<ResourceFlow> flows_;  // by ResourceSlot
};

std::string parties_text(const Parties& parties) {
  std::string text;
  for (const auto& [party, functions] : parties) {
    const std::vector<std::string> names(functions.begin(), functions.end());
    text += (text.empty() ? "" : "; ") + party + " (" + join_words(names, ", ") + ')';
  }
  return text.empty() ? "nobody" : text;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result + '"';
}

std::string label_of(const std::set<std::string>& functions) {
  std::string text;
  for (const std::string& function : functions) text += (text.empty() ? "" : "\n") + function;
  return text;
}

}  // namespace

std::vector<ResourceFlow> resource_flows(const Program& program) { return Tracer(program).run(); }

std::string to_text(const std::vector<ResourceFlow>& flows) {
  std::string text;
  for (const ResourceFlow& flow : flows) {
    text += "  " + flow.name + '\n';
    text += "    defined by   " + flow.definer +
            (flow.is_imported      ? " (imported)"
             : flow.has_destructor ? ", with a destructor"
                                   : "") +
            '\n';
    text += "    owned by     " + parties_text(flow.owners) + '\n';
    text += "    borrowed by  " + parties_text(flow.borrowers) + '\n';
  }
  return text;
}

std::string to_dot(const std::vector<ResourceFlow>& flows) {
  std::string text =
      "digraph resources {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", "
      "fontsize=10];\n";
  std::set<std::string> parties;
  for (const ResourceFlow& flow : flows) {
    parties.insert(flow.definer);
    for (const auto& [party, functions] : flow.owners) parties.insert(party);
    for (const auto& [party, functions] : flow.borrowers) parties.insert(party);
  }
  for (const std::string& party : parties) text += "  " + quoted(party) + " [shape=box];\n";
  for (std::size_t i = 0; i < flows.size(); ++i) {
    const ResourceFlow& flow = flows[i];
    const std::string node = "resource" + std::to_string(i);
    text += "  " + node + " [shape=ellipse, style=filled, fillcolor=lightgrey, label=" + quoted(flow.name) + "];\n";
    text += "  " + quoted(flow.definer) + " -> " + node + " [style=bold, label=\"defines\"];\n";
    for (const auto& [party, functions] : flow.owners) {
      text +=
          "  " + node + " -> " + quoted(party) + " [label=" + quoted("owned through\n" + label_of(functions)) + "];\n";
    }
    for (const auto& [party, functions] : flow.borrowers) {
      text += "  " + node + " -> " + quoted(party) +
              " [style=dashed, label=" + quoted("lent through\n" + label_of(functions)) + "];\n";
    }
  }
  return text + "}\n";
}

}  // namespace holdfast::cli
