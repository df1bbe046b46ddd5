import { z } from 'zod';
import { type CallName, contract } from '../../../src-shared/ipc/contract.ts';

/** What of JSON Schema the contract's inputs come to. */
interface Shape {
  readonly type?: string;
  readonly anyOf?: readonly Shape[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Shape;
  readonly items?: Shape;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

type Json = unknown;

export interface BadInput {
  readonly what: string;
  /** As it would arrive: JSON text, or what is no JSON. */
  readonly text: string;
}

/** Inputs a call must refuse, made from its schema, so that a new call is tested as soon as it has one. */
export function badInputsOf(name: CallName): readonly BadInput[] {
  const root = z.toJSONSchema(contract[name].input, { io: 'input' }) as Shape;
  const shapes = root.anyOf ?? [root];
  return [...NO_JSON, ...shapes.flatMap((shape) => [...badValues(shape, sampleOf(shape, ''))])];
}

/** An input the schema accepts. */
export function goodInputOf(name: CallName): Json {
  const root = z.toJSONSchema(contract[name].input, { io: 'input' }) as Shape;
  return sampleOf(root.anyOf?.[0] ?? root, '');
}

const NO_JSON: readonly BadInput[] = [
  '',
  'undefined',
  '{',
  '{}}',
  "{'a':1}",
  '{"a":1,}',
  'NaN',
  '\ufeff{}',
  '\0',
  '['.repeat(100_000),
].map((text) => ({ what: `no JSON: ${text.slice(0, 10)}`, text }));

const WRONG: readonly Json[] = [null, 0, true, 'text', [], [[]], {}, { length: 3 }];
const DIGEST = `sha256:${'0'.repeat(64)}`;

function sampleOf(shape: Shape, name: string): Json {
  if (shape.anyOf !== undefined) return sampleOf(shape.anyOf[0]!, name);
  if (shape.const !== undefined) return shape.const;
  if (shape.enum !== undefined) return shape.enum[0];
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.properties ?? {}).map(([key, inner]) => [key, sampleOf(inner, key)]),
      );
    case 'array':
      return [sampleOf(shape.items ?? {}, name)];
    case 'string':
      if (shape.pattern?.startsWith('^sha') === true) return DIGEST;
      if (shape.pattern !== undefined) return '0'.repeat(32);
      return name === 'path' ? '/etc' : 'alpine';
    case 'boolean':
      return false;
    default:
      return Math.max(shape.minimum ?? 1, 1);
  }
}

function* badValues(shape: Shape, sample: Json): Generator<BadInput> {
  for (const wrong of WRONG) {
    const isAccepted =
      isObject(wrong) && Object.keys(wrong).length === 0 && (shape.required ?? []).length === 0;
    if (!isAccepted) yield bad(`${show(wrong)} for the whole input`, wrong);
  }
  const text = JSON.stringify(sample);
  const fields = text.slice(1, -1);
  const tail = fields === '' ? '' : `,${fields}`;
  for (const extra of [
    '"unexpected":1',
    '"__proto__":{"polluted":true}',
    '"constructor":{}',
    '"toString":1',
    '"":0',
  ])
    yield { what: `an extra field ${extra}`, text: `{${extra}${tail}}` };
  yield* badProperties(shape, sample, (value) => value);
}

function* badProperties(shape: Shape, sample: Json, within: (value: Json) => Json): Generator<BadInput> {
  if (!isObject(sample)) return;
  for (const [key, inner] of Object.entries(shape.properties ?? {})) {
    const replaced = (value: Json) => within({ ...sample, [key]: value });
    if (shape.required?.includes(key) === true) {
      const { [key]: _gone, ...rest } = sample;
      yield bad(`without ${key}`, within(rest));
    }
    for (const [what, value] of badFor(inner, key)) yield bad(`${key}: ${what}`, replaced(value));
    if (inner.properties !== undefined) yield* badProperties(inner, sample[key], replaced);
  }
}

function* badFor(shape: Shape, name: string): Generator<readonly [string, Json]> {
  for (const wrong of WRONG) if (!fits(shape, wrong)) yield [show(wrong), wrong];
  if (shape.type === 'string') yield* badTexts(shape, name);
  if (shape.type === 'number' || shape.type === 'integer') yield* badNumbers(shape);
  if (shape.type !== 'array') return;
  const item = sampleOf(shape.items ?? {}, name);
  yield ['a wrong element', [item, 7]];
  yield ['a nested list', [[item]]];
  if (shape.minItems !== undefined && shape.minItems > 0) yield ['an empty list', []];
  if (shape.maxItems !== undefined) yield ['too long a list', new Array(shape.maxItems + 1).fill(item)];
  if (shape.items?.type === 'string')
    for (const [what, value] of badTexts(shape.items, name)) yield [what, [value]];
}

function* badTexts(shape: Shape, name: string): Generator<readonly [string, Json]> {
  if (shape.minLength !== undefined && shape.minLength > 0) yield ['empty text', ''];
  if (shape.maxLength !== undefined) {
    yield ['one character too many', 'x'.repeat(shape.maxLength + 1)];
    yield ['a million characters', 'x'.repeat(1_000_000)];
  }
  if (shape.pattern !== undefined) {
    for (const text of [
      '',
      'x',
      'sha256:',
      DIGEST.toUpperCase(),
      `${DIGEST}0`,
      ` ${DIGEST}`,
      `${DIGEST}\n`,
      `md5:${'0'.repeat(32)}`,
      '../../etc/passwd',
      '0'.repeat(31),
      'G'.repeat(32),
    ])
      yield [`not of the pattern: ${text.slice(0, 20)}`, text];
  }
  if (['reference', 'references', 'left', 'right', 'pinned', 'pins', 'path'].includes(name))
    yield ['a NUL', '/a\0b'];
}

function* badNumbers(shape: Shape): Generator<readonly [string, Json]> {
  const { minimum, maximum, exclusiveMinimum } = shape;
  if (minimum !== undefined) yield ['below the least', minimum - 1];
  if (exclusiveMinimum !== undefined) yield ['the bound itself', exclusiveMinimum];
  if (maximum !== undefined) yield ['above the most', maximum * 2 + 2];
  if (shape.type === 'integer') yield ['a fraction', (minimum ?? 1) + 0.5];
  yield ['digits as text', '1'];
}

function fits(shape: Shape, value: Json): boolean {
  if (shape.anyOf !== undefined) return shape.anyOf.some((inner) => fits(inner, value));
  if (shape.const !== undefined) return value === shape.const;
  if (shape.enum !== undefined) return shape.enum.includes(value);
  switch (shape.type) {
    case 'string':
      return typeof value === 'string' && shape.pattern === undefined;
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value) && value.length === 0;
    case 'object':
      return isObject(value) && Object.keys(value).length === 0 && (shape.required ?? []).length === 0;
    default:
      return value === 0 && (shape.minimum ?? 0) <= 0 && shape.exclusiveMinimum === undefined;
  }
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(what: string, value: Json): BadInput {
  return { what, text: JSON.stringify(value) };
}

function show(value: Json): string {
  return JSON.stringify(value);
}
