// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/features.hpp"

#include <gmock/gmock.h>

namespace holdfast::component {
namespace {

using ::testing::HasSubstr;

Features features_of(std::string_view list) {
  auto features = parse_features(list);
  EXPECT_TRUE(features) << list;
  return features.value_or(Features{});
}

TEST(Features, AListChangesTheDefaultSet) {
  EXPECT_EQ(features_of(""), Features{});
  const Features features = features_of("cm-gc,-cm-map");
  EXPECT_TRUE(features.gc);
  EXPECT_FALSE(features.map);
  EXPECT_TRUE(features.async) << "not in the list, so it keeps its default";
}

TEST(Features, AListMayBeginWithASet) {
  EXPECT_EQ(features_of("default"), Features{});
  Features expected = *feature_set("none");
  expected.async = true;
  EXPECT_EQ(features_of("none,cm-async"), expected);
  EXPECT_TRUE(features_of("wasm-tools").async);
  EXPECT_FALSE(features_of("wasm-tools").core.custom_page_sizes);
  EXPECT_FALSE(features_of("wasmtime").async);
  EXPECT_TRUE(features_of("spec").threading);
  EXPECT_TRUE(features_of("all").values);
}

TEST(Features, WasmtimesNamesMeanTheSame) {
  EXPECT_EQ(features_of("none,component_model_more_async_builtins"), features_of("none,cm-more-async-builtins"));
  EXPECT_EQ(features_of("none,component_model_memory64"), features_of("none,cm64"));
  EXPECT_EQ(features_of("none,multi_memory"), features_of("none,multi-memory"));
}

TEST(Features, SwitchingOnIncludesTheProposalsBelow) {
  const Features features = features_of("none,gc");
  EXPECT_TRUE(features.core.gc);
  EXPECT_TRUE(features.core.function_references);
  EXPECT_TRUE(features.core.reference_types);
  EXPECT_FALSE(features.core.exceptions);
  EXPECT_FALSE(features.gc) << "cm-gc is a different proposal";
}

TEST(Features, AnUnknownNameIsReportedWithAllKnownNames) {
  for (const std::string_view list : {"cm-nothing", "cm-async,,cm-map", "cm-async,spec", "-none", "cm async"}) {
    const auto features = parse_features(list);
    ASSERT_FALSE(features) << list;
    EXPECT_EQ(features.error().kind(), ErrorKind::invalid);
    EXPECT_THAT(features.error().message(), HasSubstr("there is no feature `"));
    EXPECT_THAT(features.error().message(), HasSubstr("cm-fixed-length-lists"));
  }
}

}  // namespace
}  // namespace holdfast::component
