/** Starts a program and answers its exit code. */
type Run = (
  command: string,
  args: readonly string[],
  options?: { readonly quiet?: boolean; readonly timeout?: number },
) => Promise<number>;

export declare function findChromium(run: Run): Promise<string>;
