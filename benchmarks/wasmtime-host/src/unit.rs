//! One component, and events on instances of it.

use crate::http::{Method, Request, Response};
use crate::spin::{self, State};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Engine, Result};

/// Compiles a component into a file beside it, unless that is there and newer, as a node does once for Spin.
pub fn precompile(engine: &Engine, file: &str) -> Result<()> {
    let written = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    let compiled = compiled(file);
    if written(&compiled).is_some_and(|then| Some(then) >= written(Path::new(file))) {
        return Ok(());
    }
    fs::write(compiled, Component::from_file(engine, file)?.serialize()?)?;
    Ok(())
}

fn compiled(file: &str) -> PathBuf {
    Path::new(file).with_extension("cwasm")
}

pub struct Unit {
    pub name: String,
    engine: Engine,
    pre: InstancePre<State>,
    request: Request,
    answer: String,
}

/// What one event took, and the linear memory that its instances had at its end.
pub struct Event {
    pub instantiate: Duration,
    pub call: Duration,
    pub drop: Duration,
    pub memory: u64,
}

impl Unit {
    pub fn load(engine: &Engine, [name, file, uri, answer]: [String; 4]) -> Result<Unit> {
        // SAFETY: the files are those that `precompile` wrote.
        let component = unsafe { Component::deserialize_file(engine, compiled(&file))? };
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        // Nothing that is measured calls a store or another host: what Spin would answer them is not there.
        linker.define_unknown_imports_as_traps(&component)?;
        let request = Request {
            method: Method::Get,
            uri,
            headers: vec![("host".into(), "localhost".into())],
            params: vec![],
            body: Some(vec![]),
        };
        Ok(Unit {
            name,
            engine: engine.clone(),
            pre: linker.instantiate_pre(&component)?,
            request,
            answer,
        })
    }

    /// An event as Spin runs it: a store and an instance of its own, one call, and both dropped. The answer is checked.
    pub async fn event(&self) -> Result<Event> {
        let mut store = spin::store(&self.engine);
        let request = self.request.clone();
        let began = Instant::now();
        let instance = self.pre.instantiate_async(&mut store).await?;
        let made = Instant::now();
        let interface = instance.get_export_index(&mut store, None, "fermyon:spin/inbound-http");
        let handler = interface
            .and_then(|at| instance.get_export_index(&mut store, Some(&at), "handle-request"))
            .expect("a handler");
        let handler = instance.get_typed_func::<(Request,), (Response,)>(&mut store, handler)?;
        let (response,) = handler.call_async(&mut store, (request,)).await?;
        let called = Instant::now();
        let memory = store.data().memory();
        let dropping = Instant::now();
        drop(store);
        let dropped = Instant::now();
        let body = response.body.unwrap_or_default();
        let body = String::from_utf8_lossy(&body);
        if response.status != 200 || body != self.answer {
            wasmtime::bail!("{} answered {}: {body}", self.name, response.status);
        }
        Ok(Event {
            instantiate: made - began,
            call: called - made,
            drop: dropped - dropping,
            memory,
        })
    }
}
