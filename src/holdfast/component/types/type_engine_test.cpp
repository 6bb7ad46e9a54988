// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/types/type_engine.hpp"

#include <gtest/gtest.h>

#include "holdfast/component/types/substitution.hpp"
#include "holdfast/component/types/subtyping.hpp"

namespace holdfast::component::types {
namespace {

class TypeEngineTest : public ::testing::Test {
 protected:
  ValueTypeRef primitive(TypeKind kind) { return TypeEngine::primitive(kind); }
  DefinedTypeId tuple(std::vector<ValueTypeRef> members) {
    return engine.add(DefinedType{.kind = TypeKind::tuple, .members = std::move(members)});
  }
  DefinedTypeId handle(TypeKind kind, ResourceId resource) {
    return engine.add(DefinedType{.kind = kind, .resource = {resource, {}}});
  }
  NamedEntities items(std::vector<std::pair<std::string, Entity>> list) {
    NamedEntities result;
    for (const auto& [name, entity] : list) result.add(engine.names().intern(name), entity);
    return result;
  }
  InstanceTypeId instance(std::vector<std::pair<std::string, Entity>> list, std::vector<ResourceId> defined = {}) {
    return engine.add(InstanceType{items(std::move(list)), std::move(defined)});
  }

  TypeEngine engine;
  Subtyping subtyping{engine};
};

TEST_F(TypeEngineTest, EqualNodesAreStoredOnce) {
  EXPECT_EQ(tuple({primitive(TypeKind::u8)}), tuple({primitive(TypeKind::u8)}));
  EXPECT_NE(tuple({primitive(TypeKind::u8)}), tuple({primitive(TypeKind::u16)}));
}

TEST_F(TypeEngineTest, EveryPrimitiveHasItsOwnNode) {
  EXPECT_EQ(engine[primitive(TypeKind::error_context).structure].kind, TypeKind::error_context);
  EXPECT_EQ(engine[primitive(TypeKind::boolean).structure].kind, TypeKind::boolean);
  EXPECT_EQ(engine[primitive(TypeKind::string).structure].kind, TypeKind::string);
}

TEST_F(TypeEngineTest, SizeCountsSharedPartsEachTime) {
  DefinedTypeId type = tuple({primitive(TypeKind::u8), primitive(TypeKind::u8)});
  EXPECT_EQ(engine.facts(type).size, 3u);
  for (int i = 0; i < 30; ++i) type = tuple({{type, {}}, {type, {}}});
  EXPECT_TRUE(engine.facts(type).is_too_large());
}

TEST_F(TypeEngineTest, DepthIsBounded) {
  DefinedTypeId type = tuple({primitive(TypeKind::u8)});
  for (std::uint32_t i = 2; i < max_type_depth; ++i) type = tuple({{type, {}}});
  EXPECT_EQ(engine.facts(type).depth, max_type_depth);
  EXPECT_FALSE(engine.facts(type).is_too_deep());
  const DefinedTypeId deeper = tuple({{type, {}}});
  EXPECT_TRUE(engine.facts(deeper).is_too_deep());
  EXPECT_FALSE(engine.facts(deeper).is_too_deep_in_total());
}

TEST_F(TypeEngineTest, BorrowsAndFreeResourcesAreSeenThroughAggregates) {
  const ResourceId resource = engine.fresh_resource();
  const DefinedTypeId borrow = handle(TypeKind::borrow, resource);
  const DefinedTypeId outer = engine.add(DefinedType{.kind = TypeKind::list, .members = {{borrow, {}}}});
  EXPECT_TRUE(engine.facts(outer).contains_borrow);
  EXPECT_TRUE(engine.resource_sets().contains(engine.facts(outer).free, resource));
  EXPECT_FALSE(engine.facts(handle(TypeKind::own, resource)).contains_borrow);
}

TEST_F(TypeEngineTest, ResourcesThatAnInstanceTypeDefinesAreNotFreeInIt) {
  const ResourceId own = engine.fresh_resource();
  const ResourceId foreign = engine.fresh_resource();
  const InstanceTypeId id =
      instance({{"r", Entity::of_type(TypeRef::of(own))}, {"s", Entity::of_type(TypeRef::of(foreign))}}, {own});
  EXPECT_FALSE(engine.resource_sets().contains(engine.facts(id).free, own));
  EXPECT_TRUE(engine.resource_sets().contains(engine.facts(id).free, foreign));
}

TEST_F(TypeEngineTest, FreeResourcesAreStoredOnceForEachType) {
  constexpr std::size_t count = 1000;
  std::vector<ValueTypeRef> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back({handle(TypeKind::own, engine.fresh_resource()), {}});
  const std::uint64_t before = engine.resource_sets().stored();
  const DefinedTypeId type = tuple(all);
  EXPECT_EQ(engine.resource_sets()[engine.facts(type).free].size(), count);
  EXPECT_EQ(engine.resource_sets().stored(), before + count) << "intermediate sets are not stored";
}

TEST_F(TypeEngineTest, FreeResourcesCountAsWork) {
  TypeEngine small(1000);
  std::vector<ValueTypeRef> all;
  for (int i = 0; i < 400; ++i)
    all.push_back({small.add(DefinedType{.kind = TypeKind::own, .resource = {small.fresh_resource(), {}}}), {}});
  const ValueTypeRef many{small.add(DefinedType{.kind = TypeKind::tuple, .members = all}), {}};
  EXPECT_FALSE(small.exhausted());
  for (int i = 0; i < 10; ++i) {
    const ValueTypeRef own{small.add(DefinedType{.kind = TypeKind::own, .resource = {small.fresh_resource(), {}}}), {}};
    small.add(DefinedType{.kind = TypeKind::tuple, .members = {many, own}});
  }
  EXPECT_TRUE(small.exhausted()) << "ten more sets of 400 resources exceed the remaining work";
}

TEST_F(TypeEngineTest, ResourcesAreFoundThroughNestedInstances) {
  const ResourceId resource = engine.fresh_resource();
  const InstanceTypeId inner = instance({{"r", Entity::of_type(TypeRef::of(resource))}});
  const InstanceTypeId outer = instance({{"x", Entity::of_instance(instance({}))}, {"i", Entity::of_instance(inner)}});
  EXPECT_EQ(engine.exposed_at(outer, resource), 1u);
  EXPECT_EQ(engine.exposed_at(inner, resource), 0u);
  EXPECT_EQ(engine.exposed_at(outer, engine.fresh_resource()), std::nullopt);
}

TEST_F(TypeEngineTest, WorkRunsOut) {
  TypeEngine small(20);
  EXPECT_FALSE(small.exhausted());
  for (std::uint32_t i = 0; i < 20; ++i)
    small.add(
        DefinedType{.kind = TypeKind::fixed_list, .length = i + 1, .members = {TypeEngine::primitive(TypeKind::u8)}});
  EXPECT_TRUE(small.exhausted());
}

TEST_F(TypeEngineTest, SubstitutionReplacesResourcesAndKeepsTheRest) {
  const ResourceId from = engine.fresh_resource();
  const ResourceId to = engine.fresh_resource();
  const DefinedTypeId with = tuple({{handle(TypeKind::own, from), {}}, primitive(TypeKind::u8)});
  const DefinedTypeId without = tuple({primitive(TypeKind::u8)});
  Substitution substitution(engine);
  substitution.replace(from, to);
  const ValueTypeRef replaced = substitution.apply(ValueTypeRef{with, {}});
  EXPECT_EQ(replaced.structure, tuple({{handle(TypeKind::own, to), {}}, primitive(TypeKind::u8)}));
  EXPECT_EQ(substitution.apply(ValueTypeRef{without, {}}).structure, without);
}

TEST_F(TypeEngineTest, SubstitutionRenamesExactlyTheGivenName) {
  const DefinedTypeId type = tuple({primitive(TypeKind::u8)});
  const TypeRef before = TypeRef::of(type, engine.fresh_alias());
  const TypeRef other = TypeRef::of(type, engine.fresh_alias());
  const TypeRef after = TypeRef::of(type, engine.fresh_alias());
  Substitution substitution(engine);
  substitution.rename(before, after);
  EXPECT_EQ(substitution.apply(before), after);
  EXPECT_EQ(substitution.apply(other), other);
}

TEST_F(TypeEngineTest, ValueTypesMustBeEqual) {
  const DefinedTypeId a = tuple({primitive(TypeKind::u8)});
  const DefinedTypeId b = tuple({primitive(TypeKind::u16)});
  EXPECT_TRUE(subtyping.check(TypeRef::of(a), TypeRef::of(a)).has_value());
  const auto result = subtyping.check(TypeRef::of(a), TypeRef::of(b));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().cause(), "expected primitive `u16` found primitive `u8`");
  EXPECT_NE(result.error().message().find("type mismatch in tuple field 0"), std::string::npos);
}

TEST_F(TypeEngineTest, NamesDoNotMatterForSubtyping) {
  const DefinedTypeId record = engine.add(DefinedType{
      .kind = TypeKind::record, .members = {primitive(TypeKind::u8)}, .labels = {engine.names().intern("a")}});
  const DefinedTypeId first = tuple({{record, engine.fresh_alias()}});
  const DefinedTypeId second = tuple({{record, engine.fresh_alias()}});
  EXPECT_NE(first, second);
  EXPECT_TRUE(subtyping.check(TypeRef::of(first), TypeRef::of(second)).has_value());
}

TEST_F(TypeEngineTest, InstancesMayExportMoreThanRequired) {
  const Entity function = Entity::of_function(engine.add(FunctionType{}));
  const TypeRef more = TypeRef::of(instance({{"a", function}, {"b", function}}));
  const TypeRef fewer = TypeRef::of(instance({{"b", function}}));
  EXPECT_TRUE(subtyping.check(more, fewer).has_value());
  EXPECT_FALSE(subtyping.check(fewer, more).has_value());
}

TEST_F(TypeEngineTest, OpeningBindsResourcesByTheirPlaces) {
  // A component that imports an instance with a resource and a function on it, and exports the resource.
  const ResourceId imported = engine.fresh_resource();
  const auto function_on = [&](ResourceId resource) {
    return Entity::of_function(
        engine.add(FunctionType{.parameters = {{engine.names().intern("x"), {handle(TypeKind::own, resource), {}}}}}));
  };
  const Entity required =
      Entity::of_instance(instance({{"r", Entity::of_type(TypeRef::of(imported))}, {"f", function_on(imported)}}));
  const ComponentTypeId component =
      engine.add(ComponentType{items({{"i", required}}), items({{"g", function_on(imported)}}), {{imported, 0}}, {}});

  const ResourceId supplied = engine.fresh_resource();
  const Entity fitting =
      Entity::of_instance(instance({{"f", function_on(supplied)}, {"r", Entity::of_type(TypeRef::of(supplied))}}));
  auto opened = subtyping.open(items({{"i", fitting}}), component, Subtyping::Side::imports);
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  EXPECT_EQ(opened->apply(function_on(imported)), function_on(supplied));

  const Entity mixed = Entity::of_instance(
      instance({{"f", function_on(engine.fresh_resource())}, {"r", Entity::of_type(TypeRef::of(supplied))}}));
  EXPECT_FALSE(subtyping.open(items({{"i", mixed}}), component, Subtyping::Side::imports).has_value());
  EXPECT_FALSE(subtyping.open({}, component, Subtyping::Side::imports).has_value());
}

TEST_F(TypeEngineTest, ComponentsMayImportLess) {
  const Entity function = Entity::of_function(engine.add(FunctionType{}));
  const TypeRef importing = TypeRef::of(engine.add(ComponentType{items({{"a", function}}), {}, {}, {}}));
  const TypeRef closed = TypeRef::of(engine.add(ComponentType{}));
  EXPECT_TRUE(subtyping.check(closed, importing).has_value());
  EXPECT_FALSE(subtyping.check(importing, closed).has_value());
}

}  // namespace
}  // namespace holdfast::component::types
