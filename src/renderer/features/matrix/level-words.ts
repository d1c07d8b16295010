import type { LevelStanding } from '../../../shared/matrix/service-level.ts';

/** How a configuration fares against a limit. */
export const levelWords: Readonly<Record<LevelStanding, string>> = {
  keeps: 'keeps the limit',
  misses: 'misses the limit',
  open: 'too close to tell',
  unearned: 'too few queries',
};
