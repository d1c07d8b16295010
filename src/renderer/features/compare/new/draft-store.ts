import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { emptyDraft, parseDraft, type Draft } from './draft.ts';

/** The comparison that is being written; other screens, and a reload, leave it as it is. */
export const useDraft = create<Draft>()(
  persist(() => emptyDraft, {
    name: 'new-comparison',
    version: 1,
    // What lies there may have been written by another version, or by hand.
    merge: parseDraft,
    storage: createJSONStorage(() => sessionStorage),
  }),
);

export function changeDraft(changes: Partial<Draft>): void {
  useDraft.setState(changes);
}
