import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import { startRedis, type BrokerProcess } from '../brokers.ts';
import { makeProject, type Project } from '../fixtures/project.ts';
import { tool } from '../tools.ts';

const redis = tool('redis-server');

/** A service that answers HTTP and calls by calling the other one, a given number of times to and fro. */
const service = (other: string, own: string): string => `
import { count as next } from 'test:mutual/${other}@1.0.0';

export const ${own} = { count: (depth: number): number => (depth === 0 ? 0 : next(depth - 1) + 1) };

export default {
  fetch(request: Request): Response {
    const depth = Number(new URL(request.url).searchParams.get('depth'));
    return Response.json(next(depth));
  },
};
`;

const world = (other: string, own: string): string => `package test:${own}-world;

world ${own} {
  import test:mutual/${other}@1.0.0;
  export test:mutual/${own}@1.0.0;
  export fermyon:spin/inbound-http;
}
`;

const CONTRACTS = `package test:mutual@1.0.0;

interface left { count: func(depth: u32) -> u32; }
interface right { count: func(depth: u32) -> u32; }
`;

const MANIFEST = `name = "mutual"
version = "0.1.0"
default_placement = "redis"

[limits]
workers = 1
deadline = "50 s"

[service.left]
path = "left"
[service.right]
path = "right"

[[trigger.http]]
route = "/left"
service = "left"
[[trigger.http]]
route = "/right"
service = "right"

[edge.left.right]
deadline = "40 s"
[edge.right.left]
deadline = "40 s"
`;

describe.skipIf(redis.missing)(`units that call each other over Redis${redis.reason}`, () => {
  let project: Project;
  let server: BrokerProcess;
  let app: RunningApp;
  beforeAll(async () => {
    server = await startRedis();
    project = makeProject({
      'package.json': '{ "type": "module" }',
      'app.toml': MANIFEST,
      'wit/mutual.wit': CONTRACTS,
      'left/world.wit': world('right', 'left'),
      'left/left.ts': service('right', 'left'),
      'right/world.wit': world('left', 'right'),
      'right/right.ts': service('left', 'right'),
    });
    const manifest = project.file('app.toml');
    app = await startApp({ manifest, listen: '127.0.0.1:0', redis: server.address });
  });
  afterAll(async () => {
    await app?.close();
    await server?.[Symbol.asyncDispose]();
    project?.[Symbol.dispose]();
  });

  async function ask(side: string, depth: number): Promise<unknown> {
    const response = await fetch(`${app.url}/${side}?depth=${depth}`);
    return response.status === 200 ? response.json() : response.status;
  }

  test('a call goes to and fro', async () => {
    expect([await ask('left', 0), await ask('right', 1), await ask('left', 3)]).toEqual([0, 1, 3]);
  });

  test('with one worker each they do not wait for each other, however many call', async () => {
    const depths = Array.from({ length: 18 }, (_, index) => index % 3);
    const answers = depths.map((depth, index) => ask(index % 2 ? 'left' : 'right', depth));
    expect(await Promise.all(answers)).toEqual(depths);
  });
});
