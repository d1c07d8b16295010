import { create } from 'zustand';
import { modelUpload } from '../../../../shared/contract/upload.ts';
import type { Failure } from '../../../../shared/errors.ts';
import { formatQuantity } from '../../../../shared/units.ts';
import { queryClient } from '../../../app/query-client.ts';
import { api, client } from '../../../transport/connection.ts';
import { desktop } from '../../../transport/desktop.ts';
import { uploadModel, type ImportEnd } from './upload-model.ts';

/** Where the bytes are: in the browser's hands, or at a path on the machine that runs Inferometer. */
type ImportSource = { from: 'browser'; file: File } | { from: 'path'; path: string; name: string | null };

export type ImportState = { ended: 'waiting' } | { ended: null; sent: number | null } | ImportEnd;

export interface ImportItem {
  id: number;
  /** Name of the file, or the path as it was typed. */
  label: string;
  source: ImportSource | null;
  state: ImportState;
}

/** Imports of this page, oldest first. They go on while other screens are open. */
export const useImports = create<{ items: readonly ImportItem[] }>(() => ({ items: [] }));

const cancels = new Map<number, AbortController>();
let latestId = 0;
let working = false;

/** Takes files that were dropped or chosen. A desktop window knows their paths, and they stay where they are. */
export function importFiles(files: readonly File[]): void {
  for (const file of files) {
    if (desktop !== null) importPath(desktop.pathOf(file), null, file.name);
    else if (file.size > modelUpload.maxBytes) refuse(file.name, tooLarge(file));
    else add({ label: file.name, source: { from: 'browser', file }, state: { ended: 'waiting' } });
  }
}

/** Names folders that were dropped in place of files. */
export function refuseFolder(name: string): void {
  refuse(name, {
    code: 'MODEL_IS_DIRECTORY',
    message: `${name} is a folder.`,
    remedy: 'Drop the .onnx file that is in it; a model with external data is imported by its path.',
  });
}

export function importPath(path: string, name: string | null, label: string = path): void {
  add({ label, source: { from: 'path', path, name }, state: { ended: 'waiting' } });
}

export function retryImport(id: number): void {
  setState(id, { ended: 'waiting' });
  void work();
}

export function cancelImport(id: number): void {
  setState(id, { ended: 'cancelled' });
  cancels.get(id)?.abort();
}

/** Takes what has ended off the list. */
export function clearEndedImports(): void {
  useImports.setState(({ items }) => ({ items: items.filter((item) => !hasEnded(item.state)) }));
}

export function hasEnded({ ended }: ImportState): boolean {
  return ended !== null && ended !== 'waiting';
}

function refuse(label: string, failure: Failure): void {
  add({ label, source: null, state: { ended: 'failed', error: failure } });
}

function add(item: Omit<ImportItem, 'id'>): void {
  latestId += 1;
  const added = { ...item, id: latestId };
  useImports.setState(({ items }) => ({ items: [...items, added] }));
  void work();
}

function setState(id: number, state: ImportState): void {
  useImports.setState(({ items }) => ({ items: items.map((item) => (item.id === id ? { ...item, state } : item)) }));
}

/** One after another: two files at once would halve the speed of both and say nothing sooner. */
async function work(): Promise<void> {
  if (working) return;
  working = true;
  for (;;) {
    const next = useImports.getState().items.find(({ state }) => state.ended === 'waiting');
    if (next?.source == null) break;
    const cancel = new AbortController();
    cancels.set(next.id, cancel);
    const end = await perform(next.id, next.source, cancel.signal);
    cancels.delete(next.id);
    setState(next.id, end);
    if (end.ended === 'added') void queryClient.invalidateQueries({ queryKey: api.models.list.key() });
  }
  working = false;
}

async function perform(id: number, source: ImportSource, signal: AbortSignal): Promise<ImportEnd> {
  if (source.from === 'browser') {
    const onProgress = (sent: number): void => {
      if (!signal.aborted) setState(id, { ended: null, sent });
    };
    onProgress(0);
    return uploadModel(source.file, { signal, onProgress });
  }
  setState(id, { ended: null, sent: null });
  const { path, name } = source;
  try {
    const model = await client.models.add({ path, ...(name === null ? {} : { name }) }, { signal });
    return { ended: 'added', name: model.name };
  } catch (error) {
    return signal.aborted ? { ended: 'cancelled' } : { ended: 'failed', error };
  }
}

function tooLarge({ name, size }: File): Failure {
  return {
    code: 'MODEL_TOO_LARGE',
    message: `${name} has ${formatQuantity(size, 'B').text}, and a single ONNX file ends below 2 GiB.`,
    remedy: 'Save the model with external data, and import it by its path on the machine that runs Inferometer.',
  };
}
