const TAB_WIDTH = 4;

/** Text cut into lines without their ends, tabs as spaces to the next multiple of four. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split(/\r\n|\n/);
  // A file that ends with a line end has no line after it.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map(expandTabs);
}

function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  let expanded = '';
  for (const part of line.split(/(\t)/)) {
    expanded += part === '\t' ? ' '.repeat(TAB_WIDTH - (expanded.length % TAB_WIDTH)) : part;
  }
  return expanded;
}
