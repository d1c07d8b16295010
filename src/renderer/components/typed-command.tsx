import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toTypable } from '../../shared/command.ts';
import { api } from '../transport/connection.ts';
import { CommandLine } from './command-line.tsx';

/** A command as it can be typed where the host runs; a host without a command line says where there is one. */
export function TypedCommand({ command, label }: { command: string; label: string }) {
  const { data } = useQuery(api.settings.get.queryOptions());
  if (data === undefined) return null;
  if (data.commandLine === null) {
    return <Text size="sm">The command for it belongs to the command-line package of Inferometer.</Text>;
  }
  return <CommandLine command={toTypable(command, data.commandLine)} label={label} />;
}
