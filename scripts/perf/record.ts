import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { packageRoot } from '../../src/core/resources.ts';
import { formatDuration } from '../../src/shared/units.ts';
import { toVerdict } from './part.ts';

const figureSchema = z.object({
  what: z.string(),
  target: z.string().nullable(),
  figure: z.string(),
  met: z.boolean().nullable(),
});

const partRecordSchema = z.object({
  title: z.string(),
  command: z.string(),
  /** Day on which the part was measured, ISO 8601. */
  measuredOn: z.string(),
  commit: z.string(),
  machine: z.string(),
  /** Share of processor time that other programs used just before. */
  otherLoad: z.string(),
  seconds: z.number().int(),
  figures: z.array(figureSchema),
  notes: z.array(z.string()),
  verbatim: z.string().optional(),
});
export type PartRecord = z.infer<typeof partRecordSchema>;

const recordsSchema = z.record(z.string(), partRecordSchema);
type Records = z.infer<typeof recordsSchema>;

const dataPath = join(packageRoot, 'docs', 'performance.json');
const pagePath = join(packageRoot, 'docs', 'performance.md');

async function readRecords(): Promise<Records> {
  return existsSync(dataPath) ? recordsSchema.parse(JSON.parse(await readFile(dataPath, 'utf8'))) : {};
}

/** Replaces the record of one part and writes the page anew; the other parts keep theirs. */
export async function storeRecord(id: string, record: PartRecord, order: readonly string[]): Promise<void> {
  const records = { ...(await readRecords()), [id]: record };
  const sorted = Object.fromEntries(order.flatMap((part) => (records[part] ? [[part, records[part]]] : [])));
  await writeFormatted(dataPath, JSON.stringify(sorted));
  await writeFormatted(pagePath, toPage(sorted));
}

async function writeFormatted(file: string, text: string): Promise<void> {
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

/** The page for people. Every section says by which command, when and on which machine it came about. */
export function toPage(records: Readonly<Record<string, PartRecord>>): string {
  const parts = Object.values(records);
  const failed = parts.flatMap(({ title, figures }) =>
    figures.filter(({ met }) => met === false).map(({ what }) => `${title}: ${what}`),
  );
  const machines = [...new Set(parts.map(({ machine }) => machine))];
  const lines = [
    '# Measured performance of the application itself',
    '',
    'Written by `npm run perf`, which measures all parts, or those that are named: `npm run perf -- harness memory`. A part that was not run keeps its section. The same data is in `performance.json`.',
    '',
    failed.length === 0 ? 'No target is missed.' : `Targets that are missed: ${failed.join('; ')}.`,
    '',
    ...(machines.length === 1 ? [`Machine: ${machines[0]}.`, ''] : []),
  ];
  for (const part of parts) lines.push(...toSection(part, machines.length > 1));
  return `${lines.join('\n')}\n`;
}

function toSection(part: PartRecord, withMachine: boolean): string[] {
  const { title, command, measuredOn, commit, machine, otherLoad, seconds, figures, notes, verbatim } = part;
  return [
    `## ${title}`,
    '',
    `\`${command}\`, ${measuredOn}, commit ${commit}, took ${formatDuration(seconds)}; other programs used ${otherLoad} of the processors just before.${withMachine ? ` Machine: ${machine}.` : ''}`,
    '',
    '| figure | target | measured | verdict |',
    '| --- | --- | ---: | --- |',
    ...figures.map((figure) => {
      const cells = [figure.what, figure.target ?? '', figure.figure, toVerdict(figure, false)];
      return `| ${cells.map(escapeCell).join(' | ')} |`;
    }),
    '',
    ...notes.flatMap((note) => [note, '']),
    ...(verbatim === undefined ? [] : ['```text', verbatim.trimEnd(), '```', '']),
  ];
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
