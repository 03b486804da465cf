import { problem } from '../diagnostics/error.ts';
import type { Artifact, Blob } from './artifact.ts';
import type { Credentials } from './credentials.ts';
import { referenceText, type Reference } from './reference.ts';

export interface PushOptions {
  readonly credentials?: Credentials | undefined;
  /** Speaks HTTP without TLS; by itself only with registries on loopback. */
  readonly plainHttp?: boolean | undefined;
  /** How long the registry may take for one answer, in ms; a minute if absent. */
  readonly timeout?: number | undefined;
  readonly onProgress?: ((event: PushEvent) => void) | undefined;
}

export interface PushEvent {
  readonly step: 'pushed' | 'present';
  readonly blob: Blob;
}

/**
 * Pushes an artifact: what the registry lacks of its layers and configuration, then the manifest, with which the
 * tag appears. Where anything fails the tag stays as it was.
 *
 * Source: OCI distribution specification 1.1, "Push"; docker, "Token authentication".
 *
 * @throws TenonError `deploy/registry-unreachable`, `deploy/registry-auth`, `deploy/registry-refused`,
 * `deploy/wrong-digest`
 */
export async function pushArtifact(
  artifact: Artifact,
  reference: Reference,
  options: PushOptions = {},
): Promise<void> {
  const registry = new Registry(reference, options);
  for (const blob of [...artifact.layers, artifact.config]) {
    const present = await registry.has(blob);
    if (!present) await registry.upload(blob);
    options.onProgress?.({ step: present ? 'present' : 'pushed', blob });
  }
  await registry.tag(artifact.manifest);
}

/** Whether a registry is on this machine: then it has no certificate, as a rule. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}

interface Request {
  readonly method: 'HEAD' | 'POST' | 'PUT';
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

class Registry {
  readonly #reference: Reference;
  readonly #options: PushOptions;
  readonly #base: string;
  #authorization: string | undefined;

  constructor(reference: Reference, options: PushOptions) {
    this.#reference = reference;
    this.#options = options;
    const { registry, repository } = reference;
    const plain = options.plainHttp ?? isLoopback(registry);
    const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
    this.#base = `${plain ? 'http' : 'https'}://${host}/v2/${repository}`;
  }

  async has({ digest }: Blob): Promise<boolean> {
    const response = await this.#send({ method: 'HEAD', url: `${this.#base}/blobs/${digest}` });
    if (response.status !== 200 && response.status !== 404) throw await this.#refused('a layer', response);
    return response.status === 200;
  }

  async upload({ digest, bytes }: Blob): Promise<void> {
    const begun = await this.#send({ method: 'POST', url: `${this.#base}/blobs/uploads/` });
    const location = begun.headers.get('location');
    if (begun.status !== 202 || location === null) throw await this.#refused('an upload', begun);
    const url = new URL(location, `${this.#base}/blobs/uploads/`);
    url.searchParams.set('digest', digest);
    const ended = await this.#send({
      method: 'PUT',
      url,
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    if (ended.status === 400 && /DIGEST_INVALID/.test(await ended.clone().text()))
      throw this.#wrongDigest(digest, 'what arrived has another');
    if (ended.status !== 201) throw await this.#refused('a layer', ended);
    this.#expectDigest(digest, ended);
  }

  async tag({ mediaType, digest, bytes }: Blob): Promise<void> {
    const response = await this.#send({
      method: 'PUT',
      url: `${this.#base}/manifests/${this.#reference.tag}`,
      headers: { 'content-type': mediaType },
      body: bytes,
    });
    if (response.status !== 201) throw await this.#refused('the manifest', response);
    this.#expectDigest(digest, response);
  }

  #expectDigest(digest: string, response: Response): void {
    const stored = response.headers.get('docker-content-digest');
    if (stored !== null && stored !== digest) throw this.#wrongDigest(digest, stored);
  }

  /** Sends a request, once more after proving who we are where the registry asks. */
  async #send(request: Request): Promise<Response> {
    const first = await this.#fetch(request);
    if (first.status !== 401) return first;
    const challenge = first.headers.get('www-authenticate') ?? '';
    this.#authorization = await this.#authorize(challenge);
    const second = await this.#fetch(request);
    if (second.status === 401) throw this.#unauthorized('credentials that the registry does not accept');
    return second;
  }

  async #fetch({ method, url, headers, body }: Request): Promise<Response> {
    const all = {
      ...headers,
      // Proof for this registry is none of a storage's business that it sends us on to.
      ...(this.#authorization !== undefined &&
        new URL(url).host === new URL(this.#base).host && { authorization: this.#authorization }),
    };
    return this.#reach(url, { method, headers: all, ...(body && { body: Buffer.from(body) }) });
  }

  async #reach(url: string | URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(this.#options.timeout ?? 60_000) });
    } catch (error) {
      throw problem(
        'deploy/registry-unreachable',
        `the registry ${this.#reference.registry} cannot be reached`,
        {
          where: new URL(url).origin,
          expected: 'an answer',
          found: reasonOf(error),
          ...(isTls(error) && {
            next: 'Use --plain-http where the registry has no certificate; where it has one of its own, name its file in NODE_EXTRA_CA_CERTS.',
          }),
          cause: error,
        },
      );
    }
  }

  /** The header by which the registry will know us. */
  async #authorize(challenge: string): Promise<string> {
    const { credentials } = this.#options;
    const basic =
      credentials &&
      `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
    if (/^basic\b/i.test(challenge)) {
      if (basic === undefined) throw this.#unauthorized('no credentials for it');
      return basic;
    }
    const { realm, service, scope } = parametersOf(challenge);
    const url = realm === undefined ? null : URL.parse(realm);
    if (!url) throw this.#unauthorized(`a challenge that names no place to log in: ${challenge || 'none'}`);
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', scope ?? `repository:${this.#reference.repository}:pull,push`);
    const response = await this.#reach(url, { headers: basic === undefined ? {} : { authorization: basic } });
    const answer = response.ok ? ((await response.json()) as { token?: string; access_token?: string }) : {};
    const token = answer.token ?? answer.access_token;
    if (token === undefined)
      throw this.#unauthorized(
        basic === undefined ? 'no credentials for it' : `credentials that ${url.host} does not accept`,
      );
    return `Bearer ${token}`;
  }

  #unauthorized(found: string): Error {
    return problem('deploy/registry-auth', `the registry ${this.#reference.registry} does not let us push`, {
      where: referenceText(this.#reference),
      expected: 'credentials with the right to push',
      found,
      next: `Log in with \`docker login ${this.#reference.registry}\`, or put what it would write into config.json of DOCKER_CONFIG.`,
    });
  }

  #wrongDigest(digest: string, found: string): Error {
    return problem('deploy/wrong-digest', 'the registry stored something else than it was sent', {
      where: referenceText(this.#reference),
      expected: digest,
      found,
    });
  }

  async #refused(what: string, response: Response): Promise<Error> {
    const { status } = response;
    const said = reasonIn(await response.text().catch(() => ''));
    if (status === 403) return this.#unauthorized(said ?? 'credentials without that right');
    return problem(
      'deploy/registry-refused',
      `the registry ${this.#reference.registry} did not take ${what}`,
      {
        where: referenceText(this.#reference),
        expected: 'that it is stored',
        found: said === undefined ? `status ${status}` : `status ${status}: ${said}`,
      },
    );
  }
}

/** Source: OCI distribution specification 1.1, "Error codes". */
function reasonIn(body: string): string | undefined {
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: string; message?: string }[] };
    const [first] = errors ?? [];
    return first && [first.code, first.message].filter((text) => text !== undefined).join(', ');
  } catch {
    return undefined;
  }
}

/** The parameters of `Bearer realm="…",service="…",scope="…"`. Source: RFC 9110, section 11.2. */
function parametersOf(challenge: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...challenge.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/gi)].map(([, key = '', value = '']) => [
      key.toLowerCase(),
      value.replaceAll(/\\(.)/g, '$1'),
    ]),
  );
}

/** What fetch hides behind "fetch failed". */
function causeOf(error: unknown): NodeJS.ErrnoException {
  const { cause } = error as { cause?: unknown };
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return (inner ?? error) as NodeJS.ErrnoException;
}

function reasonOf(error: unknown): string {
  const { name, code, message } = causeOf(error);
  if (name === 'TimeoutError') return 'no answer in time';
  return message === '' ? (code ?? name) : message;
}

function isTls(error: unknown): boolean {
  return /SSL|TLS|CERT|SELF_SIGNED|WRONG_VERSION/.test(causeOf(error).code ?? '');
}
