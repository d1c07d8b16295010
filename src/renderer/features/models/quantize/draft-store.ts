import { create } from 'zustand';
import { emptyDraft, type QuantizeDraft } from './draft.ts';

/** What was chosen for each model; other screens leave it as it is. */
const useDrafts = create<Readonly<Record<string, QuantizeDraft>>>(() => ({}));

export function useDraft(name: string): QuantizeDraft {
  return useDrafts((drafts) => drafts[name] ?? emptyDraft);
}

export function changeDraft(name: string, changes: Partial<QuantizeDraft>): void {
  useDrafts.setState((drafts) => ({ [name]: { ...(drafts[name] ?? emptyDraft), ...changes } }));
}
