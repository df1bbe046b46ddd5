/** Lets the event loop go round once, so that what has arrived is heard. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
