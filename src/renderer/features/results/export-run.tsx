import { Button, Menu } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { RunId } from '../../../shared/domain/ids.ts';
import { api, client } from '../../transport/connection.ts';
import { saveRun, type ExportFormat } from './save-run.ts';

/** What each format is for. A format without a sentence goes by its name. */
const purposes: Readonly<Record<string, string>> = {
  csv: 'one row per configuration',
  json: 'everything, samples included',
  jsonl: 'one line per sample',
};

/** What an export left behind, in a sentence, or why it failed. */
export type ExportOutcome = { kind: 'done'; text: string } | { kind: 'failed'; error: unknown };

/** Writes a run as a file: downloaded through the page, or kept in the data directory of the host. */
export function ExportRun({ runId, onOutcome }: { runId: RunId; onOutcome: (outcome: ExportOutcome) => void }) {
  const { data: formats = [] } = useQuery(api.exports.formats.queryOptions());
  const settle = {
    onSuccess: (text: string) => onOutcome({ kind: 'done', text }),
    onError: (error: unknown) => onOutcome({ kind: 'failed', error }),
  };
  const download = useMutation({
    mutationFn: async (format: ExportFormat) => `${await saveRun(runId, format)} was handed to the browser.`,
    ...settle,
  });
  const write = useMutation({
    mutationFn: async ({ id }: ExportFormat) =>
      `Written to ${(await client.exports.write({ runId, format: id })).path} on the machine that measured.`,
    ...settle,
  });
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button loading={download.isPending || write.isPending} variant="default">
          Export the run
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Download</Menu.Label>
        {formats.map((format) => (
          <Menu.Item key={format.id} onClick={() => download.mutate(format)}>
            {describe(format)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Write into the data directory</Menu.Label>
        {formats.map((format) => (
          <Menu.Item key={format.id} onClick={() => write.mutate(format)}>
            {describe(format)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function describe({ id }: ExportFormat): string {
  const purpose = purposes[id];
  return purpose === undefined ? id.toUpperCase() : `${id.toUpperCase()}: ${purpose}`;
}
