//! Wasmtime as Spin 3.6.3 sets it (`crates/core` there): the pool's limits, what it keeps resident, epochs, limits.

use async_trait::async_trait;
use std::time::Duration;
use wasmtime::component::ResourceTable;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, ResourceLimiterAsync,
    Result, Store,
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

const MIB: usize = 1 << 20;
const INSTANCES: u32 = 1_000;
const EPOCH: Duration = Duration::from_millis(10);

pub fn engine() -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(INSTANCES)
        .total_memories(INSTANCES)
        .total_tables(2 * INSTANCES)
        .total_stacks(INSTANCES)
        .total_core_instances(4 * INSTANCES)
        .table_elements(100_000)
        .max_component_instance_size(10 * MIB)
        .max_core_instance_size(10 * MIB)
        .max_core_instances_per_component(200)
        .max_tables_per_component(64)
        .max_memories_per_component(32)
        .max_tables_per_module(2)
        .max_memories_per_module(2)
        .max_memory_size(4 << 30)
        .linear_memory_keep_resident(2 * MIB)
        .table_keep_resident(MIB / 2);
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .wasm_component_model(true)
        .wasm_component_model_async(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config)?;
    let ticking = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = ticking.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH);
        }
    });
    Ok(engine)
}

/// What a store holds for one event.
pub struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    limits: Limits,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl State {
    /// Bytes of linear memory that the event's instances have.
    pub fn memory(&self) -> u64 {
        self.limits.memory
    }
}

#[derive(Default)]
struct Limits {
    memory: u64,
}

#[async_trait]
impl ResourceLimiterAsync for Limits {
    async fn memory_growing(&mut self, now: usize, then: usize, _: Option<usize>) -> Result<bool> {
        self.memory += (then - now) as u64;
        Ok(true)
    }

    async fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }
}

pub fn store(engine: &Engine) -> Store<State> {
    let state = State {
        wasi: WasiCtx::builder().build(),
        table: ResourceTable::new(),
        limits: Limits::default(),
    };
    let mut store = Store::new(engine, state);
    store.limiter_async(|state| &mut state.limits);
    store.set_epoch_deadline(u64::MAX / 2);
    store
}
