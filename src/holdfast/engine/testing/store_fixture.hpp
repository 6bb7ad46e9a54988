// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `StoreTest`: a fixture with an engine and a store.
#pragma once

#include <gtest/gtest.h>
#include <string_view>
#include <vector>

#include "holdfast/engine/testing/text_modules.hpp"

namespace holdfast::engine::testing_support {

class StoreTest : public ::testing::Test {
 protected:
  Instance make_instance(std::string_view text, const std::vector<Extern>& imports = {}) {
    return instantiate(store_, compile(engine_, text), imports);
  }

  Engine engine_ = make_engine();
  Store store_ = make_store(engine_);
};

}  // namespace holdfast::engine::testing_support
