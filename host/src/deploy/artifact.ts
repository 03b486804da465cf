import { createHash } from 'node:crypto';
import { lockedApp, type Json } from './locked-app.ts';
import type { SpinReady } from './write.ts';

/** Content with its address: what registries store. */
export interface Blob {
  /** What it is, for people: a file, or `configuration`. */
  readonly name: string;
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** An image as registries know it: a manifest that names a configuration and layers. */
export interface Artifact {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const WASM_LAYER = 'application/vnd.wasm.content.layer.v1+wasm';
const APP_LAYER = 'application/vnd.fermyon.spin.application.v1+config';

/**
 * The artifact that `spin up`, `spin registry pull` and the containerd shim take: a layer for each component, the
 * locked app as the last one. The same input gives the same digest: there is no time in it.
 *
 * Source: Spin 3.6.3, crates/oci/src/client.rs; OCI image specification 1.1.
 */
export function spinArtifact({ app, units }: SpinReady): Artifact {
  const wasm = new Map([...units].map(([id, bytes]) => [id, blobOf(`${id}.wasm`, WASM_LAYER, bytes)]));
  const digests = new Map([...wasm].map(([id, { digest }]) => [id, digest]));
  const locked = jsonBlob('locked app', APP_LAYER, lockedApp(app, digests));
  // Units of the same bytes are one layer.
  const layers = [...new Map([...wasm.values(), locked].map((layer) => [layer.digest, layer])).values()];
  const config = jsonBlob('configuration', CONFIG, {
    architecture: 'wasm',
    os: 'wasip1',
    config: { Labels: { 'com.fermyon.spin.lockedAppDigest': locked.digest } },
    // None of the layers is part of a file system. containerd counts only such that are (since 1.6.25 and 1.7.7; before,
    // it takes no layer of Wasm at all), and refuses an image with more or fewer ids. Source: its image.go, getLayers.
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const manifest = jsonBlob('manifest', MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor(config),
    layers: layers.map(descriptor),
    annotations: {
      'org.opencontainers.image.title': app.name,
      'org.opencontainers.image.version': app.version,
      ...(app.description !== undefined && { 'org.opencontainers.image.description': app.description }),
    },
  });
  return { manifest, config, layers };
}

function descriptor({ mediaType, digest, bytes }: Blob): Json {
  return { mediaType, digest, size: bytes.length };
}

function jsonBlob(name: string, mediaType: string, json: Json): Blob {
  return blobOf(name, mediaType, Buffer.from(JSON.stringify(json)));
}

function blobOf(name: string, mediaType: string, bytes: Uint8Array): Blob {
  return { name, mediaType, digest: digestOf(bytes), bytes };
}

/** `sha256:` and the digest in hex. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
