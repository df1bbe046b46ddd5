/** Lets the event loop go round once, so that what has arrived is heard. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Lets a call that has arrived be answered before what takes long goes on.
 *
 * @throws the signal's reason once nobody waits for that any more.
 */
export async function giveWay(signal: AbortSignal): Promise<void> {
  await turn();
  // A call that arrived in that turn begins in the next one.
  await turn();
  signal.throwIfAborted();
}
