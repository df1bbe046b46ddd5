import { announce } from './live-region.tsx';

/**
 * Puts a text on the clipboard and says so, or that it could not be.
 *
 * @param what what it is, for the announcement: `manifest digest`, `reference`.
 */
export async function copyText(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied the ${what}.`);
    return true;
  } catch {
    announce(`The ${what} could not be copied: the system refused the clipboard.`);
    return false;
  }
}
