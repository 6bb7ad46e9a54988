// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/program/wit_text.hpp"

#include <optional>

namespace holdfast::component {
namespace {

constexpr std::string_view ellipsis = "…";

/// Writes types one after another into one text.
class Writer {
 public:
  Writer(const InterfaceTypes& types, const TypeNames& names, const WitTextLimits& limits) noexcept
      : types_(types), names_(names), limits_(limits) {}

  std::string take() {
    if (is_full()) {
      text_.resize(limits_.bytes);
      while (!text_.empty() && static_cast<unsigned char>(text_.back()) >= 0x80) text_.pop_back();  // half an ellipsis
      text_ += ellipsis;
    }
    return std::move(text_);
  }

  void type(InterfaceTypeId id) {
    if (const std::string name = names_.name_of_type(id); !name.empty()) {
      text_ += name;
    } else if (depth_ > limits_.depth || is_full()) {
      text_ += ellipsis;
    } else {
      ++depth_;
      structure(types_[id]);
      --depth_;
    }
  }

  void parameters(const FunctionType& function, std::size_t first) {
    text_ += '(';
    for (std::size_t i = first; i < function.parameters.size(); ++i) {
      if (i > first) text_ += ", ";
      text_ += names_.identifier(function.parameters[i].name) + ": ";
      type(function.parameters[i].type);
    }
    text_ += ')';
  }

  void function(const FunctionType& function) {
    text_ += function.is_async ? "async func" : "func";
    parameters(function, 0);
    if (!function.result) return;
    text_ += " -> ";
    type(*function.result);
  }

 private:
  bool is_full() const noexcept { return text_.size() > limits_.bytes; }

  void structure(const InterfaceType& type) {
    switch (type.kind) {
      case TypeKind::list: return arguments("list", type.element);
      case TypeKind::fixed_list: return fixed_list(type);
      case TypeKind::map: return map(type);
      case TypeKind::tuple: return tuple(type);
      case TypeKind::option: return arguments("option", *type.cases[1].type);
      case TypeKind::result: return result(type.cases[0].type, type.cases[1].type);
      case TypeKind::record: return fields(type);
      case TypeKind::variant:
      case TypeKind::enumeration: return cases(type);
      case TypeKind::flags: return labels(type);
      case TypeKind::own: return own(type.resource);
      case TypeKind::borrow: return borrow(type.resource);
      case TypeKind::stream:
      case TypeKind::future:
        if (type.element.is_valid()) return arguments(name_of(type.kind), type.element);
        break;
      default: break;
    }
    text_ += name_of(type.kind);
  }

  void arguments(std::string_view keyword, InterfaceTypeId argument) {
    text_.append(keyword) += '<';
    type(argument);
    text_ += '>';
  }

  void fixed_list(const InterfaceType& list) {
    text_ += "list<";
    type(list.element);
    text_ += ", " + std::to_string(list.length) + '>';
  }

  void map(const InterfaceType& map) {
    text_ += "map<";
    type(map.key);
    text_ += ", ";
    type(map.element);
    text_ += '>';
  }

  void result(const std::optional<InterfaceTypeId>& ok, const std::optional<InterfaceTypeId>& error) {
    text_ += "result";
    if (!ok && !error) return;
    text_ += '<';
    if (ok) {
      type(*ok);
    } else {
      text_ += '_';
    }
    if (error) {
      text_ += ", ";
      type(*error);
    }
    text_ += '>';
  }

  /// Writes the items with commas between them, up to the limits.
  template <class Items, class Write>
  void separated(const Items& items, const Write& write) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) text_ += ", ";
      if (i == limits_.items || is_full()) {
        text_ += ellipsis;
        return;
      }
      write(items[i]);
    }
  }

  void tuple(const InterfaceType& tuple) {
    text_ += "tuple<";
    separated(tuple.fields, [this](const InterfaceField& field) { type(field.type); });
    text_ += '>';
  }

  void fields(const InterfaceType& record) {
    text_ += "record { ";
    separated(record.fields, [this](const InterfaceField& field) {
      text_ += names_.identifier(field.name) + ": ";
      type(field.type);
    });
    text_ += " }";
  }

  void cases(const InterfaceType& variant) {
    text_.append(name_of(variant.kind)) += " { ";
    separated(variant.cases, [this](const InterfaceCase& item) {
      text_ += names_.identifier(item.name);
      if (!item.type) return;
      text_ += '(';
      type(*item.type);
      text_ += ')';
    });
    text_ += " }";
  }

  void labels(const InterfaceType& flags) {
    text_ += "flags { ";
    separated(flags.labels, [this](const std::string& label) { text_ += names_.identifier(label); });
    text_ += " }";
  }

  void own(ResourceSlot resource) {
    const std::string name = names_.name_of_resource(resource);
    text_ += name.empty() ? "own" : name;
  }

  void borrow(ResourceSlot resource) {
    const std::string name = names_.name_of_resource(resource);
    text_ += name.empty() ? "borrow" : "borrow<" + name + '>';
  }

  const InterfaceTypes& types_;
  const TypeNames& names_;
  const WitTextLimits& limits_;
  std::string text_;
  int depth_ = 0;
};

constexpr WitTextLimits message_text{};

}  // namespace

std::string type_text(const InterfaceTypes& types, InterfaceTypeId id, const TypeNames& names,
                      const WitTextLimits& limits) {
  Writer writer(types, names, limits);
  writer.type(id);
  return writer.take();
}

std::string type_text(const InterfaceTypes& types, InterfaceTypeId id) {
  return type_text(types, id, TypeNames{}, short_text);
}

std::string parameters_text(const InterfaceTypes& types, const FunctionType& function, std::size_t first,
                            const TypeNames& names, const WitTextLimits& limits) {
  Writer writer(types, names, limits);
  writer.parameters(function, first);
  return writer.take();
}

std::string ProgramNames::name_of_resource(ResourceSlot slot) const {
  const std::string& name = program_.resources[slot].name;
  return name.substr(name.rfind('/') + 1);
}

std::string to_wit(const Program& program, InterfaceTypeId id) {
  return type_text(program.types, id, ProgramNames(program), message_text);
}

std::string to_wit(const Program& program, FunctionTypeId id) {
  const ProgramNames names(program);
  Writer writer(program.types, names, message_text);
  writer.function(program.types[id]);
  return writer.take();
}

}  // namespace holdfast::component
