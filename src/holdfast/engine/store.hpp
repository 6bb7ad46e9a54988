// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A store of the engine: core instances, memories and functions that live and die together. Used by one thread at a
// time. `Function`, `Memory` and the other items are small copyable references into their store and die with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "holdfast/core/assert.hpp"
#include "holdfast/diagnostics/host_error.hpp"
#include "holdfast/engine/core_value.hpp"
#include "holdfast/engine/engine.hpp"

namespace holdfast::engine {

/// A reference to an item in a store, in the engine's own representation (engine/wasmtime asserts the size).
template <class Tag>
struct Item {
  std::array<std::uint64_t, 3> representation{};
};
using Function = Item<struct FunctionTag>;
using Memory = Item<struct MemoryTag>;
using Global = Item<struct GlobalTag>;
using Table = Item<struct TableTag>;
using Tag = Item<struct TagTag>;
using Instance = Item<struct InstanceTag>;

enum class ExternKind : std::uint8_t { function, memory, global, table, tag };

/// An item that a core instance exports or a module imports. Plain and copyable, like the items themselves.
class Extern {
 public:
  // NOLINTBEGIN(google-explicit-constructor): converts on purpose
  Extern(const Function& function) noexcept : kind_(ExternKind::function), representation_(function.representation) {}
  Extern(const Memory& memory) noexcept : kind_(ExternKind::memory), representation_(memory.representation) {}
  Extern(const Global& global) noexcept : kind_(ExternKind::global), representation_(global.representation) {}
  Extern(const Table& table) noexcept : kind_(ExternKind::table), representation_(table.representation) {}
  Extern(const Tag& tag) noexcept : kind_(ExternKind::tag), representation_(tag.representation) {}
  // NOLINTEND(google-explicit-constructor)

  ExternKind kind() const noexcept { return kind_; }
  /// Contract of each: kind() is the matching kind.
  Function function() const noexcept { return get<Function>(ExternKind::function); }
  Memory memory() const noexcept { return get<Memory>(ExternKind::memory); }
  Global global() const noexcept { return get<Global>(ExternKind::global); }
  Table table() const noexcept { return get<Table>(ExternKind::table); }
  Tag tag() const noexcept { return get<Tag>(ExternKind::tag); }

 private:
  template <class T>
  T get(ExternKind kind) const noexcept {
    HOLDFAST_ASSERT(kind_ == kind, "an Extern must not be read as another kind");
    return T{representation_};
  }

  ExternKind kind_;
  std::array<std::uint64_t, 3> representation_;
};

/// One export of a core instance.
struct NamedExtern {
  std::string name;
  Extern value;
};

/// The current bytes of a linear memory. Valid until guest code runs or the memory grows.
struct MemoryView {
  std::byte* data = nullptr;
  std::size_t size = 0;
};

/// A host function. `values` holds the arguments; the callback writes the results to the same slots. Returns true on
/// success. Returns false to trap the guest: the call that entered the guest then reports `CallFailure::Cause::host`,
/// and the callback's owner keeps the reason. Must not throw.
using HostCallback = bool (*)(void* environment, RawValue* values) noexcept;

/// Why a call into the guest did not return.
struct CallFailure {
  enum class Cause : std::uint8_t {
    host,         ///< a HostCallback returned false
    trap,         ///< the guest trapped (unreachable, out of bounds, ...)
    exception,    ///< the guest threw an exception and did not catch it; the store no longer holds it
    stack,        ///< the guest's stack is exhausted
    fuel,         ///< the fuel is exhausted
    interrupted,  ///< a deadline passed or the store was interrupted
    engine,       ///< the engine refused the call; `message` has the reason
  };
  Cause cause = Cause::engine;
  std::string message;        ///< the engine's message, one line
  std::vector<Frame> frames;  ///< innermost first
};

/// Limits that the engine itself enforces: on the size of each memory and table, and on the number of instances,
/// memories and tables in the store. Growing past a limit fails in the guest (memory.grow returns -1); instantiation
/// past a limit fails.
struct EngineLimits {
  std::optional<std::uint64_t> memory_bytes = std::nullopt;    ///< of each linear memory, including those of the host
  std::optional<std::uint64_t> table_elements = std::nullopt;  ///< of each table
  std::optional<std::uint64_t> instances = std::nullopt;       ///< core instances
  std::optional<std::uint64_t> memories = std::nullopt;
  std::optional<std::uint64_t> tables = std::nullopt;
};

class Store {
 public:
  static HostResult<Store> create(const Engine& engine, const EngineLimits& limits);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// A host function of type `type`. `environment` is passed to `callback` and must outlive the store, because the
  /// engine keeps functions as long as the store lives.
  Function make_function(const FunctionType& type, HostCallback callback, void* environment);

  /// Instantiates `module` and runs its start function. `imports` follow the order of the module's imports; the engine
  /// checks their kinds and types.
  std::expected<Instance, CallFailure> instantiate(const Module& module, std::span<const Extern> imports);

  /// The export `name`; nullopt when it does not exist.
  std::optional<Extern> get_export(const Instance& instance, std::string_view name);
  /// The export at `index`, in the order of the module's exports; nullopt past the last.
  std::optional<NamedExtern> get_export(const Instance& instance, std::size_t index);

  /// Calls `function`. `values` has max(parameters, results) slots, which hold the arguments and afterwards the
  /// results. Unchecked: the number and types of the values must match the function's type, which the caller knows from
  /// validation. Does not allocate when the call succeeds. May be called from a host callback of this store. A failure
  /// of such an inner call is reported here; it reaches the outer guest only if that callback returns false.
  std::expected<void, CallFailure> call(const Function& function, std::span<RawValue> values);

  MemoryView view(const Memory& memory) const noexcept;

  /// A memory of 64 KiB pages with 32-bit addresses. Errors: limit when the store's limits do not allow it or the
  /// system has no memory; misuse for a size that no memory can have.
  HostResult<Memory> make_memory(std::uint32_t minimum_pages, std::optional<std::uint32_t> maximum_pages);
  /// Grows `memory` by `pages` and returns its previous size; both in pages of the memory's type. Errors: limit when
  /// the memory's maximum or the store's limits do not allow it, or the system has no memory.
  HostResult<std::uint64_t> grow(const Memory& memory, std::uint64_t pages);

  /// Only globals of number types can be created, read and written. `read` and `write` copy the value's bits; `read`
  /// returns nullopt for a global of another type. Errors: misuse when a global is immutable or has another type.
  HostResult<Global> make_global(ValueType type, bool is_mutable, RawValue value);
  std::optional<RawValue> read(const Global& global);
  HostResult<void> write(const Global& global, ValueType type, RawValue value);

  /// A table of functions, all null at first. Errors: limit when the store's limits do not allow it or the system has
  /// no memory.
  HostResult<Table> make_function_table(std::uint32_t minimum, std::optional<std::uint32_t> maximum);
  /// The number of elements.
  std::uint64_t size(const Table& table) const noexcept;
  /// The element at `index`; nullopt when `index` is out of bounds, the element is null, or the table does not hold
  /// functions.
  std::optional<Function> get_element(const Table& table, std::uint64_t index);
  /// Errors: misuse when `index` is out of bounds or the table does not hold functions.
  HostResult<void> set_element(const Table& table, std::uint64_t index, const Function& function);

  /// The fuel that guest code of this store may still consume, about one unit per instruction. A new store has
  /// practically no limit. Errors: misuse when the engine was created without fuel (EngineSettings::fuel).
  HostResult<void> set_fuel(std::uint64_t fuel);
  HostResult<std::uint64_t> fuel() const;

  /// Interrupts guest code after `ticks` ticks of the engine from now, or at most one tick later; 0 interrupts it at
  /// once. After the deadline, guest code is interrupted whenever it runs, until the deadline is changed or cleared.
  /// Errors: misuse when the engine was created without deadlines.
  HostResult<void> set_deadline(std::uint64_t ticks);
  void clear_deadline() noexcept;
  /// For long-running host functions: fails if guest code would be stopped now.
  /// Errors: limit (the store was interrupted, or its deadline has passed).
  HostResult<void> check_interruption() const;

  /// Interrupts guest code of this store, now or when it next runs. Usable from any thread, even after the store was
  /// destroyed. The interruption stays in force until `clear_interrupt`. It has no effect if the engine was created
  /// without deadlines.
  class InterruptHandle {
   public:
    /// Waits until the guest has stopped, but only for a few milliseconds: a guest that is inside a long host function
    /// stops later.
    void interrupt() const noexcept;
    struct Impl;
    explicit InterruptHandle(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

   private:
    std::shared_ptr<Impl> impl_;
  };
  InterruptHandle interrupt_handle() const;
  void clear_interrupt() noexcept;

  struct Impl;

 private:
  explicit Store(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::engine
