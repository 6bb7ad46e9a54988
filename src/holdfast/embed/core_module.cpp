// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/embed/core_module.hpp"

#include "holdfast/runtime/load/core_module.hpp"
#include "holdfast/wasm/module_interface.hpp"

namespace holdfast {

HostResult<CoreModule> CoreModule::from_bytes(const Engine& engine, std::span<const std::byte> bytes) {
  HOLDFAST_TRY_ASSIGN(auto module, engine::Module::compile(engine.seam_, bytes));
  auto interface = wasm::parse_module_interface(bytes);
  if (!interface) return std::unexpected(HostError::from(interface.error(), ErrorKind::invalid));
  return CoreModule(
      std::make_shared<runtime::CoreModule>(runtime::CoreModule{std::move(module), *std::move(interface)}));
}

HostResult<CoreModule> CoreModule::from_text(const Engine& engine, std::string_view text) {
  HOLDFAST_TRY_ASSIGN(const auto bytes, engine::text_to_binary(text));
  return from_bytes(engine, bytes);
}

HostResult<void> CoreModule::validate(const Engine& engine, std::span<const std::byte> bytes) {
  return engine::Module::validate(engine.seam_, bytes);
}

}  // namespace holdfast
