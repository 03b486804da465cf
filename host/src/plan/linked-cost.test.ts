import { expect, test } from 'vitest';
import { unwrap } from '../diagnostics/error.ts';
import { HTTP, plan, type Service } from '../../test/doubles/app-plan.ts';
import { linkedCosts } from './linked-cost.ts';

const diamond: Readonly<Record<string, Service>> = {
  top: { imports: ['x:l/l', 'x:r/r'], exports: [HTTP] },
  left: { imports: ['x:b/b'], exports: ['x:l/l'] },
  right: { imports: ['x:b/b'], exports: ['x:r/r'] },
  base: { exports: ['x:b/b'] },
};

function costsOf(services: Readonly<Record<string, Service>>, toml = ''): string[] {
  return linkedCosts(unwrap(plan(services, toml))).map(
    ({ importer, provider, makes, fusable }) =>
      `${importer} -> ${provider}: ${makes?.component ?? 'nothing'}${fusable ? '' : ', as it must be'}`,
  );
}

test('each component is made once for an event, by the first edge that reaches it', () => {
  expect(costsOf(diamond)).toEqual([
    'top -> left: left',
    'top -> right: right',
    'right -> base: base',
    'left -> base: nothing',
  ]);
});

test('fused services are made together, and broker edges make nothing', () => {
  const toml = '[edge.top.left]\nplacement = "fused"\n[edge.top.right]\nplacement = "redis"\n';
  expect(costsOf(diamond, toml)).toEqual(['right -> base: base', 'left -> base: base']);
});

test('a prebuilt component cannot be fused', () => {
  const services = { ...diamond, base: { exports: ['x:b/b'], prebuilt: true } };
  expect(costsOf(services)).toEqual([
    'top -> left: left',
    'top -> right: right',
    'right -> base: base, as it must be',
    'left -> base: nothing, as it must be',
  ]);
});
