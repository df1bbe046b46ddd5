/** What a transport rejects with when the way to the engine is cut: before the answer, or in the middle of it. */
export class Disconnected extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'Disconnected';
  }
}
