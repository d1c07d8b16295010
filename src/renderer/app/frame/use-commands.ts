import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Settings } from '../../../shared/domain/settings.ts';
import { api, client } from '../../transport/connection.ts';
import { desktop } from '../../transport/desktop.ts';
import { isMeasuring, useRunSession } from '../../transport/run-session.ts';
import { places } from '../places.ts';
import { spotlight } from '@mantine/spotlight';

export interface Command {
  id: string;
  label: string;
  description?: string;
  keywords?: string[];
  run: () => void;
}

/** Every action that the palette offers now. */
export function useCommands(): Command[] {
  const router = useRouter();
  const queryClient = useQueryClient();
  // Nothing of its progress: the palette is not drawn again while it is closed.
  const measuring = useRunSession(({ session }) => isMeasuring(session));
  const { data: models = [] } = useQuery(api.models.list.queryOptions());
  const update = useMutation(
    api.settings.update.mutationOptions({
      onSuccess: (answer) => queryClient.setQueryData(api.settings.get.queryKey(), answer),
    }),
  );
  useEffect(() => {
    desktop?.onCommand((command) => {
      if (command === 'command-palette') spotlight.open();
      else if (command === 'settings') void router.navigate({ to: '/settings' });
      else if (command === 'new-run') void router.navigate({ to: '/measure/new' });
      else void router.navigate({ to: '/measure/models', search: { import: true } });
    });
  }, [router]);

  const screens = places.flatMap(({ screens: inside, ...place }) => inside ?? [place]);
  const toTheme = (theme: Settings['theme'], label: string): Command => ({
    id: `theme-${theme}`,
    label: `Theme: ${label}`,
    run: () => update.mutate({ theme }),
  });
  return [
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
      id: 'import-model',
      label: 'Import a model',
      keywords: ['onnx', 'add', 'open'],
      run: () => void router.navigate({ to: '/measure/models', search: { import: true } }),
    },
    {
      id: 'check-machine',
      label: 'Check this machine',
      description: 'Providers, harness, storage: what a measurement needs',
      keywords: ['doctor', 'providers', 'diagnose'],
      run: () => void router.navigate({ to: '/machines', hash: 'doctor' }),
    },
    ...(measuring
      ? [
          {
            id: 'cancel-run',
            label: 'Cancel the running measurement',
            description: 'What was measured is kept',
            run: () => void client.runs.cancel({ runId: useRunSession.getState().session?.runId ?? null }),
          },
        ]
      : []),
    toTheme('system', 'as the system'),
    toTheme('light', 'light'),
    toTheme('dark', 'dark'),
    ...models.flatMap(({ name, title }): Command[] => [
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
        id: `results-${name}`,
        label: `Results of ${name}`,
        description: title,
        run: () => void router.navigate({ to: '/measure/results', search: { model: name } }),
      },
    ]),
  ];
}
