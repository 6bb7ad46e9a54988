// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small scene that shows what the graphics manager does and what it refuses.
#include <fmt/core.h>
#include <glslang/Public/ShaderLang.h>
#include <string>
#include <string_view>

#include "graphics_manager.hpp"

namespace {

constexpr std::string_view good_shader = R"(#version 450
layout(location = 0) out vec4 colour;
void main() { colour = vec4(1.0, 0.5, 0.0, 1.0); }
)";
constexpr std::string_view bad_shader = R"(#version 450
layout(location = 0) out vec4 colour;
void main() { colour = vec4(brightness); }
)";

template <class T>
void say(std::string_view action, const GraphicsManager::Expected<T>& result) {
  fmt::print("{}: {}\n", action, result ? "done" : result.error());
}

void print_statistics(const GraphicsManager& graphics) {
  for (const Kind kind : {Kind::texture, Kind::buffer, Kind::shader, Kind::render_target}) {
    const auto [count, bytes] = graphics.statistics(kind);
    fmt::print("  {:<14}{:>2} {:>8} bytes\n", name_of(kind), count, bytes);
  }
}

void run() {
  GraphicsManager graphics;
  say("texture albedo", graphics.create_texture("albedo", 512, 512));
  say("texture depth", graphics.create_texture("depth", 256, 256));
  say("another texture depth", graphics.create_texture("depth", 64, 64));
  say("buffer vertices", graphics.create_buffer("vertices", 36'000));
  say("shader flame", graphics.create_shader("flame", std::string(good_shader)));
  say("shader glow", graphics.create_shader("glow", std::string(bad_shader)));

  fmt::print("\n");
  say("compile flame", graphics.compile(graphics.find("flame")));
  say("compile glow", graphics.compile(graphics.find("glow")));
  say("compile albedo", graphics.compile(graphics.find("albedo")));

  fmt::print("\n");
  say("render target shadow on depth", graphics.create_render_target("shadow", graphics.find("depth")));
  say("render target wrong on vertices", graphics.create_render_target("wrong", graphics.find("vertices")));
  say("render target nested on shadow", graphics.create_render_target("nested", graphics.find("shadow")));
  say("render target lost on nothing", graphics.create_render_target("lost", graphics.find("nothing")));

  fmt::print("\n");
  print_statistics(graphics);

  fmt::print("\n");
  const GraphicsHandle depth = graphics.find("depth");
  say("remove depth", graphics.remove(depth));
  say("remove shadow", graphics.remove(graphics.find("shadow")));
  say("remove depth", graphics.remove(depth));
  say("remove depth", graphics.remove(depth));
  say("render target late on depth", graphics.create_render_target("late", depth));

  fmt::print("\n");
  print_statistics(graphics);
}

}  // namespace

int main() {
  glslang::InitializeProcess();
  run();
  glslang::FinalizeProcess();
}
