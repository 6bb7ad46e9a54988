// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fuzzes shared tables and registries: compares them with a simple model under random operations, with references and
// readers that are kept, clean-ups that fail, and callbacks that call back.
#include <cstddef>
#include <cstdint>
#include <span>

#include "holdfast/resource/testing/shared_model.hpp"
#include "operations.hpp"

namespace {

using namespace holdfast;

template <class Kind, class Concurrency>
void run(fuzz::Operations operations) {
  fuzz::require(resource::testing::SharedModel<Kind, Concurrency, fuzz::Operations>(operations).run() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace resource::testing;
  fuzz::Operations operations(std::span(data, size));
  switch (operations.below(4)) {
    case 0: run<SharedTableKind, core::Epochs>(operations); break;
    case 1: run<SharedTableKind, core::Unsynchronized>(operations); break;
    case 2: run<RegistryKind, core::Epochs>(operations); break;
    default: run<RegistryKind, core::Unsynchronized>(operations); break;
  }
  return 0;
}
