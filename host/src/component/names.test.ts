import { describe, expect, test } from 'vitest';
import { compareNames, matchName, parseInterfaceId, semverTrack } from './names.ts';

describe('parseInterfaceId', () => {
  test('takes an id apart', () =>
    expect(parseInterfaceId('wasi:http/types@0.2.12-rc.1')).toEqual({
      path: 'wasi:http/types',
      namespace: 'wasi',
      package: 'http',
      interface: 'types',
      version: { major: 0, minor: 2, patch: 12, prerelease: 'rc.1', text: '0.2.12-rc.1' },
    }));

  test('a package needs no version', () =>
    expect(parseInterfaceId('fermyon:spin/inbound-http')).toMatchObject({ interface: 'inbound-http' }));

  test.each([
    'init',
    'handle-message',
    'a:b',
    'a:b/',
    'A-b:c/d',
    'a:b/c@1',
    'a:b/c@1.2',
    'a:b/c@01.2.3',
    'a:b/c@',
  ])('%s is none', (name) => expect(parseInterfaceId(name)).toBeUndefined());
});

describe('semver tracks, as in Wasmtime', () => {
  test.each([
    ['a:b/c@1.4.2', 'a:b/c@1'],
    ['a:b/c@12.0.0', 'a:b/c@12'],
    ['a:b/c@0.2.12', 'a:b/c@0.2'],
    ['a:b/c@0.0.3', undefined],
    ['a:b/c@1.0.0-rc.1', undefined],
    ['a:b/c', undefined],
    ['plain', undefined],
  ])('%s is on %s', (name, track) => expect(semverTrack(name)).toBe(track));

  test.each([
    ['a:b/c@0.2.3', ['a:b/c@0.2.12', 'a:b/c@0.2.3'], ['a:b/c@0.2.3']],
    ['a:b/c@0.2.3', ['a:b/c@0.2.12', 'a:b/c@0.3.0', 'x:y/z@0.2.3'], ['a:b/c@0.2.12']],
    ['a:b/c@1.0.0', ['a:b/c@1.2.0', 'a:b/c@1.3.0'], ['a:b/c@1.2.0', 'a:b/c@1.3.0']],
    ['a:b/c@0.0.1', ['a:b/c@0.0.2'], []],
    ['a:b/c@1.0.0-rc', ['a:b/c@1.0.0'], []],
    ['run', ['run', 'walk'], ['run']],
  ])('%s among %j is %j', (wanted, candidates, matches) =>
    expect(matchName(wanted, candidates)).toEqual(matches),
  );
});

test('names are ordered by version', () => {
  const names = ['0.2.9', '0.2.12', '1.0.0', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0-alpha', '1.0.0-rc', '0.2.0'];
  expect(
    names
      .map((version) => `a:b/c@${version}`)
      .sort(compareNames)
      .map((name) => name.slice(6)),
  ).toEqual(['0.2.0', '0.2.9', '0.2.12', '1.0.0-alpha', '1.0.0-rc', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0']);
});
