import { digestOf } from './artifact.ts';
import { referenceText, type Reference } from './reference.ts';
import { spinToml } from './spin-toml.ts';
import { tarOf } from './tar.ts';
import type { SpinReady } from './write.ts';

export type ImageArchitecture = 'amd64' | 'arm64';

/**
 * A docker-archive with an image of nothing but /spin.toml and the units, as `k3d image import`,
 * `ctr images import`, `docker load` and skopeo take it. The containerd shim compiles its components at every
 * start of a pod; an artifact is compiled once per node.
 *
 * The image says that it is for Linux on the node's processor, since importers pass over what is for others; its
 * content is the same for all. The same input gives the same bytes.
 *
 * Source: containers/image, docker/archive; OCI image specification 1.1, "Image configuration".
 */
export function imageArchive(
  { app, units }: SpinReady,
  reference: Reference,
  architecture: ImageArchitecture,
): Uint8Array {
  const layer = tarOf([
    { name: 'spin.toml', bytes: Buffer.from(spinToml(app)) },
    ...app.components.map(({ id, source }) => ({ name: source, bytes: units.get(id)! })),
  ]);
  const layerName = `${hex(layer)}.tar`;
  const config = jsonBytes({
    architecture,
    os: 'linux',
    // Containers must have a command; the shim looks for no more than that there is one.
    config: { Cmd: ['/'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  });
  const configName = `${hex(config)}.json`;
  const name = referenceText(reference).replace(/^docker\.io\/(library\/)?/, '');
  return tarOf([
    { name: configName, bytes: config },
    { name: layerName, bytes: layer },
    {
      name: 'manifest.json',
      bytes: jsonBytes([{ Config: configName, RepoTags: [name], Layers: [layerName] }]),
    },
  ]);
}

function hex(bytes: Uint8Array): string {
  return digestOf(bytes).slice('sha256:'.length);
}

function jsonBytes(json: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(json));
}
