// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/runtime/load/core_module.hpp"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/component/types/subtyping.hpp"

namespace holdfast::runtime {
namespace {

using component::types::describe;
using component::types::sort_name;
using component::types::Subtyping;
using Ids = std::vector<wasm::CoreTypeId>;

class Matcher {
 public:
  /// nullopt: what is `given` may stand where what is `expected` is imported.
  std::optional<std::string> run(const wasm::CoreModuleInterface& given, const wasm::CoreModuleInterface& expected) {
    const auto given_ids = engine_.core_types().intern_all(given.type_groups);
    const auto expected_ids = engine_.core_types().intern_all(expected.type_groups);
    if (!given_ids || !expected_ids) return "its types are too complex";
    std::map<std::pair<std::string_view, std::string_view>, const wasm::CoreExternType*> importable;
    for (const wasm::CoreImport& one : expected.imports) importable.try_emplace({one.module, one.name}, &one.type);
    for (const wasm::CoreImport& import : given.imports) {
      const std::string place = "module import `" + import.module + "::" + import.name + "`";
      const auto found = importable.find({import.module, import.name});
      if (found == importable.end()) return place + " not defined";
      if (auto why = mismatch(*found->second, *expected_ids, import.type, *given_ids)) {
        return place + " has the wrong type: " + *why;
      }
    }
    std::map<std::string_view, const wasm::CoreExternType*> exported;
    for (const wasm::CoreExport& one : given.exports) exported.try_emplace(one.name, &one.type);
    for (const wasm::CoreExport& wanted : expected.exports) {
      const std::string place = "module export `" + wanted.name + "`";
      const auto found = exported.find(wanted.name);
      if (found == exported.end()) return place + " not defined";
      if (auto why = mismatch(*found->second, *given_ids, wanted.type, *expected_ids)) {
        return place + " has the wrong type: " + *why;
      }
    }
    return std::nullopt;
  }

 private:
  /// Why something of type `found` is not of type `wanted`.
  std::optional<std::string> mismatch(const wasm::CoreExternType& found, const Ids& found_ids,
                                      const wasm::CoreExternType& wanted, const Ids& wanted_ids) {
    const auto actual = engine_.core_types().resolve(found, found_ids);
    const auto expected = engine_.core_types().resolve(wanted, wanted_ids);
    if (!actual || !expected) return "its type is not known";
    if (actual->index() != expected->index()) {
      return "expected " + std::string(sort_name(*expected)) + " found " + std::string(sort_name(*actual));
    }
    const auto fits = Subtyping(engine_).check(*actual, *expected);
    if (fits) return std::nullopt;
    const auto* function = std::get_if<wasm::CoreFunctionReference>(&*expected);
    if (function == nullptr) return fits.error().cause();
    const std::uint32_t type = std::get<wasm::CoreFunctionReference>(*actual).type;
    return "expected type `" + text_of(function->type) + "`, found type `" + text_of(type) + "`";
  }

  std::string text_of(std::uint32_t type) const {
    const wasm::CoreFunctionType* function = engine_.core_types().function(wasm::CoreTypeId(type));
    return function == nullptr ? "(type)" : describe(*function);
  }

  component::types::TypeEngine engine_;
};

}  // namespace

std::optional<std::string> module_mismatch(const wasm::CoreModuleInterface& given,
                                           const wasm::CoreModuleInterface& expected) {
  return Matcher().run(given, expected);
}

}  // namespace holdfast::runtime
