import { Button, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { ButtonLink } from '../../components/button-link.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import classes from './model.module.css';
import { ModelCostPanel } from './model-cost.tsx';
import { GraphPanel, IdentityPanel, TensorsPanel } from './model-summary.tsx';
import { RemoveModel } from './remove-model.tsx';
import { useInspection } from './use-inspection.ts';

/** One model: what it is, what is in it, and what one execution of it costs. */
export function ModelScreen() {
  const { name } = useParams({ from: '/measure/models/$name' });
  const navigate = useNavigate();
  const { data: models } = useQuery(api.models.list.queryOptions());
  const listed = models?.find((model) => model.name === name);
  const inspection = useInspection(name);
  const { model } = inspection;
  const isOwn = listed !== undefined && listed.kind !== 'reference';
  return (
    <Page
      actions={
        <>
          {isOwn && (
            <RemoveModel
              copied={listed.copied}
              name={name}
              onRemoved={() => void navigate({ to: '/measure/models' })}
            />
          )}
          <ButtonLink search={{ model: name }} to="/measure/results" variant="default">
            Results of this model
          </ButtonLink>
          <ButtonLink search={{ models: [name] }} to="/measure/new">
            Measure
          </ButtonLink>
        </>
      }
      lead={listed && <span className={classes.lead}>{`${listed.title} · ${listed.kind} · ${listed.source}`}</span>}
      title={name}
    >
      {model === null ? (
        <Unread inspection={inspection} name={name} />
      ) : (
        <>
          <ModelCostPanel isReference={listed?.kind === 'reference'} key={name} model={model} />
          <div className={classes.columns}>
            <GraphPanel summary={model.summary} />
            <div>
              <TensorsPanel summary={model.summary} />
              <IdentityPanel model={model} />
              <Panel title="Variants">
                <p className={classes.muted}>The file itself is the only variant of this model.</p>
              </Panel>
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function Unread({ name, inspection }: { name: string; inspection: ReturnType<typeof useInspection> }) {
  const { building, isPending, error, retry } = inspection;
  const format = useFormat();
  if (building !== null) {
    const share = format.quantity(Math.floor(100 * building.share), 'percent');
    return (
      <div className={classes.building} role="status">
        <p>Building {name}: its file is made on this machine once, before it is first used.</p>
        <div className={classes.progress}>
          <Progress aria-label={`Share of ${name} that is built`} flex={1} value={100 * building.share} />
          <span>{share}</span>
          <Button onClick={building.stop} size="compact-sm" variant="default">
            Stop
          </Button>
        </div>
        <p className={classes.muted}>This goes on when you leave the screen.</p>
      </div>
    );
  }
  if (isPending) return <Loading what={`Reading ${name}.`} />;
  return <FailureNote error={error} onRetry={retry} />;
}
