// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/program/print.hpp"

#include <string_view>

namespace holdfast::component {
namespace {

/// Longer texts say nothing to people.
constexpr std::size_t max_length = 2'000;

class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {}

  std::string take() {
    if (text_.size() > max_length) {
      text_.resize(max_length);
      text_ += "...";
    }
    return std::move(text_);
  }

  void add(FunctionTypeId id) {
    const FunctionType& type = program_.types[id];
    text_ += type.is_async ? "async func(" : "func(";
    for (std::size_t i = 0; i < type.parameters.size(); ++i) {
      if (i > 0) text_ += ", ";
      text_ += type.parameters[i].name + ": ";
      add(type.parameters[i].type);
    }
    text_ += ")";
    if (!type.result) return;
    text_ += " -> ";
    add(*type.result);
  }

  void add(InterfaceTypeId id) {
    if (text_.size() > max_length) return;
    const InterfaceType& type = program_.types[id];
    switch (type.kind) {
      case TypeKind::list: add_arguments("list", type.element); return;
      case TypeKind::fixed_list:
        text_ += "list<";
        add(type.element);
        text_ += ", " + std::to_string(type.length) + ">";
        return;
      case TypeKind::map:
        text_ += "map<";
        add(type.key);
        text_ += ", ";
        add(type.element);
        text_ += ">";
        return;
      case TypeKind::record: add_fields(type); return;
      case TypeKind::tuple: add_tuple(type); return;
      case TypeKind::variant: add_cases("variant", type); return;
      case TypeKind::enumeration: add_cases("enum", type); return;
      case TypeKind::option: add_arguments("option", *type.cases[1].type); return;
      case TypeKind::result: add_result(type); return;
      case TypeKind::flags: add_flags(type); return;
      case TypeKind::own: text_ += resource_name(type.resource); return;
      case TypeKind::borrow: text_ += "borrow<" + std::string(resource_name(type.resource)) + ">"; return;
      case TypeKind::stream:
      case TypeKind::future:
        if (type.element.is_valid())
          add_arguments(name_of(type.kind), type.element);
        else
          text_ += name_of(type.kind);
        return;
      default: text_ += name_of(type.kind); return;
    }
  }

 private:
  std::string_view resource_name(ResourceSlot slot) const {
    const std::string_view name = program_.resources[slot].name;
    return name.substr(name.rfind('/') + 1);
  }

  void add_arguments(std::string_view keyword, InterfaceTypeId argument) {
    text_ += keyword;
    text_ += "<";
    add(argument);
    text_ += ">";
  }

  void add_fields(const InterfaceType& type) {
    text_ += "record { ";
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      if (i > 0) text_ += ", ";
      text_ += type.fields[i].name + ": ";
      add(type.fields[i].type);
    }
    text_ += " }";
  }

  void add_tuple(const InterfaceType& type) {
    text_ += "tuple<";
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      if (i > 0) text_ += ", ";
      add(type.fields[i].type);
    }
    text_ += ">";
  }

  void add_cases(std::string_view keyword, const InterfaceType& type) {
    text_ += keyword;
    text_ += " { ";
    for (std::size_t i = 0; i < type.cases.size(); ++i) {
      if (i > 0) text_ += ", ";
      text_ += type.cases[i].name;
      if (!type.cases[i].type) continue;
      text_ += "(";
      add(*type.cases[i].type);
      text_ += ")";
    }
    text_ += " }";
  }

  void add_result(const InterfaceType& type) {
    text_ += "result";
    const auto& ok = type.cases[0].type;
    const auto& error = type.cases[1].type;
    if (!ok && !error) return;
    text_ += "<";
    if (ok)
      add(*ok);
    else
      text_ += "_";
    if (error) {
      text_ += ", ";
      add(*error);
    }
    text_ += ">";
  }

  void add_flags(const InterfaceType& type) {
    text_ += "flags { ";
    for (std::size_t i = 0; i < type.labels.size(); ++i) text_ += (i > 0 ? ", " : "") + type.labels[i];
    text_ += " }";
  }

  const Program& program_;
  std::string text_;
};

}  // namespace

std::string to_wit(const Program& program, InterfaceTypeId id) {
  Printer printer(program);
  printer.add(id);
  return printer.take();
}

std::string to_wit(const Program& program, FunctionTypeId id) {
  Printer printer(program);
  printer.add(id);
  return printer.take();
}

}  // namespace holdfast::component
