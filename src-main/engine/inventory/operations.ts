const PULL = /^manifests\/[0-9a-f]{64}\.lock$/;
/** The process id is the second number of a load's file and the first of a save's. */
const TRANSFER = /^tmp\/(?:load-\d+-(\d+)-|save-(\d+)-)/;

/**
 * How many pulls, loads and saves are behind what is held (`Inventory.inFlight`): a pull locks its reference for as
 * long as it writes, and each layer it is at besides; a load or save has files with its process id. Anything else
 * that is held is one operation more only when nothing else accounts for it.
 */
export function countOperations(held: readonly string[]): number {
  const operations = new Set(
    held.flatMap((path) => {
      if (PULL.test(path)) return path;
      const match = TRANSFER.exec(path);
      return match === null ? [] : `process ${match[1] ?? match[2]}`;
    }),
  );
  return held.length === 0 ? 0 : Math.max(operations.size, 1);
}
