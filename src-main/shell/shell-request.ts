import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { ShellRequest } from '../../src-shared/ipc/bridge.ts';

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((value) => !value.includes('\0'));

const shellRequest: z.ZodType<ShellRequest> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('choose-home') }),
  z.strictObject({ kind: z.literal('open-window'), home: path.refine(isAbsolute).nullable() }),
  z.strictObject({
    kind: z.literal('reveal'),
    target: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('home') }),
      z.strictObject({ kind: z.literal('cache') }),
      z.strictObject({ kind: z.literal('database') }),
      z.strictObject({ kind: z.literal('cache-file'), path }),
    ]),
  }),
  z.strictObject({ kind: z.literal('set-theme'), theme: z.enum(['system', 'light', 'dark']) }),
]);

/** @throws Error when a page asks for what the bridge does not offer. */
export function parseShellRequest(value: unknown): ShellRequest {
  const parsed = shellRequest.safeParse(value);
  if (!parsed.success) throw new Error('The window cannot do that');
  return parsed.data;
}
