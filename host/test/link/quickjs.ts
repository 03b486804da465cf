import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { componentize } from 'componentize-qjs';
import { openCache } from '../../src/build/cache.ts';
import { quickJsEngine } from '../../src/build/quickjs/engine.ts';
import { initialize } from '../../src/build/quickjs/initialize.ts';
import { skeletonOf } from '../../src/build/quickjs/skeleton.ts';

const CACHE = join(tmpdir(), 'tenon-test-components');

/** A service built by componentize-qjs; kept in the system's temporary folder by what goes into it. */
export async function quickjs(wit: string, world: string, source: string): Promise<Uint8Array> {
  const digest = createHash('sha256')
    .update(JSON.stringify([wit, world, source, 1]))
    .digest('hex')
    .slice(0, 32);
  const cached = join(CACHE, `${digest}.wasm`);
  if (existsSync(cached)) return readFileSync(cached);
  mkdirSync(CACHE, { recursive: true });
  const witPath = join(CACHE, `${digest}-${process.pid}.wit`);
  writeFileSync(witPath, wit);
  const { component } = await componentize({ witPath, world, jsSource: source, sync: true });
  rmSync(witPath);
  const unfinished = `${cached}.${process.pid}`;
  writeFileSync(unfinished, component);
  renameSync(unfinished, cached);
  return component;
}

/** The same service as Tenon builds it: bound to its world by componentize-qjs, its engine's snapshot taken here. */
export async function ownQuickjs(wit: string, world: string, source: string): Promise<Uint8Array> {
  const skeleton = await skeletonOf({ source: wit, world }, openCache(CACHE));
  return initialize({ skeleton, engine: quickJsEngine(), source, name: 'service', now: 0 });
}

/** Stands for every resource class of the host: none is made, but glue asks for them when it starts. */
class HostResource {
  readonly [Symbol.toStringTag] = 'HostResource';
}

type Exports = Readonly<Record<string, Readonly<Record<string, (...args: unknown[]) => unknown>>>>;

/** Runs a component on Node through jco's own glue; host functions by interface, all others throw when called. */
export async function instantiate(
  component: Uint8Array,
  host: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Promise<Exports> {
  const { files } = await transpileBytes(component, {
    name: 'unit',
    instantiation: 'async',
    multiMemory: true,
  });
  const file = (name: string): Uint8Array => {
    const found = (files as Readonly<Record<string, Uint8Array>>)[name];
    if (!found) throw new Error(`no file ${name}`);
    return found;
  };
  const glue = `data:text/javascript;base64,${Buffer.from(file('unit.js')).toString('base64')}`;
  const module = (await import(/* @vite-ignore */ glue)) as {
    instantiate(core: (name: string) => Promise<WebAssembly.Module>, imports: unknown): Promise<Exports>;
  };
  const imports = new Proxy({}, { get: (_, name) => hostInterface(String(name), host[String(name)] ?? {}) });
  return module.instantiate((name) => WebAssembly.compile(Uint8Array.from(file(name))), imports);
}

function hostInterface(name: string, given: Readonly<Record<string, unknown>>): unknown {
  return new Proxy(given, {
    get: (own, key) => {
      const member = String(key);
      if (member in own) return own[member];
      if (/^[A-Z]/.test(member)) return HostResource;
      return () => {
        throw new Error(`the unit called ${name} ${member}`);
      };
    },
  });
}
