import { startApp, type AppLog, type RunningApp } from '../../src/trigger/app.ts';
import { makeProject, type Project } from '../fixtures/project.ts';

/** An app of two units; the one edge between them is answered over Redis. */
const FILES = {
  'package.json': '{ "type": "module" }',
  'app.toml': `name = "asked"
version = "0.1.0"

[limits]
workers = 4

[service.front]
path = "front"
[service.back]
path = "back"

[[trigger.http]]
route = "/..."
service = "front"

[edge.front.back]
placement = "redis"
channel = "asked"
deadline = "2 s"
`,
  'wit/asked.wit': `package test:asked@1.0.0;

interface back { echo: func(text: string) -> result<string, string>; }
`,
  'front/world.wit': `package test:front@1.0.0;

world front {
  import test:asked/back@1.0.0;
  export fermyon:spin/inbound-http;
}
`,
  'front/front.ts': `import { echo } from 'test:asked/back@1.0.0';

export default {
  fetch(request: Request): Response {
    const text = decodeURIComponent(new URL(request.url).search.slice(1));
    try {
      return Response.json({ ok: echo(text) });
    } catch (error) {
      return Response.json({ err: (error as { payload?: unknown }).payload });
    }
  },
};
`,
  'back/world.wit': `package test:back@1.0.0;

world back {
  export test:asked/back@1.0.0;
}
`,
  'back/back.ts': `export const back = {
  echo(text: string): string {
    if (text === 'loop') for (;;);
    if (text.startsWith('throw')) throw new RangeError(text);
    if (text.startsWith('wrong')) return 7 as unknown as string;
    if (text.startsWith('refuse')) throw text;
    return text + '!';
  },
};
`,
};

export function askedProject(): Project {
  return makeProject(FILES);
}

/** Starts one of its units; the other one's process reaches Redis by itself. */
export function startPart(
  project: Project,
  part: 'front' | 'back',
  redis: string,
  log: AppLog[] = [],
): Promise<RunningApp> {
  return startApp({
    manifest: project.file('app.toml'),
    only: [part],
    outDir: project.file(`out of ${part}`),
    stateDir: project.file(`state of ${part}`),
    listen: '127.0.0.1:0',
    redis,
    log: (entry) => void log.push(entry),
  });
}

/** What a call came to. */
export interface Ended {
  readonly status: number;
  /** `ok`, `err`: the contract's; nothing where the event failed. */
  readonly answer?: { readonly ok?: string; readonly err?: string };
}

export async function ask({ url }: RunningApp, text: string): Promise<Ended> {
  const response = await fetch(`${url}/?${encodeURIComponent(text)}`);
  const body = await response.text();
  return response.status === 200
    ? { status: 200, answer: JSON.parse(body) as NonNullable<Ended['answer']> }
    : { status: response.status };
}
