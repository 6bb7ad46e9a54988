// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks the cases of bench/resource_tables/tables.cpp with the crate `slotmap`.
// peer_slotmap --who=NAME
use harness::Harness;
use slotmap::{DefaultKey, Key, KeyData, SlotMap};
use std::hint::black_box;

struct Item {
    value: u64,
    next: u64,
}

fn item() -> Item {
    Item { value: 1, next: 0 }
}

fn random_order(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut random: u64 = 20;
    for i in (1..count).rev() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        order.swap(i, (random % (i as u64 + 1)) as usize);
    }
    order
}

/// A map with `count` items, and their keys in a random order; each item refers to the next one.
fn filled(count: usize) -> (SlotMap<DefaultKey, Item>, Vec<DefaultKey>) {
    let mut map = SlotMap::new();
    let in_order: Vec<DefaultKey> = (0..count).map(|_| map.insert(item())).collect();
    let keys: Vec<DefaultKey> = random_order(count).into_iter().map(|i| in_order[i]).collect();
    for i in 0..count {
        map[keys[i]].next = keys[(i + 1) % count].data().as_ffi();
    }
    (map, keys)
}

fn look_up_dependent(harness: &mut Harness, case: &str, count: usize) {
    let (map, keys) = filled(count);
    let mut key = keys[0];
    harness.measure(case, 1, |n| {
        for _ in 0..n {
            key = KeyData::from_ffi(map.get(key).expect("the key is valid").next).into();
        }
        black_box(key);
    });
}

fn look_up_independent(harness: &mut Harness, case: &str, count: usize) {
    let (map, keys) = filled(count);
    harness.measure(case, count as u64, |n| {
        for _ in 0..n / count as u64 {
            black_box(keys.iter().map(|key| map.get(*key).expect("the key is valid").value).sum::<u64>());
        }
    });
}

fn insert_and_erase(harness: &mut Harness, case: &str, count: usize) {
    let (mut map, mut keys) = filled(count);
    harness.measure(case, count as u64, |n| {
        for _ in 0..n / count as u64 {
            for key in &mut keys {
                map.remove(*key);
                *key = map.insert(item());
            }
        }
    });
}

fn iterate(harness: &mut Harness, case: &str, count: usize, holes: usize) {
    let (mut map, keys) = filled(count);
    let erased = count / 100 * holes;
    for key in &keys[..erased] {
        map.remove(*key);
    }
    let left = (count - erased) as u64;
    harness.measure(case, left, |n| {
        for _ in 0..n / left {
            black_box(map.values().map(|item| item.value).sum::<u64>());
        }
    });
}

fn fill(harness: &mut Harness, case: &str, count: usize) {
    harness.measure(case, count as u64, |n| {
        for _ in 0..n / count as u64 {
            let mut map: SlotMap<DefaultKey, Item> = SlotMap::new();
            for _ in 0..count {
                map.insert(item());
            }
            black_box(map);
        }
    });
}

fn main() {
    let mut harness = Harness::from_arguments();
    look_up_dependent(&mut harness, "look-up, 1,000 entries, dependent", 1_000);
    look_up_dependent(&mut harness, "look-up, 1,000,000 entries, dependent", 1_000_000);
    look_up_independent(&mut harness, "look-up, 1,000 entries, independent", 1_000);
    look_up_independent(&mut harness, "look-up, 1,000,000 entries, independent", 1_000_000);
    insert_and_erase(&mut harness, "insert + erase, 1,000 entries", 1_000);
    insert_and_erase(&mut harness, "insert + erase, 1,000,000 entries", 1_000_000);
    iterate(&mut harness, "iterate, no holes", 100_000, 0);
    iterate(&mut harness, "iterate, 50 % holes", 100_000, 50);
    fill(&mut harness, "fill with 1,000,000 entries", 1_000_000);
    harness.finish();
}
