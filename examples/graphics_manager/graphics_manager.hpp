// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A graphics manager: textures, buffers, shaders and render targets in one resource table. A render target refers to a
// texture by handle and pins it. Observers of the table keep the index of names and the statistics up to date.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include <holdfast/resource.hpp>

struct GraphicsObject;
using GraphicsHandle = holdfast::resource::Handle<GraphicsObject>;

struct Texture {
  unsigned width;
  unsigned height;
};
struct Buffer {
  std::size_t bytes;
};
struct Shader {
  std::string source;  // GLSL, a fragment shader
  bool is_compiled = false;
};
struct RenderTarget {
  GraphicsHandle texture;
  std::uint32_t pin;  // keeps the texture while the target lives
};

enum class Kind : std::size_t { texture, buffer, shader, render_target };  // in the order of the variant below
std::string_view name_of(Kind kind);

struct GraphicsObject {
  std::string name;
  std::variant<Texture, Buffer, Shader, RenderTarget> value;

  Kind kind() const { return static_cast<Kind>(value.index()); }
  // The monitor calls these:
  std::size_t category() const { return value.index(); }
  std::size_t size_bytes() const;
};

class GraphicsManager : private holdfast::resource::LifecycleCallback<GraphicsObject> {
  using Monitor = holdfast::resource::ResourceMonitor<GraphicsObject>;
  using Observers = holdfast::resource::ObserverList<GraphicsObject>;

 public:
  template <class T>
  using Expected = std::expected<T, std::string>;

  GraphicsManager();

  /// Errors: the name is empty or in use.
  Expected<GraphicsHandle> create_texture(std::string name, unsigned width, unsigned height);
  Expected<GraphicsHandle> create_buffer(std::string name, std::size_t bytes);
  Expected<GraphicsHandle> create_shader(std::string name, std::string source);
  /// Errors: as the others; also `texture` is not the handle of a live texture.
  Expected<GraphicsHandle> create_render_target(std::string name, GraphicsHandle texture);

  /// Errors: the handle does not refer to a shader; the compiler's first message.
  Expected<void> compile(GraphicsHandle shader);

  /// Errors: the handle is not valid; a render target refers to the texture.
  Expected<void> remove(GraphicsHandle handle);

  /// Returns the null handle if no object has the name.
  GraphicsHandle find(std::string_view name) const;

  struct Statistics {
    std::size_t count;
    std::size_t bytes;
  };
  Statistics statistics(Kind kind) const;

 private:
  void on_create(GraphicsHandle handle, const GraphicsObject& object) override;
  void on_cleanup(GraphicsHandle handle, GraphicsObject& object) override;

  Expected<GraphicsHandle> create(GraphicsObject object);
  /// The object of `handle` as a T. Errors: the handle is not valid; the object has another type (the text says which).
  template <class T>
  Expected<T*> get(GraphicsHandle handle, Kind expected);

  std::map<std::string, GraphicsHandle, std::less<>> names_;
  holdfast::resource::CoarseClock clock_;
  Monitor monitor_{clock_};
  holdfast::resource::LifecycleForwarder<GraphicsObject, Monitor> monitor_callback_{monitor_};
  // The last member, so that it is destroyed first: the observers above see its clean-ups.
  holdfast::resource::ResourceTable<GraphicsObject, holdfast::resource::Dynamic, Observers> objects_;
};
