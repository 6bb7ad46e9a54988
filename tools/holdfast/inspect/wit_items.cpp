// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Imports and exports of a program in one form.
#include "inspect/wit_printer.hpp"

namespace holdfast::cli {
namespace {

using component::Program;

template <class Tree>
WitItem::Children convert(const Program& program, const Tree& tree);

class Converter {
 public:
  Converter(const Program& program, WitItem& out) : program_(program), out_(out) {}

  void operator()(component::ImportedFunctionId id) const { out_.what = program_.imported_functions[id].type; }
  void operator()(component::ResourceSlot slot) const { out_.what = slot; }
  void operator()(component::InterfaceTypeId type) const { out_.what = type; }
  void operator()(const component::ImportedTypeEquality& equality) const {
    if (equality.type) out_.what = *equality.type;
    if (equality.resource) out_.what = *equality.resource;
  }
  void operator()(component::ImportedModuleId) const { out_.what = WitItem::Module{}; }
  void operator()(const component::ModuleExport&) const { out_.what = WitItem::Module{}; }
  void operator()(const component::ComponentExport&) const { out_.what = WitItem::Component{}; }
  void operator()(const component::ComponentFunction& function) const {
    const auto* lifted = std::get_if<component::LiftedFunctionId>(&function);
    out_.what = lifted != nullptr ? program_.lifted_functions[*lifted].type
                                  : program_.imported_functions[std::get<component::ImportedFunctionId>(function)].type;
  }
  template <class Tree>
  void operator()(const Tree& tree) const {
    out_.what = convert(program_, tree);
  }

 private:
  const Program& program_;
  WitItem& out_;
};

template <class Tree>
WitItem::Children convert(const Program& program, const Tree& tree) {
  WitItem::Children items;
  for (const auto& [name, node] : tree) {
    WitItem item{name, WitItem::Component{}};
    std::visit(Converter(program, item), node.item);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

WitItem::Children imports_of(const Program& program) { return convert(program, program.imports); }
WitItem::Children exports_of(const Program& program) { return convert(program, program.exports); }

}  // namespace holdfast::cli
