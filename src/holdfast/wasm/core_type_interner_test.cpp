// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/wasm/core_type_interner.hpp"

#include <gtest/gtest.h>

namespace holdfast::wasm {
namespace {

constexpr CoreValueType i32{CoreValueKind::i32, {}};
constexpr CoreValueType i64{CoreValueKind::i64, {}};

CoreHeapType heap(AbstractHeapType type, bool shared = false) { return {HeapKind::abstract, type, shared, 0}; }
CoreHeapType heap(std::uint32_t index) { return {HeapKind::concrete, AbstractHeapType::func, false, index}; }
CoreValueType reference(CoreHeapType to, bool nullable = true) { return {CoreValueKind::reference, {nullable, to}}; }

CoreSubType sub_type(CoreCompositeType composite, std::optional<std::uint32_t> supertype = {}) {
  CoreSubType type;
  type.is_final = false;
  type.supertype = supertype;
  type.composite = std::move(composite);
  return type;
}
CoreRecursionGroup group(std::vector<CoreSubType> types) { return {std::move(types), true, 0}; }
CoreStructType structure(std::vector<CoreValueType> values) {
  CoreStructType type;
  for (const CoreValueType& value : values) type.fields.push_back({PackedKind::none, value, false});
  return type;
}

TEST(CoreTypeInterner, EqualFunctionTypesHaveOneId) {
  CoreTypeInterner interner;
  const CoreTypeId first = interner.intern(CoreFunctionType{{i32}, {i64}});
  EXPECT_EQ(interner.intern(CoreFunctionType{{i32}, {i64}}), first);
  EXPECT_NE(interner.intern(CoreFunctionType{{i32, i64}, {}}), first);
  ASSERT_NE(interner.function(first), nullptr);
  EXPECT_EQ(*interner.function(first), (CoreFunctionType{{i32}, {i64}}));
}

TEST(CoreTypeInterner, FinalityIsPartOfAType) {
  CoreTypeInterner interner;
  const auto open = interner.intern(group({sub_type(CoreFunctionType{})}), {});
  ASSERT_TRUE(open.has_value());
  EXPECT_NE(open->front(), interner.intern(CoreFunctionType{}));
}

TEST(CoreTypeInterner, RecursionGroupsAreComparedAsAWhole) {
  CoreTypeInterner interner;
  const auto filler = interner.intern(group({sub_type(CoreFunctionType{})}), {});
  const auto self = group({sub_type(structure({reference(heap(0))}))});
  const auto first = interner.intern(self, {});
  // The same group after another type: its reference to itself has a different index.
  const auto second = interner.intern(group({sub_type(structure({reference(heap(1))}))}), *filler);
  EXPECT_EQ(*first, *second);
  // The same type in a group of two is a different type.
  const auto pair =
      interner.intern(group({sub_type(structure({reference(heap(0))})), sub_type(CoreFunctionType{})}), {});
  EXPECT_NE(pair->front(), first->front());
  EXPECT_EQ(std::get<CoreStructType>(interner.type(pair->front()).composite).fields[0].value.reference.heap.index,
            pair->front().index());
}

TEST(CoreTypeInterner, IndicesOutOfBoundsAreRefused) {
  CoreTypeInterner interner;
  const auto reference_past_end = interner.intern(group({sub_type(structure({reference(heap(1))}))}), {});
  ASSERT_FALSE(reference_past_end.has_value());
  EXPECT_EQ(reference_past_end.error(), make_error(ErrorCode::unknown_core_type, 1));
  EXPECT_FALSE(interner.intern(group({sub_type(CoreStructType{}, 0)}), {}).has_value());  // its own supertype
  EXPECT_FALSE(interner.resolve(CoreFunctionReference{0, false}, {}).has_value());
  EXPECT_FALSE(interner.intern_all(std::vector{group({sub_type(CoreContinuationType{7})})}).has_value());
}

TEST(CoreTypeInterner, AnEmptyGroupAddsNothing) {
  CoreTypeInterner interner;
  EXPECT_TRUE(interner.intern(group({}), {})->empty());
}

TEST(CoreTypeInterner, ChainsOfSupertypesAreBounded) {
  CoreTypeInterner interner;
  std::vector<CoreRecursionGroup> chain = {group({sub_type(CoreStructType{})})};
  for (std::uint32_t depth = 0; depth < CoreTypeInterner::most_supertypes; ++depth) {
    chain.push_back(group({sub_type(CoreStructType{}, depth)}));
  }
  EXPECT_TRUE(interner.intern_all(chain).has_value());
  chain.push_back(group({sub_type(CoreStructType{}, CoreTypeInterner::most_supertypes)}));
  EXPECT_EQ(interner.intern_all(chain).error(), make_error(ErrorCode::subtypes_too_deep, 63));
  EXPECT_EQ(interner.intern_all(chain).error().code, ErrorCode::subtypes_too_deep);
}

TEST(CoreTypeMatching, DeclaredSupertypes) {
  CoreTypeInterner interner;
  const auto ids =
      interner.intern_all(std::vector{group({sub_type(CoreStructType{})}), group({sub_type(structure({i32}), 0)}),
                                      group({sub_type(structure({i32, i64}), 1)})});
  ASSERT_TRUE(ids.has_value());
  EXPECT_TRUE(interner.matches((*ids)[2], (*ids)[0]));
  EXPECT_FALSE(interner.matches((*ids)[0], (*ids)[2]));
  EXPECT_TRUE(interner.matches(heap((*ids)[2].index()), heap((*ids)[1].index())));
  EXPECT_TRUE(interner.matches(heap((*ids)[2].index()), heap(AbstractHeapType::eq)));
  EXPECT_FALSE(interner.matches(heap((*ids)[2].index()), heap(AbstractHeapType::func)));
  EXPECT_TRUE(interner.matches(heap(AbstractHeapType::none), heap((*ids)[2].index())));
  EXPECT_FALSE(interner.matches(heap(AbstractHeapType::nofunc), heap((*ids)[2].index())));
}

TEST(CoreTypeMatching, AbstractHeapTypes) {
  using enum AbstractHeapType;
  CoreTypeInterner interner;
  EXPECT_TRUE(interner.matches(heap(i31), heap(any)));
  EXPECT_TRUE(interner.matches(heap(none), heap(array)));
  EXPECT_TRUE(interner.matches(heap(noexn), heap(exn)));
  EXPECT_FALSE(interner.matches(heap(any), heap(eq)));
  EXPECT_FALSE(interner.matches(heap(struct_), heap(array)));
  EXPECT_FALSE(interner.matches(heap(noextern), heap(any)));
  EXPECT_FALSE(interner.matches(heap(any, true), heap(any)));
}

TEST(CoreTypeMatching, ReferencesAndNullability) {
  CoreTypeInterner interner;
  const CoreValueType nullable = reference(heap(AbstractHeapType::func));
  const CoreValueType strict = reference(heap(AbstractHeapType::func), false);
  EXPECT_TRUE(interner.matches(strict, nullable));
  EXPECT_FALSE(interner.matches(nullable, strict));
  EXPECT_FALSE(interner.matches(i32, i64));
  EXPECT_FALSE(interner.matches(i32, nullable));
}

TEST(CoreTypeMatching, ExactReferencesRefuseSubtypes) {
  CoreTypeInterner interner;
  const auto ids =
      interner.intern_all(std::vector{group({sub_type(CoreStructType{})}), group({sub_type(structure({i32}), 0)})});
  CoreHeapType exact = heap((*ids)[0].index());
  exact.kind = HeapKind::exact;
  EXPECT_TRUE(interner.matches(exact, heap((*ids)[0].index())));
  EXPECT_FALSE(interner.matches(heap((*ids)[0].index()), exact));
  EXPECT_FALSE(interner.matches(heap((*ids)[1].index()), exact));
  EXPECT_TRUE(interner.matches(heap(AbstractHeapType::none), exact));
}

TEST(CoreTypeMatching, Limits) {
  EXPECT_TRUE(limits_match({2, 4, false, false}, {1, 5, false, false}));
  EXPECT_TRUE(limits_match({2, {}, false, false}, {1, {}, false, false}));
  EXPECT_FALSE(limits_match({1, {}, false, false}, {2, {}, false, false}));
  EXPECT_FALSE(limits_match({2, {}, false, false}, {1, 5, false, false}));
  EXPECT_FALSE(limits_match({2, 6, false, false}, {1, 5, false, false}));
  EXPECT_FALSE(limits_match({2, {}, true, false}, {1, {}, false, false}));
  EXPECT_FALSE(limits_match({2, {}, false, true}, {1, {}, false, false}));
}

TEST(CoreTypeMatching, Externs) {
  CoreTypeInterner interner;
  const CoreTypeId function = interner.intern(CoreFunctionType{{i32}, {}});
  const CoreTypeId other = interner.intern(CoreFunctionType{});
  const CoreExternType expected = CoreFunctionReference{function.index(), false};
  EXPECT_TRUE(interner.matches(CoreExternType(CoreFunctionReference{function.index(), false}), expected));
  EXPECT_FALSE(interner.matches(CoreExternType(CoreFunctionReference{other.index(), false}), expected));
  EXPECT_FALSE(interner.matches(CoreExternType(CoreMemoryType{}), expected));
  EXPECT_FALSE(interner.matches(CoreExternType(CoreMemoryType{{1, {}, false, false}, 0}),
                                CoreExternType(CoreMemoryType{{1, {}, false, false}, 16})));
  EXPECT_TRUE(interner.matches(CoreExternType(CoreTagType{other.index()}), CoreExternType(CoreTagType{other.index()})));

  const CoreValueType strict = reference(heap(AbstractHeapType::func), false);
  const CoreValueType nullable = reference(heap(AbstractHeapType::func));
  EXPECT_TRUE(interner.matches(CoreExternType(CoreGlobalType{strict, false, false}),
                               CoreExternType(CoreGlobalType{nullable, false, false})));
  EXPECT_FALSE(interner.matches(CoreExternType(CoreGlobalType{strict, true, false}),
                                CoreExternType(CoreGlobalType{nullable, true, false})));
  EXPECT_FALSE(interner.matches(CoreExternType(CoreTableType{strict.reference, {}}),
                                CoreExternType(CoreTableType{nullable.reference, {}})));
}

TEST(CoreTypeInterner, ResolvedExternsContainIds) {
  CoreTypeInterner interner;
  const CoreTypeId function = interner.intern(CoreFunctionType{{i64}, {}});
  const std::vector<CoreTypeId> index_space = {interner.intern(CoreFunctionType{}), function};
  EXPECT_EQ(interner.resolve(CoreTagType{1}, index_space), CoreExternType(CoreTagType{function.index()}));
  EXPECT_EQ(interner.resolve(CoreGlobalType{reference(heap(1)), true, false}, index_space),
            CoreExternType(CoreGlobalType{reference(heap(function.index())), true, false}));
}

}  // namespace
}  // namespace holdfast::wasm
