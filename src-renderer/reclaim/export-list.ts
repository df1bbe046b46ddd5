import type { KeptItem, Plan, PlanItem } from '../../src-shared/domain/plan.ts';

/**
 * A plan's list for the record, as JSON: everything shown, and nothing that could be handed back to remove
 * anything (no plan id, no action).
 */
export function exportJson(plan: Plan, title: string, atIso: string): string {
  const list = {
    title,
    exportedAt: atIso,
    bytes: plan.bytes,
    goes: plan.items.map(({ kind, name, reason, allocatedBytes, partOf }) => ({
      kind,
      name,
      reason,
      allocatedBytes,
      partOf,
    })),
    stays: plan.kept.map(({ kind, name, reason, allocatedBytes }) => ({
      kind,
      name,
      reason,
      allocatedBytes,
    })),
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** The same as a table (RFC 4180), one line each, a header first. */
export function exportCsv(plan: Plan): string {
  const lines = [
    ['verdict', 'kind', 'name', 'reason', 'allocatedBytes', 'partOf'],
    ...plan.items.map((item) => toCells('goes', item, item.partOf)),
    ...plan.kept.map((item) => toCells('stays', item, null)),
  ];
  return lines.map((cells) => `${cells.map(quoteCell).join(',')}\r\n`).join('');
}

function toCells(verdict: string, item: PlanItem | KeptItem, partOf: string | null): readonly string[] {
  return [verdict, item.kind, item.name, item.reason, String(item.allocatedBytes), partOf ?? ''];
}

/** Names come from strangers: spreadsheets run cells that begin like a formula, so those get an apostrophe. */
function quoteCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
