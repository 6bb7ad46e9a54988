// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/names.hpp"

#include <gtest/gtest.h>

#include "holdfast/component/validate/semver.hpp"

namespace holdfast::component {
namespace {

TEST(KebabCase, WordsOfOneCaseJoinedByHyphens) {
  for (const char* good : {"a", "a-b", "a0", "a-0", "A", "a-B", "a0-000-3d4a-54FF", "HTTP-server"})
    EXPECT_TRUE(is_kebab_case(good)) << good;
  for (const char* bad : {"", "aB", "a-", "-", "-a", "0", "0-a", "a--b", "a_b", "\xc2\xb6", "a b", "a0-000-3d4A"})
    EXPECT_FALSE(is_kebab_case(bad)) << bad;
}

std::string kind_of(std::string_view name, const Features& features = {}) {
  const auto parts = parse_extern_name(name, features);
  if (!parts) return parts.error().cause();
  constexpr const char* words[] = {"label",     "constructor", "method", "static",
                                   "interface", "dependency",  "url",    "hash"};
  return words[static_cast<std::size_t>(parts->kind)];
}

TEST(ExternNames, EachFormIsRecognised) {
  EXPECT_EQ(kind_of("a-b"), "label");
  EXPECT_EQ(kind_of("[constructor]a"), "constructor");
  EXPECT_EQ(kind_of("[method]a-0.b-1"), "method");
  EXPECT_EQ(kind_of("[static]a.b"), "static");
  EXPECT_EQ(kind_of("a:b/c"), "interface");
  EXPECT_EQ(kind_of("a:b/C@1.2.3-rc.1+x"), "interface");
  EXPECT_EQ(kind_of("unlocked-dep=<a:b>"), "dependency");
  EXPECT_EQ(kind_of("unlocked-dep=<a:b@*>"), "dependency");
  EXPECT_EQ(kind_of("unlocked-dep=<a:b@{>=1.2.3 <2.0.0}>"), "dependency");
  EXPECT_EQ(kind_of("locked-dep=<a:b@1.2.3>,integrity=<sha256-aa==>"), "dependency");
  EXPECT_EQ(kind_of("url=<https://x>,integrity=<sha512-aa>"), "url");
  EXPECT_EQ(kind_of("integrity=<sha384-aa?opt sha256-b>"), "hash");
}

TEST(ExternNames, MistakesAreNamed) {
  EXPECT_EQ(kind_of(""), "`` is not in kebab case");
  EXPECT_EQ(kind_of("[method]a"), "failed to find `.` character");
  EXPECT_EQ(kind_of("[method]a.b.c"), "`b.c` is not in kebab case");
  EXPECT_EQ(kind_of("a:b"), "expected `/` after package name");
  EXPECT_EQ(kind_of("A:b/c"), "character `A` is not lowercase in package name/namespace");
  EXPECT_EQ(kind_of("a:b/c/d"), "trailing characters found: `/d`");
  EXPECT_EQ(kind_of("url=<a<b>"), "url cannot contain `<`");
  EXPECT_EQ(kind_of("url=x"), "expected `<` at `x`");
  EXPECT_EQ(kind_of("integrity=<>"), "integrity hash cannot be empty");
  EXPECT_EQ(kind_of("integrity=<md5-a>"), "unrecognized hash algorithm: `md5-a`");
  EXPECT_EQ(kind_of("integrity=<sha256a>"), "expected `-` after hash algorithm: sha256a");
  EXPECT_EQ(kind_of("integrity=<sha256-=>"), "not valid base64: `=`");
  EXPECT_EQ(kind_of("unlocked-dep=<a:b@{1.0.0}>"), "expected `>=` or `<` at start of version range");
  EXPECT_EQ(kind_of("unlocked-dep=<a:b@{>=1.0.0 2.0.0}>"), "expected `<` at start of version range upper bounds");
  EXPECT_EQ(kind_of("locked-dep=<a:b@x>").substr(0, 27), "`x` is not a valid semver: ");
}

TEST(ExternNames, NestedNamesNeedTheirFeature) {
  Features features;
  features.nested_names = true;
  EXPECT_EQ(kind_of("a:b:c/d/e", features), "interface");
  EXPECT_NE(kind_of("a:b:c/d/e"), "interface");
}

UniquenessKey key_of(std::string_view name) {
  const auto parts = parse_extern_name(name, {});
  EXPECT_TRUE(parts.has_value()) << name;
  return parts ? uniqueness_key(name, *parts) : UniquenessKey{};
}

/// Whether both names may be in one list.
bool differ(std::string_view a, std::string_view b) {
  ExternNameSet names;
  EXPECT_EQ(names.add(key_of(a)), nullptr) << a;
  const UniquenessKey* conflict = names.add(key_of(b));
  if (conflict != nullptr) {
    EXPECT_EQ(conflict->name, a) << "the conflict has the name as it was written";
  }
  return conflict == nullptr;
}

TEST(ExternNames, SimilarNamesHaveTheSameKey) {
  EXPECT_FALSE(differ("a-b", "A-B"));
  EXPECT_FALSE(differ("[method]a.b", "[static]A.b"));
  EXPECT_FALSE(differ("[method]a.a", "a"));
  EXPECT_FALSE(differ("[constructor]a", "[constructor]A"));
  EXPECT_FALSE(differ("a:b/c", "a:b/c"));
  EXPECT_TRUE(differ("[method]a.b", "[method]b.b"));
  EXPECT_TRUE(differ("[method]a.bc", "[method]ab.c"));
  EXPECT_TRUE(differ("[constructor]a", "a"));
  EXPECT_TRUE(differ("a:b/c", "a:b/c@1.0.0"));
  EXPECT_FALSE(differ("a:b/c", "a:b/C"));
  EXPECT_FALSE(differ("a:b/c@1.0.0-x", "a:b/C@1.0.0-x"));
  EXPECT_TRUE(differ("a:b/c@1.0.0-x", "a:b/c@1.0.0-X")) << "the case of letters matters in versions";
}

TEST(Labels, DifferInMoreThanTheCaseOfLetters) {
  LabelSet labels;
  EXPECT_EQ(labels.add("a-b"), nullptr);
  EXPECT_EQ(labels.add("ab"), nullptr);
  const std::string_view* conflict = labels.add("A-b");
  ASSERT_NE(conflict, nullptr);
  EXPECT_EQ(*conflict, "a-b");
}

TEST(Semver, GoodVersions) {
  for (const char* good :
       {"0.0.0", "1.2.3", "1.2.3-a", "1.2.3-0.a-b.10", "1.2.3+001", "1.2.3-a+b.c", "18446744073709551615.0.0"})
    EXPECT_TRUE(check_semver(good).has_value()) << good;
}

std::string version_error(std::string_view text) {
  const auto result = check_semver(text);
  return result ? "good" : result.error().cause();
}

TEST(Semver, MistakesAreNamed) {
  EXPECT_EQ(version_error(""), "empty string, expected a semver version");
  EXPECT_EQ(version_error("1."), "unexpected end of input in minor version number");
  EXPECT_EQ(version_error("1"), "unexpected end of input in major version number");
  EXPECT_EQ(version_error("01.2.3"), "invalid leading zero in major version number");
  EXPECT_EQ(version_error("1.2.x"), "unexpected character 'x' in patch version number");
  EXPECT_EQ(version_error("1.2.3x"), "unexpected character 'x' after patch version number");
  EXPECT_EQ(version_error("1.2.3-"), "empty identifier segment in pre-release identifier");
  EXPECT_EQ(version_error("1.2.3-01"), "invalid leading zero in pre-release identifier");
  EXPECT_EQ(version_error("1.2.3-a..b"), "empty identifier segment in pre-release identifier");
  EXPECT_EQ(version_error("1.2.3+"), "empty identifier segment in build metadata");
  EXPECT_EQ(version_error("1.2.3+a b"), "unexpected character ' ' after build metadata");
  EXPECT_EQ(version_error("18446744073709551616.0.0"), "the major version number exceeds 2^64 - 1");
}

TEST(Semver, CanonicalVersions) {
  for (const char* good : {"1", "12", "10", "0.2", "0.20", "0.0.3", "0.0.30", "0.0.0"})
    EXPECT_TRUE(is_canonical_version(good)) << good;
  for (const char* bad : {"", "0", "01", "0.", "0.0", "0.02", "0.0.", "0.0.03", "0.0.0.1", "1.2", "0.1.2", "0.0.1.2",
                          "1.", "1-a", "a", "0.0.1-a"})
    EXPECT_FALSE(is_canonical_version(bad)) << bad;
}

}  // namespace
}  // namespace holdfast::component
