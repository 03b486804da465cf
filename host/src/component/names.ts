/** An interface's id in parts: `wasi:io/streams@0.2.12`. */
export interface InterfaceId {
  /** `wasi:io/streams`: everything before the version. */
  readonly path: string;
  readonly namespace: string;
  readonly package: string;
  readonly interface: string;
  readonly version?: Version;
}

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `rc.1`; empty where there is none. */
  readonly prerelease: string;
  readonly text: string;
}

const LABEL = '[a-z][a-z0-9]*(?:-[a-z0-9]+)*|[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*';
const INTERFACE = new RegExp(`^((?:(?:${LABEL}):)+(?:${LABEL})(?:/(?:${LABEL}))+)(?:@(.+))?$`);
const SEMVER =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-.]+)?$/;

/** The parts of an interface's id, or undefined for a plain name (`init`, `handle-message`). */
export function parseInterfaceId(name: string): InterfaceId | undefined {
  const match = INTERFACE.exec(name);
  const path = match?.[1];
  if (path === undefined) return undefined;
  const slash = path.indexOf('/');
  const colon = path.indexOf(':');
  const version = match?.[2] === undefined ? undefined : parseVersion(match[2]);
  if (match?.[2] !== undefined && !version) return undefined;
  return {
    path,
    namespace: path.slice(0, colon),
    package: path.slice(colon + 1, slash),
    interface: path.slice(slash + 1),
    ...(version && { version }),
  };
}

export function parseVersion(text: string): Version | undefined {
  const match = SEMVER.exec(text);
  if (!match) return undefined;
  const [, major = '', minor = '', patch = '', prerelease = ''] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease, text };
}

/**
 * The semver track of a name, `wasi:io/streams@0.2` or `a:b/c@1`: names on one track stand for one another.
 * Undefined where only the exact name will do: no version, a prerelease, or 0.0.x.
 *
 * Source: wasmtime-environ, component/names.rs, `alternate_lookup_key`.
 */
export function semverTrack(name: string): string | undefined {
  const id = parseInterfaceId(name);
  if (!id?.version || id.version.prerelease !== '') return undefined;
  const { major, minor } = id.version;
  if (major > 0) return `${id.path}@${major}`;
  return minor > 0 ? `${id.path}@0.${minor}` : undefined;
}

/** The track, or the name itself where it has none: equal for names that stand for one another. */
export function trackOrName(name: string): string {
  return semverTrack(name) ?? name;
}

/**
 * The name among `candidates` that `wanted` stands for: itself, else those on its semver track. More than one
 * means that the choice is not clear; the caller reports it.
 */
export function matchName(wanted: string, candidates: Iterable<string>): string[] {
  const track = semverTrack(wanted);
  const alternates: string[] = [];
  for (const candidate of candidates) {
    if (candidate === wanted) return [candidate];
    if (track !== undefined && semverTrack(candidate) === track) alternates.push(candidate);
  }
  return alternates;
}

/** Orders versions by semver precedence; negative when `a` is lower. */
export function compareVersions(a: Version, b: Version): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (core !== 0) return core;
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === '') return 1;
  if (b.prerelease === '') return -1;
  return comparePrereleases(a.prerelease.split('.'), b.prerelease.split('.'));
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]];
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    if (left === right) continue;
    const [leftNumber, rightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftNumber && rightNumber) return Number(left) - Number(right);
    if (leftNumber !== rightNumber) return leftNumber ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** Orders names on one track: the higher version is the greater; names without version by text. */
export function compareNames(a: string, b: string): number {
  const left = parseInterfaceId(a)?.version;
  const right = parseInterfaceId(b)?.version;
  const byVersion = left && right ? compareVersions(left, right) : 0;
  if (byVersion !== 0) return byVersion;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
