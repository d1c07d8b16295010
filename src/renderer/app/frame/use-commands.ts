import { spotlight } from '@mantine/spotlight';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { runIdSchema } from '../../../shared/domain/ids.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { askToCancel } from '../../components/cancel-question.ts';
import { api, client } from '../../transport/connection.ts';
import { desktop } from '../../transport/desktop.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import { places } from '../places.ts';
import { carryOut } from './command-failures.ts';
import { useResumableRun } from './use-resumable-run.ts';

export interface Command {
  id: string;
  label: string;
  description?: string;
  keywords?: string[];
  run: () => void;
}

/** The closing palette gives the focus back first; what opens after it keeps the focus. */
const afterClosingMs = 50;

const settingCommands = [
  { hash: 'grade', label: 'Change the default grade', keywords: ['quick', 'standard', 'reference'] },
  { hash: 'locale', label: 'Change how numbers are written', keywords: ['locale', 'language', 'format'] },
  { hash: 'currency', label: 'Change the currency', keywords: ['money', 'cost'] },
  { hash: 'tariff', label: 'Change the electricity tariff', keywords: ['energy', 'price', 'kwh'] },
];

/** Every action that the palette offers now. */
export function useCommands(): Command[] {
  const router = useRouter();
  const { data: models = [] } = useQuery(api.models.list.queryOptions());
  const ofRuns = useRunCommands();
  const themes = useThemeCommands();
  useEffect(() => {
    desktop?.onCommand((command) => {
      if (command === 'command-palette') spotlight.open();
      else if (command === 'settings') void router.navigate({ to: '/settings' });
      else if (command === 'new-run') void router.navigate({ to: '/measure/new' });
      else void router.navigate({ to: '/measure/models', search: { import: true } });
    });
  }, [router]);

  const screens = places.flatMap(({ screens: inside, ...place }) => inside ?? [place]);
  const openImport = (): void => void router.navigate({ to: '/measure/models', search: { import: true } });
  return [
    // First, because they are about what goes on or is open now.
    ...ofRuns,
    ...screens.map(({ label, to }): Command => ({
      id: `go-${to}`,
      label: `Go to ${label}`,
      run: () => void router.navigate({ to }),
    })),
    {
      id: 'measure-machine',
      label: 'Measure this machine',
      description: 'A plan of reference models to start from',
      keywords: ['bench', 'benchmark'],
      run: () => void router.navigate({ to: '/measure/new', search: { preset: 'machine' } }),
    },
    {
      id: 'new-comparison',
      label: 'New comparison',
      description: 'Which of two models, providers or thread counts is faster',
      keywords: ['compare', 'faster', 'slower', 'ab', 'versus'],
      run: () => void router.navigate({ to: '/measure/compare/new' }),
    },
    { id: 'import-model', label: 'Import a model', keywords: ['onnx', 'add', 'open'], run: openImport },
    {
      id: 'import-path',
      label: 'Import a model by its path',
      description: 'A file on the machine that runs Inferometer, where it stays',
      keywords: ['onnx', 'add', 'folder'],
      run: openImport,
    },
    {
      id: 'check-machine',
      label: 'Check this machine',
      description: 'Providers, harness, storage: what a measurement needs',
      keywords: ['doctor', 'providers', 'diagnose'],
      run: () => void router.navigate({ to: '/machines', hash: 'doctor' }),
    },
    ...themes,
    ...settingCommands.map(({ hash, label, keywords }): Command => ({
      id: `set-${hash}`,
      label,
      keywords: [...keywords, 'settings'],
      run: () => void router.navigate({ to: '/settings', hash }),
    })),
    ...models.flatMap(({ name, title, kind }): Command[] => [
      {
        id: `open-${name}`,
        label: `Open model ${name}`,
        description: title,
        run: () => void router.navigate({ to: '/measure/models/$name', params: { name } }),
      },
      {
        id: `measure-${name}`,
        label: `Measure ${name}`,
        description: title,
        run: () => void router.navigate({ to: '/measure/new', search: { models: [name] } }),
      },
      {
        id: `compare-${name}`,
        label: `Compare ${name} with another model`,
        description: title,
        run: () => void router.navigate({ to: '/measure/compare/new', search: { baseline: name } }),
      },
      ...(kind === 'quantized'
        ? []
        : [
            {
              id: `quantize-${name}`,
              label: `Quantize ${name}`,
              description: title,
              keywords: ['int8', 'int4', 'fp16', 'precision', 'variant'],
              run: () => void router.navigate({ to: '/measure/models/$name/quantize', params: { name } }),
            },
          ]),
      {
        id: `results-${name}`,
        label: `Results of ${name}`,
        description: title,
        run: () => void router.navigate({ to: '/measure/results', search: { model: name } }),
      },
    ]),
  ];
}

function useThemeCommands(): Command[] {
  const queryClient = useQueryClient();
  const toTheme = (theme: Settings['theme'], name: string): Command => {
    const label = `Theme: ${name}`;
    return {
      id: `theme-${theme}`,
      label,
      run: () =>
        carryOut(label, async () =>
          queryClient.setQueryData(api.settings.get.queryKey(), await client.settings.update({ theme })),
        ),
    };
  };
  return [toTheme('system', 'as the system'), toTheme('light', 'light'), toTheme('dark', 'dark')];
}

/** What can be done with the run that is measured, was left unfinished, or is open. */
function useRunCommands(): Command[] {
  const router = useRouter();
  // Nothing of its progress: the palette is not drawn again while it is closed.
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const resumable = useResumableRun();
  const { cellId } = useParams({ strict: false });
  const opened = runIdSchema.safeParse(cellId?.split('.')[0]);
  const commands: Command[] = [];
  if (measuring) {
    commands.push({
      id: 'cancel-run',
      label: 'Cancel the running measurement',
      description: 'Asks first; what was measured is kept',
      keywords: ['stop', 'abort'],
      run: () => void setTimeout(() => askToCancel(true), afterClosingMs),
    });
  }
  if (resumable !== null) {
    const label = 'Resume the last unfinished run';
    commands.push({
      id: 'resume-run',
      label,
      description: `Measures what is left of ${resumable}`,
      keywords: ['continue', 'go on', 'interrupted', 'cancelled', 'paused'],
      run: () => {
        carryOut(label, () => client.runs.resume({ runId: resumable }));
        void router.navigate({ to: '/measure/live' });
      },
    });
  }
  if (opened.success) {
    const showRun = (): void => void router.navigate({ to: '/measure/results', search: { run: opened.data } });
    const description = 'Shows the run with all its results; the action is at its top';
    commands.push(
      { id: 'export-run', label: 'Export the run of this result', description, keywords: ['save'], run: showRun },
      { id: 'delete-run', label: 'Delete the run of this result', description, keywords: ['remove'], run: showRun },
    );
  }
  return commands;
}
