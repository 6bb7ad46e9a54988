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
  /// nullopt: `actual` can be used for an import of `expected`.
  std::optional<std::string> run(const wasm::CoreModuleInterface& actual, const wasm::CoreModuleInterface& expected) {
    const auto actual_ids = engine_.core_types().intern_all(actual.type_groups);
    const auto expected_ids = engine_.core_types().intern_all(expected.type_groups);
    if (!actual_ids || !expected_ids) return "its types are too complex";
    std::map<std::pair<std::string_view, std::string_view>, const wasm::CoreExternType*> importable;
    for (const wasm::CoreImport& import : expected.imports)
      importable.try_emplace({import.module, import.name}, &import.type);
    for (const wasm::CoreImport& import : actual.imports) {
      const std::string place = "module import `" + import.module + "::" + import.name + "`";
      const auto match = importable.find({import.module, import.name});
      if (match == importable.end()) return place + " not defined";
      if (auto why = mismatch(*match->second, *expected_ids, import.type, *actual_ids)) {
        return place + " has the wrong type: " + *why;
      }
    }
    std::map<std::string_view, const wasm::CoreExternType*> exported;
    for (const wasm::CoreExport& export_ : actual.exports) exported.try_emplace(export_.name, &export_.type);
    for (const wasm::CoreExport& export_ : expected.exports) {
      const std::string place = "module export `" + export_.name + "`";
      const auto match = exported.find(export_.name);
      if (match == exported.end()) return place + " not defined";
      if (auto why = mismatch(*match->second, *actual_ids, export_.type, *expected_ids)) {
        return place + " has the wrong type: " + *why;
      }
    }
    return std::nullopt;
  }

 private:
  /// Why an item of type `actual_type` cannot be used where `expected_type` is required; nullopt when it can.
  std::optional<std::string> mismatch(const wasm::CoreExternType& actual_type, const Ids& actual_ids,
                                      const wasm::CoreExternType& expected_type, const Ids& expected_ids) {
    const auto actual = engine_.core_types().resolve(actual_type, actual_ids);
    const auto expected = engine_.core_types().resolve(expected_type, expected_ids);
    if (!actual || !expected) return "its type is unknown";
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

std::optional<std::string> module_mismatch(const wasm::CoreModuleInterface& actual,
                                           const wasm::CoreModuleInterface& expected) {
  return Matcher().run(actual, expected);
}

}  // namespace holdfast::runtime
