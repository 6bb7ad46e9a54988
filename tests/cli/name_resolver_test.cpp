// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/name_resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace holdfast::cli {
namespace {

using component::ExportTree;
using component::Program;
using ::testing::HasSubstr;

/// A program that exports functions without parameters.
class NameResolving : public testing::Test {
 protected:
  component::ExportEntry function(std::string name) {
    const auto type = program.types.intern(component::FunctionType{});
    const auto id = program.imported_functions.add({{name}, type});
    return {std::move(name), {component::ComponentFunction(id)}};
  }
  template <class... Names>
  void interface(std::string name, Names... functions) {
    ExportTree tree;
    (tree.push_back(function(functions)), ...);
    program.exports.push_back({std::move(name), {std::move(tree)}});
  }
  SourceResult<const Callable*> resolve(std::vector<std::string> words) {
    resolver = NameResolver();
    resolver.add(program, 0);
    std::vector<NamePart> parts;
    for (std::string& word : words) parts.push_back({std::move(word), {}});
    return resolver.resolve(parts);
  }
  std::string resolved(std::vector<std::string> words) {
    const auto callable = resolve(std::move(words));
    return callable ? (*callable)->interface_name + '#' + (*callable)->name : "error: " + callable.error().message;
  }

  Program program;
  NameResolver resolver;
};

TEST_F(NameResolving, UnambiguousNamesMayBeShort) {
  interface("demo:store/blobs@0.1.0", "[constructor]blob", "[method]blob.write", "[static]blob.merge", "count");
  EXPECT_EQ(resolved({"blob"}), "demo:store/blobs@0.1.0#[constructor]blob");
  EXPECT_EQ(resolved({"blob", "merge"}), "demo:store/blobs@0.1.0#[static]blob.merge");
  EXPECT_EQ(resolved({"blob", "write"}), "demo:store/blobs@0.1.0#[method]blob.write");
  EXPECT_EQ(resolved({"count"}), "demo:store/blobs@0.1.0#count");
}

TEST_F(NameResolving, InterfacesMayBeNamedShortOrInFull) {
  interface("demo:store/blobs@0.1.0", "[constructor]blob", "[static]blob.merge");
  for (const std::string name : {"blobs", "demo:store/blobs", "demo:store/blobs@0.1.0"}) {
    EXPECT_EQ(resolved({name, "blob"}), "demo:store/blobs@0.1.0#[constructor]blob") << name;
    EXPECT_EQ(resolved({name, "blob", "merge"}), "demo:store/blobs@0.1.0#[static]blob.merge") << name;
  }
  EXPECT_THAT(resolved({"demo:store/blobs@0.2.0", "blob"}), HasSubstr("error"));
}

TEST_F(NameResolving, AmbiguousNamesAreRefusedWithTheChoices) {
  interface("a:b/one", "f");
  interface("a:b/two", "f");
  EXPECT_EQ(resolved({"f"}), "error: `f` is ambiguous: write `a:b/one.f` or `a:b/two.f`");
  EXPECT_EQ(resolved({"two", "f"}), "a:b/two#f");
}

TEST_F(NameResolving, FunctionsWithoutAnInterfaceArePreferred) {
  interface("a:b/one", "f");
  program.exports.push_back(function("f"));
  EXPECT_EQ(resolved({"f"}), "#f");
  EXPECT_EQ(resolved({"one", "f"}), "a:b/one#f");
}

TEST_F(NameResolving, UnknownNamesSuggestSimilarOnes) {
  interface("a:b/one", "read", "[constructor]blob", "[static]blob.merge");
  EXPECT_EQ(resolved({"raed"}), "error: unknown function `raed`; did you mean `read`?");
  EXPECT_EQ(resolved({"blob", "mrege"}), "error: unknown function `blob.mrege`; did you mean `blob.merge`?");
  EXPECT_EQ(resolved({"zzz"}), "error: unknown function `zzz`; the functions are read, blob and blob.merge");
}

TEST_F(NameResolving, AComponentWithoutFunctionsSaysSo) {
  EXPECT_EQ(resolved({"f"}), "error: the component exports no functions");
}

}  // namespace
}  // namespace holdfast::cli
