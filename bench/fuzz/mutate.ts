/** Numbers below 2^32, the same for the same seed. */
export type Random = () => number;

/** Bytes and words where parsers are known to err. */
const WORDS = [
  '',
  '\0',
  '\n',
  '\r\n',
  '\ufeff',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  '{}',
  '[]',
  ':',
  ',',
  '/',
  '../',
  '@',
  ' ',
  '%00',
  '%',
  '<',
  '&',
  "'",
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1e400',
  '9007199254740993',
  '18446744073709551616',
  '0x10',
  'NaN',
  '__proto__',
  'constructor',
  'sha256:',
  `sha256:${'0'.repeat(64)}`,
  'sha512:',
  'SHA256:',
  '\u202e',
  '\u0000',
  '\ud800',
  '\u{10ffff}',
  'é',
  'ﬀ',
  '.',
  '..',
  '-',
  '_',
  '__',
  '--',
  'RW 1 FLAT "',
  '" 0',
  '\u2028',
  '\u001b[31m',
].map((word) => Buffer.from(word));

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) =>
    edit(bytes, random, 1, (part) => Buffer.from(part.map((byte) => byte ^ (1 << (random() % 8))))),
  (bytes, random) => edit(bytes, random, 1, () => Buffer.from([random() % 256])),
  (bytes, random) => edit(bytes, random, 0, () => WORDS[random() % WORDS.length]!),
  (bytes, random) => edit(bytes, random, 1 + (random() % 8), () => WORDS[random() % WORDS.length]!),
  (bytes, random) => edit(bytes, random, 1 + (random() % 64), () => Buffer.alloc(0)),
  (bytes, random) => edit(bytes, random, 1 + (random() % 64), (part) => Buffer.concat([part, part])),
  (bytes, random) =>
    edit(bytes, random, 1 + (random() % 8), (part) =>
      Buffer.concat(new Array(1 + (random() % 200)).fill(part)),
    ),
  (bytes, random) => bytes.subarray(0, random() % (bytes.length + 1)),
  (bytes, random, others) => {
    const other = others[random() % others.length]!;
    return Buffer.concat([
      bytes.subarray(0, random() % (bytes.length + 1)),
      other.subarray(random() % (other.length + 1)),
    ]);
  },
  // Another value for a JSON field, whatever it was.
  (bytes, random) => {
    const fields = [...bytes.toString('latin1').matchAll(/":/g)];
    const at = fields[random() % Math.max(1, fields.length)]?.index;
    if (at === undefined) return bytes;
    const value = WORDS[random() % WORDS.length]!;
    return Buffer.concat([bytes.subarray(0, at + 2), value, bytes.subarray(at + 2 + (random() % 20))]);
  },
  // Something nested where a value begins: now and then deeper than a stack, which costs time.
  (bytes, random) => {
    const values = [...bytes.toString('latin1').matchAll(/[{[,:]/g)];
    const at = values[random() % Math.max(1, values.length)]?.index;
    if (at === undefined) return bytes;
    const depth = random() % 16 === 0 ? 8192 : 1 << (random() % 6);
    const [open, close] = random() % 2 === 0 ? ['[', ']'] : ['{"a":', '}'];
    const nested = Buffer.from(`${open.repeat(depth)}0${close.repeat(depth)},`);
    return Buffer.concat([bytes.subarray(0, at + 1), nested, bytes.subarray(at + 1)]);
  },
];

/** One to eight changes to one of the seeds. At most 256 KiB long. */
export function mutate(seeds: readonly Buffer[], random: Random): Buffer {
  let bytes = seeds[random() % seeds.length]!;
  const changes = 1 + (random() % 8);
  for (let change = 0; change < changes; change += 1) {
    bytes = MUTATIONS[random() % MUTATIONS.length]!(bytes, random, seeds).subarray(0, 256 * 1024);
  }
  return bytes;
}

function edit(bytes: Buffer, random: Random, length: number, change: (part: Buffer) => Buffer): Buffer {
  const at = random() % (bytes.length + 1);
  return Buffer.concat([
    bytes.subarray(0, at),
    change(bytes.subarray(at, at + length)),
    bytes.subarray(at + length),
  ]);
}
