// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes resource managers: compares them with a simple model under random operations, with clean-ups that fail and
// call back.
#include <cstddef>
#include <cstdint>
#include <span>

#include "holdfast/resource/testing/manager_model.hpp"
#include "operations.hpp"

namespace {

using namespace holdfast;

/// Takes the model's choices from the input; bounds may exceed a byte.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) noexcept : operations_(bytes) {}
  bool at_end() const noexcept { return operations_.at_end(); }
  std::uint32_t below(std::uint32_t bound) noexcept {
    if (bound <= 256) return operations_.below(bound);
    return (std::uint32_t{operations_.byte()} * 256 + operations_.byte()) % bound;
  }

 private:
  fuzz::Operations operations_;
};

template <class Storage>
void run(std::span<const std::uint8_t> bytes, std::uint32_t slots) {
  Choices choices(bytes);
  resource::testing::ManagerModel<Storage, Choices> model(choices, slots);
  fuzz::require(model.run() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::span(data, size).subspan(1);
  switch (data[0] % 3) {
    case 0: run<core::Dynamic>(bytes, 0); break;
    case 1: run<core::Static<24>>(bytes, 24); break;
    default: run<core::Static<7>>(bytes, 7); break;
  }
  return 0;
}
