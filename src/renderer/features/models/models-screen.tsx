import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { FailureNote, Loading } from '../../components/states.tsx';
import { useFormat } from '../../components/use-format.ts';
import { api } from '../../transport/connection.ts';
import { ImportPanel } from './import/import-panel.tsx';
import { useImports } from './import/import-queue.ts';
import { useFileDrop } from './import/use-file-drop.ts';
import { filterModels, type ListedModel } from './listed-model.ts';
import classes from './models.module.css';
import { ModelsTable } from './models-table.tsx';

const path = '/measure/models';

/** Everything that can be measured, and how more gets here. */
export function ModelsScreen() {
  const search = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const models = useQuery(api.models.list.queryOptions());
  const hasImports = useImports(({ items }) => items.length > 0);
  const setImport = (open: boolean): void => {
    void navigate({ search: ({ import: _, ...rest }) => (open ? { ...rest, import: true } : rest), replace: true });
  };
  const dragging = useFileDrop(() => setImport(true));
  const setText = (text: string): void => {
    void navigate({ search: ({ text: _, ...rest }) => (text === '' ? rest : { ...rest, text }), replace: true });
  };
  const isImportOpen = search.import === true || hasImports;
  const { text = '' } = search;
  return (
    <Page
      actions={!isImportOpen && <Button onClick={() => setImport(true)}>Import a model</Button>}
      lead={models.data && <Lead models={models.data} />}
      title="Models"
    >
      {isImportOpen && (
        <div className={classes.import}>
          <ImportPanel dragging={dragging} onClose={() => setImport(false)} />
        </div>
      )}
      {dragging && !isImportOpen && (
        <p className={classes.dropNote} role="status">
          Let go to import.
        </p>
      )}
      <TextInput
        aria-label="Filter models"
        className={classes.filter ?? ''}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        placeholder="Filter by name, title or source"
        type="search"
        value={text}
      />
      {models.isPending && <Loading what="Reading the list of models." />}
      {models.isError && <FailureNote error={models.error} onRetry={() => void models.refetch()} />}
      {models.data && (
        <ModelsTable
          isFiltered={text !== ''}
          models={filterModels(models.data, text)}
          onImport={() => setImport(true)}
          onShowAll={() => setText('')}
        />
      )}
    </Page>
  );
}

function Lead({ models }: { models: readonly ListedModel[] }) {
  const format = useFormat();
  const count = (wanted: ListedModel['kind']): number => models.filter(({ kind }) => kind === wanted).length;
  const variants = count('quantized');
  const missing = models.filter(({ present }) => !present).length;
  const parts = [
    `${format.count(count('reference'))} reference models`,
    `${format.count(count('imported'))} of your own`,
  ];
  if (variants > 0) parts.push(`${format.count(variants)} ${variants === 1 ? 'variant' : 'variants'} made here`);
  if (missing > 0) parts.push(`${format.count(missing)} whose file is missing`);
  return <>{parts.join(' · ')}</>;
}
