// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/program/flatten.hpp"

#include <gtest/gtest.h>

#include "holdfast/component/program/wit_text.hpp"
#include "holdfast/component/testing/text_components.hpp"

namespace holdfast::component {
namespace {

using component::testing::all_features;
using component::testing::validate_text;

Program flatten_text(std::string_view text, const Features& features = {}) {
  const auto validated = validate_text(text, features);
  EXPECT_TRUE(validated.has_value()) << (validated ? "" : validated.error().to_string());
  if (!validated) return {};
  auto program = flatten(*validated);
  EXPECT_TRUE(program.has_value()) << (program ? "" : program.error().to_string());
  return program ? *std::move(program) : Program();
}

HostError flatten_error(std::string_view text, const ExpansionLimits& limits = {}) {
  const auto validated = validate_text(text, all_features());
  EXPECT_TRUE(validated.has_value()) << (validated ? "" : validated.error().to_string());
  if (!validated) return validated.error();
  const auto program = flatten(*validated, limits);
  EXPECT_FALSE(program.has_value()) << text;
  return program ? HostError(ErrorKind::misuse, "flattening succeeded") : program.error();
}

template <class T>
std::vector<T> steps_of(const Program& program) {
  std::vector<T> result;
  for (const Step& step : program.steps)
    if (const T* match = std::get_if<T>(&step)) result.push_back(*match);
  return result;
}

template <class T>
const T* body_at(const Program& program, std::uint32_t index) {
  return std::get_if<T>(&program.trampolines[TrampolineId(index)].body);
}

TEST(Flatten, AnEmptyComponentHasOnlyTheRootInstance) {
  const Program program = flatten_text("(component)");
  EXPECT_TRUE(program.steps.empty());
  ASSERT_EQ(program.instances.size(), 1u);
  EXPECT_FALSE(program.instances[ComponentInstanceId(0)].parent.has_value());
}

TEST(Flatten, ModuleArgumentsFollowTheModulesImports) {
  const Program program = flatten_text(R"((component
    (core module $a (func (export "x")) (memory (export "y") 1))
    (core module $b (import "m" "y" (memory 1)) (import "n" "f" (func)) (import "m" "x" (func)))
    (core instance $i (instantiate $a))
    (core instance $bag (export "f" (func $i "x")))
    (core instance (instantiate $b (with "n" (instance $bag)) (with "m" (instance $i))))))");
  const auto steps = steps_of<InstantiateModule>(program);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(program.core_instance_count, 2u);
  ASSERT_EQ(steps[1].arguments.size(), 3u);
  EXPECT_EQ(std::get<CoreExport>(steps[1].arguments[0].item), (CoreExport{steps[0].result, "y", CoreItemKind::memory}));
  // The bag resolves to the export of the module's instance.
  EXPECT_EQ(std::get<CoreExport>(steps[1].arguments[1].item),
            (CoreExport{steps[0].result, "x", CoreItemKind::function}));
  EXPECT_EQ(steps[1].arguments[2].name, "x");
}

TEST(Flatten, ImportsBecomeATreeAndLowersCallThem) {
  const Program program = flatten_text(R"((component
    (import "a:b/c@1.0.0" (instance $i
      (export "r" (type $r (sub resource)))
      (export "[constructor]r" (func (param "x" u32) (result (own $r))))
      (export "nested" (instance (export "f" (func))))))
    (alias export $i "r" (type $r))
    (alias export $i "[constructor]r" (func $make))
    (core func $lowered (canon lower (func $make)))
    (core func $drop (canon resource.drop $r))))");
  ASSERT_EQ(program.imports.size(), 1u);
  EXPECT_EQ(program.imports[0].name, "a:b/c@1.0.0");
  const auto& tree = std::get<ImportTree>(program.imports[0].item.item);
  ASSERT_EQ(tree.size(), 3u);
  const ResourceSlot slot = std::get<ResourceSlot>(tree[0].item.item);
  EXPECT_EQ(program.resources[slot].name, "a:b/c@1.0.0/r");
  EXPECT_EQ(std::get<Resource::Imported>(program.resources[slot].origin).path,
            (std::vector<std::string>{"a:b/c@1.0.0", "r"}));
  const auto function = std::get<ImportedFunctionId>(tree[1].item.item);
  EXPECT_EQ(to_wit(program, program.imported_functions[function].type), "func(x: u32) -> r");
  ASSERT_EQ(program.trampolines.size(), 2u);
  const auto* lower = body_at<LowerFunction>(program, 0);
  ASSERT_NE(lower, nullptr);
  EXPECT_EQ(lower->callee, ComponentFunction(function));
  EXPECT_EQ(lower->name, "a:b/c@1.0.0#[constructor]r");
  EXPECT_EQ(program.trampolines[TrampolineId(0)].signature,
            (engine::FunctionType{{engine::ValueType::i32}, {engine::ValueType::i32}}));
  EXPECT_EQ(body_at<ResourceDrop>(program, 1)->resource, slot);
}

TEST(Flatten, EqualTypeImportsShareTheSlot) {
  const Program program = flatten_text(R"((component
    (import "r" (type $r (sub resource)))
    (import "s" (type (eq $r)))
    (import "t" (type (sub resource)))))");
  ASSERT_EQ(program.imports.size(), 3u);
  EXPECT_EQ(program.resources.size(), 2u);
  const auto slot = std::get<ResourceSlot>(program.imports[0].item.item);
  EXPECT_EQ(std::get<ImportedTypeEquality>(program.imports[1].item.item).resource, slot);
  EXPECT_NE(std::get<ResourceSlot>(program.imports[2].item.item), slot);
}

TEST(Flatten, EachInstantiationDefinesItsOwnResource) {
  const Program program = flatten_text(R"((component
    (component $c
      (type $r (resource (rep i32)))
      (export "r" (type $r)))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (alias export $a "r" (type $ra))
    (alias export $b "r" (type $rb))
    (core func (canon resource.drop $ra))
    (core func (canon resource.drop $rb))
    (core func (canon resource.drop $ra))
    (export "a" (instance $a))))");
  ASSERT_EQ(program.instances.size(), 3u);
  EXPECT_EQ(program.instances[ComponentInstanceId(1)].parent, ComponentInstanceId(0));
  EXPECT_EQ(program.instances[ComponentInstanceId(1)].name, "root/a");
  ASSERT_EQ(program.resources.size(), 2u);
  EXPECT_EQ(std::get<Resource::Defined>(program.resources[ResourceSlot(0)].origin).instance, ComponentInstanceId(1));
  EXPECT_EQ(program.resources[ResourceSlot(0)].name, "a/r");
  // The third drop equals the first, so there are only two trampolines.
  ASSERT_EQ(program.trampolines.size(), 2u);
  EXPECT_EQ(body_at<ResourceDrop>(program, 0)->resource, ResourceSlot(0));
  EXPECT_EQ(body_at<ResourceDrop>(program, 1)->resource, ResourceSlot(1));
}

TEST(Flatten, ImportedResourcesOfNestedComponentsAreBoundByTheirPlace) {
  const Program program = flatten_text(R"((component
    (type $r (resource (rep i32)))
    (component $c
      (import "i" (instance $i (export "j" (instance (export "t" (type (sub resource)))))))
      (alias export $i "j" (instance $j))
      (alias export $j "t" (type $t))
      (core func (canon resource.drop $t)))
    (instance $j (export "t" (type $r)))
    (instance $i (export "j" (instance $j)))
    (instance (instantiate $c (with "i" (instance $i))))))");
  ASSERT_EQ(program.trampolines.size(), 1u);
  EXPECT_EQ(body_at<ResourceDrop>(program, 0)->resource, ResourceSlot(0));
  EXPECT_EQ(program.trampolines[TrampolineId(0)].instance, ComponentInstanceId(1));
}

TEST(Flatten, LiftedFunctionsAreCalledAcrossComponents) {
  const Program program = flatten_text(R"((component
    (component $provider
      (core module $m (func (export "f") (param i32) (result i32) local.get 0))
      (core instance $i (instantiate $m))
      (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
      (export "f" (func $f)))
    (component $user
      (import "g" (func $g (param "x" u32) (result u32)))
      (core func $lowered (canon lower (func $g)))
      (core module $m (import "" "g" (func (param i32) (result i32))) (export "h" (func 0)))
      (core instance $i (instantiate $m (with "" (instance (export "g" (func $lowered))))))
      (func (export "h") (param "x" u32) (result u32) (canon lift (core func $i "h"))))
    (instance $p (instantiate $provider))
    (instance $u (instantiate $user (with "g" (func $p "f"))))
    (export "h" (func $u "h"))))");
  ASSERT_EQ(program.lifted_functions.size(), 2u);
  EXPECT_EQ(program.lifted_functions[LiftedFunctionId(0)].instance, ComponentInstanceId(1));
  EXPECT_EQ(program.lifted_functions[LiftedFunctionId(1)].name, "h");
  ASSERT_EQ(program.trampolines.size(), 1u);
  EXPECT_EQ(body_at<LowerFunction>(program, 0)->callee, ComponentFunction(LiftedFunctionId(0)));
  const auto steps = steps_of<InstantiateModule>(program);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[1].arguments[0].item, CoreItem(TrampolineId(0)));
  EXPECT_EQ(steps[1].instance, ComponentInstanceId(2));
  ASSERT_EQ(program.exports.size(), 1u);
  EXPECT_EQ(std::get<ComponentFunction>(program.exports[0].item.item), ComponentFunction(LiftedFunctionId(1)));
}

TEST(Flatten, NestedComponentsCaptureModulesAndComponentsOfOuterScopes) {
  const Program program = flatten_text(R"((component
    (core module $m)
    (component $leaf (core module) (core instance (instantiate 0)))
    (component $middle
      (component $inner
        (alias outer 2 $m (core module $mm))
        (alias outer 2 $leaf (component $ll))
        (core instance (instantiate $mm))
        (instance (instantiate $ll)))
      (instance (instantiate $inner)))
    (instance (instantiate $middle))))");
  const auto steps = steps_of<InstantiateModule>(program);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(std::get<CoreModuleId>(steps[0].module), CoreModuleId(0));
  EXPECT_EQ(std::get<CoreModuleId>(steps[1].module), CoreModuleId(1));
  EXPECT_EQ(program.modules.size(), 2u);
  EXPECT_EQ(program.instances.size(), 4u);
}

TEST(Flatten, ImportedModulesTakeArgumentsByTheirType) {
  const Program program = flatten_text(R"((component
    (import "m" (core module $m (import "a" "f" (func (param i32))) (export "g" (func (result i64)))))
    (core module $give (func (export "f") (param i32)))
    (core instance $a (instantiate $give))
    (core instance (instantiate $m (with "a" (instance $a))))))");
  ASSERT_EQ(program.imported_modules.size(), 1u);
  const ImportedModule& module = program.imported_modules[ImportedModuleId(0)];
  ASSERT_EQ(module.interface.imports.size(), 1u);
  EXPECT_EQ(module.interface.type_groups.size(), 2u);
  EXPECT_EQ(std::get<wasm::CoreFunctionReference>(module.interface.exports[0].type).type, 1u);
  const auto steps = steps_of<InstantiateModule>(program);
  EXPECT_EQ(std::get<ImportedModuleId>(steps[1].module), ImportedModuleId(0));
  EXPECT_EQ(steps[1].arguments.size(), 1u);
}

TEST(Flatten, DestructorsAndResourceBuiltins) {
  const Program program = flatten_text(R"((component
    (core module $m (func (export "dtor") (param i32)))
    (core instance $i (instantiate $m))
    (type $r (resource (rep i32) (dtor (core func $i "dtor"))))
    (core func (canon resource.new $r))
    (core func (canon resource.rep $r))
    (core func (canon resource.new $r))))");
  const auto& defined = std::get<Resource::Defined>(program.resources[ResourceSlot(0)].origin);
  EXPECT_EQ(defined.destructor, CoreItem(CoreExport{CoreInstanceId(0), "dtor", CoreItemKind::function}));
  EXPECT_EQ(steps_of<DefineResource>(program).size(), 1u);
  EXPECT_EQ(program.trampolines.size(), 2u);
  EXPECT_NE(body_at<ResourceNew>(program, 0), nullptr);
  EXPECT_NE(body_at<ResourceRep>(program, 1), nullptr);
}

TEST(Flatten, OptionsAreResolved) {
  const Program program = flatten_text(R"((component
    (core module $m
      (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
      (func (export "post") (param i32))
      (func (export "f") (param i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (func (export "f") (param "s" string) (result string) (canon lift (core func $i "f") string-encoding=utf16
      (memory $i "mem") (realloc (core func $i "realloc")) (post-return (core func $i "post"))))))");
  const LiftedFunction& lifted = program.lifted_functions[LiftedFunctionId(0)];
  EXPECT_EQ(lifted.options.encoding, StringEncoding::utf16);
  EXPECT_EQ(lifted.options.memory, CoreItem(CoreExport{CoreInstanceId(0), "mem", CoreItemKind::memory}));
  EXPECT_EQ(lifted.options.realloc, CoreItem(CoreExport{CoreInstanceId(0), "realloc", CoreItemKind::function}));
  EXPECT_EQ(lifted.options.post_return, CoreItem(CoreExport{CoreInstanceId(0), "post", CoreItemKind::function}));
  const FunctionType& type = program.types[lifted.type];
  EXPECT_TRUE(type.result_spills);
  EXPECT_FALSE(type.parameters_spill);
  EXPECT_EQ(type.parameters_size, 8u);
}

TEST(Flatten, AsyncLiftsAndLowersHaveTheirOwnSpillingRules) {
  const Program program = flatten_text(R"((component
    (core module $m
      (memory (export "mem") 1)
      (func (export "f") (param i32 i32 i32 i32 i32))
      (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (type $t (tuple u32 u32))
    (func $f (export "f") async (param "a" u32) (param "b" u32) (param "c" u32) (param "d" u32) (param "e" u32)
      (result $t) (canon lift (core func $i "f") async))
    (core func (canon task.return (result $t)))
    (core func (canon lower (func $f) async (memory (core memory $i "mem"))))))");
  const LiftedFunction& lifted = program.lifted_functions[LiftedFunctionId(0)];
  EXPECT_TRUE(lifted.options.is_async);
  EXPECT_FALSE(program.types[lifted.type].result_spills) << "task.return takes up to 16 values";
  const auto* task_return = body_at<TaskReturn>(program, 0);
  ASSERT_NE(task_return, nullptr);
  EXPECT_EQ(task_return->result, program.types[lifted.type].result);
  const auto* lower = body_at<LowerFunction>(program, 1);
  ASSERT_NE(lower, nullptr);
  EXPECT_TRUE(lower->options.is_async);
  EXPECT_TRUE(program.types[lower->type].parameters_spill) << "more than 4 parameters";
  EXPECT_TRUE(program.types[lower->type].result_spills);
}

TEST(Flatten, BuiltinsOfAsyncComponents) {
  const Program program = flatten_text(R"((component
    (type $s (stream u8))
    (core func (canon context.get i32 0))
    (core func (canon context.set i32 0))
    (core func (canon task.cancel))
    (core func (canon waitable-set.new))
    (core func (canon stream.new $s))
    (core func (canon stream.cancel-read $s))))",
                                       all_features());
  ASSERT_EQ(program.trampolines.size(), 6u);
  EXPECT_NE(body_at<ContextGet>(program, 0), nullptr);
  EXPECT_NE(body_at<ContextSet>(program, 1), nullptr);
  EXPECT_EQ(body_at<AsyncBuiltin>(program, 2)->kind, AsyncBuiltin::Kind::task_cancel);
  EXPECT_EQ(body_at<AsyncBuiltin>(program, 3)->kind, AsyncBuiltin::Kind::waitable_set_new);
  EXPECT_EQ(program.trampolines[TrampolineId(3)].signature.results.size(), 1u);
  EXPECT_EQ(body_at<UnsupportedBuiltin>(program, 4)->name, "stream.new");
  EXPECT_FALSE(body_at<UnsupportedBuiltin>(program, 4)->may_block);
  EXPECT_TRUE(body_at<UnsupportedBuiltin>(program, 5)->may_block);
}

TEST(Flatten, InterfaceTypesHaveTheirLayout) {
  const Program program = flatten_text(R"((component
    (import "f" (func (param "t" (tuple u8 u32 (option string))) (result (result (list u8) (error string)))))))");
  const FunctionType& type = program.types[program.imported_functions[ImportedFunctionId(0)].type];
  const InterfaceType& tuple = program.types[type.parameters[0].type];
  ASSERT_EQ(tuple.fields.size(), 3u);
  EXPECT_EQ(tuple.fields[1].offset, 4u);
  EXPECT_EQ(tuple.fields[2].offset, 8u);
  EXPECT_EQ(tuple.size, 20u);
  EXPECT_EQ(tuple.flat.size(), 5u);
  const InterfaceType& result = program.types[*type.result];
  EXPECT_EQ(result.cases[1].name, "error");
  EXPECT_EQ(result.discriminant_size, 1u);
  EXPECT_EQ(result.payload_offset, 4u);
  EXPECT_TRUE(type.result_spills);
}

TEST(Flatten, ExportsShowTypesAndInstances) {
  const Program program = flatten_text(R"((component
    (type $t (record (field "a" u32)))
    (instance $i (export "t" (type $t)))
    (core module $m)
    (export "i" (instance $i))
    (export "m" (core module $m))
    (component $c)
    (export "c" (component $c))))");
  ASSERT_EQ(program.exports.size(), 3u);
  const auto& tree = std::get<ExportTree>(program.exports[0].item.item);
  EXPECT_EQ(to_wit(program, std::get<InterfaceTypeId>(tree[0].item.item)), "record { a: u32 }");
  EXPECT_EQ(std::get<ModuleExport>(program.exports[1].item.item).module,
            (std::variant<CoreModuleId, ImportedModuleId>(CoreModuleId(0))));
  EXPECT_TRUE(std::holds_alternative<ComponentExport>(program.exports[2].item.item));
}

// --- refusals ---

TEST(Flatten, RefusalsNameTheFeatureThatCannotRun) {
  const auto expect = [](std::string_view text, std::string_view words) {
    const HostError error = flatten_error(text);
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
    EXPECT_TRUE(error.offset().has_value());
  };
  expect(R"((component (import "c" (component))))", "import of a component (`c`)");
  expect(R"((component (import "v" (value u32)) (export "w" (value 0))))", "values");
  expect(R"((component (core module $m (memory (export "m") i64 1)) (core instance $i (instantiate $m))
           (core func (canon waitable-set.wait (memory $i "m")))))",
         "64-bit memories");
  expect(R"((component (core module $m (type $s (array i8)) (func (export "f") (param (ref $s))))
           (core instance $i (instantiate $m))
           (func (export "f") (param "s" string) (canon lift (core func $i "f") gc))))",
         "canonical option `gc` with values other than numbers");
  expect(R"((component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
           (func (export "f") async (canon lift (core func $i "f") gc async))))",
         "canonical option `gc`");
}

TEST(Flatten, TheOptionGcMakesNoDifferenceToNumbers) {
  const Program program = flatten_text(R"((component
    (core module $m (func (export "f") (param i32 i64 f32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (core type $t (func (param i32 i64 f32) (result i32)))
    (func $f (param "a" bool) (param "b" u64) (param "c" f32) (result char) (canon lift (core func $i "f") gc))
    (core func (canon lower (func $f) gc (core-type $t)))))",
                                       all_features());
  const auto* lower = body_at<LowerFunction>(program, 0);
  ASSERT_NE(lower, nullptr);
  EXPECT_EQ(program.trampolines[TrampolineId(0)].signature.parameters.size(), 3u);
}

/// A component with `levels` components, each of which instantiates the previous one twice.
std::string doubling(int levels) {
  std::string text = "(component (component $c0 (core module $m) (core instance (instantiate $m)))";
  for (int i = 1; i < levels; ++i) {
    const std::string before = std::to_string(i - 1);
    text += "(component $c" + std::to_string(i) + " (alias outer 1 $c" + before +
            " (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))";
  }
  return text + "(instance (instantiate $c" + std::to_string(levels - 1) + ")))";
}

TEST(Flatten, ExpansionOfInstancesIsBounded) {
  const HostError error = flatten_error(doubling(21));
  EXPECT_EQ(error.kind(), ErrorKind::limit);
  EXPECT_NE(error.cause().find("component instances"), std::string::npos);
  EXPECT_TRUE(error.offset().has_value());
}

TEST(Flatten, EachLimitIsEnforced) {
  const auto expect = [](const ExpansionLimits& limits, std::string_view text, std::string_view words) {
    const HostError error = flatten_error(text, limits);
    EXPECT_EQ(error.kind(), ErrorKind::limit);
    EXPECT_NE(error.cause().find(words), std::string::npos) << error.cause();
  };
  expect({.steps = 3}, doubling(4), "3 steps");
  expect({.core_instances = 3}, doubling(4), "3 core instances");
  expect({.component_instances = 3}, doubling(4), "3 component instances");
  expect({.exports = 2}, R"((component (import "i" (instance (export "f" (func)) (export "g" (func))))))",
         "2 imports and exports");
  expect({.types = 1}, R"((component (import "f" (func (param "a" u8) (param "b" u16)))))", "1 types");
  expect({.name_bytes = 30}, doubling(4), "30 bytes of names");
}

TEST(Flatten, TreesOfImportsAreBounded) {
  std::string text = "(component (type $t0 (instance (export \"f\" (func))))";
  for (int i = 1; i < 18; ++i) {
    text += "(type $t" + std::to_string(i) + " (instance (alias outer 1 $t" + std::to_string(i - 1) +
            " (type $p)) (export \"a\" (instance (type $p))) (export \"b\" (instance (type $p)))))";
  }
  const HostError error = flatten_error(text + "(import \"x\" (instance (type $t17))))");
  EXPECT_EQ(error.kind(), ErrorKind::limit);
  EXPECT_NE(error.cause().find("imports and exports"), std::string::npos);
}

// --- printing ---

TEST(Print, TypesAreWit) {
  const Program program = flatten_text(R"((component
    (import "r" (type $r (sub resource)))
    (type $e (enum "x" "y")) (import "e" (type $ee (eq $e)))
    (type $v (variant (case "none") (case "some" u8))) (import "v" (type $vv (eq $v)))
    (type $f (flags "p" "q")) (import "f" (type $ff (eq $f)))
    (import "g" (func (param "a" (borrow $r)) (param "b" (own $r)) (param "c" $ee) (param "d" $vv) (param "e" $ff)
      (param "f" (list u8 4)) (param "g" (map u8 string)) (param "h" (result)) (param "i" (result (error char)))
      (param "j" (option (tuple bool f32))) (result (result u8 (error s64)))))))");
  EXPECT_EQ(to_wit(program, program.imported_functions[ImportedFunctionId(0)].type),
            "func(a: borrow<r>, b: r, c: enum { x, y }, d: variant { none, some(u8) }, e: flags { p, q }, "
            "f: list<u8, 4>, g: map<u8, string>, h: result, i: result<_, char>, j: option<tuple<bool, f32>>) "
            "-> result<u8, s64>");
}

TEST(Print, LongTypesAreCut) {
  std::string text = "(component (type $t0 (tuple u8 u8))";
  for (int i = 1; i < 15; ++i)
    text +=
        "(type $t" + std::to_string(i) + " (tuple $t" + std::to_string(i - 1) + " $t" + std::to_string(i - 1) + "))";
  const Program program = flatten_text(text + "(import \"f\" (func (param \"a\" $t14))))");
  const std::string printed = to_wit(program, program.imported_functions[ImportedFunctionId(0)].type);
  EXPECT_LT(printed.size(), 2100u);
  EXPECT_TRUE(printed.ends_with("…"));
}

}  // namespace
}  // namespace holdfast::component
