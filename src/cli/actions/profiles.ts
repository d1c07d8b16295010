import { compareProfiles } from '../../core/profile/compare-profiles.ts';
import { profileIdSchema, type ProfileId } from '../../shared/domain/ids.ts';
import { formatQuantity, formatTime } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import { printProfile, printProfileComparison } from '../output/profile.ts';
import { toShortName } from '../output/results.ts';
import { toUsageError } from './arguments.ts';

/** Stored profiles, newest first. */
export async function listProfiles(
  { openCore, terminal }: CommandHost,
  options: { model?: string; limit: number },
): Promise<CommandResult> {
  const { storage } = await openCore();
  const page = storage.profiles.list(options);
  if (page.items.length === 0) terminal.print('No profile is stored, or none matches.');
  else {
    const rows = page.items.map(({ id, createdAt, plan, label, hostToHostNs, overhead, cellId }): Cell[] => [
      id,
      { text: formatTime(createdAt), style: 'muted' },
      toShortName(plan.model),
      label,
      String(plan.batch),
      { number: formatQuantity(hostToHostNs, 'ns') },
      { number: formatQuantity(overhead, '1'), style: 'muted' },
      { text: cellId ?? 'stands alone', style: 'muted' },
    ]);
    const columns = [
      { title: 'profile' },
      { title: 'started', dropOrder: 2 },
      { title: 'model', shrinks: true },
      { title: 'placement' },
      { title: 'batch', align: 'right' as const, dropOrder: 3 },
      { title: 'host to host' },
      { title: 'profiler', dropOrder: 4 },
      { title: 'result', dropOrder: 1 },
    ];
    terminal.print(...printColumns(terminal, columns, rows, 0));
  }
  if (page.nextCursor !== null) terminal.print('', terminal.paint('muted', 'There are older ones: raise --limit.'));
  return { data: { profiles: page.items, more: page.nextCursor !== null } };
}

/** One profile, and another beside it. */
export async function showProfile(
  { openCore, terminal }: CommandHost,
  text: string,
  { against, nodes }: { against?: string; nodes: boolean },
): Promise<CommandResult> {
  const { storage, commandLine } = await openCore();
  const profile = storage.profiles.get(toProfileId(text));
  printProfile(terminal, profile, commandLine, { nodes });
  if (against === undefined) return { data: { profile, comparison: null } };
  const comparison = compareProfiles(profile, storage.profiles.get(toProfileId(against)));
  printProfileComparison(terminal, comparison);
  return { data: { profile, comparison } };
}

/** Deletes a profile. */
export async function deleteProfile({ openCore, terminal }: CommandHost, text: string): Promise<CommandResult> {
  const { storage } = await openCore();
  const profileId = toProfileId(text);
  storage.profiles.delete(profileId);
  terminal.print(`Profile ${profileId} is deleted.`);
  return { data: { profileId } };
}

function toProfileId(text: string): ProfileId {
  const parsed = profileIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw toUsageError(`"${text}" is no id of a profile.`, 'Look the id up with inferometer profiles.');
}
