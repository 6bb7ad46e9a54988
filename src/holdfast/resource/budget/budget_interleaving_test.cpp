// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs threads that take from a tree of budgets, and from leases, in every order of their steps, and checks that this
// finds bugs that are planted in the accounts and in the gate.
#include <array>
#include <atomic>
#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <utility>

#include "holdfast/core/testing/interleaving_test_scheduler.hpp"
#include "holdfast/resource/budget/account.hpp"
#include "holdfast/resource/budget/lease.hpp"
#include "holdfast/resource/testing/interleaving_models.hpp"

namespace holdfast::resource {
namespace {

using core::testing::Exploration;
using core::testing::explore;
using core::testing::ModelAtomic;
using core::testing::Program;
using core::testing::require;
using core::testing::TornAtomic;
using core::testing::TornCountdown;
using testing::expect_all_orders_hold;
using testing::Interleavings;
using testing::InterleavingsOfABug;

template <template <class> class Atomic>
struct Node {
  explicit Node(Node* above, Amount limit) : up(above) { accounts[0].limit.store(limit); }
  Node* parent() noexcept { return up; }
  BasicAccount<Atomic>& account(Dimension) noexcept { return accounts[0]; }
  Node* up;
  std::array<BasicAccount<Atomic>, 1> accounts;
};

template <template <class> class Atomic>
Exploration takers_in_a_tree() {
  return explore(2, [] {
    struct Tree {
      Node<Atomic> root{nullptr, 3};
      Node<Atomic> left{&root, 2};
      Node<Atomic> right{&root, 2};
      std::array<Amount, 2> held{};
    };
    auto tree = std::make_shared<Tree>();
    const auto use = [tree](Node<Atomic>& node, std::size_t thread) {
      for (const Amount amount : {2u, 1u}) {
        if (take_in_tree(node, Dimension::handles, amount, Stretch::no) != nullptr) continue;
        tree->held[thread] += amount;
        require(tree->held[0] + tree->held[1] <= 3, "more is held than the root allows");
        core::testing::step();
        if (amount == 2) {
          tree->held[thread] -= amount;
          give_back_in_tree(node, Dimension::handles, amount);
        }
      }
    };
    return Program{.threads = {[=] { use(tree->left, 0); }, [=] { use(tree->right, 1); }}, .at_end = [=] {
                     require(tree->root.accounts[0].used.load() == tree->held[0] + tree->held[1],
                             "the root does not add up");
                     require(tree->left.accounts[0].used.load() == tree->held[0], "the left node does not add up");
                     require(tree->right.accounts[0].used.load() == tree->held[1], "the right node does not add up");
                     require(tree->root.accounts[0].peak.load() <= 3, "the peak exceeds the limit");
                   }};
  });
}
TEST_F(Interleavings, ATreeOfBudgetsNeverExceedsALimitAndAddsUp) {
  expect_all_orders_hold(takers_in_a_tree<ModelAtomic>(), 1000);
}
TEST_F(InterleavingsOfABug, AnAccountThatIsChangedInTwoStepsIsFound) {
  EXPECT_NE(takers_in_a_tree<TornAtomic>().failure, "");
  EXPECT_NE(takers_in_a_tree<TornCountdown>().failure, "");
}

// One thread spends a lease while another recalls what is idle. The gate between them is the real one; the arithmetic
// mirrors that of Lease.
template <template <class> class Atomic>
Exploration lease_and_recall() {
  return explore(3, [] {
    struct Leased {
      Node<Atomic> root{nullptr, 4};
      BasicGate<Atomic> gate;
      Amount left = 0;
      Amount spent = 0;
      Amount elsewhere = 0;
    };
    auto leased = std::make_shared<Leased>();
    const auto spend = [leased] {
      if (!leased->gate.try_enter()) return;
      if (leased->left == 0 && take_in_tree(leased->root, Dimension::handles, 3, Stretch::no) == nullptr)
        leased->left = 3;
      const Amount before = leased->left;
      core::testing::step();
      if (before != 0) {
        leased->left = before - 1;
        ++leased->spent;
      }
      leased->gate.leave();
    };
    const auto recall = [leased] {
      for (int i = 0; i < 2; ++i) {
        if (take_in_tree(leased->root, Dimension::handles, 2, Stretch::no) == nullptr) {
          leased->elsewhere += 2;
          return;
        }
        if (!leased->gate.try_enter()) continue;
        const Amount idle = std::exchange(leased->left, 0);
        core::testing::step();
        if (idle != 0) give_back_in_tree(leased->root, Dimension::handles, idle);
        leased->gate.leave();
      }
    };
    return Program{.threads = {[=] {
                                 spend();
                                 spend();
                               },
                               recall},
                   .at_end = [=] {
                     const Amount used = leased->root.accounts[0].used.load();
                     require(used == leased->left + leased->spent + leased->elsewhere, "the lease does not add up");
                     require(used <= 4, "usage exceeds the limit");
                   }};
  });
}
TEST_F(Interleavings, ALeaseAndARecallAddUp) { expect_all_orders_hold(lease_and_recall<ModelAtomic>(), 30); }

template <class U>
class TornExchange : public ModelAtomic<U> {
 public:
  using ModelAtomic<U>::ModelAtomic;
  U exchange(U value, std::memory_order = std::memory_order_seq_cst) noexcept {
    const U seen = this->load();
    this->store(value);
    return seen;
  }
};
TEST_F(InterleavingsOfABug, AGateThatIsEnteredInTwoStepsIsFound) {
  EXPECT_NE(lease_and_recall<TornExchange>().failure, "");
}

}  // namespace
}  // namespace holdfast::resource
