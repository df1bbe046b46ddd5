import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlatform, parseRawConfig } from './raw-config.ts';

const DIFF_IDS = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];

const FULL = {
  created: '2026-01-15T12:00:00.123456789Z',
  author: 'someone <someone@example.com>',
  architecture: 'arm64',
  os: 'linux',
  variant: 'v8',
  config: {
    User: '1000:1000',
    ExposedPorts: { '80/tcp': {}, '53/udp': {} },
    Env: ['PATH=/bin', 'EMPTY='],
    Entrypoint: ['/init'],
    Cmd: ['sh', '-c', 'true'],
    Volumes: { '/data': {} },
    WorkingDir: '/srv',
    Labels: { maintainer: 'me', __proto__x: 'y' },
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD', 'true'], Interval: 3_000_000_000 },
    Shell: ['/bin/bash', '-c'],
    OnBuild: ['RUN true'],
  },
  rootfs: { type: 'layers', diff_ids: DIFF_IDS },
  history: [
    { created: '2026-01-15T11:00:00Z', created_by: 'ADD rootfs', comment: 'base' },
    { created_by: 'ENV A=b', empty_layer: true },
    { created_by: 'RUN make', author: 'me' },
  ],
};

function parse(value: unknown) {
  return parseRawConfig(JSON.stringify(value));
}

describe('parseRawConfig', () => {
  it('reads every field', () => {
    expect(parse(FULL)).toEqual({
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      created: '2026-01-15T12:00:00.123456789Z',
      author: 'someone <someone@example.com>',
      env: ['PATH=/bin', 'EMPTY='],
      cmd: ['sh', '-c', 'true'],
      entrypoint: ['/init'],
      workingDir: '/srv',
      user: '1000:1000',
      labels: { maintainer: 'me', __proto__x: 'y' },
      stopSignal: 'SIGINT',
      exposedPorts: ['80/tcp', '53/udp'],
      volumes: ['/data'],
      shell: ['/bin/bash', '-c'],
      onBuild: ['RUN true'],
      healthcheck: '{"Test":["CMD","true"],"Interval":3000000000}',
      history: [
        {
          created: '2026-01-15T11:00:00Z',
          createdBy: 'ADD rootfs',
          author: null,
          comment: 'base',
          position: 0,
        },
        { created: null, createdBy: 'ENV A=b', author: null, comment: null, position: null },
        { created: null, createdBy: 'RUN make', author: 'me', comment: null, position: 1 },
      ],
      diffIds: DIFF_IDS,
    });
  });

  it('leaves null what the image does not say', () => {
    expect(parse({})).toMatchObject({
      platform: null,
      env: null,
      cmd: null,
      labels: null,
      history: [],
      diffIds: [],
    });
  });

  it('tells an empty command from none', () => {
    expect(parse({ config: { Cmd: [], Entrypoint: null } })).toMatchObject({ cmd: [], entrypoint: null });
  });

  it('has no platform when half of it is missing', () => {
    expect(parse({ os: 'linux' })?.platform).toBeNull();
    expect(parse({ os: '', architecture: 'amd64' })?.platform).toBeNull();
    expect(parse({ os: 'linux', architecture: 'amd64', variant: '' })?.platform).toEqual({
      os: 'linux',
      architecture: 'amd64',
      variant: null,
    });
  });

  it.each([
    ['more', [{}, {}, {}]],
    ['fewer', [{}]],
  ])('gives no step a layer when there are %s of them than layers', (_which, history) => {
    const config = parse({ ...FULL, history });
    expect(config?.history.map((step) => step.position)).toEqual(history.map(() => null));
  });

  it('keeps a label called __proto__ as a label', () => {
    const config = parseRawConfig('{"config":{"Labels":{"__proto__":"x","a":"b"}}}');
    expect(Object.entries(config!.labels!)).toEqual([
      ['__proto__', 'x'],
      ['a', 'b'],
    ]);
    expect(Object.getPrototypeOf(config!.labels)).toBe(Object.prototype);
  });

  it('does not take inherited properties for fields', () => {
    const config = parseRawConfig('{"__proto__":{"os":"linux","architecture":"amd64"}}');
    expect(config?.platform).toBeNull();
  });

  it('leaves out values of the wrong type and keeps the rest', () => {
    const config = parse({
      os: 7,
      created: {},
      config: { Env: ['A=1', 2, null, 'B=2'], Labels: { a: 1, b: 'x' }, Cmd: {}, ExposedPorts: [], User: [] },
      rootfs: { diff_ids: 'none' },
      history: [null, 3, { created_by: ['x'] }],
    });
    expect(config).toMatchObject({
      platform: null,
      created: null,
      env: ['A=1', 'B=2'],
      labels: { b: 'x' },
      cmd: null,
      exposedPorts: null,
      user: null,
      diffIds: [],
    });
    expect(config?.history.map((step) => step.createdBy)).toEqual([null, null, null]);
  });

  it.each(['', 'null', '[]', '"text"', '{', '{"a":1}x', '\u0000', '[['.repeat(100_000)])(
    'says of %.20j that it is no configuration',
    (text) => {
      expect(parseRawConfig(text)).toBeNull();
      expect(parsePlatform(text)).toBeNull();
    },
  );

  it('leaves out a health check nested deeper than it could be written again', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const config = parseRawConfig(`{"config":{"User":"app","Healthcheck":{"Test":${deep}}},"other":${deep}}`);
    expect(config).toMatchObject({ user: 'app', healthcheck: null });
  });

  it('never throws, whatever the JSON', () => {
    const mutated = fc.jsonValue().chain((value) =>
      fc.constantFrom('config', 'rootfs', 'history', 'os', 'architecture', 'created').map((field) => ({
        ...FULL,
        [field]: value,
      })),
    );
    const inner = fc.jsonValue().chain((value) =>
      fc.constantFrom(...Object.keys(FULL.config)).map((field) => ({
        ...FULL,
        config: { ...FULL.config, [field]: value },
      })),
    );
    fc.assert(
      fc.property(fc.oneof(mutated, inner, fc.jsonValue()), (value) => void parse(value)),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.string(), (text) => void parseRawConfig(text)));
  });
});
