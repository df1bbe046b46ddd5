import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { DEFAULT_SETTINGS, type Settings, type SettingsState } from '../../../src-shared/domain/settings.ts';
import { settingsFields } from '../../../src-shared/ipc/contract.ts';
import { CacheFailure } from '../failure.ts';
import { readBoundedFile } from '../store/bounded-file.ts';
import { type JsonObject, parseObject } from '../store/json.ts';
import { writeAtomically } from '../write-atomically.ts';

/**
 * `settings.json` in Strata's own folder: one JSON object whose fields are those of `Settings`, all of them
 * optional. A person may edit it. A field that is not as described falls back to its default, with a notice; a
 * file that is no JSON object counts as empty, with a notice. Fields we do not know (of a later version) are
 * kept when the file is written.
 */
export class SettingsFile {
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'settings.json');
  }

  /** Read anew each time: another window, or a person with an editor, may have changed it. */
  get(): SettingsState {
    const { fields, notices } = this.#read();
    const settings = { ...DEFAULT_SETTINGS };
    const fieldNotices: string[] = [];
    for (const name of Object.keys(settingsFields) as (keyof Settings)[]) {
      if (!Object.hasOwn(fields, name)) continue;
      const parsed = (settingsFields[name] as z.ZodType).safeParse(fields[name]);
      if (parsed.success) Object.assign(settings, { [name]: parsed.data });
      else fieldNotices.push(`${name} in ${this.#file} is not understood, so its default is used.`);
    }
    return { settings, file: this.#file, notices: [...notices, ...fieldNotices] };
  }

  /**
   * Changes the given fields and leaves every other as it is. A file that could not be understood is kept beside
   * the new one as `settings.json.damaged`.
   *
   * @throws CacheFailure `not-saved`.
   */
  set(change: Partial<Settings>): SettingsState {
    const { fields, notices } = this.#read();
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      if (notices.length > 0) renameSync(this.#file, `${this.#file}.damaged`);
      writeAtomically(this.#file, `${JSON.stringify({ ...fields, ...change }, null, 2)}\n`);
    } catch (cause) {
      const detail = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new CacheFailure({ code: 'not-saved', file: this.#file, detail }, { cause });
    }
    return this.get();
  }

  #read(): { readonly fields: JsonObject; readonly notices: readonly string[] } {
    const read = readBoundedFile(this.#file, MOST_BYTES, { followLinks: true });
    if (read.kind === 'missing') return { fields: {}, notices: [] };
    const fields = read.kind === 'text' ? parseObject(read.text) : null;
    if (fields !== null) return { fields, notices: [] };
    const why = read.kind === 'text' ? 'it is not a JSON object' : read.detail;
    return { fields: {}, notices: [`${this.#file} cannot be used (${why}), so the defaults are used.`] };
  }
}

/** A hundred thousand pins fit. */
const MOST_BYTES = 32 * 2 ** 20;
