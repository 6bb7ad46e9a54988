// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <nlohmann/json.hpp>

#include "holdfast/component/program/wit_text.hpp"
#include "inspect/inspection.hpp"
#include "inspect/wit_printer.hpp"

namespace holdfast::cli {
namespace {

using Json = nlohmann::ordered_json;

Json items_json(const component::Program& program, const WitItem::Children& items) {
  Json array = Json::array();
  for (const WitItem& item : items) {
    Json entry = {{"name", item.name}};
    if (const auto* function = std::get_if<component::FunctionTypeId>(&item.what)) {
      entry["kind"] = "function";
      entry["type"] = component::to_wit(program, *function);
    } else if (const auto* slot = std::get_if<component::ResourceSlot>(&item.what)) {
      entry["kind"] = "resource";
      entry["resource"] = program.resources[*slot].name;
    } else if (const auto* type = std::get_if<component::InterfaceTypeId>(&item.what)) {
      entry["kind"] = "type";
      entry["type"] = component::to_wit(program, *type);
    } else if (const auto* children = std::get_if<WitItem::Children>(&item.what)) {
      entry["kind"] = "instance";
      entry["items"] = items_json(program, *children);
    } else {
      entry["kind"] = std::holds_alternative<WitItem::Module>(item.what) ? "module" : "component";
    }
    array.push_back(std::move(entry));
  }
  return array;
}

Json parties_json(const Parties& parties) {
  Json object = Json::object();
  for (const auto& [party, functions] : parties) object[party] = functions;
  return object;
}

void add_program(Json& json, const component::Program& program) {
  json["imports"] = items_json(program, imports_of(program));
  json["exports"] = items_json(program, exports_of(program));
  json["wit"] = world_to_wit(program);
  json["component_instances"] = program.instances.size();
  json["core_instances"] = program.core_instance_count;
  json["resources"] = Json::array();
  for (const ResourceFlow& flow : resource_flows(program)) {
    json["resources"].push_back({{"name", flow.name},
                                 {"defined_by", flow.definer},
                                 {"imported", flow.is_imported},
                                 {"destructor", flow.has_destructor},
                                 {"owned_by", parties_json(flow.owners)},
                                 {"borrowed_by", parties_json(flow.borrowers)}});
  }
}

}  // namespace

std::string to_json(const Inspection& inspection) {
  Json json = {{"file", inspection.file}, {"size", inspection.size}, {"valid", !inspection.error.has_value()}};
  json["error"] = nullptr;
  if (inspection.error) {
    json["error"] = {{"kind", name_of(inspection.error->kind())}, {"message", inspection.error->message()}};
    json["error"]["offset"] = inspection.error->offset() ? Json(*inspection.error->offset()) : Json(nullptr);
  }
  if (inspection.program) add_program(json, *inspection.program);
  json["sections"] = Json::array();
  for (const SectionInfo& section : inspection.sections) {
    json["sections"].push_back({{"name", section.name}, {"offset", section.offset}, {"size", section.size}});
  }
  json["core_modules"] = Json::array();
  for (const ModuleInfo& module : inspection.modules) {
    json["core_modules"].push_back({{"component", module.component},
                                    {"offset", module.offset},
                                    {"size", module.size},
                                    {"imports", module.imports},
                                    {"exports", module.exports}});
  }
  json["index_spaces"] = inspection.spaces;
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace holdfast::cli
