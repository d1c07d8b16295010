import { Button, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../transport/connection.ts';
import { DimensionSizes } from './dimension-sizes.tsx';
import { changeDraft } from './draft-store.ts';
import { defaultMarginPercent, emptyDraft, newSide, nextKey, type Draft, type DraftProblems } from './draft.ts';
import { listVariants } from './group-models.ts';
import classes from './new.module.css';
import { SideFields } from './side-fields.tsx';
import type { SideChecks } from './use-side-checks.ts';

interface ComparisonFormProps {
  draft: Draft;
  problems: DraftProblems;
  checks: SideChecks;
}

/** Both sides, what they share, and how long to look. */
export function ComparisonForm({ draft, problems, checks }: ComparisonFormProps) {
  const { baseline, candidates } = draft;
  // What is not as it comes is not hidden.
  const [isMoreOpen, setIsMoreOpen] = useState(() => hasMore(draft));
  const addCandidate = (): void => {
    const last = candidates.at(-1) ?? baseline;
    changeDraft({ candidates: [...candidates, { ...last, ...newSide(nextKey(candidates)), provider: last.provider }] });
  };
  return (
    <form aria-label="Comparison" className={classes.form} onSubmit={(event) => event.preventDefault()}>
      <SideFields
        checks={checks}
        legend="Baseline"
        onChange={(side) => changeDraft({ baseline: side })}
        problems={problems}
        side={baseline}
      />
      {candidates.map((candidate, index) => (
        <SideFields
          checks={checks}
          key={candidate.key}
          legend={candidates.length === 1 ? 'Candidate' : `Candidate ${index + 1}`}
          onChange={(side) =>
            changeDraft({ candidates: candidates.map((one) => (one.key === candidate.key ? side : one)) })
          }
          onRemove={
            candidates.length === 1
              ? undefined
              : () => changeDraft({ candidates: candidates.filter(({ key }) => key !== candidate.key) })
          }
          problems={problems}
          side={candidate}
        />
      ))}
      <div className={classes.add}>
        <div className={classes.variants}>
          <Button onClick={addCandidate} size="compact-sm" variant="default">
            Add a candidate
          </Button>
          <AddVariants draft={draft} />
        </div>
        <span className={classes.muted}>Of threads, 0 stands for one per physical core.</span>
      </div>
      <div className={classes.shared}>
        <TextInput
          description="Samples in one query, on both sides."
          error={problems.batch}
          inputMode="numeric"
          label="Batch"
          onChange={({ currentTarget }) => changeDraft({ batch: currentTarget.value })}
          value={draft.batch}
        />
        <TextInput
          description="The verdict usually comes earlier."
          error={problems.maxDuration}
          inputMode="decimal"
          label="Longest time of a candidate, s"
          onChange={({ currentTarget }) => changeDraft({ maxDuration: currentTarget.value })}
          value={draft.maxDuration}
        />
      </div>
      <DimensionSizes dims={draft.dims} needed={checks.needed} problems={problems.dims} />
      <TextInput
        description="Folder or file with inputs, and labels where it has them, on the machine that runs Inferometer. Without one, inputs are generated, and quality says little."
        label="Data"
        onChange={({ currentTarget }) => changeDraft({ data: currentTarget.value })}
        placeholder="/home/me/data/validation"
        spellCheck={false}
        value={draft.data}
      />
      <details
        className={classes.more}
        onToggle={({ currentTarget }) => setIsMoreOpen(currentTarget.open)}
        open={isMoreOpen}
      >
        <summary>More</summary>
        <Stack gap={16} mt={12}>
          <TextInput
            description={`Differences within this share count as none; ${defaultMarginPercent} % unless there is a reason.`}
            error={problems.margin}
            inputMode="decimal"
            label="Margin, %"
            onChange={({ currentTarget }) => changeDraft({ margin: currentTarget.value })}
            value={draft.margin}
          />
          <TextInput
            description="Generated inputs are the same for the same seed."
            error={problems.seed}
            inputMode="numeric"
            label="Seed"
            onChange={({ currentTarget }) => changeDraft({ seed: currentTarget.value })}
            value={draft.seed}
          />
        </Stack>
      </details>
    </form>
  );
}

/** All variants of the baseline at once: the question that they were made for. */
function AddVariants({ draft: { baseline, candidates } }: { draft: Draft }) {
  const listed = useQuery(api.models.list.queryOptions());
  const variants = listVariants(
    listed.data ?? [],
    baseline.model,
    candidates.map(({ model }) => model),
  );
  if (baseline.model === null || variants.length === 0) return null;
  const add = (): void => {
    // A candidate that was not chosen yet makes room.
    const sides = candidates.filter(({ model }) => model !== null);
    for (const model of variants) sides.push({ ...baseline, key: nextKey(sides), model });
    changeDraft({ candidates: sides });
  };
  return (
    <Button onClick={add} size="compact-sm" variant="default">
      {variants.length === 1 ? `Add its variant ${variants[0]}` : `Add its ${variants.length} variants`}
    </Button>
  );
}

function hasMore({ margin, seed }: Draft): boolean {
  return margin !== emptyDraft.margin || seed !== emptyDraft.seed;
}
