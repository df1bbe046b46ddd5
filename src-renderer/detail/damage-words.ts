import type { ImageDamage } from '../../src-shared/domain/image.ts';
import { quoteWords } from './shell-words.ts';

/** One sort of damage of an image, for a person. */
export interface DamageWords {
  readonly kind: ImageDamage['kind'];
  /** What is wrong, one sentence. */
  readonly title: string;
  /** What it means for whoever uses the image, one sentence. */
  readonly consequence: string;
  /** The digests, files or columns concerned. */
  readonly details: readonly string[];
}

/** The damage of one image by sort, the worst first. */
export function explainDamage(damage: readonly ImageDamage[]): readonly DamageWords[] {
  const byKind = Map.groupBy(damage, (item) => item.kind);
  return ORDER.flatMap((kind) => {
    const items = byKind.get(kind);
    if (items === undefined) return [];
    const [one, many, consequence] = WORDS[kind];
    const title = items.length === 1 ? one : many.replace('#', String(items.length));
    return [{ kind, title, consequence, details: items.map((item) => item.detail) }];
  });
}

/** The command that downloads an image anew, to be run in a terminal. */
export function repairCommand(reference: string): string {
  return quoteWords(['msb', 'pull', '--force', reference]);
}

const ORDER: readonly ImageDamage['kind'][] = [
  'layer-missing',
  'layer-damaged',
  'fsmeta-missing',
  'fsmeta-damaged',
  'vmdk-missing',
  'vmdk-damaged',
  'flat-damaged',
  'vmdk-elsewhere',
  'metadata-missing',
  'row-damaged',
];

const NO_START = 'Sandboxes cannot start from this image.';

/** What is wrong with one, with several (`#` is how many), and what follows. */
const WORDS: Readonly<Record<ImageDamage['kind'], readonly [string, string, string]>> = {
  'layer-missing': ['A layer file is missing.', '# layer files are missing.', NO_START],
  'layer-damaged': [
    'A layer file is cut short or not readable.',
    '# layer files are cut short or not readable.',
    'Sandboxes may fail to start from this image, or miss files.',
  ],
  'fsmeta-missing': [
    'The file system index is missing.',
    '# file system indexes are missing.',
    `${NO_START} Its layers can still be read one by one.`,
  ],
  'fsmeta-damaged': [
    'The file system index is cut short or not readable.',
    '# file system indexes are cut short or not readable.',
    `${NO_START} Its layers can still be read one by one.`,
  ],
  'vmdk-missing': ['The disk descriptor is missing.', '# disk descriptors are missing.', NO_START],
  'vmdk-damaged': ['The disk descriptor is not readable.', '# disk descriptors are not readable.', NO_START],
  'flat-damaged': [
    'The flat root disk is not as long as its record says.',
    '# flat root disks are not as long as their records say.',
    'New sandboxes with a flat root disk may fail to start, or miss files. Others start from the layers.',
  ],
  'vmdk-elsewhere': [
    'The disk descriptor points at another folder.',
    '# disk descriptors point at another folder.',
    'The cache was moved or copied after the image was made: sandboxes look for its layers in the old place.',
  ],
  'metadata-missing': [
    'The cached metadata is missing.',
    '# cached metadata files are missing.',
    'The raw config and manifest, and with them the build history and the real platform, cannot be shown.',
  ],
  'row-damaged': [
    'The database says less about this image than it should.',
    'The database says less about this image than it should.',
    'What is shown may be incomplete.',
  ],
};
