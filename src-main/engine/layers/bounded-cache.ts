/** Keeps what was used last, up to so many bytes together. */
export class BoundedCache<Value extends { readonly memoryBytes: number }> {
  readonly #limitBytes: number;
  readonly #values = new Map<string, Value>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    // A Map keeps insertion order: the first key is the one unused for longest.
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** A value larger than the limit is not kept. */
  set(key: string, value: Value): void {
    this.#delete(key);
    if (value.memoryBytes > this.#limitBytes) return;
    this.#values.set(key, value);
    this.#bytes += value.memoryBytes;
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#delete(oldest);
    }
  }

  clear(): void {
    this.#values.clear();
    this.#bytes = 0;
  }

  #delete(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#bytes -= value.memoryBytes;
  }
}
