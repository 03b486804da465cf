//! Times fresh instances of several components side by side.
//!
//! `tenon-wasmtime-host ROUNDS EVENTS (NAME FILE URI ANSWER)…` prints, for each component and phase, a line of
//! `name phase minimum median samples` in ns, separated by tabs, and one of `name memory bytes`. In each round every
//! component has its turn of so many events, so that whatever else the machine does falls on all alike.
//! `tenon-wasmtime-host precompile FILE…` comes before it.

mod http;
mod spin;
mod unit;

use std::time::Duration;
use unit::{Event, Unit};
use wasmtime::Result;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).peekable();
    if args.next_if_eq("precompile").is_some() {
        let engine = spin::engine()?;
        return args.try_for_each(|file| unit::precompile(&engine, &file));
    }
    let mut number = || args.next().and_then(|text| text.parse::<usize>().ok());
    let (rounds, events) = number().zip(number()).expect("ROUNDS and EVENTS");
    let rest: Vec<String> = args.collect();
    let engine = spin::engine()?;
    let units = rest
        .chunks_exact(4)
        .map(|unit| Unit::load(&engine, unit.to_vec().try_into().expect("four")))
        .collect::<Result<Vec<_>>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for (unit, events) in units
        .iter()
        .zip(runtime.block_on(measure(&units, rounds, events))?)
    {
        print(&unit.name, "instantiate", &events, |event| {
            event.instantiate
        });
        print(&unit.name, "call", &events, |event| event.call);
        print(&unit.name, "drop", &events, |event| event.drop);
        print(&unit.name, "all", &events, |event| {
            event.instantiate + event.call + event.drop
        });
        let memory = events.iter().map(|event| event.memory).max().unwrap_or(0);
        println!("{}\tmemory\t{memory}", unit.name);
    }
    Ok(())
}

async fn measure(units: &[Unit], rounds: usize, events: usize) -> Result<Vec<Vec<Event>>> {
    let mut taken: Vec<Vec<Event>> = units.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for at in 0..units.len() {
            // Each round begins with another, so that none always follows the same.
            let at = (at + round) % units.len();
            // The first of a turn finds the caches full of what the others left there.
            units[at].event().await?;
            for _ in 0..events {
                let event = units[at].event().await?;
                // The first round warms up.
                if round > 0 {
                    taken[at].push(event);
                }
            }
        }
    }
    Ok(taken)
}

fn print(name: &str, phase: &str, events: &[Event], of: impl Fn(&Event) -> Duration) {
    let mut times: Vec<u128> = events.iter().map(|event| of(event).as_nanos()).collect();
    times.sort_unstable();
    let (minimum, median) = (times.first(), times.get(times.len() / 2));
    if let (Some(minimum), Some(median)) = (minimum, median) {
        println!("{name}\t{phase}\t{minimum}\t{median}\t{}", times.len());
    }
}
