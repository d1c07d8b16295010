import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ComparisonRecord } from '../../../../shared/domain/comparison.ts';
import { Page, Panel } from '../../../components/page.tsx';
import { TypedCommand } from '../../../components/typed-command.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { isInvalid, toAnswer } from '../answer.ts';
import { describeShared, titleOf } from '../name-sides.ts';
import { changeDraft } from '../new/draft-store.ts';
import { toDraft } from '../new/draft.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { DeleteComparison } from './delete-comparison.tsx';
import { FindingsPanel } from './findings-panel.tsx';
import { GroupPanel } from './group-panel.tsx';
import { Headline } from './headline.tsx';
import { KernelsPanel } from './kernels-panel.tsx';
import { PairsPanel } from './pairs-panel.tsx';
import { ProvenancePanel } from './provenance-panel.tsx';
import { QualityPanel } from './quality-panel.tsx';

/** The answer first, then what it rests on, in the order in which somebody doubts it. */
export function ComparisonResultView({ record }: { record: ComparisonRecord }) {
  const format = useFormat();
  const navigate = useNavigate();
  const { plan, result } = record;
  const candidate = plan.candidates[record.candidate] ?? plan.baseline;
  const answer = toAnswer(record, format);
  const compareAgain = (): void => {
    changeDraft(toDraft(plan));
    void navigate({ to: '/measure/compare/new' });
  };
  return (
    <Page
      actions={
        <>
          <Button onClick={compareAgain}>Compare again</Button>
          <DeleteComparison record={record} />
        </>
      }
      lead={`${describeShared(plan.baseline, candidate)} · batch ${format.count(plan.batch)} · ${format.time(record.createdAt)}`}
      title={titleOf(plan, record.candidate)}
    >
      <AnswerPanel answer={answer} record={record} />
      <Headline holds={answer.holds} record={record} />
      {plan.candidates.length > 1 && <GroupPanel record={record} />}
      {result.speed !== null && <PairsPanel holds={answer.holds} record={record} speed={result.speed} />}
      <FindingsPanel
        findings={result.findings.filter((finding) => !isInvalid(finding))}
        verdict={answer.holds ? answer.verdict : null}
      />
      <QualityPanel quality={result.quality} />
      <KernelsPanel record={record} />
      <Panel title="Repeat it">
        <TypedCommand command={record.command} label="The command that repeats this comparison" />
      </Panel>
      <ProvenancePanel record={record} />
    </Page>
  );
}
