//! Times fresh instances of several components side by side.
//!
//! `tenon-wasmtime-host ROUNDS EVENTS (NAME FILE URI ANSWER)…` prints, for each component and phase, a line of
//! `name phase minimum median samples` in ns, separated by tabs, and one of `name memory bytes`. In each round every
//! component has its turn of so many events, so that whatever else the machine does falls on all alike. The phase
//! `zeros` is none of an event: so long it takes to write as many bytes as the component's memories have.
//! `tenon-wasmtime-host precompile FILE…` comes before it.

mod http;
mod spin;
mod unit;

use std::hint::black_box;
use std::time::{Duration, Instant};
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
        let of = |phase: fn(&Event) -> Duration| events.iter().map(phase).collect::<Vec<_>>();
        print(&unit.name, "instantiate", of(|event| event.instantiate));
        print(&unit.name, "call", of(|event| event.call));
        print(&unit.name, "drop", of(|event| event.drop));
        print(
            &unit.name,
            "all",
            of(|event| event.instantiate + event.call + event.drop),
        );
        let memory = events.iter().map(|event| event.memory).max().unwrap_or(0);
        print(&unit.name, "zeros", zeros(memory as usize, events.len()));
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

/// How long writing zeros over so many bytes takes, which were written just before: the least that making memories as
/// new can take where every byte is written.
fn zeros(bytes: usize, times: usize) -> Vec<Duration> {
    let mut memory = vec![1_u8; bytes];
    let mut once = || {
        let began = Instant::now();
        black_box(&mut memory).fill(0);
        began.elapsed()
    };
    (0..times).map(|_| once()).collect()
}

fn print(name: &str, phase: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (minimum, median) = (times.first(), times.get(times.len() / 2));
    if let (Some(minimum), Some(median)) = (minimum, median) {
        let (minimum, median) = (minimum.as_nanos(), median.as_nanos());
        println!("{name}\t{phase}\t{minimum}\t{median}\t{}", times.len());
    }
}
