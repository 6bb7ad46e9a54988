// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program that uses every operation of a resource table (HOLDFAST_WITH_RESOURCES) and a handle table
// (HOLDFAST_WITH_HANDLES) of HOLDFAST_SLOTS slots, so that the linker keeps all of their code. sizes.py reads its size
// from the linker's map. Without both tables it is the minimum that any program for the board has.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "check.hpp"
#include "holdfast/handles/handle_table.hpp"
#include "holdfast/resource/tables/table.hpp"

namespace holdfast::freestanding {
namespace {

// Values that the compiler cannot know.
volatile std::uint32_t input;
volatile std::uint32_t output;

// Records whether all operations succeeded, so that the compiler keeps them.
struct Outcome {
  bool all = true;
  template <class T>
  void note(const T& result) {
    all &= result.has_value();
  }
};

#if HOLDFAST_WITH_RESOURCES
[[gnu::noinline]] void use_resources(std::uint64_t bits, std::uint32_t value, std::uint32_t rep) {
  using Table = resource::ResourceTable<std::uint64_t, resource::Static<HOLDFAST_SLOTS>>;
  static resource::Budget* volatile budget;  // null, but the compiler cannot know that
  Outcome outcome;
  alignas(Table) static std::byte memory[sizeof(Table)];
  Table& table = *new (memory) Table(budget);
  const auto handle = Table::Handle::from_bits(bits);
  outcome.note(table.insert(value));
  outcome.note(table.get(handle));
  outcome.note(table.peek(handle));
  outcome.note(table.take(handle));
  outcome.note(table.pin(handle));
  outcome.note(table.pin_again(rep));
  outcome.note(table.by_index(rep));
  outcome.note(table.handle_of(rep));
  outcome.note(table.unpin(rep));
  outcome.note(table.pins(handle));
  outcome.note(table.remove(handle, resource::IfPinned::leave_tombstone));
  for (const auto& [each, resource] : table) output = static_cast<std::uint32_t>(resource);
  table.clear();
  output = table.len() + table.tombstones() + outcome.all;
  std::destroy_at(&table);
}
#endif

#if HOLDFAST_WITH_HANDLES
[[gnu::noinline]] void use_handles(handles::TypeTag type, std::uint32_t index, std::uint32_t rep) {
  Outcome outcome;
  static handles::StaticTableStorage<HOLDFAST_SLOTS> storage;
  static handles::StaticBorrowScopes<8> scopes;
  handles::HandleTable table(storage, scopes);
  const auto scope = scopes.open();
  outcome.note(scope);
  if (!scope) return;
  outcome.note(table.add_own(type, rep));
  outcome.note(table.add_borrow(type, rep, *scope));
  outcome.note(table.add_other(handles::HandleKind::waitable, rep));
  outcome.note(table.get(index));
  outcome.note(table.rep(type, index));
  outcome.note(table.lift_own(type, index));
  outcome.note(table.lift_borrow(type, index));
  table.return_lend(index);
  outcome.note(table.drop(type, index));
  outcome.note(table.remove(index));
  table.for_each_live([](std::uint32_t each, const handles::HandleEntry&) { output = each; });
  outcome.note(scopes.check_returned(*scope));
  scopes.close(*scope);
  output = table.live() + table.peak() + outcome.all;
}
#endif

}  // namespace

int run_all_tests() {
  output = input;
#if HOLDFAST_WITH_RESOURCES
  use_resources(std::uint64_t{input} << 32 | input, input, input);
#endif
#if HOLDFAST_WITH_HANDLES
  use_handles(handles::TypeTag(input), input, input);
#endif
  return 0;
}

}  // namespace holdfast::freestanding
