// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "graphics_manager.hpp"

#include <glslang/Public/ResourceLimits.h>
#include <glslang/Public/ShaderLang.h>
#include <utility>

#include "describe.hpp"

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::texture: return "texture";
    case Kind::buffer: return "buffer";
    case Kind::shader: return "shader";
    case Kind::render_target: return "render target";
  }
  return "unknown";
}

std::size_t GraphicsObject::size_bytes() const {
  constexpr std::size_t bytes_of_pixel = 4;
  if (const auto* texture = std::get_if<Texture>(&value)) return bytes_of_pixel * texture->width * texture->height;
  if (const auto* buffer = std::get_if<Buffer>(&value)) return buffer->bytes;
  if (const auto* shader = std::get_if<Shader>(&value)) return shader->source.size();
  return 0;  // a render target uses only its texture's memory
}

GraphicsManager::GraphicsManager() {
  static_cast<void>(objects_.observer().attach(*this));
  static_cast<void>(objects_.observer().attach(monitor_callback_));
}

// --- watching the table ---

void GraphicsManager::on_create(GraphicsHandle handle, const GraphicsObject& object) {
  names_.emplace(object.name, handle);
}

void GraphicsManager::on_cleanup(GraphicsHandle, GraphicsObject& object) {
  names_.erase(object.name);
  if (const auto* target = std::get_if<RenderTarget>(&object.value)) static_cast<void>(objects_.unpin(target->pin));
}

// --- creating and using objects ---

auto GraphicsManager::create(GraphicsObject object) -> Expected<GraphicsHandle> {
  if (object.name.empty()) return std::unexpected("the name is empty");
  if (names_.contains(object.name)) return std::unexpected("the name \"" + object.name + "\" is in use");
  const auto handle = objects_.insert(std::move(object));
  if (!handle) return std::unexpected(describe(handle.error()));
  return *handle;
}

auto GraphicsManager::create_texture(std::string name, unsigned width, unsigned height) -> Expected<GraphicsHandle> {
  return create({std::move(name), Texture{width, height}});
}

auto GraphicsManager::create_buffer(std::string name, std::size_t bytes) -> Expected<GraphicsHandle> {
  return create({std::move(name), Buffer{bytes}});
}

auto GraphicsManager::create_shader(std::string name, std::string source) -> Expected<GraphicsHandle> {
  return create({std::move(name), Shader{std::move(source)}});
}

auto GraphicsManager::create_render_target(std::string name, GraphicsHandle texture) -> Expected<GraphicsHandle> {
  HOLDFAST_TRY(get<Texture>(texture, Kind::texture));
  const auto pin = objects_.pin(texture);
  if (!pin) return std::unexpected(describe(pin.error()));
  auto target = create({std::move(name), RenderTarget{texture, *pin}});
  if (!target) static_cast<void>(objects_.unpin(*pin));
  return target;
}

template <class T>
auto GraphicsManager::get(GraphicsHandle handle, Kind expected) -> Expected<T*> {
  const auto object = objects_.get(handle);
  if (!object) return std::unexpected(describe(object.error()));
  if (auto* value = std::get_if<T>(&(*object)->value)) return value;
  return std::unexpected("\"" + (*object)->name + "\" is a " + std::string(name_of((*object)->kind())) + ", not a " +
                         std::string(name_of(expected)));
}

auto GraphicsManager::compile(GraphicsHandle handle) -> Expected<void> {
  HOLDFAST_TRY_ASSIGN(Shader * shader, get<Shader>(handle, Kind::shader));
  constexpr int glsl_version = 450;
  const char* source = shader->source.c_str();
  glslang::TShader compiler(EShLangFragment);
  compiler.setStrings(&source, 1);
  if (!compiler.parse(GetDefaultResources(), glsl_version, false, EShMsgDefault)) {
    const std::string log = compiler.getInfoLog();
    return std::unexpected(log.substr(0, log.find('\n')));
  }
  shader->is_compiled = true;
  return {};
}

auto GraphicsManager::remove(GraphicsHandle handle) -> Expected<void> {
  if (const auto removed = objects_.remove(handle); !removed) return std::unexpected(describe(removed.error()));
  return {};
}

GraphicsHandle GraphicsManager::find(std::string_view name) const {
  const auto entry = names_.find(name);
  return entry == names_.end() ? GraphicsHandle() : entry->second;
}

GraphicsManager::Statistics GraphicsManager::statistics(Kind kind) const {
  const auto& metrics = monitor_.collector().category(static_cast<std::size_t>(kind));
  return {static_cast<std::size_t>(metrics.active()), metrics.memory};
}
