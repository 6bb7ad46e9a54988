// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which interface names a linker treats as compatible.
#include "holdfast/runtime/link/link.hpp"

#include <gtest/gtest.h>

namespace holdfast::runtime {
namespace {

TEST(VersionTrack, IsTheSameForCompatibleVersions) {
  EXPECT_EQ(version_track("a:b/c@0.2.3"), version_track("a:b/c@0.2.12"));
  EXPECT_EQ(version_track("a:b/c@1.0.0"), version_track("a:b/c@1.9.4"));
  EXPECT_EQ(version_track("a:b/c@1.0.0"), version_track("a:b/c@1.0.0+build.5"));
}

TEST(VersionTrack, DiffersForIncompatibleVersions) {
  EXPECT_NE(version_track("a:b/c@0.2.3"), version_track("a:b/c@0.3.3"));
  EXPECT_NE(version_track("a:b/c@0.0.1"), version_track("a:b/c@0.0.2"));
  EXPECT_NE(version_track("a:b/c@1.0.0"), version_track("a:b/c@2.0.0"));
  EXPECT_NE(version_track("a:b/c@1.0.0"), version_track("a:b/d@1.0.0"));
  EXPECT_NE(version_track("a:b/c@1.0.0"), version_track("a:b/c"));
  EXPECT_NE(version_track("a:b/c@1.2.0"), version_track("a:b/c@0.1.2"));
}

TEST(VersionTrack, OfANameWithoutAFullVersionIsTheName) {
  for (const char* name : {"", "f", "a:b/c", "a:b/c@", "a:b/c@1", "a:b/c@1.2", "a:b/c@1.2.x", "a:b/c@0.2.0-rc-1",
                           "a:b/c@99999999999999999999.0.0", "@1.2"}) {
    EXPECT_EQ(version_track(name), name);
  }
}

class Find : public ::testing::Test {
 protected:
  void define(const std::string& name) { definitions.instances.try_emplace(name); }
  /// The name of the definition that `find` returns, or "none".
  std::string match_for(std::string_view name) const {
    const auto* definition = definitions.find(name);
    for (const auto& [candidate, value] : definitions.instances) {
      if (&value == definition) return candidate;
    }
    return "none";
  }
  Definitions definitions;
};

TEST_F(Find, PrefersTheExactName) {
  define("a:b/c@0.2.1");
  define("a:b/c@0.2.9");
  EXPECT_EQ(match_for("a:b/c@0.2.1"), "a:b/c@0.2.1");
}

TEST_F(Find, OtherwiseTakesTheHighestCompatibleVersion) {
  define("a:b/c@0.2.9");
  define("a:b/c@0.2.10");
  define("a:b/c@0.3.0");
  EXPECT_EQ(match_for("a:b/c@0.2.1"), "a:b/c@0.2.10");
  EXPECT_EQ(match_for("a:b/c@0.2.99"), "a:b/c@0.2.10");
}

TEST_F(Find, FindsNothingWhenNoVersionIsCompatible) {
  define("a:b/c@0.2.9");
  define("a:b/c@1.0.0-rc.1");
  EXPECT_EQ(match_for("a:b/c@0.1.9"), "none");
  EXPECT_EQ(match_for("a:b/c@1.0.0"), "none");
  EXPECT_EQ(match_for("a:b/c"), "none");
  EXPECT_EQ(match_for(""), "none");
}

}  // namespace
}  // namespace holdfast::runtime
