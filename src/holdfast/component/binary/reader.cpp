// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/binary/reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "holdfast/component/binary/production_reader.hpp"
#include "holdfast/wasm/module_interface.hpp"

namespace holdfast::component {
namespace {

using binary::ByteCursor;

enum class SectionId : std::uint8_t {
  custom = 0,
  core_module = 1,
  core_instance = 2,
  core_type = 3,
  component = 4,
  instance = 5,
  alias = 6,
  type = 7,
  canonical = 8,
  start = 9,
  import = 10,
  export_ = 11,
  value = 12,
};

/// Reads one component. Each nested component gets a reader of its own. `out` keeps everything read before an error.
class ComponentReader {
 public:
  ComponentReader(std::span<const std::byte> file, ByteCursor cursor, syntax::Component& out)
      : file_(file), cursor_(cursor), out_(out) {
    out_.offset = cursor_.offset();
    out_.size = cursor_.remaining();
    out_.is_complete = false;
  }

  /// `is_root`: the component is the whole file, not nested in another component.
  Result<void> read(bool is_root) {
    HOLDFAST_TRY_ASSIGN(const auto nesting, wasm::NestingScope::enter(cursor_));
    HOLDFAST_TRY(read_preamble(is_root));
    while (!cursor_.at_end()) HOLDFAST_TRY(read_section());
    out_.is_complete = true;
    return {};
  }

 private:
  Result<void> read_preamble(bool is_root) {
    constexpr std::array<std::uint8_t, 4> magic = {0x00, 0x61, 0x73, 0x6d};
    for (const std::uint8_t expected : magic) {
      HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor_.read_byte());
      if (byte != expected) return cursor_.fail_at_last_byte(ErrorCode::bad_magic);
    }
    constexpr std::uint32_t component_version = 0x0001'000d;  // version 0x0d, layer 1
    constexpr std::uint32_t module_version = 0x0000'0001;     // version 1, layer 0
    const std::size_t start = cursor_.offset();
    std::uint32_t version = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
      HOLDFAST_TRY_ASSIGN(const std::uint8_t byte, cursor_.read_byte());
      version |= std::uint32_t{byte} << shift;
    }
    if (version == component_version) return {};
    if (version != module_version) return ByteCursor::fail_at(ErrorCode::unknown_version, start, version);
    return ByteCursor::fail_at(is_root ? ErrorCode::module_not_component : ErrorCode::expected_component_header, start);
  }

  Result<void> read_section() {
    HOLDFAST_TRY_ASSIGN(const std::uint8_t id, cursor_.read_byte());
    if (id > std::to_underlying(SectionId::value)) return cursor_.fail_at_last_byte(ErrorCode::malformed_section_id);
    HOLDFAST_TRY_ASSIGN(const std::uint32_t size, cursor_.read_u32());
    HOLDFAST_TRY_ASSIGN(const ByteCursor section, cursor_.read_part(size));
    return read_section_contents(static_cast<SectionId>(id), section);
  }

  Result<void> read_section_contents(SectionId id, ByteCursor section) {
    switch (id) {
      case SectionId::custom: return read_custom_section(section);
      case SectionId::core_module: return read_core_module(section);
      case SectionId::core_instance: return read_definitions(section, binary::read_core_instance);
      case SectionId::core_type: return read_definitions(section, binary::read_core_type);
      case SectionId::component: return read_nested_component(section);
      case SectionId::instance: return read_definitions(section, binary::read_instance);
      case SectionId::alias: return read_definitions(section, binary::read_alias);
      case SectionId::type: return read_definitions(section, binary::read_type);
      case SectionId::canonical: return read_definitions(section, binary::read_canonical);
      case SectionId::start: return read_start_section(section);
      case SectionId::import: return read_definitions(section, binary::read_import);
      case SectionId::export_: return read_definitions(section, binary::read_export);
      case SectionId::value: return read_definitions(section, binary::read_value);
    }
    std::unreachable();
  }

  /// A section that is a list of definitions and nothing else.
  template <class ReadDefinition>
  Result<void> read_definitions(ByteCursor section, ReadDefinition read_definition) {
    HOLDFAST_TRY_ASSIGN(const std::uint32_t count, section.read_count(out_.definitions));
    for (std::uint32_t i = 0; i < count; ++i) {
      HOLDFAST_TRY(section.take_item());
      const std::size_t offset = section.offset();
      auto value = read_definition(section);
      if (!value) return std::unexpected(value.error());
      out_.definitions.push_back({*std::move(value), offset});
    }
    if (!section.at_end()) return ByteCursor::fail_at(ErrorCode::section_size_mismatch, section.offset());
    return {};
  }

  Result<void> read_core_module(ByteCursor section) {
    HOLDFAST_TRY(section.take_item());
    const std::size_t offset = section.offset();
    syntax::CoreModule module;
    module.bytes = {offset, section.remaining()};
    HOLDFAST_TRY(binary::assign(module.interface, wasm::parse_module_interface(file_.subspan(offset, module.bytes.size),
                                                                               offset, section.budget())));
    out_.definitions.push_back({std::move(module), offset});
    return {};
  }

  Result<void> read_nested_component(ByteCursor section) {
    HOLDFAST_TRY(section.take_item());
    auto component = std::make_unique<syntax::Component>();
    syntax::Component& nested = *component;
    const std::size_t offset = section.offset();
    out_.definitions.push_back({syntax::NestedComponent{std::move(component)}, offset});
    return ComponentReader(file_, section, nested).read(false);
  }

  Result<void> read_start_section(ByteCursor section) {
    HOLDFAST_TRY(section.take_item());
    const std::size_t offset = section.offset();
    HOLDFAST_TRY_ASSIGN(auto start, binary::read_start(section));
    if (!section.at_end()) return ByteCursor::fail_at(ErrorCode::bad_start_section, section.offset());
    out_.definitions.push_back({std::move(start), offset});
    return {};
  }

  Result<void> read_custom_section(ByteCursor section) {
    HOLDFAST_TRY(section.take_item());
    HOLDFAST_TRY_ASSIGN(const std::string_view name, section.read_name());
    if (name == "component-name" && out_.name.empty()) out_.name = find_component_name(section);
    out_.custom_sections.push_back(
        {std::string(name), {section.offset(), section.remaining()}, out_.definitions.size()});
    return {};
  }

  /// The component's own name in a `component-name` section. Empty if it has no name or the section is malformed; the
  /// specification allows both.
  static std::string find_component_name(ByteCursor section) {
    constexpr std::uint8_t component_name = 0;
    const auto id = section.read_byte();
    const auto size = id && *id == component_name ? section.read_u32() : fail(ErrorCode::unexpected_end);
    if (!size) return {};
    auto part = section.read_part(*size);
    if (!part) return {};
    const auto name = part->read_name();
    return name ? std::string(*name) : std::string();
  }

  std::span<const std::byte> file_;
  ByteCursor cursor_;
  syntax::Component& out_;
};

bool is_limit(ErrorCode code) {
  return code == ErrorCode::name_too_long || code == ErrorCode::too_many_items ||
         code == ErrorCode::nested_too_deeply || code == ErrorCode::file_too_large;
}

/// The text of `error`, with {x} replaced by `error.detail` in hexadecimal.
std::string text_with_numbers(const Error& error) {
  char buffer[256];
  std::string text(render(error, buffer, sizeof buffer));
  const std::size_t place = text.find("{x}");
  if (place == std::string::npos) return text;
  std::string digits;
  for (std::uint64_t rest = error.detail; digits.empty() || rest != 0; rest /= 16) {
    digits.insert(digits.begin(), "0123456789abcdef"[rest % 16]);
  }
  return text.replace(place, 3, "0x" + digits);
}

HostError host_error_from(const Error& error) {
  HostError result(is_limit(error.code) ? ErrorKind::limit : ErrorKind::invalid, text_with_numbers(error));
  result.with_code(error.code).with_offset(error.offset);
  return result;
}

struct Attempt {
  syntax::Component component;
  std::optional<Error> error;
  bool dialect_matters = false;
};

Attempt read_in(binary::Dialect dialect, std::span<const std::byte> bytes, const ReadLimits& limits) {
  Attempt attempt;
  binary::ReadState state;
  state.items = limits.items;
  state.name_bytes = limits.name_bytes;
  state.nesting = limits.nesting;
  state.dialect = dialect;
  const auto read = ComponentReader(bytes, ByteCursor(bytes, 0, &state), attempt.component).read(true);
  if (!read) attempt.error = read.error();
  attempt.dialect_matters = state.dialect_matters;
  return attempt;
}

}  // namespace

ReadOutcome read_component_prefix(std::span<const std::byte> bytes, const ReadLimits& limits) {
  ReadOutcome outcome;
  // Offsets in low-level errors have 32 bits.
  const std::size_t most_bytes = std::min<std::size_t>(limits.bytes, std::numeric_limits<std::uint32_t>::max());
  if (bytes.size() > most_bytes) {
    outcome.component.is_complete = false;
    outcome.error = host_error_from(make_error(ErrorCode::file_too_large, most_bytes));
    return outcome;
  }
  Attempt attempt = read_in(binary::Dialect::binary_md, bytes, limits);
  if (attempt.error && attempt.dialect_matters) {
    Attempt other = read_in(binary::Dialect::wasm_tools, bytes, limits);
    // The attempt that gets further has the right dialect.
    if (!other.error || other.error->offset > attempt.error->offset) attempt = std::move(other);
  }
  outcome.component = std::move(attempt.component);
  if (attempt.error) outcome.error = host_error_from(*attempt.error);
  return outcome;
}

HostResult<syntax::Component> read_component(std::span<const std::byte> bytes, const ReadLimits& limits) {
  ReadOutcome outcome = read_component_prefix(bytes, limits);
  if (outcome.error) return std::unexpected(*std::move(outcome.error));
  return std::move(outcome.component);
}

}  // namespace holdfast::component
