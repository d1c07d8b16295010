import type { ProfileMessage } from '../../shared/domain/profile.ts';
import { fingerprintMachine } from '../hardware/fingerprint.ts';
import { compareProfiles } from '../profile/compare-profiles.ts';
import { profilePlanOfCell } from '../profile/profile-plan-of-cell.ts';
import { runProfile } from '../profile/run-profile.ts';
import { untilQuiet } from './context.ts';
import { api } from './implement.ts';
import { streamOf } from './stream.ts';

export const profiles = {
  start: api.profiles.start.handler(({ context, input, signal: outer }) =>
    streamOf<ProfileMessage>(async (emit, signal) => {
      const { core, sessions } = context;
      const cellId = 'cellId' in input ? input.cellId : null;
      const plan = 'cellId' in input ? profilePlanOfCell(input.cellId, core.storage) : input.plan;
      await untilQuiet(context);
      await sessions.takeMachine(
        (options) => runProfile(plan, core, { ...options, cellId, peaks: input.peaks, onMessage: emit }),
        signal,
      );
    }, outer),
  ),
  list: api.profiles.list.handler(({ context: { core }, input }) => core.storage.profiles.list(input)),
  get: api.profiles.get.handler(({ context: { core }, input }) => core.storage.profiles.get(input.profileId)),
  compare: api.profiles.compare.handler(({ context: { core }, input: { baseline, candidate } }) =>
    compareProfiles(core.storage.profiles.get(baseline), core.storage.profiles.get(candidate)),
  ),
  peaks: api.profiles.peaks.handler(async ({ context: { core, knownMachine } }) =>
    core.storage.peaks.ofMachine(fingerprintMachine(await knownMachine())),
  ),
  delete: api.profiles.delete.handler(({ context: { core }, input }) => {
    core.storage.profiles.delete(input.profileId);
  }),
};
