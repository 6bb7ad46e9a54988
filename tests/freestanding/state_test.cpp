// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/resource/manager/state.hpp"

#include <string_view>

#include "check.hpp"
#include "holdfast/core/bounded_string.hpp"

namespace holdfast::resource {
namespace {

using enum ResourceState;

constexpr ResourceState all_states[] = {allocated, ready, active, locked, pending_cleanup, deallocated, dead};
constexpr OwnerId owner{1};
constexpr OwnerId other_owner{2};

// A machine in `state`.
StateMachine machine_in(ResourceState state) {
  StateMachine machine;
  bool succeeded = true;
  if (state != allocated && state != pending_cleanup) succeeded = machine.make_ready().has_value();
  if (state == active) succeeded = succeeded && machine.activate(owner);
  if (state == locked) succeeded = succeeded && machine.lock(owner);
  if (state == pending_cleanup || state == deallocated || state == dead)
    succeeded = succeeded && machine.begin_cleanup();
  if (state == deallocated) succeeded = succeeded && machine.finish_cleanup();
  if (state == dead) succeeded = succeeded && machine.give_up();
  EXPECT_TRUE(succeeded);
  EXPECT_EQ(machine.state(), state);
  return machine;
}

TEST(ResourceState, TheTransitionsMatchTheDocumentedList) {
  core::BoundedString<400> picture;
  for (const ResourceState from : all_states)
    for (const ResourceState to : all_states) {
      if (can_become(from, to)) {
        for (const std::string_view part :
             {name_of(from), std::string_view(" > "), name_of(to), std::string_view("\n")})
          EXPECT_TRUE(picture.append(part));
      }
      EXPECT_EQ(can_become(from, to, true),
                can_become(from, to) || ((from == active || from == locked) && to == pending_cleanup));
    }
  EXPECT_EQ(picture,
            "Allocated > Ready\n"
            "Allocated > PendingCleanup\n"
            "Ready > Active\n"
            "Ready > Locked\n"
            "Ready > PendingCleanup\n"
            "Active > Ready\n"
            "Locked > Ready\n"
            "PendingCleanup > PendingCleanup\n"
            "PendingCleanup > Deallocated\n"
            "PendingCleanup > Dead\n");
}

TEST(ResourceState, EveryOperationInEveryStateSucceedsOrNamesBothStates) {
  struct Operation {
    Result<void> (*run)(StateMachine&);
    ResourceState from;  // and `also`; from any other state it is refused
    ResourceState also;
    ResourceState to;
  };
  const Operation operations[] = {
      {[](StateMachine& m) { return m.make_ready(); }, allocated, allocated, ready},
      {[](StateMachine& m) { return m.activate(owner); }, ready, ready, active},
      {[](StateMachine& m) { return m.deactivate(owner); }, active, active, ready},
      {[](StateMachine& m) { return m.lock(owner); }, ready, ready, locked},
      {[](StateMachine& m) { return m.unlock(owner); }, locked, locked, ready},
      {[](StateMachine& m) { return m.begin_cleanup(); }, allocated, ready, pending_cleanup},
      {[](StateMachine& m) { return m.finish_cleanup(); }, pending_cleanup, pending_cleanup, deallocated},
      {[](StateMachine& m) { return m.retry_cleanup(); }, pending_cleanup, pending_cleanup, pending_cleanup},
      {[](StateMachine& m) { return m.give_up(); }, pending_cleanup, pending_cleanup, dead},
  };
  for (const Operation& operation : operations)
    for (const ResourceState state : all_states) {
      StateMachine machine = machine_in(state);
      const OwnerId owner_before = machine.owner();
      const auto result = operation.run(machine);
      if (state == operation.from || state == operation.also) {
        EXPECT_TRUE(result);
        EXPECT_EQ(machine.state(), operation.to);
        continue;
      }
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error(), make_error(ErrorCode::wrong_state, state_pair(state, operation.to)));
      EXPECT_EQ(machine.state(), state) << "nothing changed";
      EXPECT_EQ(machine.owner(), owner_before);
      char buffer[160];
      const std::string_view text = render(result.error(), buffer, sizeof buffer);
      EXPECT_TRUE(text.contains(name_of(state)) && text.contains(name_of(operation.to)));
    }
}

TEST(ResourceState, ForcedCleanUpAcceptsActiveAndLocked) {
  for (const ResourceState state : {allocated, ready, active, locked}) {
    StateMachine machine = machine_in(state);
    ASSERT_TRUE(machine.force_cleanup());
    EXPECT_EQ(machine.state(), pending_cleanup);
    EXPECT_FALSE(machine.owner().is_valid()) << "it has no owner any more";
  }
  for (const ResourceState state : {pending_cleanup, deallocated, dead})
    EXPECT_EQ(machine_in(state).force_cleanup().error(),
              make_error(ErrorCode::wrong_state, state_pair(state, pending_cleanup)));
}

TEST(ResourceState, OnlyTheHolderReleasesIt) {
  StateMachine machine = machine_in(active);
  EXPECT_EQ(machine.owner(), owner);
  EXPECT_EQ(machine.deactivate(other_owner).error(), make_error(ErrorCode::held_by_another, 1));
  EXPECT_EQ(machine.state(), active);
  ASSERT_TRUE(machine.deactivate(owner));
  EXPECT_FALSE(machine.owner().is_valid());
  ASSERT_TRUE(machine.lock(other_owner));
  EXPECT_EQ(machine.unlock(owner).error(), make_error(ErrorCode::held_by_another, 2));
  EXPECT_TRUE(machine.unlock(other_owner));
}

TEST(ResourceState, ACleanUpMayFailUntilItSucceeds) {
  StateMachine machine = machine_in(pending_cleanup);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(machine.retry_cleanup());
  EXPECT_TRUE(machine.finish_cleanup());
}

}  // namespace
}  // namespace holdfast::resource
