import { problem } from '../diagnostics/error.ts';

/** Where an image is in which registry. */
export interface Reference {
  /** Host with its port, as written: `localhost:5000`, `ghcr.io`; Docker Hub is `docker.io`. */
  readonly registry: string;
  /** `library/orders`, `team/orders` */
  readonly repository: string;
  readonly tag: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Reads `registry/repository:tag` as docker does: without a registry Docker Hub is meant. `version` is the tag
 * where none is given.
 *
 * Source: OCI distribution specification 1.1, "Pulling manifests"; distribution/reference.
 *
 * @throws TenonError `deploy/reference`
 */
export function parseReference(text: string, version: string): Reference {
  const slash = text.indexOf('/');
  const first = slash === -1 ? '' : text.slice(0, slash);
  const hasRegistry = first === 'localhost' || /[.:]|^\[/.test(first);
  const rest = hasRegistry ? text.slice(slash + 1) : text;
  const colon = rest.lastIndexOf(':');
  const named = colon === -1 ? rest : rest.slice(0, colon);
  const repository = hasRegistry || named.includes('/') ? named : `library/${named}`;
  // A version may have a part that tags may not: 1.0.0+build.
  const tag = colon === -1 ? version.replaceAll('+', '_') : rest.slice(colon + 1);
  const wrong = (what: string, found: string): Error =>
    problem('deploy/reference', `\`${text}\` names no place in a registry: ${what}`, {
      where: text,
      expected: '<registry>/<repository>:<tag>, such as localhost:5000/orders:0.1.0',
      found,
    });
  if (text.includes('@'))
    throw wrong('what is pushed has the digest that it has', text.slice(text.indexOf('@')));
  if (hasRegistry && !HOST.test(first)) throw wrong('the registry is no host', first);
  if (!REPOSITORY.test(repository)) throw wrong('the repository is not lower-case words', named || 'nothing');
  if (!TAG.test(tag)) throw wrong('the tag is not letters, digits, `.`, `-` and `_`', tag || 'nothing');
  return { registry: hasRegistry ? first : 'docker.io', repository, tag };
}

export function referenceText({ registry, repository, tag }: Reference): string {
  return `${registry}/${repository}:${tag}`;
}

/** Where a part of a split app is, beside what is named for the whole: `ghcr.io/team/orders-http:0.1.0`. */
export function partReference(reference: Reference, part: string | undefined): Reference {
  if (part === undefined) return reference;
  return { ...reference, repository: `${reference.repository}-${part}` };
}

/** A reference as people write it: nothing of Docker Hub but the name. */
export function shortReference(reference: Reference): string {
  return referenceText(reference).replace(/^docker\.io\/(library\/)?/, '');
}
