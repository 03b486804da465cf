import { digestOf } from './artifact.ts';
import { shortReference, type Reference } from './reference.ts';
import { spinToml } from './spin-toml.ts';
import { tarOf, type TarEntry } from './tar.ts';
import type { SpinReady } from './write.ts';

export type ImageArchitecture = 'amd64' | 'arm64';

/** What an image is made of, and called. */
export interface ImageContent {
  readonly ready: SpinReady;
  readonly reference: Reference;
}

/**
 * A docker-archive of images with nothing but /spin.toml and the units, as `k3d image import`,
 * `ctr images import`, `docker load` and skopeo take it. The containerd shim compiles their components at every
 * start of a pod; an artifact is compiled once per node.
 *
 * An image says that it is for Linux on the node's processor, since importers pass over what is for others; its
 * content is the same for all. The same input gives the same bytes.
 *
 * Source: containers/image, docker/archive; OCI image specification 1.1, "Image configuration".
 */
export function imageArchive(contents: readonly ImageContent[], architecture: ImageArchitecture): Uint8Array {
  const images = contents.map((content) => imageOf(content, architecture));
  return tarOf([
    ...images.flatMap(({ files }) => files),
    { name: 'manifest.json', bytes: jsonBytes(images.map(({ entry }) => entry)) },
  ]);
}

/** An image's files, and its entry in the archive's manifest. */
function imageOf(
  { ready: { app, units }, reference }: ImageContent,
  architecture: ImageArchitecture,
): { readonly files: readonly TarEntry[]; readonly entry: object } {
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
  return {
    files: [
      { name: configName, bytes: config },
      { name: layerName, bytes: layer },
    ],
    entry: { Config: configName, RepoTags: [shortReference(reference)], Layers: [layerName] },
  };
}

function hex(bytes: Uint8Array): string {
  return digestOf(bytes).slice('sha256:'.length);
}

function jsonBytes(json: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(json));
}
