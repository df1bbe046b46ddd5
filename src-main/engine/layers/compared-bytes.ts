/** Bytes of files compared for one answer; msb takes no file over 5 GiB, and one with holes may claim any length. */
const MAX_COMPARED_BYTES = 8 * 1024 ** 3;

/** How many bytes of files one answer may still compare. */
export class ComparedBytes {
  #left = MAX_COMPARED_BYTES;

  /** False when a file of this length is not to be compared any more. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}
