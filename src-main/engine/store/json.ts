/** Reading JSON that strangers wrote: each function gives the value when it has the type, else null. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Null for text that is not JSON, and for JSON that is not an object. */
export function parseObject(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function asArray(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A field of the object itself: `toString` and `__proto__` are absent unless the text has them. */
export function fieldOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Its strings in order; elements of other types are left out. Null when it is no array. */
export function asStrings(value: unknown): readonly string[] | null {
  return asArray(value)?.filter((element) => typeof element === 'string') ?? null;
}
