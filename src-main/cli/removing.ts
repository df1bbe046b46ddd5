import { formatBytes, formatCount, type SizeUnits } from '../../src-shared/domain/format.ts';
import type { Plan, Report } from '../../src-shared/domain/plan.ts';
import type { InputOf } from '../../src-shared/ipc/contract.ts';
import type { Call } from './call.ts';
import type { Action, PlanCommand, RemovalCommand } from './command.ts';
import type { ExitCode, Terminal } from './run-cli.ts';
import { renderTable } from './table.ts';
import { terminalJson, terminalText } from './terminal-text.ts';

/** `plan`: what an action would do. Nothing is changed. */
export async function runPlan(
  { action, asJson }: PlanCommand,
  call: Call,
  terminal: Terminal,
): Promise<ExitCode> {
  const plan = await call('cache.plan', { action });
  terminal.out(asJson ? `${terminalJson(plan)}\n` : planText(plan, await sizeUnits(call)));
  return 0;
}

/** Shows the plan, asks, and applies exactly that plan. */
export async function runRemoval(command: RemovalCommand, call: Call, terminal: Terminal): Promise<ExitCode> {
  const units = await sizeUnits(call);
  const plan = await call('cache.plan', { action: command.action });
  // Standard output is the report's alone when a program reads it.
  const show = command.asJson ? terminal.err : terminal.out;
  show(planText(plan, units));
  if (plan.items.length > 0 && !command.isConfirmed) {
    if (terminal.confirm === null) {
      terminal.err('strata: nothing was removed: add --yes to do this\n');
      return 2;
    }
    if (!(await terminal.confirm(questionOf(plan, command.undoMinutes, units)))) {
      terminal.err('strata: nothing was removed\n');
      return 1;
    }
  }
  if (command.action.kind === 'gc' || command.action.kind === 'prune') await freeExpired(call, show, units);
  const how = { planId: plan.planId, undoMinutes: command.undoMinutes };
  const report = await apply(command.action, how, call);
  terminal.out(command.asJson ? `${terminalJson(report)}\n` : reportText(report, units));
  return report.isCancelled ? 1 : 0;
}

/** As a window does by itself: what can no longer be undone is garbage too, of which no plan tells. */
async function freeExpired(call: Call, show: Terminal['out'], units: SizeUnits): Promise<void> {
  const { ids, bytesFreed, leftAlone } = await call('undo.empty', { expired: true });
  if (ids.length > 0) {
    const removals = ids.length === 1 ? 'an earlier removal' : `${formatCount(ids.length)} earlier removals`;
    show(
      `\nFreed ${formatBytes(bytesFreed, units)} that ${removals} had set aside: the time to undo has passed.\n`,
    );
  }
  for (const note of leftAlone) show(`${terminalText(note)}\n`);
}

async function sizeUnits(call: Call): Promise<SizeUnits> {
  return (await call('settings.get', {})).settings.sizeUnits;
}

function apply(action: Action, how: InputOf<'cache.gc'>, call: Call): Promise<Report> {
  switch (action.kind) {
    case 'remove': {
      const { kind: _kind, ...chosen } = action;
      return call('images.remove', { ...chosen, ...how });
    }
    case 'gc':
      return call('cache.gc', how);
    case 'gcLayers':
      return call('cache.gcLayers', how);
    case 'prune':
      return call('cache.prune', { policy: action.policy, ...how });
  }
}

function planText({ items, kept, bytes, isBusy }: Plan, units: SizeUnits): string {
  const goes =
    items.length === 0
      ? 'Nothing to remove.\n'
      : `${table('REMOVE', items, units)}\n${itemCount(items.length)}, ${formatBytes(bytes, units)} on disk.\n`;
  const stays = kept.length === 0 ? '' : `\n${table('KEEP', kept, units)}`;
  const busy = isBusy ? '\nmsb is at work: files stay until it has finished.\n' : '';
  return `${goes}${stays}${busy}`;
}

function questionOf({ items, bytes }: Plan, undoMinutes: number, units: SizeUnits): string {
  const verb = undoMinutes > 0 ? 'set aside' : 'free';
  return `Remove ${itemCount(items.length)} and ${verb} ${formatBytes(bytes, units)}? [y/N] `;
}

function reportText(report: Report, units: SizeUnits): string {
  const { count, bytesFreed, bytesSetAside, undoUntil, leftAlone, notes } = report;
  const setAside =
    bytesSetAside === undefined || bytesSetAside === 0
      ? ''
      : ` ${formatBytes(bytesSetAside, units)} are set aside and can be brought back in the app until ${undoUntil ?? 'they are emptied'}.`;
  return [
    `\n${report.isCancelled ? 'Stopped. ' : ''}Removed ${itemCount(count)}, freed ${formatBytes(bytesFreed, units)}.${setAside}\n`,
    leftAlone.length === 0 ? '' : `\n${table('LEFT ALONE', leftAlone, units)}`,
    ...notes.map((note) => `${terminalText(note)}\n`),
  ].join('');
}

interface Line {
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly allocatedBytes: number;
}

function table(title: string, lines: readonly Line[], units: SizeUnits): string {
  return renderTable(
    [
      { title, text: ({ kind }) => kind },
      { title: 'NAME', text: ({ name }) => terminalText(name) },
      { title: 'ON DISK', isNumber: true, text: ({ allocatedBytes }) => formatBytes(allocatedBytes, units) },
      { title: 'BECAUSE', text: ({ reason }) => terminalText(reason) },
    ],
    lines,
  );
}

function itemCount(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'item' : 'items'}`;
}
