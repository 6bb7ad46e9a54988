// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Benchmarks the cases of bench/component_calls in the crate `wasmtime`, through its typed API.
// peer_wasmtime --who=NAME --components=DIR --work=DIR --concurrency=on|off [FILE…]
use harness::Harness;
use std::path::Path;
use wasmtime::component::{Component, Linker, Resource, ResourceAny, ResourceTable, ResourceType};
use wasmtime::{Config, Engine, Result, Store, StoreContextMut};

const BATCH: u32 = 10_000;

const GUEST_LOOPS: [(&str, &str); 5] = [
    ("resource.rep", "resource_rep.wat"),
    ("new + drop", "new_drop.wat"),
    ("own ping-pong", "own_ping_pong.wat"),
    ("borrow to the implementer", "borrow_call.wat"),
    ("guest to host method", "host_counter.wat"),
];

/// The resource that the host implements.
struct Counter(u32);

#[derive(Default)]
struct Host {
    table: ResourceTable,
}

fn link_counters(engine: &Engine) -> Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    let mut counters = linker.instance("bench:host/counters")?;
    counters.resource("counter", ResourceType::host::<Counter>(), |mut store: StoreContextMut<'_, Host>, rep| {
        store.data_mut().table.delete(Resource::<Counter>::new_own(rep))?;
        Ok(())
    })?;
    counters.func_wrap("[constructor]counter", |mut store: StoreContextMut<'_, Host>, (start,): (u32,)| {
        Ok((store.data_mut().table.push(Counter(start))?,))
    })?;
    counters.func_wrap(
        "[method]counter.add",
        |mut store: StoreContextMut<'_, Host>, (counter, amount): (Resource<Counter>, u32)| {
            let counter = store.data_mut().table.get_mut(&counter)?;
            counter.0 += amount;
            Ok((counter.0,))
        },
    )?;
    Ok(linker)
}

fn guest_loop(harness: &mut Harness, engine: &Engine, case: &str, file: &Path) -> Result<()> {
    let linker = link_counters(engine)?;
    let mut store = Store::new(engine, Host::default());
    let instance = linker.instantiate(&mut store, &Component::from_file(engine, file)?)?;
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run")?;
    harness.measure(case, u64::from(BATCH), |n| {
        for _ in 0..n / u64::from(BATCH) {
            std::hint::black_box(run.call(&mut store, (BATCH,)).expect("the guest runs"));
        }
    });
    Ok(())
}

fn guest_method(harness: &mut Harness, engine: &Engine, file: &Path) -> Result<()> {
    let component = Component::from_file(engine, file)?;
    let mut store = Store::new(engine, Host::default());
    let instance = Linker::new(engine).instantiate(&mut store, &component)?;
    let counters = component.get_export_index(None, "bench:guest/counters").expect("the guest exports it");
    let index = |name: &str| component.get_export_index(Some(&counters), name).expect("the guest exports it");
    let make = instance.get_typed_func::<(u32,), (ResourceAny,)>(&mut store, index("[constructor]counter"))?;
    let add = instance.get_typed_func::<(ResourceAny, u32), (u32,)>(&mut store, index("[method]counter.add"))?;
    let (counter,) = make.call(&mut store, (0,))?;
    harness.measure("host to guest method", 1, |n| {
        for _ in 0..n {
            std::hint::black_box(add.call(&mut store, (counter, 1)).expect("the guest runs"));
        }
    });
    counter.resource_drop(&mut store)
}

fn instantiate(harness: &mut Harness, engine: &Engine, file: &Path) -> Result<()> {
    let linked = Linker::<Host>::new(engine).instantiate_pre(&Component::from_file(engine, file)?)?;
    harness.measure("instantiate", 1, |n| {
        for _ in 0..n {
            let mut store = Store::new(engine, Host::default());
            std::hint::black_box(linked.instantiate(&mut store).expect("instantiation succeeds"));
        }
    });
    Ok(())
}

fn load(harness: &mut Harness, engine: &Engine, file: &Path) -> Result<()> {
    let name = file.file_stem().expect("a path of a file").to_string_lossy();
    let compiled = harness.work.join(format!("{name}.compiled"));
    if !compiled.exists() {
        std::fs::write(&compiled, Component::from_file(engine, file)?.serialize()?)?;
    }
    harness.measure(&format!("load from cache, {name}"), 1, |n| {
        for _ in 0..n {
            // Sound because this program wrote the file.
            std::hint::black_box(unsafe { Component::deserialize_file(engine, &compiled) }.expect("loading succeeds"));
        }
    });
    Ok(())
}

fn main() -> Result<()> {
    let mut harness = Harness::from_arguments();
    let mut config = Config::new();
    config.concurrency_support(harness.concurrency);
    let engine = Engine::new(&config)?;
    let components = harness.components.clone();

    for (case, file) in GUEST_LOOPS {
        guest_loop(&mut harness, &engine, case, &components.join(file))?;
    }
    let counter = components.join("guest_counter.wat");
    guest_method(&mut harness, &engine, &counter)?;
    instantiate(&mut harness, &engine, &counter)?;
    load(&mut harness, &engine, &counter)?;
    for file in harness.files.clone() {
        load(&mut harness, &engine, &file)?;
    }
    harness.finish();
    Ok(())
}
