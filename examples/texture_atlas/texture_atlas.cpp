// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// texture_atlas OUTPUT.png: packs sprites of many sizes into one texture and draws it. Sprites live in a resource
// table: a sprite's handle finds its place after every repacking, and never finds another sprite after its own was
// removed.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <stb/stb_image_write.h>
#include <stb/stb_rect_pack.h>
#include <vector>

#include "describe.hpp"
#include <holdfast/resource.hpp>

namespace {

namespace resource = holdfast::resource;

struct Colour {
  std::uint8_t red, green, blue;
};

class Image {
 public:
  Image(int width, int height) : width_(width), height_(height), pixels_(static_cast<std::size_t>(width * height)) {}
  int width() const { return width_; }
  int height() const { return height_; }
  Colour& at(int x, int y) { return pixels_[static_cast<std::size_t>(y * width_ + x)]; }
  const Colour& at(int x, int y) const { return pixels_[static_cast<std::size_t>(y * width_ + x)]; }

  void draw(const Image& other, int left, int top) {
    for (int y = 0; y < other.height_; ++y)
      for (int x = 0; x < other.width_; ++x) at(left + x, top + y) = other.at(x, y);
  }
  bool write_png(const char* path) const {
    return stbi_write_png(path, width_, height_, 3, pixels_.data(), width_ * static_cast<int>(sizeof(Colour))) != 0;
  }

 private:
  int width_;
  int height_;
  std::vector<Colour> pixels_;
};

/// A shining disc on a dark tile.
Image disc(int width, int height, Colour colour) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double from_left = (x + 0.5) / width - 0.5;
      const double from_top = (y + 0.5) / height - 0.5;
      const double light = std::clamp(1.3 - 2.4 * std::hypot(from_left, from_top), 0.15, 1.0);
      const auto shade = [light](std::uint8_t part) { return static_cast<std::uint8_t>(part * light); };
      image.at(x, y) = {shade(colour.red), shade(colour.green), shade(colour.blue)};
    }
  }
  return image;
}

struct Sprite {
  Image image;
  int x = 0;  // where it is in the atlas
  int y = 0;
};

class TextureAtlas {
  using Table = resource::ResourceTable<Sprite>;

 public:
  using Handle = Table::Handle;

  TextureAtlas(int width, int height) : width_(width), height_(height) {}

  /// Errors: capacity_exhausted when the image does not fit beside the others; the atlas is unchanged then.
  holdfast::Result<Handle> add(Image image) {
    HOLDFAST_TRY_ASSIGN(const Handle handle, sprites_.insert({std::move(image)}));
    if (pack()) return handle;
    HOLDFAST_TRY(sprites_.remove(handle));
    return holdfast::fail(holdfast::ErrorCode::capacity_exhausted, static_cast<std::uint64_t>(width_ * height_));
  }

  /// Errors: those of ResourceTable::remove.
  holdfast::Result<void> remove(Handle handle) { return sprites_.remove(handle); }

  /// Where a sprite is now. Errors: those of ResourceTable::get.
  holdfast::Result<const Sprite*> find(Handle handle) const { return sprites_.peek(handle); }

  std::uint32_t size() const { return sprites_.size(); }

  /// The share of the area that sprites cover, in percent.
  int coverage() const {
    int covered = 0;
    for (const auto& [handle, sprite] : sprites_) covered += sprite.image.width() * sprite.image.height();
    return 100 * covered / (width_ * height_);
  }

  Image draw() const {
    Image image(width_, height_);
    for (const auto& [handle, sprite] : sprites_) image.draw(sprite.image, sprite.x, sprite.y);
    return image;
  }

 private:
  static constexpr int gap = 2;  // so that neighbours do not bleed into each other

  /// Finds new places for all sprites. If they do not all fit, returns false and moves none.
  bool pack() {
    std::vector<stbrp_rect> places;
    std::vector<Sprite*> sprites;
    for (auto [handle, sprite] : sprites_) {
      places.push_back({.id = static_cast<int>(sprites.size()),
                        .w = sprite.image.width() + gap,
                        .h = sprite.image.height() + gap,
                        .x = 0,
                        .y = 0,
                        .was_packed = 0});
      sprites.push_back(&sprite);
    }
    std::vector<stbrp_node> nodes(static_cast<std::size_t>(width_));
    stbrp_context context;
    stbrp_init_target(&context, width_, height_, nodes.data(), static_cast<int>(nodes.size()));
    if (stbrp_pack_rects(&context, places.data(), static_cast<int>(places.size())) == 0) return false;
    for (const stbrp_rect& place : places) {
      sprites[static_cast<std::size_t>(place.id)]->x = place.x;
      sprites[static_cast<std::size_t>(place.id)]->y = place.y;
    }
    return true;
  }

  int width_;
  int height_;
  Table sprites_;
};

constexpr std::array colours{Colour{230, 90, 60},  Colour{250, 190, 60},  Colour{110, 200, 90},
                             Colour{70, 170, 220}, Colour{120, 110, 220}, Colour{220, 110, 190}};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: texture_atlas OUTPUT.png\n");
    return 64;
  }
  TextureAtlas atlas(256, 256);
  std::vector<TextureAtlas::Handle> handles;
  holdfast::Error full;
  for (int i = 0;; ++i) {
    const auto colour = colours[static_cast<std::size_t>(i) % colours.size()];
    const auto handle = atlas.add(disc(16 + 13 * i % 47, 16 + 29 * i % 41, colour));
    if (!handle) {
      full = handle.error();
      break;
    }
    handles.push_back(*handle);
  }
  fmt::print("{} sprites cover {} % of the atlas; the next one: {}\n", atlas.size(), atlas.coverage(), describe(full));

  const TextureAtlas::Handle removed = handles.front();
  static_cast<void>(atlas.remove(removed));
  const auto small = atlas.add(disc(8, 8, colours[3]));
  fmt::print("after the first is removed, a small one fits: {}\n", small.has_value());
  fmt::print("looking up the removed one: {}\n", describe(atlas.find(removed).error()));

  if (!atlas.draw().write_png(argv[1])) {
    fmt::print(stderr, "texture_atlas: cannot write {}\n", argv[1]);
    return 1;
  }
  fmt::print("drawn\n");
  return 0;
}
