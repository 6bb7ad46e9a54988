// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/module_interface.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/wasm/constant_expression.hpp"
#include "holdfast/wasm/core_type_reader.hpp"

namespace holdfast::wasm {
namespace {

enum class SectionId : std::uint8_t {
  custom = 0,
  type = 1,
  import = 2,
  function = 3,
  table = 4,
  memory = 5,
  global = 6,
  export_ = 7,
  start = 8,
  element = 9,
  code = 10,
  data = 11,
  data_count = 12,
  tag = 13,
};

// The rank of each section, by its id, in the required order of sections.
constexpr std::array<std::uint8_t, 14> section_ranks = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

class InterfaceParser {
 public:
  explicit InterfaceParser(ByteCursor cursor) : cursor_(cursor) {}

  Result<CoreModuleInterface> parse() {
    HOLDFAST_TRY(read_preamble());
    while (!cursor_.at_end()) HOLDFAST_TRY(read_section());
    interface_.is_whole = is_whole();
    return std::move(interface_);
  }

 private:
  Result<void> read_preamble() {
    constexpr std::array<std::uint8_t, 4> magic = {0x00, 0x61, 0x73, 0x6d};
    constexpr std::array<std::uint8_t, 4> version = {0x01, 0x00, 0x00, 0x00};
    for (const std::uint8_t expected : magic) {
      HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor_.read_byte());
      if (byte != expected) return cursor_.fail_at_last_byte(ErrorCode::bad_magic);
    }
    for (const std::uint8_t expected : version) {
      HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor_.read_byte());
      if (byte != expected) return cursor_.fail_at_last_byte(ErrorCode::expected_module_header);
    }
    return {};
  }

  Result<void> read_section() {
    HOLDFAST_TRY_ASSIGN(const std::uint8_t id, cursor_.read_byte());
    if (id >= section_ranks.size()) return cursor_.fail_at_last_byte(ErrorCode::malformed_section_id);
    if (id != 0) {
      if (section_ranks[id] <= last_rank_) return cursor_.fail_at_last_byte(ErrorCode::section_out_of_order);
      last_rank_ = section_ranks[id];
    }
    HOLDFAST_TRY_ASSIGN(const std::uint32_t size, cursor_.read_u32());
    HOLDFAST_TRY_ASSIGN(ByteCursor section, cursor_.read_part(size));
    return read_section_contents(static_cast<SectionId>(id), section);
  }

  Result<void> read_section_contents(SectionId id, ByteCursor section) {
    declares_only_ = declares_only_ && declares(id);
    switch (id) {
      case SectionId::type: HOLDFAST_TRY(section.read_list(interface_.type_groups, read_core_recursion_group)); break;
      case SectionId::import: HOLDFAST_TRY(read_imports(section)); break;
      case SectionId::function: HOLDFAST_TRY(section.read_list(functions_, read_function)); break;
      case SectionId::table:
        HOLDFAST_TRY(
            read_definitions(section, 0x01, tables_, [this](ByteCursor& cursor) { return read_table(cursor); }));
        break;
      case SectionId::memory: HOLDFAST_TRY(read_definitions(section, 0x02, memories_, read_core_memory_type)); break;
      case SectionId::tag: HOLDFAST_TRY(read_definitions(section, 0x04, tags_, read_core_tag_type)); break;
      case SectionId::global: HOLDFAST_TRY(section.read_list(globals_, read_global)); break;
      case SectionId::export_: HOLDFAST_TRY(read_exports(section)); break;
      case SectionId::custom: HOLDFAST_TRY(section.read_name()); return {};
      case SectionId::start:
      case SectionId::element:
      case SectionId::data_count:
      case SectionId::code:
      case SectionId::data: return {};
    }
    if (!section.at_end()) return ByteCursor::fail_at(ErrorCode::section_size_mismatch, section.offset());
    return {};
  }

  /// Whether sections with this id contain only types and names.
  static bool declares(SectionId id) {
    switch (id) {
      case SectionId::custom:
      case SectionId::type:
      case SectionId::import:
      case SectionId::table:
      case SectionId::memory:
      case SectionId::tag:
      case SectionId::export_: return true;
      default: return false;
    }
  }

  // --- imports ---

  Result<void> read_imports(ByteCursor& section) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t count, section.read_count(interface_.imports));
    for (std::uint32_t i = 0; i < count; ++i) HOLDFAST_TRY(read_import(section));
    return {};
  }

  /// Reads one entry of the import section: an import, or a group of imports that share a module name (and a type).
  Result<void> read_import(ByteCursor& section) {
    const std::size_t start = section.offset();
    HOLDFAST_TRY(section.take_item());
    HOLDFAST_TRY_ASSIGN(const std::string_view module, section.read_name());
    HOLDFAST_TRY_ASSIGN(const std::string_view name, section.read_name());
    HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, section.peek_byte());
    if (name.empty() && kind == 0x7f) return read_imports_of_module(section, module);
    if (name.empty() && kind == 0x7e) return read_imports_of_type(section, module);
    HOLDFAST_TRY_ASSIGN(const CoreExternType type, read_core_extern_type(section));
    add_import(CoreImport{std::string(module), std::string(name), type, start});
    return {};
  }

  /// The items that one import of a group takes from the budget. The file contains the module's name once, but each
  /// import in the result has a copy of it.
  static std::size_t cost_of_copy(std::string_view module) { return 1 + module.size() / 64; }

  Result<void> read_imports_of_module(ByteCursor& section, std::string_view module) {
    HOLDFAST_TRY(section.read_byte());
    HOLDFAST_TRY_ASSIGN(const std::uint32_t count, section.read_u32());
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::size_t start = section.offset();
      HOLDFAST_TRY(section.take_items(cost_of_copy(module)));
      HOLDFAST_TRY_ASSIGN(const std::string_view name, section.read_name());
      HOLDFAST_TRY_ASSIGN(const CoreExternType type, read_core_extern_type(section));
      add_import(CoreImport{std::string(module), std::string(name), type, start});
    }
    return {};
  }

  Result<void> read_imports_of_type(ByteCursor& section, std::string_view module) {
    HOLDFAST_TRY(section.read_byte());
    HOLDFAST_TRY_ASSIGN(const CoreExternType type, read_core_extern_type(section));
    HOLDFAST_TRY_ASSIGN(const std::uint32_t count, section.read_u32());
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::size_t start = section.offset();
      HOLDFAST_TRY(section.take_items(cost_of_copy(module)));
      HOLDFAST_TRY_ASSIGN(const std::string_view name, section.read_name());
      add_import(CoreImport{std::string(module), std::string(name), type, start});
    }
    return {};
  }

  void add_import(CoreImport import) {
    if (const auto* function = std::get_if<CoreFunctionReference>(&import.type)) functions_.push_back(*function);
    if (const auto* table = std::get_if<CoreTableType>(&import.type)) tables_.push_back(*table);
    if (const auto* memory = std::get_if<CoreMemoryType>(&import.type)) memories_.push_back(*memory);
    if (const auto* global = std::get_if<CoreGlobalType>(&import.type)) globals_.push_back(*global);
    if (const auto* tag = std::get_if<CoreTagType>(&import.type)) tags_.push_back(*tag);
    interface_.imports.push_back(std::move(import));
  }

  // --- definitions ---

  /// Reads the definitions of a section into `space`. `kind` is the kind's code in the export section.
  template <class Space, class Read>
  Result<void> read_definitions(ByteCursor& section, std::uint8_t kind, Space& space, Read read) {
    hidden_[kind].resize(space.size(), false);
    HOLDFAST_TRY(section.read_list(space, read));
    hidden_[kind].resize(space.size(), true);
    return {};
  }

  static Result<CoreFunctionReference> read_function(ByteCursor& section) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t type, section.read_u32());
    return CoreFunctionReference{type, false};
  }

  Result<CoreTableType> read_table(ByteCursor& section) {
    HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, section.peek_byte());
    const bool has_initialiser = byte == 0x40;
    if (has_initialiser) {
      HOLDFAST_TRY(section.read_byte());
      HOLDFAST_TRY_ASSIGN(const std::uint8_t reserved, section.read_byte());
      if (reserved != 0) return section.fail_at_last_byte(ErrorCode::bad_core_table);
    }
    HOLDFAST_TRY_ASSIGN(const CoreTableType table, read_core_table_type(section));
    if (has_initialiser) HOLDFAST_TRY(skip_constant_expression(section));
    declares_only_ = declares_only_ && !has_initialiser && table.element.nullable;
    return table;
  }

  static Result<CoreGlobalType> read_global(ByteCursor& section) {
    HOLDFAST_TRY_ASSIGN(const CoreGlobalType global, read_core_global_type(section));
    HOLDFAST_TRY(skip_constant_expression(section));
    return global;
  }

  // --- exports ---

  Result<void> read_exports(ByteCursor& section) {
    return section.read_list(interface_.exports, [this](ByteCursor& cursor) { return read_export(cursor); });
  }

  Result<CoreExport> read_export(ByteCursor& section) {
    CoreExport result;
    result.offset = section.offset();
    HOLDFAST_TRY_ASSIGN(result.name, section.read_name());
    HOLDFAST_TRY_ASSIGN(const std::uint8_t kind, section.read_byte());
    if (kind > 0x04) return section.fail_at_last_byte(ErrorCode::bad_core_external_kind);
    const std::size_t start = section.offset();
    HOLDFAST_TRY_ASSIGN(const std::uint32_t index, section.read_u32());
    if (!find_definition(kind, index, result.type)) {
      return ByteCursor::fail_at(ErrorCode::unknown_core_index, start, index);
    }
    if (index < hidden_[kind].size()) hidden_[kind][index] = false;
    return result;
  }

  bool find_definition(std::uint8_t kind, std::uint32_t index, CoreExternType& out) const {
    const auto pick = [&](const auto& space) {
      if (index >= space.size()) return false;
      out = space[index];
      return true;
    };
    switch (kind) {
      case 0x00: return pick(functions_);
      case 0x01: return pick(tables_);
      case 0x02: return pick(memories_);
      case 0x03: return pick(globals_);
      default: return pick(tags_);
    }
  }

  // --- definitions that are not part of the interface ---

  bool is_whole() const {
    const auto is_derived = [](const CoreSubType& type) { return type.supertype.has_value(); };
    const auto has_derived = [&](const CoreRecursionGroup& group) {
      return std::ranges::any_of(group.types, is_derived);
    };
    const auto is_hidden = [](const std::vector<bool>& space) { return std::ranges::find(space, true) != space.end(); };
    return declares_only_ && std::ranges::none_of(interface_.type_groups, has_derived) &&
           std::ranges::none_of(hidden_, is_hidden);
  }

  ByteCursor cursor_;
  std::uint8_t last_rank_ = 0;
  bool declares_only_ = true;
  std::array<std::vector<bool>, 5> hidden_;  // by kind and index: whether it is defined here and not exported so far
  CoreModuleInterface interface_;
  // The module's index spaces: imports first.
  std::vector<CoreFunctionReference> functions_;
  std::vector<CoreTableType> tables_;
  std::vector<CoreMemoryType> memories_;
  std::vector<CoreGlobalType> globals_;
  std::vector<CoreTagType> tags_;
};

}  // namespace

Result<CoreModuleInterface> parse_module_interface(std::span<const std::byte> bytes, std::size_t offset,
                                                   ReadBudget* budget) {
  return InterfaceParser(ByteCursor(bytes, offset, budget)).parse();
}

}  // namespace holdfast::wasm
