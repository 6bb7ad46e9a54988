// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A store of the engine: core instances, memories and functions that live and die together. One thread at a
// time. `Function`, `Memory`, … are small plain copies that refer into their store and die with it.
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

/// Something inside a store, in the engine's own representation (engine/wasmtime asserts the size).
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

/// What a core instance exports or a module imports. A plain copy, like the items themselves.
class Extern {
 public:
  Extern(const Function& function) noexcept : kind_(ExternKind::function), representation_(function.representation) {}
  Extern(const Memory& memory) noexcept : kind_(ExternKind::memory), representation_(memory.representation) {}
  Extern(const Global& global) noexcept : kind_(ExternKind::global), representation_(global.representation) {}
  Extern(const Table& table) noexcept : kind_(ExternKind::table), representation_(table.representation) {}
  Extern(const Tag& tag) noexcept : kind_(ExternKind::tag), representation_(tag.representation) {}

  ExternKind kind() const noexcept { return kind_; }
  /// Each is a contract: the kind must fit.
  Function function() const noexcept { return get<Function>(ExternKind::function); }
  Memory memory() const noexcept { return get<Memory>(ExternKind::memory); }
  Global global() const noexcept { return get<Global>(ExternKind::global); }
  Table table() const noexcept { return get<Table>(ExternKind::table); }
  Tag tag() const noexcept { return get<Tag>(ExternKind::tag); }

 private:
  template <class T>
  T get(ExternKind kind) const noexcept {
    HOLDFAST_ASSERT(kind_ == kind, "an extern was taken for another kind than it is");
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

/// The bytes of a linear memory as they are now. Valid until guest code runs, or the memory grows.
struct MemoryView {
  std::byte* data = nullptr;
  std::size_t size = 0;
};

/// A host function. `values` holds the arguments and takes the results (same slots). Returns true when all went
/// well. Returns false to trap the guest: the reason stays with the callback's owner, and the call that entered the
/// guest reports `CallFailure::Cause::host`. Must not throw.
using HostCallback = bool (*)(void* environment, RawValue* values) noexcept;

/// Why a call into the guest did not return.
struct CallFailure {
  enum class Cause : std::uint8_t {
    host,         ///< a HostCallback returned false
    trap,         ///< the guest trapped (unreachable, out of bounds, …)
    exception,    ///< the guest threw and did not catch; the pending exception was taken off the store
    stack,        ///< the guest's stack is used up
    fuel,         ///< the fuel is used up
    interrupted,  ///< a deadline passed or the store was interrupted
    engine,       ///< the engine refused (message says why)
  };
  Cause cause = Cause::engine;
  std::string message;        ///< the engine's words, one line
  std::vector<Frame> frames;  ///< innermost first
};

/// Ceilings that the engine itself enforces: on each memory and table by itself, on the numbers of things in the store
/// together. Growth past one is refused to the guest (memory.grow gives -1), creation past one fails to instantiate.
struct EngineLimits {
  std::optional<std::uint64_t> memory_bytes = std::nullopt;  ///< of each linear memory, those made by the host included
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

  /// `environment` must live as long as the store: the engine keeps functions until then.
  Function make_function(const FunctionType& type, HostCallback callback, void* environment);

  /// `imports` in the order of the module's imports; kinds and types are checked by the engine.
  /// Runs the module's start function.
  std::expected<Instance, CallFailure> instantiate(const Module& module, std::span<const Extern> imports);

  /// nullopt when there is no such export.
  std::optional<Extern> get_export(const Instance& instance, std::string_view name);
  /// The export at `index`, in the order of the module's exports; nullopt past the last.
  std::optional<NamedExtern> get_export(const Instance& instance, std::size_t index);

  /// `values` has max(parameters, results) slots: the arguments, and afterwards the results. Unchecked: the number
  /// and types must fit the function's type, which the caller knows from validation. Does not allocate when the call
  /// succeeds. May be called from a host callback of this store; a failure of such an inner call is reported here, and
  /// reaches the outer guest only when that callback returns false.
  std::expected<void, CallFailure> call(const Function& function, std::span<RawValue> values);

  MemoryView view(const Memory& memory) const noexcept;

  /// A memory of 64 KiB pages, addressed by 32 bits. Errors: limit when the store's limits or the machine refuse.
  HostResult<Memory> make_memory(std::uint32_t minimum_pages, std::optional<std::uint32_t> maximum_pages);
  /// Returns the size before, in pages of the memory's type. Errors: limit when the memory's maximum, the store's
  /// limits or the machine refuse.
  HostResult<std::uint64_t> grow(const Memory& memory, std::uint64_t pages);

  /// Only number types can be made and read. `read` and `write` copy the value's bits; reading a global of another
  /// type gives nullopt. Errors: misuse when a global is immutable or has another type.
  HostResult<Global> make_global(ValueType type, bool is_mutable, RawValue value);
  std::optional<RawValue> read(const Global& global);
  HostResult<void> write(const Global& global, ValueType type, RawValue value);

  /// A table of functions, at first all null. Errors: limit when the store's limits or the machine refuse.
  HostResult<Table> make_function_table(std::uint32_t minimum, std::optional<std::uint32_t> maximum);
  /// In elements.
  std::uint64_t size(const Table& table) const noexcept;
  /// nullopt when `index` is out of bounds, the element is null, or the table does not hold functions.
  std::optional<Function> get_element(const Table& table, std::uint64_t index);
  /// Errors: misuse when `index` is out of bounds or the table does not hold functions.
  HostResult<void> set_element(const Table& table, std::uint64_t index, const Function& function);

  /// What guest code of this store may still consume, about one unit an instruction; a new store has practically no
  /// limit. Errors: misuse when the engine has no fuel (EngineSettings::fuel).
  HostResult<void> set_fuel(std::uint64_t fuel);
  HostResult<std::uint64_t> fuel() const;

  /// Guest code is interrupted when that many ticks of the engine have passed from now (at the latest one tick later),
  /// and whenever it runs after that, until another deadline is set or it is cleared. 0: at once.
  /// Errors: misuse when the engine has no deadlines.
  HostResult<void> set_deadline(std::uint64_t ticks);
  void clear_deadline() noexcept;
  /// For host functions that take long: whether guest code would be stopped if it ran now.
  /// Errors: limit (interrupted, or past the deadline).
  HostResult<void> check_interruption() const;

  /// Interrupts guest code of this store, now or when it next runs; any thread, also after the store is gone.
  /// The interruption stays in force until `clear_interrupt`. Without effect when the engine has no deadlines.
  class InterruptHandle {
   public:
    /// Returns when the guest has noticed; waits for some milliseconds at most (a guest inside of a long host function
    /// notices later).
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
