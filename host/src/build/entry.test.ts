import { describe, expect, test } from 'vitest';
import type { ComponentType, ExternType, FuncType, InstanceType } from '../component/types.ts';
import { adapterOf } from './entry.ts';

const STRING = { kind: 'primitive', name: 'string' } as const;
const func = (result?: FuncType['result']): ExternType => ({
  kind: 'func',
  type: {
    kind: 'func',
    async: false,
    params: [{ name: 'the-order', type: STRING }],
    ...(result && { result }),
  },
});
const instance = (exports: Record<string, ExternType>): ExternType => ({
  kind: 'instance',
  type: { kind: 'instance', exports: new Map(Object.entries(exports)) } satisfies InstanceType,
});

function adapter(exports: Record<string, ExternType>) {
  const world: ComponentType = {
    kind: 'component',
    imports: new Map(),
    exports: new Map(Object.entries(exports)),
  };
  return adapterOf({
    service: 'shop',
    entry: '/x/shop.ts',
    world,
    worldId: 'a:b/shop',
    worldFile: '/x/world.wit',
  });
}

describe('adapterOf', () => {
  test.each([
    [
      'an interface',
      { 'a:b/take-order@1.0.0': instance({ 'submit-it': func() }) },
      'takeOrder',
      'export const takeOrder = { submitIt(theOrder) { … } }',
    ],
    [
      'a resource',
      {
        'a:b/shop@1.0.0': instance({ 'till-slip': { kind: 'type', type: { kind: 'resource', label: 'x' } } }),
      },
      'shop',
      'export const shop = { TillSlip }',
    ],
    [
      'a function of the world',
      { 'handle-message': func() },
      'handleMessage',
      'export function handleMessage(theOrder) { … }',
    ],
    [
      'HTTP',
      { 'fermyon:spin/inbound-http': instance({ 'handle-request': func() }) },
      'default',
      'export default { fetch(request) { … } }',
    ],
  ])('says how to export %s that is missing', (_, exports, name, example) => {
    const [problem] = adapter(exports).checkExports([]);
    expect(problem).toMatchObject({
      code: 'build/missing-export',
      expected: `\`${example}\``,
      found: 'no export',
    });
    expect(problem?.message).toContain(`\`${name}\``);
    expect(adapter(exports).checkExports([name])).toEqual([]);
  });

  test('wants nothing for an interface of types, nor the class of a resource that another one has', () => {
    const thing = { kind: 'resource', label: 'a:b/owner@1.0.0#thing' } as const;
    const both = adapter({
      'a:b/types@1.0.0': instance({ name: { kind: 'type', type: STRING } }),
      'a:b/owner@1.0.0': instance({ thing: { kind: 'type', type: thing }, make: func() }),
      'a:b/user@1.0.0': instance({ item: { kind: 'type', type: thing }, use: func() }),
    });
    expect(both.checkExports(['owner', 'user'])).toEqual([]);
    expect(both.source).toContain('want("owner.Thing", own.Thing');
    expect(both.source).not.toContain('user.Item');
  });

  test('knows a slip of the pen', () => {
    const [problem] = adapter({ 'a:b/fulfilment@1.0.0': instance({ submit: func() }) }).checkExports([
      'fulfillment',
      'other',
    ]);
    expect(problem).toMatchObject({ found: 'fulfillment, other' });
    expect(problem?.next).toContain('Rename `fulfillment`');
  });

  test('takes Spin’s own types as well as the web’s for HTTP', () => {
    const http = adapter({ 'fermyon:spin/inbound-http': instance({ 'handle-request': func() }) });
    expect(http.checkExports(['inboundHttp'])).toEqual([]);
  });

  test('tells results with, without and of no error apart', () => {
    const { source } = adapter({
      'a:b/shop@1.0.0': instance({
        plain: func(),
        empty: func({ kind: 'result', ok: STRING }),
        typed: func({ kind: 'result', err: STRING }),
      }),
    });
    expect(source).toContain('plain: adapt("shop.plain", own, "plain", 1, \'none\')');
    expect(source).toContain('empty: adapt("shop.empty", own, "empty", 1, \'empty\')');
    expect(source).toContain('typed: adapt("shop.typed", own, "typed", 1, \'typed\')');
  });
});
