// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `UniqueFd`: owns a file descriptor of the operating system and closes it. Move-only; allocates nothing.
#pragma once

#include <unistd.h>
#include <utility>

namespace holdfast::wasi {

class UniqueFd {
 public:
  UniqueFd() = default;
  /// Takes ownership of `descriptor`; -1 makes an empty object.
  explicit UniqueFd(int descriptor) noexcept : descriptor_(descriptor) {}
  UniqueFd(UniqueFd&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~UniqueFd() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  int get() const noexcept { return descriptor_; }
  /// Gives up ownership of the descriptor and returns it.
  [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

}  // namespace holdfast::wasi
