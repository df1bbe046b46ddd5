/** Hands a file to the browser's own download: the person, or their settings, pick where it goes. */
export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = toSafeFileName(fileName);
  link.click();
  // The download has its own hold on the data once it began; the address must not leak.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A name every file system takes and nobody runs by accident: no separators, controls, or leading dots. */
export function toSafeFileName(name: string): string {
  const safe = name
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '_');
  return safe === '' ? 'file' : safe.slice(0, 180);
}
